"""Operators with the same signature: what else an operator's place could hold."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from agents.synthesis.language import OPERATORS, Expr, Operator

__all__ = ["kin_of"]


@cache
def _kin(name: str) -> tuple[str, ...]:
    own = OPERATORS[name]
    return tuple(other.name for other in OPERATORS.values() if other.name != name and _replaces(own, other))


def _replaces(own: Operator, other: Operator) -> bool:
    if own.type != other.type or len(own.takes) != len(other.takes) or _parameters(own) != _parameters(other):
        return False
    return all(a == b or "any" in (a, b) for a, b in zip(own.takes, other.takes, strict=True))


def _parameters(operator: Operator) -> int:
    texts = operator.says + operator.javascript + operator.python
    return len(set(re.findall(r"\{p(\d)", texts)))


def kin_of(expr: Expr) -> Iterator[Expr]:
    """Yield the expression with every other operator of the same signature."""
    if expr.op not in OPERATORS:
        return
    for name in _kin(expr.op):
        kind = expr.type if OPERATORS[name].type == "any" else OPERATORS[name].type
        change = OPERATORS[name].cost - OPERATORS[expr.op].cost
        yield replace(expr, op=name, type=kind, cost=expr.cost + change, reads=None)
