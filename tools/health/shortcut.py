"""`health_monitor.get_health_snapshot()`: how everything is, for scripts and notebooks, without async or set-up."""

import atexit
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox import Sandbox, SandboxConfig
from tools.background import BackgroundLoop
from tools.health.monitor import HealthMonitor
from tools.health.probes import sandbox_probe
from tools.health.wiring import configured_services
from tools.lazy import Lazy
from tools.llm import Router
from tools.llm.opening import make_providers
from tools.settings import Settings, load_settings
from tools.storage import open_storage

__all__ = ["BackgroundMonitor", "health_monitor"]

_FIRST_LOOK_S = 10.0


class BackgroundMonitor:
    """A monitor in a thread of its own, that checks every HEALTH_CHECK_INTERVAL seconds."""

    def __init__(self) -> None:
        self._loop = BackgroundLoop("health-monitor")
        try:
            self._monitor = self._loop.open(_monitor(load_settings()))
            self._loop.run(self._monitor.wait_until_checked(_FIRST_LOOK_S))
        except BaseException:
            self._loop.close()
            raise
        atexit.register(self.close)

    def get_health_snapshot(self) -> dict[str, Any]:
        """Say how each service was at its last check: the `system_health` of `GET /api/v1/health/detailed`.

        Example:
            health_monitor.get_health_snapshot()["overall_status"]  # "healthy"
        """
        return self._monitor.get_health_snapshot()

    def is_system_healthy(self) -> bool:
        """Whether every configured service is healthy."""
        return self._monitor.is_system_healthy()

    def close(self) -> None:
        """End the checks and their thread."""
        self._loop.close()


@asynccontextmanager
async def _monitor(settings: Settings) -> AsyncIterator[HealthMonitor]:
    url = settings.storage.database_url
    own = settings.sandbox
    async with (
        Sandbox(SandboxConfig(max_memory_mb=own.max_memory_mb, allow_language_only=own.allow_language_only)) as box,
        Router(make_providers(settings.models.providers), settings.models.router) as llm,
        open_storage(own.workspace / "state.db", url=url.get_secret_value() if url else None) as storage,
        HealthMonitor(
            configured_services(
                settings, storage, sandbox=sandbox_probe(box), providers=llm.snapshot if llm.configured else None
            ),
            interval_s=settings.health.health_check_interval,
        ) as monitor,
    ):
        yield monitor


health_monitor = Lazy(BackgroundMonitor)
"""The shortcut; the checks start at its first use."""
