"""What the pipeline remembers of earlier runs: the same request's node, and those of similar ones."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from agents.code_generator import SolvedTask
from agents.task import Draft, Task
from tools.errors import CodegenError, StorageError
from tools.memory import Asked, PatternMemory
from tools.n8n.profile import RunnerProfile
from tools.storage import Match

__all__ = ["Memories", "asked_of", "solved_tasks"]

_log = logging.getLogger(__name__)


def asked_of(task: Task, profile: RunnerProfile) -> Asked:
    """Identify a task under a profile; two profiles of one name with different fields are two."""
    fields = hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:8]
    examples = [asdict(example) for example in task.examples]
    return Asked(task.description, task.language, task.mode, f"{profile.name}:{fields}", examples)


class Memories:
    """The pattern memory as stages use it: a database that fails is no memory, and never costs a run."""

    def __init__(self, memory: PatternMemory | None) -> None:
        self._memory = memory

    async def warm_up(self) -> None:
        """Load the embedding model off the event loop, before a request needs it."""
        if self._memory is not None:
            await self._memory.warm_up()

    async def recall(self, task: Task, profile: RunnerProfile) -> Draft | None:
        """Find the node that once answered exactly this request, to be proven again."""
        if self._memory is None or not task.examples:
            return None
        try:
            pattern = await self._memory.recall(asked_of(task, profile))
        except StorageError as error:
            _log.info("no memory: %s", error)
            return None
        if pattern is None:
            return None
        origin = {"pattern_id": pattern.pattern_id, "engine": pattern.engine, "uses": pattern.uses}
        return Draft(pattern.code, "memory", pattern.mode, pattern.explanation, details=origin)

    async def similar(self, task: Task) -> list[dict[str, Any]]:
        """List solved tasks that mean nearly the same: what answers show as `similar`."""
        if self._memory is None:
            return []
        try:
            return [_shown(match) for match in await self._memory.similar(task.description)]
        except CodegenError as error:
            _log.info("no memory: %s", error)
            return []

    async def forget(self, draft: Draft) -> None:
        """Drop a remembered node whose proof failed."""
        if self._memory is None or draft.engine != "memory":
            return
        try:
            await self._memory.forget(str(draft.details["pattern_id"]))
        except StorageError as error:
            _log.info("not forgotten: %s", error)

    async def remember(self, task: Task, profile: RunnerProfile, answer: dict[str, Any]) -> None:
        """Keep a delivered node, if it was proven by examples and is not itself remembered."""
        if self._memory is None or not (answer["success"] and answer["evidence"]["proven_by"] and task.examples):
            return
        if answer["engine"] == "memory":
            return
        try:
            await self._memory.remember(
                asked_of(task, profile),
                code=answer["code"],
                engine=answer["engine"],
                explanation=answer["explanation"],
                code_id=answer.get("code_id"),
            )
        except CodegenError as error:
            _log.info("not remembered: %s", error)


def solved_tasks(similar: Sequence[dict[str, Any]], task: Task) -> list[SolvedTask]:
    """Choose those that a model may learn from: in the language of the task."""
    return [SolvedTask(each["description"], each["code"]) for each in similar if each["language"] == task.language]


def _shown(match: Match) -> dict[str, Any]:
    pattern = match.pattern
    return {
        "pattern_id": pattern.pattern_id,
        "code_id": pattern.code_id,
        "description": pattern.description,
        "similarity": match.similarity,
        "language": pattern.language,
        "code": pattern.code,
    }
