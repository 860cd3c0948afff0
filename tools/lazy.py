"""A stand-in that builds the real object at its first use: for the lowercase shortcuts of notebooks and scripts."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["Lazy"]

Real = TypeVar("Real")


class Lazy(Generic[Real]):
    """Looks like the object that `build` makes, which it makes once, at the first use of an attribute.

    Our own code never imports a shortcut: it gets its collaborators as arguments.

    Example:
        terry_bridge = Lazy(TerryBridge)
        terry_bridge.execute_python_code("result = 1")
    """

    def __init__(self, build: Callable[[], Real]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._made: Real | None = None

    def resolve(self) -> Real:
        """The real object, made now if need be; safe from several threads."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._build()
        return self._made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resolve(), name)

    def __repr__(self) -> str:
        return f"<Lazy {self._made!r}>" if self._made is not None else f"<Lazy {self._build!r}, not made yet>"
