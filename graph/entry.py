"""The name that LangGraph Server asks for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.pipeline import Pipeline, build_pipeline
from graph.services import open_services
from tools.settings import load_settings

__all__ = ["make_codegen_graph"]


@asynccontextmanager
async def make_codegen_graph() -> AsyncIterator[Pipeline]:
    """Open the services for as long as the server holds the graph; the server brings its own checkpointer."""
    async with open_services(load_settings()) as services:
        yield build_pipeline(services)
