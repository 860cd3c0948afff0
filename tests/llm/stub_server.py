"""OpenAI-compatible servers on the loopback that misbehave on purpose: real sockets, real HTTP."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal, Self, cast, get_args

__all__ = ["Fault", "StubServer", "servers"]

Fault = Literal[
    "ok", "http500", "http429", "http400", "http401", "hang", "slow_loris", "cut_stream", "invalid_json", "refused",
    "garbage_stream", "empty", "no_end",
]  # fmt: skip
ANSWER = "```js\nreturn [];\n```"


class StubServer:
    """Serves `/v1/chat/completions`; `faults` says how, call after call (the last one stays, or all come again)."""

    def __init__(
        self,
        *faults: Fault,
        again: bool = False,
        retry_after_s: float = 7,
        delay_s: float = 0.0,
        answer: str = ANSWER,
        port: int = 0,
    ) -> None:
        self.faults: Iterator[Fault] = itertools.chain(faults[:-1], itertools.repeat(faults[-1] if faults else "ok"))
        if again:
            self.faults = itertools.cycle(faults)
        self.port = port
        self.retry_after_s = retry_after_s
        self.delay_s = delay_s
        self.answer = answer
        self.calls = 0
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.base_url = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 1)

    def becomes(self, *faults: Fault) -> None:
        """Behave otherwise from now on."""
        self.faults = itertools.chain(faults[:-1], itertools.repeat(faults[-1]))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:"))
        body = json.loads(await reader.readexactly(length))
        self.calls += 1
        self.bodies.append(body)
        self.keys += [line.partition(":")[2].strip() for line in head.split("\r\n") if line.startswith("authorization")]
        await asyncio.sleep(self.delay_s)
        fault = next(self.faults)
        if fault in {"http500", "http429", "http400", "http401"}:
            await self._error(writer, int(fault.removeprefix("http")))
            return True
        return await self._answer(fault, writer, streamed=bool(body.get("stream")))

    async def _error(self, writer: asyncio.StreamWriter, status: int) -> None:
        error = {"message": f"stub says {status}", "type": "stub", "code": str(status)}
        extra = f"retry-after: {self.retry_after_s:g}\r\n" if status == 429 else ""
        await _send(writer, status, json.dumps({"error": error}), extra=extra)

    async def _answer(self, fault: Fault, writer: asyncio.StreamWriter, *, streamed: bool) -> bool:
        match fault:
            case "hang":
                await asyncio.sleep(3600)
            case "refused":
                return False
            case "slow_loris":
                await _dribble(writer)
            case "invalid_json":
                await _send(writer, 200, "<html>gateway</html>")
            case _ if streamed:
                return await self._stream(fault, writer)
            case _:
                await _send(writer, 200, json.dumps(self._whole("" if fault == "empty" else self.answer)))
        return True

    async def _stream(self, fault: Fault, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        if fault == "garbage_stream":
            _event(writer, "{not json")
        pieces = [] if fault == "empty" else [self.answer[:9], self.answer[9:]]
        for number, piece in enumerate(pieces):
            _event(writer, json.dumps(self._piece({"role": "assistant", "content": piece})))
            await writer.drain()
            if fault == "cut_stream" and number == 0:
                return False
        if fault != "no_end":
            _event(writer, json.dumps(self._piece({}, "stop")))
            usage = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19}
            _event(writer, json.dumps({**self._piece({}), "choices": [], "usage": usage}))
            _event(writer, "[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _whole(self, text: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {
            "id": "stub",
            "object": "chat.completion",
            "created": 1,
            "model": "stub",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19},
        }

    def _piece(self, delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return {"id": "stub", "object": "chat.completion.chunk", "created": 1, "model": "stub", "choices": choices}


@asynccontextmanager
async def servers(*stubs: StubServer) -> AsyncIterator[None]:
    """Start all of them, stop all of them."""
    async with AsyncExitStack() as stack:
        for stub in stubs:
            await stack.enter_async_context(stub)
        yield


async def _send(writer: asyncio.StreamWriter, status: int, body: str, extra: str = "") -> None:
    data = body.encode()
    head = f"HTTP/1.1 {status} Stub\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n{extra}\r\n"
    writer.write(head.encode() + data)
    await writer.drain()


def _event(writer: asyncio.StreamWriter, data: str) -> None:
    payload = f"data: {data}\n\n".encode()
    writer.write(f"{len(payload):x}\r\n".encode() + payload + b"\r\n")


async def _dribble(writer: asyncio.StreamWriter) -> None:
    """One header byte every 50 ms, for ever."""
    for byte in itertools.chain(b"HTTP/1.1 200 OK\r\n", itertools.cycle(b"x")):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


def make(name: str) -> StubServer:
    """Return the server of a fault, or of one of the two that come and go."""
    if name == "flapping":
        return StubServer("http500", "ok", again=True)
    if name == "brown_out":
        return StubServer("http500", "ok", "ok", again=True, delay_s=0.05)
    assert name in get_args(Fault), name
    return StubServer(cast("Fault", name))


async def serve(names: list[str]) -> None:
    """Serve until stdin is closed; print one base URL a line. A process of its own: the client's loop stays its own."""
    stubs = [make(name) for name in names]
    async with servers(*stubs):
        print(*(stub.base_url for stub in stubs), sep="\n", flush=True)  # noqa: T201 - who started us reads it
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
