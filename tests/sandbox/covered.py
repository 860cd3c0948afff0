"""Coverage of zygotes and of locked children, which can write no file: they tell of their lines over a socket.

Used when the tests run under coverage: `listening` makes every zygote start with a tracer and a datagram socket on a
descriptor that children do not close; before anything is answered, the lines so far are sent to this process.
"""

import contextlib
import json
import os
import socket
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coverage

__all__ = ["begin", "listening", "tell_before_answers"]

_DESCRIPTOR = 400
"""Above the 256 that a child closes."""
_MOST_BYTES = 1 << 20
_ROOT = Path(__file__).parents[2]
_traced: list[coverage.Coverage] = []


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Cover zygotes too, when this process is covered."""
    if coverage.Coverage.current() is None:
        yield
        return
    from sandbox import spawner
    from sandbox.zygote import BOOT

    lines: defaultdict[str, set[int]] = defaultdict(set)
    with (
        tempfile.TemporaryDirectory(prefix="covered-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear,
    ):
        ear.bind(f"{folder}/s")
        Path(folder).chmod(0o755)
        Path(folder, "s").chmod(0o777)
        thread = threading.Thread(target=_collect, args=(ear, lines))
        thread.start()
        vars(spawner)["BOOT"] = _boot(BOOT, f"{folder}/s")
        try:
            yield
        finally:
            vars(spawner)["BOOT"] = BOOT
            ear.sendto(b"", f"{folder}/s")
            thread.join()
    _write(lines)


def _boot(plain: str, path: str) -> str:
    site = str(Path(coverage.__file__).parent.parent)
    begin = (
        f"import sys; sys.path[:0] = [{site!r}, {str(_ROOT)!r}]; import tests.sandbox.covered as c; c.begin({path!r});"
    )
    return begin + plain.replace("main({descriptor})", "c.tell_before_answers(); main({descriptor})")


def _collect(ear: socket.socket, lines: defaultdict[str, set[int]]) -> None:
    while packet := ear.recv(_MOST_BYTES):
        for name, numbers in json.loads(packet).items():
            lines[name].update(numbers)


def _write(lines: defaultdict[str, set[int]]) -> None:
    data = coverage.CoverageData(basename=str(_ROOT / ".coverage"), suffix=f"children.{os.getpid()}")
    data.add_lines(lines)
    data.write()


# in the zygote -------------------------------------------------------------------------------------------------------


def begin(path: str) -> None:
    """Trace from here on, before the zygote's own modules are imported."""
    mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    mouth.connect(path)
    os.dup2(mouth.fileno(), _DESCRIPTOR)
    mouth.close()
    tracer = coverage.Coverage(data_file=None, config_file=False, include=[f"{_ROOT}/sandbox/*"])
    tracer.start()
    _traced.append(tracer)


def tell_before_answers() -> None:
    """Send the lines before each frame and after each fork, for the next moment may bring the end."""
    from sandbox import zygote
    from sandbox.python.child import _Wire

    _Wire.send = _telling(_Wire.send)  # type: ignore[method-assign]
    zygote._send = _telling(zygote._send)
    zygote._Nursery._bury = _telling(zygote._Nursery._bury)  # type: ignore[method-assign]


def _telling(function: Callable[..., Any]) -> Callable[..., Any]:
    def told(*arguments: Any) -> Any:
        _tell()
        return function(*arguments)

    return told


def _tell() -> None:
    collected = _traced[0]._collector
    assert collected is not None
    lines = {name: sorted(numbers) for name, numbers in collected.data.items() if isinstance(numbers, set)}
    with contextlib.suppress(OSError):
        os.write(_DESCRIPTOR, json.dumps(lines).encode())
