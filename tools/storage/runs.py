"""The history of runs, and who works on which: a lease that a dead process cannot renew."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from tools.storage.connector import Connector
from tools.storage.lease import is_abandoned, lease_text, this_process
from tools.storage.records import Json, Run, RunStatus, dump, now_text, read_row

__all__ = ["Runs"]


class Runs:
    """Run records; each method raises `StorageError` when the database cannot be reached or refuses."""

    def __init__(self, connector: Connector, owner: str | None = None) -> None:
        self._connector = connector
        self._owner = owner or this_process()

    async def start(self, run_id: str, kind: str, request: Json, request_key: str) -> bool:
        """Record that this process began a run; `False` when the id is taken."""
        rows = await self._connector.fetch(
            "runs_start",
            run_id=run_id,
            kind=kind,
            request=dump(request),
            request_key=request_key,
            owner=self._owner,
            lease_until=lease_text(),
            now=now_text(),
        )
        return bool(rows)

    async def renew(self, run_id: str, stage: str | None = None) -> bool:
        """Keep the lease, and note the stage that finished; `False` when the run is no longer ours."""
        rows = await self._connector.fetch(
            "runs_renew", run_id=run_id, owner=self._owner, stage=stage, lease_until=lease_text(), now=now_text()
        )
        return bool(rows)

    async def finish(
        self,
        run_id: str,
        status: Literal["done", "failed"],
        *,
        result: Json = None,
        error: Json = None,
        code_id: str | None = None,
    ) -> bool:
        """Record how our run ended; `False` (and no change) when it was cancelled or taken over meanwhile."""
        return await self._close(run_id, status, self._owner, result=result, error=error, code_id=code_id)

    async def cancel(self, run_id: str) -> bool:
        """Mark a running run as cancelled, whoever works on it; the owner notices at its next renewal."""
        return await self._close(run_id, "cancelled", None)

    async def get(self, run_id: str) -> Run | None:
        """Look one run up, with request and result."""
        rows = await self._connector.fetch("runs_get", run_id=run_id)
        return read_row(Run, rows[0]) if rows else None

    async def list(
        self,
        *,
        status: RunStatus | None = None,
        kind: str | None = None,
        code_id: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Sequence[Run]:
        """List runs, newest first, without their requests and results.

        Args:
            status: only runs with this status.
            kind: only runs of this kind.
            code_id: only runs that delivered a version of this task.
            before: a run id, the last of the page before.
            limit: most runs to give.
        """
        rows = await self._connector.fetch(
            "runs_list", status=status, kind=kind, code_id=code_id, before=before, limit=limit
        )
        return [read_row(Run, row) for row in rows]

    async def abandoned(self) -> Sequence[Run]:
        """List the running runs whose process is gone."""
        rows = await self._connector.fetch("runs_alive")
        return [run for run in (read_row(Run, row) for row in rows) if is_abandoned(run.owner, run.lease_until)]

    async def take_over(self, run: Run) -> bool:
        """Become the owner of an abandoned run; of several processes that try, one gets `True`."""
        rows = await self._connector.fetch(
            "runs_take_over",
            run_id=run.run_id,
            previous=run.owner,
            owner=self._owner,
            lease_until=lease_text(),
            now=now_text(),
        )
        return bool(rows)

    async def reopen(self, run_id: str) -> bool:
        """Set a failed or cancelled run to running again, ours; `False` when it is neither."""
        rows = await self._connector.fetch(
            "runs_reopen", run_id=run_id, owner=self._owner, lease_until=lease_text(), now=now_text()
        )
        return bool(rows)

    async def expire(self, older_than_days: float) -> Sequence[str]:
        """Delete runs that ended longer ago than that, and give their ids (their checkpoints are the caller's)."""
        before = datetime.now(UTC) - timedelta(days=older_than_days)
        rows = await self._connector.fetch("runs_expire", before=before.isoformat(timespec="microseconds"))
        return [row["run_id"] for row in rows]

    async def _close(
        self,
        run_id: str,
        status: RunStatus,
        owner: str | None,
        *,
        result: Json = None,
        error: Json = None,
        code_id: str | None = None,
    ) -> bool:
        rows = await self._connector.fetch(
            "runs_finish",
            run_id=run_id,
            status=status,
            owner=owner,
            result=None if result is None else dump(result),
            error=None if error is None else dump(error),
            code_id=code_id,
            now=now_text(),
        )
        return bool(rows)
