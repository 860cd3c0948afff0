"""Rivals: programs that differ from one in a single respect and mean something that the same words could."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.synthesis.language import Expr
from agents.synthesis.rivals.calendar import calendar
from agents.synthesis.rivals.counts import counted
from agents.synthesis.rivals.keys import compared
from agents.synthesis.rivals.kin import kin_of
from agents.synthesis.rivals.lists import gathered
from agents.synthesis.rivals.logic import tests
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.rivals.stages import chosen, ordered
from agents.synthesis.rivals.values import amounts, parts, stood_for
from agents.synthesis.rivals.walk import rewritten
from agents.synthesis.search.dates import layouts_of

__all__ = ["DIMENSIONS", "Rival", "Shown", "rewritten", "rivals"]

Way = Callable[[Expr, Shown], Iterator[tuple[str, Expr]]]
DIMENSIONS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "dimensions.json").read_text(encoding="utf-8")
)
_KIN = {
    frozenset([left, right]): name
    for name, dimension in DIMENSIONS.items()
    for family in dimension.get("kin", ())
    for left in family
    for right in family
    if left != right
}


@dataclass(frozen=True, slots=True)
class Rival:
    """Another reading and the respect in which it differs."""

    program: Expr
    dimension: str


def rivals(program: Expr, shown: Shown) -> Iterator[Rival]:
    """Yield the programs that differ from `program` in one respect, at one place or at two."""
    seen = {program}
    for way in _WAYS:
        for name, one in _named(program, way, shown):
            if one not in seen:
                seen.add(one)
                for again, both in _named(one, way, shown) if name in _AT_TWO_PLACES else ():
                    if again == name and both not in seen:
                        seen.add(both)
                        yield Rival(both, name)
                yield Rival(one, name)


def _named(program: Expr, way: Way, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Rewrite one place in one way; say the dimension of each rewriting."""
    last = ""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        nonlocal last
        for name, new in way(expr, shown):
            last = name
            yield new

    for new in rewritten(program, rewrite):
        yield last, new


def _kin(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    for new in kin_of(expr):
        name = _KIN.get(frozenset([expr.op, new.op]), "kin")
        yield "kin" if _makes_no_odds(name, expr, shown) else name, new


def _makes_no_odds(name: str, expr: Expr, shown: Shown) -> bool:
    """Whether the values are of a kind for which nobody means the one and not the other."""
    match name:
        case "threshold":
            return expr.args[1].type == "text"
        case "bound":
            limit = expr.args[1].params[0] if expr.args[1].op == "const" else None
            return limit in shown.words.bounded
        case "containment":  # in dates, a year or a month stands in one place
            return bool(layouts_of(tuple(shown.values(expr.args[0]))))
        case "zero":
            values = [value for value in shown.values(expr.args[0]) if value is not None]
            return bool(values) and all(isinstance(value, str) for value in values)
    return False


_WAYS: tuple[Way, ...] = (
    compared,
    chosen,
    ordered,
    counted,
    gathered,
    stood_for,
    amounts,
    parts,
    calendar,
    tests,
    _kin,
)
_AT_TWO_PLACES = frozenset(["bound", "test_case"])
