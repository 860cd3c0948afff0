"""Operators that give booleans, and what chooses between values."""

from typing import Any

from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, is_number, same


def _ordered(compare: Any) -> Any:
    """Compare two numbers or two texts; anything else is no comparison."""

    def checked(left: Any, right: Any) -> bool:
        if not (is_number(left) and is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
            raise Undefined
        return bool(compare(left, right))

    return checked


def _empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _blank(value: Any) -> bool:
    if value is not None and not isinstance(value, str):
        raise Undefined
    return value is None or not value.strip()


def _falsy(value: Any) -> bool:
    return not value and not isinstance(value, list | dict)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Undefined
    return value


def _equal(left: Any, right: Any) -> bool:
    """Compare scalars; what Python and JavaScript see differently (lists, objects, 0 and false) is no comparison."""
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        raise Undefined
    if isinstance(left, bool) != isinstance(right, bool) and is_number(left) != is_number(right):
        raise Undefined
    return same(left, right)


def _member(value: Any, options: Any) -> bool:
    return any(_equal(value, option) for option in options)


def _default_empty(value: Any, fallback: Any) -> Any:
    if isinstance(value, list | dict) or value is False or (is_number(value) and value == 0):
        raise Undefined
    return fallback if _empty(value) else value


def _falls_back(value: Any, fallback: Any) -> Any:
    if isinstance(value, list | dict):
        raise Undefined
    return fallback if _falsy(value) else value


def _text_test(test: Any) -> Any:
    def checked(text: Any, *rest: Any) -> bool:
        if text is None:
            return False
        if not isinstance(text, str):
            raise Undefined
        return bool(test(text, *rest))

    return checked


_NOT = (
    "not",
    "without",
    "except",
    "exclude",
    "excluding",
    "remove",
    "drop",
    "skip",
    "ignore",
    "throw",
    "no",
    "unless",
    "other",
    "isnt",
    "non",
    "delete",
    "filter out",
    "leave out",
    "get rid",
)
_MISSING = (
    "empty",
    "missing",
    "without",
    "no",
    "blank",
    "null",
    "none",
    "has",
    "have",
    "lack",
    "unset",
    "filled",
    "present",
    "exist",
    "exists",
    "set",
    "any",
    "defined",
    "there is",
    "there are",
    "given",
    "provided",
    "available",
    "known",
)
_ANY = ("any", "any")

# fmt: off
register(
    Operator("equals", _equal, "bool", _ANY, 1.0, "{0:9} === {1:10}", "{0:10} == {1:11}",
             "{0} is {1}", ("is", "are", "equal", "equals", "only", "keep", "exactly", "with", "where", "whose"), 9),
    Operator("differs", lambda a, b: not _equal(a, b), "bool", _ANY, 1.5, "{0:9} !== {1:10}", "{0:10} != {1:11}",
             "{0} is not {1}", _NOT, 9, demand=0.5),
    Operator("above", _ordered(lambda a, b: a > b), "bool", _ANY, 1.2, "{0:10} > {1:11}", "{0:10} > {1:11}",
             "{0} is over {1}", ("between", "outside", "range", "more than", "over", "above", "greater than", "larger than", "bigger than", "exceeds", "after", "older than", "higher than", "longer than", ">", "newer than", "later than", "exceed", "past", "beyond", "positive", "faster than", "heavier than", "warmer than", "hotter than", "taller than", "exceeding", "in excess of"), 10, demand=0.8),
    Operator("at_least", _ordered(lambda a, b: a >= b), "bool", _ANY, 1.2, "{0:10} >= {1:11}", "{0:10} >= {1:11}",
             "{0} is at least {1}", ("between", "outside", "range", "at least", "or more", "from", "minimum", ">=", "since", "not less than", "not under", "or above", "or higher", "starting", "min", "or over", "or older", "or later", "no less than", "and up", "and above", "upwards", "or newer", "onwards", "and more", "reaches", "reached", "not below", "≥", "starts at", "no lower than", "no fewer than", "not lower than", "and older", "and higher", "and over"), 10, demand=0.8),
    Operator("below", _ordered(lambda a, b: a < b), "bool", _ANY, 1.2, "{0:10} < {1:11}", "{0:10} < {1:11}",
             "{0} is under {1}", ("between", "outside", "range", "less than", "under", "below", "fewer than", "smaller than", "before", "cheaper than", "lower than", "shorter than", "younger than", "<", "earlier than", "older than", "negative", "slower than", "lighter than", "colder than", "short of", "run out", "running out", "less", "lower"), 10, demand=0.8),
    Operator("at_most", _ordered(lambda a, b: a <= b), "bool", _ANY, 1.2, "{0:10} <= {1:11}", "{0:10} <= {1:11}",
             "{0} is at most {1}", ("between", "outside", "range", "at most", "or less", "up to", "maximum", "<=", "until", "not more than", "no more than", "or fewer", "or below", "or under", "max", "till", "or earlier", "not over", "not above", "no later than", "or cheaper", "or lower", "within", "≤", "no higher than", "not higher than", "not exceeding", "not exceed", "and below", "and under", "or shorter", "or smaller", "including", "inclusive", "incl"), 10, demand=0.8),
    Operator("is_empty", _empty, "bool", ("any",), 1.4, "", '{0} in (None, "", [])',
             "{0} is empty or missing", _MISSING, 9, demand=1.0),
    Operator("is_blank", _blank, "bool", ("text",), 2.4, "!({0} ?? '').trim()", 'not ({0:5} or "").strip()',
             "{0} is blank or missing", ("blank", "whitespace", "spaces", "empty"), 15, demand=1.5),
    Operator("is_null", lambda a: a is None, "bool", ("any",), 1.5, "{0:9} == null", "{0:10} is None",
             "{0} is missing", _MISSING, 9, demand=0.8),
    Operator("has_value", lambda a: a is not None, "bool", ("any",), 1.6, "{0:9} != null", "{0:10} is not None",
             "{0} is there", _MISSING, 9, demand=0.8),
    Operator("is_truthy", lambda a: not _falsy(a), "bool", ("any",), 1.5, "Boolean({0})", "bool({0})",
             "{0} is filled", _MISSING, demand=0.8),
    Operator("is_falsy", _falsy, "bool", ("any",), 1.8, "!{0:15}", "not {0:8}",
             "{0} is empty, missing, zero or false", _MISSING, 8, demand=1.0),
    Operator("not", lambda a: not _truth(a), "bool", ("bool",), 0.7, "!{0:15}", "not {0:8}",
             "not: {0}", _NOT, 8, demand=0.6),
    Operator("truth", _truth, "bool", ("bool",), 0.2, "{0:1} === true", "{0:10} is True", "{0}", (), 9),
    Operator("and", lambda a, b: _truth(a) and _truth(b), "bool", ("bool", "bool"), 1.2, "{0:6} && {1:6}", "{0:6} and {1:6}",
             "{0} and {1}", ("and", "both", "between", "but", "with", "also"), 6, demand=0.3),
    Operator("or", lambda a, b: _truth(a) or _truth(b), "bool", ("bool", "bool"), 1.5, "{0:5} || {1:5}", "{0:5} or {1:5}",
             "{0} or {1}", ("or", "either", "any", "nor", "neither", "outside", "between", "beyond"), 5, demand=1.2),
    Operator("in_list", lambda a, options: _member(a, options), "bool", ("any",), 1.6, "{p0}.includes({0})", "{0:10} in {p0}",
             "{0} is one of {p0}", ("or", "and", "one of", "in", "either", "any of"), 10),
    Operator("not_in_list", lambda a, options: not _member(a, options), "bool", ("any",), 2.0, "!{p0}.includes({0})", "{0:10} not in {p0}",
             "{0} is none of {p0}", _NOT, 10, demand=0.6),
    Operator("contains_text", _text_test(lambda a, b: b in a), "bool", ("text", "text"), 1.4, "{0:o}.includes({1})", "{1:10} in {0:w}",
             "{0} contains {1}", ("contain", "contains", "containing", "include", "includes", "mention", "mentions", "with", "in", "have", "has"), demand=0.6),
    Operator("contains_folded", _text_test(lambda a, b: b in a.lower()), "bool", ("text", "text"), 1.9, "{0:o}.toLowerCase().includes({1})", "{1:10} in {0:w}.lower()",
             "{0} contains {1} in any case", ("case", "insensitive", "ignoring", "contain", "contains", "mention", "mentions"), demand=1.0),
    Operator("starts_with", _text_test(lambda a, b: a.startswith(b)), "bool", ("text", "text"), 1.4, "{0:o}.startsWith({1})", "{0:w}.startswith({1})",
             "{0} starts with {1}", ("start", "starts", "begin", "begins", "starting", "prefix", "beginning", "prefixed"), demand=0.7),
    Operator("ends_with", _text_test(lambda a, b: a.endswith(b)), "bool", ("text", "text"), 1.4, "{0:o}.endsWith({1})", "{0:w}.endswith({1})",
             "{0} ends with {1}", ("end", "ends", "ending", "suffix", "domain", "extension", "files", "file"), demand=0.7),
    Operator("list_has", lambda a, b: b is not None and _member(b, a or []), "bool", ("list", "any"), 1.5, "({0:3} ?? []).includes({1})", "{1:10} in ({0:5} or [])",
             "{0} has {1} among its entries", ("contain", "contains", "include", "includes", "tagged", "with", "tag", "has", "have", "in"), demand=0.3),
    Operator("is_number", is_number, "bool", ("any",), 1.8, "typeof {0:15} === 'number'", "isinstance({0}, (int, float)) and not isinstance({0}, bool)",
             "{0} is a number", ("number", "numeric", "valid", "numbers"), 6, demand=1.5),
    Operator("is_text", lambda a: isinstance(a, str), "bool", ("any",), 1.9, "typeof {0:15} === 'string'", "isinstance({0}, str)",
             "{0} is a text", ("string", "strings", "text", "texts"), 9, demand=1.5),
    Operator("default", lambda a, b: b if a is None else a, "any", _ANY, 1.0, "{0:4.5} ?? {1:4.5}", "{1:4} if {0:10} is None else {0:4}",
             "{0}, or {1} when missing", ("missing", "default", "fallback", "otherwise", "else", "null", "not set", "unknown", "no", "without", "if"), 4),
    Operator("or_null", lambda a: a, "any", ("any",), 0.6, "orNull(() => {0})", "or_null(lambda: {0})",
             "{0}, or nothing when there is none", ("null", "missing", "none", "no", "without", "otherwise", "else", "empty", "if", "nothing", "not"), needs=("or_null", "orNull"), demand=0.8),
    Operator("default_empty", _default_empty, "any", _ANY, 1.1, "{0:5} || {1:5}", "{0:5} or {1:5}",
             "{0}, or {1} when empty or missing", ("empty", "missing", "blank", "default", "fallback", "otherwise", "else"), 4.7),
    Operator("falls_back", _falls_back, "any", _ANY, 1.3, "{0:5} || {1:5}", "{0:5} or {1:5}",
             "{0}, or {1} when empty, zero or missing", ("empty", "missing", "default", "fallback", "otherwise", "zero"), 4.7, demand=0.3),
)
