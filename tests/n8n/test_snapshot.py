"""The start-up snapshot of the JavaScript runner: kept beside its packages, rebuilt for other flags, never needed."""

import pytest

from sandbox import ExecutionRequest, Sandbox, javascript
from sandbox.javascript import snapshot as room
from sandbox.javascript.snapshot import snapshot
from sandbox.javascript.spawn import node_binary

pytestmark = pytest.mark.jail

FLAGS = ("--no-warnings",)


def test_a_snapshot_is_built_once_and_holds_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY_TOKEN", "CANARY-of-the-environment")
    blob = snapshot(node_binary(), FLAGS)
    assert blob is not None
    try:
        assert b"CANARY-of-the-environment" not in blob.read_bytes()
        assert snapshot(node_binary(), FLAGS) == blob
    finally:
        blob.unlink()


def test_a_node_that_refuses_gives_no_snapshot() -> None:
    assert snapshot(node_binary(), ("--no-such-flag",)) is None


async def test_without_a_snapshot_code_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(room, "_build", broken)
    plan = javascript.plan(333)  # a heap size that no other test has, so that there is no snapshot yet
    assert not any("snapshot" in argument for argument in plan.argv)
    async with Sandbox(plans={"javascript": plan}) as sandbox:
        [result] = await sandbox.execute(ExecutionRequest("return DateTime.now().isValid", "javascript"))
    assert result.result is True
