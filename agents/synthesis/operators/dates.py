"""Operators on points in time: seconds since 1970 in UTC for the interpreter and Python, luxon's DateTime in JavaScript."""

from typing import Any

from agents.synthesis import runtime_of_dates
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, is_number

ISO = "yyyy-MM-dd'T'HH:mm:ss"


def _read(text: Any, layout: str) -> Any:
    if not isinstance(text, str):
        raise Undefined
    return runtime_of_dates.read_date(text, layout)


def _from_unix(number: Any, scale: int) -> Any:
    if not is_number(number):
        raise Undefined
    return number / scale if scale > 1 else number


def _add_months(seconds: Any, months: Any) -> Any:
    if not is_number(months) or months != int(months):
        raise Undefined
    return runtime_of_dates.add_months(seconds, int(months))


def _full_years(start: Any, end: Any) -> Any:
    if end < start:
        raise Undefined
    return runtime_of_dates.full_years(start, end)


def _part(seconds: Any, part: str) -> Any:
    year, month, day = runtime_of_dates.from_days(int(seconds // 86400))
    rest = int(seconds % 86400)
    return {
        "year": year,
        "month": month,
        "day": day,
        "hour": rest // 3600,
        "minute": rest % 3600 // 60,
        "second": rest % 60,
        "weekday": (int(seconds // 86400) + 3) % 7 + 1,
        "quarter": (month + 2) // 3,
        "weekNumber": runtime_of_dates.iso_week(seconds),
        "daysInMonth": runtime_of_dates.to_days(year, month + 1, 1) - runtime_of_dates.to_days(year, month, 1),
    }[part]


_D = ("date",)
_BETWEEN = (
    "between",
    "days",
    "hours",
    "minutes",
    "difference",
    "duration",
    "long",
    "nights",
    "until",
    "since",
    "took",
    "elapsed",
    "from",
    "to",
    "age",
    "apart",
    "many",
)

# fmt: off
register(
    Operator("read_date", _read, "date", ("text",), 0.4, "", "read_date({0}, {p0})", "{0} read as {p0}",
             ("date", "day", "month", "year", "time", "when", "due", "deadline", "weekday", "format"), needs=("read_date",)),
    Operator("from_unix", _from_unix, "date", ("num",), 1.2, "", "", "{0} as a point in time", ("unix", "timestamp", "epoch", "date", "milliseconds", "ms", "seconds"), 13),
    Operator("write_date", lambda a, layout: runtime_of_dates.write_date(a, layout), "text", _D, 0.9, "", "write_date({0}, {p0})", "{0} written as {p0}",
             ("format", "date", "as", "dd", "mm", "yyyy", "weekday", "month", "day", "year", "time", "iso", "written"), needs=("write_date",)),
    Operator("to_unix", lambda a, scale: a * scale, "num", _D, 1.6, "", "", "{0} in units since 1970", ("unix", "timestamp", "epoch", "milliseconds", "seconds"), 13, demand=0.8),
    Operator("date_part", _part, "num", _D, 1.1, "{0:m}.{p0:raw}", "", "the {p0} of {0}", ("year", "month", "day", "hour", "weekday", "quarter", "week", "minute"), needs=("date_part",), demand=0.5),
    Operator("days_between", lambda a, b: (b - a) / 86400, "num", ("date", "date"), 1.0, "{1:m}.diff({0}, 'days').days", "({1:12} - {0:13}) / 86400", "the days from {0} to {1}", _BETWEEN, 13),
    Operator("hours_between", lambda a, b: (b - a) / 3600, "num", ("date", "date"), 1.3, "{1:m}.diff({0}, 'hours').hours", "({1:12} - {0:13}) / 3600", "the hours from {0} to {1}", ("hours", "hour", "duration"), 13, demand=0.4),
    Operator("minutes_between", lambda a, b: (b - a) / 60, "num", ("date", "date"), 1.3, "{1:m}.diff({0}, 'minutes').minutes", "({1:12} - {0:13}) / 60", "the minutes from {0} to {1}", ("minutes", "minute", "duration", "min", "mins"), 13, demand=0.4),
    Operator("seconds_between", lambda a, b: b - a, "num", ("date", "date"), 1.5, "{1:m}.diff({0}, 'seconds').seconds", "{1:12} - {0:13}", "the seconds from {0} to {1}", ("seconds", "second", "duration", "secs"), 12, demand=0.4),
    Operator("years_between", _full_years, "num", ("date", "date"), 1.6, "Math.floor({1:m}.diff({0}, 'years').years)", "full_years({0}, {1})", "the full years from {0} to {1}", ("age", "years", "old"), needs=("full_years",), demand=0.6),
    Operator("add_time", lambda a, amount, unit: a + amount * {"days": 86400, "weeks": 604800, "hours": 3600, "minutes": 60}[unit], "date", ("date", "num"), 1.2, "", "", "{0} plus {1} {p0}",
             ("add", "plus", "later", "after", "in", "due", "within", "days", "weeks", "hours", "minutes", "net", "expires", "next", "until", "valid", "deadline", "minus", "before", "earlier", "subtract"), 12),
    Operator("add_months", _add_months, "date", ("date", "num"), 1.4, "{0:m}.plus({{ months: {1} }})", "add_months({0}, {1})", "{0} plus {1} months", ("month", "months", "year", "years", "later", "add"), needs=("add_months",), demand=0.4),
    Operator("start_of", runtime_of_dates.start_of, "date", _D, 1.5, "{0:m}.startOf({p0})", "start_of({0}, {p0})", "the start of the {p0} of {0}", ("start", "first", "begin", "beginning", "month", "week", "monday", "quarter"), needs=("start_of",), demand=0.6),
    Operator("end_of_month", lambda a: runtime_of_dates.start_of(runtime_of_dates.add_months(runtime_of_dates.start_of(a, "month"), 1), "month") - 86400, "date", _D, 1.8, "{0:m}.endOf('month').startOf('day')", 'add_months(start_of({0}, "month"), 1) - 86400', "the last day of the month of {0}", ("end", "last"), 12, needs=("add_months", "start_of"), demand=0.8),
)
