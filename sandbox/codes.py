"""Compiled code as the controller keeps it: opaque bytes, made by a locked child and only ever loaded inside another.

A child hands the bytes over before it runs the code they were made from, and they are used for exactly that code again.
They are kept for one zygote, so policy and Python version are always the ones that made them. Code that comes only once
is never asked for: it would pay for a hand-over that nobody uses.
"""

import hashlib
from collections import OrderedDict

__all__ = ["ASK", "HANDED", "LOAD", "MOST_BYTES", "CodeStore", "code_key"]

ASK = b"?"
"""The frame after a request: hand over what you compiled."""
LOAD = b"!"
"""The same, followed by the compiled code."""
HANDED = b"="
"""What a child hands over starts with this; the last words of one that broke do not."""
MOST_BYTES = 65_536
"""Of one compiled code; longer ones are compiled each time."""
_ENTRIES = 256


def code_key(code: str, dialect: str) -> bytes:
    """Digest of all that decides the compiled code, beside the zygote; the child looks after names of the context."""
    return hashlib.blake2b(f"{dialect}\0{code}".encode("utf-8", "surrogatepass"), digest_size=20).digest()


class CodeStore:
    """The codes that came last, at most 16 MB of them; in memory alone."""

    def __init__(self) -> None:
        self._zygote = 0
        self._kept: OrderedDict[bytes, bytes | None] = OrderedDict()

    def ticket(self, key: bytes, zygote: int) -> bytes:
        """What to tell the child: nothing, `ASK`, or `LOAD` and the bytes.

        Args:
            key: see `code_key`.
            zygote: the number of the child's own.
        """
        if zygote != self._zygote:
            self._zygote = zygote
            self._kept.clear()
        seen = key in self._kept
        kept = self._kept.setdefault(key, None)
        self._kept.move_to_end(key)
        if len(self._kept) > _ENTRIES:
            self._kept.popitem(last=False)
        if not seen or kept == b"":
            return b""
        return ASK if kept is None else LOAD + kept

    def keep(self, key: bytes, zygote: int, compiled: bytes) -> None:
        """Take what a child handed over; empty means that it had nothing to give."""
        if zygote == self._zygote:
            self._kept[key] = compiled
