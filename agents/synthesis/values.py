"""JSON values: their kinds, a canonical key to compare by, and their text and number forms."""

import math
import re
from collections.abc import Hashable, Iterator
from typing import Any

__all__ = ["Undefined", "is_number", "key_of", "kind_of", "leaves", "number_of", "same", "text_of"]


class Undefined(Exception):
    """The expression means nothing for this input: a missing operand, a value of another kind."""


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def is_number(value: Any) -> bool:
    """Whether the value is a JSON number (a boolean is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Name the kind: `null`, `bool`, `num`, `text`, `list` or `obj`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "num"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "obj"


def key_of(value: Any) -> Hashable:
    """Give equal values equal keys: numbers to ten digits, objects without regard to order."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return float(f"{value:.10g}") if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return ("obj", frozenset((name, key_of(inner)) for name, inner in value.items()))
    return ("list", tuple(key_of(inner) for inner in value))


def same(left: Any, right: Any) -> bool:
    """Whether two values have the same key."""
    return key_of(left) == key_of(right)


def text_of(value: Any) -> str:
    """Write a scalar as JavaScript's `String` does: `10.0` is `10`, `True` is `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise Undefined


def number_of(text: str) -> float | int:
    """Read a plain decimal text.

    Raises:
        Undefined: the text is no number.
    """
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise Undefined
    number = float(stripped)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def leaves(value: Any) -> Iterator[Any]:
    """Yield every scalar inside a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value
