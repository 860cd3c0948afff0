"""The floor to compare with: a warm Python that forks for each request, without any layer of isolation."""

import json
import os
import socket
import sys
from pathlib import Path

__all__ = ["main", "start"]


def start() -> tuple[int, str]:
    """Fork the server off.

    Returns:
        its process id, and the path of its unix socket.
    """
    path = f"/tmp/fork-server-{os.getpid()}"
    Path(path).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(256)
    os.set_inheritable(listener.fileno(), True)
    code = f"from benchmarks.fork_server import main; main({listener.fileno()})"
    arguments = [sys.executable, "-c", code]
    pid = os.posix_spawn(sys.executable, arguments, os.environ)
    listener.close()
    return pid, path


def main(descriptor: int) -> None:
    """Serve: each connection is one request, answered by a child of its own."""
    import asyncio  # noqa: F401 - the same warm library that ours has
    import collections  # noqa: F401
    import datetime as dt  # noqa: F401
    import decimal  # noqa: F401
    import gc
    import re  # noqa: F401
    import signal
    import statistics  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    listener = socket.socket(fileno=descriptor)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            _answer(connection)
            os._exit(0)
        connection.close()


def _answer(connection: socket.socket) -> None:
    request = json.loads(connection.recv(1 << 20))
    names = dict(request["context"])
    exec(compile(request["code"], "<code>", "exec"), names)
    connection.sendall(json.dumps({"result": names["result"]}).encode())
