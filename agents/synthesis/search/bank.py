"""The bank of a frame: every cheap expression with its values, so that targets are looked up instead of searched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage, field_of, make, pipe, var
from agents.synthesis.search.dates import date_entries
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, signature
from agents.synthesis.values import kind_of, text_of

__all__ = ["Bank", "bank_of", "kind_of_values", "list_entries"]

_ALTERNATIVES = 8
_DEEPEST = 3
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
                "words", "emails", "urls", "numbers_list", "base64", "url_encode")  # fmt: skip
_SECOND_TEXT = (
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


def kind_of_values(values: tuple[Any, ...]) -> str:
    """Name the one kind of all values that are there (`null` and ⊥ aside), or `any`."""
    kinds = {kind_of(value) for value in values if value is not BOTTOM and value is not None}
    return kinds.pop() if len(kinds) == 1 else "any" if kinds else "null"


@dataclass
class Bank:
    """Entries by kind, and by the signature of their values."""

    frame: Frame
    by_kind: dict[str, list[Entry]] = field(default_factory=dict)
    by_signature: dict[tuple[Any, ...], list[Entry]] = field(default_factory=dict)
    grown: int = 0

    def add(self, entry: Entry | None, kind: str = "") -> Entry | None:
        """Keep an entry unless a cheaper equal one (same values) fills its place already."""
        if entry is None:
            return None
        known = self.by_signature.setdefault(signature(entry.values), [])
        if any(other.expr == entry.expr for other in known):
            return None
        fresh = not known
        known.append(entry)
        known.sort(key=lambda other: other.expr.cost)
        del known[_ALTERNATIVES:]
        if fresh or len(known) <= 2:
            self.by_kind.setdefault(kind or entry.expr.type, []).append(entry)
        return entry

    def extend(self, entries: Iterable[Entry | None]) -> None:
        """Add several."""
        for entry in entries:
            self.add(entry)

    def add_object(self, entry: Entry) -> None:
        """Add an object with its fields."""
        self.add(entry)
        _add_fields(self, entry, 2)

    def of(self, *kinds: str) -> list[Entry]:
        """Return the entries of these kinds, cheapest first."""
        found = [entry for kind in kinds for entry in self.by_kind.get(kind, [])]
        return sorted(found, key=lambda entry: entry.expr.cost)

    def matching(self, targets: tuple[Any, ...]) -> list[Entry]:
        """Return the entries with exactly these values, cheapest first."""
        return self.by_signature.get(signature(targets), [])


def bank_of(frame: Frame, level: int = 1) -> Bank:
    """Return the frame's bank, grown to a level: 0 fields, 1 one operator, 2 two operators."""
    bank: Bank | None = frame.cache.get("bank")
    if bank is None:
        bank = frame.cache["bank"] = Bank(frame)
        for root in frame.roots:
            values = tuple(scope.get(root.params[0]) for scope in frame.scopes)
            _add_root(bank, root, values)
        _add_found(bank)
    while bank.grown < level:
        bank.grown += 1
        _grow(bank)
    return bank


def _add_root(bank: Bank, root: Expr, values: tuple[Any, ...]) -> None:
    kind = kind_of_values(values)
    entry = Entry(Expr(root.op, root.args, root.params, kind, root.cost), values)
    bank.add(entry)
    if kind == "obj":
        _add_fields(bank, entry, 1)


def _add_fields(bank: Bank, base: Entry, depth: int) -> None:
    """Add the fields of an object entry, and theirs."""
    words = bank.frame.words
    names: dict[str, None] = {}
    for value in base.values:
        if isinstance(value, dict):
            names.update(dict.fromkeys(value))
    if len(names) > 60:
        return
    for name in names:
        values = tuple(value.get(name) if isinstance(value, dict) else None for value in base.values)
        kind = kind_of_values(values)
        cost = base.expr.cost + (0.6 if depth == 1 else 0.25) - 0.3 * words.mention(name)
        entry = Entry(field_of(base.expr, name, kind, max(cost, 0.05)), values)
        bank.add(entry)
        if kind == "obj" and depth < _DEEPEST:
            _add_fields(bank, entry, depth + 1)


def _add_found(bank: Bank) -> None:
    """Add what lists of objects in reach hold for this scope: the entry whose column equals a field."""
    frame = bank.frame
    element = frame.scopes and frame.roots and frame.roots[0].params[0]
    for table in [entry for entry in bank.of("list") if any(_is_table(value) for value in entry.values)][:6]:
        if element in {"items", "group"} or table.expr.params[0] == "table":
            continue
        rows = [row for value in table.values if isinstance(value, list) for row in value if isinstance(row, dict)]
        for column in dict.fromkeys(name for row in rows for name in row):
            _add_found_by(bank, table, column)


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _add_found_by(bank: Bank, table: Entry, column: str) -> None:
    frame = bank.frame
    inner = var(_element(frame))
    keys = [entry for entry in bank.of("text", "num") if entry.expr.op in {"field", "var"}]
    for key in keys[:24]:
        if key.expr.op == "field" and key.expr.args and _inside(key.expr, table.expr):
            continue
        frame.budget.spend(2)
        found = [_first_match(rows, column, wanted) for rows, wanted in zip(table.values, key.values, strict=True)]
        loose = not any(hit is not None for hit in found)
        if loose:
            found = [
                _first_match(rows, column, wanted, loose=True)
                for rows, wanted in zip(table.values, key.values, strict=True)
            ]
            if not any(hit is not None for hit in found):
                continue
        sides = (field_of(inner, column, "any", 0.2), key.expr)
        test = make("equals", *(make("text", side) for side in sides)) if loose else make("equals", *sides)
        alike = frame.words.similar(column, str(key.expr.params[0])) + frame.words.mention(column)
        chosen = pipe(
            table.expr,
            frame.depth,
            (Stage("filter", (test,)),),
            None,
            table.expr.cost + key.expr.cost + 1.4 - 0.5 * alike + loose,
        )
        many = Entry(
            chosen,
            tuple(_all_matches(rows, column, wanted) for rows, wanted in zip(table.values, key.values, strict=True)),
        )
        entry = Entry(Expr("first", (chosen,), (), "obj", chosen.cost + 0.2), tuple(found))
        bank.add(entry)
        if not loose:
            bank.add(many)
        _add_fields(bank, entry, 2)


def _inside(expr: Expr, base: Expr) -> bool:
    return expr == base or any(_inside(arg, base) for arg in expr.args)


def _element(frame: Frame) -> str:
    return LEVELS[frame.depth].element


def _first_match(rows: Any, column: str, wanted: Any, *, loose: bool = False) -> Any:
    found = _all_matches(rows, column, wanted, loose=loose)
    return found[0] if found else None


def _all_matches(rows: Any, column: str, wanted: Any, *, loose: bool = False) -> list[Any]:
    if not isinstance(rows, list) or wanted is None:
        return []
    return [row for row in rows if isinstance(row, dict) and _equal(row.get(column), wanted, loose=loose)]


def _equal(left: Any, right: Any, *, loose: bool) -> bool:
    if left is None or isinstance(left, dict | list):
        return False
    if loose:
        return text_of(left) == text_of(right)
    return kind_of(left) == kind_of(right) and bool(left == right)


def _grow(bank: Bank) -> None:
    """Apply one more operator to what is there."""
    if bank.grown > 1:
        _grow_deep(bank)
        return
    for kind, grow in (("text", _from_text), ("obj", _from_object), ("list", list_entries), ("num", _from_number)):
        for entry in bank.of(kind)[:40]:
            bank.extend(grow(bank.frame, entry))
    for entry in bank.of("any")[:10]:
        if any(isinstance(value, str) for value in entry.values):
            bank.extend(_from_text(bank.frame, entry))
    for entry in bank.of("obj")[:20]:
        for key in [*bank.of("text"), *bank.of("num")][:12]:
            _add_looked_up(bank, entry, key)
    bank.extend(date_entries(bank.frame, bank.of("text", "num")[:60], level=1))


def _grow_deep(bank: Bank) -> None:
    frame = bank.frame
    for entry in [e for e in bank.of("text") if e.expr.op not in {"field", "var"}][:80]:
        bank.extend(built(frame, name, (entry,), (".",) if name == "amount" else ()) for name in _SECOND_TEXT)
        bank.extend(_pieces(frame, entry, few=True))
    for entry in [e for e in bank.of("list") if e.expr.op not in {"field", "var"}][:40]:
        bank.extend(list_entries(frame, entry))
    bank.extend(date_entries(frame, bank.of("date")[:12], level=2))


def _add_looked_up(bank: Bank, table: Entry, key: Entry) -> None:
    if _inside(key.expr, table.expr) or key.expr.op not in {"field", "var"}:
        return
    entry = built(bank.frame, "look_up", (table, key))
    if entry and any(value is not BOTTOM and value is not None for value in entry.values):
        kind = kind_of_values(entry.values)
        bank.add(Entry(Expr("look_up", entry.expr.args, (), kind, entry.expr.cost), entry.values))


def _from_text(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    for name in _SIMPLE_TEXT:
        yield built(frame, name, (entry,))
    for point in (".", ","):
        yield built(frame, "amount", (entry,), (point,), 0.0 if point == "." else 0.4)
    yield from _pieces(frame, entry)
    yield from _cuts(frame, entry)
    yield from _replaced(frame, entry)


def _replaced(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Words behind a mark, slugs, and characters taken away or replaced."""
    texts = [value for value in entry.values if isinstance(value, str)]
    for mark in {char for char in "#@$" if any(char in text for text in texts)}:
        yield built(frame, "first_tag", (entry,), (mark,))
        yield built(frame, "tags", (entry,), (mark,))
    for separator in ("-", "_"):
        yield built(frame, "slug", (entry,), (separator,), 0.0 if separator == "-" else 0.3)
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
            if other != literal:
                yield built(frame, "replace", (entry,), (literal, other), -0.5)


def _pieces(frame: Frame, entry: Entry, *, few: bool = False) -> Iterator[Entry | None]:
    """Split at every separator that all the texts hold (or one: a text without it stays whole)."""
    texts = [value for value in entry.values if isinstance(value, str)]
    named = frame.words.symbols
    for separator in _SEPARATORS:
        share = sum(separator in text for text in texts)
        if not share:
            continue
        extra = (0.0 if separator in named else 0.15) + 0.25 * (share < len(texts)) + 0.6 * separator.isalnum()
        for name in ("before", "last_piece", "up_to_last", "after"):
            yield built(frame, name, (entry,), (separator,), extra)
        most = max(text.count(separator) for text in texts)
        for index in range(1, min(most + 1, 3 if few else 5)):
            yield built(frame, "piece", (entry,), (separator, index), extra)
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


def _from_number(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    if entry.expr.op == "const":
        return
    yield built(frame, "text", (entry,))
    for name in ("abs", "floor", "ceil"):
        yield built(frame, name, (entry,))


def _from_object(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    for name in ("keys", "values", "entries", "query_pairs"):
        yield built(frame, name, (entry,))
    for name in _OBJECT_CHANGES:
        yield built(frame, name, (entry,))
    for separator in dict.fromkeys([".", "_", *(s for s in frame.words.symbols if s in "-/:")]):
        yield built(frame, "flatten", (entry,), (separator,))
        yield built(frame, "unflatten", (entry,), (separator,))
    names = {name for value in entry.values if isinstance(value, dict) for name in value}
    for prefix in sorted(_prefixes(names) | {p for p in frame.words.quoted if len(p) < 12}):
        for name in ("drop_prefix", "keep_prefix", "drop_suffix", "keep_suffix", "unprefix_keys"):
            yield built(
                frame,
                name,
                (entry,),
                (prefix,),
                0.0 if frame.words.names_value(prefix) or prefix in frame.words.symbols else 0.5,
            )
    for prefix in frame.words.quoted:
        yield built(frame, "prefix_keys", (entry,), (prefix,))
        yield built(frame, "suffix_keys", (entry,), (prefix,))
    for old, new in ((" ", "_"), ("-", "_"), (" ", ""), (".", "_"), (" ", "-")):
        if any(old in name for name in names):
            yield built(frame, "replace_in_keys", (entry,), (old, new))
    for value in dict.fromkeys([0, "", *frame.words.quoted, *frame.words.numbers]):
        yield built(frame, "default_values", (entry,), (value,), 0.0 if frame.words.names_value(value) else 0.4)


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
    for separator in dict.fromkeys([*_JOINTS, *quoted, *symbols]):
        named = separator.strip() in symbols or separator in quoted or separator in symbols
        yield built(frame, "join", (entry,), (separator,), 0.0 if named else 0.2 if separator == ", " else 0.4)
    for name in ("unique", "reversed", "filled"):
        yield built(frame, name, (entry,))
    for count in frame.words.numbers:
        if isinstance(count, int) and 0 < count < 100:
            for name in ("first_n", "last_n", "rest"):
                yield built(frame, name, (entry,), (count,))
    longest = max((len(value) for value in entry.values if isinstance(value, list)), default=0)
    for place in range(1, min(4, longest)):
        yield _typed(built(frame, "nth", (entry,), (place,)))
