"""What is put together from lists and objects: repeats, empty parts, entries by place or label, fields by name."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, Expr, Stage, const, field_of, make, var
from agents.synthesis.rivals.shown import Shown

__all__ = ["gathered"]


def gathered(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Other entries and fields that are put together."""
    if expr.op == "object":
        yield from _listed(expr, shown)
    if expr.op in {"first", "last"}:
        yield from _by_mark(expr, shown)
    yield from _repeated(expr)
    if expr.op == "merged":
        yield "which_wins", replace(expr, args=expr.args[::-1], reads=None)
    if expr.op == "join" and expr.args[0].op != "filled":
        yield "empty_parts", replace(expr, args=(make("filled", *expr.args),), reads=None)
    if expr.op in {"split", "split_trim"}:
        yield "empty_parts", replace(expr, op="split_filled")


def _repeated(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Every entry of several lists, or each value once."""
    if expr.op in {"flat", "concat"}:
        yield "repeats", make("unique", expr)
    if expr.op == "unique":
        yield "repeats", expr.args[0]
    for place, arg in enumerate(expr.args if expr.op == "object" else ()):
        if _is_collected(arg):
            args = (*expr.args[:place], make("unique", arg), *expr.args[place + 1 :])
            yield "repeats", replace(expr, args=args, reads=None)


def _listed(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """Every field of an inner object, or those that it is shown with."""
    names, spreads, dropped = expr.params
    for place, arg in enumerate(expr.args[:spreads]):
        inner = [value for value in shown.values(arg) if isinstance(value, dict)]
        if arg.op == "field" and inner:
            shown_names = tuple(dict.fromkeys(name for value in inner for name in value))
            fields = tuple(field_of(arg, name, "any", 0.3) for name in shown_names)
            args = (*expr.args[:place], *expr.args[place + 1 : spreads], *fields, *expr.args[spreads:])
            params = ((*shown_names, *names), spreads - 1, dropped)
            yield "listed", replace(expr, args=args, params=params, reads=None)


def _is_collected(expr: Expr) -> bool:
    """Whether the entries of several lists are put into one."""
    return expr.op == "pipe" and expr.params[0] == 0 and any(stage.kind == "explode" for stage in expr.params[1])


def _by_mark(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """The first entry of a list, or the one with the label that the first one has."""
    source = expr.args[0]
    if source.op != "pipe" or source.params[1] or source.params[2] is None:
        return
    depth, _, body = source.params
    at = 0 if expr.op == "first" else -1
    lists = [value for value in shown.values(source.args[0]) if isinstance(value, list) and value]
    if not lists or not all(isinstance(element, dict) for value in lists for element in value):
        return
    for name, label in lists[0][at].items():
        others = [element.get(name) for value in lists for element in value if element is not value[at]]
        if isinstance(label, str) and all(value[at].get(name) == label for value in lists) and label not in others:
            own = field_of(var(LEVELS[depth].element), name, "text", 0.3)
            test = Stage("filter", (make("equals", own, const(label, "text", 0.4)),))
            yield (
                "by_mark",
                replace(expr, args=(replace(source, params=(depth, (test,), body), reads=None),), reads=None),
            )
