"""Functions that the interpreter runs and that a printed Python body carries along when it needs them: no imports."""

from typing import Any

__all__ = ["digit_runs", "runs"]

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
    """List the longest stretches whose characters all belong."""
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


def or_null(compute: Any) -> Any:
    """Give nothing where a part that is looked for is not there."""
    try:
        return compute()
    except (IndexError, KeyError, ValueError, TypeError, AttributeError):
        return None


def digit_runs(text: Any) -> Any:
    """List the stretches of ASCII digits."""
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


def number_or(value: Any, other: Any) -> Any:
    if not isinstance(value, str):
        return other if value is None else value
    kept = "".join(char for char in value if char in "0123456789-.")
    try:
        return float(kept)
    except ValueError:
        return other


def number_before(text: Any, mark: Any) -> Any:
    parts = text.split(mark)
    for place, part in enumerate(parts[:-1]):
        if mark[-1:].isalpha() and parts[place + 1][:1].isalpha():
            continue
        head = part.rstrip()
        kept = head[len(head.rstrip("0123456789.")) :].strip(".")
        if kept and kept.count(".") < 2:
            before = head[: len(head) - len(kept)]
            signed = before.endswith("-") and not before[-2:-1].isalnum()
            return -float(kept) if signed else float(kept)
    return None


def number_after(text: Any, mark: Any) -> Any:
    parts = text.split(mark)
    for place, part in enumerate(parts[1:]):
        if mark[:1].isalpha() and parts[place][-1:].isalpha():
            continue
        tail = part.lstrip(" :=#").removeprefix("-")
        kept = tail[: len(tail) - len(tail.lstrip("0123456789."))].strip(".")
        if kept and kept.count(".") < 2:
            return -float(kept) if part.lstrip(" :=#").startswith("-") else float(kept)
    return None


def query_value(text: Any, name: Any) -> Any:
    for part in text.partition("?")[2].partition("#")[0].split("&"):
        halves = part.partition("=")
        if halves[0] == name and halves[1]:
            return halves[2]
    return None


def text_pairs(text: Any, separator: Any, joint: Any) -> Any:
    found = {}
    for part in text.split(separator):
        halves = part.partition(joint)
        if halves[1]:
            found[halves[0].strip()] = halves[2].strip()
    return found


def as_clock(number: Any, parts: Any, width: Any) -> Any:
    smaller: list[str] = []
    for _ in range(parts - 1):
        smaller.insert(0, str(number % 60).rjust(2, "0"))
        number = number // 60
    return ":".join([str(number).rjust(width, "0"), *smaller])


def only_letters(text: Any, also: Any) -> Any:
    digits = "0123456789" if "0" in also else ""
    return "".join(char for char in text if char.isalpha() or char in digits or char in also.replace("0", ""))


def fill_in(text: Any, values: Any, left: Any, right: Any) -> Any:
    for name, value in values.items():
        text = text.replace(left + name + right, "" if value is None else as_text(value))
    return text


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


def snapped(number: Any, step: Any, offset: Any, way: Any) -> Any:
    count = ((number - offset) / step * 1000000000 + 0.5) // 1 / 1000000000
    whole = -(-count // 1) if way == "up" else (count + 0.5) // 1 if way == "nearest" else count // 1
    return ((whole * step + offset) * 10000000000 + 0.5) // 1 / 10000000000


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


def csv_of(rows: Any, names: Any, separator: Any) -> Any:
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


def rounded_even(number: Any, digits: Any = 0) -> Any:
    factor = 10**digits
    low = number * factor // 1
    rest = number * factor - low
    tied = abs(rest - 0.5) < 0.000000001
    return (low + (low % 2 if tied else rest > 0.5)) / factor


def natural_key(text: Any) -> Any:
    key, run = "", ""
    for char in text + " ":
        if char in "0123456789":
            run += char
        else:
            key, run = key + (run.rjust(12, "0") if run else "") + char, ""
    return key[:-1]


def has_word(text: Any, word: Any) -> Any:
    return f" {word} " in " " + " ".join(runs(text, lambda char: char.isalnum())) + " "


def cut_at_word(text: Any, length: Any, mark: Any) -> Any:
    if len(text) <= length:
        return text
    kept = ""
    for word in text.split(" "):
        longer = kept + " " + word if kept else word
        if len(longer) > length:
            break
        kept = longer
    return kept + mark


def unrepeated(rows: Any, key_of: Any) -> Any:
    kept: Any = []
    for place, row in enumerate(rows):
        if place == 0 or key_of(row) != key_of(rows[place - 1]):
            kept.append(row)
    return kept


def number_or_zero(text: Any) -> Any:
    try:
        return float(text)
    except ValueError:
        return 0
