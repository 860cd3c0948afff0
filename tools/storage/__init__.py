"""State that survives: runs, versions and proven patterns, in SQLite or Postgres, and the only room that knows SQL."""

from tools.storage.connector import Connector
from tools.storage.lease import LEASE_S, is_abandoned, this_process
from tools.storage.records import Code, ItemStatus, Job, JobItem, Match, Pattern, Run, RunStatus, Version
from tools.storage.storage import Storage, in_memory, open_storage
from tools.storage.versions import difference

__all__ = [
    "LEASE_S",
    "Code",
    "Connector",
    "ItemStatus",
    "Job",
    "JobItem",
    "Match",
    "Pattern",
    "Run",
    "RunStatus",
    "Storage",
    "Version",
    "difference",
    "in_memory",
    "is_abandoned",
    "open_storage",
    "this_process",
]
