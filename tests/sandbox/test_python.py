"""Python in a locked child, through the public surface."""

from typing import Any

import pytest

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]


async def run(sandbox: Sandbox, code: str, timeout_s: float = 10, **names: Any) -> ExecutionResult:
    [result] = await sandbox.execute(ExecutionRequest(code, contexts=[names], limits=Limits(timeout_s=timeout_s)))
    return result


async def test_a_snippet_answers_in_result(sandbox: Sandbox) -> None:
    result = await run(sandbox, "result = x * y", x=5, y=3)
    assert (result.success, result.result, result.stdout, result.stderr, result.cached) == (True, 15, "", "", False)


async def test_a_top_level_return_makes_a_body_with_the_names_of_n8n(sandbox: Sandbox) -> None:
    code = "return [len(_items), _item['json']['v'], len(items)]"
    result = await run(sandbox, code, items=[{"json": {"v": 7}}, {"json": {"v": 8}}])
    assert result.result == [2, 7, 2]


async def test_every_context_has_fresh_globals(sandbox: Sandbox) -> None:
    code = "try:\n    seen\n    result = 'stale'\nexcept NameError:\n    seen = 1\n    result = x"
    results = await sandbox.execute(ExecutionRequest(code, contexts=[{"x": 1}, {"x": 2}, {"x": 3}]))
    assert [result.result for result in results] == [1, 2, 3]


async def test_an_endless_loop_ends_at_its_deadline(sandbox: Sandbox) -> None:
    result = await run(sandbox, "while True:\n    pass", timeout_s=0.3)
    assert result.error is not None
    assert (result.error.type, result.error.killed_by) == ("Timeout", "timeout")


@pytest.mark.parametrize("module", ["os", "sys", "subprocess", "socket", "os.path", "pathlib", "importlib"])
async def test_a_refused_import_names_rule_line_and_remedy(sandbox: Sandbox, module: str) -> None:
    result = await run(sandbox, f"x = 1\nimport {module}")
    assert result.error is not None
    assert (result.error.rule, result.error.line, result.error.killed_by) == ("import", 2, "policy")
    assert "not allowed" in result.error.message
    assert result.error.hint
