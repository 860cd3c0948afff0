"""A run killed after a stage's work was kept and before the checkpoint behind it goes on, and does no stage again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata

from graph.pipeline import build_pipeline
from graph.runner import Runner, open_runner
from graph.state import GenerateInput
from tests.state.crash_server import RIGHT, WRONG
from tests.state.test_durable_runs import REQUEST
from tools.llm.completion import Chunk, CompletionRequest
from tools.llm.scripted import ScriptedProvider
from tools.settings import load_settings

STAGES = ("generate", "validate", "security", "test", "fix", "analyse", "optimise", "deliver")


class Counting(ScriptedProvider):
    """Drafts wrongly, mends rightly, and counts."""

    def __init__(self, calls: list[str]) -> None:
        super().__init__([])
        self._calls = calls

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        self._calls.append(request.task_type)
        yield Chunk(WRONG if request.task_type == "code_generation" else RIGHT)
        yield Chunk(finish_reason="stop")


class KilledBehind(BaseCheckpointSaver[str]):
    """Keeps everything up to a stage's own writes, and dies instead of the checkpoint behind them."""

    def __init__(self, saver: BaseCheckpointSaver[str], stage: str) -> None:
        super().__init__(serde=saver.serde)
        self._saver = saver
        self._stage = stage

    async def aget_tuple(self, config: RunnableConfig) -> Any:
        return await self._saver.aget_tuple(config)

    async def aput_writes(self, config: RunnableConfig, writes: Any, task_id: str, task_path: str = "") -> None:
        await self._saver.aput_writes(config, writes, task_id, task_path)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        if self._stage in checkpoint["versions_seen"]:
            raise RuntimeError("killed")
        return await self._saver.aput(config, checkpoint, metadata, new_versions)

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self._saver.get_next_version(current, channel)


@pytest.mark.jail
@pytest.mark.parametrize("stage", ["generate", "test", "fix", "optimise", "deliver"])
async def test_a_run_killed_behind_a_stage_goes_on_without_doing_it_again(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the model was asked for before is not asked for again."""
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    settings, before, after = load_settings(), list[str](), list[str]()
    given = GenerateInput(**REQUEST, input_example=None, expected_output=None, mode=None, persona="terry")  # type: ignore[typeddict-item]
    async with open_runner(settings, [Counting(before)]) as first:
        saver = first.services.checkpoints._saver
        dying = Runner(first.services, build_pipeline(first.services, KilledBehind(saver, stage)))
        with pytest.raises(RuntimeError, match="killed"):
            await dying.generate(given, first.options(), "r")
        kept = await saver.aget_tuple({"configurable": {"thread_id": "r"}})
        assert kept is not None
        assert kept.pending_writes, "the stage's own work was kept"
        assert stage not in kept.checkpoint["versions_seen"], "and no checkpoint behind it"
    async with open_runner(settings, [Counting(after)]) as second:
        runs = second.services.storage.runs
        assert await runs.reopen("r")
        run = await runs.get("r")
        assert run is not None
        answer = await second.resume(run)

    assert answer["success"], answer["error"]
    assert before[0] == "code_generation"
    assert after == (["error_debugging"] if stage in STAGES[: STAGES.index("fix")] else [])
    assert set(answer["stages_ms"]) <= {*STAGES, "confirm"}
    assert [attempt["strategy"] for attempt in answer["attempts"]] == ["draft", "feedback"]
