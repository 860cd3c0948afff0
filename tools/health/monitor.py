"""Checks every service in the background, so that asking how the system is never waits for a sick one."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from tools.health.condition import Condition, Reading, Status
from tools.llm.breaker import Breaker

__all__ = ["HealthMonitor", "Probe", "Service"]

_log = logging.getLogger(__name__)
Probe = Callable[[], Awaitable[Reading]]
"""Asks a service one cheap question; any exception means that it did not answer."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something the system leans on."""

    name: str
    """Its key in the snapshot: `postgres`, `n8n_api`, ..."""
    probe: Probe
    required: bool = False
    """Without it nothing works: when it is offline, so is the system."""
    deadline_s: float = 3.0
    """A check that takes longer has failed."""
    slow_ms: float = 1000.0
    """An answer that takes longer makes it degraded."""
    pace: float = 1.0
    """Checks per interval; more for one that only reads what others found."""


class HealthMonitor:
    """One task a service: a check each interval, a failed one confirmed at once by a second.

    A service that goes down or comes back is seen within one interval: pauses are 75 to 90 % of it, at random, so that
    many processes do not ask in step.

    ```python
    async with HealthMonitor(services) as health_monitor:
        health_monitor.get_health_snapshot()["overall_status"]
    ```
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        interval_s: float = 60.0,
        failure_threshold: int = 5,
        recovery_s: float = 300.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._services = {service.name: service for service in services}
        self._conditions = {
            service.name: Condition(
                slow_ms=service.slow_ms, breaker=Breaker(threshold=failure_threshold, recovery_s=recovery_s)
            )
            for service in services
        }
        self._interval_s = interval_s
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []
        self._all_checked = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(self._watch(service), name=f"health-{service.name}")
            for service in self._services.values()
        ]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def get_health_snapshot(self) -> dict[str, Any]:
        """Say how each service was at its last check, and the system as a whole; asks nobody."""
        return {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "overall_status": self.overall_status,
            "services": {name: condition.as_json() for name, condition in self._conditions.items()},
        }

    def is_system_healthy(self) -> bool:
        """Whether every configured service is healthy."""
        return self.overall_status == "healthy"

    @property
    def overall_status(self) -> Status:
        """`offline` when a required service is; `unknown` until all were checked; `degraded` when any is not well."""
        states = {name: condition.status for name, condition in self._conditions.items()}
        if any(states[name] == "offline" for name, service in self._services.items() if service.required):
            return "offline"
        if "unknown" in states.values():
            return "unknown"
        return "healthy" if all(status == "healthy" for status in states.values()) else "degraded"

    def status(self, name: str) -> Status:
        """How one service is; `unknown` also for one that is not configured."""
        condition = self._conditions.get(name)
        return condition.status if condition else "unknown"

    def breaker(self, name: str) -> Breaker:
        """The circuit breaker that clients of a service ask before they call it."""
        return self._conditions[name].breaker

    async def wait_until_checked(self, at_most_s: float) -> None:
        """Wait for the first check of every service, but no longer than that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_checked.wait(), at_most_s)

    async def check_all(self) -> None:
        """Check every service now, at the same time; returns within the longest deadline, twice."""
        await asyncio.gather(*(self._check_and_confirm(service) for service in self._services.values()))

    async def _watch(self, service: Service) -> None:
        while True:
            await self._check_and_confirm(service)
            await self._sleep(self._interval_s / service.pace * random.uniform(0.75, 0.9))

    async def _check_and_confirm(self, service: Service) -> None:
        before = self._conditions[service.name].status
        if not await self._check(service) and before != "offline":
            await self._sleep(min(1.0, self._interval_s / service.pace / 50))
            await self._check(service)
        after = self._conditions[service.name].status
        if all(condition.status != "unknown" for condition in self._conditions.values()):
            self._all_checked.set()
        if before != after:
            _log.log(
                logging.INFO if after == "healthy" else logging.WARNING, "%s: %s -> %s", service.name, before, after
            )

    async def _check(self, service: Service) -> bool:
        condition, started = self._conditions[service.name], time.perf_counter()
        try:
            async with asyncio.timeout(service.deadline_s):
                reading = await service.probe()
        except Exception as error:  # noqa: BLE001 - the supervisor: whatever a probe meets is an answer
            condition.failed(_words(error, service.deadline_s), (time.perf_counter() - started) * 1000)
            return False
        condition.succeeded(reading, (time.perf_counter() - started) * 1000)
        return True


def _words(error: Exception, deadline_s: float) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return f"no answer within {deadline_s:g} s"
    return next(iter(str(error).splitlines()), "") or type(error).__name__
