"""The system-call filter: an allow-list, everything else is refused with EACCES, a few calls end the process.

Two variants. `python` has no path call, no thread, no new process, no executable mapping, no socket but a pair of unix
ones. `node` adds what a JIT with worker threads needs (see `sandbox.lockdown.syscalls`), under Landlock.
"""

import ctypes
import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sandbox.lockdown.kernel import ARCHITECTURE, KernelRefused, Prctl, prctl, syscall
from sandbox.lockdown.syscalls import ARGUED, EVERYDAY, FATAL, NODE_ONLY, Numbers

__all__ = ["Filter", "Variant", "assemble", "available", "no_new_privileges", "program"]

Variant = Literal["python", "node"]

_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16
_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_X32 = 0x40000000

_PROT_EXEC = 4
_CLONE_THREAD = 0x10000
_AF_UNIX = 1
_FIONBIO, _FIOCLEX, _FIONCLEX = 0x5421, 0x5451, 0x5450
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
_PR_SET_NAME, _PR_SET_VMA = 15, 0x53564D41


@dataclass(frozen=True, slots=True)
class _Line:
    """One BPF instruction whose jumps are named."""

    code: int
    k: int
    yes: str = ""
    no: str = ""
    label: str = ""


def program(variant: Variant, architecture: str) -> bytes:
    """Assemble the filter as the kernel reads it (8 bytes an instruction)."""
    column = _COLUMN[architecture]
    lines = [
        _Line(_LOAD, _ARCHITECTURE),
        _Line(_JUMP_EQUAL, _AUDIT_ARCHITECTURE[architecture], no="kill"),
        _Line(_LOAD, _NUMBER),
    ]
    if architecture == "x86_64":
        lines.append(_Line(_JUMP_AT_LEAST, _X32, yes="kill"))
    allowed = [EVERYDAY, NODE_ONLY] if variant == "node" else [EVERYDAY]
    for table in allowed:
        lines += [_Line(_JUMP_EQUAL, number, yes="allow") for number in _numbers(table, column)]
    lines += _fatal(variant, column)
    lines += _argued(variant, column)
    lines += [
        _Line(_RETURN, _ERRNO | errno.EACCES, label="refuse"),
        _Line(_RETURN, _ERRNO | errno.ENOSYS, label="missing"),
        _Line(_RETURN, _KILL, label="kill"),
        _Line(_RETURN, _ALLOW, label="allow"),
    ]
    return assemble(lines)


def available() -> bool:
    """Whether the kernel filters system calls."""
    try:
        prctl(Prctl.GET_SECCOMP)
    except KernelRefused:
        return False
    return True


class Filter:
    """A filter made ready before the fork, so that a child has nothing left to do but to put it on."""

    def __init__(self, variant: Variant) -> None:
        assert ARCHITECTURE is not None
        code = program(variant, ARCHITECTURE)
        self._code = ctypes.create_string_buffer(code, len(code))
        self._program = _Program(len(code) // 8, ctypes.addressof(self._code))
        self._call = _SECCOMP_CALL[ARCHITECTURE]

    def install(self) -> None:
        """Put it on this process, for good.

        Raises:
            KernelRefused: the kernel has no seccomp, or no-new-privileges is not set.
        """
        syscall(self._call, 1, 0, ctypes.byref(self._program))


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def no_new_privileges() -> None:
    """No program started from here gains rights; seccomp and Landlock ask for it."""
    prctl(Prctl.NO_NEW_PRIVS, 1)


def assemble(lines: list[_Line]) -> bytes:
    """Turn named jumps into distances."""
    where = {line.label: index for index, line in enumerate(lines) if line.label}
    out = bytearray()
    for index, line in enumerate(lines):
        yes, no = ((where[name] - index - 1) if name else 0 for name in (line.yes, line.no))
        out += line.code.to_bytes(2, "little") + bytes((yes, no)) + line.k.to_bytes(4, "little")
    return bytes(out)


def _numbers(table: Numbers, column: int) -> Iterable[int]:
    return sorted(number for pair in table.values() if (number := pair[column]) is not None)


def _fatal(variant: Variant, column: int) -> list[_Line]:
    fate = dict.fromkeys(FATAL, "kill")
    if variant == "node":  # libuv asks whether there is io_uring, and does without
        fate |= {name: "missing" for name in FATAL if name.startswith("io_uring")}
    return [
        _Line(_JUMP_EQUAL, number, yes=end) for name, end in fate.items() if (number := FATAL[name][column]) is not None
    ]


def _argued(variant: Variant, column: int) -> list[_Line]:
    node = variant == "node"
    tests: dict[str, list[_Line]] = {
        "ioctl": _argument_among(1, (_FIONBIO, _FIOCLEX, _FIONCLEX)),
        # not F_SETOWN and F_SETSIG, by which a socket would send any signal to any process of the same user
        "fcntl": _argument_among(1, (_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL, _F_DUPFD_CLOEXEC)),
        "prlimit64": _argument_among(0, (0,)),
        "socketpair": _argument_among(0, (_AF_UNIX,)),
        "mmap": [_Line(_RETURN, _ALLOW)] if node else _argument_without(2, _PROT_EXEC),
        "mprotect": [_Line(_RETURN, _ALLOW)] if node else _argument_without(2, _PROT_EXEC),
        "clone3": [_Line(_RETURN, _ERRNO | errno.ENOSYS)],
    }
    if node:
        tests["clone"] = [
            _Line(_LOAD, _ARGUMENT),
            _Line(_JUMP_SET, _CLONE_THREAD, yes="allow", no="refuse"),
        ]
        tests["prctl"] = _argument_among(0, (_PR_SET_NAME, _PR_SET_VMA))
    lines: list[_Line] = []
    for name, test in tests.items():
        number = ARGUED[name][column]
        assert number is not None
        lines += [_Line(_JUMP_EQUAL, number, no=f"after {name}"), *test]
        lines.append(_Line(_JUMP_EQUAL, 0xFFFFFFFF, label=f"after {name}"))  # a landing place that never matches
    return lines


def _argument_among(index: int, values: tuple[int, ...]) -> list[_Line]:
    """The argument's low half is one of these and its high half is zero."""
    high = [_Line(_LOAD, _ARGUMENT + 8 * index + 4), _Line(_JUMP_EQUAL, 0, no="refuse")]
    low = [_Line(_LOAD, _ARGUMENT + 8 * index), *(_Line(_JUMP_EQUAL, value, yes="allow") for value in values)]
    return [*high, *low, _Line(_RETURN, _ERRNO | errno.EACCES)]


def _argument_without(index: int, bits: int) -> list[_Line]:
    return [_Line(_LOAD, _ARGUMENT + 8 * index), _Line(_JUMP_SET, bits, yes="refuse", no="allow")]
