"""What Prometheus reads off the router."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.llm.clock import Clock
from tests.llm.providers import QUESTION, scripted
from tools.errors import NoProviderAvailable, ProviderError
from tools.llm import ModelMetrics, Router, RouterConfig


async def test_calls_failures_and_circuit_changes_are_metrics() -> None:
    clock = Clock()
    config = RouterConfig(health_interval_s=0, max_wait_s=0, failure_threshold=1)
    router = Router([scripted("a", ProviderError("down"), "up")], config, clock=clock)
    registry = CollectorRegistry()
    registry.register(ModelMetrics(router))
    with pytest.raises(NoProviderAvailable):
        await router.complete(QUESTION)
    assert 'n8n_agent_model_circuit{provider="a",state="open"} 1.0' in generate_latest(registry).decode()
    clock.advance(300)
    await router.complete(QUESTION)
    text = generate_latest(registry).decode()
    for line in (
        'n8n_agent_model_calls_total{provider="a"} 2.0',
        'n8n_agent_model_failures_total{provider="a"} 1.0',
        'n8n_agent_model_circuit{provider="a",state="closed"} 1.0',
        'n8n_agent_model_circuit_changes_total{provider="a",state="open"} 1.0',
        'n8n_agent_model_circuit_changes_total{provider="a",state="half_open"} 1.0',
    ):
        assert line in text
