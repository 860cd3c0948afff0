"""Operators on quantities written in texts: a date in any usual form, and multiples that a number or time belongs to."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, is_number

__all__: list[str] = []


def _snapped(number: Any, step: float, offset: float, way: str) -> Any:
    if not is_number(number):
        raise Undefined
    found = runtime.snapped(number, step, offset, way)
    return int(found) if found == int(found) else found


def _read_any_date(text: Any, day_first: bool) -> Any:
    if not isinstance(text, str):
        raise Undefined
    return runtime.read_any_date(text, day_first)


# fmt: off
register(
    Operator("snap", _snapped, "num", ("num",), 1.4, "snapped({0}, {p0}, {p1}, {p2})", "snapped({0}, {p0}, {p1}, {p2})", "{0} moved {p2} to a multiple of {p0} plus {p1}",
             ("round", "rounded", "nearest", "bucket", "range", "band", "step", "multiple", "between"), needs=("snapped",)),
    Operator("snap_time", _snapped, "date", ("date",), 1.4,
             "DateTime.fromMillis(snapped({0:m}.toMillis(), {p0} * 1000, {p1} * 1000, {p2}), {{ zone: 'utc' }})", "snapped({0}, {p0}, {p1}, {p2})",
             "{0} moved {p2} to a multiple of {p0} seconds plus {p1}",
             ("round", "rounded", "nearest", "slot", "range", "hour", "quarter", "half", "between"), needs=("snapped",)),
    Operator("read_any_date", _read_any_date, "date", ("text",), 0.9, "readAnyDate({0}, {p0})", "read_any_date({0}, {p0})", "{0} read as a date in any usual form (day first: {p0})",
             ("date", "dates", "time", "mixed", "formats", "any"), needs=("readAnyDate", "read_any_date")),
)
# fmt: on
