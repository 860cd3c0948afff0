"""What the words of a task say: numbers, literals, field names, and which operators they call for."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from agents.synthesis.language import OPERATORS
from agents.synthesis.values import text_of

__all__ = ["Words", "parts_of_name", "stems_of"]

_TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
_TOKEN = re.compile(r"[^\W_]+(?:'[a-z]+)?", re.UNICODE)
_QUOTED = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']+)'(?!\w)|`([^`]+)`|“([^”]+)”|\u2018([^\u2019]+)\u2019|„([^“”]+)[“”]")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])-?\d+(?:\.\d+)?(?!\d)")
_DATE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:T[\d:]+Z?)?\b|\b\d{4}-\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b|\b\d{1,2}/\d{1,2}/\d{4}\b"
)
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_IDIOMS = re.compile(rf"\b(?:{'|'.join(map(re.escape, _TABLE['idioms']))})\b", re.IGNORECASE)
_OR_MORE = re.compile(
    r"\bor (?:more|less|fewer|above|below|over|under|higher|lower|older|younger|later|earlier|better|longer"
    r"|shorter|greater|up|so|newer|cheaper|worse)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\bone of |\b(?:the|this|that|each|every|which|last|first|next|previous|newest|latest|oldest|earliest|same|other"
    r"|another|right|wrong|new|newer|old|older|highest|lowest|biggest|smallest|largest|cheapest|best|worst|no|any|its)"
    r" one\b"
)
"""Where "one" is no number."""
_SAMPLES = (
    re.compile(
        r"(?:\be\.? ?g\.?|\bfor example|\bfor instance|\bsuch as|\blike|\bi\.e\.|\bex\.?:)[ :,]+[^,;)\n]*?\d[^ ,;)\n]*",
        re.IGNORECASE,
    ),
    re.compile(
        r"\(\d+(?:, ?\d+){2,}[^()\d]{0,8}\)|\d+(?:, ?\d+){2,},? ?(?:and so on|and so forth|etc|\.\.|\u2026)"
        r"|\d+, ?\d+,? ?(?:and so on|etc\b|\.\.|\u2026)",
        re.IGNORECASE,
    ),
    re.compile(r"[\w.:/'\"-]*\d[\w.:/'\"-]* (?:becomes|turns into|->|→|=>) [\w.:/'\"-]+", re.IGNORECASE),
)
_SORTS = re.compile(
    r"\bsort|\bordered\b|\border (?:by|them|it|the|descending|ascending)\b|\border:|\bin [\w ]{1,16}order\b"
    r"|\b(?:de|a)scending\b|\brank|leaderboard|alphabetic|chronologic|\ba ?(?:-|to) ?z\b|\bz ?(?:-|to) ?a\b"
    r"|\b(?:\w+est|best|worst|most|least|top|\w{3,}er)\b(?: [\w()]+){0,3} (?:first|on top|at the top|above)\b"
    r"|\b(?:high|low|old|new|big|small|large)\w* to (?:high|low|old|new|big|small|large)\w*\b|\bdesc\b|\basc\b"
)
_AS_IT_COMES = re.compile(
    r"\b(?:show up|appear|as they come|original order|input order|same order|order of appearance|keep the order)"
    r"|\border (?:in which |that |as |of )?(?:they|it|the \w+|these|first|their)(?: first)?"
    r" (?:come|came|appear|show|occur|turn|are|arrive|arrival|appearance)"
    r"|\bfirst (?:seen|appearance|occurrence)\b"
)
_FUZZY = 5
_SOON = 8
"""So many words after a "by" may name what is sorted by."""
_RELATIONS = [
    (re.compile(form.replace("#", r"[€$£]?(-?\d+(?:,\d{3})*(?:\.\d+)?)")), name)
    for name, forms in _TABLE["relations"].items()
    for form in forms
]
"""Forms of words round a number, and how they compare with it."""


def parts_of_name(name: str) -> list[str]:
    """Split a field name into lower-case words: `userId` and `user_id` are `user`, `id`."""
    return [part.lower() for part in _NAME_PART.findall(name)]


@lru_cache(maxsize=20_000)
def stems_of(word: str) -> frozenset[str]:
    """Return a word and what is left of it without its ending."""
    found = {word}
    for ending in ("'s", "s", "es", "ed", "d", "ing", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            found.add(word[: -len(ending)])
    if word.endswith("ies"):
        found.add(word[:-3] + "y")
    if word.endswith("ing"):
        found.add(word[:-3] + "e")
    return frozenset(found)


def _close(left: str, right: str) -> bool:
    """Whether two longer words differ by one letter more, less, other or swapped."""
    if min(len(left), len(right)) < _FUZZY or abs(len(left) - len(right)) > 1 or left[0] != right[0]:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@dataclass
class Words:
    """A description, read once."""

    text: str
    _operator_costs: dict[str, float] = field(default_factory=dict, repr=False)
    _mentions: dict[str, float] = field(default_factory=dict, repr=False)
    _topics: dict[str, bool] = field(default_factory=dict, repr=False)
    _known: dict[str, bool] = field(default_factory=dict, repr=False)
    _contained: dict[str, bool] = field(default_factory=dict, repr=False)

    @cached_property
    def folded(self) -> str:
        """The text in lower case with single spaces."""
        return " ".join(self.text.lower().split())

    @cached_property
    def tokens(self) -> list[str]:
        """The words in lower case, in order."""
        return _TOKEN.findall(self.folded.replace("_", " "))

    @cached_property
    def stems(self) -> set[str]:
        """The words and what is left without their endings."""
        camel = [part for token in _TOKEN.findall(self.text) for part in parts_of_name(token)]
        return {stem for token in [*self.tokens, *camel] for stem in stems_of(token)}

    @cached_property
    def _plain(self) -> "Words":
        """The same without idioms, whose words mean something else alone: "top level" asks for no top."""
        bare = _IDIOMS.sub(" ", self.text)
        return self if bare == self.text else Words(bare)

    @cached_property
    def _without_bounds(self) -> "Words":
        """The same without "or more" and its like, which say "at least" and offer no choice."""
        bare = _OR_MORE.sub(" ", self.text)
        return self if bare == self.text else Words(bare)

    @cached_property
    def dates(self) -> list[str]:
        """Dates as written: `2024-07-01`, `2024-05`, and `2024-05` for "May 2024"."""
        found = _DATE.findall(self.text)
        for month, year in re.findall(r"\b([a-z]{3,9})\.? (\d{4})\b", self.folded):
            if month[:3] in _TABLE["months"] and _TABLE["month_names"][_TABLE["months"].index(month[:3])].startswith(
                month
            ):
                found.append(f"{year}-{_TABLE['months'].index(month[:3]) + 1:02d}")
        return found

    @cached_property
    def quoted(self) -> list[str]:
        """Literals in quotes."""
        return [next(group for group in match if group) for match in _QUOTED.findall(self.text)]

    @cached_property
    def affixes(self) -> list[str]:
        """Words that end or start with a separator, as a prefix or suffix is written: `crm_`, `_old`."""
        return re.findall(r"(?<![\w.])([^\W_]+[_-]|[_-][^\W_]+)(?![\w.-])", self.text)

    @cached_property
    def samples(self) -> list[str]:
        """Parts of the text that only show a value: "e.g. 0017", "like 2024-Q1", "so 17 becomes 0017"."""
        return [match.group() for pattern in _SAMPLES for match in pattern.finditer(self.text)]

    @cached_property
    def sampled(self) -> set[float]:
        """Numbers that stand only inside quotes: they show a value, and are no bounds."""
        bare, shown = self.folded, set()
        for text in self.quoted:
            bare = bare.replace(text.lower(), " ")
            shown |= {float(run) for run in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text) if len(text) > len(run)}
        spoken = {float(_TABLE["numbers"][token]) for token in _TOKEN.findall(bare) if token in _TABLE["numbers"]}
        return shown - spoken - {float(run) for run in re.findall(r"\d+(?:\.\d+)?", bare)}

    @cached_property
    def numbers(self) -> list[float | int]:
        """Numbers in the order of the text, digits and number words; dates are left out."""
        plain = _DATE.sub(" ", self.text)
        found = [(match.start(), match.group().replace(",", "")) for match in _NUMBER.finditer(plain)]
        found += [
            (match.start(1), match.group(1)) for match in re.finditer(r"(?<!\w)(\d+(?:\.\d+)?)(?=[a-zA-Z%€$])", plain)
        ]
        counted = _PRONOUN.sub(" ", self.folded.replace("_", " "))
        values: list[float | int] = []
        for _, written in sorted(found):
            number = float(written)
            values.append(int(number) if number.is_integer() else number)
        values += [_TABLE["numbers"][token] for token in _TOKEN.findall(counted) if token in _TABLE["numbers"]]
        return list(dict.fromkeys(values))

    @cached_property
    def bounded(self) -> dict[float, set[str]]:
        """Numbers that the text compares with, each with the relations that it states: "more than 48" is `above`."""
        found: dict[float, set[str]] = {}
        text = self.folded.replace("%", " ")
        for word, number in _TABLE["numbers"].items():
            text = re.sub(rf"(?<![\w-]){word}(?![\w-])", str(number), text) if word not in _TABLE["factors"] else text
        for pattern, relation in _RELATIONS:
            for match in pattern.finditer(text):
                found.setdefault(float(match.group(1).replace(",", "")), set()).add(relation)
        return found

    @cached_property
    def article(self) -> bool:
        """Whether the only 1 in the text is a "one" that compares with nothing: "one row for each"."""
        return not re.search(
            r"(?<![\d.])1(?![\d.])"
            r"|\b(?:than|least|most|over|under|above|below|exactly|only|just|single|with|for|is|if) one\b"
            r"|\bone or\b",
            self.folded,
        )

    @cached_property
    def counts(self) -> set[float | int]:
        """Numbers that may say how many: "double" and "half" do not."""
        spoken = {_TABLE["numbers"][token] for token in self.tokens if token in _TABLE["factors"]}
        written = {float(run) for run in re.findall(r"\d+(?:\.\d+)?", self.folded)}
        others = {_TABLE["numbers"][t] for t in self.tokens if t in _TABLE["numbers"] and t not in _TABLE["factors"]}
        return {number for number in self.numbers if number not in spoken or number in written | others}

    @cached_property
    def knowledge(self) -> list[float]:
        """Numbers that a unit in the text stands for: 32 and 1.8 for celsius, 100 for cents."""
        return [number for word, numbers in _TABLE["knowledge"].items() if self.has(word) for number in numbers]

    @cached_property
    def percents(self) -> list[float]:
        """Numbers that are followed by a percent sign or word."""
        return [float(number) for number in re.findall(r"(\d+(?:\.\d+)?) ?(?:%|percent|pct|per cent)", self.folded)]

    @cached_property
    def layouts(self) -> list[str]:
        """Date layouts as written (`DD.MM.YYYY`), in luxon's tokens."""
        found = re.findall(r"\b(?:[DMYHhmsdy]{1,4}[./: -]?){2,6}(?<![ ])\.?", self.text)
        kept = [
            text for text in found if re.search(r"[DMYHdy]{2}", text) and not re.search(r"[a-ce-gi-ln-rt-xz]", text)
        ]
        return [text.replace("Y", "y").replace("D", "d") for text in kept if len(set(text.lower()) & set("dmyh")) >= 2]

    @cached_property
    def marks(self) -> list[str]:
        """Words of the text, as written, after which a part of a text may stand: no usual words, the first 20."""
        stop = _TABLE["stop"]
        found = re.findall(r"[^\W\d][\w-]*\w", self.text)
        return list(dict.fromkeys([*self.quoted, *(word for word in found if word.lower() not in stop)]))[:20]

    def names_of_symbol(self, symbol: str) -> list[str]:
        """Return the words for a separator: `dot`, `period` for a full stop."""
        return [name for name, symbols in _TABLE["symbols"].items() if symbol and symbol in symbols]

    @cached_property
    def symbols(self) -> list[str]:
        """Separators that the words name or that stand alone: `comma`, ` | `."""
        named = [symbol for word, symbols in _TABLE["symbols"].items() if self.has(word) for symbol in symbols]
        alone = re.findall(r"(?<=\s)([^\w\s]{1,2})(?=[\s,.]|$)", self.text)
        alone += re.findall(r"(?<=\s)([^\w\s()])(?=\))", self.text)
        return list(dict.fromkeys([*named, *alone]))

    def has(self, *words: str) -> bool:
        """Whether one of the words (or phrases, with a space) stands in the text."""
        for word in words:
            if word not in self._known:
                self._known[word] = self._stands(word)
            if self._known[word]:
                return True
        return False

    def _stands(self, word: str) -> bool:
        if word in {"<", ">", "="}:
            return re.search(rf"(?<![<>=!-]){word}(?![=>])", self.folded) is not None
        if " " in word or not word[0].isalnum():
            return (
                re.search(rf"(?<!\w){re.escape(word)}(?!\w)", self.folded) is not None
                if word[0].isalnum()
                else word in self.folded
            )
        return word in self.stems

    def topic(self, name: str) -> bool:
        """Whether a word of the table's list `name` stands in the text."""
        if name not in self._topics:
            self._topics[name] = self._plain.has(*_TABLE["topics"][name])
        return self._topics[name]

    def table(self, name: str) -> frozenset[str]:
        """Return a list of words of the table."""
        return frozenset(_TABLE[name])

    def topics(self, name: str) -> list[str]:
        """Return the words of the table's list `name` of topics."""
        return list(_TABLE["topics"][name])

    def unmet(self, used: set[str]) -> list[str]:
        """Name what the text demands and none of these operators does (`demands` in the table)."""
        return [
            name
            for name, demand in _TABLE["demands"].items()
            if self.has(*demand["words"]) and not used & set(demand["by"])
        ]

    def operator_cost(self, name: str) -> float:
        """How the words change an operator's cost: down when called for, up when it needs to be and is not."""
        if name not in self._operator_costs:
            operator = OPERATORS[name]
            spoken = self._without_bounds if name == "or" else self
            if operator.words and spoken.has(*operator.words):
                change = -0.35 - 0.1 * min(sum(spoken.has(word) for word in operator.words) - 1, 2)
            else:
                change = operator.demand
            self._operator_costs[name] = change
        return self._operator_costs[name]

    def mention(self, name: str) -> float:
        """How surely the text names a field, 0 to 1."""
        if name not in self._mentions:
            self._mentions[name] = self._mention(name)
        return self._mentions[name]

    def _mention(self, name: str) -> float:
        if self.contains(name):
            return 1.0
        parts = parts_of_name(name)
        if not parts:
            return 0.0
        hits = [self._part(part) for part in parts]
        if all(hit >= 0.7 for hit in hits):
            return 0.9 * sum(hits) / len(hits)
        strongest = max(hits)
        return 0.5 * strongest if strongest >= 0.7 else 0.3 * strongest

    def _part(self, part: str) -> float:
        if stems_of(part) & self.stems:
            return 1.0
        if any(_close(part, stem) for stem in self.stems):
            return 0.8
        if any(
            len(part) >= 4 and (stem.startswith(part) or (len(stem) >= 4 and part.startswith(stem)))
            for stem in self.stems
        ):
            return 0.7
        return 0.6 if any(set(group) & self.stems and part in group for group in _TABLE["synonyms"]) else 0.0

    def position(self, name: str) -> int:
        """Where a field is named first (token index), or a large number."""
        parts = set(parts_of_name(name)) or {name}
        stems = {stem for part in parts for stem in stems_of(part)}
        places = [index for index, token in enumerate(self.tokens) if stems_of(token) & stems]
        return places[0] if places else 999

    def times_named(self, name: str) -> int:
        """How often the text names a field, by all its words in a row."""
        parts = parts_of_name(name) or [name.lower()]
        places = range(len(self.tokens) - len(parts) + 1)
        return sum(
            all(part in stems_of(self.tokens[place + step]) for step, part in enumerate(parts)) for place in places
        )

    def follows(self, name: str, *words: str) -> bool:
        """Whether a field is named right after one of these words: "by opened", "by due date", "by the size of it"."""
        parts = {stem for part in parts_of_name(name) for stem in stems_of(part)}
        return any(
            token in words and any(stems_of(later) & parts for later in self._content_after(place))
            for place, token in enumerate(self.tokens)
        )

    def together_by(self, *names: str) -> bool:
        """Whether several fields are named soon after one "by" or "on": "by stock times unit cost"."""
        for place, token in enumerate(self.tokens):
            near = {stem for later in self.tokens[place + 1 : place + _SOON] for stem in stems_of(later)}
            if token in {"by", "on"} and all(
                {stem for part in parts_of_name(name) for stem in stems_of(part)} & near for name in names
            ):
                return True
        return False

    def _content_after(self, place: int) -> list[str]:
        """Return the next two words, which may name a field, and the next two that mean something."""
        stop = self.table("stop")
        near = self.tokens[place + 1 : place + 3]
        return [*near, *[token for token in self.tokens[place + 1 : place + 7] if token not in stop][:2]]

    def near_order(self, name: str) -> bool:
        """Whether a field is named right beside a word of order: "months sorted", "highest total"."""
        parts = {stem for part in parts_of_name(name) for stem in stems_of(part)}
        order = set(_TABLE["topics"]["order"]) - {"by", "first", "last"}
        places = [index for index, token in enumerate(self.tokens) if stems_of(token) & parts]
        return any(
            abs(index - other) <= 2 for index in places for other, token in enumerate(self.tokens) if token in order
        )

    def measures(self, name: str) -> bool:
        """Whether a superlative of the text speaks of this field: "cheapest" of a fare, "oldest" of an age."""
        parts = set(parts_of_name(name))
        if any(stems_of(part) & stems_of(noun) for part in parts for noun in self._most_of):
            return True
        spoken = {word for word in _TABLE["topics"]["by_amount"] if self.has(word)}
        return any(spoken & set(group) and parts & set(group) for group in _TABLE["synonyms"])

    @cached_property
    def _most_of(self) -> list[str]:
        """What the text wants the most or the least of: "the country with the most orders"."""
        return re.findall(rf"\b(?:{'|'.join(_TABLE['topics']['extremes'])}) (\w+)", self.folded)

    @cached_property
    def sorts(self) -> bool:
        """Whether the text asks for an order, and not for the one in which things come."""
        return bool(_SORTS.search(self.folded)) and not _AS_IT_COMES.search(self.folded)

    def is_about(self, name: str, topic: str) -> bool:
        """Whether a part of a field name stands in the table's list `topic`."""
        return bool(set(parts_of_name(name)) & set(_TABLE["topics"][topic]))

    def similar(self, left: str, right: str) -> float:
        """How alike two field names are, 0 to 1."""
        a, b = parts_of_name(left), parts_of_name(right)
        if a == b:
            return 1.0
        shared = {s for p in a for s in stems_of(p)} & {s for p in b for s in stems_of(p)}
        if shared:
            return 0.6 if a[-1:] == b[-1:] else 0.5
        related = any(set(a) & set(group) and set(b) & set(group) for group in _TABLE["synonyms"])
        return 0.4 if related else 0.0

    def names_value(self, value: Any) -> bool:
        """Whether a scalar stands in the text: quoted, as a number, a date or plain words."""
        if isinstance(value, bool) or value is None:
            return self.has(*_TABLE["constants"][text_of(value) if value is not None else "null"])
        if isinstance(value, int | float):
            return value in self.numbers
        if value in self.quoted or value in self.dates:
            return True
        return self.contains(value)

    def sets(self, name: str, value: Any) -> bool:
        """Whether the text gives a field this very value: `source = web`, `status to "new"`, `add a field x: 0`."""
        if isinstance(value, bool):
            return self.names_value(value)
        shown, field_name = re.escape(text_of(value).lower()), re.escape(name.lower().replace("_", " "))
        text = self.folded.replace("_", " ")
        shown = shown.replace("_", " ")
        return bool(
            re.search(rf"{field_name}\W.{{0,18}}(?<!\w){shown}(?!\w)|(?<!\w){shown}(?!\w).{{0,18}}\W{field_name}", text)
        )

    def contains(self, value: str) -> bool:
        """Whether a text stands in the description as whole words, in any case."""
        if len(value) == 1 and value.isalpha():
            return value not in "aI" and re.search(rf"(?<!\w){value}(?!\w)", self.text) is not None
        wanted = value.strip().lower()
        if wanted not in self._contained:
            place = self.folded.find(wanted) if wanted else -1
            while place >= 0 and not self._stands_alone(place, place + len(wanted)):
                place = self.folded.find(wanted, place + 1)
            self._contained[wanted] = place >= 0
        return self._contained[wanted]

    def _stands_alone(self, start: int, end: int) -> bool:
        text = self.folded
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())
