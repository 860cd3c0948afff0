"""Operators that give or take numbers."""

import math
from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, is_number


def _numeric(run: Any) -> Any:
    """Refuse operands that are no numbers and results that are not finite."""

    def checked(*operands: Any) -> Any:
        if not all(is_number(operand) for operand in operands):
            raise Undefined
        value = run(*operands)
        if not math.isfinite(value):
            raise Undefined
        return value

    return checked


def _divide(left: Any, right: Any) -> Any:
    if right == 0:
        raise Undefined
    return left / right


def _modulo(left: Any, right: Any) -> Any:
    if right <= 0 or left < 0:
        raise Undefined
    return left % right


_PAIR = ("num", "num")

# fmt: off
register(
    Operator("add", _numeric(lambda a, b: a + b), "num", _PAIR, 1.0, "{0:12} + {1:12}", "{0:12} + {1:12}",
             "{0} plus {1}", ("add", "plus", "sum", "total", "together", "+", "increase", "incl", "including", "with"), 12),
    Operator("subtract", _numeric(lambda a, b: a - b), "num", _PAIR, 1.0, "{0:12} - {1:13}", "{0:12} - {1:13}",
             "{0} minus {1}", ("minus", "subtract", "difference", "less", "missing", "remaining", "left", "-", "after", "discount", "off", "net", "profit"), 12),
    Operator("multiply", _numeric(lambda a, b: a * b), "num", _PAIR, 1.0, "{0:13} * {1:13}", "{0:13} * {1:13}",
             "{0} times {1}", ("times", "multiply", "multiplied", "product", "double", "triple", "*", "x", "total", "percent", "%"), 13),
    Operator("divide", _numeric(_divide), "num", _PAIR, 1.3, "{0:13} / {1:14}", "{0:13} / {1:14}",
             "{0} divided by {1}", ("divide", "divided", "per", "ratio", "share", "/", "half", "average", "percent", "percentage", "%", "convert"), 13),
    Operator("modulo", _numeric(_modulo), "num", _PAIR, 2.5, "{0:13} % {1:14}", "{0:13} % {1:14}",
             "the remainder of {0} by {1}", ("remainder", "modulo", "even", "odd", "every", "rest", "minutes", "seconds", "left over", "leftover", "loose", "single"), 13, demand=2.0),
    Operator("floor_divide", _numeric(lambda a, b: math.floor(_divide(a, b))), "num", _PAIR, 2.2, "Math.floor({0:13} / {1:14})", "int({0:13} // {1:14})",
             "{0} divided by {1}, rounded down", ("full", "whole", "floor", "down", "integer", "hours", "minutes", "boxes", "packs", "complete"), demand=1.5),
    Operator("round", _numeric(lambda a, digits: runtime.rounded(a, digits)), "num", ("num",), 0.9, "", "rounded({0}, {p0})",
             "{0} rounded to {p0} decimals", ("round", "rounded", "decimals", "decimal", "digits", "cents", "places"), needs=("rounded",)),
    Operator("floor", _numeric(math.floor), "num", ("num",), 1.6, "Math.floor({0})", "int({0:13} // 1)",
             "{0} rounded down", ("floor", "down", "whole", "full", "integer"), demand=1.0),
    Operator("ceil", _numeric(math.ceil), "num", ("num",), 1.6, "Math.ceil({0})", "int(-(-{0:15} // 1))",
             "{0} rounded up", ("ceil", "up", "full", "pages", "batches"), demand=1.0),
    Operator("abs", _numeric(abs), "num", ("num",), 1.2, "Math.abs({0})", "abs({0})",
             "{0} without its sign", ("absolute", "abs", "positive", "magnitude", "deviation"), demand=1.0),
    Operator("negate", _numeric(lambda a: -a), "num", ("num",), 1.2, "-{0:15}", "-{0:15}",
             "{0} with its sign changed", ("negative", "negate", "invert", "sign"), 15, demand=0.6),
    Operator("smaller", _numeric(min), "num", _PAIR, 1.6, "Math.min({0}, {1})", "min({0}, {1})",
             "the smaller of {0} and {1}", ("most", "cap", "capped", "max", "maximum", "limit", "limited", "smaller", "min", "lower", "never more", "not more", "no more", "never over", "never above", "not over", "ceiling", "exceed", "up to"), demand=1.5),
    Operator("larger", _numeric(max), "num", _PAIR, 1.6, "Math.max({0}, {1})", "max({0}, {1})",
             "the larger of {0} and {1}", ("least", "floor", "min", "minimum", "negative", "below", "larger", "bigger", "higher", "max", "never less", "not less", "no less", "never below", "never under", "not under", "never negative", "zero"), demand=1.5),
)
