"""Models behind LiteLLM: the only file that imports it, and only when a model is asked for the first time.

Each provider is one `litellm.acompletion`; LiteLLM's Router is not used. `benchmarks/bench_router.py` has the figures:
with its defaults the Router sleeps between retries while another provider stands by (seconds a request in an outage),
it adds a millisecond to each call, counts failures per minute instead of in a row, has no half-open trial, no deadline
to the first token, and keeps its state where nobody can read it. What LiteLLM is unmatched at, a hundred providers'
dialects behind one call, stays.
"""

import asyncio
import importlib
import os
import threading
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from tools.errors import ProviderError
from tools.llm.completion import Chunk, CompletionRequest, FinishReason
from tools.llm.config import ProviderConfig
from tools.llm.faults import provider_error

__all__ = ["LiteLLMProvider"]

_LOADED_LATER = (
    "openai.resources.chat.completions",
    "litellm.litellm_core_utils.default_encoding",
    "litellm.proxy.guardrails.exception_utils",
    "litellm.integrations.prometheus_services",
)
"""What LiteLLM imports within its first call and its first error, a second in all: fail-over must not pay for it."""
_BUILT_LATER = ("Message", "Delta", "Usage", "Choices", "StreamingChoices", "ModelResponse", "ModelResponseStream")
"""Classes that pydantic builds at their first use, a quarter of a second in all."""
_NO_KEY = "not-needed"
_loading = threading.Lock()


class LiteLLMProvider:
    """One model of one provider."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self._litellm: ModuleType | None = None
        self._prices = config.prices

    @property
    def prices(self) -> tuple[float, float] | None:
        """From the configuration, else from LiteLLM's table once loaded; a model on this machine is free."""
        return self._prices

    async def prepare(self) -> None:
        """Import LiteLLM in a thread: seconds, once in the life of the process."""
        if self._litellm is None:
            self._litellm = await asyncio.to_thread(_load)
            self._prices = self._prices or _known_prices(self._litellm, self.config)

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        """Ask once, without any retry of LiteLLM's or of the client below it.

        Raises:
            ProviderError: see `tools.llm.faults`.
        """
        await self.prepare()
        assert self._litellm is not None
        try:
            response = await self._litellm.acompletion(**self._arguments(request))
            async for chunk in self._chunks(response):
                yield chunk
        except ProviderError:
            raise
        except Exception as exc:
            raise provider_error(self.config.name, exc, self.config.api_key) from exc

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give each text's vector, as long as the model makes it.

        Raises:
            ProviderError: see `tools.llm.faults`.
        """
        await self.prepare()
        assert self._litellm is not None
        arguments = {"input": list(texts), "model": self.config.model, "timeout": self.config.timeout_s}
        try:
            answer = await self._litellm.aembedding(**arguments, **self._access(), num_retries=0, max_retries=0)
            return [[float(number) for number in entry["embedding"]] for entry in answer.data]
        except Exception as exc:
            raise provider_error(self.config.name, exc, self.config.api_key) from exc

    async def close(self) -> None:
        """Close the connections that LiteLLM keeps."""
        if self._litellm is not None:
            await self._litellm.close_litellm_async_clients()
            self._litellm.in_memory_llm_clients_cache.flush_cache()
            self._litellm = None

    def _arguments(self, request: CompletionRequest) -> dict[str, Any]:
        config = self.config
        arguments: dict[str, Any] = {
            "model": config.model,
            "messages": [dict(message) for message in request.messages],
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "stream": config.streams,
            "timeout": config.timeout_s,
            "num_retries": 0,
            "max_retries": 0,
            "drop_params": True,
        }
        if config.streams:
            arguments["stream_options"] = {"include_usage": True}
        if request.seed is not None:
            arguments["seed"] = request.seed
        if request.json_mode:
            arguments["response_format"] = {"type": "json_object"}
        return arguments | self._access()

    def _access(self) -> dict[str, str]:
        config = self.config
        access = {"api_base": config.api_base} if config.api_base else {}
        if config.api_key or config.api_base:
            access["api_key"] = config.api_key.get_secret_value() if config.api_key else _NO_KEY
        return access

    async def _chunks(self, response: Any) -> AsyncIterator[Chunk]:
        if not self.config.streams:
            choice = response.choices[0]
            yield Chunk(choice.message.content or "")
            yield _last(choice.finish_reason or "stop", getattr(response, "usage", None))
            return
        usage = None
        async for piece in response:
            usage = getattr(piece, "usage", None) or usage
            delta = piece.choices[0].delta if piece.choices else None
            text = getattr(delta, "content", None) or ""
            thinking = bool(getattr(delta, "reasoning_content", None))
            if text or thinking:
                yield Chunk(text, thinking=thinking)
        # LiteLLM ends every stream with a `stop` of its own; only what the provider itself said counts as an end.
        if response.received_finish_reason is not None:
            yield _last(response.received_finish_reason, usage)


def _last(reason: str, usage: Any) -> Chunk:
    reasons: dict[str, FinishReason] = {
        "length": "length",
        "max_tokens": "length",
        "MAX_TOKENS": "length",
        "content_filter": "content_filter",
    }
    return Chunk(
        finish_reason=reasons.get(reason, "stop"),
        tokens_in=getattr(usage, "prompt_tokens", None),
        tokens_out=getattr(usage, "completion_tokens", None),
    )


def _load() -> ModuleType:
    """Import LiteLLM with its price table local, its prints off and nothing left to import later."""
    with (
        _loading,
        warnings.catch_warnings(),
        _environment(LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_MODE="PRODUCTION"),
    ):
        warnings.simplefilter("ignore")
        litellm = importlib.import_module("litellm")
        litellm.suppress_debug_info = True  # type: ignore[attr-defined]
        litellm.telemetry = False  # type: ignore[attr-defined]
        for name in _LOADED_LATER:
            importlib.import_module(name)
        for name in _BUILT_LATER:
            getattr(litellm.types.utils, name).model_rebuild()
        return litellm


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set what LiteLLM reads at import: no price table from the network, no `.env` copied into the process."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _known_prices(litellm: ModuleType, config: ProviderConfig) -> tuple[float, float] | None:
    if config.model.startswith(("ollama/", "ollama_chat/")) or _is_loopback(config.api_base):
        return 0.0, 0.0
    known = litellm.model_cost.get(config.model) or litellm.model_cost.get(config.model.partition("/")[2])
    if not known or known.get("input_cost_per_token") is None or known.get("output_cost_per_token") is None:
        return None
    return float(known["input_cost_per_token"]), float(known["output_cost_per_token"])


def _is_loopback(url: str | None) -> bool:
    host = (urlsplit(url).hostname or "") if url else ""
    return host in {"localhost", "::1"} or host.startswith("127.")
