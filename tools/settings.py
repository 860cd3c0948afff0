"""Every setting there is; the only file that reads the environment.

Lower rooms receive values (`Limits`, `RouterConfig`), never `Settings`. `.env.example` has the same order.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tools.errors import ConfigError

__all__ = ["GenerationSettings", "SandboxSettings", "ServerSettings", "Settings", "load_settings"]


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


class GenerationSettings(BaseSettings):
    """The pipeline (`CODE_GEN_...`)."""

    model_config = SettingsConfigDict(env_prefix="CODE_GEN_", env_file=".env", extra="ignore", frozen=True)

    default_language: Literal["python", "javascript", "auto"] = "python"
    """Language of a request that names none."""
    max_attempts: Annotated[int, Field(ge=1, le=20)] = 3
    """Fixes tried before the run is delivered as failed."""
    enable_optimization: bool = True
    """Run the optimise stage."""
    enable_testing: bool = True
    """Run the test stage; without it nothing is claimed as tested."""


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


def load_settings() -> Settings:
    """Read the environment and `.env`.

    Raises:
        ConfigError: a setting is wrong; the message names it, its value and what is allowed.
    """
    try:
        settings = Settings()
        _ = settings.sandbox, settings.generation, settings.server
    except ValidationError as error:
        raise ConfigError("; ".join(_sentence(problem, error.title) for problem in error.errors())) from error
    return settings


def _sentence(problem: object, title: str) -> str:
    assert isinstance(problem, dict)
    prefix = {"SandboxSettings": "TERRY_", "GenerationSettings": "CODE_GEN_"}.get(title, "")
    name = prefix + "_".join(str(part) for part in problem["loc"]).upper()
    return f"{name}={problem.get('input')!r}: {problem['msg']}"
