"""The few system calls the wall needs and the standard library does not offer, by ctypes."""

import ctypes
import os
import platform
import sys

__all__ = ["ARCHITECTURE", "KernelRefused", "Prctl", "fork", "is_linux", "prctl", "syscall"]

ARCHITECTURE = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}.get(platform.machine())
"""The machine we know system-call numbers for, or None."""


class KernelRefused(OSError):
    """The kernel said no to a step of the lock; the child must end, never run code."""


class Prctl:
    """Numbers of prctl(2)."""

    PDEATHSIG = 1
    DUMPABLE = 4
    GET_SECCOMP = 21
    NO_NEW_PRIVS = 38


_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_LOCKED_LIBC = ctypes.PyDLL(None, use_errno=True) if sys.platform == "linux" else None
"""Calls that keep the interpreter's lock."""
_syscall = getattr(_LIBC, "syscall", None)
if _syscall is not None:
    _syscall.restype = ctypes.c_long


def is_linux() -> bool:
    """Whether this is a Linux whose system-call numbers we know."""
    return _LIBC is not None and ARCHITECTURE is not None


def fork() -> int:
    """Fork a single-threaded process, without the interpreter's own work for threads, which copies 100 pages.

    Returns:
        0 in the child, its process id in the parent.

    Raises:
        KernelRefused: with the errno.
    """
    assert _LOCKED_LIBC is not None
    pid = int(_LOCKED_LIBC.fork())
    if pid < 0:
        code = ctypes.get_errno()
        raise KernelRefused(code, f"fork: {os.strerror(code)}")
    return pid


def syscall(number: int, *arguments: object) -> int:
    """Make one system call.

    Args:
        number: on this architecture.
        arguments: integers (passed as 64 bit) and ctypes pointers.

    Raises:
        KernelRefused: with the errno.
    """
    assert _syscall is not None
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = int(_syscall(ctypes.c_long(number), *wide))
    if answer < 0:
        code = ctypes.get_errno()
        raise KernelRefused(code, f"system call {number}: {os.strerror(code)}")
    return answer


def prctl(option: int, argument: int = 0, third: int = 0) -> None:
    """Set a property of this process.

    Raises:
        KernelRefused: with the errno.
    """
    assert _LIBC is not None
    if _LIBC.prctl(option, ctypes.c_ulong(argument), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        code = ctypes.get_errno()
        raise KernelRefused(code, f"prctl {option}: {os.strerror(code)}")
