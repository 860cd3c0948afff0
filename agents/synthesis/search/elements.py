"""The elements of a table as a frame: all of them, the chosen ones, and the pipelines over them."""

from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import FAILURES, LEVELS, Expr, evaluate, pipe, var
from agents.synthesis.search.frame import Frame
from agents.synthesis.search.selection import Selection, explained
from agents.synthesis.search.tables import Table, spans_of

__all__ = ["chosen_of", "elements_of", "pipe_of", "selected_after"]


def elements_of(frame: Frame, table: Table, flat: list[dict[str, Any]]) -> Frame:
    """The frame of all elements of a table, made once."""
    key = ("elements", table.source, table.stages)
    if key not in frame.cache:
        frame.cache[key] = Frame(flat, table.roots, table.inner, frame.words, frame.budget)
    elements: Frame = frame.cache[key]
    return elements


def chosen_of(frame: Frame, table: Table, elements: Frame, wanted: list[list[int]]) -> Frame:
    """The frame of the chosen elements; index and elements are those after the selection."""
    if wanted == [list(span) for span in spans_of(table.scopes)]:
        return elements
    key = ("chosen", tuple(map(tuple, wanted)))
    if key not in elements.cache:
        level = LEVELS[table.depth]
        scopes = []
        for want in wanted:
            rows = [elements.scopes[index] for index in want]
            listed = [row.get(level.element) for row in rows]
            scopes += [{**row, level.index: place, level.elements: listed} for place, row in enumerate(rows)]
        part = (elements, tuple(index for want in wanted for index in want), True)
        elements.cache[key] = Frame(scopes, table.roots, table.inner, frame.words, frame.budget, part_of=part)
    chosen: Frame = elements.cache[key]
    return chosen


def pipe_of(table: Table, selection: Selection, body: Expr | None) -> Expr:
    """Write the pipeline of a table, a selection and a body; None, or all fields of the element alone, is the element."""
    cost = table.cost + selection.cost + (body.cost if body is not None else 0.0) + 0.2
    if (
        body is not None
        and body.op == "object"
        and body.params == ((), 1, ())
        and body.args[0].op == "var"
        and body.args[0].params[0] == LEVELS[table.depth].element
    ):
        body = None
    return pipe(table.source, table.depth, (*table.stages, *selection.stages), body, cost)


def selected_after(
    frame: Frame, inner: Expr, body: Expr, elements: Frame, table: Table, wanted: list[list[int]]
) -> Iterator[Expr]:
    """Yield pipelines that map first and choose then, by what only the mapped rows hold."""
    try:
        values = [evaluate(body, {**scope}) for scope in elements.scopes]
    except FAILURES:
        return
    root = var(LEVELS[table.depth].element)
    rows = [{**frame.scopes[0], root.params[0]: value} for value in values]
    mapped = Frame(rows, (root,), table.inner, frame.words, frame.budget)
    for selection in explained(mapped, spans_of(table.scopes), wanted):
        yield pipe(inner, table.depth, selection.stages, None, inner.cost + selection.cost)
