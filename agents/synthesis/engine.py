"""From a request to an answer: search, check, question or code."""

import time
from collections.abc import Sequence
from typing import Any

from agents.synthesis import operators
from agents.synthesis.emit_javascript import javascript_body
from agents.synthesis.emit_python import python_body
from agents.synthesis.explain import explain
from agents.synthesis.language import FAILURES, Expr, evaluate, var
from agents.synthesis.search import Search
from agents.synthesis.search.frame import Budget, Exhausted, Frame
from agents.synthesis.types import Synthesis, SynthesisRequest
from agents.synthesis.values import same
from agents.synthesis.words import Words

__all__ = ["synthesize"]

_STEPS = 600_000
del operators


def synthesize(request: SynthesisRequest) -> Synthesis:
    """Find the program that turns every example's input into its output.

    Example:
        `synthesize(SynthesisRequest("double it", [Example([{"json": {"value": 5}}], [{"json": {"result": 10}}])]))`
    """
    started = time.perf_counter()
    if not request.examples:
        return Synthesis("unsolved")
    words = Words(request.description)
    search = Search()
    programs = candidates(request, words, search, started)
    elapsed_ms = (time.perf_counter() - started) * 1000
    if not programs:
        return Synthesis("unsolved", partial="", elapsed_ms=elapsed_ms)
    best = programs[0]
    return Synthesis("solved", code_of(best), explain(best), 0.9, elapsed_ms=elapsed_ms)


def code_of(program: Expr) -> dict[Any, str]:
    """Print a program in both languages."""
    return {"javascript": javascript_body(program), "python": python_body(program)}


def candidates(request: SynthesisRequest, words: Words, search: Search, started: float) -> list[Expr]:
    """Return programs over `items` that fit every example, cheapest first."""
    inputs = [[item["json"] for item in example.input] for example in request.examples]
    outputs = tuple([item["json"] for item in example.output] for example in request.examples)
    budget = Budget(_STEPS, started + request.deadline_s * 0.85, time.perf_counter)
    frame = Frame([{"items": rows} for rows in inputs], (var("items", "list", 0.0),), 0, words, budget)
    found: list[Expr] = []
    try:
        found += search.lists.lists(frame, outputs)
        if (all(len(rows) == 1 for rows in outputs) and any(len(rows) != 1 for rows in inputs)) or not found:
            found += _aggregates(frame, outputs, search)
    except Exhausted:
        pass
    fitting = [program for program in found if fits(program, inputs, outputs)]
    return sorted(fitting, key=lambda program: program.cost)


def _aggregates(frame: Frame, outputs: tuple[list[Any], ...], search: Search) -> list[Expr]:
    """One item made from all."""
    if not all(len(rows) == 1 for rows in outputs):
        return []
    bodies = search.solve(frame, tuple(rows[0] for rows in outputs), "")
    return [Expr("list", (body,), (), "list", body.cost + 1.0) for body in bodies if body.op != "const"]


def fits(program: Expr, inputs: Sequence[list[Any]], outputs: Sequence[list[Any]]) -> bool:
    """Whether the interpreter agrees with every example."""
    try:
        return all(
            same(evaluate(program, {"items": rows}), wanted) for rows, wanted in zip(inputs, outputs, strict=True)
        )
    except FAILURES:
        return False
