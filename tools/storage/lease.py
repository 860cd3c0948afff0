"""Who works on what: a lease that a dead process cannot renew."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

__all__ = ["LEASE_S", "is_abandoned", "lease_text", "this_process"]

LEASE_S = 30.0
"""Seconds a silent owner on another machine keeps its work; an owner on this machine is simply looked up."""


def this_process() -> str:
    """Name this process so that no later one is taken for it: `host:pid:start`."""
    return f"{socket.gethostname()}:{os.getpid()}:{_start_of(os.getpid())}"


def is_abandoned(owner: str, lease_until: datetime) -> bool:
    """Whether the owner of some work is dead, or silent for longer than its lease."""
    host, pid, start = owner.rsplit(":", 2)
    if host == socket.gethostname() and start:
        return _start_of(int(pid)) != start
    return lease_until < datetime.now(UTC)


def _start_of(pid: int) -> str:
    """Clock ticks from boot to the process's start (field 22 of its stat); empty when it is gone or /proc is not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]


def lease_text() -> str:
    """Say until when a lease taken now holds."""
    return (datetime.now(UTC) + timedelta(seconds=LEASE_S)).isoformat(timespec="microseconds")
