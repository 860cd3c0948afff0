"""Every setting there is; the only file that reads the environment.

Lower rooms receive values (`Limits`, `RouterConfig`), never `Settings`. `.env.example` has the same order.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tools.errors import ConfigError
from tools.llm.config import ProviderConfig, RouterConfig
from tools.llm.table import local_provider, provider_table, single_provider

__all__ = [
    "GenerationSettings",
    "HealthSettings",
    "JobSettings",
    "ModelSettings",
    "SandboxSettings",
    "ServerSettings",
    "Settings",
    "StorageSettings",
    "load_settings",
]


class SandboxSettings(BaseSettings):
    """The sandbox (`TERRY_...`)."""

    model_config = SettingsConfigDict(env_prefix="TERRY_", env_file=".env", extra="ignore", frozen=True)

    workspace: Path = Path("/tmp/terry_workspace")  # noqa: S108 - the specification's default
    """Folder of the execution cache, the embedded database and temp slots; made when missing."""
    max_execution_time: Annotated[float, Field(gt=0, le=3600)] = 30
    """Seconds; the longest time-out a request may ask for, and the default."""
    max_memory_mb: Annotated[int, Field(ge=64, le=65536)] = 512
    """Megabytes of address space of one execution."""
    cache_enabled: bool = True
    """Answer a repeated deterministic execution from the cache."""
    allow_language_only: bool = False
    """Where the system has no wall at all, run Python behind its language layer and limits alone: no production."""


class GenerationSettings(BaseSettings):
    """The pipeline (`CODE_GEN_...`)."""

    model_config = SettingsConfigDict(env_prefix="CODE_GEN_", env_file=".env", extra="ignore", frozen=True)

    default_language: Literal["python", "javascript", "auto"] = "python"
    """Language of a request that names none."""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """Fixes tried before the run is delivered as failed."""
    enable_synthesis: bool = True
    """Search for a program that fits the example before a model is asked."""
    enable_optimization: bool = True
    """Run the optimise stage."""
    enable_testing: bool = True
    """Run the test stage; without it nothing is claimed as tested."""
    second_opinions: Annotated[int, Field(ge=0, le=16)] = 3
    """Further drafts of a model, at most, until one confirms the draft that passes; 0: an example is enough."""
    model_tests: bool = True
    """Let the model write tests for its own proven draft; what they find is a warning."""
    model_explanation: bool = True
    """Let the model explain its own proven draft in the persona's tone."""


class ServerSettings(BaseSettings):
    """The doors."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    """Address to bind; any other than loopback needs API_KEYS."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """TCP port."""
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Comma-separated keys; a request then carries one in `X-API-Key` or as a bearer token."""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1", "localhost", "[::1]")
    """Comma-separated names accepted in the Host header, beside HOST."""
    max_body_mb: Annotated[int, Field(ge=1, le=1024)] = 16
    """Megabytes of one request body."""

    @field_validator("api_keys", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Read a comma-separated list."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class ModelSettings(BaseSettings):
    """Who thinks (`LLM_...`); with none of them set, there is the synthesis and no model."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    llm_model: str = ""
    """LiteLLM's name of a model (`gemini/gemini-2.5-flash`, `ollama_chat/qwen`), or any name at LLM_BASE_URL."""
    llm_base_url: str = ""
    """`http://localhost:8001/v1`: an OpenAI-compatible server (vLLM, llama.cpp, LM Studio, ...)."""
    llm_api_key: SecretStr | None = None
    """Key of LLM_MODEL; none is needed for most servers of one's own."""
    llm_providers: str = ""
    """Several providers, asked in this order: a JSON object or the path of a .toml or .json file (docs/models.md)."""
    local_model_path: Path | None = None
    """A .gguf file to run inside this process (extra `local`), asked after all others."""
    llm_deadline_s: Annotated[float, Field(gt=0, le=3600)] = 180
    """Seconds of one call over all providers."""
    llm_hedge_after_s: Annotated[float, Field(gt=0, le=600)] | None = None
    """Ask the next provider too when the first has not begun to answer after so many seconds; empty: never."""
    llm_failure_threshold: Annotated[int, Field(ge=1, le=1000)] = 5
    """Consecutive failures that open a provider's circuit."""
    llm_recovery_s: Annotated[float, Field(gt=0, le=86400)] = 300
    """Seconds until an open circuit lets one trial through."""
    llm_health_interval_s: Annotated[float, Field(ge=0, le=86400)] = 60
    """Seconds between one-token checks of a provider without successful calls; 0: none."""
    llm_max_tokens: Annotated[int, Field(ge=256)] | None = None
    """Tokens one request may use over all its attempts; empty: no bound."""
    llm_max_cost_usd: Annotated[float, Field(gt=0)] | None = None
    """Dollars one request may cost over all its attempts; empty: no bound."""

    @field_validator(
        "llm_api_key", "local_model_path", "llm_hedge_after_s", "llm_max_tokens", "llm_max_cost_usd", mode="before"
    )
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        return value or None

    @cached_property
    def providers(self) -> tuple[ProviderConfig, ...]:
        """All providers in the order of asking.

        Raises:
            ConfigError: the table is wrong, or a key is missing.
        """
        table = provider_table(self.llm_providers, _environment()) if self.llm_providers else ()
        single = (
            (single_provider(self.llm_model, self.llm_base_url or None, self.llm_api_key),)
            if self.llm_model or self.llm_base_url
            else ()
        )
        local = (local_provider(self.local_model_path),) if self.local_model_path else ()
        names = [provider.name for provider in (*table, *single, *local)]
        if len(set(names)) != len(names):
            raise ConfigError(f"LLM_PROVIDERS: {', '.join(names)}: a name stands there twice")
        return (*table, *single, *local)

    @cached_property
    def router(self) -> RouterConfig:
        """How they are asked."""
        return RouterConfig(
            failure_threshold=self.llm_failure_threshold,
            recovery_s=self.llm_recovery_s,
            deadline_s=self.llm_deadline_s,
            hedge_after_s=self.llm_hedge_after_s,
            health_interval_s=self.llm_health_interval_s,
        )


class StorageSettings(BaseSettings):
    """Where runs, versions and patterns are kept."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr | None = None
    """`postgresql://user:password@host/database` with pgvector; none: one SQLite file in TERRY_WORKSPACE."""
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 8
    """Most Postgres connections of one process."""
    database_timeout: Annotated[float, Field(gt=0, le=60)] = 2
    """Seconds to wait for Postgres, for a connection and for one statement."""
    run_retention_days: Annotated[float, Field(gt=0, le=3650)] = 30
    """Days that an ended run and its checkpoints are kept; versions and patterns stay until they are deleted."""
    pattern_memory: bool = True
    """Keep proven nodes, offer similar ones, and answer an identical request from the store."""
    embedding_model: str = ""
    """LiteLLM's name of an embedding model; none: the word vectors that come in a wheel."""
    embedding_base_url: str = ""
    """An OpenAI-compatible server that serves it."""
    embedding_api_key: SecretStr | None = None
    """Its key, when it needs one."""

    @field_validator("database_url", "embedding_api_key", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        return value or None


class JobSettings(BaseSettings):
    """Many requests at once (`JOBS_...`)."""

    model_config = SettingsConfigDict(env_prefix="JOBS_", env_file=".env", extra="ignore", frozen=True)

    workers: Literal["in-process", "separate"] = "in-process"
    """`separate`: `n8n-agent worker` processes do the work (extra `cluster`, DATABASE_URL)."""
    concurrency: Annotated[int, Field(ge=1, le=256)] = 4
    """Slices of jobs that one process works on at a time."""
    max_items: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    """Most requests in one job."""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """How often a request is begun before it is a dead letter."""
    stalled_after_s: Annotated[float, Field(ge=1, le=3600)] = 30
    """Seconds without a heartbeat after which a worker counts as dead."""


class HealthSettings(BaseSettings):
    """What the health monitor watches beside ourselves, each when it is set."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    health_check_interval: Annotated[float, Field(ge=0.1, le=3600)] = 60
    """Seconds; a service that goes down or comes back is seen within it."""
    n8n_api_url: str = ""
    """`http://localhost:5678`, with or without `/api/v1`."""
    n8n_api_key: SecretStr | None = None
    """Key of n8n's public API; without it only `/healthz` is asked."""
    redis_url: SecretStr | None = None
    """`redis://[:password@]host:port`, `rediss://` or `unix://path`; only its health is watched."""

    @field_validator("n8n_api_key", "redis_url", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        return value or None


class Settings(BaseSettings):
    """All rooms together."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    feature_code_generation: bool = True
    """Off: the /api/v1/code endpoints answer 404."""

    @cached_property
    def sandbox(self) -> SandboxSettings:
        """`TERRY_...`."""
        return SandboxSettings()

    @cached_property
    def generation(self) -> GenerationSettings:
        """`CODE_GEN_...`."""
        return GenerationSettings()

    @cached_property
    def server(self) -> ServerSettings:
        """`HOST`, `PORT`, `API_KEYS`, ..."""
        return ServerSettings()

    @cached_property
    def models(self) -> ModelSettings:
        """`LLM_...`, `LOCAL_MODEL_PATH`."""
        return ModelSettings()

    @cached_property
    def storage(self) -> StorageSettings:
        """`DATABASE_URL`, `RUN_RETENTION_DAYS`, ..."""
        return StorageSettings()

    @cached_property
    def jobs(self) -> JobSettings:
        """`JOBS_...`."""
        return JobSettings()

    @cached_property
    def health(self) -> HealthSettings:
        """`HEALTH_CHECK_INTERVAL`, `N8N_API_URL`, `REDIS_URL`, ..."""
        return HealthSettings()

    def with_server(self, server: ServerSettings) -> Self:
        """The same settings behind another door."""
        other = self.model_copy()
        other.__dict__["server"] = server
        return other


def load_settings() -> Settings:
    """Read the environment and `.env`.

    Raises:
        ConfigError: a setting is wrong; the message names it, its value and what is allowed.
    """
    try:
        settings = Settings()
        _ = settings.sandbox, settings.generation, settings.server, settings.storage, settings.jobs, settings.health
        _ = settings.models.providers
    except ValidationError as error:
        raise ConfigError("; ".join(_sentence(problem, error.title) for problem in error.errors())) from error
    return settings


def _environment() -> dict[str, str]:
    """The variables of the process, and under them those of `.env`."""
    return {name: value for name, value in dotenv_values(".env").items() if value} | dict(os.environ)


def _sentence(problem: object, title: str) -> str:
    assert isinstance(problem, dict)
    prefix = {"SandboxSettings": "TERRY_", "GenerationSettings": "CODE_GEN_", "JobSettings": "JOBS_"}.get(title, "")
    name = prefix + "_".join(str(part) for part in problem["loc"]).upper()
    return f"{name}={problem.get('input')!r}: {problem['msg']}"
