"""A circuit that opened in one process is doubted in another: one trial goes first, and its outcome counts."""

from collections.abc import AsyncIterator

import pytest

from server.rumours import Rumours
from tools.errors import ModelError, ProviderError
from tools.llm import Router, RouterConfig
from tools.llm.scripted import ScriptedProvider
from tools.storage import Storage, in_memory

QUESTION = [{"role": "user", "content": "?"}]


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    async with in_memory(owner="host:1:a") as opened:
        yield opened


def rumours_of(storage: Storage, router: Router, owner: str) -> Rumours:
    return Rumours(type(storage.hints)(storage.connector, owner), router.circuits)


async def test_a_failure_elsewhere_lets_one_trial_through_and_a_success_ends_the_doubt(storage: Storage) -> None:
    config = RouterConfig(failure_threshold=1, recovery_s=300, health_interval_s=0)
    async with (
        Router([ScriptedProvider(lambda _request: ProviderError("gone"))], config) as sick,
        Router([ScriptedProvider(lambda _request: "hello")], config) as well,
    ):
        telling, hearing = rumours_of(storage, sick, "host:1:a"), rumours_of(storage, well, "host:2:b")
        with pytest.raises(ModelError):
            await sick.complete(QUESTION, "code_generation")
        await telling.exchange()
        await hearing.exchange()

        doubted = well.circuits[0].breaker
        assert (doubted.state.name, doubted.wait_s) == ("open", 0.0)
        assert well.circuits[0].snapshot()["status"] == "degraded", "offline is what was seen here"

        await well.complete(QUESTION, "code_generation")
        await hearing.exchange()

        assert doubted.state.name == "closed", "the same rumour is doubted once"
        assert sick.circuits[0].breaker.state.name == "open"
