"""Makes providers out of their configuration; nothing is loaded or connected by it."""

from collections.abc import Sequence

from tools.llm.completion import Provider
from tools.llm.config import ProviderConfig
from tools.llm.local import LocalProvider
from tools.llm.providers import LiteLLMProvider
from tools.llm.scripted import ScriptedProvider

__all__ = ["make_providers"]


def make_providers(configs: Sequence[ProviderConfig]) -> list[Provider]:
    """Return one provider for each configuration, in their order: `scripted/...`, `local/...`, else LiteLLM.

    Raises:
        ConfigError: a file that a configuration names is missing or unreadable.
    """
    return [_make(config) for config in configs]


def _make(config: ProviderConfig) -> Provider:
    if config.model.startswith("scripted/"):
        return ScriptedProvider.from_file(config)
    if config.model.startswith("local/"):
        return LocalProvider(config)
    return LiteLLMProvider(config)
