"""A locked child as the controller holds it, who makes one, and how its frames are read."""

import asyncio
import contextlib
import os
import signal
import socket
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.lockdown.ladder import Wall

__all__ = ["Child", "Exit", "Spawner", "receive_frame"]

_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Exit:
    """How a child ended; `lost` when its zygote went first."""

    status: int = 0
    """As wait(2) gives it."""
    peak_memory_mb: float = 0.0
    lost: bool = False

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return os.WTERMSIG(self.status) if not self.lost and os.WIFSIGNALED(self.status) else 0


@dataclass(slots=True, eq=False)
class Child:
    """A locked process that has said ready and waits for one request on `sock`."""

    pid: int
    pidfd: int
    sock: socket.socket
    exited: "asyncio.Future[Exit]"
    zygote: int = 0
    """The number of the zygote that made it, from 1."""
    unread: bytearray = field(default_factory=bytearray)
    """What came after the frame that was read last."""

    def end(self) -> None:
        """Kill it, whatever it does, and let go of it; calling twice is fine."""
        if self.pidfd < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        os.close(self.pidfd)
        self.sock.close()
        self.pidfd = -1


class Spawner(Protocol):
    """Makes children; one for each language."""

    @property
    def wall(self) -> Wall:
        """What holds the children."""

    async def open(self) -> None:
        """Start and test the wall.

        Raises:
            SandboxUnavailable: no wall on this machine, or a hole in it.
        """

    async def close(self) -> None:
        """End everything."""

    async def spawn(self, *, in_haste: bool = False) -> Child:
        """Make one ready child.

        Args:
            in_haste: somebody waits for it, so that warming it up would save nobody any time.

        Raises:
            SandboxFault: it could not be made.
        """


async def receive_frame(child: Child, most: int) -> bytes:
    """Read one frame of a child.

    Raises:
        EOFError: the child is gone.
        OverflowError: the frame is longer than `most` bytes.
    """
    parts = child.unread
    while len(parts) < 4:
        parts += await _some(child.sock)
    size = int.from_bytes(parts[:4], "big")
    if size > most:
        raise OverflowError(size)
    while len(parts) < size + 4:
        parts += await _some(child.sock)
    body = bytes(parts[4 : size + 4])
    del parts[: size + 4]
    return body


async def _some(sock: socket.socket) -> bytes:
    try:
        part = await asyncio.get_running_loop().sock_recv(sock, _CHUNK)
    except ConnectionError as error:
        raise EOFError from error
    if not part:
        raise EOFError
    return part
