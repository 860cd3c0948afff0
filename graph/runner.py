"""One run of the pipeline from the outside: the answer, or its stages as they finish; recorded, and resumed."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from graph.ledger import Ledger, Recording
from graph.request import task_from
from graph.services import Services, open_services
from graph.state import GenerateInput, GenerateOutput, RunOptions
from tools.errors import CodegenError
from tools.llm.completion import Provider
from tools.settings import Settings
from tools.storage import Run

if TYPE_CHECKING:  # LangGraph takes a second to import: only who runs the pipeline waits for it
    from langchain_core.runnables import RunnableConfig

    from graph.pipeline import Pipeline

__all__ = ["Runner", "StageEvent", "open_runner"]

_log = logging.getLogger(__name__)
_RESUMED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class StageEvent:
    """A stage finished."""

    stage: str
    duration_ms: float
    update: dict[str, Any]
    """What it wrote into the state."""


class Runner:
    """Runs the pipeline over opened services."""

    def __init__(self, services: Services, pipeline: "Pipeline") -> None:
        self.services = services
        self._pipeline = pipeline
        self._ledger = Ledger(services.storage, services.checkpoints, services.memories)

    def options(self, **given: Any) -> RunOptions:
        """Fill what a request leaves open from the settings."""
        generation, models = self.services.settings.generation, self.services.settings.models
        defaults: dict[str, Any] = {
            "max_fix_attempts": generation.max_attempts,
            "synthesis": generation.enable_synthesis,
            "second_opinions": generation.second_opinions,
            "model_tests": generation.model_tests,
            "model_explanation": generation.model_explanation,
            "enable_testing": generation.enable_testing,
            "enable_optimization": generation.enable_optimization,
            "max_tokens": models.llm_max_tokens,
            "max_cost_usd": models.llm_max_cost_usd,
        }
        return RunOptions(**(defaults | given))

    async def generate(self, given: GenerateInput, options: RunOptions, run_id: str | None = None) -> dict[str, Any]:
        """Run to the end and give the answer, `run_id` and the time of each stage in it."""
        return await _answer(self.stream(given, options, run_id))

    async def stream(
        self, given: GenerateInput, options: RunOptions, run_id: str | None = None
    ) -> AsyncIterator[StageEvent]:
        """Yield each stage as it finishes; the last one is `deliver`, whose update is the answer.

        Args:
            given: the request.
            options: of this run.
            run_id: its name from now on, given by a job that looks after it; `None` makes one.

        Raises:
            RequestError: a field of the request cannot be taken.
            RunCancelled: somebody cancelled it.
        """
        task = task_from(given, self.services.settings.generation.default_language)
        kind = "job" if run_id else "generate"
        async with self._ledger.record(run_id or str(uuid4()), given, task, options, kind=kind) as recording:
            async for event in self._follow(given, recording, is_fresh=True):
                yield event

    async def cancel(self, run_id: str) -> bool:
        """Cancel a running run, here or in another process; `False` when it is not running."""
        return await self._ledger.cancel(run_id)

    async def resume(self, run: Run) -> dict[str, Any]:
        """Finish a run that is ours (taken over or reopened) from its last checkpoint, and give the answer."""
        return await _answer(self._continue(run))

    async def recover(self) -> None:
        """Take over the runs whose process is gone, and finish them; a job's are finished by the job.

        Raises:
            StorageError: the database cannot be reached.
        """
        places = asyncio.Semaphore(_RESUMED_AT_ONCE)

        async def finish(run: Run) -> None:
            async with places:
                if await self.services.storage.runs.take_over(run):
                    _log.info("resuming run %s after %s", run.run_id, run.stage or "its start")
                    await self._resume_quietly(run)

        abandoned = await self.services.storage.runs.abandoned()
        await asyncio.gather(*(finish(run) for run in abandoned if run.kind == "generate"))

    async def settle(self) -> None:
        """Wait for what runs write on the side."""
        await self._ledger.settle()

    async def _resume_quietly(self, run: Run) -> None:
        try:
            await self.resume(run)
        except CodegenError as error:
            _log.warning("run %s failed after it was resumed: %s", run.run_id, error)

    async def _continue(self, run: Run) -> AsyncIterator[StageEvent]:
        given, options = cast(GenerateInput, run.request["given"]), RunOptions(**run.request["options"])
        task = task_from(given, self.services.settings.generation.default_language)
        async with self._ledger.record(run.run_id, given, task, options, kind=None) as recording:
            snapshot = await self._pipeline.aget_state(_thread(run.run_id))
            delivered = _delivered(snapshot.values)
            # not `snapshot.next`: it is empty too when a stage's writes were kept and the checkpoint after them was not
            if "success" in delivered:
                yield StageEvent("deliver", 0.0, await self._ledger.keep(recording, delivered))
                return
            async for event in self._follow(None if snapshot.values else given, recording, is_fresh=False):
                yield event

    async def _follow(
        self, given: GenerateInput | None, recording: Recording, *, is_fresh: bool
    ) -> AsyncIterator[StageEvent]:
        before = time.perf_counter()
        parts = self._pipeline.astream(
            given,
            _thread(recording.run_id, fresh=is_fresh),
            context=recording.options,
            stream_mode="updates",
            version="v2",
        )
        async for part in parts:
            now = time.perf_counter()
            for stage, update in cast(dict[str, dict[str, Any]], part["data"]).items():
                if stage == "__metadata__":  # a resumed run says so of the stage whose kept work it takes
                    continue
                recording.stage = stage
                shown = await self._ledger.keep(recording, update) if stage == "deliver" else update or {}
                yield StageEvent(stage, (now - before) * 1000, shown)
            before = time.perf_counter()


async def _answer(events: AsyncIterator[StageEvent]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    stages: dict[str, float] = {}
    async for event in events:
        stages[event.stage] = round(stages.get(event.stage, 0.0) + event.duration_ms, 2)
        if event.stage == "deliver":
            answer = event.update
    return answer | {"stages_ms": stages}


def _delivered(state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in GenerateOutput.__annotations__ if name in state}


def _thread(run_id: str, **others: Any) -> "RunnableConfig":
    return {"configurable": {"thread_id": run_id, **others}}


@asynccontextmanager
async def open_runner(settings: Settings, providers: Sequence[Provider] | None = None) -> AsyncIterator[Runner]:
    """Open the services (with other models than the settings', if given) and build the pipeline over them."""
    from graph.pipeline import build_pipeline

    async with open_services(settings, providers) as services:
        runner = Runner(services, build_pipeline(services, services.checkpoints))
        try:
            yield runner
        finally:
            await runner.settle()
