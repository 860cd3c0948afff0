"""The zygote: one small single-threaded process that locks itself, then forks single-use children on demand.

It is exec'd with no environment but a fixed hash seed and UTC, and never reads a request: a child reads its own, from
its own socket, so nothing of one execution is in the memory that another inherits. It speaks over one seqpacket socket,
the controller's: `Plan` in, then orders for children; out come `up`, a `born` for each child (with its socket
and pidfd) and one `gone`. With the variant `node` a locked child becomes another program, `Plan.argv`, which finds its
socket on descriptor 3, says `{"ready": true}` and answers as `frames` tells.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from sandbox.lockdown.kernel import Prctl, fork, is_linux, prctl
from sandbox.lockdown.ladder import lock_child, lock_zygote
from sandbox.lockdown.seccomp import Filter, Variant
from sandbox.lockdown.selftest import probe

__all__ = ["BOOT", "BORN", "CHILD_SOCKET", "FORK", "GONE", "HASTE", "SELFTEST", "Plan", "main"]

CHILD_SOCKET = 3
"""The one descriptor of a child, beside 0, 1 and 2 on /dev/null."""
BORN = struct.Struct("!cI")
"""b"B", pid; with the socket and the pidfd."""
GONE = struct.Struct("!cIiI")
"""b"G", pid, wait status, peak resident kilobytes."""
_TWO_DESCRIPTORS = struct.Struct("@ii")
SELFTEST = b"T"
FORK = b"F"
HASTE = b"H"
"""A child whose request waits already: to warm it up would make the request wait for what it does itself."""

BOOT = (
    "import sys, types; sys.path[:0] = {path!r}; package = types.ModuleType('sandbox');"
    "package.__path__ = [{package!r}]; sys.modules['sandbox'] = package;"
    "from sandbox.zygote import main; main({descriptor})"
)
"""The package's own front door imports the controller, which no child should hold: a bare package stands in."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a zygote's children are, and what they may keep.

    Example of another program, here Node (measured: without /dev/null its OpenSSL ends it with status 13):
        Plan(
            "node", memory_mb=512 + 512, argv=(node, "--max-old-space-size=512", "/.../sandbox/javascript/runner.cjs"),
            environment=(("OPENSSL_CONF", "/dev/null"),),
            read=("/.../sandbox/javascript", "/etc/ld.so.cache", "/dev/null"),
            execute=(node, *libraries_and_loader),
        )

    The filter does not compare the path of the one exec: Landlock leaves `execute` alone executable, what is exec'd
    inherits every lock, and whoever takes Node over gains nothing by starting it again.
    """

    variant: Variant
    memory_mb: int
    """Address space of a Python child; writable memory of a Node one (RLIMIT_DATA, its heap and more)."""
    language_layer: bool = True
    """Off in tests of the wall alone: no setting and no request reaches it."""
    language_only: bool = False
    """Run on rung E, where nothing else holds the code; the operator's word, and of no effect on another rung."""
    namespaces: bool = True
    """Off in tests that stand on a plain user's footing."""
    own_user: bool = True
    """Off where no other user can reach the program that a child becomes; rights and capabilities go all the same."""
    argv: tuple[str, ...] = ()
    """For `node`: what a child becomes, by absolute path, once it is locked."""
    environment: tuple[tuple[str, str], ...] = ()
    """For `node`: the whole environment."""
    read: tuple[str, ...] = ()
    """Files and folders that stay readable."""
    execute: tuple[str, ...] = ()
    """Files that stay executable."""


def main(descriptor: int) -> NoReturn:
    """Run until the controller hangs up."""
    prctl(Prctl.PDEATHSIG, signal.SIGKILL)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    plan = _read_plan(control.recv(1 << 16))
    serve = _prepare(plan)
    wall = lock_zygote(
        plan.variant, plan.memory_mb, plan.read, plan.execute, namespaces=plan.namespaces, own_user=plan.own_user
    )
    os.dup2(1, 2)  # from here on nobody listens to stderr
    control.send(b"U" + json.dumps(asdict(wall)).encode())
    _Nursery(control, plan, serve).run()


def _read_plan(packet: bytes) -> Plan:
    told: dict[str, Any] = json.loads(packet)
    told["environment"] = tuple((name, value) for name, value in told["environment"])
    told |= {name: tuple(told[name]) for name in ("argv", "read", "execute")}
    return Plan(**told)


def _prepare(plan: Plan) -> Any:
    """Import all that a child will need, for it can read no file."""
    if plan.variant == "node":
        return None
    sys.modules["ssl"] = None  # type: ignore[assignment]  # asyncio does without, and a child is 1 MB smaller
    from sandbox.python.child import Child

    return Child(language_layer=plan.language_layer)


class _Nursery:
    """Forks, and tells of births and deaths."""

    def __init__(self, control: socket.socket, plan: Plan, served: Any) -> None:
        self.control = control
        self.plan = plan
        self.served = served
        self.pid = os.getpid()
        self.filter = None if plan.language_only and not is_linux() else Filter(plan.variant)
        self.wake_read, self.wake_write = socket.socketpair()
        self.wake_read.setblocking(False)
        self.wake_write.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write.fileno(), warn_on_full_buffer=False)

    def run(self) -> NoReturn:
        gc.collect()
        gc.freeze()
        gc.disable()
        ready = select.poll()
        ready.register(self.control, select.POLLIN)
        ready.register(self.wake_read, select.POLLIN)
        while True:
            for descriptor, _ in ready.poll():
                if descriptor == self.control.fileno():
                    self._obey()
                else:
                    self._bury()

    def _obey(self) -> None:
        order = self.control.recv(64)
        if not order:
            os._exit(0)  # the children die with their parent
        self._fork(order)

    def _fork(self, order: bytes) -> None:
        ours, theirs = socket.socketpair()
        pid = fork()
        if pid == 0:
            self._become_child(theirs, order)
        theirs.close()
        pidfd = os.pidfd_open(pid)
        told = (socket.SOL_SOCKET, socket.SCM_RIGHTS, _TWO_DESCRIPTORS.pack(ours.fileno(), pidfd))
        self.control.sendmsg([BORN.pack(b"B", pid)], [told])
        os.close(pidfd)
        ours.close()

    def _bury(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.wake_read.recv(4096)
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.control.send(GONE.pack(b"G", pid, status, usage.ru_maxrss))

    def _become_child(self, theirs: socket.socket, order: bytes) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)  # SIGCHLD's handler, which does nothing, may stay: a child has no children
            os.dup2(theirs.fileno(), CHILD_SOCKET, inheritable=True)
            os.closerange(CHILD_SOCKET + 1, 256)
            self._live(order)
        except BaseException as error:  # noqa: BLE001 - a child that cannot be locked says why and ends
            _last_words(error)
        os._exit(1)

    def _live(self, order: bytes) -> None:
        node = self.plan.variant == "node"
        if not node and order == FORK:
            self.served.warm_up()
        lock_child(self.filter, self.pid)
        if order == SELFTEST:
            _answer_selftest(may_map_code=node)
        elif node:
            os.execve(self.plan.argv[0], list(self.plan.argv), dict(self.plan.environment))  # noqa: S606 - no shell, and that is the point
        else:
            self.served.serve(CHILD_SOCKET)


def _last_words(error: BaseException) -> None:
    reason = f"{type(error).__name__}: {error}"
    _send(json.dumps({"ready": False, "reason": reason}).encode())


def _answer_selftest(*, may_map_code: bool) -> None:
    _send(b'{"ready":true}')
    size = int.from_bytes(os.read(CHILD_SOCKET, 4), "big")
    told = json.loads(os.read(CHILD_SOCKET, size))
    holes = probe(told["canary"], told["port"], may_map_code=may_map_code)
    _send(json.dumps({"holes": holes}).encode())


def _send(body: bytes) -> None:
    os.write(CHILD_SOCKET, len(body).to_bytes(4, "big") + body)
