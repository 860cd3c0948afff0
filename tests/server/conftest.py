"""The real app with real services, over ASGI, one for a module."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from server.app import create_app
from tools.settings import load_settings


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app whose workspace is a new folder and which knows no model."""
    with pytest.MonkeyPatch.context() as patch:
        workspace: Path = tmp_path_factory.mktemp("workspace")
        patch.setenv("TERRY_WORKSPACE", str(workspace))
        app = create_app(settings=load_settings())
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000", timeout=60
            ) as opened,
        ):
            yield opened
