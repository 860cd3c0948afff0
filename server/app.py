"""The HTTP door: `uvicorn server.app:app` is complete."""

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from graph.runner import Runner, open_runner
from server.deps import Opened
from server.errors import add_error_handlers
from server.guard import Guard
from server.jobs import open_dispatcher
from server.routes import code, generate, health, jobs, metrics, run_node, runs, versions
from server.upkeep import upkeep
from tools.settings import Settings, load_settings

__all__ = ["app", "create_app"]

app: FastAPI
_log = logging.getLogger(__name__)

_ABOUT = """A sentence and an example in; an n8n Code node out, in JavaScript or Python, proven to run.

Code of yours that fails is a value: `success: false` with status 200. A wrong request is 422, our own failure 5xx, and
every error has the shape `{"error": {"type", "message", "hint", "details"}}`.
"""


def create_app(runner: Runner | None = None, settings: Settings | None = None) -> FastAPI:
    """Build the app; nothing is opened before its lifespan starts.

    Args:
        runner: opened by the caller, who also closes them; `None`: the lifespan does both.
        settings: `None`: read from the environment.
    """
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.opened = asyncio.get_running_loop().create_future()
        keeper = asyncio.create_task(_keep_open(app.state.opened, runner, settings), name="services")
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    app = FastAPI(title="n8n code agent", version=version("n8n-code-agent"), description=_ABOUT, lifespan=lifespan)
    app.add_middleware(Guard, settings=settings.server)
    add_error_handlers(app)
    if settings.feature_code_generation:
        for module in (generate, code, run_node, versions, runs, jobs):
            app.include_router(module.router)
    app.include_router(health.router)
    app.include_router(health.probes)
    app.include_router(metrics.router)
    return app


async def _keep_open(opened: "asyncio.Future[Opened]", runner: Runner | None, settings: Settings) -> None:
    """Open what the routes need beside the first requests, which wait for it; hold it until cancelled."""
    try:
        async with AsyncExitStack() as stack:
            if runner is None:
                await asyncio.to_thread(importlib.import_module, "graph.pipeline")  # about a second of imports
                runner = await stack.enter_async_context(open_runner(settings))
            dispatcher = await stack.enter_async_context(open_dispatcher(runner))
            await stack.enter_async_context(upkeep(runner))
            opened.set_result(Opened(runner, dispatcher))
            await asyncio.Event().wait()
    except Exception as error:  # the supervisor: every request is answered with the reason
        if opened.done():
            raise
        _log.exception("the services could not be opened")
        opened.set_exception(error)
        opened.exception()


def __getattr__(name: str) -> FastAPI:
    """Make `app` when uvicorn or LangGraph Server asks for it, so that importing this module does nothing."""
    if name != "app":
        raise AttributeError(name)
    app = globals()["app"] = create_app()
    return app
