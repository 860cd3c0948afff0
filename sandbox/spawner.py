"""The zygotes seen from outside: their start and self-test, the children they bear, their death and renewal."""

import asyncio
import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from sandbox.children import Child, Exit, receive_frame
from sandbox.errors import SandboxFault, SandboxUnavailable
from sandbox.lockdown.cgroup import Bounds, Group, open_group
from sandbox.lockdown.ladder import Wall
from sandbox.zygote import BOOT, BORN, FORK, GONE, HASTE, SELFTEST, Plan

__all__ = ["ZygoteSpawner"]

_START_S = 20.0
_READY_S = 20.0
_FRAME_CAP = 1 << 16
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LD_BIND_NOW": "1"}
"""Sets come in one order, times in one zone; nothing else is inherited."""


class ZygoteSpawner:
    """Spawns from one zygote at a time; a dead or old one is replaced, each new one is tested first."""

    def __init__(
        self, plan: Plan, bounds: Bounds | None = None, *, renew_after: int = 5_000, renew_after_s: float = 3_600.0
    ) -> None:
        """Prepare.

        Args:
            plan: of every zygote.
            bounds: of all zygotes and children together, where a cgroup is delegated to us.
            renew_after: children of one zygote, for they share its address-space layout.
            renew_after_s: seconds of one zygote's life, for the same reason.
        """
        self._plan = plan
        self._bounds = bounds
        self._group: Group | None = None
        self._renew_after = renew_after
        self._renew_after_s = renew_after_s
        self._zygote: _Zygote | None = None
        self._retired: list[_Zygote] = []
        self._starting = asyncio.Lock()
        self.zygotes_started = 0

    @property
    def wall(self) -> Wall:
        """What holds the children."""
        return self._zygote.wall if self._zygote else Wall()

    async def open(self) -> None:
        """Start the first zygote and test its wall."""
        self._group = open_group(self._bounds) if self._bounds else None
        try:
            await self._current()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End every zygote and with it every child."""
        for zygote in [*self._retired, *([self._zygote] if self._zygote else [])]:
            await zygote.close()
        self._zygote, self._retired = None, []
        if self._group is not None:
            await asyncio.to_thread(self._group.close)
            self._group = None

    async def spawn(self, *, in_haste: bool = False) -> Child:
        """Make one ready child, a cold one in haste."""
        kind = HASTE if in_haste else FORK
        zygote = await self._current()
        try:
            try:
                return await _in_time(zygote.spawn(kind))
            except EOFError:
                if not zygote.has_ended():
                    raise
            return await _in_time((await self._current()).spawn(kind))
        except (EOFError, TimeoutError, OverflowError) as error:
            raise SandboxFault(f"a child did not become ready: {error or type(error).__name__}") from error

    async def _current(self) -> "_Zygote":
        async with self._starting:
            zygote = self._zygote
            if zygote is None or zygote.dead or self._is_old(zygote):
                if zygote is not None:
                    self._retired.append(zygote)
                self._zygote = zygote = await self._start()
            await self._bury_retired()
            return zygote

    def _is_old(self, zygote: "_Zygote") -> bool:
        age_s = asyncio.get_running_loop().time() - zygote.started_at
        return zygote.spawned >= self._renew_after or (zygote.spawned > 1 and age_s >= self._renew_after_s)

    async def _start(self) -> "_Zygote":
        zygote = _Zygote(self._plan, self.zygotes_started + 1, self._group)
        try:
            await asyncio.wait_for(zygote.start(), _START_S)
            await asyncio.wait_for(_test(zygote), _START_S)
        except BaseException as error:
            await zygote.close()
            if isinstance(error, EOFError | OSError | TimeoutError):
                raise SandboxUnavailable(f"the sandbox did not start: {error or type(error).__name__}") from error
            raise
        self.zygotes_started += 1
        return zygote

    async def _bury_retired(self) -> None:
        idle = [zygote for zygote in self._retired if zygote.dead or not zygote.children]
        for zygote in idle:
            self._retired.remove(zygote)
            await zygote.close()


async def _in_time(birth: Coroutine[None, None, Child]) -> Child:
    async with asyncio.timeout(_READY_S):
        return await birth


async def _test(zygote: "_Zygote") -> None:
    """Let a locked child try to break out.

    Raises:
        SandboxUnavailable: it found a hole.
    """
    rung = zygote.wall.rung
    if rung == "E" and zygote.plan.language_only:
        return  # nothing holds, and every answer says so
    if rung in {"D", "E"}:
        raise SandboxUnavailable(f"this machine holds no wall (rung {rung}); use a Linux with seccomp")
    if zygote.plan.variant == "node" and not zygote.wall.landlock_abi:
        raise SandboxUnavailable("JavaScript needs files, and this kernel has no Landlock to fence them (rung C)")
    with tempfile.NamedTemporaryFile("w", prefix="canary-") as canary, socket.create_server(("127.0.0.1", 0)) as trap:
        os.fchmod(canary.fileno(), 0o644)
        child = await zygote.spawn(SELFTEST)
        try:
            told = json.dumps({"canary": canary.name, "port": trap.getsockname()[1]}).encode()
            await asyncio.get_running_loop().sock_sendall(child.sock, len(told).to_bytes(4, "big") + told)
            answer = json.loads(await receive_frame(child, _FRAME_CAP))
        finally:
            child.end()
    if "holes" not in answer:
        raise SandboxUnavailable(f"the self-test broke: {answer.get('reason')}")
    if answer["holes"]:
        raise SandboxUnavailable(f"the wall has holes, a locked child could: {', '.join(answer['holes'])}")


@dataclass(slots=True, eq=False)
class _Zygote:
    """One zygote process."""

    plan: Plan
    number: int
    group: Group | None = None
    """It joins this before it has a child."""
    wall: Wall = field(default_factory=Wall)
    spawned: int = 0
    """Children, the self-test's among them."""
    started_at: float = 0.0
    """By the loop's clock, seconds."""
    dead: bool = False
    children: dict[int, Child] = field(default_factory=dict)
    _orders: "deque[asyncio.Future[Child]]" = field(default_factory=deque)
    _control: socket.socket | None = None
    _process: "subprocess.Popen[bytes] | None" = None

    async def start(self) -> None:
        """Exec the zygote and wait until it is locked.

        Raises:
            EOFError: with its last words.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self.started_at = asyncio.get_running_loop().time()
        ours.setblocking(False)
        path, package = _import_paths()
        boot = BOOT.format(path=path, package=package, descriptor=theirs.fileno())
        with theirs:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - a vfork; the zygote's own start is awaited
                [sys.executable, "-s", "-S", "-P", "-c", boot],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env=_ENVIRONMENT, cwd="/", pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        if self.group is not None:
            self.group.add(self._process.pid)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(ours, json.dumps(asdict(self.plan)).encode())
        answer = await loop.sock_recv(ours, _FRAME_CAP)
        if answer[:1] != b"U":
            raise EOFError(self._last_words())
        self.wall = replace(Wall(**json.loads(answer[1:])), cgroup=self.group is not None)
        assert self._process.stderr is not None
        self._process.stderr.close()
        loop.add_reader(ours.fileno(), self._hear)

    async def spawn(self, kind: bytes) -> Child:
        """Order one child and wait until it says ready.

        Raises:
            EOFError: the zygote or the child ended first, with the reason.
        """
        if self.dead or self._control is None:
            raise EOFError("the zygote is gone")
        loop = asyncio.get_running_loop()
        order: asyncio.Future[Child] = loop.create_future()
        self._orders.append(order)
        self.spawned += 1
        try:
            await loop.sock_sendall(self._control, kind)
        except OSError as error:
            order.cancel()
            raise EOFError("the zygote hung up") from error
        try:
            child = await order
        except asyncio.CancelledError:  # whoever cancelled may have come a moment after the birth
            if order.done() and not order.cancelled() and order.exception() is None:
                order.result().end()
            raise
        try:
            _expect_ready(json.loads(await receive_frame(child, _FRAME_CAP)))
        except BaseException:
            child.end()
            raise
        return child

    async def close(self) -> None:
        """Hang up, which ends the zygote, and reap it."""
        self._die()
        if self._process is not None:
            self._process.kill()
            self._process.wait()  # at once: it was killed
            if self._process.stderr is not None:
                self._process.stderr.close()

    def has_ended(self) -> bool:
        """Whether the process is gone, though its hanging up may not have been heard yet."""
        if self._process is not None and self._process.poll() is not None:
            self._die()
        return self.dead

    def _hear(self) -> None:
        assert self._control is not None
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, 256, 4)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        if packet[:1] == b"B":
            self._born(BORN.unpack(packet)[1], descriptors)
        elif packet[:1] == b"G":
            _, pid, status, kilobytes = GONE.unpack(packet)
            child = self.children.pop(pid, None)
            if child is not None and not child.exited.done():
                child.exited.set_result(Exit(status, kilobytes / 1024))
        else:
            self._die()

    def _born(self, pid: int, descriptors: list[int]) -> None:
        sock = socket.socket(fileno=descriptors[0])
        sock.setblocking(False)
        child = Child(pid, descriptors[1], sock, asyncio.get_running_loop().create_future(), self.number)
        self.children[pid] = child
        order = self._orders.popleft()
        if order.cancelled():
            child.end()
        else:
            order.set_result(child)

    def _die(self) -> None:
        """The zygote is gone, and with it all its children."""
        self.dead = True
        if self._control is not None:
            with contextlib.suppress(RuntimeError, ValueError):
                asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()
            self._control = None
        for order in self._orders:
            if not order.done():
                order.set_exception(EOFError("the zygote ended"))
        self._orders.clear()
        for child in self.children.values():
            if not child.exited.done():
                child.exited.set_result(Exit(lost=True))
        self.children.clear()

    def _last_words(self) -> str:
        assert self._process is not None
        assert self._process.stderr is not None
        self._process.kill()
        text = self._process.stderr.read().decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "the zygote ended without a word"


def _expect_ready(frame: dict[str, object]) -> None:
    if frame.get("ready") is not True:
        raise EOFError(f"it could not be locked: {frame.get('reason')}")


def _import_paths() -> tuple[list[str], str]:
    """Where the zygote finds RestrictedPython, and our package."""
    found = importlib.util.find_spec("RestrictedPython")
    if found is None or found.origin is None:
        raise SandboxUnavailable("RestrictedPython is not installed: install the project's requirements")
    return [str(Path(found.origin).parent.parent)], str(Path(__file__).parent)
