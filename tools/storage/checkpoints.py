"""Where runs are resumed from: LangGraph's checkpointers over our databases, made cheap and never in the way."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from tools.errors import StorageError
from tools.storage.storage import Storage

if TYPE_CHECKING:
    from tools.storage.postgres import PostgresConnector

__all__ = ["Checkpoints", "open_checkpoints"]

_log = logging.getLogger(__name__)
_WORTH_KEEPING_S = 0.1
"""A stage that took this long is written before the run goes on; the work of quicker ones is sooner done again."""
_LATEST_S = 0.25
"""No checkpoint waits longer than this, however quick its stage was."""
_PATIENCE_S = 1.0
"""A write that takes longer is given up, and the run goes on without being durable."""
_READ_PATIENCE_S, _READ_PAUSE_S = 30.0, 0.5
"""How long a run that is resumed waits for its checkpoint, if the database is slow or away: without it, it is lost."""
_NOT_DURABLE = "run %s goes on without being durable: %s"
_SETUP_LOCK = 0x6E386E62
Write = Callable[[], Coroutine[Any, Any, object]]


@dataclass(slots=True)
class _Thread:
    """One run that is going on."""

    last_put: float
    waiting: list[Write] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    flush: asyncio.Task[None] | None = None
    has_written: bool = False
    is_lost: bool = False
    """A write failed: the rest of this run is not durable, and is not slowed by trying."""


class Checkpoints(BaseCheckpointSaver[str]):
    """Keeps checkpoints through another saver.

    - A run of a few milliseconds writes nothing: what quick stages left waits up to 0.25 s, and is dropped when the
      run is `forget`-ed first.
    - A stage of more than 0.1 s (a model was asked) is written before anything else happens to the run.
    - A database that fails costs the run its durability, never its answer.
    """

    def __init__(self, saver: BaseCheckpointSaver[str], database: "PostgresConnector | None" = None) -> None:
        super().__init__(serde=saver.serde)
        self._saver = saver
        self._database = database
        self._clock = time.monotonic
        self._threads: dict[str, _Thread] = {}

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Read the last checkpoint; a thread marked `fresh` has none, and nobody is asked.

        Raises:
            StorageError: the database does not give it, however often it is asked.
        """
        if config["configurable"].get("fresh"):
            return None
        await self._flush(_thread_id(config))
        give_up = self._clock() + _READ_PATIENCE_S
        while True:
            try:
                self._refuse_if_down()
                return await self._saver.aget_tuple(config)
            except _database_failures() as error:
                if self._clock() > give_up:
                    raise StorageError(f"the checkpoint of run {_thread_id(config)} cannot be read: {error}") from error
            await asyncio.sleep(_READ_PAUSE_S)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """List checkpoints."""
        self._refuse_if_down()
        async for found in self._saver.alist(config, filter=filter, before=before, limit=limit):
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint, now or soon."""
        thread_id = _thread_id(config)
        thread = self._thread(thread_id)
        now = self._clock()
        took_s, thread.last_put = now - thread.last_put, now
        self._wait(thread_id, thread, lambda: self._saver.aput(config, checkpoint, metadata, new_versions))
        if took_s >= _WORTH_KEEPING_S:
            await self._flush(thread_id)
        place = {"thread_id": thread_id, "checkpoint_ns": config["configurable"].get("checkpoint_ns", "")}
        return {"configurable": place | {"checkpoint_id": checkpoint["id"]}}

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what one stage wrote, now or soon."""
        thread_id = _thread_id(config)
        thread = self._thread(thread_id)
        self._wait(thread_id, thread, lambda: self._saver.aput_writes(config, writes, task_id, task_path))
        if self._clock() - thread.last_put >= _WORTH_KEEPING_S:
            await self._flush(thread_id)

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete all checkpoints of a run.

        Raises:
            StorageError: the database is down or refuses.
        """
        self.forget(thread_id)
        self._refuse_if_down()
        try:
            await self._saver.adelete_thread(thread_id)
        except _database_failures() as error:
            raise StorageError(f"the checkpoints of run {thread_id} are not deleted: {error}") from error

    def forget(self, thread_id: str) -> bool:
        """End the run's bookkeeping, and drop what was not yet written; `True` when nothing ever was."""
        thread = self._threads.pop(thread_id, None)
        if thread is None:
            return False
        if thread.flush is not None:
            thread.flush.cancel()
        return not thread.has_written

    async def settle(self) -> None:
        """Write all that waits."""
        for thread_id in list(self._threads):
            await self._flush(thread_id)

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Number a channel's values as the saver beneath does."""
        return self._saver.get_next_version(current, channel)

    def _thread(self, thread_id: str) -> _Thread:
        if thread_id not in self._threads:
            self._threads[thread_id] = _Thread(self._clock())
        return self._threads[thread_id]

    def _wait(self, thread_id: str, thread: _Thread, write: Write) -> None:
        if thread.is_lost:
            return
        thread.waiting.append(write)
        if thread.flush is None or thread.flush.done():
            thread.flush = asyncio.create_task(self._flush_later(thread_id))

    async def _flush_later(self, thread_id: str) -> None:
        await asyncio.sleep(_LATEST_S)
        await self._flush(thread_id)

    async def _flush(self, thread_id: str) -> None:
        thread = self._threads.get(thread_id)
        if thread is None:
            return
        async with thread.lock:
            while thread.waiting and not thread.is_lost:
                write = thread.waiting.pop(0)
                thread.has_written = True
                thread.is_lost = not await self._try(thread_id, write)
            thread.waiting.clear()

    async def _try(self, thread_id: str, write: Write) -> bool:
        try:
            self._refuse_if_down()
            async with asyncio.timeout(_PATIENCE_S):
                await write()
        except _database_failures() as error:
            self._report(error)
            _log.warning(_NOT_DURABLE, thread_id, error)
            return False
        except (ValueError, TypeError) as error:  # a value that the serializer cannot take
            _log.warning(_NOT_DURABLE, thread_id, error)
            return False
        return True

    def _report(self, error: Exception) -> None:
        """Tell the connector, which sees only its own statements, what it does not know: the database may be gone."""
        if self._database is not None and not isinstance(error, StorageError):
            self._database.report_loss(str(error) or type(error).__name__)

    def _refuse_if_down(self) -> None:
        if self._database is not None and not self._database.is_up:
            raise StorageError("the database is down; it is tried again in the background")


@asynccontextmanager
async def open_checkpoints(
    storage: Storage, path: Path | None, allowed_types: Iterable[type] = ()
) -> AsyncIterator[Checkpoints]:
    """Open the checkpoints beside a storage: in the same Postgres, or in a SQLite file of their own.

    Args:
        storage: the opened one.
        path: of the SQLite file, which has its own writer; `None` is in memory.
        allowed_types: classes that a checkpoint may bring back; any other stays plain data.
    """
    serde = JsonPlusSerializer(allowed_msgpack_modules=[(kind.__module__, kind.__qualname__) for kind in allowed_types])
    opened = _open_sqlite(path, serde) if storage.dialect == "sqlite" else _open_postgres(storage, serde)
    async with opened as checkpoints:
        try:
            yield checkpoints
        finally:
            await checkpoints.settle()


@asynccontextmanager
async def _open_sqlite(path: Path | None, serde: JsonPlusSerializer) -> AsyncIterator[Checkpoints]:
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with aiosqlite.connect(":memory:" if path is None else path, timeout=10) as connection:
        await connection.execute("PRAGMA synchronous = NORMAL")
        saver = AsyncSqliteSaver(connection, serde=serde)
        await saver.setup()
        yield Checkpoints(saver)


@asynccontextmanager
async def _open_postgres(storage: Storage, serde: JsonPlusSerializer) -> AsyncIterator[Checkpoints]:
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver

    connector: Any = storage.connector
    shared: PostgresConnector = connector

    async def set_up(connection: Any) -> None:
        """One process at a time, and none waiting in a statement: its index is made CONCURRENTLY, which would wait."""
        await connection.execute("SET statement_timeout = '10min'")
        while True:
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_SETUP_LOCK,))
            if (await cursor.fetchone())["mine"]:
                break
            await asyncio.sleep(0.1)
        await AsyncPostgresSaver(connection).setup()

    await shared.add_set_up(set_up)
    yield Checkpoints(AsyncPostgresSaver(shared.pool, serde=serde), shared)


def _thread_id(config: RunnableConfig | Mapping[str, Any]) -> str:
    return str(config["configurable"]["thread_id"])


def _database_failures() -> tuple[type[Exception], ...]:
    """What the database may do to a statement; a value that the serializer cannot take is no such thing."""
    failures: list[type[Exception]] = [StorageError, sqlite3.Error, OSError]
    with suppress(ImportError):
        import psycopg
        import psycopg_pool

        failures += [psycopg.Error, psycopg_pool.PoolTimeout]
    return tuple(failures)
