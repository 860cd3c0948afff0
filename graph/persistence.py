"""Opens what survives a run: the storage, the checkpoints, the memory."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.attempt import Attempt, Sampling
from agents.case import Case, Outcome
from agents.task import Draft, Example, Task
from graph.memories import Memories
from graph.state import StageFailure
from tools.checks.report import Finding
from tools.embeddings import Embedder, ProviderVectors, WordVectors
from tools.errors import StorageError
from tools.llm.providers import LiteLLMProvider
from tools.llm.table import single_provider
from tools.memory import PatternMemory
from tools.settings import Settings
from tools.storage import Storage, in_memory, open_storage

if TYPE_CHECKING:
    from tools.storage.checkpoints import Checkpoints

__all__ = ["STATE_TYPES", "Persistence", "open_persistence"]

_log = logging.getLogger(__name__)
_EMBEDDING_S = 5.0
"""Longest wait for one vector from elsewhere."""
STATE_TYPES = (Attempt, Case, Draft, Example, Finding, Outcome, Sampling, StageFailure, Task)
"""The classes of ours that a checkpoint holds."""


@dataclass(frozen=True, slots=True)
class Persistence:
    """What survives a run."""

    storage: Storage
    checkpoints: "Checkpoints"
    memories: Memories


@asynccontextmanager
async def open_persistence(settings: Settings) -> AsyncIterator[Persistence]:
    """Open the database of the settings; a workspace that cannot be written gives one in memory, and says so."""
    from tools.storage.checkpoints import open_checkpoints  # LangGraph's savers take half a second to import

    async with _open_storage(settings) as storage:
        is_kept = storage.dialect == "postgres" or not storage.is_in_memory
        path = settings.sandbox.workspace / "checkpoints.db" if is_kept else None
        async with open_checkpoints(storage, path, STATE_TYPES) as checkpoints, _open_embedder(settings) as embedder:
            memory = PatternMemory(storage.patterns, embedder) if settings.storage.pattern_memory else None
            yield Persistence(storage, checkpoints, Memories(memory))


@asynccontextmanager
async def _open_embedder(settings: Settings) -> AsyncIterator[Embedder]:
    wanted = settings.storage
    if not wanted.embedding_model:
        yield WordVectors()
        return
    config = single_provider(wanted.embedding_model, wanted.embedding_base_url or None, wanted.embedding_api_key)
    provider = LiteLLMProvider(config.model_copy(update={"name": "embedding", "timeout_s": _EMBEDDING_S}))
    try:
        yield ProviderVectors(wanted.embedding_model, provider)
    finally:
        await provider.close()


@asynccontextmanager
async def _open_storage(settings: Settings) -> AsyncIterator[Storage]:
    wanted = settings.storage
    url = wanted.database_url.get_secret_value() if wanted.database_url else None
    opening = open_storage(
        settings.sandbox.workspace / "state.db",
        url=url,
        pool_size=wanted.database_pool_size,
        deadline_s=wanted.database_timeout,
    )
    try:
        storage = await opening.__aenter__()
    except StorageError as error:
        _log.warning("nothing is kept: %s", error)
        async with in_memory() as forgetful:
            yield forgetful
        return
    try:
        yield storage
    finally:
        await opening.__aexit__(None, None, None)
