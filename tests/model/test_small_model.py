"""With a real small model (`make test-model`): LOCAL_MODEL_PATH=model.gguf, or LLM_BASE_URL and LLM_MODEL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.bench_models import MAIN, measure, sample, table_of
from benchmarks.report import show
from graph.runner import Runner, open_runner
from tools.settings import load_settings

pytestmark = pytest.mark.model
TASKS = 4


@pytest.fixture
async def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runner]:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("PATTERN_MEMORY", "false")
    monkeypatch.setenv("LLM_DEADLINE_S", "900")
    settings = load_settings()
    if not settings.models.providers:
        pytest.skip("no model: set LOCAL_MODEL_PATH=model.gguf (extra `local`), or LLM_BASE_URL and LLM_MODEL")
    async with open_runner(settings) as opened:
        yield opened


async def test_the_model_answers(runner: Runner) -> None:
    answer = await runner.services.llm.complete([{"role": "user", "content": "Say hello."}], max_tokens=16)
    assert answer.text.strip()
    assert answer.tokens > 0
    assert runner.services.llm.snapshot()["providers"][answer.provider]["status"] == "healthy"


async def test_the_pipeline_solves_no_fewer_everyday_tasks_than_the_model_alone(runner: Runner) -> None:
    assert runner.services.llm.configured
    results = await measure(sample("everyday", TASKS), ["javascript", "python"])
    show(table_of(results, "everyday", f"{TASKS} everyday tasks"), Console(width=160))
    solved = {name: sum(one.right for one in results if one.configuration == name) for name in MAIN}
    assert solved["model alone"] <= solved["all of it"]
    assert len(results) == 2 * TASKS * len(MAIN)
