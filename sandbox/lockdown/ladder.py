"""The ladder: what this machine's kernel can hold, from A (all) to E (none), and the order in which a process locks.

| rung | means |
|---|---|
| A | seccomp + Landlock (ABI 4 or later) + an empty network namespace, private mounts, own user |
| B | seccomp + Landlock, no namespaces (a container, a plain user) |
| C | seccomp only: the Python filter has no path call at all; JavaScript, which needs files, is refused |
| D | no seccomp: refused |
| E | no Linux, or an architecture whose system calls we do not know: refused, but by explicit setting |

A cgroup round all children (see `cgroup`) is told beside the rung: no rung needs it.
That setting gives E the language layer and resource limits alone; it changes nothing on any other rung.
"""

import ctypes
import os
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.lockdown import landlock, limits, seccomp
from sandbox.lockdown.kernel import ARCHITECTURE, Call, KernelRefused, Prctl, is_linux, prctl, syscall

__all__ = ["LANGUAGE_ONLY", "Rung", "Wall", "lock_child", "lock_zygote"]

Rung = Literal["A", "B", "C", "D", "E"]

LANGUAGE_ONLY = "language-only"

_USER = 65533
"""An id that no service uses, mapped in every user namespace of a usual size."""
_NEW_NAMESPACES = 0x00020000 | 0x40000000 | 0x08000000 | 0x04000000  # mount, network, ipc, host name
_NEW_USER = 0x10000000
_UNSHARE = {"x86_64": 272, "aarch64": 97}
_CAPSET = {"x86_64": 126, "aarch64": 91}


@dataclass(frozen=True, slots=True)
class Wall:
    """What was really put up."""

    landlock_abi: int = 0
    namespaces: bool = False
    own_user: bool = False
    seccomp: bool = False
    cgroup: bool = False
    """A group of their own bounds the memory of all children together; no rung needs it."""

    @property
    def rung(self) -> Rung:
        """The rung of the ladder."""
        if not self.seccomp:
            return "D" if is_linux() else "E"
        if not self.landlock_abi:
            return "C"
        return "A" if self.landlock_abi >= 4 and self.namespaces else "B"

    @property
    def isolation(self) -> str:
        """As every answer tells it: the rung, or in words that there is none."""
        return LANGUAGE_ONLY if self.rung == "E" else self.rung


def lock_zygote(
    variant: seccomp.Variant,
    memory_mb: int,
    read: tuple[str, ...] = (),
    execute: tuple[str, ...] = (),
    *,
    namespaces: bool = True,
    own_user: bool = True,
) -> Wall:
    """Lock everything that children may inherit: namespaces, user, capabilities, limits, Landlock.

    Args:
        variant: the filter that children will put on.
        memory_mb: of one child, mebibytes.
        read: files and folders that stay readable.
        execute: files that stay executable.
        namespaces: false on a plain container's footing, for tests.
        own_user: false where only this user can reach the files of a child.

    Raises:
        KernelRefused: a step failed that this machine should be able to do.
    """
    if not is_linux():
        limits.lock_process(memory_mb)
        return Wall(own_user=own_user and _leave_root())
    wall = Wall(seccomp=seccomp.available())
    if namespaces:
        wall = replace(wall, namespaces=_leave_namespaces())
    wall = replace(wall, own_user=own_user and _leave_root())
    _drop_capabilities()
    prctl(Prctl.DUMPABLE, 0)
    seccomp.no_new_privileges()
    wall = replace(wall, landlock_abi=landlock.restrict(read, execute))
    if variant == "node":
        limits.lock_process(None, data_mb=memory_mb)
    else:
        limits.lock_process(memory_mb)
    return wall


_die_with_parent = Call("prctl", Prctl.PDEATHSIG, 9, 0, 0, 0)


def lock_child(calls: seccomp.Filter | None, zygote: int) -> None:
    """The rest, which a zygote cannot have: die with it, and the filter (`None`: on rung E, where it was allowed).

    Raises:
        KernelRefused: a step failed; the process must end.
    """
    _die_with_parent()
    if os.getppid() != zygote:
        raise KernelRefused(0, "the zygote ended before its child was locked")
    if calls is not None:
        calls.install()


def _leave_namespaces() -> bool:
    assert ARCHITECTURE is not None
    for flags in (_NEW_NAMESPACES, _NEW_NAMESPACES | _NEW_USER):
        try:
            syscall(_UNSHARE[ARCHITECTURE], flags)
        except KernelRefused:
            continue
        return True
    return False


def _leave_root() -> bool:
    """Become nobody in particular; the change of user needs root with its powers."""
    try:
        os.setgroups([])
        os.setresgid(_USER, _USER, _USER)
        os.setresuid(_USER, _USER, _USER)
    except OSError:  # a plain user, or a root whose powers or whose other users the container took away
        moved = False
    else:
        moved = True
    return moved


def _drop_capabilities() -> None:
    assert ARCHITECTURE is not None
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    syscall(_CAPSET[ARCHITECTURE], header, nothing)
