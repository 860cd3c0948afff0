"""The system-call filter: an allow-list, everything else is refused with EACCES, a few calls end the process.

Two variants. `python` has no path call, no thread, no new process, no executable mapping, no socket but a pair of unix
ones. `node` adds what a JIT with worker threads needs (see `sandbox.lockdown.syscalls`), under Landlock.
"""

import ctypes
import errno
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.lockdown.kernel import ARCHITECTURE, Call, KernelRefused, Prctl, prctl
from sandbox.lockdown.syscalls import ARGUED, EVERYDAY, FATAL, NODE_ONLY

__all__ = ["Filter", "Variant", "assemble", "available", "no_new_privileges", "program"]

Variant = Literal["python", "node"]

_LOAD, _JUMP, _JUMP_EQUAL, _JUMP_SET, _JUMP_AT_LEAST, _RETURN = 0x20, 0x05, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16
_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_COLUMN = {"x86_64": 0, "aarch64": 1}
_SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_X32 = 0x40000000
_LEAF = 4
"""Calls that are compared one after the other at the end of the binary search."""

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
    x32 = architecture == "x86_64"
    lines.append(_Line(_JUMP_AT_LEAST, _X32, yes="kill", no="known") if x32 else _Line(_JUMP, 0, yes="known"))
    lines.append(_Line(_RETURN, _KILL, label="kill"))
    fates = _fates(variant, column)
    # the kernel runs the filter once for every call there is when it is put on: a search is done sooner than a list
    first, *others = _search(sorted(fates), fates)
    lines += [replace(first, label="known"), *others]
    lines += _argued(variant)
    lines += [
        _Line(_RETURN, _ERRNO | errno.EACCES, label="refuse"),
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
        self._install = Call("syscall", _SECCOMP_CALL[ARCHITECTURE], 1, 0, ctypes.byref(self._program))

    def install(self) -> None:
        """Put it on this process, for good.

        Raises:
            KernelRefused: the kernel has no seccomp, or no-new-privileges is not set.
        """
        self._install()


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
        k, near = (yes, (0, 0)) if line.code == _JUMP else (line.k, (yes, no))  # a conditional jump reaches 255 lines
        out += line.code.to_bytes(2, "little") + bytes(near) + k.to_bytes(4, "little")
    return bytes(out)


def _fates(variant: Variant, column: int) -> dict[int, str]:
    """What becomes of each call that is not simply refused: `allow`, `kill`, `missing`, or the name of its test."""
    named = dict.fromkeys(FATAL, "kill")
    if variant == "node":  # libuv asks whether there is io_uring, and does without
        named |= {name: "missing" for name in FATAL if name.startswith("io_uring")}
    named |= {name: name for name in _tests(variant)}
    named |= dict.fromkeys([*EVERYDAY, *NODE_ONLY] if variant == "node" else EVERYDAY, "allow")
    numbers = {**FATAL, **ARGUED, **NODE_ONLY, **EVERYDAY}
    return {number: fate for name, fate in named.items() if (number := numbers[name][column]) is not None}


_ENDS = {"allow": _ALLOW, "kill": _KILL, "missing": _ERRNO | errno.ENOSYS}


def _search(numbers: list[int], fates: dict[int, str]) -> list[_Line]:
    """Find the number of the call among these by halving; what is not found is refused."""
    if len(numbers) > _LEAF:
        middle = len(numbers) // 2
        upper = _search(numbers[middle:], fates)
        upper[0] = replace(upper[0], label=f"from {numbers[middle]}")
        split = _Line(_JUMP_AT_LEAST, numbers[middle], yes=f"from {numbers[middle]}")
        return [split, *_search(numbers[:middle], fates), *upper]
    here = f"of {numbers[0]}"
    lines = [_Line(_JUMP_EQUAL, number, yes=f"{fates[number]} {here}") for number in numbers]
    lines.append(_Line(_RETURN, _ERRNO | errno.EACCES))
    for fate in dict.fromkeys(fates[number] for number in numbers):
        end = _Line(_RETURN, _ENDS[fate]) if fate in _ENDS else _Line(_JUMP, 0, yes=fate)
        lines.append(replace(end, label=f"{fate} {here}"))
    return lines


def _tests(variant: Variant) -> dict[str, list[_Line]]:
    """The calls whose arguments decide."""
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
    return tests


def _argued(variant: Variant) -> list[_Line]:
    return [
        replace(line, label=name if place == 0 else "")
        for name, test in _tests(variant).items()
        for place, line in enumerate(test)
    ]


def _argument_among(index: int, values: tuple[int, ...]) -> list[_Line]:
    """The argument's low half is one of these and its high half is zero."""
    high = [_Line(_LOAD, _ARGUMENT + 8 * index + 4), _Line(_JUMP_EQUAL, 0, no="refuse")]
    low = [_Line(_LOAD, _ARGUMENT + 8 * index), *(_Line(_JUMP_EQUAL, value, yes="allow") for value in values)]
    return [*high, *low, _Line(_RETURN, _ERRNO | errno.EACCES)]


def _argument_without(index: int, bits: int) -> list[_Line]:
    return [_Line(_LOAD, _ARGUMENT + 8 * index), _Line(_JUMP_SET, bits, yes="refuse", no="allow")]
