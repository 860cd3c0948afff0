"""Runs, versions, memory, comparison and health through the real app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.runner import open_runner
from server.app import create_app
from tests.state.test_probes import stub_n8n
from tools.llm.completion import CompletionRequest
from tools.llm.scripted import ScriptedProvider
from tools.settings import load_settings

EXAMPLES = [{"input": {"value": n}, "output": {"result": result}} for n, result in ((5, 17), (6, 3), (9, 44))]
REQUEST = {"task_description": "Look the value up in our secret table", "language": "python", "examples": EXAMPLES}
LOOKUP = "known = {{5: 17, 6: 3, 9: 44}}\nreturn [{{'json': {{'result': known[_items[0]['json']['value']]}}}}]{end}"


class Model:
    """Solves the secret table; counts its calls, and words its code anew each time."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self.is_wrong = False

    def __call__(self, request: CompletionRequest) -> str:
        self.prompts.append(str(request.messages))
        end = f"  # {len(self.prompts)}"
        return "I cannot." if self.is_wrong else f"```python\n{LOOKUP.format(end=end)}\n```"


@pytest.fixture
def model() -> Model:
    return Model()


@asynccontextmanager
async def opened(model: Model) -> AsyncIterator[httpx.AsyncClient]:
    settings = load_settings()
    async with open_runner(settings, [ScriptedProvider(model)]) as runner:
        app = create_app(runner, settings)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1", timeout=60
            ) as client,
        ):
            yield client
            await runner.settle()


@pytest.fixture
async def client(tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    async with opened(model) as client:
        yield client


async def post(client: httpx.AsyncClient, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def get(client: httpx.AsyncClient, path: str, status: int = 200) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def generate(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    return await post(client, "/api/v1/code/generate", REQUEST | changes)


async def forget_all(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/api/v1/memory")).status_code == 200


@pytest.mark.jail
async def test_a_run_can_be_looked_up_and_listed(client: httpx.AsyncClient) -> None:
    answer = await generate(client)

    run = (await get(client, f"/api/v1/runs/{answer['run_id']}"))["run"]
    listed = (await get(client, "/api/v1/runs?status=done"))["runs"]

    assert answer["success"] is True, answer
    assert run["status"] == "done"
    assert run["request"]["given"]["task_description"] == REQUEST["task_description"]
    assert run["result"]["code"] == answer["code"]
    assert [(each["run_id"], "result" in each) for each in listed] == [(answer["run_id"], False)]


async def test_unknown_ids_are_404_in_our_shape(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/runs/nobody", "/api/v1/codes/nobody/versions", "/api/v1/codes/nobody/versions/1"):
        assert "nobody" in (await get(client, path, 404))["error"]["message"]
    for number in ("0", str(10**20)):
        assert "number" in (await get(client, f"/api/v1/codes/nobody/versions/{number}", 422))["error"]["message"]
    await post(client, "/api/v1/runs/nobody/resume", status=404)
    await post(client, "/api/v1/runs/nobody/cancel", status=404)
    assert (await client.delete("/api/v1/memory/nobody")).status_code == 404


@pytest.mark.jail
async def test_a_run_that_is_done_is_not_cancelled_and_resuming_it_gives_its_answer(
    client: httpx.AsyncClient, model: Model
) -> None:
    answer = await generate(client)

    refused = await post(client, f"/api/v1/runs/{answer['run_id']}/cancel", status=409)
    again = await post(client, f"/api/v1/runs/{answer['run_id']}/resume")

    assert "is done" in refused["error"]["message"]
    assert again["code"] == answer["code"]
    assert len(model.prompts) == 1


@pytest.mark.jail
async def test_each_delivered_node_is_a_version_with_a_diff(client: httpx.AsyncClient) -> None:
    first = await generate(client)
    await forget_all(client)
    second = await generate(client)
    code_id = first["code_id"]

    listed = (await get(client, f"/api/v1/codes/{code_id}/versions"))["versions"]
    shown = await get(client, f"/api/v1/codes/{code_id}/versions/2")
    diff = await get(client, f"/api/v1/codes/{code_id}/diff?from=1")
    restored = await post(client, f"/api/v1/codes/{code_id}/versions/1/restore")

    assert (first["version"], second["version"], second["code_id"]) == (1, 2, code_id)
    assert [version["number"] for version in listed] == [2, 1]
    assert listed[0]["engine"] == "model"
    assert listed[0]["evidence"]["test_results"]["all_passed"] is True
    assert "-return" in shown["diff"]
    assert shown["diff"] == diff["diff"]
    assert (restored["version"]["number"], restored["version"]["restored_from"]) == (3, 1)
    assert (await get(client, "/api/v1/codes"))["codes"][0]["latest"] == 3
    assert (await client.delete(f"/api/v1/codes/{code_id}")).status_code == 200
    await get(client, f"/api/v1/codes/{code_id}/versions", 404)


@pytest.mark.jail
async def test_the_same_request_is_answered_from_memory_after_its_proof_was_run_again(
    client: httpx.AsyncClient, model: Model
) -> None:
    first = await generate(client)
    second = await generate(client, task_description="  look THE value up in our secret table ")

    assert second["engine"] == "memory"
    assert second["success"] is True
    assert second["test_results"]["all_passed"] is True
    assert second["evidence"]["memory"]["engine"] == "model"
    assert second["code"] == first["code"]
    assert len(model.prompts) == 1
    assert second["version"] == 1, "the same code is no new version"


@pytest.mark.jail
async def test_what_is_remembered_wrongly_is_forgotten_and_solved_anew(
    client: httpx.AsyncClient, model: Model, tmp_path: Path
) -> None:
    await generate(client)
    import sqlite3

    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE patterns SET code = 'return []'")
    connection.close()

    answer = await generate(client)

    assert answer["success"] is True
    assert (answer["engine"], len(model.prompts)) == ("model", 2)
    assert [attempt["strategy"] for attempt in answer["attempts"]] == ["memory", "draft"]


@pytest.mark.jail
async def test_a_similar_task_is_offered_and_shown_to_the_model(client: httpx.AsyncClient, model: Model) -> None:
    await generate(client)
    answer = await generate(client, task_description="Look this value up in the secret table of ours")

    (similar,) = answer["similar"]
    assert similar["description"] == REQUEST["task_description"]
    assert similar["similarity"] > 0.4
    assert similar["code"] in model.prompts[-1].replace("\\n", "\n").replace("\\'", "'")


@pytest.mark.jail
async def test_what_was_not_proven_is_neither_a_version_nor_remembered(client: httpx.AsyncClient, model: Model) -> None:
    model.is_wrong = True
    answer = await generate(client)

    assert (answer["success"], answer["code_id"], answer["version"]) == (False, None, None)
    assert (await get(client, "/api/v1/codes"))["codes"] == []
    assert (await get(client, "/api/v1/memory"))["patterns"] == []


@pytest.mark.jail
async def test_variants_are_compared_also_by_their_versions(client: httpx.AsyncClient) -> None:
    delivered = await generate(client)
    body = {
        "variants": [{"code_id": delivered["code_id"]}, {"name": "mine", "code": "return [{'json': {'result': 17}}]"}],
        "inputs": [{"value": 5}, {"value": 6}],
        "expected": [{"result": 17}, {"result": 3}],
        "rounds": 3,
    }

    answer = await post(client, "/api/v1/code/compare", body)

    assert answer["equal"] is False
    assert answer["verdict"]["winner"] == "version 1"
    assert answer["differences"][0]["input_index"] == 1
    assert all(variant["time_ms"]["median"] > 0 for variant in answer["variants"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"variants": [{"code": "x"}], "inputs": [{}]}, "variants"),
        ({"variants": [{"code": "x"}, {}], "inputs": [{}]}, "either code or code_id"),
        ({"variants": [{"code": "x"}, {"code": "y"}], "inputs": [{}], "expected": []}, "0 outputs for 1 inputs"),
    ],
    ids=["one-variant", "no-code", "expected-too-short"],
)
async def test_a_wrong_comparison_is_refused_in_words(
    client: httpx.AsyncClient, body: dict[str, Any], words: str
) -> None:
    assert words in (await post(client, "/api/v1/code/compare", body, 422))["error"]["message"]


@pytest.mark.jail
async def test_detailed_health_has_the_documented_shape(client: httpx.AsyncClient) -> None:
    health = await get(client, "/api/v1/health/detailed")

    assert health["success"] is True
    assert health["system_health"]["overall_status"] in {"healthy", "degraded"}
    services = health["system_health"]["services"]
    assert {"sandbox", "storage", "disk", "llm_provider"} == set(services)
    assert services["sandbox"]["details"]["isolation"] in set("ABCDE")
    for service in services.values():
        assert {"status", "is_healthy", "success_rate", "response_time_ms", "circuit_breaker"} <= set(service)
    provider = health["llm_providers"]["providers"]["scripted"]
    assert {"status", "is_available", "success_rate", "average_latency_ms", "circuit_breaker"} <= set(provider)


async def test_alive_and_ready_at_the_usual_paths(client: httpx.AsyncClient) -> None:
    assert (await get(client, "/health/live"))["status"] == "alive"
    assert (await get(client, "/health/ready"))["status"] == "ready"


@pytest.mark.jail
async def test_a_service_taken_down_and_brought_back_is_seen_and_slows_nobody(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_up = True
    async with stub_n8n(lambda _path, _key: 200 if is_up else 503) as url:
        monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
        monkeypatch.setenv("N8N_API_URL", url)
        monkeypatch.setenv("HEALTH_CHECK_INTERVAL", "0.2")
        async with opened(model) as client:

            async def status() -> str:
                found = await get(client, "/api/v1/health/detailed")
                return str(found["system_health"]["services"]["n8n_api"]["status"])

            async def until(wanted: str) -> None:
                for _ in range(2000):
                    if await status() == wanted:
                        return
                raise AssertionError(f"never {wanted}")

            await until("healthy")
            is_up = False
            await until("offline")
            assert (await get(client, "/health/ready"))["status"] == "ready"
            is_up = True
            await until("healthy")
