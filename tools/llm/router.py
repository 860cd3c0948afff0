"""Which provider answers which task, who steps in when it is down, and how all of them are."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self, Unpack

from tools.errors import NoProviderAvailable, ProviderError
from tools.llm.breaker import Breaker, StateName
from tools.llm.circuit import Circuit
from tools.llm.completion import Asking, Completion, CompletionRequest, Failure, Message, Provider
from tools.llm.config import ProviderConfig, RouterConfig, TaskType
from tools.llm.health_check import HealthCheck
from tools.llm.relay import Relay

__all__ = ["CircuitChanged", "Router"]

_log = logging.getLogger(__name__)
_NOTHING_CONFIGURED = (
    "No model is configured: set LLM_MODEL (with LLM_BASE_URL for a server of yours), "
    "LLM_PROVIDERS or LOCAL_MODEL_PATH."
)
_SHORTEST_PAUSE_S = 0.3
"""Before all providers are asked a second time."""
_GRACE_S = 0.25
"""A provider's own timer fires at the deadline and blames the provider; this one only catches what hangs elsewhere."""


@dataclass(frozen=True, slots=True)
class CircuitChanged:
    """A provider's circuit went from one state to another."""

    provider: str
    old: StateName
    new: StateName


class Router:
    """Asks the providers in the order of the task type; an async context manager, since it checks and closes them.

    >>> from tools.llm.scripted import ScriptedProvider
    >>> async def ask() -> str:
    ...     async with Router([ScriptedProvider(["return [];"])]) as router:
    ...         return (await router.complete([{"role": "user", "content": "..."}], "code_generation")).text
    >>> asyncio.run(ask())
    'return [];'
    """

    def __init__(
        self,
        providers: Sequence[Provider] = (),
        config: RouterConfig | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_change: Callable[[CircuitChanged], None] = lambda _change: None,
    ) -> None:
        self.config = config or RouterConfig()
        self._clock = clock
        self._sleep = sleep
        self._on_change = on_change
        self.circuits = [self._circuit(provider) for provider in providers]
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for circuit in self.circuits:
            self._closing.push_async_callback(circuit.provider.close)
        if self.circuits and self.config.health_interval_s:
            check = HealthCheck(self.circuits, self.config.health_interval_s, clock=self._clock, sleep=self._sleep)
            await self._closing.enter_async_context(check)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._closing.aclose()

    @property
    def configured(self) -> bool:
        """Whether there is any model to ask."""
        return bool(self.circuits)

    def first_choice(self, task_type: TaskType, avoid: Collection[str] = ()) -> ProviderConfig | None:
        """Say who would be asked first now: the first whose circuit lets calls through; `None` without any model."""
        circuits = self._order(task_type, avoid)
        ready = [circuit for circuit in circuits if circuit.breaker.wait_s == 0]
        return next((circuit.provider.config for circuit in [*ready, *circuits]), None)

    async def complete(
        self,
        messages: Sequence[Message],
        task_type: TaskType = "code_generation",
        *,
        fallback: bool = True,
        **asking: Unpack[Asking],
    ) -> Completion:
        """Answer the messages; `fallback=False` asks only the first provider.

        Raises:
            NoProviderAvailable: none is configured, or none answered within the deadline.
            ProviderError: every provider refused this very request.
            BudgetExceeded: the request's own bound does not allow another call.
        """
        request = CompletionRequest.of(messages, task_type, asking)
        circuits = self._order(task_type, asking.get("avoid", ()))[: None if fallback else 1]
        if not circuits:
            raise NoProviderAvailable(_NOTHING_CONFIGURED)
        await self._prepare(circuits)
        loop, started, failures = asyncio.get_running_loop(), self._clock(), list[Failure]()
        end = loop.time() + self.config.deadline_s

        def relay() -> Relay:
            return Relay(
                circuits,
                request,
                clock=self._clock,
                end=end,
                failures=failures,
                budget=asking.get("budget"),
                on_text=asking.get("on_text"),
                hedge_after_s=self.config.hedge_after_s,
            )

        completion = await self._twice(relay, circuits, end)
        return replace(completion, duration_ms=(self._clock() - started) * 1000)

    async def stream(
        self, messages: Sequence[Message], task_type: TaskType = "code_generation", **options: Any
    ) -> AsyncIterator[str | Completion | None]:
        """Answer piece by piece: texts, `None` when what came is void (a provider broke off), at last the completion.

        Takes the options of `complete` and raises what it raises.
        """
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        call = asyncio.create_task(self.complete(messages, task_type, on_text=pieces.put_nowait, **options))
        try:
            while not (call.done() and pieces.empty()):
                piece = asyncio.create_task(pieces.get())
                await asyncio.wait({call, piece}, return_when=asyncio.FIRST_COMPLETED)
                if piece.done():
                    yield piece.result()
                else:
                    piece.cancel()
            yield call.result()
        finally:
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

    def snapshot(self) -> dict[str, Any]:
        """Say how every provider is: the `llm_providers` part of `GET /api/v1/health/detailed`."""
        return {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "providers": {circuit.name: circuit.snapshot() for circuit in self.circuits},
        }

    def _circuit(self, provider: Provider) -> Circuit:
        name = provider.config.name

        def changed(old: StateName, new: StateName) -> None:
            _log.warning("circuit of provider %s: %s -> %s", name, old, new)
            circuit.changes[new] += 1
            self._on_change(CircuitChanged(name, old, new))

        breaker = Breaker(
            threshold=self.config.failure_threshold,
            recovery_s=self.config.recovery_s,
            clock=self._clock,
            on_change=changed,
        )
        circuit = Circuit(provider, breaker, self._clock)
        return circuit

    def _order(self, task_type: TaskType, avoid: Collection[str]) -> list[Circuit]:
        """Those that prefer the task, those without preference, the others; each in the order of the table."""

        def rank(circuit: Circuit) -> tuple[bool, int]:
            prefers = circuit.provider.config.prefers
            return circuit.name in avoid, 0 if task_type in prefers else 2 if prefers else 1

        return sorted(self.circuits, key=rank)

    async def _prepare(self, circuits: Sequence[Circuit]) -> None:
        """Load what the first one needs; no deadline runs yet. One that cannot be loaded fails when it is asked."""
        for circuit in circuits:
            if circuit.breaker.wait_s == 0:
                with suppress(ProviderError):
                    await circuit.provider.prepare()
                return

    async def _twice(self, relay: Callable[[], Relay], circuits: Sequence[Circuit], end: float) -> Completion:
        """Go through all providers and, when all failed and a short pause may help, once more."""
        current = relay()
        try:
            async with asyncio.timeout_at(end + _GRACE_S):
                try:
                    return await current.run()
                except NoProviderAvailable:
                    pause_s = max(_SHORTEST_PAUSE_S, min(circuit.breaker.wait_s for circuit in circuits))
                    if pause_s > min(self.config.max_wait_s, end - asyncio.get_running_loop().time()):
                        raise
                await self._sleep(pause_s)
                current = relay()
                return await current.run()
        except TimeoutError as exc:
            raise NoProviderAvailable(f"{current.verdict()} (deadline of {self.config.deadline_s:g} s)", 0.0) from exc
