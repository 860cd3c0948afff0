"""Works a slice of a job off: claims its items, answers them, writes each result once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from fastapi import HTTPException

from graph.runner import Runner
from sandbox.errors import SandboxError
from server.errors import error_body
from server.jobs.kinds import KINDS
from tools.errors import CodegenError, RequestError, StorageError
from tools.storage import LEASE_S, Job, JobItem

__all__ = ["JobWorker"]

_log = logging.getLogger(__name__)
_PATIENCE_S = 300.0
"""How long a result is held while the database is away; after that the item is somebody else's."""
ValueT = TypeVar("ValueT")


class JobWorker:
    """Answers the requests of jobs with one runner."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._jobs = runner.services.storage.jobs

    async def work(self, job_id: str, first: int, last: int) -> int:
        """Do what is left of a slice and nobody living has, and say how many items that was.

        Raises:
            StorageError: the database stayed away.
        """
        job = await _patiently(lambda: self._jobs.get(job_id))
        done = 0
        while job is not None and (items := await _patiently(lambda: self._jobs.claim(job, first, last))):
            tasks = {item.position: asyncio.create_task(self._do(job, item)) for item in items}
            async with self._heartbeat(job_id, tasks):
                outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, StorageError):
                    raise outcome
            done += len(items)
        return done

    async def _do(self, job: Job, item: JobItem) -> None:
        kind = KINDS[item.kind]
        try:
            answer = await kind.answer(kind.model(**item.request), self._runner, f"{job.job_id}-{item.position}")
        except (RequestError, HTTPException, ValueError) as error:
            words = error_body(error)["error"]
            await _patiently(lambda: self._jobs.give_up(item, words, retry=False))
        except (CodegenError, SandboxError) as error:
            words = error_body(error)["error"]
            may_retry = item.attempts < job.max_attempts
            _log.warning("job %s, item %d, attempt %d: %s", job.job_id, item.position, item.attempts, error)
            await asyncio.sleep(min(5.0, 0.1 * 2**item.attempts) if may_retry else 0)
            await _patiently(lambda: self._jobs.give_up(item, words, retry=may_retry))
        else:
            await _patiently(lambda: self._jobs.finish(item, answer))

    @asynccontextmanager
    async def _heartbeat(self, job_id: str, tasks: dict[int, "asyncio.Task[None]"]) -> AsyncIterator[None]:
        """Keep the leases, and stop what was cancelled."""

        async def beat() -> None:
            while True:
                await asyncio.sleep(LEASE_S / 10)
                with suppress(StorageError):
                    mine = set(await self._jobs.renew(job_id))
                    for position, task in tasks.items():
                        if position not in mine:
                            task.cancel()

        heart = asyncio.create_task(beat())
        try:
            yield
        finally:
            heart.cancel()


async def _patiently(call: Callable[[], Awaitable[ValueT]]) -> ValueT:
    """Try until the database is back."""
    loop = asyncio.get_running_loop()
    give_up, pause_s = loop.time() + _PATIENCE_S, 0.1
    while True:
        try:
            return await call()
        except StorageError:
            if loop.time() > give_up:
                raise
        await asyncio.sleep(pause_s)
        pause_s = min(2.0, pause_s * 2)
