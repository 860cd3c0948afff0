"""Remembers proven nodes, and finds them again by the same request or by one that means nearly the same."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.types import Language, Mode
from tools.embeddings import Embedder
from tools.storage import Match, Pattern
from tools.storage.patterns import Patterns

__all__ = ["Asked", "PatternMemory"]

_CANDIDATES = 32
"""Patterns that the vectors propose, of which the finer comparison chooses."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What identifies a request."""

    description: str
    language: Language
    mode: Mode
    profile: str
    """Name of the runner profile: a proof under one profile says nothing about another."""
    examples: Sequence[Any] = ()
    """`[{"input": items, "output": items}, ...]`."""

    @property
    def key(self) -> str:
        """Fingerprint of the request, blind to case, white space and the order of keys."""
        words = " ".join(unicodedata.normalize("NFKC", self.description).casefold().split())
        parts = [words, self.language, self.mode, self.profile, list(self.examples)]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def code_id(self) -> str:
        """Name of the task, whose versions are counted: the words, the language and the mode, not the examples."""
        words = " ".join(unicodedata.normalize("NFKC", self.description).casefold().split())
        return hashlib.sha256(json.dumps([words, self.language, self.mode]).encode()).hexdigest()[:16]


class PatternMemory:
    """The memory of one storage, seen through one embedding model."""

    def __init__(self, patterns: Patterns, embedder: Embedder) -> None:
        self._patterns = patterns
        self._embedder = embedder

    async def remember(
        self, asked: Asked, *, code: str, engine: str, explanation: str = "", code_id: str | None = None
    ) -> Pattern:
        """Keep a node; only one whose examples it was run on and met, which the caller vouches for.

        Raises:
            ValueError: there is no example, so nothing can have been proven.
            StorageError: the database cannot be reached.
        """
        if not asked.examples:
            raise ValueError("a node without an example was not proven and is not remembered")
        return await self._patterns.put(
            asked.key,
            description=asked.description,
            language=asked.language,
            mode=asked.mode,
            profile=asked.profile,
            code=code,
            explanation=explanation,
            engine=engine,
            examples=list(asked.examples),
            code_id=code_id,
            model=self._embedder.name,
            embedding=await self._embedder.embed(asked.description),
        )

    async def recall(self, asked: Asked) -> Pattern | None:
        """Find the node of exactly this request; its proof has to be run again before it is delivered.

        Raises:
            StorageError: the database cannot be reached.
        """
        return await self._patterns.recall(asked.key)

    async def similar(self, description: str, *, limit: int = 3, at_least: float = 0.4) -> Sequence[Match]:
        """Find nodes of tasks that mean nearly the same, nearest first.

        Args:
            description: the task's words.
            limit: most nodes to give.
            at_least: similarity under which a node is of no use. Of 40 paraphrases 31 lie above 0.4, of pairs of
                different tasks less than one in a hundred.

        Raises:
            StorageError: the database cannot be reached.
        """
        if not await self._patterns.any(self._embedder.name):
            return []  # an empty memory does not load a model
        vector = await self._embedder.embed(description)
        near = await self._patterns.nearest(self._embedder.name, vector, limit=_CANDIDATES)
        scores = await self._embedder.compare(description, [match.pattern.description for match in near])
        if scores is None:
            scores = [match.similarity for match in near]
        ranked = sorted(zip(near, scores, strict=True), key=lambda pair: -pair[1])
        return [Match(match.pattern, round(score, 4)) for match, score in ranked[:limit] if score >= at_least]

    async def warm_up(self) -> None:
        """Load the embedding model, so that no request waits for it."""
        await self._embedder.embed("")

    async def forget(self, pattern_id: str) -> bool:
        """Delete one node from the memory."""
        return await self._patterns.delete(pattern_id)
