"""Keeps a failing provider from being asked: a circuit breaker of three small states, no I/O, a given clock."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

__all__ = ["Breaker", "Closed", "HalfOpen", "Open", "Permit", "State", "StateName"]

StateName = Literal["closed", "open", "half_open"]
_LONGEST_PAUSE_S = 3600.0
"""A provider may ask for a pause, but not for ever."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Calls pass; `failures` in a row are counted."""

    name: ClassVar[StateName] = "closed"
    failures: int = 0
    until: float = -math.inf
    """End of a pause the provider asked for (`Retry-After`)."""


@dataclass(frozen=True, slots=True)
class Open:
    """No call passes before `until`."""

    name: ClassVar[StateName] = "open"
    failures: int
    until: float
    asked_until: float = -math.inf
    """End of a pause the provider asked for; a background check keeps it too."""


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """One trial is on its way; nobody else passes."""

    name: ClassVar[StateName] = "half_open"
    failures: int
    until: float


State = Closed | Open | HalfOpen


class Breaker:
    """Opens after `threshold` consecutive failures; `recovery_s` later lets one single trial through.

    >>> breaker = Breaker(threshold=1, recovery_s=300, clock=lambda: 0.0)
    >>> with breaker.permit() as permit:
    ...     permit.failed()
    >>> breaker.state.name, breaker.permit(), breaker.wait_s
    ('open', None, 300.0)
    """

    def __init__(
        self,
        *,
        threshold: int = 5,
        recovery_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[StateName, StateName], None] = lambda _old, _new: None,
    ) -> None:
        self._threshold = threshold
        self._recovery_s = recovery_s
        self._clock = clock
        self._on_change = on_change
        self._era = 0
        self.state: State = Closed()

    @property
    def wait_s(self) -> float:
        """Seconds until a call may pass; 0 when one may pass now (while a trial runs: as if it had just failed)."""
        if isinstance(self.state, HalfOpen):
            return self._recovery_s
        return max(0.0, self.state.until - self._clock())

    def permit(self) -> "Permit | None":
        """Let one call pass, or `None`; the permit must be settled or left (it is a context manager)."""
        if isinstance(self.state, HalfOpen) or self._clock() < self.state.until:
            return None
        if isinstance(self.state, Open):
            self._become(HalfOpen(self.state.failures, self.state.until))
        return Permit(self, self._era)

    def early_trial(self) -> "Permit | None":
        """Let a background check pass an open circuit before its time, so that users need not find out.

        A failure leaves the circuit's time as it was; a pause that the provider asked for is kept.
        """
        if not isinstance(self.state, Open) or self._clock() < self.state.asked_until:
            return None
        self._become(HalfOpen(self.state.failures, self.state.until))
        return Permit(self, self._era)

    def close(self) -> None:
        """Let calls pass again: somebody else proved that the provider is there (a health check)."""
        self._become(Closed())

    def doubt(self) -> None:
        """Let one single trial through first: somebody else found the provider failing (another process)."""
        if isinstance(self.state, Closed):
            self._become(Open(self.state.failures, self._clock()))

    def _settle(self, era: int, change: Callable[[State], State]) -> None:
        """Apply an outcome, unless the state changed since its call began: old news neither opens nor closes."""
        if era == self._era:
            self._become(change(self.state))

    def _become(self, state: State) -> None:
        old, self.state = self.state, state
        if old.name != state.name:
            self._era += 1
            self._on_change(old.name, state.name)

    def _after_failure(self, state: State, pause_s: float) -> State:
        now, failures = self._clock(), state.failures + 1
        if isinstance(state, Closed) and failures < self._threshold:
            return Closed(failures, max(state.until, now + pause_s))
        is_early = isinstance(state, HalfOpen) and now < state.until
        until = state.until if is_early else now + self._recovery_s
        return Open(failures, max(until, now + pause_s), now + pause_s)

    def _after_release(self, state: State, pause_s: float) -> State:
        """Nothing was learned: a trial goes back to the next caller, a count stays."""
        until = self._clock() + pause_s
        if isinstance(state, HalfOpen):
            return Open(state.failures, max(state.until, until), until)
        return Closed(state.failures, max(state.until, until)) if pause_s else state


class Permit:
    """Leave to make one call. Settled once; left unsettled (cancelled, our own fault) it changes no count."""

    def __init__(self, breaker: Breaker, era: int) -> None:
        self._breaker = breaker
        self._era = era
        self._settled = False

    def succeeded(self) -> None:
        """The provider answered."""
        self._settle(lambda _state: Closed())

    def failed(self, pause_s: float | None = None) -> None:
        """The provider failed; it asked for a pause of `pause_s` seconds."""
        pause = min(pause_s or 0.0, _LONGEST_PAUSE_S)
        self._settle(lambda state: self._breaker._after_failure(state, pause))  # noqa: SLF001 - its own permit

    def release(self, pause_s: float | None = None) -> None:
        """Nothing was learned about the provider; with `pause_s` it is left alone for so many seconds."""
        pause = min(pause_s or 0.0, _LONGEST_PAUSE_S)
        self._settle(lambda state: self._breaker._after_release(state, pause))  # noqa: SLF001 - its own permit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def _settle(self, change: Callable[[State], State]) -> None:
        if not self._settled:
            self._settled = True
            self._breaker._settle(self._era, change)  # noqa: SLF001 - its own permit
