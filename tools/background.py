"""An event loop in a thread of its own, for the shortcuts that scripts and notebooks call without `await`."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

__all__ = ["BackgroundLoop"]

Value = TypeVar("Value")


class BackgroundLoop:
    """Runs coroutines for callers of any thread, also of one whose own loop is busy (Jupyter's)."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._opened: list[AbstractAsyncContextManager[Any]] = []
        threading.Thread(target=self._loop.run_forever, name=name, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Wait for a coroutine and give what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def open(self, context: AbstractAsyncContextManager[Value]) -> Value:
        """Enter a context manager that `close` will leave."""
        value = self.run(_entered(context))
        self._opened.append(context)
        return value

    def close(self) -> None:
        """Leave what was opened, the last first, and end the thread; a second call does nothing."""
        if not self._loop.is_running():
            return
        while self._opened:
            self.run(_left(self._opened.pop()))
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _entered(context: AbstractAsyncContextManager[Value]) -> Value:
    return await context.__aenter__()


async def _left(context: AbstractAsyncContextManager[Any]) -> None:
    await context.__aexit__(None, None, None)
