"""Values on their way through n8n: JSON that JavaScript reads and writes between any two runners."""

from typing import Any

__all__ = ["copied", "through_javascript"]

_NEVER_COPIED = frozenset({"__proto__", "constructor", "prototype"})

_EXACT = 2**53
_PLAIN_DIGITS = 1e21
"""From here on JavaScript writes a whole number with an exponent, and Python reads it as a float."""


def through_javascript(value: Any) -> Any:
    """Give the value that is left after JavaScript has parsed and written it: 1.0 is 1, large integers are rounded."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else _from_float(_as_float(value))
    if isinstance(value, float):
        return _from_float(value)
    if isinstance(value, list):
        return [through_javascript(element) for element in value]
    return {key: through_javascript(element) for key, element in value.items()}


def copied(value: Any) -> Any:
    """Give what is left of the output of a node, which n8n copies without the keys that could stand for a prototype.

    Returns:
        `value` itself where it has none of them.
    """
    return _without(value) if _holds_uncopied(value) else value


def _holds_uncopied(value: Any) -> bool:
    waiting = [value]
    while waiting:
        parent = waiting.pop()
        if isinstance(parent, dict) and not _NEVER_COPIED.isdisjoint(parent):
            return True
        children = parent.values() if isinstance(parent, dict) else parent
        waiting += [child for child in children if isinstance(child, dict | list)]
    return False


def _without(value: Any) -> Any:
    if isinstance(value, list):
        return [_without(element) for element in value]
    if isinstance(value, dict):
        return {key: _without(element) for key, element in value.items() if key not in _NEVER_COPIED}
    return value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _from_float(value: float) -> Any:
    if value - value != 0:  # infinite: JSON has no such number, JavaScript writes null
        return None
    return int(value) if value.is_integer() and abs(value) < _PLAIN_DIGITS else value
