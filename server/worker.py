"""Workers on other machines: Procrastinate hands slices of jobs over the Postgres that keeps them (extra `cluster`)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from graph.runner import Runner, open_runner
from server.jobs.dispatch import slices
from server.jobs.worker import JobWorker
from tools.errors import ConfigError, StorageError
from tools.settings import Settings
from tools.storage import Job

try:
    import procrastinate
    from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
except ImportError as missing:
    raise ConfigError("the extra cluster is not installed: pip install 'n8n-code-agent[cluster]'") from missing

__all__ = ["Cluster", "run_worker"]

_log = logging.getLogger(__name__)
_SCHEMA_LOCK = 0x6E386E63
_TASK = "work"


class Cluster:
    """The queue of slices in Postgres; opened at the first use, and again after an outage."""

    def __init__(self, settings: Settings, worker: JobWorker | None = None) -> None:
        assert settings.storage.database_url is not None
        self._url = settings.storage.database_url.get_secret_value()
        self._deadline_s = settings.storage.database_timeout
        self._stalled_s = settings.jobs.stalled_after_s
        self._concurrency = settings.jobs.concurrency
        self._worker = worker
        self._app: procrastinate.App | None = None
        self._opening = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings, worker: JobWorker | None = None) -> AsyncIterator["Cluster"]:
        """Make a cluster for the length of the block; a database that is down does not stop the start."""
        cluster = cls(settings, worker)
        try:
            yield cluster
        finally:
            await cluster._close()

    async def dispatch(self, job: Job, positions: Sequence[int] | None = None) -> None:
        """Queue the job's slices for the workers.

        Raises:
            StorageError: the queue cannot be reached.
        """
        try:
            app = await self._opened()
            places: list[dict[str, Any]] = [
                {"job_id": job.job_id, "first": first, "last": last} for first, last in slices(job, positions)
            ]
            if positions is None:
                await app.configure_task(_TASK, queue=job.queue).batch_defer_async(*places)
                return
            for place in places:
                lock = f"{place['job_id']}:{place['first']}"
                with suppress(AlreadyEnqueued):
                    await app.configure_task(_TASK, queue=job.queue, queueing_lock=lock).defer_async(**place)
        except ConnectorException as error:
            await self._close()
            raise StorageError(f"the job queue cannot be reached: {error}") from error

    async def work(self, queues: Sequence[str]) -> None:
        """Work slices off until cancelled; an outage of the database is waited out."""
        while True:
            try:
                app = await self._opened()
                await app.run_worker_async(
                    queues=queues,
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=1.0,
                    update_heartbeat_interval=self._stalled_s / 3,
                    stalled_worker_timeout=self._stalled_s,
                    shutdown_graceful_timeout=30,
                    delete_jobs="successful",
                )
            except (ConnectorException, StorageError, OSError) as error:
                _log.warning("the worker waits for the database: %s", error)
                await self._close()
                await asyncio.sleep(1.0)
            else:
                return

    async def retry_stalled(self) -> bool:
        """Put the slices of dead workers back into the queue, and say whether the queue is empty.

        Raises:
            StorageError: the queue cannot be reached.
        """
        try:
            manager = (await self._opened()).job_manager
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_s):
                await manager.retry_job(job)
            return not any(queue["todo"] for queue in await manager.list_queues_async())
        except ConnectorException as error:
            raise StorageError(f"the job queue cannot be reached: {error}") from error

    async def _opened(self) -> procrastinate.App:
        async with self._opening:
            if self._app is None:
                app = _make_app(self._url, self._deadline_s, self._work_slice)
                await _apply_schema(self._url, app)
                await app.open_async()
                self._app = app
            return self._app

    async def _close(self) -> None:
        app, self._app = self._app, None
        if app is not None:
            await app.close_async()

    async def _work_slice(self, job_id: str, first: int, last: int) -> None:
        assert self._worker is not None, "a process that only dispatches runs no worker"
        await self._worker.work(job_id, first, last)


async def run_worker(settings: Settings, queues: Sequence[str]) -> None:
    """Be a worker until cancelled.

    Raises:
        ConfigError: there is no DATABASE_URL.
    """
    if settings.storage.database_url is None:
        raise ConfigError("a worker needs DATABASE_URL: it meets the others in Postgres")
    async with open_runner(settings) as runner, Cluster.open(settings, JobWorker(runner)) as cluster:
        nurse = asyncio.create_task(_nurse(runner, cluster, settings.jobs.stalled_after_s))
        try:
            await cluster.work(queues)
        finally:
            nurse.cancel()


async def _nurse(runner: Runner, cluster: Cluster, pause_s: float) -> None:
    """Look for slices of dead workers, and for items that no slice stands for (a server died between two writes)."""
    jobs = runner.services.storage.jobs
    while True:
        await asyncio.sleep(pause_s / 2)
        try:
            is_idle = await cluster.retry_stalled()
            for job in await jobs.unfinished() if is_idle else ():
                if untended := await jobs.untended(job):
                    await cluster.dispatch(job, untended)
        except StorageError as error:
            _log.info("dead workers are not looked for: %s", error)


def _make_app(url: str, deadline_s: float, work: Callable[..., Any]) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4, timeout=deadline_s * 2)
    app = procrastinate.App(connector=connector)
    app.task(name=_TASK)(work)
    return app


async def _apply_schema(url: str, app: procrastinate.App) -> None:
    """Make Procrastinate's tables once, whichever process comes first."""
    import psycopg

    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
            cursor = await connection.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
            row = await cursor.fetchone()
            if row is None or not row[0]:
                await connection.execute(app.schema_manager.get_schema())
    except psycopg.Error as error:
        raise StorageError(f"the job queue cannot be set up: {error}") from error
