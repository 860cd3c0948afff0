"""The loop over real checks and a real sandbox, with a model that is wrong on purpose: the data's faulty drafts."""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agents.code_generator import CodeGenerator
from agents.fixer import Fixer
from agents.mender import Mender
from agents.strategy import code_key
from graph.drafting import Drafting
from graph.pipeline import build_pipeline
from graph.runner import Runner
from graph.services import Services, open_services
from graph.state import GenerateInput, RunOptions
from tools.errors import ProviderError
from tools.llm import Router, RouterConfig, ScriptedProvider
from tools.llm.scripted import Answer
from tools.settings import load_settings

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

DATA = Path(__file__).parent.parent / "data" / "tasks"
ANYTHING = {"python_stdlib_allow": ["*"], "javascript_builtin_allow": ["*"]}
Record = dict[str, Any]


def lines(name: str) -> list[Record]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


TASKS = {task["id"]: task for task in lines("dev.jsonl")}
FAULTY = [
    one for one in lines("faulty-dev.jsonl") if one["overall"] == "reject" and not one.get("visible_example_passes")
]


def body(code: str, language: str) -> str:
    """The data's Python convention (`items` in, `result` out) as the body of a code node."""
    if language != "python" or "```" in code:
        return code
    return f'items = _items\n{code}\nreturn result if isinstance(result, (dict, list)) else {{"result": result}}'


def said(code: str, language: str) -> str:
    return code if "```" in code else f"Here it is.\n```{language}\n{body(code, language)}\n```"


def request(task: Record, language: str) -> GenerateInput:
    return GenerateInput(
        task_description=task["description"],
        language=language,
        input_example=task["input_example"],
        expected_output=task["expected_output"],
        mode="runOnceForAllItems",
        persona="terry",
        examples=[],
    )


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRY_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        patch.setenv("PATTERN_MEMORY", "false")
        async with open_services(load_settings()) as opened:
            yield opened


def runner(services: Services, *scripts: Iterable[Answer]) -> tuple[Runner, list[ScriptedProvider]]:
    """A runner whose only models say the scripts."""
    providers = [
        ScriptedProvider(script, config=ScriptedProvider(()).config.model_copy(update={"name": f"model {number}"}))
        for number, script in enumerate(scripts, 1)
    ]
    return scripted(services, *providers), providers


def scripted(services: Services, *providers: ScriptedProvider) -> Runner:
    """A runner with these models and no others."""
    llm = Router(providers, RouterConfig(health_interval_s=0, max_wait_s=0))
    generator = CodeGenerator(llm)
    changed = replace(services, llm=llm, drafting=Drafting(llm, generator, Mender(generator, Fixer(llm))))
    return Runner(changed, build_pipeline(changed))


def options(**more: Any) -> RunOptions:
    return RunOptions(profile=ANYTHING, synthesis=False, enable_optimization=False, timeout_s=2, **more)


@pytest.mark.parametrize("faulty", FAULTY, ids=[one["id"] for one in FAULTY])
async def test_the_loop_ends_right_when_a_right_draft_is_within_the_attempts(
    services: Services, faulty: Record
) -> None:
    task, language = TASKS[faulty["task_id"]], faulty["language"]
    right = task["solutions"][language]
    run, _ = runner(services, [said(faulty["code"], language), "I am not sure.", said(right, language)])
    answer = await run.generate(request(task, language), options())
    assert answer["success"], answer["error"]
    codes = [code_key(attempt["code"], language) for attempt in answer["attempts"] if attempt["code"]]
    assert len(codes) == len(set(codes)) >= 2
    assert answer["attempts"][-1]["passed"]
    assert answer["test_results"]["all_passed"]


DOUBLE: GenerateInput = {
    "task_description": "Double the value",
    "language": "javascript",
    "input_example": {"value": 5},
    "expected_output": {"result": 10},
}
WRONG = "```js\nreturn [{ json: { result: 'ten' } }];\n```"
WORSE = "```js\nreturn [{ json: { result: 'more' } }];\n```"
RIGHT = "```js\nreturn $input.all().map(i => ({ json: { result: i.json.value * 2 } }));\n```"


async def test_every_attempt_is_in_the_answer_with_who_made_it_and_what_was_wrong(services: Services) -> None:
    run, _ = runner(services, [WRONG, "Sorry.", WRONG, WORSE, RIGHT])
    answer = await run.generate(DOUBLE, options())
    told = [(one["number"], one["strategy"], bool(one["code"]), one["problem"]) for one in answer["attempts"]]
    assert told == [
        (1, "draft", True, 'example 1: item 0, result: expected 10, got "ten"'),
        (2, "feedback", False, "the answer holds no code"),
        (3, "feedback", False, "repeats attempt 1"),
        (4, "resample", True, 'example 1: item 0, result: expected 10, got "more"'),
        (5, "feedback", True, ""),
    ]
    assert answer["attempts"][1]["answer"] == "Sorry."
    assert all(one["tokens"] > 0 and one["provider"] == "model 1" for one in answer["attempts"])


async def test_the_stream_shows_the_attempts_as_they_come(services: Services) -> None:
    run, _ = runner(services, [WRONG, RIGHT])
    events = [event async for event in run.stream(DOUBLE, options())]
    assert [event.stage for event in events if event.stage in {"generate", "test", "fix"}] == [
        "generate",
        "test",
        "fix",
        "test",
    ]
    refused = next(event for event in events if event.stage == "test")
    assert refused.update["history"][0].code == "return [{ json: { result: 'ten' } }];"


async def test_without_a_right_draft_there_is_no_success_and_every_attempt_is_shown(services: Services) -> None:
    wrong = [f"```js\nreturn [{{ json: {{ result: 'n{n}' }} }}];\n```" for n in range(20, 40)]
    run, _ = runner(services, wrong)
    answer = await run.generate(DOUBLE, options(max_fix_attempts=3))
    assert not answer["success"]
    assert answer["test_results"]["failed"] == 1
    assert len(answer["attempts"]) == 4
    assert not any(one["passed"] for one in answer["attempts"])


async def test_whoever_is_stuck_gets_another_provider(services: Services) -> None:
    first = [f"```js\nreturn [{{ json: {{ result: 'n{n}' }} }}];\n```" for n in range(20, 40)]
    run, providers = runner(services, first, [RIGHT])
    answer = await run.generate(DOUBLE, options(max_fix_attempts=6))
    assert answer["success"]
    assert [one["strategy"] for one in answer["attempts"]] == ["draft", "feedback", "resample", "other_provider"]
    assert answer["attempts"][-1]["provider"] == "model 2"
    assert len(providers[1].requests) == 1


async def test_of_several_candidates_the_one_that_passes_is_taken_and_the_others_are_recorded(
    services: Services,
) -> None:
    run, providers = runner(services, [WRONG, RIGHT, WORSE, WRONG])
    answer = await run.generate(DOUBLE, options(candidates=4))
    assert answer["success"]
    assert len(providers[0].requests) == 4
    assert sorted(one["problem"] for one in answer["attempts"])[:2] == [
        "",
        'example 1: item 0, result: expected 10, got "more"',
    ]
    assert [one["number"] for one in answer["attempts"]] == [1, 2, 3, 4]


async def test_among_candidates_that_pass_the_example_the_sturdier_one_is_taken(services: Services) -> None:
    lucky = "```js\nreturn [{ json: { result: $input.all()[0].json.value.toFixed(0) * 2 } }];\n```"
    run, _ = runner(services, [lucky, RIGHT])
    answer = await run.generate(DOUBLE, options(candidates=2))
    assert "map" in answer["code"]


async def test_a_generated_test_never_refuses_what_the_example_demands(services: Services) -> None:
    run, _ = runner(services, ["```js\nreturn [{ json: { result: $input.first().json.value.valueOf() * 2 } }];\n```"])
    answer = await run.generate(DOUBLE, options())
    assert answer["success"]
    assert answer["test_results"]["generated"]["passed"] < answer["test_results"]["generated"]["total"]
    assert answer["test_results"]["all_passed"]
    assert any("missing" in warning or "no item" in warning for warning in answer["warnings"])


async def test_a_budget_ends_the_loop_and_says_so(services: Services) -> None:
    run, _ = runner(services, [WRONG, WORSE, RIGHT])
    answer = await run.generate(DOUBLE, options(max_tokens=900))
    assert not answer["success"]
    assert any("max_tokens=900" in warning for warning in answer["warnings"])


async def test_with_all_models_down_the_answer_says_so_and_what_to_do(services: Services) -> None:
    run, _ = runner(services, [ProviderError("model 1: HTTP 500")] * 9)
    answer = await run.generate(DOUBLE, options())
    assert not answer["success"]
    assert answer["error"]["type"] == "NoProviderAvailable"
    assert "HTTP 500" in answer["error"]["message"]


async def test_when_the_models_go_down_in_the_middle_the_draft_and_the_reason_are_delivered(services: Services) -> None:
    run, _ = runner(services, [WRONG, *[ProviderError("model 1: HTTP 500")] * 9])
    answer = await run.generate(DOUBLE, options())
    assert answer["code"] == "return [{ json: { result: 'ten' } }];"
    assert not answer["success"]
    assert any("HTTP 500" in warning for warning in answer["warnings"])


async def test_a_draft_that_only_lacks_settings_is_delivered_with_them_and_without_a_claim(services: Services) -> None:
    """A stock n8n allows no import: the working draft comes back, `success` does not."""
    task: GenerateInput = {**DOUBLE, "language": "python", "task_description": "Keep the digits of the code"}
    task["input_example"], task["expected_output"] = {"code": "a1b2"}, {"digits": "12"}
    code = "import re\nreturn [{'json': {'digits': re.sub('[^0-9]', '', i['json']['code'])}} for i in _items]"
    run, _ = runner(services, [f"```python\n{code}\n```"] + ["I do not know."] * 20)
    answer = await run.generate(task, replace(options(max_fix_attempts=2), profile="n8n-2-default"))
    assert not answer["success"]
    assert answer["requirements"] == {"N8N_RUNNERS_STDLIB_ALLOW": "re"}
    assert answer["code"] == code
    assert answer["test_results"]["all_passed"]
    assert "N8N_RUNNERS_STDLIB_ALLOW=re" in answer["error"]["hint"]
    assert "JavaScript" in answer["error"]["hint"]


async def test_settings_are_not_advised_for_a_draft_that_is_wrong_even_with_them(services: Services) -> None:
    task: GenerateInput = {**DOUBLE, "language": "python"}
    code = "import math\nreturn [{'json': {'result': math.pi}}]"
    run, _ = runner(services, [f"```python\n{code}\n```"] + ["I do not know."] * 20)
    answer = await run.generate(task, replace(options(max_fix_attempts=1), profile="n8n-2-default"))
    assert not answer["success"]
    assert answer["requirements"] == {}
