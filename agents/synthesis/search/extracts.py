"""What is read out of a text by the words of the description: numbers beside a word, parameters, pairs, short forms."""

import re
from collections.abc import Iterator

from agents.synthesis.search.frame import Entry, Frame, built

__all__ = ["extracted", "widths"]

_AFTER = -0.7
"""What a word of the description before a part of a text saves."""
_SIGNS = ("€", "$", "£", "%", "°")
_ELLIPSES = ("...", "…", "..", " ...")
_ALONE = 1.4
"""What it costs to look for the only number by what stands beside it."""
_NAMED = -0.5
_UNNAMED = 1.0


def extracted(frame: Frame, entry: Entry) -> Iterator[Entry | None]:
    """Yield what the words help to find in one text."""
    texts = [value for value in entry.values if isinstance(value, str)]
    yield from _after_words(frame, entry, texts)
    yield from _beside(frame, entry, texts)
    yield from _parameters(frame, entry, texts)
    yield from _pairs(frame, entry, texts)
    yield from _shortened(frame, entry, texts)


def widths(frame: Frame) -> list[int]:
    """Return how many digits the words show in numbers that are filled up with zeros: "T-01", "0017"."""
    return list(dict.fromkeys(len(run) for run in re.findall(r"(?<![\d.,])0\d+(?![\d.,]*\d)", frame.words.text)))


def _after_words(frame: Frame, entry: Entry, texts: list[str]) -> Iterator[Entry | None]:
    """Yield what stands after a word that the description names: the number after `EUR`, the value of `utm_source=`."""
    for word in frame.words.marks:
        held = [text for text in texts if word in text]
        if 2 * len(held) < len(texts):
            continue
        for joint in dict.fromkeys(re.findall(rf"{re.escape(word)}([ :=#.]{{1,2}})", "\n".join(held))):
            mark = word + joint
            part = built(frame, "between", (entry,), (mark, " "), _AFTER)
            yield part
            yield built(frame, "first_digits", (part,), (), _AFTER) if part else None
            for end in [end for end in "&,;|)\n" if any(end in text for text in held)]:
                yield built(frame, "between", (entry,), (mark, end), _AFTER + 0.1)


def _beside(frame: Frame, entry: Entry, texts: list[str]) -> Iterator[Entry | None]:
    """Yield the number right before or right after a word or sign."""
    named = frame.words.symbols
    for mark in [*frame.words.marks, *_SIGNS]:
        held = [text for text in texts if mark in text]
        if 2 * len(held) < len(texts) or not held:
            continue
        alone = all(len(re.findall(r"\d+(?:[.,]\d+)*", text)) == 1 for text in texts)
        extra = (_AFTER if mark not in _SIGNS or mark in named else 0.0) + _ALONE * alone
        if sum(bool(re.search(rf"\d\s*{re.escape(mark)}", text)) for text in held) == len(held):
            yield built(frame, "number_before", (entry,), (mark,), extra)
        if sum(bool(re.search(rf"{re.escape(mark)}[ :=#]*-?\d", text)) for text in held) == len(held):
            yield built(frame, "number_after", (entry,), (mark,), extra)


def _parameters(frame: Frame, entry: Entry, texts: list[str]) -> Iterator[Entry | None]:
    """Yield the value of each parameter of an address, and all of them."""
    names = dict.fromkeys(name for text in texts for name in re.findall(r"[?&]([\w.-]+)=", text))
    for name in list(names)[:12]:
        yield built(frame, "query_value", (entry,), (name,), _NAMED if frame.words.contains(name) else _UNNAMED)
    query = built(frame, "after", (entry,), ("?",), _NAMED) if names else None
    if query is not None:
        yield built(frame, "text_pairs", (query,), ("&", "="), _NAMED)


def _pairs(frame: Frame, entry: Entry, texts: list[str]) -> Iterator[Entry | None]:
    """Yield the object that texts like `color=red;size=XL` stand for."""
    filled = [text for text in texts if text.strip()]
    if not filled or any("://" in text for text in filled):
        return
    for joint in ("=", ":", "->"):
        if not all(joint in text for text in filled):
            continue
        for separator in (";", ",", "|", "&", "\n", " ", "/"):
            parts = [part for text in filled for part in text.split(separator) if part.strip()]
            sound = all(re.fullmatch(rf"\s*[^\W\d][\w -]*\s*{re.escape(joint)}[^=]*", part) for part in parts)
            if sound and len(parts) > len(filled):
                yield built(frame, "text_pairs", (entry,), (separator, joint), _NAMED)


def _shortened(frame: Frame, entry: Entry, texts: list[str]) -> Iterator[Entry | None]:
    """Yield texts of which only the longer ones are cut: at the bound, or so that the mark fits within it."""
    sizes = [n for n in frame.words.numbers if isinstance(n, int) and 0 < n <= 500]
    longest = max(map(len, texts), default=0)
    for bound in [size for size in sizes if size < longest]:
        for mark in _ELLIPSES:
            kept = [size for size in sizes if size < bound] + [bound - len(mark)]
            for size in dict.fromkeys(size for size in kept if size > 0):
                called = 0.0 if size in sizes else 0.3
                yield built(frame, "shorten_to", (entry,), (bound, size, mark), called)
