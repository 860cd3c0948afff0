"""Jobs through the real app: every request answered once, progress and results as they come."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from server.app import create_app
from tools.settings import load_settings

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRY_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        patch.setenv("JOBS_MAX_ITEMS", "100")
        app = create_app(settings=load_settings())
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://localhost", timeout=60
            ) as opened,
        ):
            yield opened


def execution(code: str) -> dict[str, Any]:
    return {"kind": "execute", "request": {"code": code}}


async def submit(client: httpx.AsyncClient, items: list[Any], status: int = 202, **others: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/jobs", json={"items": items, **others})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def results(client: httpx.AsyncClient, job_id: str, query: str = "follow=true") -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/jobs/{job_id}/results?{query}")
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_each_request_of_a_job_is_answered_once_and_failures_of_user_code_are_results(
    client: httpx.AsyncClient,
) -> None:
    items = [execution(f"result = {n} * 2") for n in range(23)] + [execution("result = 1 / 0")]

    job = (await submit(client, items))["job"]
    ended = sorted(await results(client, job["job_id"]), key=lambda item: int(item["position"]))
    shown = (await client.get(f"/api/v1/jobs/{job['job_id']}")).json()["job"]

    assert [item["result"]["result"] for item in ended[:23]] == [n * 2 for n in range(23)]
    assert ended[23]["result"]["error"]["type"] == "ZeroDivisionError"
    assert {item["status"] for item in ended} == {"done"}
    assert (shown["progress"]["done"], shown["is_over"], shown["queue"]) == (24, True, "sandbox")


async def test_json_lines_and_kinds_are_mixed(client: httpx.AsyncClient) -> None:
    lines = [
        {"kind": "validate", "request": {"code": "def f(: pass"}},
        {"kind": "optimize", "request": {"code": "result = 1"}},
        {"kind": "generate", "request": {"task_description": "Do something that nobody can know"}},
        {
            "kind": "compare",
            "request": {"variants": [{"code": "return []"}, {"code": "return [] "}], "inputs": [{}], "rounds": 3},
        },
    ]

    answer = await client.post(
        "/api/v1/jobs",
        content="\n".join(map(json.dumps, lines)),
        headers={"content-type": "application/x-ndjson", "idempotency-key": "mixed"},
    )
    job = answer.json()["job"]
    ended = {item["position"]: item["result"] for item in await results(client, job["job_id"])}

    assert job["queue"] == "pipeline"
    assert ended[0]["valid"] is False
    assert ended[1]["success"] is True
    assert ended[2]["success"] is False
    assert ended[2]["run_id"] == f"{job['job_id']}-2"
    assert ended[3]["equal"] is True


async def test_the_same_key_gives_the_same_job(client: httpx.AsyncClient) -> None:
    first = await submit(client, [execution("result = 1")], idempotency_key="once")
    second = await submit(client, [execution("result = 2")], status=200, idempotency_key="once")

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert second["job"]["job_id"] == first["job"]["job_id"]


async def test_progress_is_told_as_events_until_the_end(client: httpx.AsyncClient) -> None:
    job = (await submit(client, [execution("result = 1")] * 3))["job"]

    told = (await client.get(f"/api/v1/jobs/{job['job_id']}/events")).text

    assert told.startswith("event: progress")
    assert '"done": 3' in told.partition("event: done")[2]


async def test_a_cancelled_job_is_over_and_may_be_retried(client: httpx.AsyncClient) -> None:
    job = (await submit(client, [execution("while True: pass")] * 12 + [execution("result = 1")] * 3))["job"]

    cancelled = (await client.post(f"/api/v1/jobs/{job['job_id']}/cancel")).json()["cancelled"]
    over = (await client.get(f"/api/v1/jobs/{job['job_id']}")).json()["job"]

    assert cancelled > 0
    assert over["is_over"] is True
    assert over["progress"]["cancelled"] == cancelled


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "items"),
        ([{"kind": "execute", "request": {"code": 5}}], "items[0].request.code"),
        ([execution("x"), {"kind": "execute", "request": {"timeout": 1}}], "items[1].request.code"),
        ([{"kind": "dance", "request": {}}], "items.0.kind"),
        ([execution("x")] * 101, "JOBS_MAX_ITEMS=100"),
    ],
    ids=["none", "wrong-type", "missing-field", "unknown-kind", "too-many"],
)
async def test_a_wrong_job_is_refused_by_the_place_of_the_mistake(
    client: httpx.AsyncClient, items: list[Any], words: str
) -> None:
    assert words in (await submit(client, items, status=422))["error"]["message"]


async def test_an_unknown_job_is_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/jobs/nobody")).status_code == 404
    assert (await client.get("/api/v1/jobs/nobody/results")).status_code == 404
