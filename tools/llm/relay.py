"""One call on its way: the next provider is asked the moment one fails, and, when hedging, when one is slow."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from tools.errors import BudgetExceeded, NoProviderAvailable, ProviderError
from tools.llm.breaker import Permit
from tools.llm.budget import Budget
from tools.llm.circuit import Circuit, Deadline
from tools.llm.completion import Completion, CompletionRequest, Failure, Sink

__all__ = ["Relay"]


class Relay:
    """Hands one request from circuit to circuit until one answers."""

    def __init__(
        self,
        circuits: Sequence[Circuit],
        request: CompletionRequest,
        *,
        clock: Callable[[], float],
        end: float,
        failures: list[Failure],
        budget: Budget | None = None,
        on_text: Sink | None = None,
        hedge_after_s: float | None = None,
    ) -> None:
        self._circuits = circuits
        self._request = request
        self._clock = clock
        self._end = end
        self._budget = budget
        self._on_text = on_text
        self._hedge_after_s = hedge_after_s
        self._waiting = deque(circuits)
        self._running: dict[asyncio.Task[Completion], tuple[Circuit, float]] = {}
        self._leader: Circuit | None = None
        self._refusals: list[ProviderError] = []
        self.failures = failures

    async def run(self) -> Completion:
        """Return the first whole answer.

        Raises:
            NoProviderAvailable: nobody answered, and at least one may do so later.
            ProviderError: everybody refused this very request.
            BudgetExceeded: the budget does not allow the call.
        """
        try:
            while self._running or self._start_next():
                completion = await self._next_answer()
                if completion is not None:
                    return replace(completion, failures=tuple(self.failures))
            raise self.verdict()
        finally:
            await self._stop_others()

    def verdict(self) -> ProviderError | NoProviderAvailable:
        """Say why there is no answer, of every provider."""
        if self._refusals and len(self._refusals) == len(self._circuits):
            return self._refusals[0]
        reasons = {failure.provider: failure.message for failure in self.failures}
        reasons |= {circuit.name: f"{circuit.name} was not done in time" for circuit, _ in self._running.values()}
        told = "; ".join(reasons.get(circuit.name) or _resting(circuit) for circuit in self._circuits)
        return NoProviderAvailable(f"No model answered: {told}", min(c.breaker.wait_s for c in self._circuits))

    def _start_next(self) -> bool:
        while self._waiting:
            circuit = self._waiting.popleft()
            permit = circuit.breaker.permit()
            if permit is not None:
                self._start(circuit, permit)
                return True
        return False

    def _start(self, circuit: Circuit, permit: Permit) -> None:
        said: list[str] = []

        def hear(text: str) -> None:
            said.append(text)
            if self._leader is None:
                self._leader = circuit
                self._tell("".join(said))
            elif self._leader is circuit:
                self._tell(text)

        deadline = Deadline(self._end, others_wait=bool(self._waiting))
        task = asyncio.create_task(circuit.attempt(permit, self._request, self._budget, hear, deadline))
        # A task that is cancelled before its first step never enters `attempt`: the permit is given back here.
        task.add_done_callback(lambda _task: permit.release())
        self._running[task] = (circuit, self._clock())

    async def _next_answer(self) -> Completion | None:
        hedge = self._hedge_after_s if self._waiting and self._leader is None else None
        done, _ = await asyncio.wait(self._running, timeout=hedge, return_when=asyncio.FIRST_COMPLETED)
        if not done and self._leader is None:
            self._start_next()
        for task in done:
            circuit, started = self._running.pop(task)
            try:
                return self._won(circuit, task.result())
            except ProviderError as error:
                self._note(circuit, error, started)
            except BudgetExceeded:
                if not self._waiting and not self._running:
                    raise
        return None

    def _won(self, circuit: Circuit, completion: Completion) -> Completion:
        if self._leader is not circuit:
            self._tell(None)
            self._tell(completion.text)
        return completion

    def _tell(self, text: str | None) -> None:
        if self._on_text:
            self._on_text(text)

    def _note(self, circuit: Circuit, error: ProviderError, started: float) -> None:
        self.failures.append(Failure(circuit.name, str(error), (self._clock() - started) * 1000))
        if not error.retryable:
            self._refusals.append(error)
        if self._leader is circuit:
            self._leader = None
            self._tell(None)

    async def _stop_others(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def _resting(circuit: Circuit) -> str:
    reason = circuit.record.last_error or f"{circuit.name} failed"
    return f"{reason}, left alone for another {circuit.breaker.wait_s:.0f} s"
