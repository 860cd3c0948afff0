"""What the server does beside answering: watches health, takes over abandoned runs, lets old ones go."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from graph.runner import Runner
from server.rumours import Rumours
from tools.errors import CodegenError

__all__ = ["upkeep"]

_log = logging.getLogger(__name__)
_RECOVER_EVERY_S, _EXPIRE_EVERY_S, _EXCHANGE_EVERY_S = 10.0, 3600.0, 5.0
_SOON_S = 1.0
"""After a chore that failed: a database that is still starting should not leave runs lying for long."""


@asynccontextmanager
async def upkeep(runner: Runner) -> AsyncIterator[None]:
    """Keep house for the length of the block."""
    chores = [
        asyncio.create_task(runner.services.memories.warm_up(), name="warm-up"),
        asyncio.create_task(runner.services.sandbox.warm("javascript"), name="warm-javascript"),
        asyncio.create_task(_again_and_again(runner.recover, _RECOVER_EVERY_S), name="recover-runs"),
        asyncio.create_task(_again_and_again(lambda: _expire(runner), _EXPIRE_EVERY_S), name="expire-runs"),
    ]
    if runner.services.storage.dialect == "postgres" and runner.services.llm.configured:
        rumours = Rumours(runner.services.storage.hints, runner.services.llm.circuits)
        chores.append(asyncio.create_task(_again_and_again(rumours.exchange, _EXCHANGE_EVERY_S), name="rumours"))
    try:
        async with runner.services.health:
            yield
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)


async def _again_and_again(chore: Callable[[], Awaitable[None]], pause_s: float) -> None:
    while True:
        try:
            await chore()
        except CodegenError as error:
            _log.info("put off: %s", error)
            await asyncio.sleep(_SOON_S)
        except Exception:  # noqa: BLE001 - the supervisor: one broken turn must not end a chore for ever
            _log.exception("a chore broke, and is tried again")
            await asyncio.sleep(pause_s)
        else:
            await asyncio.sleep(pause_s)


async def _expire(runner: Runner) -> None:
    services = runner.services
    days = services.settings.storage.run_retention_days
    for run_id in await services.storage.runs.expire(days):
        await services.checkpoints.adelete_thread(run_id)
    await services.storage.jobs.expire(days)
