"""What a node does beside its code, and what ours says that n8n does not."""

from typing import Any

import pytest

from sandbox import Sandbox
from tools.n8n.profile import load_profile
from tools.n8n.run_node import NodeRun, run_node

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="session")]

ROWS = [{"v": 1}, {"v": 2}, {"v": 3}]


async def javascript(sandbox: Sandbox, code: str, mode: str = "runOnceForAllItems", **given: Any) -> NodeRun:
    return await run_node(sandbox, {"parameters": {"jsCode": code, "mode": mode}}, ROWS, timeout_s=2, **given)


@pytest.mark.parametrize(
    ("code", "mode", "warning"),
    [
        ("return [{ json: { v: $json.v } }]", "runOnceForAllItems", "$json is bound to the first item"),
        ("return $json.v > 1 ? $input.item : null", "runOnceForEachItem", "1 of 3 items were dropped"),
        ("return { json: { v: 1 }, extra: 2 }", "runOnceForEachItem", "item 0: extra beside json is lost"),
        ("return [{ json: { a: NaN } }]", "runOnceForAllItems", "result[0].json.a: NaN or Infinity becomes null"),
        ("return [1, 2].map(n => ({ json: { n } }))", "runOnceForAllItems", "items have no pairedItem"),
        ("setInterval(() => {}, 10); return []", "runOnceForAllItems", "1 timer(s) still running"),
    ],
)
async def test_what_n8n_does_in_silence_is_told(sandbox: Sandbox, code: str, mode: str, warning: str) -> None:
    assert any(warning in told for told in (await javascript(sandbox, code, mode)).warnings)


async def test_a_promise_that_nothing_settles_is_reported_at_once(sandbox: Sandbox) -> None:
    result = await javascript(sandbox, "await new Promise(() => {}); return []")
    assert result.error is not None
    assert result.error.message == "Task execution timed out after 2 seconds"
    assert "nothing can settle" in (result.error.hint or "")
    assert result.execution_time_ms < 1_500


async def test_an_error_of_a_timer_is_told_with_its_cause(sandbox: Sandbox) -> None:
    code = "setTimeout(() => { throw new Error('late') }, 1); await new Promise(r => setTimeout(r, 60)); return []"
    result = await javascript(sandbox, code)
    assert result.error is not None
    assert (result.error.message, result.error.line) == ("Node execution failed", 1)
    assert "late" in (result.error.hint or "")
    assert "dies" in (result.error.n8n_behaviour or "")


async def test_code_under_a_wrong_parameter_is_found(sandbox: Sandbox) -> None:
    result = await run_node(sandbox, {"parameters": {"code": "return items"}}, ROWS)
    assert result.error is not None
    assert result.error.message == "Unknown error"
    assert "'code', which n8n ignores" in (result.error.hint or "")


async def test_without_input_the_node_does_not_run(sandbox: Sandbox) -> None:
    result = await run_node(sandbox, {"parameters": {"jsCode": "throw 1"}}, [])
    assert (result.success, result.items) == (True, [])
    assert "does not run" in result.warnings[0]


async def test_a_stock_n8n_has_no_python_runner(sandbox: Sandbox) -> None:
    node = {"parameters": {"language": "pythonNative", "pythonCode": "return []"}}
    result = await run_node(sandbox, node, ROWS, profile=load_profile(overrides={"runner_mode": "internal"}))
    assert result.error is not None
    assert result.error.message == "Python runner unavailable: Virtual environment is missing from this system"


async def test_moment_is_there_for_the_profiles_that_allow_it(sandbox: Sandbox) -> None:
    code = "return [{ json: { d: require('moment')('2024-01-31').add(1, 'month').format('YYYY-MM-DD') } }]"
    assert (await javascript(sandbox, code)).success is False
    allowed = await javascript(sandbox, code, profile=load_profile("n8n-cloud"))
    assert allowed.items[0]["json"] == {"d": "2024-02-29"}


async def test_a_canned_answer_may_be_an_error(sandbox: Sandbox) -> None:
    code = (
        "try { await helpers.httpRequest({ url: 'http://x', method: 'POST' }) } catch (e) { return { m: e.message } }"
    )
    result = await javascript(sandbox, code, responses=[{"url": "http://x", "status": 404, "body": ""}])
    assert result.items[0]["json"] == {"m": "Request failed with status code 404"}


async def test_the_workflow_may_bring_variables_and_static_data(sandbox: Sandbox) -> None:
    code = "return { v: $vars.key, s: $getWorkflowStaticData('global').last, n: $workflow.name }"
    workflow = {"name": "Mine", "variables": {"key": "k"}, "static_data": {"global": {"last": 7}}}
    result = await javascript(sandbox, code, workflow=workflow)
    assert result.items[0]["json"] == {"v": "k", "s": 7, "n": "Mine"}


async def test_the_time_zone_is_the_profiles(sandbox: Sandbox) -> None:
    profile = load_profile(overrides={"timezone": "America/New_York"})
    result = await javascript(sandbox, "return { z: $now.zoneName }", profile=profile)
    assert result.items[0]["json"] == {"z": "America/New_York"}
