"""Numbers and times inside target texts: rounded to a step, written with decimals, and the two ends of a range."""

import re
from collections.abc import Iterator
from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import const
from agents.synthesis.search.bank import Bank
from agents.synthesis.search.dates import WRITTEN
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built
from agents.synthesis.values import is_number

__all__ = ["quantities"]

_NUMBER = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?(?![\d.])|(?<=\d-)\d+(?:\.\d+)?")
_TIME = re.compile(r"\d{1,2}(?::\d{2}){0,2}(?: ?[AaPp][Mm])?")
_POWERS = (1, 10, 100, 1000, 10000, 100000, 0.1, 0.01, 0.001)
_STEPS = (*_POWERS, 0.5, 5, 50, 500, 0.05, 20, 25, 0.25, 2, 200, 250, 15, 30, 60)
_SECONDS = (3600, 1800, 900, 7200, 600, 300, 1200, 5400, 60, 10800, 14400, 21600)
_SCALES = (100, 1000, 10)
_WAYS = ("nearest", "down", "up")
_CLOCKS = ("H:mm", "HH:mm", "h:mm a", "h:mma", "ha", "h a", "H", "HH", "H:mm:ss", "HH:mm:ss", "h:mm:ss a")
_MORE = ("M", "yy", "yyyy'W'WW", "MMMM dd yyyy")
_SOURCES = frozenset(["number", "field", "first_number", "amount", "date_part", "var"])
_TEXTS = frozenset(["field", "piece", "last_piece", "after", "before", "between"])


def quantities(bank: Bank, targets: tuple[str, ...]) -> Iterator[Entry]:
    """Yield entries whose texts are numbers, dates or times inside the targets."""
    if not all(any(char.isdigit() for char in target) for target in targets):
        return
    slots = _slots(_NUMBER, targets)
    sources = [e for e in bank.of("num") if e.expr.op in _SOURCES and all(is_number(v) for v in e.values)][:6]
    for source in sources:
        yield from _numbers(bank.frame, source, slots)
    for date in _dates(bank):
        yield from _written(bank.frame, date, targets)
        yield from _times(bank.frame, date, _slots(_TIME, targets))


def _slots(form: re.Pattern[str], targets: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The matches in each target, by place; none when their number differs."""
    found = [form.findall(target) for target in targets]
    return list(zip(*found, strict=True)) if len({len(one) for one in found}) == 1 else []


def _numbers(frame: Frame, source: Entry, slots: list[tuple[str, ...]]) -> Iterator[Entry]:
    scaled = [source]
    for scale in _SCALES:
        factor = Entry(const(scale, "num", 0.3), (scale,) * len(source.values))
        scaled += [e for name in ("multiply", "divide") if (e := built(frame, name, (source, factor), (), 0.8))]
    for place, texts in enumerate(slots):
        wanted = [float(text) for text in texts]
        for number in scaled:
            yield from _shown(frame, number, texts)
        for snapped in _snaps(frame, source, wanted, _STEPS, "snap"):
            yield from _shown(frame, snapped, texts)
        if place + 1 < len(slots):
            yield from _range(frame, source, texts, slots[place + 1])


def _range(frame: Frame, source: Entry, low: tuple[str, ...], high: tuple[str, ...]) -> Iterator[Entry]:
    lows, highs = [float(text) for text in low], [abs(float(text)) for text in high]
    width = round(highs[0] - lows[0], 9)
    if width <= 0 or any(round(b - a, 9) != width for a, b in zip(lows, highs, strict=True)):
        return
    unit = 10.0 ** -max(len(text.partition(".")[2]) for text in low)
    for step in (width, width + unit):
        start = _floor(frame, source, lows, step, "snap")
        if start is None:
            continue
        yield from _shown(frame, start, low)
        more = Entry(const(text_number(width), "num", 0.1), (text_number(width),) * len(lows))
        end = built(frame, "add", (Entry(start.expr.raised(0.2 - start.expr.cost), start.values), more), (), -0.9)
        if end:
            yield from _shown(frame, end, tuple(text.lstrip("-") for text in high))


def text_number(number: float) -> int | float:
    """A whole number as such."""
    return int(number) if number == int(number) else number


def _floor(frame: Frame, source: Entry, lows: list[float], step: float, name: str) -> Entry | None:
    """The source moved down to the start of its step, when the shown starts lie whole steps apart."""
    offset = round(lows[0] % step, 9)
    offset = 0 if offset == round(step, 9) else offset
    start = built(frame, name, (source,), (text_number(step), text_number(offset), "down"), 0.2 * (offset != 0) - 0.4)
    modulo = 86400 if name == "snap_time" else None
    return start if start and _equal(start.values, lows, modulo) else None


def _equal(values: tuple[Any, ...], wanted: list[float], modulo: int | None) -> bool:
    return all(
        v is not BOTTOM and abs((v % modulo if modulo else v) - w) < 1e-9 for v, w in zip(values, wanted, strict=True)
    )


def _snaps(frame: Frame, source: Entry, wanted: list[float], steps: tuple[float, ...], name: str) -> Iterator[Entry]:
    """Sources moved to a multiple; the largest fitting step of its kind is the likely one."""
    modulo = 86400 if name == "snap_time" else None
    held = [value % modulo if modulo else value for value in source.values]
    for order, way in enumerate(_WAYS if name == "snap" else ("down", "nearest", "up")):
        fitting = [
            step
            for step in steps
            if all(abs(runtime.snapped(v, step, 0, way) - w) < 1e-9 for v, w in zip(held, wanted, strict=True))
        ]
        for rank, step in enumerate(sorted(fitting, key=lambda s: (name == "snap" and s not in _POWERS, -s))[:2]):
            found = built(frame, name, (source,), (step, 0, way), 0.4 * rank + 0.2 * order)
            if found:
                yield found


def _shown(frame: Frame, number: Entry, texts: tuple[str, ...]) -> Iterator[Entry]:
    """The number written as the texts are: plain, with fixed decimals, padded."""
    if any(not is_number(value) for value in number.values):
        return
    decimal = number.expr.op in _SOURCES and any("." in text for text in texts)
    plain = built(frame, "text", (number,), (), 0.3 if decimal else -0.7)
    if plain and plain.values == texts and number.expr.op != "field":
        yield plain
    decimals = {len(text.partition(".")[2]) for text in texts}
    if len(decimals) == 1 and (places := decimals.pop()):
        fixed = built(frame, "fixed", (number,), (places,), -0.5)
        if fixed and fixed.values == texts:
            yield fixed
    widths = {len(text) for text in texts}
    if plain and len(widths) == 1 and any(text.startswith("0") and "." not in text for text in texts):
        padded = built(frame, "pad", (plain,), (widths.pop(), "0"), -0.9)
        if padded and padded.values == texts:
            yield padded


def _dates(bank: Bank) -> list[Entry]:
    """Dates and times of day: those of one layout, else read in any usual form."""
    strict = [e for e in bank.of("date") if e.expr.op == "read_date" and all(v is not BOTTOM for v in e.values)]
    held = {entry.expr.args[0] for entry in strict}
    found = strict[:4]
    for entry in [e for e in bank.of("text") if e.expr.op in _TEXTS and e.expr not in held][:60]:
        if len(found) >= 6 or not all(isinstance(v, str) and 4 <= len(v) < 40 for v in entry.values):
            continue
        read = [built(bank.frame, "read_any_date", (entry,), (day_first,)) for day_first in (False, True)]
        kept = [e for e in read if e and all(value is not BOTTOM for value in e.values)]
        found += kept[: 1 if len(kept) == 2 and kept[0].values == kept[1].values else 2]
    return found


def _written(frame: Frame, date: Entry, targets: tuple[str, ...]) -> Iterator[Entry]:
    for place, layout in enumerate((*WRITTEN, *_MORE)):
        text = built(frame, "write_date", (date,), (layout,), 0.3 + 0.004 * place)
        if text and all(v is not BOTTOM and v in t for v, t in zip(text.values, targets, strict=True)):
            yield text
    for part in ("quarter", "weekNumber", "second"):
        number = built(frame, "date_part", (date,), (part,))
        text = number and built(frame, "text", (number,), (), -0.7)
        if text and all(v is not BOTTOM and v in t for v, t in zip(text.values, targets, strict=True)):
            yield text


def _times(frame: Frame, date: Entry, slots: list[tuple[str, ...]]) -> Iterator[Entry]:
    read = [_clock_of(texts) for texts in slots]
    for place, texts in enumerate(slots):
        wanted = read[place]
        if wanted is None or not any(value % 86400 for value in date.values):
            continue
        for moved in _snaps(frame, date, wanted, _SECONDS, "snap_time"):
            yield from _clock(frame, moved, texts)
        after = read[place + 1] if place + 1 < len(slots) else None
        if after is not None:
            yield from _time_range(frame, date, (texts, slots[place + 1]), wanted, after)


def _clock_of(texts: tuple[str, ...]) -> list[float] | None:
    """The seconds of day that the texts write; None for what is no time."""
    found: list[float] = []
    for text in texts:
        clock = re.sub(r" ?[AaPp][Mm]$", "", text)
        half = text[len(clock) :].strip().lower()
        hour, minute, second = [*map(int, clock.split(":")), 0, 0][:3]
        if hour > 24 or minute > 59 or (half and not 1 <= hour <= 12):
            return None
        hour = hour % 12 + 12 * (half == "pm") if half else hour
        found.append(hour * 3600 + minute * 60 + second)
    return found


def _time_range(
    frame: Frame, date: Entry, texts: tuple[tuple[str, ...], tuple[str, ...]], lows: list[float], highs: list[float]
) -> Iterator[Entry]:
    widths = {(b - a) % 86400 for a, b in zip(lows, highs, strict=True)}
    if len(widths) != 1 or not 60 <= (width := widths.pop()) <= 43200:
        return
    for step in sorted({width, width + 60, *_SECONDS}):
        if step < width or 86400 % step or step > width + 600:
            continue
        start = _floor(frame, date, lows, step, "snap_time")
        if start is None:
            continue
        yield from _clock(frame, start, texts[0])
        minutes = Entry(const(int(width // 60), "num", 0.1), (int(width // 60),) * len(lows))
        cheap = Entry(start.expr.raised(0.2 - start.expr.cost), start.values)
        end = built(frame, "add_time", (cheap, minutes), ("minutes",), -1.1)
        if end:
            yield from _clock(frame, end, texts[1])
        return


def _clock(frame: Frame, date: Entry, texts: tuple[str, ...]) -> Iterator[Entry]:
    for layout in _CLOCKS:
        text = built(frame, "write_date", (date,), (layout,), -0.5)
        for shown in (text, text and layout.endswith("a") and built(frame, "lower", (text,), (), -0.7)):
            if shown and shown.values == texts:
                yield shown
