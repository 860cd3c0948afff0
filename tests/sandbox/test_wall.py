"""The wall itself: what the filters say to each system call on both architectures, rungs, and causes of death."""

import os
import signal

import pytest

from sandbox import Limits, SandboxUnavailable
from sandbox.autopsy import cause_of_death
from sandbox.children import Exit, Spawner
from sandbox.lockdown.ladder import Wall
from sandbox.lockdown.seccomp import Variant, program
from sandbox.lockdown.syscalls import ARGUED, EVERYDAY, FATAL, NODE_ONLY
from sandbox.spawner import ZygoteSpawner
from sandbox.zygote import Plan

ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
VARIANTS: list[Variant] = ["python", "node"]
ALLOWED, REFUSED, MISSING, KILLED = "allowed", "refused", "missing", "killed"
VERDICTS = {0x7FFF0000: ALLOWED, 0x0005000D: REFUSED, 0x00050026: MISSING, 0x80000000: KILLED}


def verdict(code: bytes, number: int, audit: int, arguments: tuple[int, ...] = ()) -> str:
    """Run a filter as the kernel would."""
    words = [number, audit, 0, 0]
    for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]:
        words += [argument & 0xFFFFFFFF, argument >> 32 & 0xFFFFFFFF]
    accumulator, at = 0, 0
    while True:
        kind = int.from_bytes(code[at * 8 : at * 8 + 2], "little")
        yes, no = code[at * 8 + 2], code[at * 8 + 3]
        k = int.from_bytes(code[at * 8 + 4 : at * 8 + 8], "little")
        at += 1
        if kind == 0x06:
            return VERDICTS[k]
        if kind == 0x20:
            accumulator = words[k // 4]
            continue
        if kind == 0x05:
            at += k
            continue
        holds = {0x15: accumulator == k, 0x35: accumulator >= k, 0x45: bool(accumulator & k)}[kind]
        at += yes if holds else no


def judge(variant: Variant, architecture: str, name: str, *arguments: int) -> str:
    column, audit = ARCHITECTURES[architecture]
    known = EVERYDAY | NODE_ONLY | ARGUED | FATAL
    number = known[name][column]
    assert number is not None
    return verdict(program(variant, architecture), number, audit, arguments)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("variant", VARIANTS)
class TestFilter:
    def test_everyday_calls_pass(self, variant: Variant, architecture: str) -> None:
        column, audit = ARCHITECTURES[architecture]
        code = program(variant, architecture)
        for name, pair in EVERYDAY.items():
            if (number := pair[column]) is not None:
                assert verdict(code, number, audit) == ALLOWED, name

    def test_files_are_for_node_alone(self, variant: Variant, architecture: str) -> None:
        assert judge(variant, architecture, "openat") == (ALLOWED if variant == "node" else REFUSED)
        assert judge(variant, architecture, "execve") == (ALLOWED if variant == "node" else REFUSED)

    def test_fatal_calls_kill(self, variant: Variant, architecture: str) -> None:
        for name in FATAL:
            expected = MISSING if variant == "node" and name.startswith("io_uring") else KILLED
            assert judge(variant, architecture, name) == expected, name

    def test_every_number_that_is_not_named_is_refused(self, variant: Variant, architecture: str) -> None:
        column, audit = ARCHITECTURES[architecture]
        code = program(variant, architecture)
        named = {pair[column] for pair in (EVERYDAY | NODE_ONLY | ARGUED | FATAL).values()}
        wrong = [n for n in range(470) if n not in named and verdict(code, n, audit) != REFUSED]
        assert wrong == []

    def test_another_architecture_kills(self, variant: Variant, architecture: str) -> None:
        assert verdict(program(variant, architecture), 0, 0x40000003) == KILLED

    @pytest.mark.parametrize(
        ("name", "arguments", "python", "node"),
        [
            ("mmap", (0, 4096, 3), ALLOWED, ALLOWED),
            ("mmap", (0, 4096, 7), REFUSED, ALLOWED),
            ("mprotect", (0, 4096, 5), REFUSED, ALLOWED),
            ("clone", (0x11,), REFUSED, REFUSED),
            ("clone", (0x3D0F00,), REFUSED, ALLOWED),
            ("clone3", (), MISSING, MISSING),
            ("socketpair", (1,), ALLOWED, ALLOWED),
            ("socketpair", (2,), REFUSED, REFUSED),
            ("socketpair", (1 << 32 | 1,), REFUSED, REFUSED),
            ("prlimit64", (0,), ALLOWED, ALLOWED),
            ("prlimit64", (1,), REFUSED, REFUSED),
            ("fcntl", (3, 3), ALLOWED, ALLOWED),
            ("fcntl", (3, 8), REFUSED, REFUSED),
            ("fcntl", (3, 10), REFUSED, REFUSED),
            ("ioctl", (3, 0x5421), ALLOWED, ALLOWED),
            ("ioctl", (3, 0x5412), REFUSED, REFUSED),
            ("prctl", (15,), REFUSED, ALLOWED),
            ("prctl", (4,), REFUSED, REFUSED),
        ],
    )
    def test_arguments_decide(
        self, variant: Variant, architecture: str, name: str, arguments: tuple[int, ...], python: str, node: str
    ) -> None:
        assert judge(variant, architecture, name, *arguments) == (node if variant == "node" else python)


def test_calls_of_the_x32_abi_kill() -> None:
    assert verdict(program("python", "x86_64"), 0x40000000, ARCHITECTURES["x86_64"][1]) == KILLED


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_jump_lands_inside_the_filter(variant: Variant, architecture: str) -> None:
    """A distance is one byte, except that of a jump without a condition."""
    code = program(variant, architecture)
    length = len(code) // 8
    for at in range(length):
        kind, yes, no, k = (
            int.from_bytes(code[at * 8 + a : at * 8 + b], "little") for a, b in ((0, 2), (2, 3), (3, 4), (4, 8))
        )
        far = k if kind == 0x05 else max(yes, no)
        assert kind == 0x06 or at + 1 + far < length


@pytest.mark.parametrize(
    ("wall", "rung"),
    [
        (Wall(landlock_abi=4, namespaces=True, own_user=True, seccomp=True), "A"),
        (Wall(landlock_abi=3, namespaces=True, seccomp=True), "B"),
        (Wall(landlock_abi=7, seccomp=True), "B"),
        (Wall(namespaces=True, seccomp=True), "C"),
        (Wall(landlock_abi=7, namespaces=True), "D"),
    ],
)
def test_the_rung_follows_from_what_holds(wall: Wall, rung: str) -> None:
    assert wall.rung == rung


def test_without_linux_there_is_no_rung_to_stand_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.lockdown.ladder.is_linux", lambda: False)
    assert Wall().rung == "E"


async def test_javascript_is_refused_where_files_cannot_be_fenced(monkeypatch: pytest.MonkeyPatch) -> None:
    spawner: Spawner = ZygoteSpawner(Plan("node", 512))
    monkeypatch.setattr("sandbox.spawner.Wall", lambda **_: Wall(seccomp=True))
    with pytest.raises(SandboxUnavailable, match="no Landlock"):
        await spawner.open()
    await spawner.close()


@pytest.mark.parametrize(
    ("end", "kind", "killed_by"),
    [
        (Exit(signal.SIGXCPU), "Timeout", "timeout"),
        (Exit(signal.SIGKILL), "OutOfMemory", "memory"),
        (Exit(signal.SIGSYS), "SecurityViolation", "policy"),
        (Exit(signal.SIGSEGV), "Crash", "crash"),
        (Exit(signal.SIGABRT), "Crash", "crash"),
        (Exit(signal.SIGABRT, peak_memory_mb=500), "OutOfMemory", "memory"),
        (Exit(3 << 8), "Crash", "crash"),
    ],
    ids=["cpu", "kill", "syscall", "segv", "abort", "abort when full", "exit"],
)
def test_how_a_child_ended_says_why(end: Exit, kind: str, killed_by: str) -> None:
    error = cause_of_death(end, Limits(memory_mb=512))
    assert (error.type, error.killed_by) == (kind, killed_by)


@pytest.mark.jail
async def test_a_plan_without_namespaces_stands_on_a_lower_rung() -> None:
    spawner = ZygoteSpawner(Plan("python", 512, namespaces=False))
    await spawner.open()
    child = await spawner.spawn()
    rung = spawner.wall.rung
    os.kill(child.pid, 0)
    child.end()
    child.end()
    await spawner.close()
    assert rung == "B"
