"""Results of deterministic code, kept: a small memory layer before a SQLite file (WAL), shared by processes.

The key is a digest of code, inputs, language, dialect, rules, limits, policy and runtime. Only successes are kept, and
only of code that names no clock, no chance and no address. An entry lives `ttl_s`; beyond the size bound the least
recently used go.
"""

import contextlib
import hashlib
import json
import re
import sqlite3
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.types import ExecutionResult

__all__ = ["CacheStats", "ResultCache", "javascript_varies", "request_key", "runtime_version"]

_VARYING_JAVASCRIPT = re.compile(
    r"\b(?:random\w*|now|today|performance|crypto|process|hrtime|setTimeout|setInterval|getTimezoneOffset)\b"
    r"|\$(?:now|today|execution)|\bDateTime\s*\.\s*(?:local|utc)"
    r"|\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())|(?<!new )\bDate\b(?!\s*\()"
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    key BLOB PRIMARY KEY, answers TEXT NOT NULL, size INTEGER NOT NULL, took_ms REAL NOT NULL,
    hits INTEGER NOT NULL DEFAULT 0, made REAL NOT NULL, used REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS results_used ON results (used);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO counters VALUES ('lookups', 0), ('hits', 0);
"""
_INSERT = "INSERT OR REPLACE INTO results (key, answers, size, took_ms, made, used) VALUES (?, ?, ?, ?, ?, ?)"
_SELECT = "SELECT made, answers FROM results WHERE key = ?"
_SUMMARY = "SELECT count(*), coalesce(sum(size), 0), min(made), coalesce(avg(took_ms), 0) FROM results WHERE made > ?"
_DELETE_LEAST_USED = """
DELETE FROM results WHERE key IN (
    SELECT key FROM (SELECT key, sum(size) OVER (ORDER BY used, key) - size AS before FROM results) WHERE before < ?
)
"""
_VERSION = 1
"""Of the table; another one starts anew, for a cache holds nothing that cannot be made again."""
_MEMORY_ENTRIES = 512
_MEMORY_ENTRY_BYTES = 65_536
_EVICT_EVERY = 64
"""Writes between two looks at the size bound."""
_KEPT = ("result", "stdout", "stderr", "cpu_time_ms", "peak_memory_mb", "isolation", "warnings")


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What the cache did since the file was made."""

    entries: int
    hits: int
    lookups: int
    size_bytes: int
    oldest_age_s: float | None
    average_execution_time_ms: float
    """Of the executions that are kept."""

    @property
    def hit_rate(self) -> float:
        """Hits / look-ups, 0 before the first."""
        return self.hits / self.lookups if self.lookups else 0.0


def javascript_varies(code: str) -> str | None:
    """What in a JavaScript text makes a second run differ from the first, or None; a Python child tells by itself."""
    found = _VARYING_JAVASCRIPT.search(code)
    return found.group() if found else None


def request_key(language: str, frame: bytes, version: bytes) -> bytes:
    """Digest of all that decides a result.

    Args:
        language: of the code.
        frame: the framed request, with code, dialect, inputs, rules and limits; the order of an object's keys counts,
            for code can see it.
        version: of the runtime and the policy, see `runtime_version`.
    """
    digest = hashlib.blake2b(version, digest_size=20, key=language.encode())
    digest.update(frame)
    return digest.digest()


def runtime_version() -> bytes:
    """Digest of this package's own sources and of the interpreter: an upgrade forgets what was kept."""
    digest = hashlib.blake2b(f"{sys.version} {_VERSION}".encode(), digest_size=20)
    room = Path(__file__).parent
    for path in sorted(room.rglob("*")):
        if path.suffix in {".py", ".cjs", ".mjs", ".json"} and "node_modules" not in path.parts:
            digest.update(path.read_bytes())
    return digest.digest()


class ResultCache:
    """One cache file; safe from several threads and processes, and after a kill -9."""

    def __init__(self, path: Path, *, ttl_s: float = 24 * 3600, max_bytes: int = 256_000_000) -> None:
        """Open or make the file.

        Raises:
            OSError: the folder cannot be made.
            sqlite3.Error: the file cannot be opened.
        """
        self._ttl_s = ttl_s
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._recent: OrderedDict[bytes, tuple[float, str]] = OrderedDict()
        self._lookups = self._hits = self._writes = 0
        self._hit_keys: dict[bytes, int] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = _open(path)

    def get(self, key: bytes) -> list[ExecutionResult] | None:
        """The kept results, marked `cached`, or None; each call gives objects of its own."""
        with self._lock:
            self._lookups += 1
            found = self._recent.get(key) or self._load(key)
            if found is None or found[0] + self._ttl_s <= time.time():
                return None
            self._remember(key, found)
            self._hits += 1
            self._hit_keys[key] = self._hit_keys.get(key, 0) + 1
            if self._lookups >= _EVICT_EVERY:
                self._write_counters()
        try:
            return [_revive(kept) for kept in json.loads(found[1])]
        except (ValueError, TypeError, RecursionError):  # somebody else wrote this file
            return None

    def put(self, key: bytes, results: Sequence[ExecutionResult]) -> None:
        """Keep results, all of them successes."""
        answers = json.dumps([{name: getattr(result, name) for name in _KEPT} for result in results])
        took_ms = sum(result.execution_time_ms for result in results)
        now = time.time()
        with self._lock:
            self._remember(key, (now, answers))
            with contextlib.suppress(sqlite3.Error):  # a full disk or a busy file costs a hit, never an answer
                self._database.execute(_INSERT, (key, answers, len(answers) + len(key), took_ms, now, now))
            self._writes += 1
            if self._writes % _EVICT_EVERY == 0:
                self._evict(now)

    def clear(self, older_than_s: float | None = None) -> int:
        """Forget everything, or what is older than that many seconds.

        Returns:
            how many entries went.
        """
        with self._lock:
            self._recent.clear()
            border = time.time() - (older_than_s or 0.0)
            return int(self._database.execute("DELETE FROM results WHERE made <= ?", (border,)).rowcount)

    def stats(self) -> CacheStats:
        """Count what is there."""
        with self._lock:
            self._write_counters()
            now = time.time()
            row = self._database.execute(_SUMMARY, (now - self._ttl_s,)).fetchone()
            counters = dict(self._database.execute("SELECT name, value FROM counters").fetchall())
        oldest = None if row[2] is None else max(0.0, now - row[2])
        return CacheStats(row[0], counters["hits"], counters["lookups"], row[1], oldest, round(row[3], 3))

    def close(self) -> None:
        """Write the counters and let go of the file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._write_counters()
            self._database.close()

    # the lock is held below ------------------------------------------------------------------------------------------

    def _load(self, key: bytes) -> tuple[float, str] | None:
        with contextlib.suppress(sqlite3.Error):
            row: tuple[float, str] | None = self._database.execute(_SELECT, (key,)).fetchone()
            return row
        return None

    def _remember(self, key: bytes, entry: tuple[float, str]) -> None:
        if len(entry[1]) > _MEMORY_ENTRY_BYTES:
            return
        self._recent[key] = entry
        self._recent.move_to_end(key)
        if len(self._recent) > _MEMORY_ENTRIES:
            self._recent.popitem(last=False)

    def _write_counters(self) -> None:
        now = time.time()
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("BEGIN")
            for name, value in (("lookups", self._lookups), ("hits", self._hits)):
                self._database.execute("UPDATE counters SET value = value + ? WHERE name = ?", (value, name))
            used = [(count, now, key) for key, count in self._hit_keys.items()]
            self._database.executemany("UPDATE results SET hits = hits + ?, used = ? WHERE key = ?", used)
            self._database.execute("COMMIT")
            self._lookups = self._hits = 0
            self._hit_keys.clear()

    def _evict(self, now: float) -> None:
        self._write_counters()
        with contextlib.suppress(sqlite3.Error):
            self._database.execute("DELETE FROM results WHERE made <= ?", (now - self._ttl_s,))
            excess = self._database.execute(_SUMMARY, (0,)).fetchone()[1] - self._max_bytes
            if excess > 0:
                self._database.execute(_DELETE_LEAST_USED, (excess + self._max_bytes // 10,))


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _prepare(path)
    except sqlite3.DatabaseError:  # not ours, or broken: a cache may be thrown away
        for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            part.unlink(missing_ok=True)
        return _prepare(path)


def _prepare(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0.05, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if database.execute("PRAGMA user_version").fetchone()[0] not in {0, _VERSION}:
            database.execute("DROP TABLE IF EXISTS results")
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_VERSION}")
    except BaseException:
        database.close()
        raise
    return database


def _revive(kept: dict[str, Any]) -> ExecutionResult:
    kept["warnings"] = tuple(kept["warnings"])
    return ExecutionResult(success=True, cached=True, **kept)
