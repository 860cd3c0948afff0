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


@pytest.mark.parametrize(
    "code", ["random.random()", "uuid.uuid4().hex", "secrets.token_hex(8)", "random.Random().random()"]
)
async def test_every_execution_throws_its_own_dice(sandbox: Sandbox, code: str) -> None:
    thrown = {(await run(sandbox, f"import random, secrets, uuid\nresult = {code}")).result for _ in range(4)}
    assert len(thrown) == 4


async def test_sets_come_in_one_order_whatever_zygote_they_come_from(sandbox: Sandbox) -> None:
    code = "result = list({'b', 'a', 'c', 'd', 'e', 'f'})"
    async with Sandbox() as other:
        assert (await run(sandbox, code)).result == (await run(other, code)).result


async def test_measures_are_made_where_they_can_be_trusted(sandbox: Sandbox) -> None:
    result = await run(sandbox, "result = sum(range(300000))")
    assert 0 < (result.cpu_time_ms or 0) <= 10_000
    assert 5 < (result.peak_memory_mb or 0) < 100
    assert result.execution_time_ms > 0
    assert result.isolation in {"A", "B"}


async def test_stdout_and_stderr_are_kept_apart(sandbox: Sandbox) -> None:
    result = await run(sandbox, "import warnings\nprint('out')\nwarnings.warn('careful')")
    assert result.stdout == "out\n"
    assert "careful" in result.stderr


async def test_an_error_carries_type_message_line_and_their_part_of_the_traceback(sandbox: Sandbox) -> None:
    result = await run(sandbox, "def f(x):\n    return {}[x]\n\ny = f('k')")
    assert result.error is not None
    assert (result.error.type, result.error.message, result.error.line) == ("KeyError", "'k'", 2)
    assert result.error.traceback is not None
    assert result.error.traceback.splitlines()[1:3] == ["  line 4, in <module>", "  line 2, in f"]
    assert "site-packages" not in result.error.traceback


@pytest.mark.parametrize(
    ("code", "killed_by"),
    [
        ("x = 'a' * (900 * 1024 * 1024)", "memory"),
        ("x = []\nwhile True:\n    x.append('y' * 1000000)", "memory"),
        ("while True:\n    print('x' * 100000)", "output"),
        ("result = 'x' * 20000000", "output"),
        ("eval('1')", "policy"),
    ],
)
async def test_what_ended_it_is_named(sandbox: Sandbox, code: str, killed_by: str) -> None:
    result = await run(sandbox, code)
    assert result.error is not None
    assert result.error.killed_by == killed_by


async def test_names_of_the_context_hide_forbidden_builtins(sandbox: Sandbox) -> None:
    assert (await run(sandbox, "result = input + open", input=1, open=2)).result == 3


@pytest.mark.parametrize(
    ("field", "value"), [("dialect", "selftest"), ("language", "ruby"), ("dialect", "node")], ids=str
)
async def test_a_request_that_cannot_be_is_our_callers_error(sandbox: Sandbox, field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=value):
        await sandbox.execute(ExecutionRequest(**{"code": "", field: value}))


@pytest.mark.parametrize("limit", ["timeout_s", "memory_mb", "output_bytes", "result_bytes"])
async def test_limits_are_positive(sandbox: Sandbox, limit: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        await sandbox.execute(ExecutionRequest("", limits=Limits(**{limit: 0})))
