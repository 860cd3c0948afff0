"""Functions that the interpreter runs and that a printed Python body carries along when it needs them: no imports."""

from typing import Any

__all__: list[str] = []

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
ACCENTS = {
    "a": "àáâãäåāăą",
    "c": "çćĉċč",
    "d": "ď",
    "e": "èéêëēĕėęě",
    "g": "ĝğġģ",
    "h": "ĥ",
    "i": "ìíîïĩīĭį",
    "j": "ĵ",
    "k": "ķ",
    "l": "ĺļľ",
    "n": "ñńņň",
    "o": "òóôõöōŏő",
    "r": "ŕŗř",
    "s": "śŝşš",
    "t": "ţť",
    "u": "ùúûüũūŭůűų",
    "w": "ŵ",
    "y": "ýÿŷ",
    "z": "źżž",
}


def rounded(number: Any, digits: Any = 0) -> Any:
    factor = 10**digits
    return (number * factor + 0.5) // 1 / factor


def as_text(value: Any) -> Any:
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def group_by(rows: Any, key_of: Any) -> Any:
    groups: Any = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    return list(groups.items())


def unique_by(rows: Any, key_of: Any) -> Any:
    first: Any = {}
    for row in rows:
        first.setdefault(key_of(row), row)
    return list(first.values())


def identity(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((name, identity(inner)) for name, inner in value.items()))
    if isinstance(value, list):
        return tuple(identity(inner) for inner in value)
    return str(value) if value is None or value is True or value is False else value


def runs(text: Any, belongs: Any) -> Any:
    found, current = [], ""
    for char in text:
        if belongs(char):
            current += char
        elif current:
            found.append(current)
            current = ""
    return [*found, current] if current else found


def place_of(text: Any, mark: Any, index: Any, side: Any) -> Any:
    places, place = [], 0
    while place < len(text):
        end = place
        if isinstance(mark, str):
            end = place + len(mark) if text.startswith(mark, place) else place
        else:
            while end < len(text) and mark(text[end]):
                end += 1
        if end > place:
            places.append(end if side else place)
        place = max(end, place + 1)
    return places[index]


def digit_runs(text: Any) -> Any:
    return runs(text, lambda char: char in "0123456789")


def numbers_in(text: Any) -> Any:
    found = []
    for index, part in enumerate(runs(" " + text, lambda char: char in "0123456789.-")):
        cleaned = part.lstrip(".").rstrip(".-")
        sign = "-" if cleaned.startswith("-") and index >= 0 else ""
        pieces = cleaned.strip("-").split("-")
        for place, piece in enumerate(pieces):
            halves = piece.strip(".").split(".")
            if halves[0]:
                found.append(float((sign if place == 0 else "") + ".".join(halves[:2])))
    return [int(number) if number == int(number) else number for number in found]


def amount_of(text: Any, decimal: Any = ".") -> Any:
    kept = "".join(char for char in text if char in "0123456789-" + decimal)
    return float(kept.replace(decimal, "."))


def emails_in(text: Any) -> Any:
    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-@"
    found = []
    for part in runs(text, lambda char: char in allowed):
        halves = part.strip(".-").split("@")
        if len(halves) == 2 and halves[0] and "." in halves[1]:
            found.append("@".join(halves))
    return found


def urls_in(text: Any) -> Any:
    found = []
    for word in text.replace("<", " ").replace(">", " ").replace('"', " ").split():
        start = word.find("http")
        if start >= 0 and (word[start:].startswith("http://") or word[start:].startswith("https://")):
            found.append(word[start:].rstrip(".,;:!?)]}'"))
    return found


def tags_in(text: Any, mark: Any) -> Any:
    found = []
    for part in text.split(mark)[1:]:
        kept = ""
        for char in part:
            if not (char.isalnum() or char == "_"):
                break
            kept += char
        if kept:
            found.append(kept)
    return found


def words_in_key(key: Any) -> Any:
    spaced, previous = "", ""
    for char in key:
        if char.isupper() and (previous.islower() or previous.isdigit()):
            spaced += " "
        spaced += char if char.isalnum() else " "
        previous = char
    return [word.lower() for word in spaced.split()]


def plain_letters(text: Any) -> Any:
    for base, letters in ({} if text.isascii() else ACCENTS).items():
        for letter in letters:
            text = text.replace(letter, base).replace(letter.upper(), base.upper())
    return text


def slug_of(text: Any, separator: Any = "-") -> Any:
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789"
    return separator.join(runs(plain_letters(text).lower(), lambda char: char in allowed))


def thousands(number: Any, digits: Any, separator: Any, decimal: Any) -> Any:
    written = f"{abs(rounded(number, digits)):,.{digits}f}"
    sign = "-" if rounded(number, digits) < 0 else ""
    return sign + written.replace(",", "_").replace(".", decimal).replace("_", separator)


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
        parts.insert(order.index("M"), str(named[0] + 1))
    value = {}
    for name, part in zip(order, parts, strict=False):
        value[name] = int(part)
    days = to_days(value["y"], value["M"], value["d"])
    if from_days(days) != (value["y"], value["M"], value["d"]):
        raise ValueError("not a date: " + text)
    return days * 86400 + value.get("H", 0) * 3600 + value.get("m", 0) * 60 + value.get("s", 0)


def snapped(number: Any, step: Any, offset: Any, way: Any) -> Any:
    count = ((number - offset) / step * 1000000000 + 0.5) // 1 / 1000000000
    whole = -(-count // 1) if way == "up" else (count + 0.5) // 1 if way == "nearest" else count // 1
    return ((whole * step + offset) * 10000000000 + 0.5) // 1 / 10000000000


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


def flatten(value: Any, separator: Any, prefix: Any = "") -> Any:
    flat: Any = {}
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            flat.update(flatten(inner, separator, prefix + name + separator))
        else:
            flat[prefix + name] = inner
    return flat


def unflatten(value: Any, separator: Any) -> Any:
    nested: Any = {}
    for name, inner in value.items():
        parts = name.split(separator)
        target = nested
        for part in parts[:-1]:
            target = target.setdefault(part, {})
        target[parts[-1]] = inner
    return nested


def csv_rows(text: Any, separator: Any) -> Any:
    rows: Any = [[""]]
    quoted = False
    for index, char in enumerate(text.replace("\r\n", "\n")):
        if char == '"':
            quoted = not quoted
            if quoted and index and text.replace("\r\n", "\n")[index - 1] == '"':
                rows[-1][-1] += '"'
        elif char == separator and not quoted:
            rows[-1].append("")
        elif char == "\n" and not quoted:
            rows.append([""])
        else:
            rows[-1][-1] += char
    return [row for row in rows if row != [""]]


def table_of(rows: Any) -> Any:
    return [{name: row[index] if index < len(row) else "" for index, name in enumerate(rows[0])} for row in rows[1:]]


def url_encode(text: Any) -> Any:
    safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()"
    return "".join(char if char in safe else "".join(f"%{byte:02X}" for byte in char.encode("utf-8")) for char in text)


def median_of(numbers: Any) -> Any:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def chunks(rows: Any, size: Any) -> Any:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def to_base64(text: Any) -> Any:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    written, data = "", text.encode("utf-8")
    for start in range(0, len(data), 3):
        block = data[start : start + 3]
        number = int.from_bytes(block + b"\0" * (3 - len(block)), "big")
        letters = "".join(alphabet[number >> shift & 63] for shift in (18, 12, 6, 0))
        written += letters[: len(block) + 1] + "=" * (3 - len(block))
    return written


def parse_json(text: Any) -> Any:
    value, rest = read_json(text.strip())
    if rest.strip():
        raise ValueError("not JSON: " + rest)
    return value


def read_json(text: Any) -> Any:
    for word, meaning in (("true", True), ("false", False), ("null", None)):
        if text.startswith(word):
            return meaning, text[len(word) :]
    if text[:1] == '"':
        return read_json_text(text)
    if text[:1] in ("{", "["):
        return read_json_parts(text)
    size = 0
    while size < len(text) and text[size] in "+-.0123456789eE":
        size += 1
    number = text[:size]
    return (int(number) if number.lstrip("-").isdigit() else float(number)), text[size:]


def read_json_text(text: Any) -> Any:
    escapes = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
    written, place = "", 1
    while text[place] != '"':
        char = text[place]
        if char == "\\":
            place += 1
            char = escapes.get(text[place], text[place])
            if char == "u":
                char = chr(int(text[place + 1 : place + 5], 16))
                place += 4
        written += char
        place += 1
    return written, text[place + 1 :]


def read_json_parts(text: Any) -> Any:
    closing = "}" if text[0] == "{" else "]"
    found: Any = {} if closing == "}" else []
    rest = text[1:].lstrip()
    while rest[:1] != closing:
        value, rest = read_json(rest)
        rest = rest.lstrip()
        if closing == "}":
            found[value], rest = read_json(rest[1:].lstrip())
            rest = rest.lstrip()
        else:
            found.append(value)
        rest = rest[1:].lstrip() if rest[:1] == "," else rest
        if not rest:
            raise ValueError("not JSON: it ends too early")
    return found, rest[1:]


def to_json(value: Any) -> Any:
    if isinstance(value, dict):
        return "{" + ",".join(to_json(name) + ":" + to_json(inner) for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(to_json(inner) for inner in value) + "]"
    if isinstance(value, str):
        for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
            value = value.replace(plain, escaped)
        return '"' + value + '"'
    return "null" if value is None else as_text(value)


def to_csv(rows: Any, separator: Any) -> Any:
    names = list(rows[0]) if rows else []
    lines = [names] + [["" if row.get(name) is None else as_text(row.get(name)) for name in names] for row in rows]
    return "\n".join(separator.join(csv_cell(cell, separator) for cell in line) for line in lines)


def csv_cell(cell: Any, separator: Any) -> Any:
    plain = separator not in cell and '"' not in cell and "\n" not in cell
    return cell if plain else '"' + cell.replace('"', '""') + '"'


def strip_tags(text: str) -> str:
    """Leave out everything from `<` to the next `>`."""
    start = text.find("<")
    end = text.find(">", start)
    while 0 <= start < end:
        text = text[:start] + text[end + 1 :]
        start = text.find("<", start)
        end = text.find(">", start)
    return text


def clock(text: str) -> int:
    """Read `1:02:03` or `2:03` in its smallest unit."""
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return total
