"""Each probe tells a service that is there from one that is not, against the real thing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.postgres import postgres_server, postgres_url
from tests.redis import running_redis
from tools.errors import ProviderError
from tools.health import probes
from tools.storage import in_memory, open_storage

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture
def redis_socket() -> Iterator[str]:
    with running_redis("open:sesame") as socket:
        yield socket


@asynccontextmanager
async def stub_n8n(answer: Callable[[str, str], int]) -> AsyncIterator[str]:
    """Serve `answer(path, api_key) -> status` on a free port of this machine."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""):
            lines = head.decode().split("\r\n")
            keys = [line.split(": ", 1)[1] for line in lines if line.lower().startswith("x-n8n-api-key")]
            status = answer(lines[0].split()[1], keys[0] if keys else "")
            writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode())
            await writer.drain()
            break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_redis_answers_ping_after_the_password(redis_socket: str) -> None:
    reading = await probes.redis_probe(f"unix://:open%3Asesame@{redis_socket}")()

    assert reading.trouble is None


@pytest.mark.parametrize(("secret", "words"), [("", "NOAUTH"), (":wrong@", "WRONGPASS|invalid password")])
async def test_redis_without_the_right_password_is_an_error(redis_socket: str, secret: str, words: str) -> None:
    with pytest.raises(ConnectionError, match=words):
        await probes.redis_probe(f"unix://{secret}{redis_socket}")()


async def test_no_redis_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await probes.redis_probe(f"unix://{tmp_path}/none.sock")()


async def test_n8n_is_asked_for_its_health_and_its_api() -> None:
    asked = []

    def answer(path: str, key: str) -> int:
        asked.append((path, key))
        return 200

    async with stub_n8n(answer) as url:
        reading = await probes.n8n_probe(f"{url}/api/v1/", "key")()

    assert asked == [("/healthz", ""), ("/api/v1/workflows?limit=1", "key")]
    assert reading.trouble is None


async def test_a_refused_key_is_trouble_and_names_the_setting() -> None:
    async with stub_n8n(lambda path, _: 401 if "workflows" in path else 200) as url:
        reading = await probes.n8n_probe(url, "wrong")()

    assert reading.trouble is not None
    assert "N8N_API_KEY" in reading.trouble


async def test_a_broken_n8n_is_an_error() -> None:
    async with stub_n8n(lambda _path, _key: 503) as url:
        with pytest.raises(Exception, match="503"):
            await probes.n8n_probe(url, None)()


async def test_the_disk_is_measured(tmp_path: Path) -> None:
    reading = await probes.disk_probe(tmp_path)()

    assert reading.details["free_mb"] > 0


async def test_the_embedded_database_is_asked() -> None:
    async with in_memory() as storage:
        reading = await probes.storage_probe(storage.check)()

    assert reading.details["schema_version"] >= 2


@pytest.mark.postgres
async def test_postgres_and_its_vectors_are_asked(postgres_url: str) -> None:
    async with open_storage(None, url=postgres_url, deadline_s=5) as storage:
        await storage.patterns.list()

        assert (await probes.storage_probe(storage.check)()).details["version"]
        assert (await probes.pgvector_probe(storage.check)()).details["version"]


@pytest.mark.parametrize(
    ("states", "trouble"),
    [({"a": "healthy", "b": "unknown"}, None), ({"a": "healthy", "b": "offline"}, "not well: b")],
    ids=["well", "one-down"],
)
async def test_providers_are_summed_up(states: dict[str, str], trouble: str | None) -> None:
    report = {"providers": {name: {"status": status} for name, status in states.items()}}

    assert (await probes.providers_probe(lambda: report)()).trouble == trouble


async def test_all_providers_down_is_an_error() -> None:
    with pytest.raises(ProviderError, match="every provider is offline: a"):
        await probes.providers_probe(lambda: {"providers": {"a": {"status": "offline"}}})()
