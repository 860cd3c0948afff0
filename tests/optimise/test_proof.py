"""`optimise` hands back a rewrite only with proof: equal everywhere, and faster beyond noise or plainly simpler."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from sandbox import ExecutionError, ExecutionRequest, ExecutionResult, Sandbox
from sandbox.types import Language
from tools.optimise import optimise

pytestmark = pytest.mark.jail
ROWS = [{"json": {"id": n, "email": f"u{n}@x.io", "amount": n * 1.5}} for n in (3, 1, 2)]
QUADRATIC = """
out = []
for item in items:
    if item["json"]["email"] not in out:
        out.append(item["json"]["email"])
result = out
""".strip()
EMAILS = """
const all = items.map(i => i.json.email);
return [{ json: { n: all.filter((a, i) => all.indexOf(a) === i).length } }];
""".strip()
Answer = Callable[[str], ExecutionResult]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as opened:
        yield opened


async def test_the_example_of_the_specification(sandbox: Sandbox) -> None:
    code = "result = ''\nfor i in range(10):\n    result += str(i)"
    found = await optimise(code, "python", sandbox.execute)
    assert found.code == "result = ''.join(str(i) for i in range(10))"
    assert found.complexity_score_reduction > 0
    assert (found.suggestions[0].type, found.suggestions[0].line) == ("string_building", 2)


@pytest.mark.parametrize(
    ("code", "language", "applied"),
    [
        (QUADRATIC, "python", "quadratic_dedupe"),
        (EMAILS, "javascript", "quadratic_dedupe"),
    ],
    ids=["python-dedupe", "javascript-dedupe"],
)
async def test_an_equal_and_faster_rewrite_is_taken(
    sandbox: Sandbox, code: str, language: Language, applied: str
) -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        """The real outputs, with times that no busy machine can change."""
        results = await sandbox.execute(request)
        return [replace(result, run_time_ms=9.0 if request.code == code else 1.0) for result in results]

    found = await optimise(code, language, execute, [ROWS], sizes=(10, 300))
    assert applied in found.proof.applied, found.proof
    assert found.proof.verdict == "faster"
    assert found.proof.inputs == "example"
    assert found.proof.compared > 5


async def test_a_body_without_an_example_is_proven_on_inputs_read_off_the_code(sandbox: Sandbox) -> None:
    code = """names = []
for item in _items:
    names.append(item["json"]["id"] * 2)
return [{"json": {"n": len(names)}}]"""
    found = await optimise(code, "python", sandbox.execute, sizes=(1, 100))
    assert found.changed
    assert found.proof.inputs == "derived"
    assert found.code.endswith('return [{"json": {"n": len(names)}}]')


async def _fake(request: ExecutionRequest, answer: Answer) -> list[ExecutionResult]:
    return [answer(request.code)] * len(request.contexts)


async def test_a_rewrite_that_answers_differently_is_given_up() -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        return await _fake(request, lambda code: ExecutionResult(True, "old" if code == QUADRATIC else "new"))

    found = await optimise(QUADRATIC, "python", execute, [ROWS])
    assert (found.code, found.changed) == (QUADRATIC, False)
    assert "quadratic_dedupe" in found.proof.rejected


async def test_an_equal_rewrite_without_gain_is_given_up() -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        return await _fake(request, lambda _: ExecutionResult(True, 1, run_time_ms=5.0))

    found = await optimise(QUADRATIC, "python", execute, [ROWS])
    assert not found.changed
    assert found.proof.verdict == "unchanged"
    assert found.suggestions


async def test_an_original_that_never_runs_proves_nothing() -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        failed = ExecutionResult(False, error=ExecutionError("NameError", "name 'orders' is not defined"))
        return await _fake(request, lambda _: failed)

    found = await optimise(QUADRATIC, "python", execute)
    assert (found.proof.verdict, found.changed) == ("unproven", False)
    assert "input_example" in found.proof.reason


async def test_good_code_is_not_run_at_all() -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        raise AssertionError(request.code)

    found = await optimise("result = [i for i in items]", "python", execute, [ROWS])
    assert (found.proof.verdict, found.suggestions) == ("unchanged", ())


async def test_the_proof_is_drawn_as_time_against_size() -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        cost_ms = 9.0 if request.code == QUADRATIC else 1.0
        return [ExecutionResult(True, "same", run_time_ms=cost_ms)] * len(request.contexts)

    found = await optimise(QUADRATIC, "python", execute, [ROWS], sizes=(10, 100))
    assert found.chart_svg is not None
    assert all(word in found.chart_svg for word in ("<svg", "original", "optimised", "100"))


async def test_without_a_rewrite_there_is_nothing_to_draw(sandbox: Sandbox) -> None:
    assert (await optimise("return items;", "javascript", sandbox.execute, [ROWS])).chart_svg is None


async def test_a_fix_of_ruff_is_proven_like_our_own(sandbox: Sandbox) -> None:
    code = 'result = {name: 0 for name in [item["json"]["email"] for item in items]}'
    found = await optimise(code, "python", sandbox.execute, [ROWS], sizes=(10, 100))
    assert [one.type for one in found.suggestions] == ["simplification"]
    assert found.code == code or "dict.fromkeys" in found.code
    assert "simplification" in (*found.proof.applied, *found.proof.rejected)


@pytest.mark.parametrize("code", [QUADRATIC, EMAILS], ids=["python", "javascript"])
async def test_the_proof_ends_at_its_deadline_and_says_so(code: str) -> None:
    async def never(request: ExecutionRequest) -> list[ExecutionResult]:
        await asyncio.Event().wait()
        raise AssertionError(request)

    found = await optimise(code, "python" if code is QUADRATIC else "javascript", never, [ROWS], deadline_s=0.05)
    assert (found.code, found.proof.verdict) == (code, "unproven")
    assert "more than 0.05 s" in found.proof.reason


async def test_sizes_that_the_deadline_leaves_no_time_for_are_named(sandbox: Sandbox) -> None:
    async def execute(request: ExecutionRequest) -> list[ExecutionResult]:
        if len(request.contexts[0]["items"]) == 300:
            await asyncio.Event().wait()
        results = await sandbox.execute(request)
        return [replace(result, run_time_ms=9.0 if request.code == QUADRATIC else 1.0) for result in results]

    found = await optimise(QUADRATIC, "python", execute, [ROWS], sizes=(10, 300), deadline_s=1.5)
    assert found.proof.verdict == "faster", "10 items were measured"
    assert "300 items were not measured within the proof's 1.5 s" in found.proof.reason
