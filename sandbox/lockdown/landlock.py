"""Landlock: what of the file system, the network and other processes a process may still reach."""

import ctypes
import os
from collections.abc import Iterable

from sandbox.lockdown.kernel import KernelRefused, is_linux, syscall

__all__ = ["abi", "restrict"]

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FILE_ONLY = _EXECUTE | _READ_FILE
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Number of file-system rights that an ABI knows; the later ones know as many as 5."""
_NET_ALL = 0b11
"""bind and connect, from ABI 4."""
_SCOPE_ALL = 0b11
"""Abstract unix sockets and signals to processes outside, from ABI 6."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    if not is_linux():
        return 0
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except KernelRefused:
        return 0


def restrict(read: Iterable[str] = (), execute: Iterable[str] = ()) -> int:
    """Lock this process and all it will start, for good; needs no-new-privileges.

    Args:
        read: files and folders that stay readable.
        execute: files that stay readable and executable.

    Returns:
        the ABI that was enforced; 0 means the kernel has none and nothing was locked.

    Raises:
        KernelRefused: Landlock is there and a step failed.
        OSError: a path cannot be opened.
    """
    version = abi()
    if version < 1:
        return 0
    handled = (1 << _FS_BITS.get(version, 16)) - 1
    attributes = _Ruleset(handled, _NET_ALL if version >= 4 else 0, _SCOPE_ALL if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for path in read:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in execute:
            _allow(ruleset, path, _FILE_ONLY)
        syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - pathlib would be one more module in the zygote
            rights &= _FILE_ONLY
        rule = _PathBeneath(rights, descriptor)
        syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)
