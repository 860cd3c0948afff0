"""The memory of proven nodes: found by the same request, or by a request that means nearly the same."""

from collections.abc import Sequence
from uuid import uuid4

from sandbox.types import Language, Mode
from tools.storage.connector import Connector
from tools.storage.records import Json, Match, Pattern, clean, dump, now_text, read_row

__all__ = ["Patterns"]


class Patterns:
    """Pattern records; each method raises `StorageError` when the database cannot be reached or refuses."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def put(
        self,
        request_key: str,
        *,
        description: str,
        language: Language,
        mode: Mode,
        profile: str,
        code: str,
        explanation: str,
        engine: str,
        examples: Json,
        code_id: str | None,
        model: str,
        embedding: Sequence[float],
    ) -> Pattern:
        """Keep a proven node; a pattern of the same request is replaced.

        Args:
            request_key: fingerprint of the normalised request.
            description: the task's words.
            language: of the code.
            mode: of the code node.
            profile: name of the runner profile it was proven under.
            code: the node's body.
            explanation: the program in plain words, may be empty.
            engine: what wrote it.
            examples: `[{"input": items, "output": items}, ...]`.
            code_id: the task whose version it is.
            model: name of the embedding model.
            embedding: floats of unit length.
        """
        rows = await self._connector.fetch(
            "patterns_put",
            pattern_id=uuid4().hex,
            request_key=request_key,
            description=clean(description),
            language=language,
            mode=mode,
            profile=profile,
            code=clean(code),
            explanation=clean(explanation),
            engine=engine,
            examples=dump(examples),
            code_id=code_id,
            model=model,
            embedding=self._connector.encode_vector(embedding),
            now=now_text(),
        )
        return read_row(Pattern, rows[0])

    async def get(self, pattern_id: str) -> Pattern | None:
        """Look one pattern up."""
        rows = await self._connector.fetch("patterns_get", pattern_id=pattern_id)
        return read_row(Pattern, rows[0]) if rows else None

    async def recall(self, request_key: str) -> Pattern | None:
        """Find the pattern of exactly this request, and count the use."""
        rows = await self._connector.fetch("patterns_recall", request_key=request_key, now=now_text())
        return read_row(Pattern, rows[0]) if rows else None

    async def any(self, model: str) -> bool:
        """Whether there is a pattern embedded by this model."""
        return bool(await self._connector.fetch("patterns_any", model=model))

    async def nearest(self, model: str, embedding: Sequence[float], *, limit: int = 5) -> Sequence[Match]:
        """Find the patterns of nearest meaning, nearest first, among those embedded by the same model."""
        rows = await self._connector.fetch(
            "patterns_nearest", model=model, embedding=self._connector.encode_vector(embedding), limit=limit
        )
        return [Match(read_row(Pattern, row), 1.0 - row["distance"]) for row in rows if row["distance"] is not None]

    async def list(self, *, limit: int = 100) -> Sequence[Pattern]:
        """List patterns, the last used first."""
        rows = await self._connector.fetch("patterns_list", limit=limit)
        return [read_row(Pattern, row) for row in rows]

    async def delete(self, pattern_id: str) -> bool:
        """Forget one pattern."""
        return bool(await self._connector.fetch("patterns_delete", pattern_id=pattern_id))

    async def clear(self) -> int:
        """Forget all patterns, and say how many."""
        return len(await self._connector.fetch("patterns_clear"))
