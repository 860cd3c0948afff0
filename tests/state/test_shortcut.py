"""`health_monitor` works where there is no event loop, and where there is a busy one."""

from pathlib import Path

import pytest

from tools.health.shortcut import BackgroundMonitor


@pytest.mark.jail
async def test_the_shortcut_tells_the_health_also_inside_a_running_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRY_WORKSPACE", str(tmp_path))
    monitor = BackgroundMonitor()
    try:
        snapshot = monitor.get_health_snapshot()
        is_healthy = monitor.is_system_healthy()
    finally:
        monitor.close()

    assert set(snapshot) == {"timestamp", "overall_status", "services"}
    assert snapshot["services"]["sandbox"]["status"] in {"healthy", "degraded"}
    assert is_healthy is (snapshot["overall_status"] == "healthy")
