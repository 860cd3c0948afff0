"""Each item of a job is done once, by one process, as long as that process lives; too many deaths are a dead letter."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.storage.conftest import OpenStorage
from tests.storage.test_runs import DEAD
from tools.storage import Job, Storage

ITEMS = [("execute", {"code": f"result = {n}"}) for n in range(6)]


async def submit(storage: Storage, *, key: str | None = None, max_attempts: int = 3) -> Job:
    job, _ = await storage.jobs.submit(ITEMS, queue="sandbox", idempotency_key=key, max_attempts=max_attempts)
    return job


async def claimed(storage: Storage, job: Job, first: int = 0, last: int = 5) -> Sequence[int]:
    return [item.position for item in await storage.jobs.claim(job, first, last)]


async def test_a_job_keeps_its_items_in_order_and_counts_them(storage: Storage) -> None:
    job = await submit(storage)
    first, second = await storage.jobs.claim(job, 0, 1)
    await storage.jobs.finish(second, {"success": True})
    await storage.jobs.give_up(first, {"type": "StorageError"}, retry=False)

    progress = await storage.jobs.progress(job)
    ended = await storage.jobs.ended(job.job_id)

    assert (progress.total, progress.queued, progress.done, progress.failed, progress.ended) == (6, 4, 1, 1, 2)
    assert not progress.is_over
    assert [(item.position, item.status) for item in ended] == [(0, "failed"), (1, "done")]
    assert ended[1].result == {"success": True}
    assert [item.position for item in await storage.jobs.ended(job.job_id, after=0)] == [1]
    assert [item.position for item in await storage.jobs.ended(job.job_id, status="failed")] == [0]


async def test_the_same_key_gives_the_same_job(storage: Storage) -> None:
    submitted = await asyncio.gather(
        *(storage.jobs.submit(ITEMS, queue="sandbox", idempotency_key="monday") for _ in range(5))
    )

    assert len({job.job_id for job, _ in submitted}) == 1
    assert sum(is_new for _, is_new in submitted) == 1
    assert len(await storage.jobs.list()) == 1


async def test_jobs_without_a_key_are_different_jobs(storage: Storage) -> None:
    assert (await submit(storage)).job_id != (await submit(storage)).job_id


async def test_no_item_is_claimed_twice(open_again: OpenStorage) -> None:
    async with open_again(owner="host:1:a") as one, open_again(owner="host:2:b") as two:
        job = await submit(one)

        spans = [(one, 0, 3), (two, 1, 4), (one, 2, 5), (two, 0, 5)]
        shares = await asyncio.gather(*(claimed(storage, job, first, last) for storage, first, last in spans))

        assert sorted(position for share in shares for position in share) == [0, 1, 2, 3, 4, 5]


async def test_a_dead_workers_items_are_free_and_its_late_result_is_refused(open_again: OpenStorage) -> None:
    async with open_again(owner=DEAD) as dead, open_again() as alive:
        job = await submit(dead)
        (late, *_) = await dead.jobs.claim(job, 0, 2)

        assert await claimed(alive, job) == [0, 1, 2, 3, 4, 5]
        assert not await dead.jobs.finish(late, {"from": "the dead"})


async def test_an_item_that_is_put_back_is_claimed_again(storage: Storage) -> None:
    job = await submit(storage)
    (item,) = await storage.jobs.claim(job, 0, 0)

    await storage.jobs.give_up(item, {"type": "StorageError"}, retry=True)

    (again,) = await storage.jobs.claim(job, 0, 0)
    assert again.attempts == 2


async def test_an_item_that_kills_its_workers_becomes_a_dead_letter_and_may_be_retried(open_again: OpenStorage) -> None:
    async with open_again(owner=DEAD) as dead, open_again() as alive:
        job = await submit(dead, max_attempts=1)
        await dead.jobs.claim(job, 0, 0)

        assert await alive.jobs.claim(job, 0, 0) == []

        (letter,) = await alive.jobs.ended(job.job_id, status="failed")
        assert letter.error["type"] == "DeadLetter"
        assert await alive.jobs.retry(job.job_id) == [0]
        assert [item.attempts for item in await alive.jobs.claim(job, 0, 0)] == [1]


async def test_cancelling_stops_what_is_queued_or_running(storage: Storage) -> None:
    job = await submit(storage)
    done, running = await storage.jobs.claim(job, 0, 1)
    await storage.jobs.finish(done, {})

    assert await storage.jobs.cancel(job.job_id) == 5

    assert not await storage.jobs.finish(running, {})
    assert await storage.jobs.renew(job.job_id) == []
    assert (await storage.jobs.progress(job)).is_over


async def test_renewing_names_what_is_still_ours(storage: Storage) -> None:
    job = await submit(storage)
    await storage.jobs.claim(job, 0, 2)

    assert sorted(await storage.jobs.renew(job.job_id)) == [0, 1, 2]


async def test_unfinished_jobs_are_found_and_finished_ones_expire(storage: Storage) -> None:
    over, unfinished = await submit(storage), await submit(storage)
    await storage.jobs.cancel(over.job_id)

    assert [job.job_id for job in await storage.jobs.unfinished()] == [unfinished.job_id]
    assert await storage.jobs.expire(older_than_days=-1) == [over.job_id]
    assert await storage.jobs.get(over.job_id) is None
    assert list(await storage.jobs.open_positions(unfinished, 1, 3)) == [1, 2, 3]


@pytest.mark.parametrize("count", [3000])
async def test_thousands_of_items_are_kept_at_once(storage: Storage, count: int) -> None:
    job, _ = await storage.jobs.submit([("execute", {"n": n}) for n in range(count)], queue="sandbox")

    assert (await storage.jobs.progress(job)).queued == count
