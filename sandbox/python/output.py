"""Captured stdout and stderr, with a cap."""

import io

__all__ = ["Output", "OutputLimit"]


class OutputLimit(BaseException):
    """More was printed than the limit; not an Exception, so that user code does not swallow it by habit."""


class Output(io.TextIOBase):
    """Captured text with a cap in UTF-8 bytes."""

    def __init__(self, most_bytes: int) -> None:
        self.parts: list[str] = []
        self.left = most_bytes
        self.overflowed = False

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Keep the text; past the cap what fits is kept and the run ends."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if size > self.left:
            self.parts.append(text[: self.left])
            self.left = 0
            self.overflowed = True
            raise OutputLimit
        self.left -= size
        self.parts.append(text)
        return len(text)

    def text(self) -> str:
        """All that was written."""
        return "".join(self.parts)
