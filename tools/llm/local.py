"""A GGUF model inside this process (extra `local`): no server to run, no key, nothing leaves the machine."""

import asyncio
import importlib
import os
from pathlib import Path
from typing import Any

from tools.errors import ConfigError, ProviderError
from tools.llm.config import ProviderConfig
from tools.llm.providers import LiteLLMProvider

__all__ = ["LocalProvider"]

_LEFT_ALONE_S = 60.0
"""How long a model that cannot be loaded is not tried again."""


class LocalProvider(LiteLLMProvider):
    """Loads the model at the first call, and speaks to it over a loopback port that llama.cpp opens in this process."""

    def __init__(self, config: ProviderConfig) -> None:
        super().__init__(config)
        self._path = Path(config.model.removeprefix("local/")).expanduser()
        self._server: Any = None
        self._starting = asyncio.Lock()
        self._listed = config
        if not self._path.is_file():
            raise ConfigError(f"LOCAL_MODEL_PATH: {self._path} is no file; give the path of a .gguf model")

    @property
    def prices(self) -> tuple[float, float]:
        """Nothing but electricity."""
        return self._listed.prices or (0.0, 0.0)

    async def prepare(self) -> None:
        """Load the model into memory, once; seconds to a minute, depending on its size."""
        async with self._starting:
            if self._server is None:
                self._server = await asyncio.to_thread(self._start)
                self._address = f"{self._server.listening_address}/v1"
        await super().prepare()

    async def close(self) -> None:
        """Give the memory back."""
        await super().close()
        self._server = None

    def _arguments(self, request: Any) -> dict[str, Any]:
        return {
            **super()._arguments(request),
            "model": f"openai/{self._path.stem}",
            "api_base": self._address,
            "api_key": "local",
        }

    def _start(self) -> Any:
        # Waiting OpenMP threads spin by default and take the cores from everybody else.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("GOMP_SPINCOUNT", "0")
        try:
            xllamacpp = importlib.import_module("xllamacpp")
        except ImportError as exc:
            words = "LOCAL_MODEL_PATH needs the extra `local`: pip install 'n8n-code-agent[local]'"
            raise ProviderError(words, retryable=False, retry_after_s=_LEFT_ALONE_S) from exc
        try:
            return xllamacpp.Server(self._parameters(xllamacpp))
        except (RuntimeError, ValueError, OSError) as exc:
            words = f"LOCAL_MODEL_PATH: {self._path.name} cannot be loaded ({exc})"
            raise ProviderError(words, retryable=False, retry_after_s=_LEFT_ALONE_S) from exc

    def _parameters(self, xllamacpp: Any) -> Any:
        threads = self._listed.threads or max(1, (os.cpu_count() or 2) - 1)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(self._path)
        slots = self._listed.drafts_at_once if self._listed.style == "resample" else 1
        parameters.n_ctx = self._listed.context_tokens * slots
        parameters.n_parallel = slots
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
        parameters.verbosity = 0
        return parameters
