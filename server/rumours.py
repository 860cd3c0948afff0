"""What several API processes tell each other about providers: hints, which each checks for itself by one trial."""

from collections.abc import Sequence

from tools.llm.breaker import Closed
from tools.llm.circuit import Circuit
from tools.storage.hints import Hints

__all__ = ["Rumours"]


class Rumours:
    """Passes on which circuits opened here, and doubts those that opened elsewhere, each rumour once."""

    def __init__(self, hints: Hints, circuits: Sequence[Circuit]) -> None:
        self._hints = hints
        self._circuits = circuits
        self._told: set[str] = set()
        self._heard: set[str] = set()

    async def exchange(self) -> None:
        """Tell and listen.

        Raises:
            StorageError: the database cannot be reached.
        """
        heard = set(await self._hints.heard())
        for circuit in self._circuits:
            is_closed = isinstance(circuit.breaker.state, Closed)
            if not is_closed and circuit.breaker.wait_s > 0 and circuit.name not in self._told:
                await self._hints.tell(circuit.name, circuit.breaker.wait_s)
                self._told.add(circuit.name)
            elif is_closed and circuit.name in self._told:
                await self._hints.take_back(circuit.name)
                self._told.discard(circuit.name)
            elif is_closed and circuit.name in heard - self._heard:
                circuit.breaker.doubt()
        self._heard = heard
