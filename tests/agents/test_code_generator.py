"""The first draft and its mending: what the model is told, and what becomes of its answer."""

from typing import Any

import pytest

from agents.attempt import Attempt, Sampling
from agents.case import Outcome
from agents.code_generator import CodeGenerator, SolvedTask
from agents.fixer import Fixer
from agents.personas import PERSONAS
from agents.prompts import names, prompt, variables
from agents.task import Draft, Example, Task
from agents.wording import differences, items_text
from sandbox.types import Language, Mode, NodeRules
from tools.checks.report import Finding
from tools.errors import MalformedAnswer
from tools.llm import ScriptedProvider

EXAMPLE = Example([{"json": {"value": 5}}], [{"json": {"result": 10}}])
TASK = Task("Double the value", "python", examples=(EXAMPLE,))
GOOD = '```python\nreturn [{"json": {"result": 10}}]\n```'


def told(llm: ScriptedProvider) -> str:
    return "\n".join(message["content"] for message in llm.requests[-1].messages)


async def test_the_model_is_told_task_example_and_hints() -> None:
    llm = ScriptedProvider([GOOD])
    await CodeGenerator(llm).draft(
        TASK, NodeRules(), hints=["value is a number"], similar=[SolvedTask("Triple it", "return 3")]
    )
    for piece in ("Double the value", '"value": 5', '"result": 10', "value is a number", "Triple it", "return 3"):
        assert piece in told(llm)
    assert llm.requests[0].task_type == "code_generation"


@pytest.mark.parametrize(
    ("language", "mode", "rules", "words"),
    [
        ("python", "runOnceForAllItems", {}, ["`_items`", "No import of any kind"]),
        ("python", "runOnceForEachItem", {}, ["`_item`", "once for each item", "`None` to drop"]),
        ("python", "runOnceForAllItems", {"python_stdlib_allow": ("re", "json")}, ["Only these modules", "re, json"]),
        ("python", "runOnceForAllItems", {"python_builtins_deny": ("divmod",)}, ["do not exist: divmod"]),
        ("javascript", "runOnceForAllItems", {}, ["$input.all()", "no `require`"]),
        ("javascript", "runOnceForEachItem", {}, ["$input.item", "`null` to drop"]),
        ("javascript", "runOnceForAllItems", {"javascript_builtin_allow": ("crypto",)}, ["works for crypto only"]),
    ],
)
async def test_the_rules_are_those_of_the_profile(
    language: Language, mode: Mode, rules: dict[str, Any], words: list[str]
) -> None:
    llm = ScriptedProvider(["```\nreturn []\n```"])
    await CodeGenerator(llm).draft(Task("x", language, mode), NodeRules(mode, **rules))
    assert [word for word in words if word not in told(llm)] == []


async def test_a_draft_knows_where_it_comes_from() -> None:
    draft = await CodeGenerator(ScriptedProvider(["Doubles.\n" + GOOD])).draft(TASK)
    assert (draft.engine, draft.provider, draft.explanation) == ("model", "scripted", "Doubles.")
    assert draft.tokens > 0


async def test_an_answer_without_code_keeps_its_text_and_its_cost() -> None:
    with pytest.raises(MalformedAnswer) as caught:
        await CodeGenerator(ScriptedProvider(["No."])).draft(TASK)
    assert (caught.value.text, caught.value.provider) == ("No.", "scripted")
    assert caught.value.tokens > 0


async def test_sampling_reaches_the_model() -> None:
    llm = ScriptedProvider([GOOD])
    await CodeGenerator(llm).draft(TASK, sampling=Sampling(0.9, 7, plan_first=True))
    assert (llm.requests[0].temperature, llm.requests[0].seed) == (0.9, 7)
    assert "list, in at most five short lines" in told(llm)


@pytest.mark.parametrize("persona", [*PERSONAS, "somebody else"])
async def test_a_persona_changes_the_tone_and_not_the_rules(persona: str) -> None:
    llm = ScriptedProvider([GOOD])
    await CodeGenerator(llm).draft(Task("x", "python", persona=persona))
    known = persona if persona in PERSONAS else "terry"
    assert prompt(f"persona_{known}") in told(llm)
    assert "No import of any kind" in told(llm)


async def test_a_fix_shows_expected_and_actual_side_by_side_and_earlier_attempts() -> None:
    llm = ScriptedProvider([GOOD])
    outcome = Outcome(
        "example 1", "example", passed=False, binding=True, input=EXAMPLE.input, expected=EXAMPLE.output,
        actual=[{"json": {"result": 25}}],
    )  # fmt: skip
    earlier = Attempt(1, "draft", "model", "return 1", error="example 1: wrong")
    await Fixer(llm).fix(TASK, Draft("return 25", "model"), failures=[outcome], attempts=[earlier])
    assert 'Expected: [{"json": {"result": 10}}]' in told(llm)
    assert 'Actual:   [{"json": {"result": 25}}]' in told(llm)
    assert "item 0, result: expected 10, got 25" in told(llm)
    assert "return 1" in told(llm)
    assert llm.requests[0].task_type == "error_debugging"


async def test_a_fix_shows_the_finding_with_line_and_remedy() -> None:
    llm = ScriptedProvider([GOOD])
    finding = Finding("n8n/import", "import re is not allowed", 1, text="import re", remedy="use str methods")
    await Fixer(llm).fix(TASK, Draft("import re", "model"), [finding])
    for piece in ("line 1: import re is not allowed", "Remedy: use str methods"):
        assert piece in told(llm)


async def test_a_fix_shows_the_exception_with_its_line() -> None:
    llm = ScriptedProvider([GOOD])
    outcome = Outcome("example 1", "example", passed=False, message="'a'", input=[], error_type="KeyError", line=3)
    await Fixer(llm).fix(TASK, Draft("x", "model"), failures=[outcome])
    assert "It raised KeyError in line 3: 'a'" in told(llm)


async def test_after_an_unreadable_answer_the_model_hears_why() -> None:
    llm = ScriptedProvider([GOOD])
    attempt = Attempt(1, "draft", "model", error="the answer holds no code", answer="No.")
    await Fixer(llm).fix(TASK, None, attempts=[attempt])
    assert "the answer holds no code" in told(llm)


@pytest.mark.parametrize("name", names())
def test_a_prompt_uses_the_variables_of_its_first_line(name: str) -> None:
    marks = {variable: f"<{variable}>" for variable in variables(name)}
    filled = prompt(name, **marks)
    assert [mark for mark in marks.values() if mark not in filled] == []
    assert "{{" not in filled.replace("{{...}}", "")


def test_a_prompt_refuses_a_variable_it_does_not_have() -> None:
    with pytest.raises(ValueError, match="takes"):
        prompt("plan", more="x")


def test_long_items_are_cut_and_say_so() -> None:
    text = items_text([{"json": {"n": n}} for n in range(1000)], longest=200)
    assert len(text) < 400
    assert "more items of 1000 left out" in text


@pytest.mark.parametrize(
    ("expected", "actual", "words"),
    [
        ([{"a": 1}], [{"a": 1}, {"a": 2}], ["expected 1 items, got 2"]),
        ([{"a": 1}], [{}], ["item 0, a: missing, expected 1"]),
        ([{"a": 1}], [{"a": 1, "b": 2}], ["item 0, b: is not expected, got 2"]),
        ([{"a": {"b": [1, 2]}}], [{"a": {"b": [1, 3]}}], ["item 0, a.b[1]: expected 2, got 3"]),
        ([{"a": True}], [{"a": 1}], ["item 0, a: expected true, got 1"]),
        ([{"a": 1}], [{"a": 1.0}], []),
    ],
)
def test_differences_are_named_by_path(expected: object, actual: object, words: list[str]) -> None:
    assert differences(expected, actual) == words
