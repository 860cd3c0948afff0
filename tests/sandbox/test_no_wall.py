"""Where the system has no wall: refused, but for the operator's explicit word, and then every answer says so."""

import pytest

from sandbox import ExecutionRequest, NodeRules, Sandbox, SandboxConfig, SandboxUnavailable
from sandbox.spawner import ZygoteSpawner
from sandbox.zygote import BOOT, Plan

ALLOWED = SandboxConfig(allow_language_only=True)


@pytest.fixture
def no_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose system calls nobody here knows, for the zygote as for us."""
    monkeypatch.setattr("sandbox.spawner.BOOT", "import platform; platform.machine = lambda: 'riscv64';" + BOOT)
    monkeypatch.setattr("sandbox.lockdown.ladder.is_linux", lambda: False)


@pytest.mark.usefixtures("no_wall")
class TestRungE:
    async def test_it_is_refused_without_the_setting(self) -> None:
        with pytest.raises(SandboxUnavailable, match="rung E"):
            async with Sandbox():
                pass

    async def test_it_runs_with_the_setting_and_says_what_holds(self) -> None:
        async with Sandbox(ALLOWED) as sandbox:
            [answer] = await sandbox.execute(ExecutionRequest("result = x * 3", contexts=[{"x": 5}]))
            assert (answer.result, answer.isolation) == (15, "language-only")
            [refused] = await sandbox.execute(ExecutionRequest("import os"))
            assert (refused.success, refused.isolation) == (False, "language-only")
            assert sandbox.isolation == "language-only"

    async def test_memory_is_bounded_all_the_same(self) -> None:
        async with Sandbox(ALLOWED) as sandbox:
            [answer] = await sandbox.execute(ExecutionRequest("result = len('x' * 2_000_000_000)"))
        assert answer.error
        assert answer.error.killed_by == "memory"

    async def test_code_under_n8ns_rules_is_refused(self) -> None:
        async with Sandbox(ALLOWED) as sandbox:
            request = ExecutionRequest("return []", contexts=[{"items": []}], dialect="node", rules=NodeRules())
            with pytest.raises(SandboxUnavailable, match="rung E"):
                await sandbox.execute(request)

    async def test_javascript_is_refused(self) -> None:
        spawner = ZygoteSpawner(Plan("node", 512))
        with pytest.raises(SandboxUnavailable, match="rung E"):
            await spawner.open()
        await spawner.close()


@pytest.mark.jail
async def test_the_setting_changes_nothing_where_there_is_a_wall() -> None:
    async with Sandbox(ALLOWED) as sandbox:
        [answer] = await sandbox.execute(ExecutionRequest("result = 1"))
    assert answer.isolation in {"A", "B"}


async def test_the_setting_does_not_excuse_a_wall_that_is_missing_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.lockdown.ladder.Wall.rung", property(lambda _: "D"))
    with pytest.raises(SandboxUnavailable, match="rung D"):
        async with Sandbox(ALLOWED):
            pass
