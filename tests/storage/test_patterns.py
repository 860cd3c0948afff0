"""Proven nodes are found by their request or by nearness, and can be forgotten."""

import math
from typing import Any

from tools.storage import Pattern, Storage


async def put(storage: Storage, key: str, direction: list[float], model: str = "words", **others: Any) -> Pattern:
    length = math.hypot(*direction)
    values: dict[str, Any] = {
        "description": f"task {key}",
        "language": "python",
        "mode": "runOnceForAllItems",
        "profile": "n8n-2",
        "code": "return _items",
        "explanation": "",
        "engine": "synthesis",
        "examples": [{"input": [{"json": {"b": 1, "a": 2}}], "output": []}],
        "code_id": None,
    }
    return await storage.patterns.put(
        key, model=model, embedding=[number / length for number in direction], **(values | others)
    )


async def test_the_nearest_come_first_with_their_similarity(storage: Storage) -> None:
    await put(storage, "east", [1, 0])
    await put(storage, "north", [0, 1])
    await put(storage, "northeast", [1, 1])

    matches = await storage.patterns.nearest("words", [1.0, 0.0], limit=2)

    assert [match.pattern.request_key for match in matches] == ["east", "northeast"]
    assert math.isclose(matches[0].similarity, 1, abs_tol=1e-6)
    assert math.isclose(matches[1].similarity, math.sqrt(0.5), abs_tol=1e-6)


async def test_vectors_of_another_model_are_never_compared(storage: Storage) -> None:
    await put(storage, "here", [1, 0, 0], model="other")
    await put(storage, "there", [1, 0])

    assert [m.pattern.request_key for m in await storage.patterns.nearest("words", [0.0, 1.0])] == ["there"]


async def test_vectors_of_another_length_are_no_match(storage: Storage) -> None:
    await put(storage, "long", [1, 0, 0])

    assert await storage.patterns.nearest("words", [1.0, 0.0]) == []


async def test_the_same_request_is_recalled_and_counted(storage: Storage) -> None:
    await put(storage, "east", [1, 0])

    await storage.patterns.recall("east")
    again = await storage.patterns.recall("east")

    assert again is not None
    assert again.uses == 2
    assert again.examples == [{"input": [{"json": {"b": 1, "a": 2}}], "output": []}]
    assert await storage.patterns.recall("west") is None


async def test_a_request_has_one_pattern_and_the_later_one_wins(storage: Storage) -> None:
    first = await put(storage, "east", [1, 0])
    second = await put(storage, "east", [0, 1], code="return []")

    assert second.pattern_id == first.pattern_id
    assert [pattern.code for pattern in await storage.patterns.list()] == ["return []"]


async def test_a_forgotten_pattern_is_not_found(storage: Storage) -> None:
    pattern = await put(storage, "east", [1, 0])

    assert await storage.patterns.delete(pattern.pattern_id)

    assert not await storage.patterns.delete(pattern.pattern_id)
    assert await storage.patterns.get(pattern.pattern_id) is None
    assert await storage.patterns.nearest("words", [1.0, 0.0]) == []


async def test_all_can_be_forgotten(storage: Storage) -> None:
    await put(storage, "east", [1, 0])
    await put(storage, "north", [0, 1])

    assert await storage.patterns.clear() == 2
    assert await storage.patterns.list() == []
