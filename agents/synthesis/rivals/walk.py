"""Rewriting one place of a program."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, Expr, Stage, var

__all__ = ["Rewrite", "moved", "rewritten", "stages_at", "with_stages"]

Rewrite = Callable[[Expr], Iterator[Expr]]


def rewritten(expr: Expr, rewrite: Rewrite) -> Iterator[Expr]:
    """Yield the expression with one place rewritten."""
    yield from rewrite(expr)
    for place, arg in enumerate(expr.args):
        for new in rewritten(arg, rewrite):
            yield replace(expr, args=(*expr.args[:place], new, *expr.args[place + 1 :]), reads=None)
    if expr.op == "pipe":
        yield from _inside_pipe(expr, rewrite)


def _inside_pipe(expr: Expr, rewrite: Rewrite) -> Iterator[Expr]:
    depth, stages, body = expr.params
    for place, stage in enumerate(stages):
        for index, inner in enumerate(stage.exprs):
            for new in rewritten(inner, rewrite):
                exprs = (*stage.exprs[:index], new, *stage.exprs[index + 1 :])
                changed = (*stages[:place], replace(stage, exprs=exprs), *stages[place + 1 :])
                yield replace(expr, params=(depth, changed, body), reads=None)
    for new in rewritten(body, rewrite) if body is not None else ():
        yield replace(expr, params=(depth, stages, new), reads=None)


def stages_at(expr: Expr, kind: str) -> list[tuple[int, Stage]]:
    """List the stages of one kind in a pipeline with their places."""
    if expr.op != "pipe":
        return []
    return [(place, stage) for place, stage in enumerate(expr.params[1]) if stage.kind == kind]


def with_stages(expr: Expr, stages: tuple[Stage, ...]) -> Expr:
    """Return a pipeline with other stages."""
    depth, _, body = expr.params
    return replace(expr, params=(depth, stages, body), reads=None)


def moved(expr: Expr, depth: int) -> Expr:
    """Read the element of the next depth instead of this one's."""
    if expr.op == "var" and expr.params[0] == LEVELS[depth].element:
        return var(LEVELS[depth + 1].element)
    return replace(expr, args=tuple(moved(arg, depth) for arg in expr.args), reads=None)
