"""What a locked child tries at every start of a zygote; whatever succeeds is a hole, and nobody is served."""

import ctypes
import fcntl
import mmap
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

__all__ = ["probe"]


def probe(canary: str, port: int, *, may_map_code: bool) -> list[str]:
    """Try to break out.

    Args:
        canary: a file that anybody may read.
        port: where something listens on 127.0.0.1.
        may_map_code: a JIT is allowed to map executable memory.

    Returns:
        the names of what succeeded; empty when the wall holds.
    """
    attempts: dict[str, Callable[[], Any]] = {
        "read a file": lambda: os.close(os.open(canary, os.O_RDONLY)),
        "write a file": lambda: os.close(os.open(canary + ".new", os.O_WRONLY | os.O_CREAT)),
        "connect": lambda: _connect(port),
        "open a unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "fork": _fork,
        "signal the parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
        "have a socket signal the parent": _own_socket,
    }
    if not may_map_code:
        attempts["map executable memory"] = lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()
        attempts["make memory executable"] = _make_executable
    holes = [name for name, attempt in attempts.items() if _succeeds(attempt)]
    # An exec that works never comes back; the missing answer tells.
    if _succeeds(lambda: os.execv("/bin/true", ["true"])):  # noqa: S606 - it must fail
        holes.append("exec")
    return holes


def _succeeds(attempt: Callable[[], Any]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _connect(port: int) -> None:
    with socket.socket() as client:
        client.connect((b"127.0.0.1", port))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _own_socket() -> None:
    """F_SETOWN: the kernel signals the owner of a socket when data comes, on our behalf."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fcntl.fcntl(ours, fcntl.F_SETOWN, os.getppid())


def _make_executable() -> None:
    memory = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if ctypes.CDLL(None, use_errno=True).mprotect(ctypes.c_void_p(address), 4096, mmap.PROT_READ | mmap.PROT_EXEC) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
