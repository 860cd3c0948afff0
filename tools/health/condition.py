"""What is known of one service from its last checks; no I/O."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from tools.llm.breaker import Breaker

__all__ = ["Condition", "Reading", "Status"]

Status = Literal["healthy", "degraded", "offline", "unknown"]
"""`degraded`: it answers, but slowly, at the second try, or with trouble of its own; `unknown`: not yet checked."""
_WINDOW = 60
"""Checks that the success rate is taken over: an hour."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check that got an answer found."""

    details: Mapping[str, Any] = field(default_factory=dict)
    """A few JSON values worth showing."""
    trouble: str | None = None
    """It answers, but this is wrong with it."""


class Condition:
    """Learns the outcome of each check.

    Args:
        slow_ms: an answer that takes longer makes the service degraded.
        breaker: what the service's clients ask before they call; a good check closes it.
    """

    def __init__(self, *, slow_ms: float, breaker: Breaker) -> None:
        self.breaker = breaker
        self.consecutive_failures = 0
        self._slow_ms = slow_ms
        self._outcomes: deque[bool] = deque(maxlen=_WINDOW)
        self._response_time_ms: float | None = None
        self._message: str | None = None
        self._checked_at: datetime | None = None
        self._reading = Reading()
        self._status: Status = "unknown"

    def succeeded(self, reading: Reading, response_time_ms: float) -> None:
        """Count a check that got an answer."""
        second_try = self.consecutive_failures > 0 and self._status != "offline"
        if reading.trouble is None and response_time_ms > self._slow_ms:
            self._message = f"slow: answered after {response_time_ms:.0f} ms"
        elif reading.trouble is None and second_try:
            self._message = f"answered at the second try; before: {self._message}"
        else:
            self._message = reading.trouble
        self._status = "degraded" if self._message else "healthy"
        self._reading = reading
        self.breaker.close()
        self._record(ok=True, response_time_ms=response_time_ms)

    def failed(self, message: str, response_time_ms: float) -> None:
        """Count a check that got none; the second in a row means offline."""
        self._status = "offline" if self.consecutive_failures else "degraded"
        self._message = message
        self._reading = Reading()
        if permit := self.breaker.permit():
            permit.failed()
        self._record(ok=False, response_time_ms=response_time_ms)

    @property
    def status(self) -> Status:
        """How it is, by its last checks."""
        return self._status

    @property
    def success_rate(self) -> float | None:
        """Share of the last 60 checks that got an answer; `None` before the first."""
        return sum(self._outcomes) / len(self._outcomes) if self._outcomes else None

    def as_json(self) -> dict[str, Any]:
        """Describe it as `/api/v1/health/detailed` shows a service."""
        rate, state, wait_s = self.success_rate, self.breaker.state, self.breaker.wait_s
        return {
            "status": self._status,
            "is_healthy": self._status == "healthy",
            "success_rate": None if rate is None else round(rate, 4),
            "response_time_ms": None if self._response_time_ms is None else round(self._response_time_ms, 2),
            "consecutive_failures": self.consecutive_failures,
            "last_check": self._checked_at.isoformat(timespec="milliseconds") if self._checked_at else None,
            "message": self._message,
            "circuit_breaker": {
                "state": state.name,
                "failure_count": state.failures,
                "next_trial_s": round(wait_s, 1) if wait_s else None,
            },
            "details": dict(self._reading.details),
        }

    def _record(self, *, ok: bool, response_time_ms: float) -> None:
        self.consecutive_failures = 0 if ok else self.consecutive_failures + 1
        self._outcomes.append(ok)
        self._response_time_ms = response_time_ms
        self._checked_at = datetime.now(UTC)
