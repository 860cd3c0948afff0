"""What a value is made of: literals that fields hold too, amounts and shares, parts of texts."""

from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import OPERATORS, Expr, const, field_of, make, pipe, var
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.rivals.walk import moved
from agents.synthesis.values import is_number, same

__all__ = ["amounts", "parts", "stood_for"]

_ALIKE = 0.05
"""Two fields are named alike when their mentions differ by less."""
_CUTS = ("before", "up_to_last", "piece", "last_piece", "after")


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
