"""Many requests at once: each is answered by the code that answers it over HTTP, once, whatever dies meanwhile."""

from server.jobs.dispatch import Dispatcher, InProcess, open_dispatcher, slices
from server.jobs.kinds import JobItemRequest, checked_items, queue_of
from server.jobs.worker import JobWorker

__all__ = [
    "Dispatcher",
    "InProcess",
    "JobItemRequest",
    "JobWorker",
    "checked_items",
    "open_dispatcher",
    "queue_of",
    "slices",
]
