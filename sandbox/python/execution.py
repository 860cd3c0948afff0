"""One code on many inputs, each with fresh globals: compile, run, capture, serialise."""

import json
import marshal
import mmap
import random
import resource
import sys
import time
from collections.abc import Mapping
from typing import Any

from sandbox.codes import MOST_BYTES
from sandbox.n8n.python_node import PythonNode, parsed, rules_from
from sandbox.python import failures
from sandbox.python.answers import as_json
from sandbox.python.compiler import BODY, Compiled, compile_code, deciding_names, globals_for
from sandbox.python.nodes import nodes_of
from sandbox.python.output import Output
from sandbox.python.varying import varies

__all__ = ["Execution"]

_BALLAST = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE)
"""Given back when memory is used up, so that an answer can be written; a mapping nobody touches costs no page."""
_ADDRESS = " at 0x"


class Execution:
    """A request as the child sees it."""

    def __init__(self, request: Mapping[str, Any], *, language_layer: bool) -> None:
        self.request = request
        self.language_layer = language_layer
        self.node: PythonNode | None = None
        self.compiled: dict[frozenset[str], Compiled] = {}
        self.handed = b""
        self.seeded = False
        self.ballast = _BALLAST
        # Bound before foreign code runs, which may replace what the modules hold.
        self.dumps, self.clock, self.usage = json.dumps, time.thread_time, resource.getrusage
        self.wall_clock = time.perf_counter

    def compiled_bytes(self) -> bytes:
        """The compiled code for another child, before any of it runs; empty when there is none to share."""
        if self.request["dialect"] == "node" or any(map(deciding_names, self.request["contexts"])):
            return b""
        try:
            made = self._compile({})
            told = marshal.dumps((made.code, made.is_body, made.varies))
        except Exception:  # noqa: BLE001 - the answer will tell
            return b""
        return told if len(told) <= MOST_BYTES else b""

    def load(self, compiled: bytes) -> None:
        """Take what `compiled_bytes` gave for the same code; only ever called in a locked child."""
        self.handed = compiled

    def answer(self, context: Mapping[str, Any]) -> bytes:
        """Run on one input and encode what came of it."""
        limits = self.request["limits"]
        started, run_started = self.clock(), self.wall_clock()
        out, err = Output(limits["output_bytes"]), Output(limits["output_bytes"])
        outer, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), out, err
        answer: dict[str, Any] = {"ok": False, "error": None, "warnings": []}
        text = "null"
        try:
            text = self._run(context, answer)
            answer["ok"] = True
        except BaseException as error:  # noqa: BLE001 - whatever foreign code raises is its result
            self.ballast.close()
            answer |= failures.describe(error, node=self.request["dialect"] == "node")
        finally:
            sys.stdout, sys.stderr = outer
        if out.overflowed or err.overflowed:
            answer |= failures.output_limit(limits["output_bytes"])
        elif len(text) > limits["result_bytes"]:
            answer |= failures.result_limit(len(text), limits["result_bytes"])
        answer |= {"stdout": out.text(), "stderr": err.text(), "cpu_ms": (self.clock() - started) * 1000}
        answer["run_ms"] = (self.wall_clock() - run_started) * 1000
        answer["peak_mb"] = self.usage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if _ADDRESS in text or _ADDRESS in answer["stdout"]:
            answer["varies"] = "an address"
        return f'{self.dumps(answer)[:-1]},"result":{text if answer["ok"] else "null"}}}'.encode()

    def _run(self, context: Mapping[str, Any], answer: dict[str, Any]) -> str:
        """Run and serialise; what is noteworthy goes into `answer`."""
        if self.request["dialect"] == "node":
            result = self._run_node(context, answer)
        else:
            compiled = self._compile(context)
            answer["varies"] = compiled.varies
            self._throw_own_dice(compiled.varies)
            names = globals_for(context, language_layer=self.language_layer)
            exec(compiled.code, names)  # noqa: S102 - this is the place it is for
            result = names.pop(BODY)() if compiled.is_body else names.get("result")
        text, changes = as_json(result)
        answer["warnings"] += changes
        return text

    def _compile(self, context: Mapping[str, Any]) -> Compiled:
        """Compile once for all inputs, but for names that change the judgement."""
        names = deciding_names(context)
        if not names and self.handed:
            self.compiled[names] = Compiled(*marshal.loads(self.handed))  # noqa: S302 - that is what the lock is for
            self.handed = b""
        if names not in self.compiled:
            code, dialect = self.request["code"], self.request["dialect"]
            self.compiled[names] = compile_code(code, dialect, names, language_layer=self.language_layer)
        return self.compiled[names]

    def _throw_own_dice(self, varying: str | None) -> None:
        """Seed once, or every child would throw alike; code without chance does not pay for it (33 pages)."""
        if varying is not None and not self.seeded:
            random.seed()
            self.seeded = True

    def _run_node(self, context: Mapping[str, Any], answer: dict[str, Any]) -> Any:
        """Exactly as n8n's Python runner: its rules instead of the language layer."""
        if self.node is None:
            self.node = PythonNode(self.request["code"], rules_from(self.request["rules"]))
        answer["warnings"] += self.node.warnings
        answer["varies"] = varies(nodes_of(parsed(self.request["code"])))
        self._throw_own_dice(answer["varies"])
        return {"returned": self.node.run(context["items"], sys.stdout.write)}
