"""One Python child: warmed and locked by the zygote, it reads one request, runs it on each input, answers and ends."""

import gc
import importlib
import json
import os
import sys
import types
from typing import NoReturn

from sandbox.codes import ASK, HANDED
from sandbox.lockdown.limits import lock_execution
from sandbox.python.execution import Execution
from sandbox.python.replacements import keep_zones_in_memory

__all__ = ["Child"]

_USER_MODULE = "__main__"
_PRELOADED = (
    "_strptime",
    *(
        "encodings." + name
        for name in (
            "ascii",
            "base64_codec",
            "big5",
            "charmap",
            "cp1250",
            "cp1251",
            "cp1252",
            "cp437",
            "cp850",
            "euc_jp",
            "euc_kr",
            "gb18030",
            "gbk",
            "hex_codec",
            "idna",
            "iso8859_1",
            "iso8859_15",
            "iso8859_2",
            "koi8_r",
            "latin_1",
            "mac_roman",
            "punycode",
            "quopri_codec",
            "raw_unicode_escape",
            "rot_13",
            "shift_jis",
            "unicode_escape",
            "utf_16",
            "utf_16_be",
            "utf_16_le",
            "utf_32",
            "utf_7",
            "utf_8_sig",
            "zlib_codec",
        )
    ),
)
"""What the standard library imports late: a locked child can read no file."""
_WARM_UPS = 20
"""Before the fork, until the interpreter has specialised the code and writes no more to its pages."""
_THOROUGH = """
class W:
    def __init__(self, a):
        self._a = a
result = [f"{k}" for k, v in {"a": W(1)}.items()]
print(sum([1, x]))
"""
_CHUNK = 65_536
_read = json.JSONDecoder().raw_decode
_SHORT = "result = [x + 1]"
"""In each child: the pages that every code touches, and no more, for a touched page is a copied page."""


class Child:
    """All that one execution needs, imported before the fork."""

    def __init__(self, *, language_layer: bool = True) -> None:
        self.language_layer = language_layer
        for name in _PRELOADED:
            importlib.import_module(name)
        keep_zones_in_memory()
        for _ in range(_WARM_UPS):
            self.warm_up(_THOROUGH)
        sys.modules[_USER_MODULE] = types.ModuleType(_USER_MODULE)

    def warm_up(self, code: str = _SHORT) -> None:
        """Touch the pages that a run will touch, while nobody waits."""
        limits = {"output_bytes": 1000, "result_bytes": 1000}
        request = {"code": code, "dialect": "auto", "contexts": [{"x": 1}], "rules": None, "limits": limits}
        told, _ = _read(json.dumps(request))
        execution = Execution(told, language_layer=self.language_layer)
        for context in told["contexts"]:
            execution.answer(context)

    def serve(self, descriptor: int) -> NoReturn:
        """Say ready, read one request, answer, end."""
        wire = _Wire(descriptor)
        wire.send(b'{"ready":true}')
        request, _ = _read(wire.receive().decode())
        ticket = wire.receive()
        limits = request["limits"]
        lock_execution(limits["memory_mb"], int(limits["timeout_s"]) + 2)
        gc.freeze()  # what the warm-up left is no garbage to look for
        gc.enable()
        execution = Execution(request, language_layer=self.language_layer)
        if ticket == ASK:
            wire.send(HANDED + execution.compiled_bytes())
        elif ticket:
            execution.load(ticket[1:])
        for context in request["contexts"]:
            wire.send(execution.answer(context))
        os._exit(0)


class _Wire:
    """The socket; what it calls is bound before foreign code can replace it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unread = b""
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
        parts = bytearray(self._unread)
        while self._length(parts) < size:
            part = self._read(self._descriptor, _CHUNK)
            if not part:
                os._exit(0)  # the controller hung up
            parts += part
        self._unread = bytes(parts[size:])
        return bytes(parts[:size])
