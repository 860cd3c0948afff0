"""What a failing test showed, as far as an automatic edit can use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.n8n.items import rows_from

__all__ = ["Failure", "differing_values"]

_MAX_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Failure:
    """One failing test: its input, what came out, and the error if there was one."""

    items: list[dict[str, Any]]
    """n8n items that went in."""
    expected: Any = None
    actual: Any = None
    error_type: str = ""
    message: str = ""
    line: int | None = None
    """1-based line of the user's code."""


def differing_values(failure: Failure) -> list[tuple[Any, Any]]:
    """The pairs (actual, expected) of scalars that differ at the same place of the output."""
    found: list[tuple[Any, Any]] = []
    for pair in _pairs(rows_from(failure.actual), rows_from(failure.expected)):
        found.append(pair)
        if len(found) == _MAX_PAIRS:
            break
    return found


def _pairs(actual: Any, expected: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(actual, dict) and isinstance(expected, dict):
        for key in actual.keys() & expected.keys():
            yield from _pairs(actual[key], expected[key])
    elif isinstance(actual, list) and isinstance(expected, list):
        for left, right in zip(actual, expected, strict=False):
            yield from _pairs(left, right)
    elif actual != expected or isinstance(actual, bool) != isinstance(expected, bool):
        yield actual, expected
