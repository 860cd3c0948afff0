"""What the code endpoints answer when something is wrong."""

import time
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.jail]


async def _execute(client: httpx.AsyncClient, **request: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/code/execute", json=request)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("result = open('/etc/passwd').read()", "python"),
        ("import os\nresult = os.listdir('/')", "python"),
        ("return require('fs').readFileSync('/etc/passwd', 'utf8')", "javascript"),
    ],
    ids=["open", "os", "require-fs"],
)
async def test_reading_files_is_refused_in_words(client: httpx.AsyncClient, code: str, language: str) -> None:
    body = await _execute(client, code=code, language=language)
    assert body["success"] is False
    assert body["error"]["message"]
    assert body["error"]["line"] is not None
    assert "root:" not in str(body)


@pytest.mark.parametrize(
    ("code", "language"),
    [("while True: pass", "python"), ("while (true) {}", "javascript"), ("await new Promise(() => {})", "javascript")],
    ids=["python-loop", "javascript-loop", "never-settles"],
)
async def test_endless_code_ends_at_its_timeout(client: httpx.AsyncClient, code: str, language: str) -> None:
    started = time.monotonic()
    body = await _execute(client, code=code, language=language, timeout=1)
    assert body["success"] is False
    assert body["error"]["killed_by"] == "timeout" or body["error"]["type"] == "NeverSettles"
    assert time.monotonic() - started < 10
    assert (await _execute(client, code="result = 1 + 1"))["result"] == 2


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("for _ in range(200):\n    print('x' * 1_000_000)", "python"),
        ("for (let i = 0; i < 200; i++) console.log('x'.repeat(1000000))", "javascript"),
    ],
    ids=["python", "javascript"],
)
async def test_a_flood_of_output_is_bounded(client: httpx.AsyncClient, code: str, language: str) -> None:
    body = await _execute(client, code=code, language=language, timeout=20)
    assert body["success"] is False
    assert body["error"]["killed_by"] == "output"
    assert len(body["stdout"]) <= 1_100_000
    assert (await _execute(client, code="result = 2 + 1"))["result"] == 3


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        ({}, "code"),
        ({"code": 5}, "code"),
        ({"code": "", "timeout": -1}, "timeout"),
        ({"code": "", "language": "ruby"}, "language"),
        ({"code": "", "context": []}, "context"),
        ({"code": "", "surprise": 1}, "surprise"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_wrong_request_names_the_field_and_its_value(
    client: httpx.AsyncClient, request_body: dict[str, Any], field: str
) -> None:
    answer = await client.post("/api/v1/code/execute", json=request_body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["details"][0]["field"] == field
    assert field in error["message"]
    assert error["hint"]


async def test_a_body_that_is_no_json_is_a_clear_error(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/api/v1/code/execute", content=b"{not json", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["type"] == "RequestError"


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1" + "0" * 400], ids=["nan", "infinity", "huge"])
async def test_a_number_that_n8n_cannot_hold_is_refused_by_its_field(client: httpx.AsyncClient, number: str) -> None:
    content = f'{{"task_description": "double it", "input_example": {{"v": 1}}, "expected_output": {{"v": {number}}}}}'
    headers = {"content-type": "application/json"}
    answer = await client.post("/api/v1/code/generate", content=content, headers=headers)
    assert answer.status_code == 422
    assert "expected_output" in answer.json()["error"]["message"]


async def test_validate_without_code_says_what_to_send(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/code/validate")
    assert answer.status_code == 422
    assert "?code=" in answer.json()["error"]["message"]


async def test_an_unknown_path_has_the_error_shape(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) == {"type", "message", "hint", "details"}


async def test_live_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/health/live")).json()["status"] == "alive"
    ready = await client.get("/api/v1/health/ready")
    assert ready.status_code == 200
