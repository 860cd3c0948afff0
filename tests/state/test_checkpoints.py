"""A run's stages are kept when they were worth keeping, and a database that fails never costs the answer."""

import asyncio
import operator
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

import psycopg
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from tests.postgres import postgres_server, postgres_url, running_postgres
from tools.errors import StorageError
from tools.storage import open_storage
from tools.storage.checkpoints import Checkpoints, open_checkpoints

__all__ = ["postgres_server", "postgres_url"]


@dataclass(frozen=True)
class Note:
    text: str


class State(TypedDict, total=False):
    calls: Annotated[list[Note], operator.add]
    big: Any


def config(thread_id: str, **others: Any) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id, **others}}


class Work:
    """Three stages of which the second takes `pause_s`, and the third breaks off until it is allowed to finish."""

    def __init__(self, pause_s: float = 0.0) -> None:
        self.pause_s = pause_s
        self.breaks_off = True
        self.done: list[str] = []

    async def first(self, state: State) -> State:
        return self._note("first")

    async def second(self, state: State) -> State:
        await asyncio.sleep(self.pause_s)
        return self._note("second")

    async def third(self, state: State) -> State:
        if self.breaks_off:
            raise RuntimeError("broken off")
        return self._note("third")

    def _note(self, text: str) -> State:
        self.done.append(text)
        return {"calls": [Note(text)]}

    def graph(self, checkpoints: Checkpoints) -> Any:
        flow = StateGraph(State)
        flow.add_sequence([self.first, self.second, self.third])
        flow.add_edge(START, "first")
        flow.add_edge("third", END)
        return flow.compile(checkpointer=checkpoints)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def open_it(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None

    @asynccontextmanager
    async def opened() -> AsyncIterator[Checkpoints]:
        async with (
            open_storage(tmp_path / "state.db", url=url, deadline_s=10) as storage,
            open_checkpoints(storage, tmp_path / "checkpoints.db", [Note]) as checkpoints,
        ):
            await storage.runs.list(limit=1)
            yield checkpoints

    return opened


async def test_a_run_that_broke_off_goes_on_after_its_last_finished_stage(open_it: Any) -> None:
    before, after = Work(pause_s=0.12), Work()
    async with open_it() as checkpoints:
        with pytest.raises(RuntimeError, match="broken off"):
            await before.graph(checkpoints).ainvoke({"big": {"n": 1}}, config("t", fresh=True))
    after.breaks_off = False
    async with open_it() as checkpoints:
        result = await after.graph(checkpoints).ainvoke(None, config("t"))

    assert (before.done, after.done) == (["first", "second"], ["third"])
    assert result["calls"] == [Note("first"), Note("second"), Note("third")]


async def test_a_slow_stage_is_on_disk_before_the_next_one_ends(open_it: Any) -> None:
    work = Work(pause_s=0.12)
    async with open_it() as checkpoints:
        with pytest.raises(RuntimeError):
            await work.graph(checkpoints).ainvoke({}, config("t", fresh=True))

        kept = await checkpoints._saver.aget_tuple(config("t"))

    assert kept is not None
    assert kept.checkpoint["channel_values"]["calls"] == [Note("first"), Note("second")]


async def test_a_quick_run_that_is_forgotten_wrote_nothing(open_it: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.storage.checkpoints._LATEST_S", 60)
    work = Work()
    work.breaks_off = False
    async with open_it() as checkpoints:
        checkpoints._clock = lambda: 0.0
        await work.graph(checkpoints).ainvoke({}, config("t", fresh=True))
        assert checkpoints.forget("t")
        await checkpoints.settle()

        assert await checkpoints._saver.aget_tuple(config("t")) is None


async def test_a_deleted_thread_is_gone(open_it: Any) -> None:
    work = Work()
    work.breaks_off = False
    async with open_it() as checkpoints:
        await work.graph(checkpoints).ainvoke({}, config("t", fresh=True))
        await checkpoints.settle()
        await checkpoints.adelete_thread("t")

        assert await checkpoints.aget_tuple(config("t")) is None


@pytest.mark.parametrize("value", ["\ud83d", 2**80, "\0"], ids=["surrogate", "huge", "nul"])
async def test_a_value_that_cannot_be_kept_costs_no_answer(open_it: Any, value: Any) -> None:
    work = Work(pause_s=0.12)
    work.breaks_off = False
    async with open_it() as checkpoints:
        result = await work.graph(checkpoints).ainvoke({"big": value}, config("t", fresh=True))

    assert result["calls"] == [Note("first"), Note("second"), Note("third")]


@pytest.mark.postgres
async def test_a_database_that_dies_in_the_run_costs_no_answer() -> None:
    work = Work(pause_s=0.3)
    work.breaks_off = False
    with running_postgres() as server:
        async with (
            open_storage(None, url=server.url, deadline_s=5) as storage,
            open_checkpoints(storage, None, [Note]) as checkpoints,
        ):
            await storage.runs.list()
            running = asyncio.create_task(work.graph(checkpoints).ainvoke({}, config("t", fresh=True)))
            await asyncio.to_thread(server.kill)

            result = await running

            assert len(result["calls"]) == 3
        server.start()


class Fickle(InMemorySaver):
    """Refuses so many times what it is asked."""

    refuses = 0

    def _may_refuse(self) -> None:
        self.refuses -= 1
        if self.refuses >= 0:
            raise psycopg.errors.QueryCanceled("canceling statement due to statement timeout")

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        self._may_refuse()
        return await super().aget_tuple(config)

    async def adelete_thread(self, thread_id: str) -> None:
        self._may_refuse()
        await super().adelete_thread(thread_id)


async def test_a_run_is_resumed_though_the_database_stumbles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.storage.checkpoints._READ_PAUSE_S", 0)
    saver, before, after = Fickle(), Work(pause_s=0.12), Work()
    checkpoints = Checkpoints(saver)
    with pytest.raises(RuntimeError, match="broken off"):
        await before.graph(checkpoints).ainvoke({}, config("t", fresh=True))
    after.breaks_off = False
    saver.refuses = 3

    await after.graph(checkpoints).ainvoke(None, config("t"))

    assert after.done == ["third"]


async def test_a_database_that_goes_on_refusing_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.storage.checkpoints._READ_PATIENCE_S", -1)
    checkpoints = Checkpoints(saver := Fickle())
    saver.refuses = 2

    with pytest.raises(StorageError, match="statement timeout"):
        await checkpoints.aget_tuple(config("t"))
    with pytest.raises(StorageError, match="statement timeout"):
        await checkpoints.adelete_thread("t")


@pytest.mark.postgres
async def test_an_outage_is_told_in_the_words_of_its_cause_and_only_once(tmp_path: Path) -> None:
    work = Work(pause_s=0.12)
    work.breaks_off = False
    url = f"postgresql://nobody@/none?host={tmp_path}"
    async with open_storage(None, url=url, deadline_s=1) as storage, open_checkpoints(storage, None) as checkpoints:
        with pytest.raises(StorageError):
            await storage.runs.list()
        for number in range(3):
            await work.graph(checkpoints).ainvoke({}, config(f"t{number}", fresh=True))

        with pytest.raises(StorageError, match="No such file") as caught:
            await storage.runs.list()

    assert str(caught.value).count("is down") == 1


@pytest.mark.postgres
async def test_processes_that_start_together_set_up_once(postgres_url: str) -> None:
    async def start() -> None:
        async with (
            open_storage(None, url=postgres_url, deadline_s=10) as storage,
            open_checkpoints(storage, None) as checkpoints,
        ):
            await storage.runs.list()
            assert await checkpoints.aget_tuple(config("t")) is None

    await asyncio.gather(*(start() for _ in range(4)))
