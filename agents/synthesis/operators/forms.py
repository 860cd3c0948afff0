"""Operators that write numbers and texts in a form: clocks, only some kinds of characters, placeholders filled in."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.operators.operands import of_text
from agents.synthesis.values import Undefined, is_number


def _as_clock(number: Any, parts: int, width: int) -> str:
    if not is_number(number) or number != int(number) or number < 0:
        raise Undefined
    return str(runtime.as_clock(int(number), parts, width))


def _fill_in(text: Any, values: Any, left: str, right: str) -> str:
    if not isinstance(text, str) or not isinstance(values, dict):
        raise Undefined
    if any(isinstance(value, dict | list) for value in values.values()):
        raise Undefined
    return str(runtime.fill_in(text, values, left, right))


# fmt: off
register(
    Operator("as_clock", _as_clock, "text", ("num",), 1.4, "asClock({0}, {p0}, {p1})", "as_clock({0}, {p0}, {p1})",
             "{0} as a clock of {p0} parts", ("duration", "h:mm", "hh:mm", "m:ss", "mm:ss", "h:mm:ss", "hh:mm:ss", "hours", "minutes", "time", "clock", "length", "format"), needs=("asClock", "as_clock")),
    Operator("only_letters", of_text(runtime.only_letters), "text", ("text",), 1.6, "onlyLetters({0}, {p0})", "only_letters({0}, {p0})",
             "the letters of {0} and {p0}", ("letters", "letter", "special", "punctuation", "symbols", "alphanumeric"), needs=("onlyLetters", "only_letters"), demand=2.5),
    Operator("fill_in", _fill_in, "text", ("text", "obj"), 1.2, "fillIn({0}, {1}, {p0}, {p1})", "fill_in({0}, {1}, {p0}, {p1})",
             "{0} with the values of {1} in its places", ("fill", "placeholder", "placeholders", "template", "replace", "variables", "filled", "insert"), needs=("fillIn", "fill_in"), demand=0.3),
)
# fmt: on
