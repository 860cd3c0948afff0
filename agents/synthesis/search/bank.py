"""The bank of a frame: every cheap expression with its values, so that targets are looked up instead of searched."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage, const, field_of, make, pipe, var, variables
from agents.synthesis.search.dates import date_entries
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, kind_of_values, signature
from agents.synthesis.search.growth import (
    MOVING,
    SECOND_TEXT,
    list_entries,
    number_entries,
    object_entries,
    pieces,
    text_entries,
)
from agents.synthesis.values import kind_of, text_of

__all__ = ["REPEATS", "Bank", "bank_of"]

_ALTERNATIVES = 8
_DEEPEST = 5
REPEATS = (
    "each",
    "every",
    "per",
    "copies",
    "copy",
    "times",
    "repeat",
    "piece",
    "pieces",
    "single",
    "page",
    "pages",
    "from",
    "labels",
    "duplicate",
)
"""Words that make several items of one."""


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
        if any(other.expr.cost == entry.expr.cost and other.expr == entry.expr for other in known):
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
        if frame.part_of is not None:
            _cut_from(bank, *frame.part_of)
        else:
            for root in frame.roots:
                _add_root(bank, root, tuple(scope.get(root.params[0]) for scope in frame.scopes))
            _add_found(bank)
    while bank.grown < level:
        bank.grown += 1
        _grow(bank)
    return bank


def _cut_from(bank: Bank, whole: Frame, places: tuple[int, ...], moved: bool) -> None:
    """Take over the entries of a larger frame; what depends on the position among the elements is read anew."""
    source = bank_of(whole, 1)
    for entries in source.by_signature.values():
        for entry in entries:
            if not (moved and variables(entry.expr) & MOVING):
                values = tuple(entry.values[place] for place in places)
                bank.add(Entry(entry.expr, values), "" if entry.expr.type != "any" else kind_of_values(values))
    for root in bank.frame.roots:
        if moved and root.params[0] in MOVING:
            _add_root(bank, root, tuple(scope.get(root.params[0]) for scope in bank.frame.scopes))
    bank.frame.budget.spend(len(source.by_signature) >> 2)
    bank.grown = 1


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
        if (
            element in {"items", "group"}
            or (table.expr.op == "var" and frame.depth != 1)
            or table.expr.params[0] == "table"
        ):
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
    for kind, grow in (
        ("text", text_entries),
        ("obj", object_entries),
        ("list", list_entries),
        ("num", number_entries),
    ):
        for entry in bank.of(kind)[:40]:
            bank.extend(grow(bank.frame, entry))
    for entry in [e for e in bank.of("obj") if e.expr.op == "text_pairs"][:4]:
        _add_fields(bank, entry, 2)
    for entry in bank.of("any")[:10]:
        if any(isinstance(value, str) for value in entry.values):
            bank.extend(text_entries(bank.frame, entry))
    bank.extend(_numeric(bank))
    bank.extend(_filled_in(bank))
    numbers = [e for e in bank.of("num") if e.expr.op == "field" and e.expr.args[0].op == "var"]
    bank.extend(_together(bank.frame, numbers))
    bank.extend(_counted(bank.frame, numbers))
    bank.extend(_beside(bank))
    for entry in bank.of("obj")[:20]:
        for key in [*bank.of("text"), *bank.of("num")][:12]:
            _add_looked_up(bank, entry, key)
    bank.extend(date_entries(bank.frame, bank.of("text", "num")[:60], level=1))


def _filled_in(bank: Bank) -> Iterator[Entry | None]:
    """Texts with places like `{name}` that the fields of an object fill."""
    frame = bank.frame
    for entry in [e for e in bank.of("text") if e.expr.op in {"field", "var"}][:8]:
        texts = [value for value in entry.values if isinstance(value, str)]
        for left, right in (
            ("{{", "}}"),
            ("{{ ", " }}"),
            ("{", "}"),
            ("${", "}"),
            ("<", ">"),
            ("%", "%"),
            ("[", "]"),
            ("$", ""),
        ):
            if texts and any(re.search(rf"{re.escape(left)}\w+{re.escape(right)}", text) for text in texts):
                for values in [e for e in bank.of("obj") if e.expr.op in {"field", "var"}][:4]:
                    yield built(frame, "fill_in", (entry, values), (left, right))


def _numeric(bank: Bank) -> Iterator[Entry | None]:
    """Fields that are sometimes a number and sometimes a text that holds one, with a number of the words where missing."""
    frame = bank.frame
    for entry in bank.of("any")[:10]:
        there = {kind_of(value) for value in entry.values if value is not None and value is not BOTTOM}
        if there != {"num", "text"}:
            continue
        missing = any(value is None for value in entry.values)
        for other in dict.fromkeys([None, 0, *frame.words.numbers[:3]]) if missing else (None,):
            yield built(frame, "numeric", (entry,), (other,), -0.4 + 0.2 * (other is not None))


def _counted(frame: Frame, numbers: list[Entry]) -> Iterator[Entry | None]:
    """As many places as a number says, as its quotient by another needs, or as lie between two."""
    if frame.depth != 1 or not frame.words.has(*REPEATS):
        return
    one = Entry(const(1, "num", 0.1), (1,) * len(frame.scopes))
    for entry in numbers[:6]:
        yield built(frame, "range", (entry,), (), -0.8)
        for other in numbers[:6] if len(numbers) < 6 else ():
            if other.expr == entry.expr:
                continue
            share, gap = built(frame, "divide", (entry, other)), built(frame, "subtract", (entry, other))
            up, more = share and built(frame, "ceil", (share,)), gap and built(frame, "add", (gap, one))
            yield built(frame, "range", (up,), (), -1.5) if up else None
            between = 2.5 * frame.words.has("to", "until", "till", "between", "through")
            yield built(frame, "range", (more,), (), -1.0 - between) if more else None


def _beside(bank: Bank) -> Iterator[Entry | None]:
    """The entries of other lists at this entry's place."""
    frame = bank.frame
    for root in frame.roots:
        if root.params[0] in {level.index for level in LEVELS[1:]}:
            place = Entry(root.raised(-root.cost + 0.2), tuple(scope.get(root.params[0]) for scope in frame.scopes))
            for entry in [e for e in bank.of("list") if e.expr.op == "field"][:6]:
                found = built(frame, "at", (entry, place))
                if found and any(value is not BOTTOM and value is not None for value in found.values):
                    yield Entry(replace(found.expr, type=kind_of_values(found.values)), found.values)


def _together(frame: Frame, numbers: list[Entry]) -> Iterator[Entry | None]:
    """Several number fields as one list, for their total, average, largest, smallest."""
    if len(numbers) < 3 or not frame.words.has(
        "average", "avg", "mean", "sum", "total", "max", "min", "highest", "lowest", "best", "largest"
    ):
        return
    named = [entry for entry in numbers if frame.words.mention(str(entry.expr.params[0])) >= 0.7]
    for chosen in (numbers, named):
        values = tuple(list(row) for row in zip(*(entry.values for entry in chosen), strict=True))
        if len(chosen) >= 3 and all(None not in row for row in values):
            together = Entry(Expr("list", tuple(e.expr for e in chosen), (), "list", 0.3 + 0.12 * len(chosen)), values)
            yield together
            yield from list_entries(frame, together)


def _grow_deep(bank: Bank) -> None:
    frame = bank.frame
    for entry in [
        e for e in bank.of("text") if e.expr.op in {"after", "last_piece", "between", "before", "piece", "trim"}
    ][:60]:
        for separator in ("&", ",", ";", "\n", "|", " ", "/"):
            if any(isinstance(value, str) and separator in value for value in entry.values):
                bank.extend(built(frame, name, (entry,), (separator,)) for name in ("split", "split_trim"))
    for entry in [e for e in bank.of("text") if e.expr.op not in {"field", "var"}][:80]:
        bank.extend(built(frame, name, (entry,), (".",) if name == "amount" else ()) for name in SECOND_TEXT)
        bank.extend(pieces(frame, entry, few=True))
    for entry in [e for e in bank.of("list") if e.expr.op not in {"field", "var"}][:40]:
        bank.extend(list_entries(frame, entry))
    bank.extend(date_entries(frame, bank.of("date")[:12], level=2))


def _add_looked_up(bank: Bank, table: Entry, key: Entry) -> None:
    if _inside(key.expr, table.expr) or key.expr.op not in {"field", "var"}:
        return
    entry = built(bank.frame, "look_up", (table, key))
    if entry and any(value is not BOTTOM and value is not None for value in entry.values):
        kind = kind_of_values(entry.values)
        typed = Entry(Expr("look_up", entry.expr.args, (), kind, entry.expr.cost), entry.values)
        bank.add(typed)
        if kind == "num" and None in entry.values:
            bank.extend(_or_number(bank.frame, typed))


def _or_number(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """A number that is looked up, or one of the words (1, 0) where there is none."""
    for number in dict.fromkeys([*frame.words.numbers, 1, 0]):
        literal = Entry(
            const(number, "num", 0.2 if number in frame.words.numbers else 0.8), (number,) * len(entry.values)
        )
        found = built(frame, "default", (entry, literal), (), -0.5)
        yield Entry(replace(found.expr, type="num"), found.values) if found else None
