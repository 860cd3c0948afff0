"""Asks quiet providers now and then whether they are there, so that users do not find out first."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from tools.errors import BudgetExceeded, ProviderError
from tools.llm.circuit import Circuit
from tools.llm.completion import CompletionRequest

__all__ = ["HealthCheck"]

_log = logging.getLogger(__name__)
_PAUSE = (0.5, 0.75)
"""Shares of the interval that a pause may take, at random: many processes should not ask in step, and what changes is
seen within the interval."""
_QUESTION = CompletionRequest(({"role": "user", "content": "ping"},), temperature=0.0, max_tokens=1)


class HealthCheck:
    """One task a provider: a one-token completion each interval, put off while real calls succeed.

    A failed one is confirmed by a second, as the health monitor does; an open circuit is tried too, so that a provider
    that is back serves again within one interval.
    """

    def __init__(
        self,
        circuits: Sequence[Circuit],
        interval_s: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._circuits = circuits
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._watch(circuit)) for circuit in self._circuits]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def check(self, circuit: Circuit) -> bool:
        """Ask one provider now, unless it wants to be left alone or is being tried; return whether it was asked."""
        permit = circuit.breaker.permit() or circuit.breaker.early_trial()
        if permit is None:
            return False
        try:
            await circuit.attempt(permit, _QUESTION)
        except (ProviderError, BudgetExceeded) as error:
            _log.info("health check of provider %s: %s", circuit.name, error)
        return True

    async def _watch(self, circuit: Circuit) -> None:
        while True:
            pause_s = self._interval_s * random.uniform(*_PAUSE)
            await self._sleep(pause_s)
            while (left_s := circuit.record.last_success + pause_s - self._clock()) > 0:
                await self._sleep(left_s)
            await self.check(circuit)
            if circuit.record.failures_in_a_row == 1:
                await self._sleep(min(1.0, self._interval_s / 50))
                await self.check(circuit)
