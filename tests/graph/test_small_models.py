"""Small models: asked for a plain function, several times at once; what they write becomes a node by being run."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.runner import Runner
from graph.services import Services
from graph.state import GenerateInput
from sandbox.types import ExecutionRequest, NodeRules
from tests.graph.test_loop import DOUBLE, RIGHT, options, scripted, services
from tools.llm import ProviderConfig, ScriptedProvider
from tools.llm.scripted import Answer

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["services"]

ORDERS: GenerateInput = {
    "task_description": "Add the total",
    "input_example": [{"id": 1, "price": 2, "count": 3}, {"id": 2, "price": 5, "count": 1}],
    "expected_output": [
        {"id": 1, "price": 2, "count": 3, "total": 6},
        {"id": 2, "price": 5, "count": 1, "total": 5},
    ],
}
DATA = Path(__file__).parent.parent / "data"
PYTHON, JAVASCRIPT = "python", "javascript"


def small(services: Services, *script: Answer, at_once: int = 2) -> tuple[Runner, ScriptedProvider]:
    config = ProviderConfig(name="small", model="scripted/inline", style="resample", drafts_at_once=at_once)
    provider = ScriptedProvider(script, config=config)
    return scripted(services, provider), provider


def fenced(code: str) -> str:
    return f"```\n{code}\n```"


def total(expression: str) -> str:
    return fenced(f"function transform(rows) {{\n  return rows.map((row) => ({{ ...row, total: {expression} }}));\n}}")


TIMES, TURNED = total("row.price * row.count"), total("row.count * row.price")
SUM, LUCKY = total("row.price + row.count"), total("row.id === 1 ? 6 : 5")
IN_JAVASCRIPT: GenerateInput = {**ORDERS, "language": JAVASCRIPT}


async def test_a_small_model_is_asked_in_few_words_for_a_function_and_the_node_is_ours(services: Services) -> None:
    run, provider = small(services, TIMES, TURNED)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=1))
    assert answer["success"], answer["error"]
    assert answer["code"].endswith(
        "const rows = $input.all().map((item) => item.json);\nreturn transform(rows).map((json) => ({ json }));"
    )
    system, question = (message["content"] for message in provider.requests[0].messages)
    assert "transform(rows)" in system
    assert "$input" not in system + question
    assert provider.requests[0].estimated_tokens_in < 450
    assert provider.requests[0].max_tokens <= 512


async def test_two_blind_drafts_that_agree_are_claimed_without_another_question(services: Services) -> None:
    run, provider = small(services, TIMES, TURNED)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=3))
    assert answer["success"]
    assert len(provider.requests) == 2


async def test_a_draft_that_comes_twice_is_a_claim_too(services: Services) -> None:
    run, provider = small(services, TIMES, TIMES)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=3))
    assert answer["success"]
    assert len(provider.requests) == 2
    assert sum(one["tokens"] for one in answer["attempts"]) > answer["attempts"][-1]["tokens"]


async def test_one_that_passes_by_luck_is_not_claimed(services: Services) -> None:
    run, _ = small(services, LUCKY, SUM, SUM, "No.", total("7"))
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=3, max_fix_attempts=0))
    assert not answer["success"]
    assert answer["error"]["type"] == "NotConfirmed"
    assert answer["test_results"]["all_passed"]


async def test_drafts_that_part_are_settled_by_further_ones(services: Services) -> None:
    run, provider = small(services, LUCKY, TIMES, TURNED, at_once=2)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=2, max_fix_attempts=0))
    assert answer["success"], answer["error"]
    assert "row.price * row.count" in answer["code"] or "row.count * row.price" in answer["code"]
    assert len(provider.requests) >= 3


async def test_after_a_failed_volley_it_is_asked_anew_and_never_told_what_was_wrong(services: Services) -> None:
    run, provider = small(services, SUM, "I do not know.", SUM, total("0"), TIMES, TURNED)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=1))
    assert answer["success"], answer["error"]
    assert answer["attempts"][-1]["strategy"] == "resample"
    questions = {request.messages[1]["content"] for request in provider.requests}
    assert len(questions) == 2
    assert min(questions, key=len) in max(questions, key=len), "every second draft begins with a plan"
    seeds = [request.seed for request in provider.requests]
    assert len(set(seeds)) == len(seeds)
    codes = [one["code"] for one in answer["attempts"] if one["code"]]
    assert len(codes) == len(set(codes))


async def test_a_volley_that_cannot_be_read_is_followed_by_another(services: Services) -> None:
    run, _ = small(services, "I do not know.", "", TIMES, TURNED)
    answer = await run.generate(IN_JAVASCRIPT, options(second_opinions=1, max_fix_attempts=0))
    assert answer["success"], answer["error"]
    assert any(one["answer"] == "I do not know." for one in answer["attempts"])


async def test_a_small_model_that_is_down_is_an_outage_like_any_other(services: Services) -> None:
    run, _ = small(services)
    answer = await run.generate(IN_JAVASCRIPT, options())
    assert answer["error"]["type"] in {"NoProviderAvailable", "ProviderError"}


FORMS = {
    one["form"]: one for one in map(json.loads, (DATA / "draft_forms.jsonl").read_text(encoding="utf-8").splitlines())
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_draft_in_another_form_becomes_a_node_without_an_attempt(services: Services, form: str) -> None:
    language, code = FORMS[form]["language"], FORMS[form]["code"]
    provider = ScriptedProvider([fenced(code)])
    request: GenerateInput = {**ORDERS, "language": language}
    stock = replace(options(max_fix_attempts=1), profile="n8n-2-default")
    answer = await scripted(services, provider).generate(request, stock)
    assert answer["success"], (answer["error"], answer["attempts"])
    assert len(provider.requests) == 1
    other = await ran(services, answer["code"], language)
    assert [item["json"]["total"] for item in other] == [28]


async def ran(services: Services, code: str, language: Any) -> list[Any]:
    """What the node makes of an input that no example showed."""
    context = {"items": [{"json": {"id": 9, "price": 4, "count": 7}}]}
    [result] = await services.sandbox.execute(ExecutionRequest(code, language, [context], "node", rules=NodeRules()))
    assert result.success, result.error
    return [item if "json" in item else {"json": item} for item in result.result]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        (PYTHON, ('return [{"json": {"id": i["json"]["id"], "price": i["json"]["price"], "count": i["json"]["count"], '
                 '"total": i["json"]["price"] * i["json"]["count"]}} for i in _items]')),
        (JAVASCRIPT, ("return $input.all().map(({ json }) => {\n  const { id, price, count } = json;\n"
                     "  return { json: { id, price, count, total: price * count } };\n});")),
        (JAVASCRIPT, ("return $input.all().map((i) => ({ json: { id: i.json.id, price: i.json.price, "
                     "count: i.json.count, total: i.json.price * i.json.count } }));")),
    ],
    ids=["dict", "destructured", "member by member"],
)  # fmt: skip
async def test_rows_copied_field_by_field_are_copied_whole_where_the_example_keeps_all(
    services: Services, language: str, code: str
) -> None:
    run = scripted(services, ScriptedProvider([fenced(code)]))
    answer = await run.generate({**ORDERS, "language": language}, options())
    assert answer["success"]
    assert "..." in answer["code"] or "**" in answer["code"]
    assert not any("one field more" in warning for warning in answer["warnings"])


async def test_fields_are_left_out_where_the_example_leaves_them_out(services: Services) -> None:
    code = "return $input.all().map((i) => ({ json: { id: i.json.id, total: i.json.price * i.json.count } }));"
    request: GenerateInput = {**IN_JAVASCRIPT, "expected_output": [{"id": 1, "total": 6}, {"id": 2, "total": 5}]}
    answer = await scripted(services, ScriptedProvider([fenced(code)])).generate(request, options())
    assert answer["code"] == code


async def test_a_right_node_is_left_as_it_is(services: Services) -> None:
    answer = await scripted(services, ScriptedProvider([RIGHT])).generate(DOUBLE, options())
    assert answer["code"] == RIGHT.removeprefix("```js\n").removesuffix("\n```")
