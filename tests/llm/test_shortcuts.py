"""The lowercase shortcuts: from a plain script, from threads, and where a loop runs already."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.code_generator_agent import CodeGeneratorAgent
from tools.errors import NoProviderAvailable, RequestError
from tools.llm_router import LlmRouter

QUESTION = [{"role": "user", "content": "Say hello"}]


@pytest.fixture(autouse=True)
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('["hello"]', encoding="utf-8")
    monkeypatch.setenv("LLM_PROVIDERS", json.dumps({"demo": {"model": f"scripted/{answers}"}}))
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))


@pytest.fixture
def router(scripted: None) -> Iterator[LlmRouter]:  # noqa: ARG001 - the settings come first
    made = LlmRouter()
    yield made
    made.close()


def test_call_answers_with_the_signature_of_the_specification(router: LlmRouter) -> None:
    response = router.call(messages=QUESTION, task_type="code_generation", fallback=True)
    assert (response.content, response.provider) == ("hello", "demo")
    assert router.snapshot()["providers"]["demo"]["status"] == "healthy"


async def test_call_works_where_a_loop_runs_already(router: LlmRouter) -> None:
    assert router.call(QUESTION).content == "hello"


def test_call_works_from_many_threads(router: LlmRouter) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert {answer.content for answer in pool.map(lambda _n: router.call(QUESTION), range(32))} == {"hello"}


def test_without_a_model_the_error_names_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LLM_PROVIDERS")
    monkeypatch.chdir(tmp_path)
    router = LlmRouter()
    with pytest.raises(NoProviderAvailable, match="LLM_MODEL"):
        router.call(QUESTION)
    router.close()


@pytest.mark.jail
async def test_generate_code_node_gives_the_answer_of_the_service_even_where_a_loop_runs() -> None:
    agent = CodeGeneratorAgent()
    result = agent.generate_code_node(
        task_description="Multiply input value by 2 and return result",
        language="python",
        input_data_example={"value": 5},
        expected_output={"result": 10},
    )
    assert result["success"]
    assert result["node"]["parameters"]["language"] == "pythonNative"
    assert result["test_results"]["all_passed"]
    with pytest.raises(RequestError, match="language"):
        agent.generate_code_node("x", "ruby")
    agent.close()


def test_importing_a_shortcut_starts_nothing() -> None:
    code = (
        "import threading, sys; from tools.llm_router import llm_router;"
        "from graph.code_generator_agent import code_generator_agent;"
        "sys.exit(threading.active_count() != 1 or 'litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
