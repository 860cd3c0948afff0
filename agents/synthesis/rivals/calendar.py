"""Dates: which part comes first, months or thirty days, whole years, units that have two sizes."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.synthesis.language import Expr, const, make
from agents.synthesis.rivals.shown import Shown
from agents.synthesis.search.dates import LAYOUTS
from agents.synthesis.values import is_number

__all__ = ["calendar"]

_SWAPPED = str.maketrans("dM", "Md")
_SIZES = ({1000, 1024}, {1000000, 1048576}, {1000000000, 1073741824}, {360, 365}, {30, 31})


def calendar(expr: Expr, _: Shown) -> Iterator[tuple[str, Expr]]:
    """Other readings of dates and of units."""
    yield from _read(expr)
    yield from _moved(expr)
    yield from _apart(expr)
    if expr.op in {"divide", "multiply"} and expr.args[1].op == "const":
        for sizes in _SIZES:
            if expr.args[1].params[0] in sizes:
                for size in sizes - {expr.args[1].params[0]}:
                    yield "unit_size", replace(expr, args=(expr.args[0], const(size, "num", 0.4)), reads=None)


def _read(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """The day first, or the month."""
    if expr.op == "read_date":
        for layout, shape in LAYOUTS.items():
            if layout != expr.params[0] and shape == LAYOUTS.get(expr.params[0]):
                yield "day_first", replace(expr, params=(layout,))
    if expr.op == "write_date" and re.search("d", expr.params[0]) and re.search("M", expr.params[0]):
        swapped = expr.params[0].translate(_SWAPPED)
        if sorted(re.findall("d+|M+", swapped)) == sorted(re.findall("d+|M+", expr.params[0])):
            yield "day_first", replace(expr, params=(swapped,))
    if expr.op == "read_any_date":
        yield "day_first", replace(expr, params=(not expr.params[0],))


def _moved(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """A month of the calendar, or thirty days."""
    if expr.op not in {"add_months", "add_time"} or expr.args[1].op != "const" or not is_number(expr.args[1].params[0]):
        return
    count = expr.args[1].params[0]
    if expr.op == "add_months":
        days = count // 12 * 365 if count % 12 == 0 else count * 30
        yield "month_length", make("add_time", expr.args[0], const(days, "num", 0.4), params=("days",))
    elif expr.params == ("days",) and count and count % 30 == 0:
        yield "month_length", make("add_months", expr.args[0], const(count // 30, "num", 0.4))


def _apart(expr: Expr) -> Iterator[tuple[str, Expr]]:
    """Full years or a difference of years, with both days or without."""
    if expr.op == "years_between":
        years = [make("date_part", arg, params=("year",)) for arg in expr.args]
        yield "birthday", make("subtract", years[1], years[0])
    if expr.op == "subtract" and all(arg.op == "date_part" and arg.params == ("year",) for arg in expr.args):
        yield "birthday", make("years_between", expr.args[1].args[0], expr.args[0].args[0])
    if expr.op == "days_between":
        yield "both_days", make("add", expr, const(1, "num", 0.4))
