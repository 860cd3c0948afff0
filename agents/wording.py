"""Puts items, differences and code into words for a prompt: short, exact, side by side."""

import json
from collections.abc import Iterator
from typing import Any

from agents.prompts import prompt
from agents.properties import fields_stay
from agents.task import Example, Task
from sandbox.types import Language
from tools.n8n.items import rows_from, same_value

__all__ = ["differences", "example_hints", "examples_text", "fenced", "items_text"]

_LONGEST_ITEMS = 4000
"""Characters of one input or output in a prompt; beyond it, items are left out from the middle."""
_MOST_DIFFERENCES = 6
_FIELDS_STAY = (
    "Every field of an item stays; real items have more fields than the example: copy the item, then change it."
)


def items_text(items: Any, longest: int = _LONGEST_ITEMS) -> str:
    """Return items as JSON, one a line; a long list loses items, and says how many."""
    if not isinstance(items, list):
        return _cut(json.dumps(items, ensure_ascii=False, default=str), longest)
    lines = [_cut(json.dumps(item, ensure_ascii=False, default=str), longest) for item in items]
    shown, used = 0, 0
    while shown < len(lines) and used + len(lines[shown]) <= longest:
        used += len(lines[shown])
        shown += 1
    shown = max(shown, min(1, len(lines)))
    left = len(lines) - shown
    body = ",\n ".join(lines[:shown])
    return f"[{body}]" + (f"  ({left} more items of {len(lines)} left out)" if left else "")


def examples_text(examples: tuple[Example, ...] | list[Example]) -> str:
    """Return the examples one after the other."""
    return "\n\n".join(
        prompt(
            "example",
            title="Example" if len(examples) == 1 else f"Example {number}",
            input=items_text(example.input),
            output=items_text(example.output),
        )
        for number, example in enumerate(examples, 1)
    )


def example_hints(task: Task) -> list[str]:
    """Say what the examples show and is easily overlooked: which fields stay.

    >>> kept = Example([{"json": {"a": 1}}], [{"json": {"a": 1, "b": 2}}])
    >>> example_hints(Task("Add b", examples=[kept]))
    ['Every field of an item stays; real items have more fields than the example: copy the item, then change it.']
    """
    return [_FIELDS_STAY] if fields_stay(task.examples) else []


def fenced(code: str, language: Language) -> str:
    """Return code in a fence of its language."""
    return f"```{language}\n{code}\n```"


def differences(expected: Any, actual: Any) -> list[str]:
    """Say where two outputs differ, path by path, expected against actual; at most six lines.

    >>> differences([{"json": {"a": 1}}], [{"json": {"a": 2}}])
    ['item 0, a: expected 1, got 2']
    """
    wanted, got = rows_from(expected), rows_from(actual)
    found: list[str] = []
    if len(wanted) != len(got):
        found.append(f"expected {len(wanted)} items, got {len(got)}")
    for index, (left, right) in enumerate(zip(wanted, got, strict=False)):
        found.extend(f"item {index}{path}: {words}" for path, words in _differences(left, right, ""))
    more = len(found) - _MOST_DIFFERENCES
    return [*found[:_MOST_DIFFERENCES], *([f"and {more} more differences"] if more > 0 else [])]


def _differences(wanted: Any, got: Any, path: str) -> Iterator[tuple[str, str]]:
    if same_value(wanted, got):
        return
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in [*wanted, *(key for key in got if key not in wanted)]:
            where = f"{path}, {key}" if not path else f"{path}.{key}"
            if key not in got:
                yield where, f"missing, expected {_short(wanted[key])}"
            elif key not in wanted:
                yield where, f"is not expected, got {_short(got[key])}"
            else:
                yield from _differences(wanted[key], got[key], where)
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, (left, right) in enumerate(zip(wanted, got, strict=True)):
            yield from _differences(left, right, f"{path}[{index}]")
    else:
        yield path, f"expected {_short(wanted)}, got {_short(got)}"


def _short(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=str), 160)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 20]} ... ({len(text)} characters)"
