"""Dates in the bank: texts read by the layouts that fit them, and what can be said of them."""

import re
from collections.abc import Iterator

from agents.synthesis.language import const
from agents.synthesis.search.frame import BOTTOM, Entry, Frame, built
from agents.synthesis.values import is_number

__all__ = ["LAYOUTS", "WRITTEN", "date_entries", "layouts_of"]

LAYOUTS = {
    "yyyy-MM-dd": r"\d{4}-\d{2}-\d{2}",
    "yyyy-MM-ddTHH:mm:ssZ": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?",
    "yyyy-MM-dd HH:mm:ss": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
    "yyyy-MM-dd HH:mm": r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}",
    "dd.MM.yyyy": r"\d{2}\.\d{2}\.\d{4}",
    "d.M.yyyy": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "dd.MM.yyyy HH:mm": r"\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}",
    "dd/MM/yyyy": r"\d{2}/\d{2}/\d{4}",
    "MM/dd/yyyy": r"\d{2}/\d{2}/\d{4}",
    "d/M/yyyy": r"\d{1,2}/\d{1,2}/\d{4}",
    "M/d/yyyy": r"\d{1,2}/\d{1,2}/\d{4}",
    "yyyy/MM/dd": r"\d{4}/\d{2}/\d{2}",
    "dd-MM-yyyy": r"\d{2}-\d{2}-\d{4}",
    "yyyyMMdd": r"(19|20)\d{6}",
    "d MMM yyyy": r"\d{1,2} [A-Z][a-z]{2} \d{4}",
    "MMM d, yyyy": r"[A-Z][a-z]{2} \d{1,2}, \d{4}",
    "d MMMM yyyy": r"\d{1,2} [A-Z][a-z]{3,8} \d{4}",
    "MMMM d, yyyy": r"[A-Z][a-z]{3,8} \d{1,2}, \d{4}",
}
WRITTEN = (
    "yyyy-MM-dd", "dd.MM.yyyy", "dd.MM.", "dd/MM/yyyy", "MM/dd/yyyy", "d.M.yyyy", "yyyy/MM/dd", "dd-MM-yyyy", "yyyyMMdd", "yyyy-MM", "yyyy", "MM", "MM/yyyy",
    "MM.yyyy", "dd.MM", "dd", "d", "MMMM", "MMM", "EEEE", "EEE", "d MMM yyyy", "d MMMM yyyy", "MMM d, yyyy", "MMMM d, yyyy", "MMM yyyy", "MMMM yyyy", "d. MMMM yyyy", "HH:mm", "HH:mm:ss",
    "H:mm", "h:mm a", "HH", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "dd.MM.yyyy HH:mm", "dd/MM/yyyy HH:mm", "dd.MM. HH:mm", "dd.MM.yy", "MM/dd", "dd/MM", "M/d/yyyy", "d/M/yyyy", "MMM d", "d MMM",
    "yyyy-MM-ddTHH:mm:ss", "EEEE, d MMMM yyyy", "EEE d MMM", "dd MMM yyyy", "dd MMMM yyyy", "MMM dd, yyyy", "MMMM dd, yyyy", "EEEE, MMMM d, yyyy", "MM-dd-yyyy", "yyMMdd", "dd MMM", "yyyy.MM.dd",
)  # fmt: skip
_PARTS = ("year", "month", "day", "hour", "minute", "weekday", "weekNumber", "quarter", "daysInMonth")
_CALLED = {"weekday": ("weekend", "monday", "sunday", "saturday", "friday", "working day", "workday")}
"""Other words that speak of a part of a date."""
_UNCALLED = 0.8
_UNITS = ("days", "weeks", "hours", "minutes")


def layouts_of(values: tuple[object, ...]) -> list[str]:
    """Return the layouts that every text of a column has."""
    texts = [value for value in values if isinstance(value, str) and value]
    if not texts or not any(char.isdigit() for char in texts[0]):
        return []
    return [layout for layout, shape in LAYOUTS.items() if all(re.fullmatch(shape, text) for text in texts)]


def date_entries(frame: Frame, entries: list[Entry], level: int) -> Iterator[Entry | None]:
    """Yield dates read from texts and numbers, then what two of them or one and a number make."""
    if level == 2:
        for entry in entries:
            yield from _written(frame, entry)
        return
    dates = [entry for source in entries for entry in _read(frame, source)]
    yield from dates
    primary = [entry for entry in dates if entry.expr.args[0].op in {"field", "var", "key"}][:6]
    for date in primary:
        yield from _written(frame, date)
        for new in _moved(frame, date, [e for e in entries if e.expr.type == "num"][:4]):
            yield new
            if new:
                yield from _written(frame, new, few=True)
    for start in primary:
        for end in primary:
            if start.expr.args != end.expr.args and start.expr.params == end.expr.params:
                for name in ("days_between", "hours_between", "minutes_between", "seconds_between", "years_between"):
                    yield built(frame, name, (start, end))


def _read(frame: Frame, source: Entry) -> Iterator[Entry]:
    if source.expr.type == "num":
        numbers = [value for value in source.values if is_number(value)]
        if numbers and frame.words.has("unix", "timestamp", "epoch", "milliseconds", "ms", "date", "seconds", "time"):
            for scale, low, high in ((1, 1e8, 5e9), (1000, 1e11, 5e12)):
                if all(low <= number <= high for number in numbers):
                    entry = built(frame, "from_unix", (source,), (scale,))
                    if entry:
                        yield entry
        return
    layouts = layouts_of(source.values)
    for place, layout in enumerate(layouts):
        entry = built(frame, "read_date", (source,), (layout,), 0.5 * (place > 0))
        if entry and not any(
            v is BOTTOM and isinstance(s, str) for v, s in zip(entry.values, source.values, strict=True)
        ):
            yield entry


def _written(frame: Frame, date: Entry, *, few: bool = False) -> Iterator[Entry | None]:
    named = frame.words.layouts
    for place, layout in enumerate(dict.fromkeys([*named, *(WRITTEN[:12] if few else WRITTEN)])):
        own = date.expr.op == "read_date" and layout == date.expr.params[0]
        yield built(frame, "write_date", (date,), (layout,), -0.5 if layout in named else 0.3 + 0.004 * place + own)
    for part in () if few else _PARTS:
        called = frame.words.has(part.removesuffix("Number"), *_CALLED.get(part, ()))
        extra = -0.6 if called else _UNCALLED * bool(frame.words.tokens)
        yield built(frame, "date_part", (date,), (part,), extra)
    if not few:
        yield built(frame, "to_unix", (date,), (1,))
        yield built(frame, "to_unix", (date,), (1000,))


def _moved(frame: Frame, date: Entry, numbers: list[Entry]) -> Iterator[Entry | None]:
    count = len(frame.scopes)
    amounts = [
        Entry(const(n, "num", 0.3), (n,) * count) for n in frame.words.numbers if isinstance(n, int) and 0 < n < 4000
    ]
    if frame.words.has("next", "tomorrow", "day after", "a day", "a week", "a month", "a year"):
        amounts.append(Entry(const(1, "num", 0.6), (1,) * count))
    for amount in [*amounts, *numbers]:
        for unit in _UNITS:
            extra = 0.0 if frame.words.has(unit) else 0.9
            yield built(frame, "add_time", (date, amount), (unit,), extra)
            if amount.expr.op == "const" and frame.words.has(
                "before", "minus", "earlier", "subtract", "ago", "prior", "back"
            ):
                less = Entry(const(-amount.values[0], "num", 0.3), tuple(-v for v in amount.values))
                yield built(frame, "add_time", (date, less), (unit,), extra)
        yield built(frame, "add_months", (date, amount), (), 0.0 if frame.words.has("month") else 0.9)
        if frame.words.has("year") and amount.expr.op == "const":
            years = Entry(const(amount.values[0] * 12, "num", 0.3), tuple(v * 12 for v in amount.values))
            yield built(frame, "add_months", (date, years))
    for unit in ("week", "month", "quarter", "year"):
        yield built(frame, "start_of", (date,), (unit,), 0.0 if frame.words.has(unit) else 0.9)
    yield built(frame, "end_of_month", (date,))
