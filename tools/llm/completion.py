"""What a model is asked and what it answers, whoever serves it."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypedDict, Unpack, get_args

from tools.llm.budget import Budget
from tools.llm.config import ProviderConfig, TaskType

__all__ = [
    "TASK_TYPES",
    "Asking",
    "Chunk",
    "Completer",
    "Completion",
    "CompletionRequest",
    "Failure",
    "FinishReason",
    "Message",
    "Provider",
    "Sink",
    "Until",
]

Message = Mapping[str, str]
"""One turn: `{"role": "system" | "user" | "assistant", "content": "..."}`."""
TASK_TYPES: tuple[TaskType, ...] = get_args(TaskType)
_Requested = Literal["temperature", "seed", "max_tokens", "json_mode", "until"]
_REQUESTED: tuple[_Requested, ...] = get_args(_Requested)
Sink = Callable[[str | None], None]
"""Hears the text as it comes; `None` says that a provider broke off and what came before is void."""
FinishReason = Literal["stop", "length", "content_filter"]
Until = Callable[[str], FinishReason | None]
"""Looks at the text so far and says why no more of it is wanted; `None`: go on."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One question to one provider."""

    messages: tuple[Message, ...]
    task_type: TaskType = "code_generation"
    temperature: float = 0.2
    seed: int | None = None
    max_tokens: int = 2048
    """Tokens of the answer, at most."""
    json_mode: bool = False
    """Ask for one JSON object; providers that cannot promise it answer as they like."""
    until: Until | None = None
    """Stops listening, and with it the provider's work, as soon as it gives a reason."""

    @classmethod
    def of(cls, messages: Sequence[Message], task_type: TaskType, asking: "Asking") -> "CompletionRequest":
        """Take from the options of a call what the provider needs to know."""
        known: dict[str, Any] = {name: asking[name] for name in _REQUESTED if name in asking}
        return cls(tuple(messages), task_type, **known)

    @property
    def estimated_tokens_in(self) -> int:
        """Tokens of the prompt, guessed at three characters a token (generous: code runs at 3 to 4)."""
        return sum(len(message["content"]) for message in self.messages) // 3 + 8 * len(self.messages)


class Asking(TypedDict, total=False):
    """How a model is asked: the options of `Completer.complete`; those of a `CompletionRequest` have its defaults."""

    temperature: float
    seed: int | None
    max_tokens: int
    json_mode: bool
    until: Until | None
    avoid: Collection[str]
    """Providers to ask last."""
    budget: Budget | None
    """What the request may still spend."""
    on_text: Sink | None
    """Hears the answer as it comes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an answer; the last one carries the reason of the end and the usage."""

    text: str = ""
    finish_reason: FinishReason | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    thinking: bool = False
    """A sign of life of a model that thinks before it speaks; its thoughts are not kept."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A provider that was asked before another one answered."""

    provider: str
    message: str
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer."""

    text: str
    provider: str
    model: str
    finish_reason: FinishReason = "stop"
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0
    first_token_ms: float = 0.0
    """From the call of this provider to its first text."""
    duration_ms: float = 0.0
    """The whole call, with the providers that failed before."""
    failures: tuple[Failure, ...] = ()
    """Who was asked before, and why it was not them."""
    style: Literal["feedback", "resample"] = "feedback"
    """What this model makes most of (`ProviderConfig.style`)."""

    @property
    def content(self) -> str:
        """The text, by the name that other libraries give it."""
        return self.text

    @property
    def tokens(self) -> int:
        """Prompt and answer together."""
        return self.tokens_in + self.tokens_out

    @property
    def truncated(self) -> bool:
        """Whether the answer ends because its bound was reached."""
        return self.finish_reason == "length"


class Provider(Protocol):
    """Who serves one model; asked only by the router."""

    @property
    def config(self) -> ProviderConfig:
        """Name, model, prices, deadlines."""
        ...

    @property
    def prices(self) -> tuple[float, float] | None:
        """Dollars a token, of the prompt and of the answer; `None` when unknown."""
        ...

    async def prepare(self) -> None:
        """Load what is needed before the first call; not counted against any deadline of a provider.

        Raises:
            ProviderError: it cannot be loaded.
        """
        ...

    def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        """Answer piece by piece.

        Raises:
            ProviderError: on the way; `retryable` is false when the request, not the provider, is at fault.
        """
        ...

    async def close(self) -> None:
        """Give back connections and memory."""
        ...


class Completer(Protocol):
    """What an agent needs of the models: `Router` in earnest, `ScriptedProvider` in tests."""

    async def complete(
        self,
        messages: Sequence[Message],
        task_type: TaskType = "code_generation",
        **asking: Unpack[Asking],
    ) -> Completion:
        """Answer the messages.

        Raises:
            NoProviderAvailable: none is configured, or all are down.
            ProviderError: every provider refused this very request.
            BudgetExceeded: the request's own bound does not allow another call.
        """
        ...
