"""The functions on points in time that the interpreter runs and a printed Python body carries along."""

from typing import Any

from agents.synthesis.runtime import digit_runs, runs

__all__ = ["MONTHS", "WEEKDAYS"]

SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def to_days(year: Any, month: Any, day: Any) -> Any:
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    if month <= 2:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469


def from_days(days: Any) -> Any:
    days += 719468
    era, rest = days // 146097, days % 146097
    years = (rest - rest // 1460 + rest // 36524 - rest // 146096) // 365
    rest -= 365 * years + years // 4 - years // 100
    month = (5 * rest + 2) // 153
    day = rest - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return 400 * era + years + (month <= 2), month, day


def read_date(text: Any, layout: Any) -> Any:
    parts = digit_runs(text)
    if len(parts) < 3 and "MMM" not in layout:
        raise ValueError("not a date: " + text)
    order = [char for place, char in enumerate(layout) if char in "yMdHms" and char != layout[place - 1 : place]]
    if "MMM" in layout or "MMMM" in layout:
        names = runs(text, lambda char: char.isalpha() and char not in "TZ")
        named = [index for index, name in enumerate(SHORT_MONTHS) if any(word[:3] == name for word in names)]
        if len(names) > 1:
            raise ValueError("not a date: " + text)
        parts.insert(order.index("M"), str(named[0] + 1))
    value = {}
    for name, part in zip(order, parts, strict=False):
        value[name] = int(part)
    days = to_days(value["y"], value["M"], value["d"])
    if from_days(days) != (value["y"], value["M"], value["d"]):
        raise ValueError("not a date: " + text)
    return days * 86400 + value.get("H", 0) * 3600 + value.get("m", 0) * 60 + value.get("s", 0)


def date_words(text: Any) -> Any:
    spaced = "".join(char if char in ":0123456789" or char.isalpha() else " " for char in text)
    for char in "AaPpTt":
        spaced = spaced.replace(char + "M", " " + char + "M").replace(char + "m", " " + char + "m")
    numbers, times, half, month = [], [0, 0, 0], "", 0
    for word in spaced.replace("T", " T ").lower().split():
        named = [place for place, name in enumerate(MONTHS) if len(word) > 2 and name.lower().startswith(word)]
        if ":" in word:
            times = [int(part) for part in word.split(":")] + [0]
        elif word.isalpha():
            half = word if word in ("am", "pm") else half
            month = named[0] + 1 if named else month
        elif runs(word, lambda char: char in "0123456789"):
            numbers.append("".join(char for char in word if char in "0123456789"))
    return numbers, times, half, month


def read_any_date(text: Any, day_first: Any) -> Any:
    numbers, times, half, month = date_words(text)
    hour = times[0] % 12 + 12 * (half == "pm") if half else times[0]
    seconds = hour * 3600 + times[1] * 60 + times[2]
    if len(numbers) == 1 and len(numbers[0]) == 8:
        whole = numbers[0]
        by_year = 1 <= int(whole[4:6]) <= 12 and whole[:2] in ("19", "20")
        numbers = [whole[:4], whole[4:6], whole[6:]] if by_year else [whole[:2], whole[2:4], whole[4:]]
    if not numbers and ":" in text:
        return seconds
    if len(numbers) != (2 if month else 3):
        raise ValueError("not a date: " + text)
    by_year = len(numbers[0]) == 4
    if by_year:
        numbers = [*numbers[1:], numbers[0]]
    place = 1 if day_first and not by_year else 0
    first, second = (month, int(numbers[0])) if month else (int(numbers[place]), int(numbers[1 - place]))
    if first > 12:
        first, second = second, first
    year = int(numbers[-1]) + (0 if len(numbers[-1]) > 2 else 2000 if numbers[-1] < "50" else 1900)
    days = to_days(year, first, second)
    if from_days(days) != (year, first, second):
        raise ValueError("not a date: " + text)
    return days * 86400 + seconds


def write_date(seconds: Any, layout: Any) -> Any:
    days = int(seconds // 86400)
    year, month, day = from_days(days)
    rest = int(seconds % 86400)
    weekday = (days + 3) % 7
    parts = {
        "yyyy": f"{year:04d}",
        "yy": f"{year % 100:02d}",
        "MMMM": MONTHS[month - 1],
        "MMM": MONTHS[month - 1][:3],
        "MM": f"{month:02d}",
        "M": str(month),
        "dd": f"{day:02d}",
        "d": str(day),
        "EEEE": WEEKDAYS[weekday],
        "EEE": WEEKDAYS[weekday][:3],
        "HH": f"{rest // 3600:02d}",
        "H": str(rest // 3600),
        "hh": f"{(rest // 3600 + 11) % 12 + 1:02d}",
        "h": str((rest // 3600 + 11) % 12 + 1),
        "mm": f"{rest % 3600 // 60:02d}",
        "ss": f"{rest % 60:02d}",
        "a": "AM" if rest < 43200 else "PM",
        "WW": f"{iso_week(seconds):02d}",
    }
    written, token = "", ""
    for char in layout + "\0":
        if token and char != token[0]:
            written += parts.get(token, token.strip("\0"))
            token = ""
        token += char
    return written


def add_months(seconds: Any, months: Any) -> Any:
    year, month, day = from_days(int(seconds // 86400))
    start = to_days(year, month + months, 1)
    last = to_days(year, month + months + 1, 1) - start
    return (start + min(day, last) - 1) * 86400 + seconds % 86400


def start_of(seconds: Any, unit: Any) -> Any:
    days = int(seconds // 86400)
    year, month, _ = from_days(days)
    if unit == "week":
        days -= (days + 3) % 7
    if unit == "month":
        days = to_days(year, month, 1)
    if unit == "quarter":
        days = to_days(year, month - (month - 1) % 3, 1)
    if unit == "year":
        days = to_days(year, 1, 1)
    return days * 86400


def iso_week(seconds: Any) -> Any:
    thursday = int(seconds // 86400)
    thursday += 3 - (thursday + 3) % 7
    return (thursday - to_days(from_days(thursday)[0], 1, 1)) // 7 + 1


def full_years(start: Any, end: Any) -> Any:
    first, last = from_days(int(start // 86400)), from_days(int(end // 86400))
    return last[0] - first[0] - (last[1:] < first[1:])


def clock(text: str) -> int:
    """Read `1:02:03` or `2:03` in its smallest unit."""
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total
