"""How a failure of user code is told: type, message, line of their source, hint, trimmed traceback."""

import traceback
from typing import Any

from sandbox.n8n import python_node
from sandbox.python.answers import NotJson
from sandbox.python.policy import Refusal

__all__ = ["FILENAME", "describe", "output_limit", "result_limit", "trimmed_traceback"]

FILENAME = "<code>"
"""The name of user code in tracebacks."""

_HINTS = {
    "RecursionError": "the recursion never ends, or goes deeper than Python's 1000 calls: use a loop",
    "ModuleNotFoundError": "only the allowed part of the standard library is there",
}


def describe(error: BaseException, *, node: bool = False) -> dict[str, Any]:
    """The parts of an answer that tell of this error.

    Args:
        error: what came out of the code, or of judging it.
        node: tell it in n8n's words, with the line of the node's own source.
    """
    if node:
        return _node_failure(error)
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, NotJson):
        return {"error": _error("ResultError", str(error), None, hint=error.hint)}
    if isinstance(error, MemoryError):
        line = line_of(error)
        traceback.clear_frames(error.__traceback__)  # they hold what filled the memory
        return {"error": _error("OutOfMemory", "the memory limit was reached", line), "killed_by": "memory"}
    if isinstance(error, SyntaxError) and error.filename in {FILENAME, None}:
        return {"error": _error(type(error).__name__, error.msg or "invalid syntax", error.lineno)}
    kind = type(error).__name__
    return {
        "error": _error(
            kind, _message(error), line_of(error), hint=_HINTS.get(kind), traceback=trimmed_traceback(error)
        ),
    }


def output_limit(most: int) -> dict[str, Any]:
    """More was printed than allowed."""
    message = f"the output is longer than {most} bytes"
    return {"ok": False, "error": _error("OutputLimit", message, None, hint="print less"), "killed_by": "output"}


def result_limit(size: int, most: int) -> dict[str, Any]:
    """The result is larger than allowed."""
    message = f"the result has {size} bytes as JSON; {most} are allowed"
    return {"ok": False, "error": _error("OutputLimit", message, None, hint="return less"), "killed_by": "output"}


def line_of(error: BaseException) -> int | None:
    """The last line of user code that the error went through."""
    found = None
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == FILENAME:
            found = step.tb_lineno
        step = step.tb_next
    return found


def _node_failure(error: BaseException) -> dict[str, Any]:
    told = python_node.failure(error)
    if isinstance(error, MemoryError):
        told |= {"type": "OutOfMemory", "hint": "the memory limit was reached"}
        return {"error": told, "killed_by": "memory"}
    return {"error": told} | ({"killed_by": "policy"} if isinstance(error, python_node.Refused) else {})


def _refusal(error: Refusal) -> dict[str, Any]:
    first = error.violations[0]
    others = len(error.violations) - 1
    message = first.message + (
        f" (and {others} more: {', '.join(v.message for v in error.violations[1:4])})" if others else ""
    )
    told = _error("SecurityViolation", message, first.line or line_of(error), hint=first.hint)
    return {"error": told | {"rule": first.rule}, "killed_by": "policy"}


def _error(
    kind: str, message: str, line: int | None, hint: str | None = None, traceback: str | None = None
) -> dict[str, Any]:
    return {"type": kind, "message": message, "line": line, "hint": hint, "rule": None, "traceback": traceback}


def _message(error: BaseException) -> str:
    try:
        return str(error)[:4000] or type(error).__name__
    except Exception:  # noqa: BLE001 - their __str__ is their code
        return type(error).__name__


def trimmed_traceback(error: BaseException) -> str:
    """The traceback of an error, of user code alone."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILENAME]
    lines = [f"  line {frame.lineno}, in {frame.name}" for frame in frames[-20:]]
    return "\n".join(["Traceback (most recent call last):", *lines, f"{type(error).__name__}: {_message(error)}"])
