"""Jobs: many requests under one name, each done once, by whichever process has it while that process lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tools.storage.connector import Connector, Value
from tools.storage.lease import is_abandoned, lease_text, this_process
from tools.storage.records import ItemStatus, Job, JobItem, Json, dump, now_text, read_row, read_time

__all__ = ["Jobs", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    total: int
    queued: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def ended(self) -> int:
        """Items that will not change any more."""
        return self.done + self.failed + self.cancelled

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.ended == self.total


class Jobs:
    """Job records; each method raises `StorageError` when the database cannot be reached or refuses."""

    def __init__(self, connector: Connector, owner: str | None = None) -> None:
        self._connector = connector
        self._owner = owner or this_process()

    async def submit(
        self,
        items: Sequence[tuple[str, Json]],
        *,
        queue: str,
        idempotency_key: str | None = None,
        max_attempts: int = 3,
    ) -> tuple[Job, bool]:
        """Keep a new job, all its items or none.

        Args:
            items: `(kind, request)` each.
            queue: which workers take it.
            idempotency_key: a second submission under the same key gives the first one's job.
            max_attempts: how often an item may be begun.

        Returns:
            The job, and whether it is new.
        """
        async with self._connector.transaction() as transaction:
            rows = await transaction.fetch(
                "jobs_add",
                job_id=uuid4().hex,
                idempotency_key=idempotency_key,
                queue=queue,
                total=len(items),
                max_attempts=max_attempts,
                now=now_text(),
            )
            if not rows:
                known = await transaction.fetch("jobs_find", idempotency_key=idempotency_key)
                return read_row(Job, known[0]), False
            job = read_row(Job, rows[0])
            await transaction.run_many("items_add", (_item(job, *numbered) for numbered in enumerate(items)))
        return job, True

    async def get(self, job_id: str) -> Job | None:
        """Look a job up."""
        rows = await self._connector.fetch("jobs_get", job_id=job_id)
        return read_row(Job, rows[0]) if rows else None

    async def list(self, *, limit: int = 50) -> Sequence[Job]:
        """List jobs, newest first."""
        return [read_row(Job, row) for row in await self._connector.fetch("jobs_list", limit=limit)]

    async def unfinished(self) -> Sequence[Job]:
        """List the jobs that have something left to do, oldest first."""
        return [read_row(Job, row) for row in await self._connector.fetch("jobs_open")]

    async def progress(self, job: Job) -> Progress:
        """Count a job's items by status."""
        rows = await self._connector.fetch("jobs_counts", job_id=job.job_id)
        return Progress(job.total, **{row["status"]: row["count"] for row in rows})

    async def open_positions(self, job: Job, first: int, last: int) -> Sequence[int]:
        """List what is left to do between two positions, both included, whoever works on it now."""
        rows = await self._connector.fetch("items_open", job_id=job.job_id, first=first, last=last)
        return [row["position"] for row in rows]

    async def claim(self, job: Job, first: int, last: int) -> Sequence[JobItem]:
        """Become the owner of the items that are queued or abandoned; one begun too often becomes a dead letter.

        Args:
            job: whose items.
            first: the first position.
            last: the last position, included.
        """
        span: dict[str, Value] = {"job_id": job.job_id, "first": first, "last": last}
        mine: dict[str, Value] = {"owner": self._owner, "lease_until": lease_text(), "now": now_text()}
        rows = list(await self._connector.fetch("items_claim", **span, **mine))
        for row in await self._connector.fetch("items_running", **span):
            if row["owner"] != self._owner and is_abandoned(row["owner"], read_time(row["lease_until"])):
                place: dict[str, Value] = {"job_id": job.job_id, "position": row["position"], "previous": row["owner"]}
                rows += await self._connector.fetch("items_take_over", **place, **mine)
        items = sorted((read_row(JobItem, row) for row in rows), key=lambda item: item.position)
        return [item for item in items if await self._is_fit(job, item)]

    async def untended(self, job: Job) -> Sequence[int]:
        """List the items that nobody living works on, though they are not done."""
        rows = await self._connector.fetch("items_open", job_id=job.job_id, first=0, last=job.total)
        return [
            row["position"]
            for row in rows
            if row["status"] == "queued" or is_abandoned(row["owner"], read_time(row["lease_until"]))
        ]

    async def renew(self, job_id: str) -> Sequence[int]:
        """Keep the lease of all our items of a job, and give their positions; the others were cancelled."""
        rows = await self._connector.fetch(
            "items_renew", job_id=job_id, owner=self._owner, lease_until=lease_text(), now=now_text()
        )
        return [row["position"] for row in rows]

    async def finish(self, item: JobItem, result: Json) -> bool:
        """Write the result of our item; `False` (and nothing written) when it is no longer ours."""
        return await self._end(item, "done", result=dump(result))

    async def give_up(self, item: JobItem, error: Json, *, retry: bool) -> bool:
        """Put our item back, or make it a dead letter when it may not be tried again."""
        return await self._end(item, "queued" if retry else "failed", error=dump(error))

    async def cancel(self, job_id: str) -> int:
        """Cancel what is queued or running, and say how many items that were."""
        return len(await self._connector.fetch("items_cancel", job_id=job_id, now=now_text()))

    async def retry(self, job_id: str) -> Sequence[int]:
        """Queue dead letters and cancelled items again, and give their positions."""
        rows = await self._connector.fetch("items_retry", job_id=job_id, now=now_text())
        return sorted(row["position"] for row in rows)

    async def ended(
        self, job_id: str, *, after: int = -1, status: ItemStatus | None = None, limit: int = 100
    ) -> Sequence[JobItem]:
        """List items that ended, by position, after the given one."""
        rows = await self._connector.fetch("items_ended", job_id=job_id, after=after, status=status, limit=limit)
        return [read_row(JobItem, row) for row in rows]

    async def expire(self, older_than_days: float) -> Sequence[str]:
        """Delete finished jobs that were submitted longer ago than that, and give their ids."""
        before = datetime.now(UTC) - timedelta(days=older_than_days)
        rows = await self._connector.fetch("jobs_expire", before=before.isoformat(timespec="microseconds"))
        return [row["job_id"] for row in rows]

    async def _is_fit(self, job: Job, item: JobItem) -> bool:
        if item.attempts <= job.max_attempts:
            return True
        message = f"begun {job.max_attempts} times, and each time its worker went away"
        await self.give_up(item, {"type": "DeadLetter", "message": message}, retry=False)
        return False

    async def _end(
        self, item: JobItem, status: ItemStatus, *, result: str | None = None, error: str | None = None
    ) -> bool:
        rows = await self._connector.fetch(
            "items_finish",
            job_id=item.job_id,
            position=item.position,
            owner=self._owner,
            status=status,
            result=result,
            error=error,
            now=now_text(),
        )
        return bool(rows)


def _item(job: Job, position: int, item: tuple[str, Json]) -> dict[str, Any]:
    kind, request = item
    return {
        "job_id": job.job_id,
        "position": position,
        "kind": kind,
        "request": dump(request),
        "now": job.created_at.isoformat(timespec="microseconds"),
    }
