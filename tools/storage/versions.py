"""The versions of each task: every delivered node keeps its number, and an older one can be brought back."""

from collections.abc import Sequence
from difflib import unified_diff

from sandbox.types import Language, Mode
from tools.storage.connector import Connector, Transaction
from tools.storage.records import Code, Json, Version, clean, dump, now_text, read_row

__all__ = ["Versions", "difference"]


class Versions:
    """Version records; each method raises `StorageError` when the database cannot be reached or refuses."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def add(
        self,
        code_id: str,
        *,
        description: str,
        language: Language,
        mode: Mode,
        code: str,
        node: Json,
        engine: str,
        evidence: Json,
        run_id: str | None = None,
        restored_from: int | None = None,
    ) -> Version:
        """Add the next version of a task; code equal to the latest version's is no new version, that one is given."""
        async with self._connector.transaction() as transaction:
            latest = await _lock(transaction, code_id)
            if latest is not None and (latest.code, latest.language, latest.mode) == (clean(code), language, mode):
                return latest
            counted = await transaction.fetch(
                "codes_next", code_id=code_id, description=clean(description), language=language, now=now_text()
            )
            number = int(counted[0]["latest"])
            await transaction.fetch(
                "versions_add",
                code_id=code_id,
                number=number,
                code=clean(code),
                node=dump(node),
                mode=mode,
                engine=engine,
                evidence=dump(evidence),
                run_id=run_id,
                restored_from=restored_from,
                now=now_text(),
            )
            rows = await transaction.fetch("versions_get", code_id=code_id, number=number)
        return read_row(Version, rows[0])

    async def get(self, code_id: str, number: int | None = None) -> Version | None:
        """Look one version up; `None` as number is the latest."""
        rows = await self._connector.fetch("versions_get", code_id=code_id, number=number)
        return read_row(Version, rows[0]) if rows else None

    async def list(self, code_id: str, *, limit: int = 100) -> Sequence[Version]:
        """List the versions of a task, newest first."""
        rows = await self._connector.fetch("versions_list", code_id=code_id, limit=limit)
        return [read_row(Version, row) for row in rows]

    async def list_codes(self, *, limit: int = 100) -> Sequence[Code]:
        """List the tasks, the last changed first."""
        rows = await self._connector.fetch("codes_list", limit=limit)
        return [read_row(Code, row) for row in rows]

    async def restore(self, code_id: str, number: int) -> Version | None:
        """Bring an old version back as the newest one; `None` when there is no such version."""
        old = await self.get(code_id, number)
        if old is None:
            return None
        return await self.add(
            code_id,
            description=old.description,
            language=old.language,
            mode=old.mode,
            code=old.code,
            node=old.node,
            engine=old.engine,
            evidence=old.evidence,
            run_id=old.run_id,
            restored_from=number,
        )

    async def delete(self, code_id: str) -> bool:
        """Delete a task with all its versions."""
        return bool(await self._connector.fetch("codes_delete", code_id=code_id))


def difference(old: Version, new: Version) -> str:
    """Show what changed between two versions as a unified diff; empty when the code is the same."""
    lines = unified_diff(
        old.code.splitlines(keepends=True),
        new.code.splitlines(keepends=True),
        f"version {old.number}",
        f"version {new.number}",
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


async def _lock(transaction: Transaction, code_id: str) -> Version | None:
    """Hold the task's row until the transaction ends, so that two writers cannot take one number."""
    if not await transaction.fetch("codes_lock", code_id=code_id):
        return None
    rows = await transaction.fetch("versions_get", code_id=code_id, number=None)
    return read_row(Version, rows[0]) if rows else None
