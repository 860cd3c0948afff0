"""Runs are recorded, owned by one process at a time, and found again."""

import asyncio

import pytest

from tests.storage.conftest import OpenStorage
from tools.storage import Storage, this_process

DEAD = this_process().rsplit(":", 1)[0] + ":1"
"""An owner on this machine with our pid that started at another time: a process that is gone."""
ELSEWHERE = "another-host:17:4242"
REQUEST = {"task_description": "double it", "examples": [{"z": 1, "a": None}]}


async def test_a_run_keeps_its_request_result_and_stage(storage: Storage) -> None:
    assert await storage.runs.start("r1", "generate", REQUEST, "key")
    assert await storage.runs.renew("r1", "validate")
    assert await storage.runs.finish("r1", "done", result={"success": True}, code_id="c1")

    run = await storage.runs.get("r1")

    assert run is not None
    assert (run.status, run.stage, run.code_id, run.attempts) == ("done", "validate", "c1", 1)
    assert run.request == REQUEST
    assert list(run.request["examples"][0]) == ["z", "a"], "the order of keys is the user's"
    assert run.result == {"success": True}


async def test_a_lease_may_be_renewed_without_naming_a_stage(storage: Storage) -> None:
    await storage.runs.start("r1", "generate", REQUEST, "key")
    await storage.runs.renew("r1", "fix")
    await storage.runs.renew("r1")

    run = await storage.runs.get("r1")

    assert run is not None
    assert run.stage == "fix"


async def test_a_run_id_is_taken_once(storage: Storage) -> None:
    assert await storage.runs.start("r1", "generate", REQUEST, "key")
    assert not await storage.runs.start("r1", "generate", {}, "other")


async def test_an_unknown_run_is_none(storage: Storage) -> None:
    assert await storage.runs.get("nobody") is None


async def test_lists_are_newest_first_filtered_and_paged(storage: Storage) -> None:
    for number in range(5):
        await storage.runs.start(f"r{number}", "generate", REQUEST, "key")
    await storage.runs.finish("r1", "failed", error={"type": "StorageError"})

    first = await storage.runs.list(limit=2)
    second = await storage.runs.list(limit=2, before=first[-1].run_id)
    failed = await storage.runs.list(status="failed", kind="generate")

    assert [run.run_id for run in (*first, *second)] == ["r4", "r3", "r2", "r1"]
    assert [run.run_id for run in failed] == ["r1"]
    assert first[0].request is None


async def test_a_cancelled_run_is_not_finished_by_its_owner(storage: Storage) -> None:
    await storage.runs.start("r1", "generate", REQUEST, "key")

    assert await storage.runs.cancel("r1")

    assert not await storage.runs.renew("r1", "test")
    assert not await storage.runs.finish("r1", "done", result={})
    assert not await storage.runs.cancel("r1")


async def test_a_failed_or_cancelled_run_may_be_reopened_but_no_other(storage: Storage) -> None:
    await storage.runs.start("r1", "generate", REQUEST, "key")
    assert not await storage.runs.reopen("r1")
    await storage.runs.cancel("r1")

    assert await storage.runs.reopen("r1")

    run = await storage.runs.get("r1")
    assert run is not None
    assert (run.status, run.attempts) == ("running", 2)


@pytest.mark.parametrize("owner", [DEAD], ids=["dead-on-this-host"])
async def test_runs_of_a_dead_process_are_abandoned_at_once(open_again: OpenStorage, owner: str) -> None:
    async with open_again(owner=owner) as before:
        await before.runs.start("r1", "generate", REQUEST, "key")
    async with open_again() as after:
        assert [run.run_id for run in await after.runs.abandoned()] == ["r1"]


async def test_a_living_or_remote_owner_keeps_its_run(open_again: OpenStorage) -> None:
    async with open_again(owner=ELSEWHERE) as remote, open_again() as here:
        await remote.runs.start("r1", "generate", REQUEST, "key")
        await here.runs.start("r2", "generate", REQUEST, "key")

        assert await here.runs.abandoned() == []


async def test_a_remote_owner_that_falls_silent_loses_its_run(
    open_again: OpenStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.storage.lease.LEASE_S", -1.0)
    async with open_again(owner=ELSEWHERE) as remote:
        await remote.runs.start("r1", "generate", REQUEST, "key")

        assert [run.run_id for run in await remote.runs.abandoned()] == ["r1"]


async def test_one_of_many_takes_an_abandoned_run_over(open_again: OpenStorage) -> None:
    async with open_again(owner=DEAD) as before:
        await before.runs.start("r1", "generate", REQUEST, "key")
    async with open_again(owner="host:1:a") as one, open_again(owner="host:2:b") as two:
        (run,) = await one.runs.abandoned()

        won = await asyncio.gather(*(opened.runs.take_over(run) for opened in (one, two, one, two)))

        assert sum(won) == 1


async def test_expiry_deletes_old_ended_runs_only(storage: Storage) -> None:
    for run_id in ("old", "alive"):
        await storage.runs.start(run_id, "generate", REQUEST, "key")
    await storage.runs.finish("old", "done", result={})

    assert await storage.runs.expire(older_than_days=1) == []
    assert await storage.runs.expire(older_than_days=-1) == ["old"]
    assert [run.run_id for run in await storage.runs.list()] == ["alive"]


@pytest.mark.parametrize(
    "text", ["naïve 🙂", "a\0b", "\ud83d alone", "100 % :sure", "'; DROP TABLE runs; --"], ids=repr
)
async def test_any_text_survives_in_a_request(storage: Storage, text: str) -> None:
    await storage.runs.start("r1", "generate", {"text": text}, "key")

    run = await storage.runs.get("r1")

    assert run is not None
    assert run.request == {"text": text}
