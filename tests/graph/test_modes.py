"""The mode of the node: as asked where the program looks at one item at a time, all items where it does not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from graph.runner import Runner, open_runner
from graph.state import GenerateInput
from tools.n8n.run_node import run_node
from tools.settings import load_settings

pytestmark = [pytest.mark.jail, pytest.mark.asyncio(loop_scope="module")]

LANGUAGES = pytest.mark.parametrize("language", ["python", "javascript"])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def runner(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runner]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRY_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        patch.setenv("PATTERN_MEMORY", "false")
        async with open_runner(load_settings()) as opened:
            yield opened


async def _generate(runner: Runner, words: str, source: Any, target: Any, language: str) -> dict[str, Any]:
    given = GenerateInput(
        task_description=words,
        language=language,
        mode="runOnceForEachItem",
        input_example=source,
        expected_output=target,
    )
    return await runner.generate(given, runner.options())


@LANGUAGES
@pytest.mark.parametrize(
    ("words", "source", "target", "more", "rows"),
    [
        (
            "add the total, price times quantity",
            [{"price": 2, "quantity": 3}, {"price": 5, "quantity": 1}],
            [{"price": 2, "quantity": 3, "total": 6}, {"price": 5, "quantity": 1, "total": 5}],
            [{"price": 1.5, "quantity": 2, "id": 7}],
            [{"price": 1.5, "quantity": 2, "id": 7, "total": 3}],
        ),
        (
            "only keep orders over 100",
            [{"id": 1, "total": 120}, {"id": 2, "total": 80}, {"id": 3, "total": 101}],
            [{"id": 1, "total": 120}, {"id": 3, "total": 101}],
            [{"id": 9, "total": 5}, {"id": 8, "total": 500}],
            [{"id": 8, "total": 500}],
        ),
    ],
    ids=["map", "filter"],
)
async def test_a_program_over_one_item_runs_once_for_each_item(
    runner: Runner, words: str, source: Any, target: Any, more: Any, rows: Any, language: str
) -> None:
    answer = await _generate(runner, words, source, target, language)
    assert answer["success"], answer["error"]
    assert answer["node"]["parameters"]["mode"] == answer["mode"] == "runOnceForEachItem"
    run = await run_node(runner.services.sandbox, answer["node"], more)
    assert [item["json"] for item in run.items] == rows


@LANGUAGES
async def test_a_program_over_all_items_keeps_its_mode_and_says_so(runner: Runner, language: str) -> None:
    source = [{"amount": 3}, {"amount": 4}, {"amount": 10}]
    answer = await _generate(runner, "sum of the amounts as total", source, {"total": 17}, language)
    assert answer["success"], answer["error"]
    assert answer["node"]["parameters"]["mode"] == "runOnceForAllItems"
    assert any("Run Once for All Items" in warning for warning in answer["warnings"])


async def test_a_program_that_little_speaks_for_is_delivered_and_not_claimed(runner: Runner) -> None:
    rooms = [{"room": "hall", "width": 2, "height": 9}, {"room": "attic", "width": 9, "height": 4}]
    words = "the widest room first" + ", and mind what the painters of each house told us about it last year" * 4
    answer = await _generate(runner, words, rooms, rooms[::-1], "javascript")
    assert (answer["success"], answer["error"]["type"]) == (False, "NotConfirmed")
    assert answer["test_results"]["all_passed"]
    assert answer["code"]
