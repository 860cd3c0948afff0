"""Workers on one Postgres: a killed worker's and a restarted database's jobs are all done, and none twice.

`CLUSTER_JOBS=500` runs it at full size.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from server.jobs import slices
from server.worker import Cluster, run_worker
from tests.postgres import PostgresServer, running_postgres
from tools.errors import StorageError
from tools.settings import Settings, load_settings
from tools.storage import Job, Storage, open_storage
from tools.storage.jobs import Progress

JOBS = int(os.environ.get("CLUSTER_JOBS", "40"))
CODE = "total = 0\nfor n in range(30000):\n    total += n\nresult = {number}"

pytestmark = [pytest.mark.postgres, pytest.mark.jail]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with running_postgres() as running:
        yield running


@pytest.fixture
def settings(server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    values = {
        "DATABASE_URL": server.url,
        "TERRY_WORKSPACE": str(tmp_path),
        "TERRY_CACHE_ENABLED": "false",
        "JOBS_WORKERS": "separate",
        "JOBS_STALLED_AFTER_S": "2",
        "JOBS_CONCURRENCY": "2",
        "DATABASE_TIMEOUT": "5",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@contextmanager
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "from server.cli import main; main()", "worker"]) as process:
        try:
            yield process
        finally:
            process.kill()


@asynccontextmanager
async def submitted(settings: Settings) -> AsyncIterator[tuple[Storage, Job]]:
    """Submit as the API does, with a storage to look on from."""
    assert settings.storage.database_url is not None
    url = settings.storage.database_url.get_secret_value()
    items = [("execute", {"code": CODE.format(number=number)}) for number in range(JOBS)]
    async with open_storage(None, url=url, deadline_s=10) as storage, Cluster.open(settings) as cluster:
        job, _ = await storage.jobs.submit(items, queue="sandbox")
        await cluster.dispatch(job)
        yield storage, job


async def until(storage: Storage, job: Job, ended: int, deadline_s: float = 300) -> Progress:
    give_up = time.monotonic() + deadline_s
    while time.monotonic() < give_up:
        with suppress(StorageError):
            progress = await storage.jobs.progress(job)
            if progress.ended >= ended:
                return progress
        await asyncio.sleep(0.05)
    raise AssertionError(f"{await storage.jobs.progress(job)} after {deadline_s} s")


async def results(storage: Storage, job: Job) -> list[Any]:
    items = await storage.jobs.ended(job.job_id, limit=JOBS + 1)
    return [(item.position, item.status, (item.result or {}).get("result")) for item in items]


ALL = [(number, "done", number) for number in range(JOBS)]


async def test_a_killed_workers_jobs_are_done_by_the_other(settings: Settings) -> None:
    async with submitted(settings) as (storage, job):
        with ExitStack() as stack:
            victim, _ = stack.enter_context(worker()), stack.enter_context(worker())
            await until(storage, job, JOBS // 2)
            victim.send_signal(signal.SIGKILL)
            progress = await until(storage, job, JOBS)

        assert progress.done == JOBS
        assert await results(storage, job) == ALL


async def test_the_database_restarts_in_between_and_nothing_is_lost_or_doubled(
    settings: Settings, server: PostgresServer
) -> None:
    async with submitted(settings) as (storage, job):
        with ExitStack() as stack:
            for _ in range(2):
                stack.enter_context(worker())
            await until(storage, job, JOBS // 2)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            await until(storage, job, JOBS)

        assert await results(storage, job) == ALL


async def test_items_without_a_slice_are_found_by_any_worker(settings: Settings) -> None:
    """A server that died between keeping a job and handing it over leaves nothing undone."""
    async with submitted(settings) as (storage, _):
        items = [("execute", {"code": "result = 1"}) for _ in range(3)]
        orphan, _ = await storage.jobs.submit(items, queue="sandbox")
        working = asyncio.create_task(run_worker(settings, ["sandbox"]))
        progress = await until(storage, orphan, 3)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    assert progress.done == 3


@pytest.mark.parametrize(
    ("queue", "positions", "expected"),
    [
        ("sandbox", None, [(0, 9), (10, 19), (20, 24)]),
        ("sandbox", [3, 21], [(0, 9), (20, 24)]),
        ("pipeline", [3, 21], [(3, 3), (21, 21)]),
    ],
    ids=["all", "some", "pipeline"],
)
def test_a_job_is_cut_into_slices(queue: str, positions: list[int] | None, expected: list[tuple[int, int]]) -> None:
    from datetime import UTC, datetime

    job = Job("j", None, queue, 25, 3, datetime.now(UTC))

    assert list(slices(job, positions)) == expected
