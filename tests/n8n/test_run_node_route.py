"""POST /run-node and `n8n-agent run-node`: the whole way in and out."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from server.app import create_app
from server.cli import app as cli
from tools.settings import load_settings

pytestmark = pytest.mark.jail

DOUBLE = {"parameters": {"jsCode": "return items.map(i => ({ json: { result: i.json.value * 2 } }));"}}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRY_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        app = create_app(settings=load_settings())
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as opened,
        ):
            yield opened


async def post(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/code/run-node", json=body)
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.asyncio(loop_scope="module")
async def test_a_node_gives_its_items(client: httpx.AsyncClient) -> None:
    answer = await post(client, node=DOUBLE, items=[{"value": 5}, {"json": {"value": 7}}])

    assert answer["success"] is True
    assert answer["items"] == [
        {"json": {"result": 10}, "pairedItem": {"item": 0}},
        {"json": {"result": 14}, "pairedItem": {"item": 1}},
    ]
    assert (answer["profile"], answer["error"]) == ("n8n-2-default", None)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_failing_node_has_n8ns_words_and_more(client: httpx.AsyncClient) -> None:
    code = "const a = 1;\nreturn items.map(i => {\n  return i.json.a.b;\n});"
    answer = await post(client, node={"parameters": {"jsCode": code}}, items=[{}])

    assert answer["success"] is False
    error = answer["error"]
    assert error["message"] == "Cannot read properties of undefined (reading 'b') [line 2]"
    assert (error["type"], error["description"], error["line"]) == ("TypeError", "TypeError", 3)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_profile_may_allow_more(client: httpx.AsyncClient) -> None:
    node = {
        "parameters": {"language": "pythonNative", "pythonCode": "import re\nreturn [{'v': re.sub('a', 'b', 'a')}]"}
    }

    assert (await post(client, node=node, items=[{}]))["error"]["message"] == "Security violations detected"
    assert (await post(client, node=node, items=[{}], profile={"python_stdlib_allow": ["re"]}))["success"] is True


@pytest.mark.asyncio(loop_scope="module")
async def test_other_nodes_and_the_network_are_given_by_the_caller(client: httpx.AsyncClient) -> None:
    code = "const r = await helpers.httpRequest({ url: 'https://x/y' }); return [{ r, up: $('Set').first().json }]"
    node = {"parameters": {"jsCode": code}}
    given = {"upstream": {"Set": [{"a": 1}]}, "responses": [{"url": "https://x/y", "body": {"ok": 1}}]}

    assert (await post(client, node=node, items=[{}], **given))["items"][0]["json"] == {"r": {"ok": 1}, "up": {"a": 1}}
    assert "the network is not allowed here" in (await post(client, node=node, items=[{}]))["error"]["message"]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"node": {"type": "n8n-nodes-base.set", "parameters": {}}}, "is no code node"),
        ({"node": DOUBLE, "profile": "n8n-1"}, "is not known"),
        ({"node": DOUBLE, "profile": {"colour": 1}}, "no such field"),
        ({"node": DOUBLE, "timeout": 0}, "greater than 0"),
        ({"node": {"nodes": [DOUBLE, DOUBLE]}}, "node_name"),
        ({}, "node"),
    ],
)
async def test_a_wrong_request_is_422_with_the_field(client: httpx.AsyncClient, body: Any, words: str) -> None:
    answer = await client.post("/api/v1/code/run-node", json=body)
    assert answer.status_code == 422
    assert words in answer.text


def test_the_command_line_runs_a_node_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path / "workspace"))
    (tmp_path / "items.json").write_text('[{"value": 21}]', encoding="utf-8")
    arguments = [
        "run-node",
        str(tmp_path / "node.json"),
        "--items",
        str(tmp_path / "items.json"),
        "--node-name",
        "Double",
    ]
    workflow = {"nodes": [DOUBLE | {"name": "Double"}], "connections": {}}
    (tmp_path / "node.json").write_text(json.dumps(workflow), encoding="utf-8")

    done = CliRunner().invoke(cli, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["items"][0]["json"] == {"result": 42}
    assert "42" in CliRunner().invoke(cli, arguments).stdout
