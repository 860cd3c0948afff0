"""What one more operator makes of an entry: of a text, a number, an object, a list."""

import re
from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import LEVELS, OPERATORS, Expr, const
from agents.synthesis.search.extracts import extracted, widths
from agents.synthesis.search.frame import Entry, Frame, built, kind_of_values
from agents.synthesis.values import kind_of

__all__ = ["MOVING", "SECOND_TEXT", "list_entries", "number_entries", "object_entries", "pieces", "text_entries"]

MOVING = frozenset(name for level in LEVELS for name in (level.index, level.elements))
"""Variables whose value depends on which elements are chosen."""
_SEPARATORS = (
    " - ",
    ", ",
    ": ",
    " | ",
    "@",
    ",",
    ";",
    ":",
    "-",
    "_",
    "/",
    "|",
    ".",
    " ",
    "\n",
    "#",
    "=",
    "\t",
    "&",
    "+",
    "(",
    "x",
    "?",
    ">",
    "<",
    "*",
    "'",
    '"',
    "//",
)
_JOINTS = (", ", ",", " ", "\n", "; ", "-", " | ", "/", "", " / ", " - ", "|", ";")
_SIMPLE_TEXT = ("trim", "lower", "upper", "capital", "capital_only", "title", "squeeze", "number", "length", "digits", "first_number",
                "first_digits", "last_digits", "first_email", "first_url", "initials", "word_count", "plain_letters", "letters_digits", "reversed_text",
                "words", "emails", "urls", "numbers_list", "base64", "url_encode", "strip_tags")  # fmt: skip
_NUMBERS_IN_TEXT = frozenset(["first_number", "digits", "first_digits", "last_digits"])
_TOGETHER = frozenset(["digits", "letters_digits"])
"""What puts characters together that stand apart."""
_PROSE = 1.2
_SPELLED = 1.0
"""Cost of a slug where the words spell out what becomes of spaces."""
SECOND_TEXT = (
    "trim",
    "lower",
    "upper",
    "capital",
    "capital_only",
    "title",
    "number",
    "digits",
    "squeeze",
    "length",
    "amount",
    "plain_letters",
)
_OBJECT_CHANGES = ("drop_null", "drop_empty", "drop_hollow", "drop_falsy", "drop_nested", "keep_numbers", "keep_texts", "snake_keys", "camel_keys",
                   "lower_keys", "upper_keys", "trim_keys", "clean_keys", "trim_values", "lower_values", "upper_values", "null_empty", "text_values",
                   "inverted")  # fmt: skip


def text_entries(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield what is said of one text."""
    chance, prose = _by_chance(frame, entry), _PROSE * _is_prose(frame, entry)
    for name in _SIMPLE_TEXT:
        extra = (chance if name in _NUMBERS_IN_TEXT else 0.0) + (prose if name in _TOGETHER else 0.0)
        found = built(frame, name, (entry,), (), extra)
        yield found if found is None or not _is_all(found, entry) else Entry(found.expr.raised(1.0), found.values)
    if all(isinstance(value, str) and re.fullmatch(r"\d+(:\d\d)+", value) for value in entry.values):
        yield built(frame, "clock", (entry,))
    if frame.words.has("zero", "zeros", "zeroes"):
        for held in (entry, built(frame, "digits", (entry,))):
            yield held and built(frame, "without_leading", (held,), ("0",))
    for point in (".", ","):
        yield built(frame, "amount", (entry,), (point,), chance + prose + (0.0 if point == "." else 0.4))
    for piece in pieces(frame, entry):
        yield piece
        if piece and piece.expr.op in {"before", "piece", "last_piece"} and _is_numeric(piece):
            yield built(frame, "number", (piece,), (), -0.6)
    yield from _cuts(frame, entry)
    yield from _parsed(frame, entry)
    yield from _replaced(frame, entry)
    yield from extracted(frame, entry)


def _by_chance(frame: Frame, entry: Entry) -> float:
    """What a number costs that is taken out of a text which is none and which the words do not name: `p3`, `F1`."""
    if not frame.words.tokens or entry.expr.op != "field" or frame.words.mention(str(entry.expr.params[0])) >= 0.3:
        return 0.0
    texts = [value for value in entry.values if isinstance(value, str)]
    return 1.6 if any(re.match(r"\s*[^\W\d_]", text) for text in texts) else 0.0


def _is_prose(frame: Frame, entry: Entry) -> bool:
    """Whether some of the texts are several words: digits that stand apart in them are not one number."""
    texts = [value for value in entry.values if isinstance(value, str)]
    return bool(frame.words.tokens) and any(len(re.findall(r"[^\W\d_]{3,}", text)) > 1 for text in texts)


def _is_all(found: Entry, entry: Entry) -> bool:
    """Whether an extraction took all that there is in every text: then nothing shows that it is one."""
    return found.expr.op in {"first_email", "first_url", "first_digits", "last_digits"} and all(
        isinstance(text, str) and text.strip() == value for value, text in zip(found.values, entry.values, strict=True)
    )


def _is_numeric(entry: Entry) -> bool:
    return all(isinstance(v, str) and v.strip().lstrip("-").replace(".", "", 1).isdigit() for v in entry.values)


def _parsed(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Read a text that is data: JSON, CSV."""
    texts = [value for value in entry.values if isinstance(value, str)]
    if texts and all(text.strip()[:1] in {"{", "["} for text in texts if text):
        parsed = _typed(built(frame, "parse_json", (entry,)))
        yield parsed
    if any("\n" in text for text in texts):
        for separator in [mark for mark in ",;\t|" if any(mark in text for text in texts)]:
            yield built(frame, "csv_table", (entry,), (separator,))


def _replaced(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Words behind a mark, slugs, and characters taken away or replaced."""
    texts = [value for value in entry.values if isinstance(value, str)]
    for mark in [char for char in "#@$" if any(char in text for text in texts)]:
        spoken = mark in frame.words.symbols or re.search(rf"{re.escape(mark)}\s?\d", frame.words.text)
        shown = -0.6 * bool(spoken)
        yield built(frame, "first_tag", (entry,), (mark,), shown)
        yield built(frame, "tags", (entry,), (mark,), shown)
    yield from _slugs(frame, entry)
    yield from _kept(frame, entry)
    named = frame.words.symbols
    for char in sorted({char for text in texts for char in text if not char.isalnum()}):
        cost = 0.0 if char in named or char in frame.words.quoted else 0.4
        yield built(frame, "remove", (entry,), (char,), cost)
        for other in dict.fromkeys([*named, *frame.words.quoted, "-", "_", " ", "", ", "]):
            if other not in {char, ""}:
                shown = (char in named) + (other in named or other in frame.words.quoted)
                yield built(frame, "replace", (entry,), (char, other), 0.6 - 0.3 * shown)
    for literal in frame.words.quoted:
        yield built(frame, "remove", (entry,), (literal,), -0.3)
        for other in frame.words.quoted:
            if other != literal and literal not in other:
                yield built(frame, "replace", (entry,), (literal, other), -0.5)


def _slugs(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield slugs, and what the words spell out instead: lower case with a mark for each space."""
    spelled = _SPELLED * frame.words.has("spaces", "space", "blanks", "blank")
    for separator in ("-", "_"):
        yield built(frame, "slug", (entry,), (separator,), spelled + (0.0 if separator == "-" else 0.3))
        lowered = built(frame, "lower", (entry,)) if spelled else None
        yield built(frame, "replace", (lowered,), (" ", separator), -1.0) if lowered else None


def _kept(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield the digits together with the marks that the words allow beside them."""
    named = frame.words.symbols
    if frame.words.topic("allowed") and frame.words.has("digit", "number", "numeral"):
        marks = "".join(char for char in dict.fromkeys("".join([*named, *frame.words.quoted])) if char in "+-.,*#/")
        for mark in dict.fromkeys(["", *marks, marks]):
            yield built(frame, "keep_chars", (entry,), ("0123456789" + mark,), 0.2 - 0.2 * len(mark))


def pieces(frame: Frame, entry: Entry, *, few: bool = False) -> Iterator[Entry | None]:
    """Split at every separator that all the texts hold (or one: a text without it stays whole)."""
    texts = [value for value in entry.values if isinstance(value, str)]
    named = frame.words.symbols
    occurring = any(symbol in text for symbol in named for text in texts)
    for separator in _SEPARATORS:
        share = sum(separator in text for text in texts)
        if not share:
            continue
        extra = (
            (0.0 if separator in named else 0.6 if occurring else 0.15)
            + 0.25 * (share < len(texts))
            + 0.6 * separator.isalnum()
        )
        for name in ("before", "last_piece", "up_to_last", "after"):
            piece = built(frame, name, (entry,), (separator,), extra)
            yield piece if name != "last_piece" else _doubted(frame, piece, separator)
        most = max(text.count(separator) for text in texts)
        for index in range(1, min(most + 1, 3 if few else 5)):
            piece = built(frame, "piece", (entry,), (separator, index), extra + 0.6 * (index > 2))
            yield _doubted(frame, piece, separator) if index == most else piece
        if few:
            continue
        yield built(frame, "occurrences", (entry,), (separator,), extra)
        for name in ("split", "split_trim", "split_filled"):
            yield built(frame, name, (entry,), (separator,), extra)
    if few:
        return
    for left, right in (
        ("(", ")"),
        ("[", "]"),
        ("<", ">"),
        ('"', '"'),
        ("{", "}"),
        ("'", "'"),
        ("/", "/"),
        (": ", ","),
        ("_", "_"),
        ("-", "-"),
        ("@", "."),
        ("//", "/"),
        ("=", "&"),
        ("#", " "),
        ("'", "'"),
    ):
        if any(left in text for text in texts):
            yield built(frame, "between", (entry,), (left, right))


def _doubted(frame: Frame, piece: Entry | None, separator: str) -> Entry | None:
    """Several words after the last mark may hold the mark themselves: what stands after the first is likelier."""
    if piece is None or not frame.words.tokens or not separator.strip() or frame.words.has("last"):
        return piece
    prose = any(isinstance(value, str) and " " in value.strip() for value in piece.values)
    return Entry(piece.expr.raised(_PROSE * prose), piece.values)


def _cuts(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Cut after a number of characters that the words name, or a short one."""
    texts = [value for value in entry.values if isinstance(value, str)]
    longest = max((len(text) for text in texts), default=0)
    for count in dict.fromkeys(
        [*(n for n in frame.words.numbers if isinstance(n, int) and 0 < n < 200), 1, 2, 3, 4, 7, 10]
    ):
        if count > longest:
            continue
        extra = -0.2 if count in frame.words.numbers else 0.9 if count > 1 else 0.5
        for name in ("first_chars", "last_chars", "without_first", "without_last"):
            yield built(frame, name, (entry,), (count,), extra)
    for number in frame.words.numbers:
        if isinstance(number, int) and 0 < number <= 500:
            for mark in ("...", "…"):
                yield built(frame, "shorten", (entry,), (number, mark), 0.0)
            if number <= 40:
                yield built(frame, "pad", (entry,), (number, "0"))
                for mark in "*Xx#•":
                    yield built(frame, "mask", (entry,), (number, mark), 0.0 if mark == "*" else 0.3)


def number_entries(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield what is said of one number."""
    if entry.expr.op == "const":
        return
    if entry.expr.op == "var" and entry.expr.params[0] in MOVING:
        ones = Entry(const(1, "num", 0.1), (1,) * len(frame.scopes))
        after = built(frame, "add", (entry, ones), (), -0.7)
        yield after
        yield from _filled_up(frame, after)
        if frame.words.numbers:
            twos = [n for n in frame.words.numbers if isinstance(n, int) and n > 1]
            for number in twos:
                yield built(frame, "add", (entry, Entry(const(number, "num", 0.4), (number,) * len(frame.scopes))))
    text = built(frame, "text", (entry,))
    yield text
    if text is not None and frame.words.has("pad", "padded", "leading", "zeros", "zeroes", "digits", "zero", "digit"):
        for width in frame.words.numbers:
            if isinstance(width, int) and 1 < width <= 12:
                yield built(frame, "pad", (text,), (width, "0"))
    yield from _filled_up(frame, entry)
    yield from _sixtieths(frame, entry)
    for name in ("abs", "floor", "ceil"):
        yield built(frame, name, (entry,))


def _filled_up(frame: Frame, number: Entry | None) -> Iterator[Entry | None]:
    """Yield a number with as many digits as the words show: "M-001"."""
    text = built(frame, "text", (number,)) if number is not None else None
    if text is not None:
        for width in widths(frame):
            yield built(frame, "pad", (text,), (width, "0"), -0.8)


def _sixtieths(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield whole hours and minutes left over, and both written as a clock."""
    whole = all(isinstance(value, int) and value >= 0 for value in entry.values)
    if not whole or entry.expr.op != "field" or not frame.words.topic("sixtieths"):
        return
    for parts, width in ((2, 1), (2, 2), (3, 1), (3, 2)):
        yield built(frame, "as_clock", (entry,), (parts, width), 0.1 * parts)
    sixty = Entry(const(60, "num", 0.2), (60,) * len(entry.values))
    for name in (
        ("floor_divide", "modulo") if frame.words.quoted or frame.words.has("hours and minutes", "h and min") else ()
    ):
        yield built(frame, name, (entry, sixty), (), -OPERATORS[name].demand - frame.words.operator_cost(name))


def object_entries(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield what is said of one object."""
    for name in ("keys", "values", "entries", "each_entry", "query_pairs"):
        yield built(frame, name, (entry,))
    yield built(frame, "to_json", (entry,))
    spelled = _SPELLED * (frame.words.has("spaces", "blanks", "space", "blank") and not frame.words.has("snake"))
    for name in _OBJECT_CHANGES:
        changed = built(frame, name, (entry,), (), spelled if name == "snake_keys" else 0.0)
        yield changed
        if (
            changed
            and name in {"keep_numbers", "drop_nested"}
            and frame.words.has("column", "columns", "unpivot", "melt", "each", "per")
        ):
            yield built(
                frame,
                "entries",
                (changed,),
                (),
                -1.5 if frame.words.has("unpivot", "melt", "column", "columns") else -0.5,
            )
        if (
            changed
            and name.startswith(("drop_", "keep_"))
            and frame.words.has("count", "many", "number", "filled", "complete")
        ):
            keys = built(frame, "keys", (changed,))
            yield built(frame, "count", (keys,)) if keys else None
    objects = [value for value in entry.values if isinstance(value, dict)]
    inner = {name for value in objects for name, one in value.items() if isinstance(one, dict)}
    nested = any(frame.words.mention(name) >= 0.7 for name in inner)
    for separator in dict.fromkeys([".", "_", *(s for s in frame.words.symbols if s in "-/:")]):
        yield built(frame, "flatten", (entry,), (separator,), 1.2 if nested else 0.0)
        yield built(frame, "unflatten", (entry,), (separator,))
    yield from _renamed(frame, entry)
    yield from _nulled(frame, entry, objects)
    for value in dict.fromkeys([0, "", *frame.words.quoted, *frame.words.numbers]):
        yield built(frame, "default_values", (entry,), (value,), 0.0 if frame.words.names_value(value) else 0.4)


def _nulled(frame: Frame, entry: Entry, objects: list[Any]) -> Iterator[Entry | None]:
    """Objects in which what the words quote, or the example writes for nothing, is null."""
    held = {value for one in objects for value in one.values() if isinstance(value, str)}
    spoken = [text for text in frame.words.quoted if text != ""]
    if spoken and held & set(spoken):
        yield built(frame, "null_values", (entry,), (tuple(dict.fromkeys(spoken)),), -0.4)
        for text in spoken[:3] if len(spoken) > 1 else ():
            yield built(frame, "null_values", (entry,), ((text,),), 0.0)


def _renamed(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Objects with some names only, or with other names."""
    names = {name for value in entry.values if isinstance(value, dict) for name in value}
    for prefix in sorted(_prefixes(names) | {p for p in frame.words.quoted if len(p) < 12}):
        for name in ("drop_prefix", "keep_prefix", "drop_suffix", "keep_suffix", "unprefix_keys"):
            yield built(
                frame,
                name,
                (entry,),
                (prefix,),
                -1.0 if frame.words.names_value(prefix) or prefix in frame.words.symbols else 0.5,
            )
        yield _bare(frame, entry, prefix)
    if entry.expr.op == "field":
        for separator in ("_", "."):
            named = frame.words.mention(str(entry.expr.params[0])) >= 0.7
            yield built(frame, "prefix_keys", (entry,), (f"{entry.expr.params[0]}{separator}",), -1.5 if named else 0.0)
    for affix in dict.fromkeys([*frame.words.quoted, *frame.words.affixes]):
        if not affix.startswith("_"):
            yield built(frame, "prefix_keys", (entry,), (affix,))
        if not affix.endswith("_"):
            yield built(frame, "suffix_keys", (entry,), (affix,))
    for old, new in ((" ", "_"), ("-", "_"), (" ", ""), (".", "_"), (" ", "-")):
        if any(old in name for name in names):
            yield built(frame, "replace_in_keys", (entry,), (old, new))


def _bare(frame: Frame, entry: Entry, prefix: str) -> Entry | None:
    """Only the fields with a prefix that the words name, without it."""
    if prefix not in frame.words.affixes and not frame.words.names_value(prefix):
        return None
    kept = built(frame, "keep_prefix", (entry,), (prefix,), -1.0)
    return built(frame, "unprefix_keys", (kept,), (prefix,), -1.2) if kept is not None else None


def _prefixes(names: set[str]) -> set[str]:
    """Heads and tails of field names up to a separator."""
    found = set()
    for name in names:
        for separator in ("_", "-", ".", " "):
            if separator in name:
                found.add(name[: name.index(separator) + 1])
                found.add(name[name.rindex(separator) :])
    return {text for text in found if text}


def list_entries(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield what is said of one list: its count, total, ends, text."""
    elements = [element for value in entry.values if isinstance(value, list) for element in value]
    kinds = {kind_of(element) for element in elements}
    yield built(frame, "count", (entry,))
    if kinds == {"obj"}:
        yield built(frame, "merged_all", (entry,))
        for separator in dict.fromkeys([",", *(s for s in frame.words.symbols if s in ";\t|")]):
            yield built(frame, "to_csv", (entry,), (separator,), 0.0 if separator in frame.words.symbols else 0.4)
    if frame.words.has("json", "stringify", "string"):
        yield built(frame, "to_json", (entry,))
    if kinds <= {"num", "text", "bool"}:
        for name in ("first", "last"):
            yield _typed(built(frame, name, (entry,)))
    if not kinds or "obj" in kinds:
        return
    if "list" in kinds:
        yield built(frame, "flat", (entry,))
        return
    yield from _aggregates(frame, entry, kinds)
    yield from _rearranged(frame, entry)


def _typed(entry: Entry | None) -> Entry | None:
    """Give an entry the kind of its values."""
    if entry is None:
        return None
    return Entry(
        Expr(entry.expr.op, entry.expr.args, entry.expr.params, kind_of_values(entry.values), entry.expr.cost),
        entry.values,
    )


def _aggregates(frame: Frame, entry: Entry, kinds: set[str]) -> Iterator[Entry | None]:
    if kinds <= {"num", "null"}:
        for name in ("sum", "average", "median"):
            yield built(frame, name, (entry,))
    if kinds <= {"num"} or kinds <= {"text"}:
        for name in ("max", "min"):
            yield _typed(built(frame, name, (entry,)))
        for descending in (False, True):
            extra = 0.0 if frame.words.topic("strongly_descending") == descending else 0.5
            yield built(frame, "sorted", (entry,), (descending,), extra)
    if kinds <= {"bool"}:
        yield built(frame, "all_of", (entry,))
        yield built(frame, "any_of", (entry,))


def _rearranged(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    symbols, quoted = frame.words.symbols, frame.words.quoted
    usual = _JOINTS if frame.words.topic("join") else _JOINTS[:1]
    for separator in dict.fromkeys([*usual, *(text for text in quoted if len(text) < 5), *symbols]):
        named = separator.strip() in symbols or separator in quoted or separator in symbols
        yield built(frame, "join", (entry,), (separator,), 0.0 if named else 0.2 if separator == ", " else 0.4)
    for name in ("unique", "reversed", "filled"):
        changed = built(frame, name, (entry,))
        yield changed
        if name == "unique" and changed and frame.words.topic("strong_dedupe"):
            yield built(frame, "count", (changed,))
    for count in frame.words.numbers:
        if isinstance(count, int) and 0 < count < 100:
            for name in ("first_n", "last_n", "rest"):
                yield built(frame, name, (entry,), (count,))
    longest = max((len(value) for value in entry.values if isinstance(value, list)), default=0)
    for place in range(1, min(4, longest)):
        yield _typed(built(frame, "nth", (entry,), (place,)))
