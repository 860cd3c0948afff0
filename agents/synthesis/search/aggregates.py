"""One item made from all: each field on its own, over all items or over those that one test keeps."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from agents.synthesis.language import Expr, Stage, pipe, var
from agents.synthesis.search.frame import Entry, Frame
from agents.synthesis.search.predicates import guessed, predicates

__all__ = ["aggregates"]

_TESTS = 3
_LIKELY = 2.0
"""The most that a test may cost that chooses the items for all fields."""
_PART = 0.4
"""The most of the work left that chosen items may use up."""


def aggregates(frame: Frame, outputs: tuple[list[Any], ...], search: Any) -> Iterator[Expr]:
    """Yield lists of one object whose fields are made from all items."""
    if not all(len(rows) == 1 for rows in outputs):
        return
    goal = tuple(rows[0] for rows in outputs)
    for body in search.solve(frame, goal, ""):
        if body.op != "const":
            yield Expr("list", (body,), (), "list", body.cost + 1.0)
    with frame.budget.portion(_PART):
        yield from _of_chosen(frame, goal, search)


def _of_chosen(frame: Frame, goal: tuple[Any, ...], search: Any) -> Iterator[Expr]:
    """Choose the items first: the test counts once, however many fields there are."""
    if not all(isinstance(target, dict) and len(target) > 1 for target in goal):
        return
    items = var("items", "list")
    scopes = [{"row": row} for scope in frame.scopes for row in scope["items"]]
    rows = Frame(scopes, (var("row"),), 1, frame.words, frame.budget)
    likely = [t for t in predicates(rows) if t.expr.cost < _LIKELY and not guessed(frame, t)]
    for test in [t for t in likely if 0 < sum(v is True for v in t.values) < len(scopes)][:_TESTS]:
        stage = Stage("filter", (test.expr,), (), test.expr.cost)
        chosen = Frame(_kept(frame, test), frame.roots, frame.depth, frame.words, frame.budget)
        for body in search.solve(chosen, goal, "")[:2]:
            whole = _over(body, pipe(items, 0, (stage,), None, 0.0))
            yield Expr("list", (whole,), (), "list", body.cost + test.expr.cost + 1.4)


def _kept(frame: Frame, test: Entry) -> list[dict[str, Any]]:
    """The frame's scopes with only the items for which the test holds."""
    scopes, place = [], 0
    for scope in frame.scopes:
        rows = scope["items"]
        bits = test.values[place : place + len(rows)]
        scopes.append({**scope, "items": [row for row, bit in zip(rows, bits, strict=True) if bit is True]})
        place += len(rows)
    return scopes


def _over(expr: Expr, chosen: Expr) -> Expr:
    """Put the chosen items in the place of all."""
    if expr == var("items"):
        return chosen
    return replace(expr, args=tuple(_over(arg, chosen) for arg in expr.args), reads=None)
