"""Proven nodes are found by meaning and by the same request; nothing unproven gets in."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tools.embeddings import WordVectors
from tools.memory import Asked, PatternMemory
from tools.storage import in_memory

DATA = Path(__file__).parents[1] / "data" / "state"
EXAMPLES = [{"input": [{"json": {"a": 1, "b": 2}}], "output": [{"json": {"c": 3}}]}]
ASKED = Asked("Add  a and B", "python", "runOnceForAllItems", "n8n-2", EXAMPLES)


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def embedder() -> WordVectors:
    return WordVectors()


@pytest.fixture
async def memory(embedder: WordVectors) -> AsyncIterator[PatternMemory]:
    async with in_memory() as storage:
        yield PatternMemory(storage.patterns, embedder)


async def remember_all(memory: PatternMemory, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        await memory.remember(replace(ASKED, description=task["description"]), code=task["task_id"], engine="synthesis")


@pytest.mark.parametrize(("group", "least"), [("dev", 0.9), ("more", 0.75)])
async def test_a_paraphrase_finds_its_task_among_all_tasks(memory: PatternMemory, group: str, least: float) -> None:
    """Twenty pairs each, among 89 tasks; the second twenty are terser."""
    await remember_all(memory, lines("descriptions.jsonl"))
    pairs = [line for line in lines("paraphrases.jsonl") if line["set"] == group]

    found = [await memory.similar(pair["paraphrase"], limit=1, at_least=0) for pair in pairs]

    right = [pair["task_id"] == matches[0].pattern.code for pair, matches in zip(pairs, found, strict=True)]
    assert sum(right) / len(right) >= least, [pair["task_id"] for pair, ok in zip(pairs, right, strict=True) if not ok]


async def test_what_is_not_alike_is_not_offered(memory: PatternMemory) -> None:
    await remember_all(memory, lines("descriptions.jsonl")[:20])

    assert await memory.similar("Translate the poem into Latin and sing it") == []


async def test_the_same_request_is_recalled_however_it_is_spaced_and_cased(memory: PatternMemory) -> None:
    await memory.remember(ASKED, code="return []", engine="synthesis")
    reordered = [{"output": EXAMPLES[0]["output"], "input": [{"json": {"b": 2, "a": 1}}]}]

    found = await memory.recall(replace(ASKED, description=" add a AND b\n", examples=reordered))

    assert found is not None
    assert found.code == "return []"


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Add a and c"},
        {"language": "javascript"},
        {"mode": "runOnceForEachItem"},
        {"profile": "n8n-1"},
        {"examples": [{"input": [{"json": {"a": 1, "b": 2}}], "output": [{"json": {"c": 4}}]}]},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_any_other_request_is_another_one(memory: PatternMemory, change: dict[str, Any]) -> None:
    await memory.remember(ASKED, code="return []", engine="synthesis")

    assert await memory.recall(replace(ASKED, **change)) is None


async def test_without_an_example_nothing_was_proven_and_nothing_is_kept(memory: PatternMemory) -> None:
    with pytest.raises(ValueError, match="without an example"):
        await memory.remember(replace(ASKED, examples=[]), code="return []", engine="model")


async def test_what_is_forgotten_is_neither_recalled_nor_offered(memory: PatternMemory) -> None:
    pattern = await memory.remember(ASKED, code="return []", engine="synthesis")

    assert await memory.forget(pattern.pattern_id)

    assert await memory.recall(ASKED) is None
    assert await memory.similar(ASKED.description) == []


@pytest.mark.parametrize("text", ["", "   ", "🙂", "\ud83d"], ids=["empty", "blank", "emoji", "surrogate"])
async def test_any_text_has_a_place(memory: PatternMemory, embedder: WordVectors, text: str) -> None:
    assert len(await embedder.embed(text)) == 256
    assert await memory.similar(text) == []
