"""The shortcut for scripts, threads and notebooks."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.lazy import Lazy
from tools.terry_bridge import TerryBridge

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TerryBridge]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERRY_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        patch.setenv("TERRY_MAX_EXECUTION_TIME", "2")
        made = TerryBridge()
    yield made
    made.close()


def test_the_documented_example(bridge: TerryBridge) -> None:
    answer = bridge.execute_python_code(
        code="result = items[0]['json']['value'] * 2", context={"items": [{"json": {"value": 5}}]}, timeout=30
    )
    assert (answer["success"], answer["result"], answer["stdout"], answer["stderr"]) == (True, 10, "", "")
    assert answer["execution_time_ms"] > 0


def test_code_that_fails_is_an_answer(bridge: TerryBridge) -> None:
    answer = bridge.execute_python_code("x = 1\nresult = x / 0")
    assert answer["error"] is not None
    assert (answer["success"], answer["error"]["type"], answer["error"]["line"]) == (False, "ZeroDivisionError", 2)


def test_the_operators_limit_is_the_longest_time_out(bridge: TerryBridge) -> None:
    answer = bridge.execute_python_code("while True: pass", timeout=30)
    assert answer["error"] is not None
    assert "longer than 2 s" in answer["error"]["message"]


def test_a_time_out_of_nothing_is_refused(bridge: TerryBridge) -> None:
    with pytest.raises(ValueError, match="timeout=0"):
        bridge.execute_python_code("result = 1", timeout=0)


async def test_it_works_inside_a_running_loop(bridge: TerryBridge) -> None:
    await asyncio.sleep(0)
    assert bridge.execute_python_code("result = 'notebook'")["result"] == "notebook"


def test_it_works_from_many_threads(bridge: TerryBridge) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda n: bridge.execute_python_code("result = n * 2", {"n": n})["result"], range(24))
        assert list(answers) == [2 * n for n in range(24)]


def test_the_shortcut_builds_nothing_until_it_is_used_and_ends_with_its_script(tmp_path: Path) -> None:
    script = (
        "from tools.terry_bridge import terry_bridge; assert 'not made yet' in repr(terry_bridge);"
        "print(terry_bridge.execute_python_code('result = 6 * 7')['result'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=30,
        env={"TERRY_WORKSPACE": str(tmp_path), "PATH": "/usr/bin", "PYTHONPATH": "."},
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)


def test_a_lazy_thing_is_built_once_whoever_comes_first() -> None:
    built: list[int] = []

    def build() -> str:
        built.append(1)
        return "real"

    lazy = Lazy(build)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(lambda _: lazy.upper(), range(8))) == {"REAL"}
    assert built == [1]
