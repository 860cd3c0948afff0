"""Compiled code is handed from one locked child to the next, and never for anything but the very same code."""

import marshal

import pytest

from sandbox import ExecutionRequest, Limits, Sandbox
from sandbox.codes import ASK, LOAD, CodeStore, code_key
from sandbox.python.execution import Execution

in_children = pytest.mark.asyncio(loop_scope="module")
LIMITS = {"output_bytes": 1000, "result_bytes": 1000}


def execution(code: str, context: dict[str, object] | None = None) -> Execution:
    request = {"code": code, "dialect": "auto", "contexts": [context or {}], "rules": None, "limits": LIMITS}
    return Execution(request, language_layer=True)


def test_code_that_comes_once_is_not_asked_for() -> None:
    assert CodeStore().ticket(b"k", 1) == b""


def test_the_second_child_is_asked_and_the_third_is_served() -> None:
    store = CodeStore()
    store.ticket(b"k", 1)
    assert store.ticket(b"k", 1) == ASK
    store.keep(b"k", 1, b"code")
    assert store.ticket(b"k", 1) == LOAD + b"code"


def test_a_code_with_nothing_to_share_is_asked_for_no_more() -> None:
    store = CodeStore()
    store.ticket(b"k", 1)
    store.keep(b"k", 1, b"")
    assert store.ticket(b"k", 1) == b""


def test_a_new_zygote_starts_with_nothing_and_takes_nothing_late() -> None:
    store = CodeStore()
    store.ticket(b"k", 1)
    store.keep(b"k", 1, b"old")
    assert store.ticket(b"k", 2) == b""
    store.keep(b"k", 1, b"late")
    assert store.ticket(b"k", 2) == ASK


def test_the_codes_that_came_last_are_kept() -> None:
    store = CodeStore()
    for number in range(257):
        store.ticket(b"%d" % number, 1)
    assert (store.ticket(b"0", 1), store.ticket(b"256", 1)) == (b"", ASK)


def test_a_dialect_and_a_code_make_the_key() -> None:
    assert (
        len({code_key("x", "body"), code_key("x", "snippet"), code_key("y", "body"), code_key("\ud800", "body")}) == 4
    )


def test_bytes_are_made_before_any_of_the_code_runs() -> None:
    made = execution("raise SystemExit(1)").compiled_bytes()
    assert marshal.loads(made)[1:] == (False, None)


@pytest.mark.parametrize(
    ("code", "context"),
    [("eval('1')", {}), ("x = [", {}), ("result = eval", {"eval": 1})],
    ids=["refused", "no Python", "judged by the context's names"],
)
def test_there_is_nothing_to_share(code: str, context: dict[str, object]) -> None:
    assert execution(code, context).compiled_bytes() == b""


def test_what_is_loaded_does_not_judge_for_a_context_that_binds_a_decisive_name() -> None:
    """`id` of the context is a value, and `id` of Python an address."""
    compiled = execution("result = id").compiled_bytes()
    told = execution("result = id", {"id": 7})
    told.load(compiled)
    assert b'"result":7' in told.answer({"id": 7})


@pytest.mark.parametrize("code", ["result = x * 2", "return x * 2", "def f(n):\n    return n * 2\nresult = f(x)"])
@in_children
async def test_each_time_is_answered_alike(sandbox: Sandbox, code: str) -> None:
    answers = [(await sandbox.execute(ExecutionRequest(code, contexts=[{"x": n}])))[0].result for n in range(5)]
    assert answers == [0, 2, 4, 6, 8]


@in_children
async def test_an_error_keeps_its_line_when_the_code_was_kept(sandbox: Sandbox) -> None:
    code = "y = 1\nresult = y / x"
    results = [(await sandbox.execute(ExecutionRequest(code, contexts=[{"x": 0}])))[0] for _ in range(4)]
    assert [result.error and (result.error.type, result.error.line) for result in results] == [
        ("ZeroDivisionError", 2)
    ] * 4


@in_children
async def test_chance_stays_chance_when_the_code_was_kept(sandbox: Sandbox) -> None:
    code = "import random\nresult = random.random()"
    assert len({(await sandbox.execute(ExecutionRequest(code)))[0].result for _ in range(5)}) == 5


@pytest.mark.parametrize("code", ["open('/etc/passwd')", "import os"])
@in_children
async def test_a_refusal_stays_one_however_often_it_is_asked(sandbox: Sandbox, code: str) -> None:
    rules = [(await sandbox.execute(ExecutionRequest(code)))[0].error for _ in range(4)]
    assert {error and error.type for error in rules} == {"SecurityViolation"}


@in_children
async def test_the_last_words_of_a_broken_child_are_not_taken_for_code(sandbox: Sandbox) -> None:
    """With hardly any memory a child may break before it hands over; the next one compiles the same code as ever."""
    code = "result = len(text)"
    for memory_mb in (512, 1, 1, 512, 512):
        request = ExecutionRequest(code, contexts=[{"text": "x" * 100_000}], limits=Limits(memory_mb=memory_mb))
        [result] = await sandbox.execute(request)
    assert result.result == 100_000
