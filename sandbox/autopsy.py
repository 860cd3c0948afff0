"""From how a child ended without an answer to what its user is told."""

import os
import signal

from sandbox.children import Exit
from sandbox.types import ExecutionError, KilledBy, Limits

__all__ = ["cause_of_death"]

_TOLD: dict[int, tuple[str, str, KilledBy]] = {
    signal.SIGXCPU: ("Timeout", "it used more CPU time than its time-out allows", "timeout"),
    signal.SIGKILL: ("OutOfMemory", "the system ended it, most likely for its memory", "memory"),
    signal.SIGBUS: ("OutOfMemory", "the system ended it, most likely for its memory", "memory"),
    signal.SIGSYS: ("SecurityViolation", "a system call that is not allowed ended it", "policy"),
}
_SELF_INFLICTED = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGSEGV}
"""How V8 ends when its heap is full."""
_FULL = 0.5
"""Share of the memory limit from which such an end is blamed on memory."""


def cause_of_death(end: Exit, limits: Limits) -> ExecutionError:
    """Tell why there is no answer."""
    number = end.signal
    if number in _TOLD:
        kind, message, killed_by = _TOLD[number]
        return ExecutionError(kind, message, killed_by=killed_by, rule="syscall" if killed_by == "policy" else None)
    if number in _SELF_INFLICTED and end.peak_memory_mb > limits.memory_mb * _FULL:
        return ExecutionError("OutOfMemory", "it ended when its memory was full", killed_by="memory")
    if number == signal.SIGSEGV:
        return ExecutionError(
            "Crash", "the interpreter crashed (SIGSEGV) without an answer", killed_by="crash",
            hint="most likely a recursion that is too deep",
        )  # fmt: skip
    if number:
        return ExecutionError("Crash", f"{signal.Signals(number).name} ended it without an answer", killed_by="crash")
    status = os.waitstatus_to_exitcode(end.status)
    return ExecutionError("Crash", f"it ended (status {status}) without an answer", killed_by="crash")
