"""A tiny HTTP door before a sandbox, for attack harnesses: POST /api/v1/code/execute, one connection a request.

`python -m tests.sandbox.service --port 8123 [--no-language-layer] [--plain-user] [--memory-mb N]`. The language layer
can be switched off here and nowhere else; `--plain-user` gives up root and asks for no namespace.
"""

import argparse
import asyncio
import json
import os
import tempfile
from dataclasses import replace

from sandbox import ExecutionRequest, Limits, Sandbox, SandboxBusy, javascript
from sandbox.types import Language
from sandbox.zygote import Plan

_NOBODY = 65534
_BODY_CAP = 32 << 20


async def answer(sandbox: Sandbox, body: bytes) -> tuple[int, dict[str, object]]:
    """One request of the wire as one execution."""
    asked = json.loads(body)
    request = ExecutionRequest(
        asked["code"],
        asked.get("language", "python"),
        contexts=[asked.get("context", {})],
        limits=Limits(timeout_s=float(asked.get("timeout", 30))),
    )
    try:
        [result] = await sandbox.execute(request)
    except SandboxBusy as error:
        return 503, {"success": False, "error": str(error)}
    return 200, {
        "success": result.success,
        "result": result.result,
        "stdout": result.stdout,
        "stderr": result.stderr,
        "execution_time_ms": result.execution_time_ms,
        "cached": result.cached,
        "error": result.error and f"{result.error.type}: {result.error.message}",
    }


async def serve(port: int, plans: dict[Language, Plan]) -> None:
    """Answer until killed."""
    async with Sandbox(plans=plans) as sandbox:

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:  # a knock, to see whether we are up
                writer.close()
                return
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            size = int(lengths[0].partition(b":")[2]) if lengths else 0
            status, told = await answer(sandbox, await reader.readexactly(min(size, _BODY_CAP)))
            text = json.dumps(told).encode()
            writer.write(
                f"HTTP/1.0 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n".encode()
            )
            writer.write(text)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", port)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the port, for whoever gave 0
        async with server:
            await server.serve_forever()


def become_plain_user() -> None:
    """Give up root for good."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--no-language-layer", action="store_true")
    parser.add_argument("--plain-user", action="store_true")
    parser.add_argument("--memory-mb", type=int, default=512)
    asked = parser.parse_args()
    if asked.plain_user:
        become_plain_user()
        os.chdir(tempfile.gettempdir())
    layer, namespaces = not asked.no_language_layer, not asked.plain_user
    plans: dict[Language, Plan] = {
        "python": Plan("python", asked.memory_mb, language_layer=layer, namespaces=namespaces),
        "javascript": replace(javascript.plan(512, language_layer=layer), namespaces=namespaces),
    }
    asyncio.run(serve(asked.port, plans))


if __name__ == "__main__":
    main()
