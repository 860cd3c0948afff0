"""One example proves little: a model's draft is claimed when another does the same where no example speaks."""

import json
from typing import Any

import pytest

from graph.services import Services
from graph.state import GenerateInput
from tests.graph.test_loop import DOUBLE, options, runner, services
from tools.errors import ProviderError

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["services"]


def said(expression: str) -> str:
    code = f"return $input.all().map(({{ json }}) => ({{ json: {{ result: {expression} }} }}));"
    return f"So.\n```javascript\n{code}\n```"


TWICE, SUM, PLUS_FIVE, TEN = said("json.value * 2"), said("json.value + json.value"), said("json.value + 5"), said("10")
WRONG = said("json.value * 3")


async def asked(services: Services, *script: Any, request: GenerateInput = DOUBLE, **more: Any) -> dict[str, Any]:
    run, [provider] = runner(services, script)
    answer = await run.generate(request, options(**({"second_opinions": 3, "max_fix_attempts": 0} | more)))
    return answer | {"questions": len(provider.requests)}


async def test_a_draft_that_another_one_agrees_with_is_claimed(services: Services) -> None:
    answer = await asked(services, TWICE, SUM)
    assert answer["success"], answer["error"]
    assert "* 2" in answer["code"]
    assert [attempt["strategy"] for attempt in answer["attempts"]] == ["opinion", "draft"]


async def test_the_same_code_again_is_agreement(services: Services) -> None:
    answer = await asked(services, TWICE, TWICE)
    assert answer["success"]
    assert answer["questions"] == 2


async def test_drafts_that_part_are_an_ambiguity_and_nothing_is_claimed(services: Services) -> None:
    answer = await asked(services, TWICE, PLUS_FIVE, second_opinions=1)
    assert not answer["success"]
    assert answer["error"]["type"] == "Ambiguous"
    outputs = [reading["output"] for reading in answer["ambiguity"]["readings"]]
    value = answer["ambiguity"]["input"][0]["json"]["value"]
    assert [output[0]["json"]["result"] for output in outputs] == [value * 2, value + 5]


async def test_two_that_agree_outvote_the_first(services: Services) -> None:
    answer = await asked(services, TEN, TWICE, SUM)
    assert answer["success"], answer["error"]
    assert "* 2" in answer["code"]
    assert len([attempt for attempt in answer["attempts"] if attempt["code"]]) == 3


async def test_a_draft_that_no_other_one_confirms_is_delivered_but_not_claimed(services: Services) -> None:
    answer = await asked(services, TEN, WRONG, "I do not know.", WRONG)
    assert not answer["success"]
    assert answer["error"]["type"] == "NotConfirmed"
    assert answer["code"]
    assert answer["test_results"]["all_passed"]


async def test_a_model_that_went_away_costs_the_second_opinion_and_not_the_node(services: Services) -> None:
    answer = await asked(services, TWICE, ProviderError("refused", retryable=False))
    assert answer["success"]
    assert any("second opinion" in warning for warning in answer["warnings"])


async def test_a_models_test_never_overrules_the_users_example(services: Services) -> None:
    cases = {"cases": [{"name": "odd", "input": [{"value": 3}], "expected": [{"result": 7}]}]}
    answer = await asked(services, TWICE, json.dumps(cases), second_opinions=0, model_tests=True)
    assert answer["success"]
    [told] = [test for test in answer["test_results"]["tests"] if test["oracle"] == "model"]
    assert (told["passed"], told["binding"]) == (False, False)
    assert any("odd" in warning for warning in answer["warnings"])


@pytest.mark.parametrize("nonsense", ['{"cases": [{"input": 3, "expected": "x"}, {"input": [1]}]}', "none", "[]"])
async def test_an_unreadable_test_of_a_model_is_no_test(services: Services, nonsense: str) -> None:
    answer = await asked(services, TWICE, nonsense, second_opinions=0, model_tests=True)
    assert answer["success"]


async def test_a_proven_draft_is_explained_in_the_tone_of_the_persona(services: Services) -> None:
    answer = await asked(services, TWICE, "It doubles the value.", second_opinions=0, model_explanation=True)
    assert answer["explanation"] == "It doubles the value."


async def test_the_budget_holds_for_second_opinions_too(services: Services) -> None:
    answer = await asked(services, TWICE, SUM, max_tokens=1500, model_tests=True, model_explanation=True)
    assert answer["success"]
    assert sum(attempt["tokens"] for attempt in answer["attempts"]) <= 1500
    assert any("max_tokens" in warning for warning in answer["warnings"])


async def test_a_draft_that_loses_a_field_the_example_did_not_show_is_no_second_opinion(services: Services) -> None:
    request: GenerateInput = {**DOUBLE, "expected_output": {"value": 5, "result": 10}}
    keeps, also = said("json.value * 2, ...json"), said("json.value + json.value, ...json")
    drops = said("json.value * 2, ...Object.fromEntries([['value', json.value]])")
    answer = await asked(services, keeps, drops, request=request, second_opinions=1)
    assert answer["error"]["type"] == "NotConfirmed"
    assert (await asked(services, keeps, drops, also, request=request, second_opinions=2))["success"]


async def test_a_model_is_told_that_the_example_keeps_every_field(services: Services) -> None:
    run, [provider] = runner(services, [said("json.value * 2, ...json")])
    await run.generate({**DOUBLE, "expected_output": {"value": 5, "result": 10}}, options())
    assert "Every field of an item stays" in provider.requests[0].messages[1]["content"]
