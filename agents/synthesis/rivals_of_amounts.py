"""Other readings of numbers and of what is missing: relative or absolute, counted or distinct, exact or at least."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, Expr, Stage, const, field_of, make, pipe, var
from agents.synthesis.values import is_number

__all__ = ["distinct_of", "magnitude", "marks", "presence", "relative", "threshold", "whole_units"]

_UNITS = frozenset([7, 12, 24, 60, 100, 1000, 1024, 3600, 86400, 1000000])
Rewrite = Callable[[Expr], Iterator[Expr]]


def relative(expr: Expr) -> Iterator[Expr]:
    """The difference of two fields, or their change in percent of the second."""
    if expr.op == "subtract" and all(arg.op == "field" for arg in expr.args):
        share = make("divide", expr, expr.args[1])
        yield make("multiply", share, const(100, "num", 0.4))


def presence(expr: Expr) -> Iterator[Expr]:
    """A value that is not there, or one that is zero as well."""
    if expr.op in {"is_null", "is_empty"} and expr.args[0].type == "num":
        yield make("is_falsy", *expr.args)


def distinct_of(names: tuple[str, ...]) -> Rewrite:
    """The number of rows, or of the different values of the field that the words count."""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        if expr.op != "count" or expr.args[0].op != "var":
            return
        depth = next((at for at, level in enumerate(LEVELS) if expr.args[0].params[0] == level.group), -1) + 1
        for name in names:
            values = pipe(expr.args[0], depth, (), field_of(var(LEVELS[depth].element), name, "any", 0.3), 0.5)
            yield replace(expr, args=(make("unique", values),), reads=None)

    return rewrite


def threshold(expr: Expr) -> Iterator[Expr]:
    """Exactly this number, or at least it."""
    if expr.op != "equals" or expr.args[0].op != "field" or expr.args[1].op != "const":
        return
    bound = expr.args[1].params[0]
    if is_number(bound) and bound >= 10:
        yield make("at_least", *expr.args)


def magnitude(is_signed: Callable[[str], bool]) -> Rewrite:
    """Sort by a change, or by its size without the sign."""

    def rewrite(expr: Expr) -> Iterator[Expr]:
        if expr.op != "pipe":
            return
        depth, stages, body = expr.params
        for place, stage in enumerate(stages):
            key = stage.exprs[0] if stage.kind == "sort" and len(stage.exprs) == 1 else None
            if key is not None and key.op == "field" and key.type == "num" and is_signed(str(key.params[0])):
                sort = Stage("sort", (make("abs", key),), stage.params, stage.cost)
                yield replace(expr, params=(depth, (*stages[:place], sort, *stages[place + 1 :]), body), reads=None)

    return rewrite


def whole_units(expr: Expr) -> Iterator[Expr]:
    """A quotient by a unit with its fraction, or the full units only."""
    if expr.op == "divide" and expr.args[0].op == "field":
        unit = expr.args[1].params[0] if expr.args[1].op == "const" else None
        if unit in _UNITS:
            yield make("floor", expr)


def marks(expr: Expr) -> Iterator[Expr]:
    """Replace every mark, or the first one."""
    if expr.op == "replace" and len(expr.params[0]) == 1:
        mark, new = expr.params
        sides = (make("before", *expr.args, params=(mark,)), make("after", *expr.args, params=(mark,)))
        yield Expr("template", sides, (0, new, 1), "text", expr.cost + 0.5)
