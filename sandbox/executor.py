"""The sandbox as its users see it: requests in, results out, every wall behind it."""

import asyncio
import dataclasses
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

from sandbox.cache import ResultCache, javascript_varies, request_key, runtime_version
from sandbox.codes import code_key
from sandbox.errors import SandboxUnavailable
from sandbox.frames import MAX_DEPTH, encode
from sandbox.lockdown.cgroup import Bounds
from sandbox.n8n.outcome import node_outcome, refused_before
from sandbox.pool import Pool, PoolSize
from sandbox.spawner import ZygoteSpawner
from sandbox.types import Dialect, ExecutionError, ExecutionRequest, ExecutionResult, Language
from sandbox.zygote import Plan

__all__ = ["Sandbox", "SandboxConfig"]

_DIALECTS, _LANGUAGES = get_args(Dialect), get_args(Language)
_NODE_THREADS = 16
"""More than a Node starts (4, and a worker or so more under load)."""
_WAITING_MB = 64
"""More than a zygote (30 MB) or a child that waits (4 MB; a Node 28 MB) holds."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """What the operator decides."""

    max_memory_mb: int = 512
    """The most that one execution may ask for (TERRY_MAX_MEMORY_MB)."""
    pool: PoolSize = field(default_factory=PoolSize)
    """Children of one language."""
    workspace: Path | None = None
    """Folder of the execution cache; `None`: nothing is kept."""
    allow_language_only: bool = False
    """Run Python behind the language layer and limits alone where no wall exists (TERRY_ALLOW_LANGUAGE_ONLY)."""


class Sandbox:
    """Runs foreign code in locked children; an async context manager.

    Example:
        async with Sandbox() as sandbox:
            [result] = await sandbox.execute(ExecutionRequest("result = x * y", contexts=[{"x": 5, "y": 3}]))
            assert result.result == 15
    """

    def __init__(self, config: SandboxConfig | None = None, *, plans: dict[Language, Plan] | None = None) -> None:
        self.config = config or SandboxConfig()
        self._plans: dict[Language, Plan] = {"python": _python_plan(self.config), **(plans or {})}
        self._pools: dict[Language, Pool] = {}
        self._opening = asyncio.Lock()
        self._version = b""
        self.cache: ResultCache | None = None
        """Of results, when there is a workspace for it; statistics and clearing are its own methods."""

    async def __aenter__(self) -> Self:
        if self.config.workspace is not None:
            self.cache = ResultCache(self.config.workspace / "executions.sqlite3")
            self._version = runtime_version()
        try:
            await self._pool("python")
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()
        if self.cache:
            self.cache.close()

    async def execute(self, request: ExecutionRequest) -> list[ExecutionResult]:
        """Run one code on each of its contexts, each with fresh globals, all in one child.

        Returns:
            one result for each context, in order. Code that fails, is refused or runs into a limit is a result.

        Raises:
            SandboxUnavailable: no wall for this language on this machine.
            SandboxBusy: the queue is full; `retry_after_s` says when to come back.
            SandboxFault: the sandbox itself broke.
            ValueError: a dialect or language that is none, or limits that are not positive.
        """
        _check(request)
        started = time.perf_counter()
        try:
            frame = encode(_payload(request, self.config.max_memory_mb))
        except (TypeError, ValueError, RecursionError) as error:
            return [_refused_context(error)] * len(request.contexts)
        refusal = refused_before(request) if request.dialect == "node" else None
        if refusal is not None:
            return [ExecutionResult(success=False, error=refusal)] * len(request.contexts)
        key = request_key(request.language, frame, self._version) if self.cache else b""
        kept = self.cache.get(key) if self.cache else None
        if kept is not None:
            elapsed_ms = round((time.perf_counter() - started) * 1000, 3)
            return [replace(result, execution_time_ms=elapsed_ms) for result in kept]
        pool = await self._pool(request.language)
        if pool.spawner.wall.rung == "E" and request.dialect == "node":
            raise SandboxUnavailable("n8n's own rules hold nobody: without a wall (rung E) no code runs by them alone")
        code = code_key(request.code, request.dialect) if request.language == "python" else None
        results = await pool.run(frame, len(request.contexts), request.limits, code)
        if request.dialect == "node":
            results = [node_outcome(request, *each) for each in zip(request.contexts, results, strict=True)]
        if self.cache and _can_be_kept(request, results):
            self.cache.put(key, results)
        return results

    async def warm(self, language: Language) -> None:
        """Open the pool of a language before anybody asks for it.

        Raises:
            SandboxUnavailable: no wall for this language on this machine.
        """
        await self._pool(language)

    @property
    def memory_bound(self) -> str:
        """What bounds the memory of all Python children: `cgroup`, or `pool` (their number times the limit of one)."""
        pool = self._pools.get("python")
        return "cgroup" if pool and pool.spawner.wall.cgroup else "pool"

    @property
    def isolation(self) -> str:
        """The rung of the ladder that Python runs on, or `language-only`; empty before the sandbox is open."""
        pool = self._pools.get("python")
        return pool.spawner.wall.isolation if pool else ""

    async def _pool(self, language: Language) -> Pool:
        async with self._opening:
            if language not in self._pools:
                if language not in self._plans:
                    self._plans[language] = _plan(language, self.config)
                plan, size = self._plans[language], self.config.pool
                pool = Pool(ZygoteSpawner(plan, _bounds(plan, size)), size)
                await pool.open()
                self._pools[language] = pool
        return self._pools[language]


def _can_be_kept(request: ExecutionRequest, results: list[ExecutionResult]) -> bool:
    if request.language == "javascript" and javascript_varies(request.code):
        return False
    return bool(results) and all(result.success and result.varies is None for result in results)


def _check(request: ExecutionRequest) -> None:
    """A request made by our own code must be a possible one."""
    limits = request.limits
    if request.dialect not in _DIALECTS:
        raise ValueError(f"dialect={request.dialect!r}: it is one of {', '.join(_DIALECTS)}")
    if request.language not in _LANGUAGES:
        raise ValueError(f"language={request.language!r}: it is one of {', '.join(_LANGUAGES)}")
    if (request.dialect == "node") != (request.rules is not None):
        raise ValueError("the dialect `node`, and no other, needs rules")
    if min(limits.timeout_s, limits.memory_mb, limits.output_bytes, limits.result_bytes) <= 0:
        raise ValueError(f"limits must be above zero: {limits}")


def _bounds(plan: Plan, size: PoolSize) -> Bounds:
    """Of one pool's group: what may run at its limit, beside zygotes and children that only wait."""
    processes = 4 * (size.running + size.warm)  # those that are made or buried meanwhile count too
    threads = _NODE_THREADS if plan.variant == "node" else 1
    return Bounds(size.running * plan.memory_mb + _WAITING_MB * (size.warm + 2), processes * threads + 8)


def _python_plan(config: SandboxConfig) -> Plan:
    return Plan("python", config.max_memory_mb, language_only=config.allow_language_only)


def _plan(language: Language, config: SandboxConfig) -> Plan:
    """How the JavaScript room wants its children."""
    import sandbox.javascript

    plan = getattr(sandbox.javascript, "plan", None)
    if plan is None:
        raise SandboxUnavailable(f"there is no sandbox for {language} here")
    made = plan(config.max_memory_mb)
    assert isinstance(made, Plan)
    return made


def _payload(request: ExecutionRequest, most_memory_mb: int) -> dict[str, Any]:
    limits = request.limits
    return {
        "code": request.code,
        "dialect": request.dialect,
        "contexts": [dict(context) for context in request.contexts],
        "rules": dataclasses.asdict(request.rules) if request.rules else None,
        "limits": {
            "timeout_s": limits.timeout_s,
            "memory_mb": min(limits.memory_mb, most_memory_mb),
            "output_bytes": limits.output_bytes,
            "result_bytes": limits.result_bytes,
        },
    }


def _refused_context(error: Exception) -> ExecutionResult:
    if isinstance(error, RecursionError):
        message = f"a context is nested deeper than {MAX_DEPTH} levels, or holds itself"
    else:
        message = f"a context holds what JSON cannot carry: {error}"
    return ExecutionResult(success=False, error=ExecutionError("InvalidContext", message, hint="pass JSON values"))
