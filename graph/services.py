"""The collaborators of a run, put together once and closed by whoever opened them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.code_generator import CodeGenerator
from agents.fixer import Fixer
from agents.mender import Mender
from graph.drafting import Drafting
from graph.memories import Memories
from graph.persistence import open_persistence
from sandbox import Sandbox, SandboxConfig
from sandbox.types import Limits
from tools.executor import CheckedExecutor
from tools.health import HealthMonitor, configured_services
from tools.health.probes import sandbox_probe
from tools.llm import Router
from tools.llm.completion import Provider
from tools.llm.opening import make_providers
from tools.settings import Settings
from tools.storage import Storage

if TYPE_CHECKING:
    from tools.storage.checkpoints import Checkpoints

__all__ = ["Services", "open_services", "sandbox_config"]


@dataclass(frozen=True, slots=True)
class Services:
    """What stages and routes may use."""

    settings: Settings
    sandbox: Sandbox
    executor: CheckedExecutor
    """The sandbox behind the language layer: what `/execute` asks."""
    llm: Router
    """The models, if any are configured."""
    drafting: Drafting
    """Drafts and mends with a model."""
    storage: Storage
    """Runs, versions, patterns and jobs."""
    checkpoints: "Checkpoints"
    """Where runs are resumed from."""
    memories: Memories
    """Nodes of earlier runs."""
    health: HealthMonitor
    """Knows how everything is, once somebody enters it: the server does, a command does not need it."""

    def limits(self, timeout_s: float | None = None) -> Limits:
        """Bounds of one execution, never over the settings'."""
        bound = self.settings.sandbox.max_execution_time
        return Limits(
            timeout_s=bound if timeout_s is None else min(timeout_s, bound),
            memory_mb=self.settings.sandbox.max_memory_mb,
        )


def sandbox_config(settings: Settings) -> SandboxConfig:
    """What the sandbox needs of the settings."""
    own = settings.sandbox
    return SandboxConfig(
        max_memory_mb=own.max_memory_mb,
        workspace=own.workspace if own.cache_enabled else None,
        allow_language_only=own.allow_language_only,
    )


@asynccontextmanager
async def open_services(settings: Settings, providers: Sequence[Provider] | None = None) -> AsyncIterator[Services]:
    """Open everything a run needs, in the order of need, and close it in reverse.

    Args:
        settings: of all rooms.
        providers: models to ask instead of the settings'.

    Raises:
        SandboxUnavailable: this machine cannot hold foreign code.
    """
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(Sandbox(sandbox_config(settings)))
        models = make_providers(settings.models.providers) if providers is None else providers
        llm = await stack.enter_async_context(Router(models, settings.models.router))
        kept = await stack.enter_async_context(open_persistence(settings))
        generator = CodeGenerator(llm)
        yield Services(
            settings=settings,
            sandbox=box,
            executor=CheckedExecutor(box),
            llm=llm,
            drafting=Drafting(llm, generator, Mender(generator, Fixer(llm))),
            storage=kept.storage,
            checkpoints=kept.checkpoints,
            memories=kept.memories,
            health=_health(settings, kept.storage, box, llm),
        )


def _health(settings: Settings, storage: Storage, box: Sandbox, llm: Router) -> HealthMonitor:
    services = configured_services(
        settings, storage, sandbox=sandbox_probe(box), providers=llm.snapshot if llm.configured else None
    )
    return HealthMonitor(services, interval_s=settings.health.health_check_interval)
