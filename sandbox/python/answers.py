"""What user code hands back, as JSON: the usual types of Python by rules that are written down, the rest refused.

Tuples become lists; keys that are numbers, booleans or None become text; dates and times their ISO 8601 text; Decimal a
number; UUID and Enum their text and value. Sets, bytes, NaN, and objects are refused with the remedy.
"""

import dataclasses
import datetime as dt
import decimal
import enum
import json
import uuid
from typing import Any

from sandbox.frames import MAX_DEPTH

__all__ = ["NotJson", "as_json"]

_REMEDIES = {
    "set": "return sorted(...) or list(...) of it",
    "frozenset": "return sorted(...) or list(...) of it",
    "bytes": "decode it (.decode()) or base64-encode it",
    "bytearray": "decode it (.decode()) or base64-encode it",
    "generator": "return list(...) of it",
    "map": "return list(...) of it",
    "filter": "return list(...) of it",
    "zip": "return list(...) of it",
    "range": "return list(...) of it",
    "dict_keys": "return list(...) of it",
    "dict_values": "return list(...) of it",
    "dict_items": "return list(...) of it",
    "function": "call it and return what it gives",
    "coroutine": "await it, or run it with asyncio.run(...)",
    "complex": "return its real and imaginary parts",
}


class NotJson(Exception):
    """A result that JSON cannot carry."""

    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.hint = hint


def as_json(value: Any) -> tuple[str, list[str]]:
    """Serialise a result.

    Returns:
        JSON text (ASCII), and warnings about values that changed.

    Raises:
        NotJson: with what was found and what to do.
    """
    converter = _Converter()
    try:
        text = json.dumps(value, allow_nan=False, default=converter, separators=(",", ":"))
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise _explain(error) from error
    except TypeError as error:
        if "keys must be" in str(error):
            raise NotJson(f"the result has a key that is no text: {error}", "use text as keys") from error
        raise
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(json.loads(text)) > MAX_DEPTH:
        raise _too_deep()
    return text, [f"the result holds a {kind}: it was written as {form}" for kind, form in converter.changed.items()]


class _Converter:
    """`default` of json.dumps: the documented conversions."""

    def __init__(self) -> None:
        self.changed: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        kind = type(value).__name__
        if isinstance(value, dt.datetime | dt.date | dt.time):
            self.changed[kind] = "ISO 8601 text"
            return value.isoformat()
        if isinstance(value, decimal.Decimal):
            self.changed[kind] = "a number"
            return int(value) if value == value.to_integral_value() else float(value)
        if isinstance(value, uuid.UUID):
            return str(value)
        if isinstance(value, enum.Enum):
            return value.value
        hint = _REMEDIES.get(kind)
        if hint is None and dataclasses.is_dataclass(value):
            hint = "return dataclasses.asdict(...) of it"
        raise NotJson(f"the result holds a {kind}, which JSON cannot carry", hint or "return a dict of plain values")


def _explain(error: ValueError) -> NotJson:
    text = str(error)
    if "Out of range float" in text:
        return NotJson(
            "the result holds NaN or an infinite number, which JSON cannot carry", "return None or text instead"
        )
    if "Circular" in text:
        return NotJson("the result holds itself", "return a copy without the cycle")
    if "digits" in text:
        return NotJson(
            "the result holds an integer of more than 4300 digits", "return it as text in parts, or less of it"
        )
    return NotJson(f"the result is not JSON: {text}", None)


def _too_deep() -> NotJson:
    return NotJson(f"the result is nested deeper than {MAX_DEPTH} levels", "return it flatter")


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return depth
