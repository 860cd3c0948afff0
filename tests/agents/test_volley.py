"""Drafts several at once, how much of an answer is heard, and the forms in which a text may be a node."""

import asyncio
from contextlib import aclosing

import pytest

from agents.attempt import Sampling
from agents.code_generator import CodeGenerator
from agents.listening import going_in_circles, one_block
from agents.node_forms import node_forms
from agents.task import Draft, Example, Task
from agents.volley import as_they_come
from sandbox.types import NodeRules
from tests.llm.providers import Slow
from tools.errors import MalformedAnswer
from tools.llm import Router, RouterConfig, ScriptedProvider

EXAMPLE = Example([{"json": {"value": 5}}], [{"json": {"result": 10}}])
TASK = Task("Double the value", "python", examples=(EXAMPLE,))
SAMPLINGS = [Sampling(seed=seed) for seed in range(6)]


async def test_so_many_are_asked_at_once_and_those_underway_are_cancelled_when_enough_came() -> None:
    slow = Slow("a", "```\nreturn 1\n```", first_token_timeout_s=30, timeout_s=60)
    slow.go.release()
    async with Router([slow], RouterConfig(health_interval_s=0)) as llm:
        async with aclosing(as_they_come(CodeGenerator(llm), TASK, SAMPLINGS, at_once=3)) as coming:
            _, came = await anext(coming)
            assert isinstance(came, Draft)
            assert len(slow.requests) == 3
        await asyncio.sleep(0)
        assert slow.cancelled
    assert len(slow.requests) == 3


async def test_an_unreadable_answer_comes_like_a_draft_and_the_others_go_on() -> None:
    llm = ScriptedProvider(["Sorry.", "```\nreturn 1\n```"])
    came = [one async for _, one in as_they_come(CodeGenerator(llm), TASK, SAMPLINGS[:2], at_once=1)]
    assert [type(one) for one in came] == [MalformedAnswer, Draft]


async def test_a_plain_question_starts_alike_for_every_task_so_that_a_server_can_keep_it() -> None:
    llm = ScriptedProvider(["```\ndef transform(rows):\n    return rows\n```"] * 2)
    for task in (TASK, Task("Something else", "python")):
        await CodeGenerator(llm).draft(task, NodeRules(), plain=True)
    first, second = (request.messages for request in llm.requests)
    assert first[0] == second[0]
    assert "No import of any kind" in first[0]["content"]
    assert '{"value": 5}' in first[1]["content"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("```python\nx = 1\n", None),
        ("```python\nx = 1\n```", "stop"),
        ("Here:\n```\nx = 1\n```\nIt sets", "stop"),
        ("```python\n" + "rows.append(1)\n" * 30, "length"),
        ("zeros = [" + "0, " * 40, None),
        ("# " + "-" * 100, None),
    ],
    ids=["open block", "closed block", "words behind", "in circles", "zeros", "a rule"],
)
def test_listening_ends_behind_the_first_block_or_when_it_goes_in_circles(text: str, reason: str | None) -> None:
    assert one_block(text) == reason
    assert going_in_circles(text) == (reason if reason == "length" else None)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", ("import re\nLIMIT = 3\n\ndef helper(x):\n    return x + LIMIT\n\ndef transform(rows):\n"
                   "    return [helper(r) for r in rows]\n\nprint(transform([1]))")),
        ("javascript", ("const fs = require('fs');\nconst LIMIT = 3;\nconst helper = (x) => x + LIMIT;\n"
                       "function transform(rows) { return rows.map(helper); }\nconsole.log(transform([1]));")),
    ],
)  # fmt: skip
def test_a_function_keeps_what_it_needs_and_nothing_else(language: str, code: str) -> None:
    form = node_forms(code, Task("x", "python" if language == "python" else "javascript"))[0]
    assert "LIMIT = 3" in form
    assert "helper" in form
    assert not any(word in form for word in ("import", "require", "print", "console"))


@pytest.mark.parametrize("code", ["", "return (", "const = ;", "def f(:\n    return 1"])
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_what_does_not_compile_has_no_forms(language: str, code: str) -> None:
    assert node_forms(code, Task("x", "python" if language == "python" else "javascript")) == []


def test_once_for_each_item_the_function_is_given_the_one_row() -> None:
    task = Task("x", "python", "runOnceForEachItem")
    assert 'return {"json": run(_item["json"])}' in node_forms("def run(row):\n    return row", task)[0]
