"""From the shapes people write to n8n items, and when two lists of items are the same."""

import math
from typing import Any

__all__ = ["ITEM_KEYS", "items_from", "items_from_output", "rows_from", "same_value"]

ITEM_KEYS = frozenset({"json", "binary", "pairedItem"})
"""The keys that an n8n item may have at its top (n8n also reserves `error` and `index`)."""
_RELATIVE_TOLERANCE = 1e-9


def items_from(value: Any) -> list[dict[str, Any]]:
    """Bring an input example to n8n items.

    `{"value": 5}` is one item, a list is one item an element, `[{"json": {...}}]` stays; anything that is not an
    object becomes `{"value": it}`, as n8n's own nodes do with plain lists.
    """
    if value is None:
        return []
    elements = value if isinstance(value, list) else [value]
    return [
        dict(element)
        if _is_item(element)
        else {"json": element}
        if isinstance(element, dict)
        else {"json": {"value": element}}
        for element in elements
    ]


def items_from_output(value: Any) -> list[dict[str, Any]]:
    """Bring an expected output to n8n items: as `items_from`, but a bare value `v` is `{"result": v}`."""
    return [{"json": row} for row in rows_from(value)]


def rows_from(value: Any) -> list[Any]:
    """Bring any accepted output shape to a list of plain rows, the part of items that is compared.

    `[{"json": x}, ...]` and `[x, ...]` give `[x, ...]`; `{"json": x}` and `x` give `[x]`; any other value `v` gives
    `[{"result": v}]`.
    """
    if isinstance(value, dict):
        return [value["json"] if _is_item(value) else value]
    if isinstance(value, list) and all(isinstance(element, dict) for element in value):
        return [element["json"] if _is_item(element) else element for element in value]
    return [{"result": value}]


def same_value(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal: numbers within 1e-9 relative, booleans only with booleans, lists in order."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or _close(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_value(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_value, left, right))
    return type(left) is type(right) and bool(left == right)


def _close(left: float, right: float) -> bool:
    try:
        return math.isclose(left, right, rel_tol=_RELATIVE_TOLERANCE, abs_tol=_RELATIVE_TOLERANCE)
    except OverflowError:  # an integer that no double holds
        return False


def _is_item(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("json"), dict) and set(value) <= ITEM_KEYS
