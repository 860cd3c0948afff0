"""Operators that the search does not try: what the same words mean to others, one `kin` of an operator it does try."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.operators.operands import of_text
from agents.synthesis.values import Undefined, is_number, number_of, same


def _rounded_even(number: Any, digits: int) -> Any:
    if not is_number(number):
        raise Undefined
    return runtime.rounded_even(number, digits)


def _has_word(text: Any, word: Any) -> bool:
    if text is None:
        return False
    if not isinstance(text, str):
        raise Undefined
    return bool(runtime.has_word(text, word))


def _list_is(elements: Any, only: Any) -> bool:
    if elements is not None and not isinstance(elements, list):
        raise Undefined
    return elements is not None and len(elements) == 1 and same(elements[0], only)


def _number_or_zero(text: str) -> Any:
    try:
        return number_of(text)
    except Undefined:
        return 0


def _keep_filled(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Undefined
    return {name: inner for name, inner in value.items() if inner != ""}


_T = ("text",)

# fmt: off
register(
    Operator("round_even", _rounded_even, "num", ("num",), 2.4, "roundedEven({0}, {p0})", "rounded_even({0}, {p0})",
             "{0} rounded to {p0} decimals, halves to the even one", ("even", "bankers", "banker's"), needs=("roundedEven", "rounded_even"), demand=2.0),
    Operator("natural", of_text(runtime.natural_key), "text", _T, 2.0, "naturalKey({0})", "natural_key({0})",
             "{0} compared number by number", ("natural", "naturally", "version", "versions"), needs=("naturalKey", "natural_key"), demand=1.0),
    Operator("has_word", _has_word, "bool", ("text", "text"), 1.9, "hasWord({0:o}, {1})", "has_word({0:w}, {1})",
             "{0} contains the word {1} on its own", ("word", "words"), needs=("hasWord", "has_word"), demand=1.0),
    Operator("list_is", _list_is, "bool", ("list", "any"), 2.2, "{0:l}.length === 1 && {0:l}[0] === {1:10}", "({0:5} or []) == [{1}]",
             "{1} is the only entry of {0}", ("only", "just", "nothing else"), 6, demand=1.0),
    Operator("last_number", of_text(lambda a: runtime.numbers_in(a)[-1]), "num", _T, 1.9, "Number({0:m}.match(/-?\\d+(\\.\\d+)?/g).at(-1))", "numbers_in({0})[-1]",
             "the last number in {0}", ("last", "number"), needs=("numbers_in",), demand=0.8),
    Operator("number_or_zero", of_text(_number_or_zero), "num", _T, 2.2, "(Number({0}) || 0)", "number_or_zero({0})",
             "{0} as a number, 0 when it is none", ("number",), needs=("number_or_zero",), demand=0.8),
    Operator("cut_at_word", of_text(runtime.cut_at_word), "text", _T, 2.3, "cutAtWord({0}, {p0}, {p1})", "cut_at_word({0}, {p0}, {p1})",
             "as many whole words of {0} as fit into {p0} characters, marked {p1} when longer", ("words", "whole"), needs=("cutAtWord", "cut_at_word"), demand=1.0),
    Operator("replace_first", of_text(lambda a, old, new: a.replace(old, new, 1)), "text", _T, 2.1, "{0:m}.replace({p0}, () => {p1})", "{0:m}.replace({p0}, {p1}, 1)",
             "{0} with {p1} for the first {p0}", ("first",), demand=1.0),
    Operator("remove_first", of_text(lambda a, part: a.replace(part, "", 1)), "text", _T, 2.1, "{0:m}.replace({p0}, '')", '{0:m}.replace({p0}, "", 1)',
             "{0} without the first {p0}", ("first",), demand=1.0),
    Operator("drop_empty_texts", _keep_filled, "obj", ("obj",), 2.2, "Object.fromEntries(Object.entries({0}).filter(([name, value]) => value !== ''))",
             '{{name: value for name, value in {0:m}.items() if value != ""}}', "{0} without fields that hold an empty text", ("empty", "blank"), demand=0.5),
)
# fmt: on
