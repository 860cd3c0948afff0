"""What is said over what was made: fields from other new fields, numbers from two fields."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from agents.synthesis.language import Expr
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built, signature
from agents.synthesis.values import is_number, kind_of

__all__ = ["combined_numbers", "with_fields"]

_MADE = 0.35
"""What a field costs that is read from another new field: its own cost is paid there."""
_CALLED_ON = 0.05
"""The same when the words name it more than once: where it is made, and where it is used."""
_FIELDS = 6
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
