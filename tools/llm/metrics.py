"""The models as Prometheus sees them: read off the router at each scrape, so that nothing is counted twice."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tools.llm.breaker import StateName
from tools.llm.router import Router

__all__ = ["ModelMetrics"]

_STATES: tuple[StateName, ...] = ("closed", "half_open", "open")
_PREFIX = "n8n_agent_model"


class ModelMetrics(Collector):
    """Register it once: `registry.register(ModelMetrics(router))`."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def collect(self) -> Iterator[Metric]:
        """Yield calls, failures, tokens, cost, latency and the circuit of every provider."""
        providers = self._router.snapshot()["providers"]
        for key, words in (
            ("calls", "Calls of a provider that it answered or failed."),
            ("failures", "Calls that the provider failed."),
            ("tokens_in", "Tokens of prompts."),
            ("tokens_out", "Tokens of answers."),
            ("cost_usd", "Dollars."),
        ):
            counter = CounterMetricFamily(f"{_PREFIX}_{key}", words, labels=["provider"])
            for name, told in providers.items():
                counter.add_metric([name], told[key])
            yield counter
        yield from self._circuits()
        latency = GaugeMetricFamily(f"{_PREFIX}_p95_latency_ms", "Over the last 200 calls.", labels=["provider"])
        for name, told in providers.items():
            if told["p95_latency_ms"] is not None:
                latency.add_metric([name], told["p95_latency_ms"])
        yield latency

    def _circuits(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(f"{_PREFIX}_circuit", "1 for the state it is in.", labels=["provider", "state"])
        changes = CounterMetricFamily(
            f"{_PREFIX}_circuit_changes", "Times a circuit went into a state.", labels=["provider", "state"]
        )
        for circuit in self._router.circuits:
            for name in _STATES:
                state.add_metric([circuit.name, name], float(circuit.breaker.state.name == name))
                changes.add_metric([circuit.name, name], circuit.changes[name])
        yield state
        yield changes
