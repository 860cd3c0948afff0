"""How each kind of service is asked whether it is there."""

import asyncio
import shutil
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sandbox import Sandbox, SandboxFault
from sandbox.types import ExecutionRequest
from tools.errors import ProviderError, StorageError
from tools.health.condition import Reading
from tools.health.monitor import Probe

__all__ = [
    "disk_probe",
    "n8n_probe",
    "pgvector_probe",
    "providers_probe",
    "redis_probe",
    "sandbox_probe",
    "storage_probe",
]

_LONGEST_S = 60.0
"""The monitor's own deadline is what counts; this one only keeps httpx from its default of 5."""
_DISK_LOW_MB, _DISK_FULL_MB = 512, 32


def sandbox_probe(box: Sandbox) -> Probe:
    """Run a line of Python in it, and say on which rung of isolation."""

    async def probe() -> Reading:
        [result] = await box.execute(ExecutionRequest("result = 6 * 7"))
        if result.result != 42:
            raise SandboxFault(f"6 * 7 gave {result.error or result.result}")
        elapsed_ms = round(result.execution_time_ms, 2)
        return Reading({"isolation": box.isolation, "memory_bound": box.memory_bound, "execution_time_ms": elapsed_ms})

    return probe


def storage_probe(check: Callable[[], Awaitable[Mapping[str, Any]]]) -> Probe:
    """Ask the database (`Storage.check`)."""

    async def probe() -> Reading:
        return Reading(await check())

    return probe


def pgvector_probe(check: Callable[[], Awaitable[Mapping[str, Any]]]) -> Probe:
    """Ask Postgres for its vector extension."""

    async def probe() -> Reading:
        version = (await check()).get("pgvector")
        if version is None:
            raise StorageError("the extension vector is not installed in this database: CREATE EXTENSION vector")
        return Reading({"version": version})

    return probe


def n8n_probe(url: str, api_key: str | None) -> Probe:
    """Ask an n8n for `/healthz`, and with a key for one workflow, so that a refused key is seen.

    Args:
        url: `http://localhost:5678`, with or without a trailing `/api/v1`.
        api_key: of n8n's public API; `None` asks `/healthz` only.
    """
    root = url.rstrip("/").removesuffix("/api/v1")

    async def probe() -> Reading:
        import httpx

        async with httpx.AsyncClient(timeout=_LONGEST_S) as client:
            answer = await client.get(f"{root}/healthz")
            answer.raise_for_status()
            if api_key is None:
                return Reading()
            answer = await client.get(f"{root}/api/v1/workflows?limit=1", headers={"X-N8N-API-KEY": api_key})
        if answer.status_code in {401, 403}:
            return Reading(trouble=f"n8n answers {answer.status_code}: it refuses N8N_API_KEY")
        answer.raise_for_status()
        return Reading({"api": True})

    return probe


def redis_probe(url: str) -> Probe:
    """Say PING to a Redis at `redis://`, `rediss://` or `unix://`, after AUTH when the URL has a password."""
    parts = urlsplit(url)

    async def probe() -> Reading:
        reader, writer = await _open_redis(parts.scheme, parts.hostname, parts.port, parts.path)
        try:
            if parts.password:
                credentials = [unquote(word) for word in (parts.username, parts.password) if word]
                await _ask_redis(reader, writer, "AUTH", *credentials)
            await _ask_redis(reader, writer, "PING")
        finally:
            writer.close()
        return Reading()

    return probe


def disk_probe(folder: Path) -> Probe:
    """Look how much the workspace's disk has left."""

    async def probe() -> Reading:
        usage = await asyncio.to_thread(shutil.disk_usage, folder)
        free_mb = usage.free // 1_000_000
        if free_mb < _DISK_FULL_MB:
            raise OSError(f"{free_mb} MB left on the disk of {folder}: free some, or set TERRY_WORKSPACE elsewhere")
        low = f"only {free_mb} MB left on the disk of {folder}" if free_mb < _DISK_LOW_MB else None
        return Reading({"free_mb": free_mb, "used_share": round(usage.used / usage.total, 3)}, low)

    return probe


def providers_probe(snapshot: Callable[[], Mapping[str, Any]]) -> Probe:
    """Sum up the providers' own report (`Router.snapshot`), which their calls and checks keep fresh."""

    async def probe() -> Reading:
        providers = snapshot()["providers"]
        states = {name: report["status"] for name, report in providers.items()}
        if all(status == "offline" for status in states.values()):
            raise ProviderError(f"every provider is offline: {', '.join(states)}")
        down = [name for name, status in states.items() if status in {"offline", "degraded"}]
        return Reading({"providers": states}, f"not well: {', '.join(down)}" if down else None)

    return probe


async def _open_redis(
    scheme: str, host: str | None, port: int | None, path: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if scheme == "unix":
        return await asyncio.open_unix_connection(path)
    context = ssl.create_default_context() if scheme == "rediss" else None
    return await asyncio.open_connection(host or "localhost", port or 6379, ssl=context)


async def _ask_redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *words: str) -> None:
    parts = [f"*{len(words)}\r\n", *(f"${len(word.encode())}\r\n{word}\r\n" for word in words)]
    writer.write("".join(parts).encode())
    await writer.drain()
    answer = (await reader.readline()).decode(errors="replace").strip()
    if not answer.startswith("+"):
        raise ConnectionError(f"redis answers {words[0]} with {answer or 'silence'}")
