"""What is said over what was made: fields from other new fields, numbers from two fields."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from agents.synthesis.language import LEVELS, OPERATORS, Expr, const, field_of, make, pipe, var
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, signature
from agents.synthesis.values import is_number, kind_of

__all__ = ["averages", "combined_numbers", "signed_numbers", "with_fields"]

_MADE = 0.35
"""What a field costs that is read from another new field: its own cost is paid there."""
_CALLED_ON = 0.05
"""The same when the words name it more than once: where it is made, and where it is used."""
_FIELDS = 6
_KINDS = 3
_NAMED = 0.7
_SIGNED = 1.2
_CALLED = -0.2
"""A word for an operator changes its cost by this at least."""


def with_fields(frame: Frame, made: dict[str, tuple[Expr, tuple[Any, ...]]], called: set[str]) -> Frame:
    """Return the frame with the values of fields of the output that are already understood; the words call on some."""
    places = tuple(range(len(frame.scopes)))
    wider = Frame(frame.scopes, frame.roots, frame.depth, frame.words, frame.budget, part_of=(frame, places, False))
    bank = bank_of(wider, 1)
    for name, (expr, column) in made.items():
        kinds = {kind_of(value) for value in column if value is not None}
        cost = _CALLED_ON if name in called else _MADE
        kind = kinds.pop() if len(kinds) == 1 else expr.type
        known = bank.by_signature.get(signature(column), [])
        if not any(entry.expr.cost <= cost for entry in known):
            bank.add(Entry(Expr(expr.op, expr.args, expr.params, kind, cost), column))
    wider.cache["columns"] = wider.cache["neighbours"] = True
    return wider


def combined_numbers(frame: Frame) -> list[Entry]:
    """Return what two number fields give by an operator that the words call for: "price plus shipping"."""
    found: list[Entry] | None = frame.cache.get("combined")
    if found is None:
        found = frame.cache["combined"] = list(_combined(bank_of(frame, 1)))
    return found


def signed_numbers(frame: Frame) -> list[Entry]:
    """Return number fields that count against the others where a text field says so: "out subtracts"."""
    words = frame.words
    if not words.topic("signed_by"):
        return []
    bank = bank_of(frame, 1)
    fields = [e for e in bank.of("num") if e.expr.op == "field" and all(is_number(v) for v in e.values)][:4]
    found = []
    for kind in [e for e in bank.of("text") if e.expr.op == "field" and 1 < len(set(e.values)) <= _KINDS][:4]:
        for value in [v for v in dict.fromkeys(kind.values) if isinstance(v, str) and words.mention(v) >= _NAMED]:
            test = make("equals", kind.expr, const(value, "text", 0.2))
            for field in fields:
                less = make("negate", field.expr)
                cost = field.expr.cost + _SIGNED
                values = tuple(-v if k == value else v for v, k in zip(field.values, kind.values, strict=True))
                found.append(Entry(Expr("if", (test, less, field.expr), (), "num", cost), values))
    return found


def averages(frame: Frame) -> list[tuple[Entry, Entry]]:
    """Return number fields beside their average (or median) over all items, when the words speak of one."""
    called = [name for name in ("average", "median") if frame.words.operator_cost(name) <= _CALLED]
    root = frame.roots[0]
    if not called or frame.depth != 1 or not all("items" in scope for scope in frame.scopes):
        return []
    fields = [e for e in bank_of(frame, 1).of("num") if e.expr.op == "field" and e.expr.args[0] == root]
    found = []
    for field in [e for e in fields if all(is_number(v) for v in e.values)][:_FIELDS]:
        inner = field_of(var(LEVELS[1].element), str(field.expr.params[0]), "num", 0.1)
        listed = pipe(var("items", "list"), 1, (), inner, 0.3)
        columns = [[row.get(field.expr.params[0]) for row in scope["items"]] for scope in frame.scopes]
        if all(is_number(value) for column in columns for value in column):
            for name in called:
                values = tuple(OPERATORS[name].run(column) for column in columns)
                found.append((field, Entry(Expr(name, (listed,), (), "num", 0.5), values)))
    return found


def _combined(bank: Bank) -> Iterator[Entry]:
    frame = bank.frame
    called = [name for name in ("add", "subtract", "multiply", "divide") if frame.words.operator_cost(name) <= _CALLED]
    fields = [e for e in bank.of("num") if e.expr.op == "field" and all(is_number(v) for v in e.values)]
    named = [e for e in fields if frame.words.mention(str(e.expr.params[0])) >= 0.6] or fields
    for pair in combinations(named[:_FIELDS], 2) if called else ():
        for name in called:
            for left, right in (pair, pair[::-1]) if name in {"subtract", "divide"} else (pair,):
                entry = built(frame, name, (left, right))
                if entry is not None and BOTTOM not in entry.values:
                    yield entry
