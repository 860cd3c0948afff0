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
_JITTER = 0.2
"""Share of the interval that a pause may be shorter or longer by: many processes should not ask at once."""
_QUESTION = CompletionRequest(({"role": "user", "content": "ping"},), temperature=0.0, max_tokens=1)


class HealthCheck:
    """One task a provider: a one-token completion each interval, unless a real call succeeded within it."""

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
        """Ask one provider now, unless it proved itself lately or its circuit forbids; return whether it was asked."""
        if self._clock() - circuit.record.last_success < self._interval_s:
            return False
        permit = circuit.breaker.permit()
        if permit is None:
            return False
        try:
            await circuit.attempt(permit, _QUESTION)
        except (ProviderError, BudgetExceeded) as error:
            _log.info("health check of provider %s: %s", circuit.name, error)
        return True

    async def _watch(self, circuit: Circuit) -> None:
        while True:
            await self._sleep(self._interval_s * random.uniform(1 - _JITTER, 1 + _JITTER))
            await self.check(circuit)
