"""Operators that read something out of a text by the words around it, or a text that holds names with values."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.operators.operands import of_text


def _number(run: Any) -> Any:
    """Give whole numbers as integers, null where there is none."""

    def checked(text: Any, *rest: Any) -> Any:
        found = of_text(run)(text, *rest)
        return int(found) if isinstance(found, float) and found.is_integer() else found

    return checked


def _shortened(text: str, longest: int, kept: int, mark: str) -> str:
    return text if len(text) <= longest else text[:kept] + mark


_T = ("text",)
_PARAMETERS = ("parameter", "parameters", "param", "params", "query", "url", "utm", "link", "querystring")
_PAIRS = (
    "pairs",
    "pair",
    "key",
    "keys",
    "fields",
    "separate",
    "object",
    "settings",
    "options",
    "attributes",
    "split",
    "properties",
)

# fmt: off
register(
    Operator("number_before", _number(runtime.number_before), "num", _T, 1.2, "numberBefore({0}, {p0})", "number_before({0}, {p0})",
             "the number before {p0} in {0}", ("number", "amount", "before", "followed", "pull", "extract", "read", "out", "find", "value", "price", "get"), needs=("numberBefore", "number_before")),
    Operator("number_after", _number(runtime.number_after), "num", _T, 1.2, "numberAfter({0}, {p0})", "number_after({0}, {p0})",
             "the number after {p0} in {0}", ("number", "amount", "after", "behind", "pull", "extract", "read", "out", "find", "value", "price", "get"), needs=("numberAfter", "number_after")),
    Operator("query_value", of_text(runtime.query_value), "text", _T, 1.2, "queryValue({0}, {p0})", "query_value({0}, {p0})",
             "the parameter {p0} of {0}", _PARAMETERS, needs=("queryValue", "query_value"), demand=0.2),
    Operator("text_pairs", of_text(runtime.text_pairs), "obj", _T, 1.2, "textPairs({0}, {p0}, {p1})", "text_pairs({0}, {p0}, {p1})",
             "the pairs of {0}, split at {p0} and {p1}", _PAIRS, needs=("textPairs", "text_pairs")),
    Operator("shorten_to", of_text(_shortened), "text", _T, 1.4, "{0:m}.length > {p0} ? {0:m}.slice(0, {p1}) + {p2} : {0:3}", "{0:m}[:{p1}] + {p2} if len({0}) > {p0} else {0:4}",
             "{0}, when longer than {p0} characters its first {p1} and {p2}", ("shorten", "truncate", "cut", "max", "most", "longer", "limit", "preview", "first", "teaser", "exceed", "maximum", "than"), 3, demand=0.8),
)
# fmt: on
