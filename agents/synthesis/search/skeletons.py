"""Texts that the words quote as samples: "3 seats left" with another number in it, one sample for each case."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from agents.synthesis.language import Expr, const, subexpressions, variables
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.conditions import restricted
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.search.growth import MOVING
from agents.synthesis.search.predicates import guessed, separating
from agents.synthesis.values import Undefined, text_of

__all__ = ["skeletons"]

_HOLES = re.compile(
    r"\{\w*\}|<[\w ]+>|\[[\w ]+\]|\(\w+\)|%[sd]|_{2,}|\.{3}|…|(?<![\w.])(?:[XNxn]|-?\d+(?:\.\d+)?)(?![\w.])"
)
_MOST = 5
_SPOKEN = 0.3
_FIELDLESS = 1.0
"""What it costs that a hole holds something else than a field, its size or what a cut gives."""
_DIRECT = frozenset(["field", "var", "abs", "capital", "lower", "upper", "look_up", "round", "first_number", "number"])


@dataclass(frozen=True, slots=True)
class _Sample:
    """A quoted text as literal pieces; between two of them stands a value of the row."""

    pieces: tuple[str, ...]


def skeletons(frame: Frame, targets: tuple[str, ...]) -> Iterator[Expr]:
    """Yield choices between texts with a value of the row in them, each after a quoted sample of the words."""
    samples = list(_samples(frame))
    if len(set(targets)) < 2 or not samples:
        return
    owners = [_owner(frame, place, target, samples) for place, target in enumerate(targets)]
    shapes = sorted({owner for owner in owners if owner is not None}, key=samples.index)
    if None in owners or not 2 <= len(shapes) <= _MOST or all(len(shape.pieces) == 1 for shape in shapes):
        return
    sides = {}
    for shape in shapes:
        places = [place for place, owner in enumerate(owners) if owner == shape]
        side = _filled(frame, places, shape, targets)
        if side is None:
            return
        sides[shape] = side
    exact = [shape for shape in shapes if len(shape.pieces) == 1]
    orders = permutations([shape for shape in shapes if len(shape.pieces) > 1])
    found = [expr for order in orders for expr in _chosen(frame, owners, [*exact, *order], sides)]
    yield from sorted(found, key=lambda expr: expr.cost)[:1]


def _samples(frame: Frame) -> Iterator[_Sample]:
    """Yield the quoted texts as they are and with holes where a number, a mark for one or a value of a field stands."""
    values = [
        text
        for entry in bank_of(frame, 1).of("text", "num")
        if entry.expr.op in {"field", "var"}
        for text in _texts(entry)
        if len(text) > 1
    ]
    for quoted in dict.fromkeys(frame.words.quoted):
        for part in sorted({value for value in values if value in quoted}, key=len, reverse=True)[:2]:
            before, _, after = quoted.partition(part)
            yield _Sample((before, after))
        pieces = _HOLES.split(quoted)
        if 2 <= len(pieces) <= 3:
            yield _Sample(tuple(pieces))
        yield _Sample((quoted,))


def _texts(entry: Entry) -> list[str]:
    try:
        return [text_of(value) for value in entry.values if value is not BOTTOM and value is not None]
    except Undefined:
        return []


def _owner(frame: Frame, place: int, target: str, samples: list[_Sample]) -> _Sample | None:
    """The sample that a target is written after: the one that is quoted as it is, or one whose holes hold row values."""
    held = {
        text
        for entry in _readable(bank_of(frame, 1))
        for text in _texts(Entry(entry.expr, entry.values[place : place + 1]))
    }
    for sample in samples:
        if len(sample.pieces) == 1:
            if sample.pieces[0] == target:
                return sample
            continue
        found = re.fullmatch("(.+?)".join(map(re.escape, sample.pieces)), target)
        if found and all(group in held for group in found.groups()):
            return sample
    return None


def _filled(frame: Frame, places: list[int], sample: _Sample, targets: tuple[str, ...]) -> Expr | None:
    """Write a sample with the fields that its holes stand for in all of its rows."""
    if len(sample.pieces) == 1:
        return const(sample.pieces[0], "text", _SPOKEN)
    pattern = "(.+?)".join(map(re.escape, sample.pieces))
    groups = [match.groups() for place in places if (match := re.fullmatch(pattern, targets[place]))]
    args = [_holding(bank_of(frame, 1), places, column) for column in zip(*groups, strict=True)]
    if any(arg is None for arg in args):
        return None
    parts: list[Any] = [sample.pieces[0]]
    for number, piece in enumerate(sample.pieces[1:]):
        parts += [number, piece]
    kept = tuple(part for part in parts if part != "")
    inner = tuple(arg for arg in args if arg is not None)
    if kept == (0,):
        return inner[0] if inner[0].type == "text" else Expr("text", inner, (), "text", inner[0].cost)
    return Expr("template", inner, kept, "text", _SPOKEN + sum(arg.cost for arg in inner))


def _holding(bank: Bank, places: list[int], column: tuple[str, ...]) -> Expr | None:
    """The likeliest expression whose texts these are in the rows of a sample."""
    fitting = []
    for entry in _readable(bank):
        values = tuple(entry.values[place] for place in places)
        if BOTTOM not in values and tuple(_texts(Entry(entry.expr, values))) == column:
            fitting.append(entry.expr)
    return min(fitting, key=lambda expr: expr.cost + _FIELDLESS * (expr.op not in _DIRECT), default=None)


def _readable(bank: Bank) -> list[Entry]:
    return [e for e in bank.of("text", "num") if e.expr.op not in {"const", "text"} and not variables(e.expr) & MOVING]


def _chosen(
    frame: Frame, owners: list[_Sample | None], shapes: list[_Sample], sides: dict[_Sample, Expr]
) -> Iterator[Expr]:
    """Peel one sample off after the other, each by its cheapest test that names no value of the example alone."""
    places = list(range(len(owners)))
    tests: list[tuple[Expr, Expr]] = []
    holes = {arg for side in sides.values() for arg in side.args if arg.type == "text"}
    for shape in shapes[:-1]:
        inner = restricted(frame, places)
        wanted = tuple(owners[place] == shape for place in places)
        found = [test for test in separating(inner, wanted) if not guessed(inner, test) and not _is_of(test, holes)]
        if not found:
            return
        tests.append((found[0].expr, sides[shape]))
        places = [place for place in places if owners[place] != shape]
    expr = sides[shapes[-1]]
    for test, side in reversed(tests):
        expr = Expr("if", (test, side, expr), (), "text", test.cost + side.cost + expr.cost + 0.3)
    yield expr.raised(-_SPOKEN)


def _is_of(test: Entry, holes: set[Expr]) -> bool:
    """Whether a test asks for a value of what stands in a hole: the row of the sample."""
    return any(inner.op in {"equals", "differs"} and inner.args[0] in holes for inner in subexpressions(test.expr))
