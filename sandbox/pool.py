"""Admission, deadlines and the exchange with one child: a bounded queue in front of a few running children.

A `Spawner` makes ready single-use children; the pool keeps some warm, gives each request one, kills it afterwards
whatever it answered, and has the next one made.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

from sandbox.autopsy import cause_of_death
from sandbox.children import Child, Spawner, receive_frame
from sandbox.codes import ASK, HANDED, MOST_BYTES, CodeStore
from sandbox.errors import SandboxBusy, SandboxFault
from sandbox.frames import HostileFrame, frame_cap, read_answer
from sandbox.types import ExecutionError, ExecutionResult, Limits

__all__ = ["Pool", "PoolSize"]

_EXIT_REPORT_S = 2.0
"""How long the zygote may take to tell how a child ended."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """How many children, and how many requests may wait for one."""

    warm: int = 4
    """Children that stand ready while nobody asks."""
    running: int = 8
    """Executions at the same time; memory is bounded by this times the limit of one."""
    queued: int = 256
    """Requests that may wait; the next one is told to come back."""


class Pool:
    """Runs requests on children of one kind."""

    def __init__(self, spawner: Spawner, size: PoolSize) -> None:
        self.spawner = spawner
        self.size = size
        self.waiting = 0
        self.running = 0
        self._slots = asyncio.Semaphore(size.running)
        self._idle: deque[Child] = deque()
        self._takers: deque[asyncio.Future[Child]] = deque()
        self._spawning: set[asyncio.Task[None]] = set()
        self._codes = CodeStore()
        self._typical_s = 0.01
        self._closed = False

    async def open(self) -> None:
        """Test the wall and warm the first children up.

        Raises:
            SandboxUnavailable: no wall on this machine, or a hole in it.
        """
        await self.spawner.open()
        self._refill()

    async def close(self) -> None:
        """End every child."""
        self._closed = True
        for task in list(self._spawning):
            task.cancel()
        await asyncio.gather(*self._spawning, return_exceptions=True)
        while self._idle:
            self._idle.popleft().end()
        await self.spawner.close()

    async def run(
        self, request: bytes, answers: int, limits: Limits, code: bytes | None = None
    ) -> list[ExecutionResult]:
        """Have one framed request answered by one child.

        Args:
            request: as `frames.encode` makes it.
            answers: contexts in it, one answer each.
            limits: of the whole exchange.
            code: its key (see `codes`), for children that keep compiled code; `None`: they do not.

        Raises:
            SandboxBusy: too many wait already.
            SandboxFault: the child could not be made, or was lost with its zygote.
        """
        await self._admit()
        try:
            child = await self._take()
            started = asyncio.get_running_loop().time()
            try:
                return await self._exchange(child, request, answers, limits, code)
            finally:
                child.end()
                self._typical_s += (asyncio.get_running_loop().time() - started - self._typical_s) / 8
                self._refill()
        finally:
            self.running -= 1
            self._slots.release()

    async def _admit(self) -> None:
        """Wait for a slot; whoever gets one gives it back."""
        if self._slots.locked() and self.waiting >= self.size.queued:
            retry_after_s = max(0.1, self._typical_s * self.waiting / self.size.running)
            raise SandboxBusy(f"{self.waiting} executions wait already; try again later", round(retry_after_s, 1))
        self.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.waiting -= 1
        self.running += 1

    async def _exchange(
        self, child: Child, request: bytes, answers: int, limits: Limits, code: bytes | None
    ) -> list[ExecutionResult]:
        loop = asyncio.get_running_loop()
        results: list[ExecutionResult] = []
        mark = started = loop.time()
        left_bytes = limits.result_bytes
        isolation = self.spawner.wall.isolation
        try:
            async with asyncio.timeout_at(started + limits.timeout_s):
                if code is None:
                    await loop.sock_sendall(child.sock, request)
                else:
                    await self._send_with_code(child, request, code)
                while len(results) < answers:
                    body = await receive_frame(child, frame_cap(limits))
                    left_bytes -= len(body)
                    now = loop.time()
                    spent_ms = round((now - mark) * 1000, 3)
                    results.append(read_answer(body, limits, execution_time_ms=spent_ms, isolation=isolation))
                    mark = now
        except TimeoutError:
            failure = ExecutionError(
                "Timeout", f"the execution took longer than {limits.timeout_s:g} s", killed_by="timeout",
                hint="make it faster, or ask for a longer time-out",
            )  # fmt: skip
        except OverflowError:
            failure = ExecutionError("OutputLimit", "the answer is larger than the limits allow", killed_by="output")
        except HostileFrame as error:
            failure = ExecutionError("Crash", f"no valid answer came back: {error}", killed_by="crash")
        except (EOFError, ConnectionError):
            failure = await self._autopsy(child, limits)
        else:
            return results
        elapsed_ms = round((loop.time() - mark) * 1000, 3)
        lost = ExecutionResult(success=False, execution_time_ms=elapsed_ms, error=failure, isolation=isolation)
        return results + [lost] * (answers - len(results))

    async def _send_with_code(self, child: Child, request: bytes, code: bytes) -> None:
        """Send the request and what is known of its code; take the compiled code before any of it runs."""
        ticket = self._codes.ticket(code, child.zygote)
        told = request + len(ticket).to_bytes(4, "big") + ticket
        await asyncio.get_running_loop().sock_sendall(child.sock, told)
        if ticket == ASK:
            handed = await receive_frame(child, MOST_BYTES + len(HANDED))
            if not handed.startswith(HANDED):
                raise HostileFrame(f"the child broke before it ran the code: {handed[:400]!r}")
            self._codes.keep(code, child.zygote, handed.removeprefix(HANDED))

    async def _autopsy(self, child: Child, limits: Limits) -> ExecutionError:
        """Why a child ended without an answer.

        Raises:
            SandboxFault: it was ours to keep alive.
        """
        try:
            end = await asyncio.wait_for(asyncio.shield(child.exited), _EXIT_REPORT_S)
        except TimeoutError:
            return ExecutionError("Crash", "the connection to the execution broke", killed_by="crash")
        if end.lost:
            raise SandboxFault("the process that starts executions ended while this one ran; try again")
        return cause_of_death(end, limits)

    # children --------------------------------------------------------------------------------------------------------

    async def _take(self) -> Child:
        while self._idle:
            child = self._idle.popleft()
            if not child.exited.done():
                if not self._idle:  # else the next one is made when this one is done, and takes no time from it
                    self._refill()
                return child
            child.end()
        taker: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._takers.append(taker)
        self._refill()
        try:
            return await taker
        except asyncio.CancelledError:
            if taker.done() and not taker.cancelled() and taker.exception() is None:
                taker.result().end()
            raise

    def _refill(self) -> None:
        wanted = min(len(self._takers) + self.size.warm, max(self.size.running, self.size.warm))
        while not self._closed and len(self._idle) + len(self._spawning) < wanted:
            in_haste = self.running > 0 and not self._idle  # nobody stands ready: whoever comes next waits
            task = asyncio.get_running_loop().create_task(self._make(in_haste=in_haste))
            self._spawning.add(task)
            task.add_done_callback(self._spawning.discard)

    async def _make(self, *, in_haste: bool) -> None:
        try:
            child = await self.spawner.spawn(in_haste=in_haste)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the child
            taker = self._next_taker()
            if taker is not None:
                taker.set_exception(error)
            return
        taker = self._next_taker()
        if taker is not None:
            taker.set_result(child)
        elif self._closed:
            child.end()
        else:
            self._idle.append(child)

    def _next_taker(self) -> "asyncio.Future[Child] | None":
        while self._takers:
            taker = self._takers.popleft()
            if not taker.done():
                return taker
        return None
