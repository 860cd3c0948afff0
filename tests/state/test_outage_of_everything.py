"""Each thing the system leans on is taken down and brought back: health says so, and nothing else suffers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from graph.runner import open_runner
from server.app import create_app
from tests.postgres import PostgresServer, running_postgres
from tests.redis import running_redis
from tests.state.test_probes import stub_n8n
from tools.errors import ProviderError
from tools.llm.scripted import ScriptedProvider
from tools.settings import load_settings

pytestmark = [pytest.mark.postgres, pytest.mark.jail]
ALL = ("postgres", "pgvector", "redis", "n8n_api", "llm_provider", "sandbox", "disk")
INTERVAL_S = 1.0
BUSY_S = 2.0
"""What a machine that is busy with other tests may add; the rule itself is tested with a clock that does not run."""
DOCUMENTED = {"status", "is_healthy", "success_rate", "response_time_ms"}
DOCUMENTED_OF_A_PROVIDER = {"status", "is_available", "success_rate", "average_latency_ms", "circuit_breaker"}
GENERATE = {"task_description": "Multiply value by 2", "input_example": {"value": 5}, "expected_output": {"value": 10}}


class World:
    """Everything outside, each part with a way to take it down and to bring it back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres: PostgresServer | None = None
        self.n8n_works = True
        self.model_works = True
        self._redis = ExitStack()
        self.redis_up()

    def redis_up(self) -> None:
        self._redis.enter_context(running_redis(folder=str(self.folder)))

    def redis_down(self) -> None:
        self._redis.close()

    def answer(self, _request: object) -> str | Exception:
        return "hello" if self.model_works else ProviderError("the model's server is gone")

    def sql(self, statement: str) -> None:
        assert self.postgres is not None
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(statement)

    async def switch(self, name: str, *, on: bool) -> None:
        assert self.postgres is not None
        match name:
            case "postgres":
                await asyncio.to_thread(self.postgres.start if on else self.postgres.kill)
            case "pgvector":
                words = "CREATE EXTENSION vector" if on else "DROP EXTENSION vector CASCADE"
                await asyncio.to_thread(self.sql, words)
            case "redis":
                await asyncio.to_thread(self.redis_up if on else self.redis_down)
            case "n8n_api":
                self.n8n_works = on
            case "llm_provider":
                self.model_works = on


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with running_postgres() as postgres:
        (tmp_path / "redis").mkdir()
        world = World(tmp_path / "redis")
        world.postgres = postgres
        yield world
        world.redis_down()


@pytest.fixture
async def client(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    assert world.postgres is not None
    async with AsyncExitStack() as stack:
        n8n = await stack.enter_async_context(stub_n8n(lambda _path, _key: 200 if world.n8n_works else 503))
        values = {
            "TERRY_WORKSPACE": str(tmp_path),
            "DATABASE_URL": world.postgres.url,
            "REDIS_URL": f"unix://{world.folder}/redis.sock",
            "N8N_API_URL": n8n,
            "HEALTH_CHECK_INTERVAL": str(INTERVAL_S),
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings = load_settings()
        runner = await stack.enter_async_context(open_runner(settings, [ScriptedProvider(world.answer)]))
        app = create_app(runner, settings)
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60)
        )


async def detailed(client: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await client.get("/api/v1/health/detailed")).json())


async def until(client: httpx.AsyncClient, name: str, wanted: str, at_most_s: float = INTERVAL_S + BUSY_S) -> None:
    """Wait for a status, as long as it may take."""
    found: dict[str, Any] = {}
    give_up = time.monotonic() + at_most_s
    while time.monotonic() < give_up:
        found = (await detailed(client))["system_health"]["services"][name]
        if found["status"] == wanted:
            assert found["is_healthy"] is (wanted == "healthy")
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{name} is not {wanted} within {at_most_s} s: {found}")


def assert_documented(health: dict[str, Any]) -> None:
    """All fields that the specification shows are there, of everything."""
    system, models = health["system_health"], health["llm_providers"]
    assert health["success"] is True
    assert datetime.fromisoformat(system["timestamp"]) <= datetime.now(UTC)
    assert system["overall_status"] == "healthy"
    assert set(system["services"]) == set(ALL)
    for service in system["services"].values():
        assert set(service) >= DOCUMENTED
        assert service["success_rate"] > 0
        assert service["response_time_ms"] >= 0
    assert datetime.fromisoformat(models["timestamp"]) <= datetime.now(UTC)
    assert set(models["providers"]["scripted"]) >= DOCUMENTED_OF_A_PROVIDER
    assert {"state": "closed", "failure_count": 0}.items() <= models["providers"]["scripted"]["circuit_breaker"].items()


async def test_everything_goes_down_and_comes_back(client: httpx.AsyncClient, world: World) -> None:
    """With the router's own thresholds: neither its five failures nor its five minutes hide the truth."""
    for name in ALL:
        await until(client, name, "healthy", 15)
    assert_documented(await detailed(client))

    for name in ("redis", "n8n_api", "llm_provider", "pgvector", "postgres"):
        await world.switch(name, on=False)
        await until(client, name, "offline")
        assert (await detailed(client))["system_health"]["overall_status"] == "degraded", name
        generated = (await client.post("/api/v1/code/generate", json=GENERATE)).json()
        executed = (await client.post("/api/v1/code/execute", json={"code": "result = 6 * 7"})).json()
        ready = await client.get("/health/ready")
        await world.switch(name, on=True)
        await until(client, name, "healthy")

        assert generated["success"] is True, (name, generated["error"])
        assert executed["result"] == 42, name
        assert ready.status_code == 200, name

    assert (await client.get("/api/v1/runs")).status_code == 200


async def test_without_a_database_what_needs_it_says_so_at_once(client: httpx.AsyncClient, world: World) -> None:
    await world.switch("postgres", on=False)
    await until(client, "postgres", "offline", 15)

    refused = await client.get("/api/v1/runs")
    await world.switch("postgres", on=True)

    assert refused.status_code == 503
    assert refused.json()["error"]["type"] == "StorageError"
    assert "/api/v1/health/detailed" in refused.json()["error"]["hint"]
