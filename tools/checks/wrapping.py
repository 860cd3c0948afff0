"""What people and models put around code: Markdown fences and prose."""

import re
from dataclasses import dataclass

__all__ = ["Wrapping", "find_wrapping"]

_FENCE = re.compile(r"^[ \t]*(```+|~~~+)[ \t]*([\w+.#-]*)[ \t]*\r?$", re.MULTILINE)
_CODE_LIKE = re.compile(r"[=;(){}\[\]]|^\s*(?:import|from|return|def|const|let|var|for|if|#|//)\b")


@dataclass(frozen=True, slots=True)
class Wrapping:
    """Code found inside other text."""

    line: int
    """1-based line of the opening fence, or of the first line of prose."""
    inner: str
    kind: str
    """`fence` or `prose`."""


def find_wrapping(code: str) -> Wrapping | None:
    """The code inside the largest Markdown fence of a text, or None when there is none.

    A text without any fence, but with a sentence before the code (`Here is the code:`), is `prose`.
    An opening fence without its end counts as well: models stop early.
    """
    fences = list(_FENCE.finditer(code))
    if not fences:
        return _without_prose(code)
    blocks: list[tuple[int, str]] = []
    index = 0
    while index < len(fences):
        opening = fences[index]
        closing = fences[index + 1] if index + 1 < len(fences) else None
        inner = code[opening.end() : closing.start() if closing is not None else len(code)].strip("\r\n")
        blocks.append((opening.start(), inner))
        index += 2
    start, inner = max(blocks, key=lambda block: len(block[1]))
    if len(fences) == 1 and not inner.strip():  # only a closing fence is left
        inner = code[: fences[0].start()].strip("\r\n")
    return Wrapping(code.count("\n", 0, start) + 1, inner, "fence") if inner.strip() else None


def _without_prose(code: str) -> Wrapping | None:
    lines = code.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    head = lines[first].strip() if lines else ""
    is_sentence = head.endswith(":") and len(head.split()) >= 3 and not _CODE_LIKE.search(head)
    rest = "\n".join(lines[first + 1 :]).strip("\r\n")
    return Wrapping(first + 1, rest, "prose") if is_sentence and rest.strip() else None
