"""An embedding model elsewhere, through LiteLLM and a real socket; while it is down nobody waits for it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from tools.embeddings import ProviderVectors
from tools.errors import NoProviderAvailable, ProviderError
from tools.llm.breaker import Breaker
from tools.llm.providers import LiteLLMProvider
from tools.llm.table import single_provider
from tools.memory import Asked, PatternMemory
from tools.storage import in_memory

EXAMPLES = [{"input": [{"json": {"a": 1}}], "output": [{"json": {"b": 1}}]}]


class Compass:
    """Knows two directions; counts how often it was asked."""

    def __init__(self) -> None:
        self.is_down = False
        self.asked = 0

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.asked += 1
        if self.is_down:
            raise ProviderError("gone")
        return [[3.0, 0.0] if "east" in text else [0.0, 3.0] for text in texts]


async def test_near_tasks_are_found_by_the_cosine_of_its_vectors() -> None:
    async with in_memory() as storage:
        memory = PatternMemory(storage.patterns, ProviderVectors("compass", Compass()))
        for words in ("go east", "go north"):
            await memory.remember(
                Asked(words, "python", "runOnceForAllItems", "n8n", EXAMPLES), code=words, engine="model"
            )

        (match,) = await memory.similar("eastwards", at_least=0.5)

    assert match.pattern.code == "go east"
    assert match.similarity == pytest.approx(1.0)


async def test_a_model_that_is_down_is_not_asked_again_and_again() -> None:
    compass = Compass()
    compass.is_down = True
    vectors = ProviderVectors("compass", compass, Breaker(threshold=2))
    for _ in range(2):
        with pytest.raises(ProviderError):
            await vectors.embed("x")

    with pytest.raises(NoProviderAvailable, match="compass is down"):
        await vectors.embed("x")
    assert compass.asked == 2


@asynccontextmanager
async def embedding_server() -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        texts = json.loads(await reader.readexactly(length))["input"]
        data = [
            {"object": "embedding", "index": n, "embedding": [float(len(text)), 0.0]} for n, text in enumerate(texts)
        ]
        body = json.dumps(
            {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        )
        answer = (
            f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {len(body)}"
        )
        writer.write(f"{answer}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_vectors_come_through_litellm() -> None:
    async with embedding_server() as url:
        provider = LiteLLMProvider(single_provider("some-model", url, None))
        try:
            assert await provider.embed(["four", "five5"]) == [[4.0, 0.0], [5.0, 0.0]]
        finally:
            await provider.close()
