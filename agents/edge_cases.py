"""Inputs that code nodes meet in the wild, made from the example: what n8n hands over when data is not as expected."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from agents.task import Items

__all__ = ["edge_inputs"]

_MANY = 25
_MOST_FIELDS = 6
_UNICODE = "Zoë Ωμέγα 日本 🚀"


def edge_inputs(example: Items) -> Iterator[tuple[str, Items]]:
    """Yield named inputs: none, one, many, another order; each field missing, null, of another type; unicode.

    >>> [name for name, _ in edge_inputs([{"json": {"a": 1}}])][:3]
    ['no item', 'one item', 'many items']
    """
    yield "no item", []
    if not example:
        return
    yield "one item", deepcopy(example[:1])
    yield "many items", [deepcopy(example[n % len(example)]) for n in range(_MANY)]
    if len(example) > 1:
        yield "reversed order", deepcopy(example[::-1])
    for field in _fields(example):
        yield f"{field} missing", _changed(example, field, lambda row, key: row.pop(key))
        yield f"{field} null", _changed(example, field, lambda row, key: row.update({key: None}))
        yield f"{field} of another type", _changed(example, field, _retype)
    if any(isinstance(value, str) for value in example[0].get("json", {}).values()):
        yield "unicode text", [_with_unicode(item) for item in example]


def _fields(example: Items) -> list[str]:
    rows = [item.get("json", {}) for item in example]
    return list(dict.fromkeys(key for row in rows for key in row))[:_MOST_FIELDS]


def _changed(example: Items, field: str, change: Callable[[dict[str, Any], str], Any]) -> Items:
    """Change the field in the last item that has it, and leave the others as they are."""
    items = deepcopy(example)
    row = next(item["json"] for item in reversed(items) if field in item.get("json", {}))
    change(row, field)
    return items


def _retype(row: dict[str, Any], key: str) -> None:
    value = row[key]
    if isinstance(value, bool):
        row[key] = str(value).lower()
    elif isinstance(value, int | float):
        row[key] = json.dumps(value)
    elif isinstance(value, str):
        row[key] = 7
    else:
        row[key] = "text"


def _with_unicode(item: dict[str, Any]) -> dict[str, Any]:
    row = {key: f"{value} {_UNICODE}" if isinstance(value, str) else value for key, value in item["json"].items()}
    return {**deepcopy(item), "json": row}
