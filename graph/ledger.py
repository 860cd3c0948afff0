"""Writes runs down while they go on, so that another process can finish them; a dead database costs only that."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from agents.task import Task
from graph.memories import Memories, asked_of
from graph.state import GenerateInput, RunOptions
from tools.errors import CodegenError, RunCancelled, StorageError
from tools.n8n.profile import profile_from
from tools.storage import LEASE_S, Storage

if TYPE_CHECKING:
    from tools.storage.checkpoints import Checkpoints

__all__ = ["Ledger", "Recording"]

_log = logging.getLogger(__name__)
_BEAT_S = 1.0
"""How often a run shows its stage and looks whether it was cancelled."""


@dataclass(slots=True)
class Recording:
    """One run that is going on in this process."""

    run_id: str
    task: Task
    options: RunOptions
    worker: "asyncio.Task[Any] | None"
    stage: str | None = None
    """The last that finished."""
    answer: dict[str, Any] | None = None
    was_cancelled: bool = False

    def cancel(self) -> None:
        """Break the run off where it is."""
        self.was_cancelled = True
        if self.worker is not None:
            self.worker.cancel()


class Ledger:
    """The records of this process's runs."""

    def __init__(self, storage: Storage, checkpoints: "Checkpoints", memories: Memories) -> None:
        self._storage = storage
        self._checkpoints = checkpoints
        self._memories = memories
        self._open: dict[str, Recording] = {}
        self._errands: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def record(
        self, run_id: str, given: GenerateInput, task: Task, options: RunOptions, *, kind: str | None = "generate"
    ) -> AsyncIterator[Recording]:
        """Record one run for the length of the block, in the task that runs the block.

        Args:
            run_id: its name.
            given: the request.
            task: the same, normalised.
            options: of the run.
            kind: `generate`, `job` for one whose job looks after it; `None` for one that is recorded already.

        Raises:
            RunCancelled: somebody cancelled the run.
        """
        recording = Recording(run_id, task, options, asyncio.current_task())
        if kind is not None:
            await self._start(recording, kind, given)
        self._open[run_id] = recording
        heart = asyncio.create_task(self._beat(recording))
        try:
            yield recording
            await self._finish(recording)
        except asyncio.CancelledError as error:
            if recording.was_cancelled:
                raise _cancelled(recording) from error
            await asyncio.shield(self._interrupt(run_id))
            raise
        except GeneratorExit:
            self._send(self._interrupt(run_id))
            raise
        except Exception as error:
            await self._fail(recording, error)
            raise
        finally:
            heart.cancel()
            del self._open[run_id]
            self._clean_up(recording)

    async def keep(self, recording: Recording, answer: dict[str, Any]) -> dict[str, Any]:
        """Number the delivered node as a version of its task, and have it remembered; give the answer with that."""
        recording.answer = answer | {"run_id": recording.run_id, "code_id": None, "version": None}
        if answer["success"]:
            try:
                recording.answer |= await self._add_version(recording, answer)
            except (StorageError, TypeError, ValueError) as error:
                recording.answer["warnings"] = [*answer["warnings"], f"not kept as a version: {error}"]
            profile = profile_from(recording.options.profile)
            await self._memories.remember(recording.task, profile, recording.answer)
        return recording.answer

    async def cancel(self, run_id: str) -> bool:
        """Cancel a running run, here or in another process; `False` when it is not running.

        Raises:
            StorageError: the database cannot be reached.
        """
        cancelled = await self._storage.runs.cancel(run_id)
        if cancelled and run_id in self._open:
            self._open[run_id].cancel()
        return cancelled

    async def settle(self) -> None:
        """Wait for what is written on the side."""
        while self._errands:
            await asyncio.gather(*self._errands, return_exceptions=True)

    async def _start(self, recording: Recording, kind: str, given: GenerateInput) -> None:
        request = {"given": dict(given), "options": asdict(recording.options)}
        key = asked_of(recording.task, profile_from(recording.options.profile)).key
        with _forgiven("not recorded"):
            await self._storage.runs.start(recording.run_id, kind, request, key)

    async def _finish(self, recording: Recording) -> None:
        answer = recording.answer or {}
        with _forgiven("its end is not recorded"):
            await self._storage.runs.finish(
                recording.run_id, "done", result=answer, code_id=cast("str | None", answer.get("code_id"))
            )

    async def _fail(self, recording: Recording, error: Exception) -> None:
        words = str(error) if isinstance(error, CodegenError) else "the service failed; its log has the details"
        with _forgiven("its failure is not recorded"):
            await self._storage.runs.finish(
                recording.run_id, "failed", error={"type": type(error).__name__, "message": words}
            )

    async def _interrupt(self, run_id: str) -> None:
        """The caller went away, or the process is being stopped: the run may be resumed by its id."""
        with _forgiven("its end is not recorded"):
            await self._storage.runs.cancel(run_id)

    async def _add_version(self, recording: Recording, answer: dict[str, Any]) -> dict[str, Any]:
        asked = asked_of(recording.task, profile_from(recording.options.profile))
        version = await self._storage.versions.add(
            asked.code_id,
            description=asked.description,
            language=asked.language,
            mode=answer["mode"],
            code=answer["code"],
            node=answer["node"],
            engine=answer["engine"],
            evidence=answer["evidence"] | {"test_results": answer["test_results"]},
            run_id=recording.run_id,
        )
        return {"code_id": version.code_id, "version": version.number}

    async def _beat(self, recording: Recording) -> None:
        """Keep the lease; a run that is no longer ours was cancelled or taken over."""
        shown, silent_s = recording.stage, 0.0
        while True:
            await asyncio.sleep(_BEAT_S)
            silent_s += _BEAT_S
            if recording.stage == shown and silent_s < LEASE_S / 10:
                continue
            shown, silent_s = recording.stage, 0.0
            with _forgiven("its lease is not renewed"):
                if not await self._storage.runs.renew(recording.run_id, shown) and await self._is_gone(recording):
                    recording.cancel()
                    return

    async def _is_gone(self, recording: Recording) -> bool:
        """A run that was never recorded (the database was down) is ours all the same."""
        return await self._storage.runs.get(recording.run_id) is not None

    def _clean_up(self, recording: Recording) -> None:
        """A finished run's checkpoints are of no use any more; those of a broken one are what it is resumed from."""
        if recording.answer is not None and not self._checkpoints.forget(recording.run_id):
            self._send(self._checkpoints.adelete_thread(recording.run_id))

    def _send(self, errand: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(_quietly(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _cancelled(recording: Recording) -> RunCancelled:
    """The worker's own cancellation is used up: it only meant this run."""
    if recording.worker is not None:
        recording.worker.uncancel()
    return RunCancelled(f"run {recording.run_id} was cancelled")


async def _quietly(errand: Coroutine[Any, Any, Any]) -> None:
    with _forgiven("something on the side is not written"):
        await errand


@contextmanager
def _forgiven(what: str) -> Iterator[None]:
    """A database that fails, or a value it cannot keep, is said in the log and costs nothing else."""
    try:
        yield
    except (StorageError, TypeError, ValueError) as error:
        _log.warning("run: %s: %s", what, error)
