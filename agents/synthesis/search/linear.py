"""Sums of several terms: fields, fields times a number of the words, and such numbers alone."""

from functools import reduce
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from agents.synthesis.language import Expr, const, make
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.frame import Entry, Frame
from agents.synthesis.values import is_number

__all__ = ["linear", "scaled_products"]

_NAMED = 0.6
_FIELDS = 6
_NUMBERS = 6
_UNUSED = 0.6
"""What each number of the words costs that a sum leaves out, and each of its fields that the words do not name."""
_WORK = 6
_MOST = 250_000
"""So many sums of a size are tried, or none of them."""
Matrix = NDArray[np.float64]


def _fields(bank: Bank) -> list[Entry]:
    fields = [e for e in bank.of("num") if e.expr.op == "field" and all(is_number(v) for v in e.values)]
    return [e for e in fields if bank.frame.words.mention(str(e.expr.params[0])) >= _NAMED][:_FIELDS]


def _numbers(frame: Frame) -> list[float]:
    shares = frame.words.percents
    return [round(n / 100, 10) if n in shares else n for n in frame.words.numbers if n not in (0, 1)][:_NUMBERS]


def scaled_products(bank: Bank) -> list[Entry]:
    """Products of two fields that the words name and a number of theirs: "7.50 per driver and day"."""
    found = []
    for left, right in combinations(_fields(bank), 2):
        for number in _numbers(bank.frame):
            change = bank.frame.words.operator_cost("multiply") - 0.6
            pair = make("multiply", left.expr, right.expr, extra=change)
            expr = make("multiply", pair, const(number, "num", 0.3), extra=change)
            values = tuple(a * b * number for a, b in zip(left.values, right.values, strict=True))
            found.append(Entry(expr, values))
    return found


def linear(bank: Bank, goal: Matrix) -> list[Expr]:
    """Return sums of three or four terms that give the goal, each field and each number at most once."""
    fields, numbers = _fields(bank), _numbers(bank.frame)
    if len(fields) < 2:
        return []
    count = len(goal)
    places = {number: len(fields) + place for place, number in enumerate(numbers)}
    terms: list[tuple[Expr, Matrix, frozenset[int]]] = []
    change = bank.frame.words.operator_cost("multiply") - 0.4
    for place, field in enumerate(fields):
        values = np.array(field.values, dtype=np.float64)
        terms.append((field.expr, values, frozenset([place])))
        for number in numbers:
            expr = make("multiply", field.expr, const(number, "num", 0.3), extra=change)
            terms.append((expr, values * number, frozenset([place, places[number]])))
    terms += [(const(n, "num", 0.3), np.full(count, float(n)), frozenset([places[n]])) for n in numbers]
    for size in (3, 4):
        found = _sums(bank.frame, terms, goal, size, len(numbers))
        if found:
            return found
    return []


def _sums(
    frame: Frame, terms: list[tuple[Expr, Matrix, frozenset[int]]], goal: Matrix, size: int, numbers: int
) -> list[Expr]:
    if len(terms) < size or comb(len(terms), size) > _MOST:
        return []
    chosen = np.array(list(combinations(range(len(terms)), size)))
    values = np.array([term[1] for term in terms])
    frame.budget.spend(len(chosen) >> _WORK)
    hits = np.nonzero((np.abs(values[chosen].sum(axis=1) - goal) <= 1e-9 * np.maximum(1.0, np.abs(goal))).all(axis=1))
    found = []
    change = frame.words.operator_cost("add") - 0.5
    for row in hits[0][:200]:
        parts = [terms[place] for place in chosen[row]]
        used = frozenset().union(*(part[2] for part in parts))
        if len(used) < sum(len(part[2]) for part in parts):
            continue
        left = numbers - sum(1 for part in parts for inner in (part[0], *part[0].args) if inner.op == "const")
        ordered = sorted((part[0] for part in parts), key=lambda expr: expr.op == "const")
        expr = reduce(lambda a, b: make("add", a, b, extra=change), ordered)
        found.append(expr.raised(_UNUSED * left))
    return sorted(found, key=lambda expr: expr.cost)[:6]
