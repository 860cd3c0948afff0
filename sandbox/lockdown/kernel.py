"""The few system calls the wall needs and the standard library does not offer, by ctypes."""

import ctypes
import os
import platform
import sys

__all__ = ["ARCHITECTURE", "Call", "KernelRefused", "Prctl", "fork", "is_linux", "prctl", "syscall"]

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
_BARE_LIBC = ctypes.PyDLL(None) if sys.platform == "linux" else None
"""Calls that keep the interpreter's lock and tell no errno: each touches half as many pages, which a fork copies."""


def is_linux() -> bool:
    """Whether this is a Linux whose system-call numbers we know."""
    return _LIBC is not None and ARCHITECTURE is not None


def fork() -> int:
    """Fork a single-threaded process, without the interpreter's own work for threads, which copies 100 pages.

    Returns:
        0 in the child, its process id in the parent.

    Raises:
        KernelRefused: there are too many processes, or no memory.
    """
    assert _BARE_LIBC is not None
    pid = int(_BARE_LIBC.fork())
    if pid < 0:
        raise KernelRefused(0, "fork: too many processes, or no memory for one more")
    return pid


class Call:
    """A call of the C library made ready before the fork: a child that makes it copies few pages."""

    def __init__(self, name: str, *arguments: object) -> None:
        """Prepare.

        Args:
            name: of a function that answers -1 when it fails.
            arguments: integers (passed as 64 bit) and ctypes pointers.
        """
        self._name = name
        self._arguments = tuple(map(_wide, arguments))
        self._bare = getattr(_BARE_LIBC, name, None)

    def __call__(self) -> None:
        """Make it.

        Raises:
            KernelRefused: with the errno.
        """
        assert self._bare is not None
        if self._bare(*self._arguments) == -1:
            _told(self._name, *self._arguments)  # again, in the way that tells why


def syscall(number: int, *arguments: object) -> int:
    """Make one system call.

    Args:
        number: on this architecture.
        arguments: integers (passed as 64 bit) and ctypes pointers.

    Raises:
        KernelRefused: with the errno.
    """
    return _told("syscall", number, *arguments)


def prctl(option: int, argument: int = 0) -> None:
    """Set a property of this process.

    Raises:
        KernelRefused: with the errno.
    """
    _told("prctl", option, argument, 0, 0, 0)


def _told(name: str, *arguments: object) -> int:
    function = getattr(_LIBC, name)
    function.restype = ctypes.c_long if name == "syscall" else ctypes.c_int
    answer = int(function(*map(_wide, arguments)))
    if answer == -1:
        code = ctypes.get_errno()
        raise KernelRefused(code, f"{name} {_plain(arguments[0])}: {os.strerror(code)}")
    return answer


def _wide(argument: object) -> object:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _plain(argument: object) -> object:
    return getattr(argument, "value", argument)
