"""Each delivered node is a numbered version of its task."""

import asyncio
from typing import Any

import pytest

from tests.storage.conftest import OpenStorage
from tools.storage import Storage, Version, difference


async def add(storage: Storage, code: str, code_id: str = "c1", **others: Any) -> Version:
    values: dict[str, Any] = {
        "description": "double it",
        "language": "python",
        "mode": "runOnceForAllItems",
        "node": {"name": "Double"},
        "engine": "synthesis",
        "evidence": {"tests": 2},
        "run_id": "r1",
    }
    return await storage.versions.add(code_id, code=code, **(values | others))


async def test_versions_count_from_one_and_the_latest_is_found(storage: Storage) -> None:
    assert [(await add(storage, code)).number for code in ("a", "b", "c")] == [1, 2, 3]

    latest, second = await storage.versions.get("c1"), await storage.versions.get("c1", 2)

    assert latest is not None
    assert second is not None
    assert (latest.code, second.code) == ("c", "b")
    assert latest.node == {"name": "Double"}
    assert latest.evidence == {"tests": 2}


async def test_the_same_code_again_is_no_new_version(storage: Storage) -> None:
    assert [(await add(storage, code)).number for code in ("a", "a", "b", "a")] == [1, 1, 2, 3]


async def test_an_old_version_comes_back_as_the_newest(storage: Storage) -> None:
    await add(storage, "a")
    await add(storage, "b")

    restored = await storage.versions.restore("c1", 1)

    assert restored is not None
    assert (restored.number, restored.code, restored.restored_from) == (3, "a", 1)
    assert [version.number for version in await storage.versions.list("c1")] == [3, 2, 1]


@pytest.mark.parametrize(("code_id", "number"), [("c1", 9), ("nobody", 1)], ids=["no-number", "no-code"])
async def test_a_version_that_never_was_cannot_be_restored(storage: Storage, code_id: str, number: int) -> None:
    await add(storage, "a")

    assert await storage.versions.restore(code_id, number) is None


async def test_writers_of_one_task_never_share_a_number(open_again: OpenStorage) -> None:
    async with open_again() as one, open_again() as two:
        added = await asyncio.gather(*(add((one, two)[n % 2], f"code {n}") for n in range(40)))

        assert sorted(version.number for version in added) == list(range(1, 41))


async def test_deleting_a_task_deletes_its_versions(storage: Storage) -> None:
    await add(storage, "a")

    assert await storage.versions.delete("c1")

    assert await storage.versions.list("c1") == []
    assert not await storage.versions.delete("c1")
    assert (await add(storage, "again")).number == 1


async def test_tasks_are_listed_with_their_latest_number(storage: Storage) -> None:
    await add(storage, "a")
    await add(storage, "b")
    await add(storage, "a", code_id="c2")

    assert {code.code_id: code.latest for code in await storage.versions.list_codes()} == {"c1": 2, "c2": 1}


async def test_a_difference_names_both_versions_and_ends_each_line(storage: Storage) -> None:
    old, new = await add(storage, "x = 1\nreturn x"), await add(storage, "x = 2\nreturn x")

    assert difference(old, new) == "--- version 1\n+++ version 2\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 2\n return x\n"
    assert not difference(old, old)
