"""cgroup v2: one bound round the memory and the processes of all children together, where a group was delegated to us.

A group is ours to divide when a plain user may write it (the kernel's own rule of delegation), when systemd marked it
(`Delegate=yes`), or when it is the root of a cgroup namespace (a container whose hierarchy is writable). Root may write
any group, which delegates none. v2 lets no group that is divided hold processes itself: where our process sits in it
alone, it moves to a leaf of its own; where others sit in it too, it is not ours to empty, and nothing is done.
"""

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Bounds", "Group", "delegated", "open_group"]

_CONTROLLERS = {"memory", "pids"}
_MARKS = ("trusted.delegate", "user.delegate")
"""systemd's, on a group that it handed over."""
_OURS = "terry-"
_END_S = 1.0
"""How long killed processes may take to leave a group."""
_MEBIBYTE = 1 << 20
_SERIAL = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of all processes of one group together."""

    memory_mb: int
    """Mebibytes; nothing is swapped out."""
    processes: int
    """And threads, as the kernel counts them."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group that we made; whoever joins takes all its later children along."""

    folder: Path

    def add(self, pid: int) -> None:
        """Move one process in.

        Raises:
            OSError: the kernel refuses.
        """
        (self.folder / "cgroup.procs").write_text(str(pid))

    def close(self) -> None:
        """Kill who is still in it, and remove it; one that will not go stays behind empty, and is removed next time."""
        with contextlib.suppress(OSError):
            (self.folder / "cgroup.kill").write_text("1")
        end = time.monotonic() + _END_S
        while self.folder.is_dir() and not _removed(self.folder) and time.monotonic() < end:
            time.sleep(0.005)


def open_group(bounds: Bounds, process: Path = Path("/proc/self")) -> Group | None:
    """Make a group within `bounds`; None where none is delegated, or the kernel refuses a step.

    Args:
        bounds: of the group.
        process: our folder of proc(5).
    """
    parent = delegated(process)
    if parent is None:
        return None
    for left_behind in parent.glob(_OURS + "*"):
        _removed(left_behind)  # of one that was killed; a group in use refuses
    try:
        return _divide(parent, bounds) if _empty(parent) else None
    except OSError:
        return None


def delegated(process: Path = Path("/proc/self")) -> Path | None:
    """The group that is ours to divide."""
    try:
        own = _own_group(process)
        if own is None:
            return None
        if own.name == _leaf() or _marked(own.parent):  # where we moved to before, or systemd's DelegateSubgroup=
            own = own.parent
        elif not (_marked(own) or _is_namespace_root(own, process) or os.geteuid() != 0):
            return None
        controllers = (own / "cgroup.controllers").read_text().split()
    except OSError:
        return None
    files = (own, own / "cgroup.procs", own / "cgroup.subtree_control")
    writable = all(os.access(file, os.W_OK) for file in files)
    return own if writable and _CONTROLLERS.issubset(controllers) else None


def _own_group(process: Path) -> Path | None:
    """Where the kernel says that we are, under the mount of the v2 hierarchy."""
    path = _path_of(process)
    for line in (process / "mountinfo").read_text().splitlines():
        words = line.split()
        root, point, kind = words[3], words[4], words[words.index("-") + 1]
        if kind == "cgroup2" and path is not None and Path(path).is_relative_to(root) and ".." not in Path(path).parts:
            return Path(point) / Path(path).relative_to(root)
    return None


def _path_of(process: Path) -> str | None:
    lines = (process / "cgroup").read_text().splitlines()
    return next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)


def _is_namespace_root(group: Path, process: Path) -> bool:
    """Whether nothing above is ours to see; the machine's own root, which has no type, does not count."""
    return _path_of(process) == "/" and (group / "cgroup.type").exists()


def _marked(group: Path) -> bool:
    for mark in _MARKS:
        with contextlib.suppress(OSError):
            if os.getxattr(group, mark) == b"1":
                return True
    return False


def _leaf() -> str:
    return f"{_OURS}service-{os.getpid()}"


def _empty(parent: Path) -> bool:
    """Move our own process into its leaf; false when others are there, who are not ours to move."""
    inside = set((parent / "cgroup.procs").read_text().split())
    if inside - {str(os.getpid())}:
        return False
    if inside:
        leaf = parent / _leaf()
        leaf.mkdir(exist_ok=True)
        (leaf / "cgroup.procs").write_text(str(os.getpid()))
    return True


def _divide(parent: Path, bounds: Bounds) -> Group:
    (parent / "cgroup.subtree_control").write_text("+memory +pids")
    group = Group(parent / f"{_OURS}sandbox-{os.getpid()}-{next(_SERIAL)}")
    group.folder.mkdir()
    try:
        (group.folder / "memory.max").write_text(str(bounds.memory_mb * _MEBIBYTE))
        (group.folder / "pids.max").write_text(str(bounds.processes))
        (group.folder / "memory.oom.group").write_text("0")  # the one that is too large dies, not all of them
        if (group.folder / "memory.swap.max").exists():  # not on a kernel without swap
            (group.folder / "memory.swap.max").write_text("0")
    except OSError:
        group.close()
        raise
    return group


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
