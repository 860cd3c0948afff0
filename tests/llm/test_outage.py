"""All models down, seen from the HTTP API: an honest 503 in time, and everything else goes on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.app import create_app
from tests.llm.stub_server import StubServer, servers
from tools.settings import load_settings

pytestmark = pytest.mark.jail


@pytest.fixture
async def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    hanging, failing = StubServer("hang"), StubServer("http500")
    async with servers(hanging, failing):
        table = {
            "hanging": {"model": "openai/a", "api_base": hanging.base_url, "first_token_timeout_s": 0.5},
            "failing": {"model": "openai/b", "api_base": failing.base_url},
        }
        monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
        monkeypatch.setenv("LLM_PROVIDERS", json.dumps(table))
        monkeypatch.setenv("LLM_DEADLINE_S", "30")
        app = create_app(settings=load_settings())
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as opened,
        ):
            yield opened


async def test_only_what_needs_a_model_fails(client: httpx.AsyncClient) -> None:
    asked = {"task_description": "Write something only a model could guess", "language": "javascript"}
    answer = await client.post("/api/v1/code/generate", json=asked)
    assert answer.status_code == 503
    told = answer.json()
    assert (told["success"], told["code"], told["error"]["type"]) == (False, "", "NoProviderAvailable")
    assert "hanging gave no text within 0.5 s; failing: HTTP 500" in told["error"]["message"]

    double = {
        "task_description": "Multiply input value by 2 and return result",
        "language": "python",
        "input_example": {"value": 5},
        "expected_output": {"result": 10},
    }
    solved = await client.post("/api/v1/code/generate", json=double)
    assert (solved.status_code, solved.json()["success"], solved.json()["engine"]) == (200, True, "synthesis")
    executed = await client.post("/api/v1/code/execute", json={"code": "result = x * y", "context": {"x": 5, "y": 3}})
    assert executed.json()["result"] == 15
    valid = await client.post("/api/v1/code/validate", params={"code": "return 1", "language": "javascript"})
    assert valid.status_code == 200


async def test_an_open_circuit_answers_at_once_and_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    asked = {"task_description": "Write something only a model could guess", "language": "javascript"}
    for _ in range(5):
        await client.post("/api/v1/code/generate", json=asked)
    answer = await client.post("/api/v1/code/generate", json=asked)
    assert answer.status_code == 503
    assert 1 <= int(answer.headers["retry-after"]) <= 300
    assert "left alone for another" in answer.json()["error"]["message"]
    scraped = (await client.get("/metrics")).text
    assert 'n8n_agent_model_circuit{provider="failing",state="open"} 1.0' in scraped
    assert 'n8n_agent_model_failures_total{provider="failing"} 5.0' in scraped
