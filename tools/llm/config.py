"""Values that describe the providers and the router; `tools.settings` fills them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["ProviderConfig", "RouterConfig", "TaskType"]

TaskType = Literal["code_generation", "workflow_planning", "pattern_analysis", "error_debugging"]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Price = Annotated[float, Field(ge=0)]


class ProviderConfig(BaseModel):
    """One provider, one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1)]
    """Key of the table, seen in answers, metrics and health."""
    model: Annotated[str, Field(min_length=1)]
    """LiteLLM's name of the model: `ollama_chat/qwen2.5-coder`, `gemini/gemini-2.5-flash`, `anthropic/...`,
    `openai/<any name>` with `api_base` for vLLM and the like; `scripted/<file.json>`; `local/<file.gguf>`."""
    api_base: str | None = None
    """Base URL, up to and with `/v1`; `None`: the vendor's own."""
    api_key: SecretStr | None = None
    """Read from the variable that `api_key_env` names; never written into a table."""
    prefers: tuple[TaskType, ...] = ()
    """Task types this one is asked first for; empty: all alike, in the order of the table."""
    first_token_timeout_s: Seconds = 30
    """To the first text; a provider that hangs costs no more than this."""
    idle_timeout_s: Seconds = 20
    """Between two pieces of text."""
    timeout_s: Seconds = 120
    """The whole answer."""
    price_in_usd_per_million: Price | None = None
    """Of prompt tokens; `None`: LiteLLM's own table, nothing for a model on this machine."""
    price_out_usd_per_million: Price | None = None
    """Of answer tokens."""
    streams: bool = True
    """Off for a server that cannot stream; its first token is then its whole answer."""
    style: Literal["feedback", "resample"] = "feedback"
    """How drafts are asked for: a large model writes the node and is told its failures; a small one (`resample`) writes
    a plain function of plain rows, several at once, and is asked anew."""
    drafts_at_once: Annotated[int, Field(ge=1, le=16)] = 4
    """With `resample`: drafts asked for at the same time; a server that decodes several at once gives them cheaply."""
    threads: Annotated[int, Field(ge=1, le=256)] | None = None
    """Threads of a `local/` model; `None`: cores - 1 (as many threads as busy cores make llama.cpp collapse)."""
    context_tokens: Annotated[int, Field(ge=512)] = 8192
    """Context of a `local/` model."""

    @property
    def prices(self) -> tuple[float, float] | None:
        """Dollars a token, of the prompt and of the answer, when both are given."""
        if self.price_in_usd_per_million is None or self.price_out_usd_per_million is None:
            return None
        return self.price_in_usd_per_million / 1e6, self.price_out_usd_per_million / 1e6


class RouterConfig(BaseModel):
    """How providers are asked in turn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    failure_threshold: Annotated[int, Field(ge=1)] = 5
    """Consecutive failures that open a provider's circuit."""
    recovery_s: Annotated[float, Field(gt=0)] = 300
    """Seconds an open circuit waits before one single trial."""
    deadline_s: Annotated[float, Field(gt=0)] = 180
    """Seconds of one call over all providers."""
    hedge_after_s: Annotated[float, Field(gt=0)] | None = None
    """Ask the next provider too when the first has not begun to answer by then; `None`: never."""
    max_wait_s: Annotated[float, Field(ge=0)] = 2
    """When all have failed: the longest pause (`Retry-After`) before they are asked once more; 0: never again."""
    health_interval_s: Annotated[float, Field(ge=0)] = 60
    """Seconds between background checks of a provider without successful calls; 0: none."""
