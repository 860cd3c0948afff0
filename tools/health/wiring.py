"""Which services this installation leans on, from its settings and what was opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tools.health.monitor import Probe, Service
from tools.health.probes import disk_probe, n8n_probe, pgvector_probe, providers_probe, redis_probe, storage_probe
from tools.settings import Settings
from tools.storage import Storage

__all__ = ["configured_services"]

_LOOKS_AT_PROVIDERS = 10
"""Per interval: the router's own checks ask the providers, and what they find should be seen soon after."""


def configured_services(
    settings: Settings,
    storage: Storage | None,
    *,
    sandbox: Probe | None = None,
    providers: Callable[[], Mapping[str, Any]] | None = None,
) -> Sequence[Service]:
    """List the services to watch; what is not configured is not listed, so that nothing is claimed about it.

    Args:
        settings: names the n8n, the Redis and the workspace.
        storage: the opened database.
        sandbox: its self-test.
        providers: the router's snapshot; `None` when no model is configured.
    """
    health, services = settings.health, [Service("disk", disk_probe(settings.sandbox.workspace))]
    if sandbox is not None:
        services.append(Service("sandbox", sandbox, required=True, deadline_s=10))
    if storage is not None and storage.dialect == "sqlite":
        services.append(Service("storage", storage_probe(storage.check)))
    if storage is not None and storage.dialect == "postgres":
        services.append(Service("postgres", storage_probe(storage.check)))
        services.append(Service("pgvector", pgvector_probe(storage.check)))
    if health.n8n_api_url:
        key = health.n8n_api_key
        services.append(Service("n8n_api", n8n_probe(health.n8n_api_url, key.get_secret_value() if key else None)))
    if health.redis_url is not None:
        services.append(Service("redis", redis_probe(health.redis_url.get_secret_value())))
    if providers is not None:
        services.append(Service("llm_provider", providers_probe(providers), pace=_LOOKS_AT_PROVIDERS))
    return services
