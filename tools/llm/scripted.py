"""A model that says what it is told: for tests, demos and measurements, without any network."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Unpack

from tools.errors import ConfigError, ProviderError
from tools.llm.completion import Asking, Chunk, Completion, CompletionRequest, Message
from tools.llm.config import ProviderConfig, TaskType

__all__ = ["Answer", "ScriptedProvider"]

Answer = str | Exception
"""A text to say, or an error to raise."""


class ScriptedProvider:
    """Gives its answers in turn, or asks a function; remembers every request.

    It is a `Provider` for the router and, for tests of one agent, a `Completer` by itself.

    >>> import asyncio
    >>> llm = ScriptedProvider(["return [];"])
    >>> asyncio.run(llm.complete([{"role": "user", "content": "..."}])).text
    'return [];'
    """

    def __init__(
        self,
        answers: Iterable[Answer] | Callable[[CompletionRequest], Answer],
        *,
        config: ProviderConfig | None = None,
    ) -> None:
        self.config = config or ProviderConfig(name="scripted", model="scripted/inline")
        self.requests: list[CompletionRequest] = []
        self._ask = answers if callable(answers) else None
        self._answers: Iterator[Answer] = iter(()) if callable(answers) else iter(answers)

    @classmethod
    def from_file(cls, config: ProviderConfig) -> "ScriptedProvider":
        """Read `scripted/<file>`: a JSON list of texts, given in turn and then again from the first.

        Raises:
            ConfigError: the file is missing or holds something else.
        """
        path = Path(config.model.removeprefix("scripted/"))
        try:
            answers = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise ConfigError(f"provider {config.name!r}: {path} is not a readable JSON file: {exc}") from exc
        if not isinstance(answers, list) or not answers or not all(isinstance(text, str) for text in answers):
            raise ConfigError(f"provider {config.name!r}: {path} must hold a JSON list of texts, at least one")
        turn = iter(range(2**62))
        return cls(lambda _request: str(answers[next(turn) % len(answers)]), config=config)

    @property
    def prices(self) -> tuple[float, float]:
        """Talk is cheap, unless the configuration says otherwise."""
        return self.config.prices or (0.0, 0.0)

    async def prepare(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        """Say the next answer in one piece."""
        self.requests.append(request)
        answer = self._ask(request) if self._ask else next(self._answers, None)
        if answer is None:
            raise ProviderError(f"{self.config.name}: the script has no answer left", retryable=False)
        if isinstance(answer, Exception):
            raise answer
        yield Chunk(answer)
        yield Chunk(finish_reason="stop", tokens_in=request.estimated_tokens_in, tokens_out=len(answer) // 3 + 1)

    async def complete(
        self,
        messages: Sequence[Message],
        task_type: TaskType = "code_generation",
        **asking: Unpack[Asking],
    ) -> Completion:
        """Answer as a `Completer`, without any router."""
        request = CompletionRequest.of(messages, task_type, asking)
        chunks = [chunk async for chunk in self.stream(request)]
        text = "".join(chunk.text for chunk in chunks)
        if hear := asking.get("on_text"):
            hear(text)
        return Completion(
            text,
            self.config.name,
            self.config.model,
            tokens_in=chunks[-1].tokens_in or 0,
            tokens_out=chunks[-1].tokens_out or 0,
            style=self.config.style,
        )
