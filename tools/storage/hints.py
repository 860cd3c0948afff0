"""What processes tell each other: a provider that one of them found failing, for as long as that may hold."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tools.storage.connector import Connector
from tools.storage.lease import this_process
from tools.storage.records import now_text

__all__ = ["Hints"]


class Hints:
    """Hint records; each method raises `StorageError` when the database cannot be reached or refuses."""

    def __init__(self, connector: Connector, owner: str | None = None) -> None:
        self._connector = connector
        self._owner = owner or this_process()

    async def tell(self, subject: str, for_s: float) -> None:
        """Say that a subject fails, for so many seconds from now."""
        until = datetime.now(UTC) + timedelta(seconds=for_s)
        await self._connector.fetch(
            "hints_tell", subject=subject, teller=self._owner, valid_until=until.isoformat(timespec="microseconds")
        )

    async def take_back(self, subject: str) -> bool:
        """Say that it works again; `False` when we had said nothing."""
        return bool(await self._connector.fetch("hints_take_back", subject=subject, teller=self._owner))

    async def heard(self) -> Sequence[str]:
        """List what others say now, each subject once; what is over is deleted."""
        await self._connector.fetch("hints_expire", now=now_text())
        rows = await self._connector.fetch("hints_heard", teller=self._owner, now=now_text())
        return [row["subject"] for row in rows]
