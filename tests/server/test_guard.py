"""Who may come in: hosts, keys, sizes, and where the service may listen."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.guard import Guard, check_binding
from tools.errors import ConfigError
from tools.settings import ServerSettings


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def _client(**settings: Any) -> httpx.AsyncClient:
    routes = [Route(path, _echo, methods=["GET", "POST"]) for path in ("/", "/api/v1/health/live")]
    app = Guard(Starlette(routes=routes), ServerSettings(**settings))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", ""])
async def test_a_foreign_host_header_is_refused(host: str) -> None:
    """A page on another site must not reach a loopback service by DNS rebinding."""
    answer = await _client().get("/", headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "HostRefused"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:1234", "localhost", "[::1]:8000"])
async def test_loopback_names_are_ours(host: str) -> None:
    assert (await _client().get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"x-api-key": "wrong"}, 401),
        ({"x-api-key": "second"}, 200),
        ({"authorization": "Bearer first"}, 200),
    ],
    ids=["none", "wrong", "header", "bearer"],
)
async def test_keys_are_asked_for_once_they_are_set(headers: dict[str, str], status: int) -> None:
    client = _client(api_keys=(SecretStr("first"), SecretStr("second")))
    assert (await client.get("/", headers=headers)).status_code == status


async def test_probes_need_no_key() -> None:
    client = _client(api_keys=(SecretStr("first"),))
    assert (await client.get("/api/v1/health/live")).status_code == 200


async def test_a_body_over_the_bound_is_refused_by_its_length() -> None:
    answer = await _client(max_body_mb=1).post("/", content=b"x" * 1_000_001)
    assert answer.status_code == 413
    assert "MAX_BODY_MB" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "example.org", "::"])
def test_another_address_needs_keys(host: str) -> None:
    with pytest.raises(ConfigError, match="API_KEYS"):
        check_binding(ServerSettings(host=host))
    check_binding(ServerSettings(host=host, api_keys=(SecretStr("key"),)))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    check_binding(ServerSettings(host=host))
