"""One run of the pipeline from the outside: the answer, or its stages as they finish."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from graph.pipeline import Pipeline, build_pipeline
from graph.services import Services, open_services
from graph.state import GenerateInput, RunOptions
from tools.settings import Settings

__all__ = ["Runner", "StageEvent", "open_runner"]


@dataclass(frozen=True, slots=True)
class StageEvent:
    """A stage finished."""

    stage: str
    duration_ms: float
    update: dict[str, Any]
    """What it wrote into the state."""


class Runner:
    """Runs the pipeline over opened services."""

    def __init__(self, services: Services, pipeline: Pipeline) -> None:
        self.services = services
        self._pipeline = pipeline

    def options(self, **given: Any) -> RunOptions:
        """Fill what a request leaves open from the settings."""
        generation = self.services.settings.generation
        defaults: dict[str, Any] = {
            "max_fix_attempts": generation.max_attempts,
            "enable_testing": generation.enable_testing,
            "enable_optimization": generation.enable_optimization,
        }
        return RunOptions(**(defaults | given))

    async def generate(self, given: GenerateInput, options: RunOptions) -> dict[str, Any]:
        """Run to the end and give the answer, `run_id` and the time of each stage in it."""
        answer: dict[str, Any] = {}
        stages: dict[str, float] = {}
        async for event in self.stream(given, options):
            stages[event.stage] = round(stages.get(event.stage, 0.0) + event.duration_ms, 2)
            if event.stage == "deliver":
                answer = event.update
        return answer | {"stages_ms": stages}

    async def stream(self, given: GenerateInput, options: RunOptions) -> AsyncIterator[StageEvent]:
        """Yield each stage as it finishes; the last one is `deliver`, whose update is the answer.

        Raises:
            RequestError: a field of the request cannot be taken.
        """
        run_id = str(uuid4())
        before = time.perf_counter()
        async for part in self._pipeline.astream(
            given, {"configurable": {"thread_id": run_id}}, context=options, stream_mode="updates", version="v2"
        ):
            now = time.perf_counter()
            for stage, update in cast(dict[str, dict[str, Any]], part["data"]).items():
                extra = {"run_id": run_id} if stage == "deliver" else {}
                yield StageEvent(stage, (now - before) * 1000, (update or {}) | extra)
            before = time.perf_counter()


@asynccontextmanager
async def open_runner(settings: Settings) -> AsyncIterator[Runner]:
    """Open the services and build the pipeline over them."""
    async with open_services(settings) as services:
        yield Runner(services, build_pipeline(services))
