"""Providers that misbehave inside the process; `tests.llm.stub_server` has those that do so over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from tools.errors import ProviderError
from tools.llm import Chunk, CompletionRequest, Provider, ProviderConfig, ScriptedProvider
from tools.llm.scripted import Answer

QUESTION = [{"role": "user", "content": "Double the value"}]


def scripted(name: str, *answers: Answer, **config: Any) -> ScriptedProvider:
    return ScriptedProvider(answers, config=ProviderConfig(name=name, model=f"scripted/{name}", **config))


def always(name: str, answer: Answer | Callable[[], Answer], **config: Any) -> ScriptedProvider:
    def say(_request: CompletionRequest) -> Answer:
        return answer() if callable(answer) else answer

    return ScriptedProvider(say, config=ProviderConfig(name=name, model=f"scripted/{name}", **config))


def down(name: str, **config: Any) -> ScriptedProvider:
    return always(name, lambda: ProviderError(f"{name}: HTTP 500"), **config)


class Slow(ScriptedProvider):
    """Says its pieces and waits for `go` before each but those already let through."""

    def __init__(self, name: str, *pieces: str, whole: bool = True, **config: Any) -> None:
        super().__init__([], config=ProviderConfig(name=name, model=f"scripted/{name}", **config))
        self.pieces = pieces
        self.whole = whole
        self.go = asyncio.Semaphore(0)
        self.asked = asyncio.Event()
        self.cancelled = False

    async def stream(self, request: CompletionRequest) -> AsyncIterator[Chunk]:
        self.requests.append(request)
        self.asked.set()
        try:
            for piece in self.pieces:
                await self.go.acquire()
                yield Chunk(piece)
            if self.whole:
                yield Chunk(finish_reason="stop", tokens_in=10, tokens_out=5)
        except asyncio.CancelledError:
            self.cancelled = True
            raise


def names(*providers: Provider) -> list[str]:
    return [provider.config.name for provider in providers]
