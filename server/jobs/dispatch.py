"""Hands the slices of jobs to whoever works them off: this process, or workers on other machines."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from graph.runner import Runner
from server.jobs.worker import JobWorker
from tools.errors import ConfigError, StorageError
from tools.storage import Job

__all__ = ["Dispatcher", "InProcess", "open_dispatcher", "slices"]

_log = logging.getLogger(__name__)
_ITEMS_A_SLICE = {"pipeline": 1, "sandbox": 10}
"""A run takes long enough to stand alone; executions of a millisecond share the cost of being handed over."""


class Dispatcher(Protocol):
    """Has jobs worked off, soon."""

    async def dispatch(self, job: Job, positions: Sequence[int] | None = None) -> None:
        """Hand a job over, or only some of its items again.

        Raises:
            StorageError: the queue cannot be reached.
        """
        ...


def slices(job: Job, positions: Sequence[int] | None = None) -> Iterator[tuple[int, int]]:
    """Cut a job into `(first, last)` positions, both included; only slices with one of the positions, if given."""
    size = _ITEMS_A_SLICE[job.queue]
    wanted = None if positions is None else {position // size for position in positions}
    for number, first in enumerate(range(0, job.total, size)):
        if wanted is None or number in wanted:
            yield first, min(first + size, job.total) - 1


class InProcess:
    """Works jobs off in this process, a bounded number of slices at a time."""

    def __init__(self, runner: Runner, concurrency: int) -> None:
        self._runner = runner
        self._worker = JobWorker(runner)
        self._concurrency = concurrency
        self._waiting: asyncio.Queue[tuple[str, int, int]] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def open(cls, runner: Runner, concurrency: int) -> AsyncIterator["InProcess"]:
        """Start working, first on what an earlier process left."""
        dispatcher = cls(runner, concurrency)
        tasks = [asyncio.create_task(dispatcher._work()) for _ in range(concurrency)]
        tasks.append(asyncio.create_task(dispatcher._pick_up()))
        try:
            yield dispatcher
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def dispatch(self, job: Job, positions: Sequence[int] | None = None) -> None:
        """Queue the job's slices; they are in the database, so the queue is only a list of places."""
        for first, last in slices(job, positions):
            self._waiting.put_nowait((job.job_id, first, last))

    async def _pick_up(self) -> None:
        """Now and then look for items that nobody living works on."""
        jobs = self._runner.services.storage.jobs
        while True:
            try:
                if self._waiting.empty():
                    for job in await jobs.unfinished():
                        await self.dispatch(job, await jobs.untended(job))
            except StorageError as error:
                _log.info("jobs are not looked at: %s", error)
            await asyncio.sleep(self._runner.services.settings.jobs.stalled_after_s)

    async def _work(self) -> None:
        while True:
            place = await self._waiting.get()
            try:
                await self._worker.work(*place)
            except StorageError as error:
                _log.warning("job %s, items %d to %d are put off: %s", *place, error)


@asynccontextmanager
async def open_dispatcher(runner: Runner) -> AsyncIterator[Dispatcher]:
    """Open the dispatcher of the settings.

    Raises:
        ConfigError: separate workers are wanted, but there is no DATABASE_URL or no extra `cluster`.
    """
    settings = runner.services.settings
    if settings.jobs.workers == "in-process":
        async with InProcess.open(runner, settings.jobs.concurrency) as here:
            yield here
        return
    if settings.storage.database_url is None:
        raise ConfigError("JOBS_WORKERS=separate needs DATABASE_URL: workers meet in Postgres")
    from server.worker import Cluster

    async with Cluster.open(settings) as cluster:
        yield cluster
