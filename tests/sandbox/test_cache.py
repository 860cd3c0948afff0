"""What is kept of executions, what is not, and for how long."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox import ExecutionRequest, ExecutionResult, Limits, Sandbox, SandboxConfig
from sandbox.cache import ResultCache, javascript_varies, request_key, runtime_version

RESULTS = [
    ExecutionResult(success=True, result={"a": [1, "é", None]}, stdout="out", execution_time_ms=3.0, isolation="A")
]
KEY = request_key("python", b"frame", b"v1")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with Sandbox(SandboxConfig(workspace=tmp_path_factory.mktemp("workspace"))) as opened:
        yield opened


async def run(sandbox: Sandbox, request: ExecutionRequest) -> ExecutionResult:
    [result] = await sandbox.execute(request)
    return result


@pytest.mark.jail
@pytest.mark.asyncio(loop_scope="module")
class TestThroughTheSandbox:
    async def test_the_second_time_comes_from_the_cache(self, kept: Sandbox) -> None:
        request = ExecutionRequest("print('p')\nresult = [x, True]", contexts=[{"x": 1}])
        first, second = await run(kept, request), await run(kept, request)
        assert (first.cached, second.cached) == (False, True)
        assert (second.result, second.stdout, second.isolation) == (first.result, first.stdout, first.isolation)

    async def test_what_a_caller_does_to_a_result_does_not_reach_the_cache(self, kept: Sandbox) -> None:
        request = ExecutionRequest("result = [1]")
        for _ in range(3):
            result = await run(kept, request)
            assert result.result == [1]
            result.result.append("mine")

    @pytest.mark.parametrize(
        ("code", "context"),
        [
            ("result = x", {"x": 2}),
            ("result = x + 0", {"x": 1}),
        ],
        ids=["another input", "another code"],
    )
    async def test_another_question_is_another_entry(self, kept: Sandbox, code: str, context: dict[str, int]) -> None:
        await run(kept, ExecutionRequest("result = x", contexts=[{"x": 1}]))
        assert not (await run(kept, ExecutionRequest(code, contexts=[context]))).cached

    @pytest.mark.parametrize(
        ("code", "why"),
        [
            ("import random\nresult = random.random()", "random"),
            ("from time import time\nresult = time()", "time"),
            ("import uuid\nresult = str(uuid.uuid4())", "uuid"),
            ("from datetime import datetime\nresult = datetime.now()", "now"),
            ("import datetime\nresult = getattr(datetime.date, 'today')()", "today"),
            ("result = id(x)", "id"),
            ("result = hash('a')", "hash"),
            ("result = repr(object())", "an address"),
            ("print(object())", "an address"),
        ],
    )
    async def test_code_that_varies_is_not_kept_and_it_is_said_why(self, kept: Sandbox, code: str, why: str) -> None:
        request = ExecutionRequest(code, contexts=[{"x": 1}])
        first, second = await run(kept, request), await run(kept, request)
        assert (first.success, first.varies, second.cached) == (True, why, False)

    async def test_a_field_called_id_varies_nothing(self, kept: Sandbox) -> None:
        request = ExecutionRequest("result = [id, hash]", contexts=[{"id": 7, "hash": "h"}])
        await run(kept, request)
        assert (await run(kept, request)).cached

    async def test_a_failure_is_not_kept(self, kept: Sandbox) -> None:
        request = ExecutionRequest("result = 1 / 0")
        await run(kept, request)
        assert not (await run(kept, request)).cached

    async def test_other_limits_are_another_question(self, kept: Sandbox) -> None:
        await run(kept, ExecutionRequest("result = 77"))
        assert not (await run(kept, ExecutionRequest("result = 77", limits=Limits(timeout_s=3)))).cached

    async def test_the_statistics_count_look_ups_and_hits(self, kept: Sandbox) -> None:
        assert kept.cache is not None
        kept.cache.clear()
        before = kept.cache.stats()
        request = ExecutionRequest("result = 'counted'")
        for _ in range(3):
            await run(kept, request)
        after = kept.cache.stats()
        assert (after.lookups - before.lookups, after.hits - before.hits, after.entries) == (3, 2, 1)
        assert after.average_execution_time_ms > 0
        assert after.size_bytes > 0
        assert after.oldest_age_s is not None


def test_entries_outlive_the_process_that_made_them(tmp_path: Path) -> None:
    """Also when it is killed: the write-ahead log holds what was committed."""
    code = (
        "import os, signal, sys; from pathlib import Path; from sandbox.cache import ResultCache;"
        "from tests.sandbox.test_cache import KEY, RESULTS;"
        "ResultCache(Path(sys.argv[1])).put(KEY, RESULTS); os.kill(os.getpid(), signal.SIGKILL)"
    )
    path = tmp_path / "cache.sqlite3"
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    found = ResultCache(path).get(KEY)
    assert found is not None
    assert (found[0].result, found[0].stdout, found[0].cached) == (RESULTS[0].result, "out", True)


def test_an_entry_ends_with_its_time(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "c", ttl_s=0)
    cache.put(KEY, RESULTS)
    assert cache.get(KEY) is None
    assert cache.stats().entries == 0


def test_beyond_the_bound_the_least_used_go(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "c", max_bytes=20_000)
    keys = [request_key("python", b"%d" % number, b"v") for number in range(64)]
    cache.put(keys[0], RESULTS)
    big = [ExecutionResult(success=True, result="x" * 1000)]
    for key in keys[1:40]:
        cache.put(key, big)
    cache.get(keys[0])
    for key in keys[40:]:
        cache.put(key, big)
    stats = cache.stats()
    assert stats.size_bytes <= 20_000
    assert 1 < stats.entries < 25


def test_clearing_tells_how_many_went(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "c")
    cache.put(KEY, RESULTS)
    assert cache.clear(older_than_s=3600) == 0
    assert cache.clear() == 1
    assert cache.get(KEY) is None


def test_a_file_that_is_no_cache_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "c"
    path.write_bytes(b"no database " * 1000)
    cache = ResultCache(path)
    cache.put(KEY, RESULTS)
    assert cache.get(KEY) is not None


def test_two_processes_share_one_file(tmp_path: Path) -> None:
    first, second = ResultCache(tmp_path / "c"), ResultCache(tmp_path / "c")
    first.put(KEY, RESULTS)
    assert second.get(KEY) is not None


def test_an_upgrade_forgets() -> None:
    assert len(runtime_version()) == 20
    assert request_key("python", b"frame", b"v1") != request_key("python", b"frame", b"v2")


@pytest.mark.parametrize(
    "code",
    [
        "Math.random()",
        "new Date()",
        "new Date",
        "Date.now()",
        "DateTime.now()",
        "$now",
        "const D = Date; new D()",
        "crypto.randomUUID()",
    ],
)
def test_javascript_that_varies(code: str) -> None:
    assert javascript_varies(f"return [{{json: {{v: {code}}}}}]")


@pytest.mark.parametrize("code", ["new Date(item.json.date)", "new Date('2024-01-01')", "item.json.updated", "x * 2"])
def test_javascript_that_does_not_vary(code: str) -> None:
    assert javascript_varies(f"return [{{json: {{v: {code}}}}}]") is None
