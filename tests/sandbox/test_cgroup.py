"""The cgroup round all children: the file protocol of cgroup v2 on folders that behave as the kernel's do.

A kernel that offers no v2 memory controller cannot show more; `FakeKernel` keeps the rules that this protocol meets.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import ExecutionRequest, Sandbox
from sandbox.autopsy import cause_of_death
from sandbox.children import Exit
from sandbox.lockdown.cgroup import Bounds, Group, delegated, open_group
from sandbox.types import Limits
from tools.health.probes import sandbox_probe

_BOUNDS = Bounds(memory_mb=1000, processes=50)
_FILES = ("cgroup.procs", "cgroup.subtree_control", "cgroup.kill", "cgroup.type", "memory.max", "memory.swap.max",
          "memory.oom.group", "pids.max")  # fmt: skip


class FakeKernel:
    """A v2 hierarchy under `root`, and our own folder of proc(5)."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.process = folder / "cgroup", folder / "self"
        self.process.mkdir()
        self._mkdir, self._write = Path.mkdir, Path.write_text
        # Bound methods would not be given the path.
        monkeypatch.setattr(Path, "mkdir", lambda path, *args, **options: self.mkdir(path, *args, **options))  # noqa: PLW0108
        monkeypatch.setattr(Path, "rmdir", lambda path: self.rmdir(path))  # noqa: PLW0108
        monkeypatch.setattr(Path, "write_text", lambda path, text: self.write(path, text))  # noqa: PLW0108
        self.root.mkdir()

    def mkdir(self, path: Path, mode: int = 0o777, **options: bool) -> None:
        self._mkdir(path, mode, **options)
        if path.is_relative_to(self.root):
            for name in _FILES:
                if not (path / name).exists():
                    (path / name).touch()
            self._write(path / "cgroup.controllers", "cpu memory pids\n")

    def rmdir(self, path: Path) -> None:
        if (path / "cgroup.procs").read_text() or any(each.is_dir() for each in path.iterdir()):
            raise OSError(16, "Device or resource busy")
        shutil.rmtree(path)

    def write(self, path: Path, text: str) -> int:
        if not path.exists() and path.is_relative_to(self.root):
            raise PermissionError(path)
        if path.name == "cgroup.subtree_control" and (path.parent / "cgroup.procs").read_text():
            raise OSError(16, "Device or resource busy")  # no internal processes
        if path.name == "cgroup.procs":
            for group in self.root.rglob("cgroup.procs"):
                self._write(group, "".join(f"{pid}\n" for pid in group.read_text().split() if pid != text))
            text = path.read_text() + f"{text}\n"
        if path.name == "cgroup.kill":
            self._write(path.parent / "cgroup.procs", "")
        return self._write(path, text)

    def stand(self, group: str, *, others: bool = False) -> Path:
        """Put our process there, as /proc tells it."""
        folder = self.root / group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.procs").write_text(str(os.getpid()))
        if others:
            (folder / "cgroup.procs").write_text("1")
        self._write(self.process / "cgroup", f"4:memory:/elsewhere\n0::/{group}\n")
        line = f"30 24 0:26 / {self.root} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
        self._write(self.process / "mountinfo", "24 1 0:20 / / rw - ext4 /dev/vda rw\n" + line)
        return folder


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKernel:
    return FakeKernel(tmp_path, monkeypatch)


@pytest.fixture
def plain_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)


@pytest.mark.usefixtures("plain_user")
class TestDelegatedByWriting:
    def test_the_group_is_bounded_before_anybody_is_in_it(self, kernel: FakeKernel) -> None:
        kernel.stand("unit")
        group = open_group(_BOUNDS, kernel.process)
        assert group is not None
        told = {name: (group.folder / name).read_text() for name in _FILES[4:]}
        assert told == {
            "memory.max": "1048576000", "memory.swap.max": "0", "memory.oom.group": "0", "pids.max": "50",
        }  # fmt: skip
        assert (group.folder / "cgroup.procs").read_text() == ""
        assert (group.folder.parent / "cgroup.subtree_control").read_text() == "+memory +pids"

    def test_our_own_process_moves_to_a_leaf_for_a_divided_group_holds_none(self, kernel: FakeKernel) -> None:
        unit = kernel.stand("unit")
        open_group(_BOUNDS, kernel.process)
        assert (unit / "cgroup.procs").read_text() == ""
        assert (unit / f"terry-service-{os.getpid()}" / "cgroup.procs").read_text() == f"{os.getpid()}\n"

    def test_a_second_sandbox_stands_beside_the_first(self, kernel: FakeKernel) -> None:
        first = open_group(_BOUNDS, kernel.process) if kernel.stand("unit") else None
        kernel.stand(f"unit/terry-service-{os.getpid()}")
        second = open_group(_BOUNDS, kernel.process)
        assert first is not None
        assert second is not None
        assert first.folder != second.folder
        assert first.folder.parent == second.folder.parent == kernel.root / "unit"

    def test_closing_kills_who_is_left_and_removes_the_group(self, kernel: FakeKernel) -> None:
        kernel.stand("unit")
        group = open_group(_BOUNDS, kernel.process)
        assert group is not None
        group.add(4711)
        assert (group.folder / "cgroup.procs").read_text() == "4711\n"
        group.close()
        assert not group.folder.exists()

    def test_what_a_killed_service_left_is_removed_by_the_next(self, kernel: FakeKernel) -> None:
        unit = kernel.stand("unit")
        for name, inside in (("terry-sandbox-7-1", ""), ("terry-sandbox-8-1", "8")):
            (unit / name).mkdir()
            if inside:
                (unit / name / "cgroup.procs").write_text(inside)
        open_group(_BOUNDS, kernel.process)
        assert not (unit / "terry-sandbox-7-1").exists()
        assert (unit / "terry-sandbox-8-1").exists()

    def test_a_group_with_others_in_it_is_not_emptied(self, kernel: FakeKernel) -> None:
        unit = kernel.stand("unit", others=True)
        assert open_group(_BOUNDS, kernel.process) is None
        assert [path.name for path in unit.iterdir() if path.is_dir()] == []

    def test_a_group_without_the_memory_controller_is_let_alone(self, kernel: FakeKernel) -> None:
        unit = kernel.stand("unit")
        (unit / "cgroup.controllers").write_text("cpu pids\n")
        assert open_group(_BOUNDS, kernel.process) is None

    def test_a_kernel_that_refuses_a_bound_gives_no_group_rather_than_an_unbounded_one(
        self, kernel: FakeKernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unit = kernel.stand("unit")
        monkeypatch.setattr("tests.sandbox.test_cgroup._FILES", tuple(name for name in _FILES if name != "pids.max"))
        assert open_group(_BOUNDS, kernel.process) is None
        assert not list(unit.glob("terry-sandbox-*"))


class TestRoot:
    """Root may write everywhere, so writing says nothing."""

    @pytest.fixture(autouse=True)
    def root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("os.geteuid", lambda: 0)

    def test_a_session_of_root_is_nobodys_to_divide(self, kernel: FakeKernel) -> None:
        kernel.stand("user.slice")
        assert delegated(kernel.process) is None

    def test_systemd_marks_what_it_hands_over(self, kernel: FakeKernel, monkeypatch: pytest.MonkeyPatch) -> None:
        unit = kernel.stand("unit")
        _mark(monkeypatch, unit)
        assert delegated(kernel.process) == unit

    def test_systemd_may_have_put_us_into_a_leaf_already(
        self, kernel: FakeKernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leaf = kernel.stand("unit/main")
        _mark(monkeypatch, leaf.parent)
        assert delegated(kernel.process) == leaf.parent

    def test_the_root_of_a_containers_own_namespace_is_its_own(self, kernel: FakeKernel) -> None:
        assert delegated(kernel.process) is None
        kernel.stand("")
        assert delegated(kernel.process) == kernel.root

    def test_the_root_of_the_machine_is_nobodys(self, kernel: FakeKernel) -> None:
        kernel.stand("")
        (kernel.root / "cgroup.type").unlink()
        assert delegated(kernel.process) is None


def _mark(monkeypatch: pytest.MonkeyPatch, marked: Path) -> None:
    def read(path: Path, name: str) -> bytes:
        if path == marked and name == "trusted.delegate":
            return b"1"
        raise OSError(61, "No data available")

    monkeypatch.setattr("os.getxattr", read)


@pytest.mark.jail
async def test_the_zygote_is_in_the_group_before_it_has_a_child_and_the_health_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group is a folder that notes who joined; what it would bound is the kernel's affair."""
    joined: list[int] = []
    closed: list[Group] = []
    monkeypatch.setattr("sandbox.spawner.open_group", lambda _: Group(tmp_path))
    monkeypatch.setattr(Group, "add", lambda _, pid: joined.append(pid))
    monkeypatch.setattr(Group, "close", lambda group: closed.append(group))  # noqa: PLW0108 - it would not be bound
    async with Sandbox() as sandbox:
        [pid] = joined
        assert _parent_of(pid) == os.getpid()
        assert (await sandbox_probe(sandbox)()).details["memory_bound"] == "cgroup"
        assert not closed
    assert closed == [Group(tmp_path)]


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.jail
async def test_where_nothing_is_delegated_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.lockdown.cgroup.delegated", lambda _: None)
    async with Sandbox() as sandbox:
        assert sandbox.memory_bound == "pool"
        [result] = await sandbox.execute(ExecutionRequest("result = 1"))
        assert result.success


@pytest.mark.skipif(sys.platform != "linux", reason="cgroups are Linux's")
def test_a_child_that_the_kernel_killed_for_memory_is_said_to_be() -> None:
    """Ours are killed after the answer or the deadline, when nobody asks for the cause."""
    victim = subprocess.Popen(["sleep", "60"])
    victim.kill()
    _, status = os.waitpid(victim.pid, 0)
    victim.returncode = 0
    assert cause_of_death(Exit(status, 300.0), Limits()).killed_by == "memory"
