"""Reads `LLM_PROVIDERS`, and the short settings beside it, into provider configurations."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from tools.errors import ConfigError
from tools.llm.config import ProviderConfig

__all__ = ["local_provider", "provider_table", "single_provider"]

_KNOWN_PREFIXES = (
    *("openai", "ollama", "ollama_chat", "hosted_vllm", "anthropic", "gemini", "vertex_ai", "azure", "azure_ai"),
    *("bedrock", "mistral", "groq", "openrouter", "deepseek", "together_ai", "fireworks_ai", "huggingface", "cohere"),
    *("xai", "nvidia_nim", "cerebras", "perplexity", "replicate", "watsonx", "databricks", "lm_studio", "llamafile"),
    *("scripted", "local"),
)
"""LiteLLM prefixes that a model name keeps even with a base URL; anything else there is an OpenAI-compatible name."""


def provider_table(value: str, environment: Mapping[str, str]) -> tuple[ProviderConfig, ...]:
    """Return the providers of `LLM_PROVIDERS`: a JSON object in place, or the path of a .json or .toml file.

    Args:
        value: `{"<name>": {"model": ..., "api_base": ..., "api_key_env": ..., ...}, ...}`, in the order of asking.
        environment: where the variables named by `api_key_env` are looked up.

    Raises:
        ConfigError: the message names the provider, the field and what is allowed.
    """
    table = _read(value)
    if not isinstance(table, dict) or not all(isinstance(row, dict) for row in table.values()):
        raise ConfigError('LLM_PROVIDERS must be a table {"name": {"model": "..."}, ...} or the path of one')
    return tuple(_provider(name, row, environment) for name, row in table.items())


def single_provider(model: str, base_url: str | None, api_key: SecretStr | None) -> ProviderConfig:
    """Return the provider `default` of `LLM_MODEL`, `LLM_BASE_URL`, `LLM_API_KEY`.

    >>> single_provider("Qwen/Qwen2.5-Coder-7B", "http://127.0.0.1:8001/v1", None).model
    'openai/Qwen/Qwen2.5-Coder-7B'
    """
    known = model.partition("/")[0] in _KNOWN_PREFIXES and "/" in model
    name = model if known or not base_url else f"openai/{model or 'default'}"
    return ProviderConfig(name="default", model=name, api_base=base_url, api_key=api_key)


def local_provider(path: Path) -> ProviderConfig:
    """Return the provider `local` of `LOCAL_MODEL_PATH`: slow to begin and small, so better asked anew than told."""
    return ProviderConfig(
        name="local",
        model=f"local/{path}",
        first_token_timeout_s=300,
        idle_timeout_s=120,
        timeout_s=900,
        style="resample",
    )


def _read(value: str) -> Any:
    text, name = value.strip(), "LLM_PROVIDERS"
    try:
        if text.startswith("{"):
            return json.loads(text)
        name = f"LLM_PROVIDERS={text}"
        raw = Path(text).expanduser().read_text(encoding="utf-8")
        return tomllib.loads(raw) if text.endswith(".toml") else json.loads(raw)
    except OSError as exc:
        raise ConfigError(f"{name}: neither a JSON object nor a readable file ({exc.strerror})") from exc
    except ValueError as exc:
        raise ConfigError(f"{name}: {exc}") from exc


def _provider(name: str, row: Mapping[str, Any], environment: Mapping[str, str]) -> ProviderConfig:
    fields = dict(row)
    if "api_key" in fields:
        raise ConfigError(f"LLM_PROVIDERS.{name}: a key does not belong into a table; name its variable in api_key_env")
    variable = fields.pop("api_key_env", None)
    if variable is not None:
        if not environment.get(variable):
            raise ConfigError(f"LLM_PROVIDERS.{name}: api_key_env names {variable}, which is not set")
        fields["api_key"] = SecretStr(environment[variable])
    try:
        return ProviderConfig(name=name, **fields)
    except ValidationError as exc:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in exc.errors(include_input=False)
        )
        raise ConfigError(f"LLM_PROVIDERS.{name}: {problems}") from exc
