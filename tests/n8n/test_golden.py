"""A real n8n ran these nodes; ours gives the same items, or the same message and description."""

import re
from typing import Any

import pytest

from sandbox import Sandbox
from tools.n8n.items import same_value
from tools.n8n.profile import load_profile
from tools.n8n.run_node import NodeRun, run_node

from .conftest import golden

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]

NO_PYTHON = "internal, no Python runner"
HERE_S = 1.0
"""Task time-out of endless code in these tests; n8n's number in the messages is replaced by it."""
DIFFERS = {
    "js.helpers2": "n8n reached for the network; ours never does",
    "js.loop.defaults": "n8n's heartbeat was quicker than its time-out of 300 s; the words are in n8n_behaviour",
    "js.tz": "the name of the recording workflow and the day of the recording",
}
UPSTREAM: dict[str, dict[str, list[Any]]] = {
    "js.nodeRef": {
        "Webhook": [{"body": {"items": [{"value": 1}, {"value": 2}]}}],
        "Items": [{"value": 1}, {"value": 2}],
    },
    "js.itemMatching": {"Items": [{"value": 1}, {"value": 2}]},
}


def cases() -> list[Any]:
    """All recorded cases but those of Python on an n8n that had no Python runner."""
    return [
        pytest.param(case, id=f"{case['id']}-{number}")
        for number, case in enumerate(golden("observed.jsonl"))
        if not (case["id"].startswith("py") and case["config"].get("runners") == NO_PYTHON)
    ]


async def run(sandbox: Sandbox, case: dict[str, Any]) -> NodeRun:
    config = case["config"]
    overrides = {
        "python_stdlib_allow": [name for name in config.get("N8N_RUNNERS_STDLIB_ALLOW", "").split(",") if name],
        "javascript_builtin_allow": [name for name in config.get("NODE_FUNCTION_ALLOW_BUILTIN", "").split(",") if name],
    }
    node = {key: case[key] for key in ("parameters", "typeVersion", "onError", "alwaysOutputData") if key in case}
    return await run_node(
        sandbox,
        node,
        case["items"],
        profile=load_profile("n8n-2-default", overrides),
        timeout_s=HERE_S,
        upstream=UPSTREAM.get(case["id"]),
    )


def seconds_alike(text: str) -> str:
    return re.sub(r"\d+ seconds?", "N seconds", text)


def bare(description: str | None) -> str:
    """A description without its numbered advice, of which n8n gives two or three points."""
    return seconds_alike(description or "").partition("<br/>")[0]


@pytest.mark.parametrize("case", cases())
async def test_a_node_runs_as_in_n8n(sandbox: Sandbox, case: dict[str, Any]) -> None:
    result = await run(sandbox, case)

    assert result.success is case["ok"], result.error
    if case["id"] in DIFFERS:
        return
    if case["ok"]:
        wanted = case["output"]
        assert len(result.items) == case["itemCount"]
        assert same_value(result.items[: len(wanted)], wanted)  # long outputs were recorded in part
        if "errorOutput" in case:
            assert same_value(result.error_items, case["errorOutput"][0])
    else:
        assert result.error is not None
        assert seconds_alike(result.error.message) == seconds_alike(case["error"]["message"])
        assert bare(result.error.description) == bare(case["error"].get("description"))


async def test_what_n8n_says_of_a_blocked_runner_is_told_beside_our_own_time_out(sandbox: Sandbox) -> None:
    [case] = [case for case in golden("observed.jsonl") if case["id"] == "js.loop.defaults"]
    result = await run(sandbox, case)

    assert result.error is not None
    assert case["error"]["message"] in (result.error.n8n_behaviour or "")


async def test_a_result_with_nan_is_reported_at_once_and_with_its_place(sandbox: Sandbox) -> None:
    node = {"parameters": {"language": "pythonNative", "pythonCode": "return [{'json': {'n': [1, float('nan')]}}]"}}
    result = await run_node(sandbox, node, [{}], timeout_s=30)

    assert result.error is not None
    assert result.error.message == "Task execution timed out after 30 seconds"
    assert "result[0]['json']['n'][1] is NaN" in (result.error.hint or "")
    assert "hangs" in (result.error.n8n_behaviour or "")
    assert result.execution_time_ms < 5_000
