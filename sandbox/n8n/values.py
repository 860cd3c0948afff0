"""Values on their way through n8n: JSON that JavaScript reads and writes between any two runners."""

from typing import Any

__all__ = ["through_javascript"]

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


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _from_float(value: float) -> Any:
    if value - value != 0:  # infinite: JSON has no such number, JavaScript writes null
        return None
    return int(value) if value.is_integer() and abs(value) < _PLAIN_DIGITS else value
