"""What a value is made of: counts, totals, what is missing, literals that fields hold too, parts of texts."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import LEVELS, OPERATORS, Expr, Stage, const, field_of, make, pipe, var
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.rivals.walk import moved
from agents.synthesis.values import is_number, same
from agents.synthesis.words import parts_of_name

__all__ = ["amounts", "counted", "parts", "stood_for"]

_AGGREGATES = frozenset(["average", "sum", "min", "max", "median"])
_MENTIONED = 0.9
_ALIKE = 0.05
"""Two fields are named alike when their mentions differ by less."""
_QUANTITIES = frozenset(
    "qty quantity amount pieces pcs units count number stock items copies seats tickets boxes sold guests persons "
    "people times hits visits views num".split()
)
_CUTS = ("before", "up_to_last", "piece", "last_piece", "after")


def counted(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """What a count or a total takes in."""
    if expr.op in _AGGREGATES and expr.args[0].op == "pipe" and expr.args[0].params[2] is not None:
        yield from _absent(expr)
    if expr.op == "count":
        yield from _of_a_field(expr, shown)
    if expr.op == "object":
        yield from _listed(expr, shown)
    if expr.op in {"first", "last"}:
        yield from _by_mark(expr, shown)
    yield from _repeated(expr)
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


def stood_for(expr: Expr, shown: Shown) -> Iterator[tuple[str, Expr]]:
    """A literal that a field holds everywhere, a field with the values of another one, a row or all of them."""
    if expr.op == "field" and expr.args[0].op == "var":
        own = shown.columns.get(expr.params[0], [])
        for field in shown.fields:
            if field.params[0] != expr.params[0] and _equal(own, shown.columns[field.params[0]]):
                told = shown.words.mention(expr.params[0]) - shown.words.mention(field.params[0])
                name = "namesake" if abs(told) < _ALIKE else "other_field"
                yield name, field_of(expr.args[0], field.params[0], field.type, expr.cost)
    if expr.op == "const" and is_number(expr.params[0]):
        for field in shown.fields:
            values = shown.columns[field.params[0]]
            if values and all(is_number(value) and value == expr.params[0] for value in values):
                yield "literal", replace(field, cost=expr.cost)
    if expr.op in {"multiply", "subtract", "add"} and shown.single() and _reads_row(expr):
        yield "scope", make("sum", pipe(var("items", "list"), 1, (), moved(expr, 0), 0.5))


def _equal(left: list[object], right: list[object]) -> bool:
    return len(left) == len(right) > 0 and all(same(a, b) for a, b in zip(left, right, strict=True))


def _reads_row(expr: Expr) -> bool:
    return any(arg.op == "field" and arg.args[0] == Expr("var", (), ("row",)) for arg in expr.args)


def amounts(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """An amount or a share, a difference or a distance, a fraction or whole units."""
    yield from _percentages(expr)
    yield from _differences(expr)
    yield from _wholes(expr)


def _differences(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """With its sign or without, never below 0, in percent."""
    if expr.op == "subtract" and all(arg.op == "field" for arg in expr.args):
        share = make("divide", expr, expr.args[1])
        yield "relative", make("multiply", share, const(100, "num", 0.4))
    if expr.op == "subtract":
        yield "distance", make("abs", expr)
        yield "floored", make("larger", const(0, "num", 0.4), expr)
    if expr.op in {"days_between", "hours_between", "minutes_between"}:
        yield "date_distance", make("abs", expr)
    if expr.op == "abs" and expr.args[0].op in {"subtract", "days_between"}:
        yield "distance", expr.args[0]


def _wholes(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """A fraction or whole units; rounded up, down or to the nearest."""
    if expr.op in {"divide", "hours_between", "minutes_between"} and not _averages(expr):
        for name in ("floor", "ceil"):
            yield "whole_units", make(name, expr)
        yield "whole_units", make("round", expr, params=(0,))
    if expr.op in {"round", "floor", "ceil"} and (expr.op != "round" or expr.params == (0,)):
        dimension = "rounding" if expr.args[0].op in {"field", "var"} else "rounded_result"
        for name in ("round", "floor", "ceil"):
            if name != expr.op:
                yield dimension, make(name, *expr.args, params=(0,) if name == "round" else ())
    if expr.op == "floor_divide":
        yield "rounding", make("ceil", make("divide", *expr.args))


def _averages(expr: Expr) -> bool:
    return any(OPERATORS[arg.op].takes == ("list",) for arg in expr.args if arg.op in OPERATORS)


def _percentages(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Take 10 off, or 10 percent off."""
    if expr.op in {"subtract", "add"} and expr.args[1].op == "const" and is_number(expr.args[1].params[0]):
        share = expr.args[1].params[0] / 100
        factor = round(1 - share if expr.op == "subtract" else 1 + share, 10)
        yield "percentage", make("multiply", expr.args[0], const(factor, "num", 0.4))
    if expr.op == "multiply" and expr.args[1].op == "const" and is_number(expr.args[1].params[0]):
        amount = round((1 - expr.args[1].params[0]) * 100, 8)
        number = const(abs(int(amount) if float(amount).is_integer() else amount), "num", 0.4)
        yield "percentage", make("subtract" if amount > 0 else "add", expr.args[0], number)


def parts(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """Which part of a text: up to the first or the last mark, one number or all digits, at a letter or at a word."""
    if expr.op in _CUTS:
        yield from _marked(expr)
    yield from _numbered(expr)
    yield from _shortened(expr)
    if expr.op == "initials":
        first = make("first_chars", *expr.args, params=(1,))
        last = make("first_chars", make("last_piece", *expr.args, params=(" ",)), params=(1,))
        yield "initials", Expr("template", (first, last), (0, 1), "text", expr.cost + 0.3)
    if expr.op == "length" and expr.args[0].op != "remove":
        yield "blanks_too", make("length", make("remove", *expr.args, params=(" ",)))
    if expr.op == "trim":
        yield "spaces", make("remove", *expr.args, params=(" ",))
    if expr.op == "remove" and expr.params == (" ",):
        yield "spaces", make("trim", *expr.args)


def _numbered(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """The first number, the last, or all digits."""
    if expr.op in {"first_number", "last_number"}:
        yield "numbers", make("amount", *expr.args, params=(".",))
        yield "numbers", make("number", make("digits", *expr.args))
    if expr.op == "amount":
        yield "numbers", make("last_number", *expr.args)
        yield "numbers", make("first_number", *expr.args)
    if expr.op == "number" and expr.args[0].op in {"digits", "first_digits", "last_digits", "run_of"}:
        yield "numbers", make("first_number", *expr.args[0].args)
        yield "numbers", make("last_number", *expr.args[0].args)


def _shortened(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Cut inside a word or before it; marked always or when cut."""
    if expr.op == "first_chars" and expr.params[0] > 4:
        yield "cut", make("cut_at_word", *expr.args, params=(expr.params[0], ""))
    if expr.op == "shorten":
        kept = make("first_chars", *expr.args, params=expr.params[:1])
        yield "always_cut", Expr("template", (kept,), (0, expr.params[1]), "text", expr.cost)
    if expr.op == "template" and len(expr.args) == 1 and expr.args[0].op == "first_chars" and expr.params[0] == 0:
        mark = "".join(part for part in expr.params if isinstance(part, str))
        yield "always_cut", make("shorten", *expr.args[0].args, params=(expr.args[0].params[0], mark))
        yield "always_cut", make("cut_at_word", *expr.args[0].args, params=(expr.args[0].params[0], mark))


def _marked(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """The first part or all but the last; the last part or all but the first."""
    mark = expr.params[:1]
    dimension = "parts" if mark[0] in {" ", "."} else "parts_at_mark"
    if expr.op in {"before", "up_to_last"}:
        yield dimension, replace(expr, op="up_to_last" if expr.op == "before" else "before")
    elif expr.op != "piece" or expr.params[1] == 1:
        for name in ("piece", "last_piece", "after"):
            if name != expr.op:
                yield dimension, make(name, *expr.args, params=(*mark, 1) if name == "piece" else mark)
