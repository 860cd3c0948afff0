"""The protocol with a child: 4 bytes of length, big-endian, then a JSON object; a child's is hostile until parsed.

Request: `{"code","dialect","contexts":[...],"rules":{...}|null,"limits":{...}}`. A child says `{"ready": true}` once it
is locked and warm. A Python child reads a second frame, which speaks of compiled code (see `codes`); asked for it, it
hands its own over first. Then it answers one frame for each context, in order: `{"ok","result","stdout","stderr",
"error":{"type","message","line","hint","rule","traceback","description"}|null,"cpu_ms","peak_mb","warnings",
"killed_by","varies"}`, of which `killed_by` is left out or memory, output or policy, and `varies` names what makes a
second run differ.
"""

import json
import math
from typing import Any, NoReturn

from sandbox.types import ExecutionError, ExecutionResult, Limits

__all__ = ["MAX_DEPTH", "HostileFrame", "encode", "frame_cap", "read_answer"]

MAX_DEPTH = 200
"""Levels of lists and objects in a context or a result; deeper ones are refused on both sides."""

_KNOWN_KEYS = frozenset(
    {
        "ok",
        "result",
        "stdout",
        "stderr",
        "error",
        "cpu_ms",
        "run_ms",
        "peak_mb",
        "warnings",
        "killed_by",
        "varies",
    }
)
_KILLED_BY = frozenset({"memory", "output", "policy"})
_ESCAPE = 6
"""Bytes that one character of output may take in JSON (a backslash, u, four digits)."""
_SLACK = 65_536
_MESSAGE_CHARACTERS = 4_000
_write = json.JSONEncoder(separators=(",", ":")).encode


class HostileFrame(Exception):
    """A child answered with something it cannot honestly have made."""


def encode(payload: dict[str, Any]) -> bytes:
    """Frame one object.

    Raises:
        ValueError: a value that JSON cannot carry, or an integer of more than 4300 digits.
        TypeError: the same.
        RecursionError: nested too deeply.
    """
    body = _write(payload).encode()
    return len(body).to_bytes(4, "big") + body


def frame_cap(limits: Limits) -> int:
    """Bytes that one honest answer can have at most."""
    return limits.result_bytes + 2 * _ESCAPE * limits.output_bytes + _SLACK


def read_answer(body: bytes, limits: Limits, *, execution_time_ms: float = 0.0, isolation: str = "") -> ExecutionResult:
    """Parse one answer of a child.

    Args:
        body: the frame without its length.
        limits: of the execution.
        execution_time_ms: by the controller's clock.
        isolation: the rung of the child's wall.

    Raises:
        HostileFrame: it is not what an honest child sends.
    """
    try:
        answer = _read(body.decode())
    except (ValueError, RecursionError) as error:
        raise HostileFrame(f"the answer is not JSON: {str(error)[:200]}") from error
    if isinstance(answer, dict) and answer.get("ready") is False:
        raise HostileFrame(f"the child broke: {str(answer.get('reason'))[:400]}")
    if not isinstance(answer, dict) or not _KNOWN_KEYS.issuperset(answer) or type(answer.get("ok")) is not bool:
        raise HostileFrame("the answer has not the shape of one")
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _check_depth(answer)
    success = answer["ok"]
    failure = None if success else _read_error(answer)
    stdout, stderr = (_text(answer.get(name, ""), limits.output_bytes) for name in ("stdout", "stderr"))
    return ExecutionResult(
        success=success,
        result=answer.get("result") if success else None,
        stdout=stdout,
        stderr=stderr,
        execution_time_ms=execution_time_ms,
        isolation=isolation,
        cpu_time_ms=_number(answer.get("cpu_ms")),
        run_time_ms=_number(answer.get("run_ms")),
        peak_memory_mb=_number(answer.get("peak_mb")),
        error=failure,
        varies=_optional_text(answer.get("varies")),
        warnings=_warnings(answer.get("warnings")),
    )


def _read_error(answer: dict[str, Any]) -> ExecutionError:
    error = answer.get("error")
    if not isinstance(error, dict):
        raise HostileFrame("a failed answer without an error")
    kind, message = error.get("type"), error.get("message")
    if not isinstance(kind, str) or not isinstance(message, str):
        raise HostileFrame("an error without type and message")
    line = error.get("line")
    killed_by = answer.get("killed_by")
    return ExecutionError(
        type=kind[:200],
        message=message[:_MESSAGE_CHARACTERS],
        line=line if type(line) is int and 0 < line < 10_000_000 else None,
        killed_by=killed_by if killed_by in _KILLED_BY else None,
        hint=_optional_text(error.get("hint")),
        rule=_optional_text(error.get("rule")),
        traceback=_optional_text(error.get("traceback")),
        description=_optional_text(error.get("description")),
    )


def _text(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise HostileFrame("output that is no text")
    return value[:most]


def _optional_text(value: object) -> str | None:
    return value[:_MESSAGE_CHARACTERS] if isinstance(value, str) else None


def _number(value: object) -> float | None:
    if type(value) not in {int, float}:
        return None
    assert isinstance(value, int | float)
    return float(value) if 0 <= value < 1e9 and math.isfinite(value) else None


def _warnings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(text[:_MESSAGE_CHARACTERS] for text in value[:100] if isinstance(text, str))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_read = json.JSONDecoder(parse_constant=_refuse_constant).decode


def _check_depth(value: object) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 2:
            raise HostileFrame(f"the answer is nested deeper than {MAX_DEPTH} levels")
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, dict | list)
        ]
