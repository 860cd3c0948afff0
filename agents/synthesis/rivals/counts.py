"""What a count or a total takes in: rows or values, what is missing, rows of the same label, pieces."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, Expr, Stage, const, field_of, make, pipe, var
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.words import parts_of_name

__all__ = ["counted"]

_AGGREGATES = frozenset(["average", "sum", "min", "max", "median"])
_MENTIONED = 0.9
"""From this mention on, the words count a field."""
_QUANTITIES = frozenset(
    "qty quantity amount pieces pcs units count number stock items copies seats tickets boxes sold guests persons "
    "people times hits visits views num".split()
)
"""Parts of names of fields that hold how many there are."""


def counted(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Other rows and values that a count or a total takes in."""
    if expr.op in _AGGREGATES and expr.args[0].op == "pipe" and expr.args[0].params[2] is not None:
        yield from _absent(expr)
        yield from _within(expr, shown)
    if expr.op == "count":
        yield from _of_a_field(expr, shown)
        yield from _within(expr, shown)
    if expr.op == "average":
        yield from _weighted(expr, shown)


def _within(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """All rows, or those with the same label as the row at hand."""
    source = expr.args[0]
    depth, stages, body = source.params if source.op == "pipe" else (1, (), None)
    base = source.args[0] if source.op == "pipe" else source
    if base != Expr("var", (), ("items",)) or depth != 1 or stages:
        return
    for field in shown.fields:
        values = shown.columns[field.params[0]]
        if field.type == "text" and len(values) > 1 and len(set(map(str, values))) == 1:
            inner = field_of(var(LEVELS[1].element), field.params[0], "text", 0.3)
            own = Stage("filter", (make("equals", inner, field),))
            yield "within", replace(expr, args=(pipe(base, 1, (own,), body, 0.5),), reads=None)


def _weighted(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The average over rows, or over pieces."""
    values = expr.args[0]
    if values.op != "pipe" or values.params[2] is None or values.params[2].op != "field":
        return
    depth, stages, body = values.params
    for field in shown.fields:
        name = str(field.params[0])
        if field.type == "num" and name != body.params[0] and set(parts_of_name(name)) & _QUANTITIES:
            pieces = field_of(body.args[0], name, "num", 0.3)
            worth = replace(values, params=(depth, stages, make("multiply", body, pieces)), reads=None)
            count = replace(values, params=(depth, stages, pieces), reads=None)
            yield "weighted", make("divide", make("sum", worth), make("sum", count))


def _absent(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """A value that is missing: left out, or taken for 0."""
    values = expr.args[0]
    depth, stages, body = values.params
    if body.op == "field" or (body.op == "var" and expr.op in {"average", "median"}):
        there = Stage("filter", (make("has_value", body),))
        left_out = replace(values, params=(depth, (*stages, there), body), reads=None)
        zero = replace(values, params=(depth, stages, make("default", body, const(0, "num", 0.4))), reads=None)
        yield "absent", replace(expr, args=(left_out,), reads=None)
        if expr.op == "sum":
            gains = Stage("filter", (make("above", body, const(0, "num", 0.4)),))
            only = replace(values, params=(depth, (*stages, gains), body), reads=None)
            yield "gains", replace(expr, args=(only,), reads=None)
        yield "absent", replace(expr, args=(zero,), reads=None)


def _of_a_field(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The rows, the rows with a value, the different values, or the total of a field."""
    source = expr.args[0]
    if source.op == "unique":
        yield "distinct", replace(expr, args=source.args, reads=None)
        return
    depth = next((at for at, level in enumerate(LEVELS) if source == Expr("var", (), (level.group,))), -1) + 1
    stages: tuple[Stage, ...] = ()
    if source.op == "pipe":
        depth, stages, body = source.params
        source = source.args[0]
        if body is not None:
            return
    if any(stage.kind != "filter" for stage in stages):
        return
    for field in shown.fields:
        name, kind = field.params[0], field.type
        if name in shown.keys or (kind == "num" and not set(parts_of_name(name)) & _QUANTITIES):
            continue
        if kind != "num" and shown.words.mention(name) < _MENTIONED:
            continue
        own = field_of(var(LEVELS[depth].element), name, kind, 0.3)
        values = pipe(source, depth, stages, own, 0.5)
        if kind != "num":
            yield "distinct", replace(expr, args=(make("unique", values),), reads=None)
            there = Stage("filter", (make("not", make("is_empty", own)),))
            yield "filled", replace(expr, args=(pipe(source, depth, (*stages, there), None, 0.5),), reads=None)
        else:
            yield "quantity", make("sum", values)
