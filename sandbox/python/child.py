"""One Python child: warmed and locked by the zygote, it reads one request, runs it on each input, answers and ends."""

import gc
import io
import json
import os
import resource
import sys
import time
import types
from collections.abc import Mapping
from typing import Any, NoReturn

from sandbox.lockdown.limits import lock_execution
from sandbox.n8n.python_node import PythonNode, rules_from
from sandbox.python import failures
from sandbox.python.answers import as_json
from sandbox.python.compiler import BODY, compile_code, globals_for

__all__ = ["Child"]

_USER_MODULE = "__main__"


class Child:
    """All that one execution needs, imported before the fork."""

    def __init__(self, *, language_layer: bool = True) -> None:
        self.language_layer = language_layer

    def warm_up(self) -> None:
        """Touch the pages that a run will touch, while nobody waits."""
        request = {
            "code": "class _W:\n    def __init__(self, a):\n        self._a = a\n"
            "result = [f'{k}' for k, v in {'a': _W(1)}.items()]\nprint(sum([1]), file=None)",
            "dialect": "auto",
            "contexts": [{"items": [{"json": {"a": 1}}]}],
            "rules": None,
            "limits": {"output_bytes": 100, "result_bytes": 1000},
        }
        for _ in self.answers(json.loads(json.dumps(request))):
            pass

    def serve(self, descriptor: int) -> NoReturn:
        """Say ready, read one request, answer, end."""
        sys.modules[_USER_MODULE] = types.ModuleType(_USER_MODULE)
        wire = _Wire(descriptor)
        wire.send(b'{"ready":true}')
        request = json.loads(wire.receive())
        limits = request["limits"]
        lock_execution(limits["memory_mb"], int(limits["timeout_s"]) + 2)
        gc.enable()
        for answer in self.answers(request):
            wire.send(answer)
        os._exit(0)

    def answers(self, request: dict[str, Any]) -> Any:
        """Run the request; yields one encoded answer for each context."""
        execution = _Execution(request, language_layer=self.language_layer)
        for context in request["contexts"]:
            yield execution.answer(context)


class _Wire:
    """The socket; what it calls is bound before foreign code can replace it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._write, self._read, self._length = os.write, os.read, len

    def send(self, body: bytes) -> None:
        frame = self._length(body).to_bytes(4, "big") + body
        view = memoryview(frame)
        while view.nbytes:
            view = view[self._write(self._descriptor, view) :]

    def receive(self) -> bytes:
        size = int.from_bytes(self._exactly(4), "big")
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while self._length(parts) < size:
            part = self._read(self._descriptor, min(size - self._length(parts), 1 << 20))
            if not part:
                os._exit(0)  # the controller hung up
            parts += part
        return bytes(parts)


class OutputLimit(BaseException):
    """More was printed than the limit; not an Exception, so that user code does not swallow it by habit."""


class _Output(io.TextIOBase):
    """Captured text with a cap in UTF-8 bytes."""

    def __init__(self, most_bytes: int) -> None:
        self.parts: list[str] = []
        self.left = most_bytes
        self.overflowed = False

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if size > self.left:
            self.parts.append(text[: self.left])
            self.left = 0
            self.overflowed = True
            raise OutputLimit
        self.left -= size
        self.parts.append(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts)


class _Execution:
    """One code, many inputs."""

    def __init__(self, request: dict[str, Any], *, language_layer: bool) -> None:
        self.request = request
        self.limits = request["limits"]
        self.language_layer = language_layer
        self.dumps = json.dumps
        self.clock = time.process_time

    def answer(self, context: Mapping[str, Any]) -> bytes:
        started = self.clock()
        out, err = _Output(self.limits["output_bytes"]), _Output(self.limits["output_bytes"])
        outer, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), out, err
        answer: dict[str, Any] = {"ok": False, "result": None, "error": None, "warnings": []}
        try:
            text, changes = as_json(self._run(context, answer["warnings"]))
            answer["warnings"] += changes
            answer["ok"] = True
        except BaseException as error:  # noqa: BLE001 - whatever foreign code raises is its result
            text = "null"
            answer |= failures.describe(error, node=self.request["dialect"] == "node")
        sys.stdout, sys.stderr = outer
        if out.overflowed or err.overflowed:
            answer |= failures.output_limit(self.limits["output_bytes"])
            text = "null"
        elif len(text) > self.limits["result_bytes"]:
            answer |= failures.result_limit(len(text), self.limits["result_bytes"])
            text = "null"
        answer |= {
            "stdout": out.text(),
            "stderr": err.text(),
            "cpu_ms": (self.clock() - started) * 1000,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        del answer["result"]
        return f'{self.dumps(answer)[:-1]},"result":{text}}}'.encode()

    def _run(self, context: Mapping[str, Any], warnings: list[str]) -> Any:
        if self.request["dialect"] == "node":
            return self._run_node(context, warnings)
        code, body = compile_code(
            self.request["code"], self.request["dialect"], names=context, language_layer=self.language_layer
        )
        names = globals_for(context, language_layer=self.language_layer)
        exec(code, names)  # noqa: S102 - this is the place it is for
        return names.pop(BODY)() if body else names.get("result")

    def _run_node(self, context: Mapping[str, Any], warnings: list[str]) -> Any:
        """Exactly as n8n's Python runner: its rules instead of the language layer."""
        node = PythonNode(self.request["code"], rules_from(self.request["rules"]))
        warnings += node.warnings
        return {"returned": node.run(context["items"], sys.stdout.write)}
