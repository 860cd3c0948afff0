"""Operators on texts."""

import base64
import json
from typing import Any

from agents.synthesis import runtime, runtime_of_dates
from agents.synthesis.language import Operator, register
from agents.synthesis.operators.operands import of_text
from agents.synthesis.values import Undefined, is_number, number_of, text_of


def _part(text: str, separator: str, index: int) -> str:
    return text.split(separator)[index]


def _before(text: str, separator: str) -> str:
    return text.split(separator, maxsplit=1)[0]


def _word(text: str, index: int) -> str:
    return text.split()[index]


def _rest(text: str, separator: str) -> str:
    parts = text.split(separator)
    if len(parts) < 2:
        raise Undefined
    return separator.join(parts[1:])


def _all_but_last(text: str, separator: str) -> str:
    parts = text.split(separator)
    if len(parts) < 2:
        raise Undefined
    return separator.join(parts[:-1])


def _between(text: str, left: str, right: str) -> str:
    parts = text.split(left)
    if len(parts) < 2:
        raise Undefined
    return parts[1].split(right)[0]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" "))


def _shortened(text: str, length: int, mark: str) -> str:
    return text if len(text) <= length else text[:length] + mark


def _first_of(found: list[Any]) -> Any:
    if not found:
        raise Undefined
    return found[0]


def _any_number(value: Any, other: Any) -> Any:
    if isinstance(value, bool | list | dict):
        raise Undefined
    found = runtime.number_or(value, other)
    return _finite(found) if isinstance(found, float) else found


def _mask(text: str, kept: int, mark: str) -> str:
    return mark * (len(text) - kept) + text[-kept:]


_T = ("text",)
_DOMAIN = ("domain", "after", "behind", "host", "part", "provider", "second")
_REST = ("last", "rest", "surname", "after", "family", "remaining", "everything")

# fmt: off
register(
    Operator("text", text_of, "text", ("any",), 0.8, "String({0})", "as_text({0})", "{0} as text", ("text", "string"), needs=("as_text",)),
    Operator("number", of_text(number_of), "num", _T, 1.0, "Number({0})", "float({0})", "{0} as a number",
             ("number", "numeric", "numbers", "int", "integer", "float", "numerically")),
    Operator("trim", of_text(str.strip), "text", _T, 1.0, "{0:m}.trim()", "{0:m}.strip()", "{0} without spaces around",
             ("trim", "spaces", "whitespace", "clean", "strip", "blanks", "space")),
    Operator("lower", of_text(str.lower), "text", _T, 1.0, "{0:m}.toLowerCase()", "{0:m}.lower()", "{0} in lower case",
             ("lower", "lowercase", "lowercased", "small", "case")),
    Operator("upper", of_text(str.upper), "text", _T, 1.0, "{0:m}.toUpperCase()", "{0:m}.upper()", "{0} in upper case",
             ("upper", "uppercase", "capital", "capitals", "caps", "case", "uppercased", "initials")),
    Operator("capital", of_text(_capital), "text", _T, 1.5, "{0:m}.charAt(0).toUpperCase() + {0:m}.slice(1)", "{0:m}[:1].upper() + {0:m}[1:]",
             "{0} with its first letter in upper case", ("capitalize", "capitalise", "capital", "first letter", "capitalized"), 12, demand=0.7),
    Operator("capital_only", of_text(lambda a: _capital(a.lower())), "text", _T, 1.6, "{0:m}.charAt(0).toUpperCase() + {0:m}.slice(1).toLowerCase()", "{0:m}[:1].upper() + {0:m}[1:].lower()",
             "{0} with only its first letter in upper case", ("capitalize", "capitalise", "capital", "first letter", "proper", "capitalized"), 12, demand=0.7),
    Operator("title", of_text(_title), "text", _T, 1.6,
             "{0:m}.split(' ').map(word => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join(' ')",
             '" ".join(word[:1].upper() + word[1:].lower() for word in {0:m}.split(" "))',
             "{0} in title case", ("title", "capitalize", "capitalise", "each word", "every word", "proper", "capital", "capitalized"), demand=0.7),
    Operator("squeeze", of_text(lambda a: " ".join(a.split())), "text", _T, 1.3, "{0:m}.trim().replace(/\\s+/g, ' ')", '" ".join({0:m}.split())',
             "{0} with single spaces", ("spaces", "whitespace", "double", "multiple", "single", "collapse", "clean", "normalize", "extra", "squeeze"), demand=0.4),
    Operator("remove", of_text(lambda a, part: a.replace(part, "")), "text", _T, 1.5, "{0:m}.replaceAll({p0}, '')", '{0:m}.replace({p0}, "")',
             "{0} without {p0}", ("remove", "without", "strip", "delete", "drop", "clean", "no", "out", "spaces", "rid"), demand=0.5),
    Operator("replace", of_text(lambda a, old, new: a.replace(old, new)), "text", _T, 1.7, "{0:m}.replaceAll({p0}, {p1})", "{0:m}.replace({p0}, {p1})",
             "{0} with {p1} for {p0}", ("replace", "instead", "change", "turn", "swap", "become", "becomes", "by", "to", "with", "convert", "into", "as"), demand=0.6),
    Operator("length", of_text(len), "num", _T, 1.6, "{0:m}.length", "len({0})", "the length of {0}",
             ("length", "characters", "chars", "long", "letters"), demand=1.5),
    Operator("word_count", of_text(lambda a: len(a.split())), "num", _T, 2.0, "({0:m}.match(/\\S+/g) ?? []).length", "len({0:m}.split())",
             "the number of words in {0}", ("words", "word"), demand=1.0),
    Operator("occurrences", of_text(lambda a, part: a.count(part)), "num", _T, 2.4, "{0:m}.split({p0}).length - 1", "{0:m}.count({p0})",
             "how often {p0} occurs in {0}", ("often", "count", "many", "occur", "occurrences"), 12, demand=1.5),
    Operator("before", of_text(_before), "text", _T, 1.2, "{0:m}.split({p0})[0]", "{0:m}.split({p0})[0]", "the part of {0} before {p0}",
             ("first", "before", "until", "part", "up to", "front", "begin", "split", "user", "username", "local", "name", "without", "only")),
    Operator("piece", of_text(_part), "text", _T, 1.4, "{0:m}.split({p0})[{p1}]", "{0:m}.split({p0})[{p1}]", "part {p1} (from 0) of {0} split by {p0}", _DOMAIN),
    Operator("last_piece", of_text(lambda a, s: a.split(s)[-1]), "text", _T, 1.35, "{0:m}.split({p0}).at(-1)", "{0:m}.split({p0})[-1]",
             "the part of {0} after the last {p0}", ("last", "extension", "ending", "end", "surname", "family", "final", "file", "filename", "after", "type")),
    Operator("after", of_text(_rest), "text", _T, 1.6, "{0:m}.split({p0}).slice(1).join({p0})", "{p0}.join({0:m}.split({p0})[1:])",
             "everything in {0} after the first {p0}", _REST),
    Operator("up_to_last", of_text(_all_but_last), "text", _T, 1.6, "{0:m}.split({p0}).slice(0, -1).join({p0})", "{p0}.join({0:m}.split({p0})[:-1])",
             "everything in {0} before the last {p0}", ("without", "extension", "base", "first", "before", "given", "except", "but", "name")),
    Operator("between", of_text(_between), "text", _T, 1.9, "{0:m}.split({p0})[1].split({p1})[0]", "{0:m}.split({p0})[1].split({p1})[0]",
             "the part of {0} between {p0} and {p1}", ("between", "inside", "in", "within", "brackets", "parentheses", "quotes", "after")),
    Operator("first_chars", of_text(lambda a, n: a[:n]), "text", _T, 1.5, "{0:m}.slice(0, {p0})", "{0:m}[:{p0}]", "the first {p0} characters of {0}",
             ("first", "characters", "chars", "letters", "letter", "digits", "short", "shorten", "cut", "truncate", "initial", "initials", "prefix", "leading", "year")),
    Operator("last_chars", of_text(lambda a, n: a[-n:]), "text", _T, 1.6, "{0:m}.slice(-{p0})", "{0:m}[-{p0}:]", "the last {p0} characters of {0}",
             ("last", "characters", "chars", "letters", "digits", "end", "ending", "suffix", "trailing")),
    Operator("chars", of_text(lambda a, start, end: a[start:end]), "text", _T, 2.2, "{0:m}.slice({p0}, {p1})", "{0:m}[{p0}:{p1}]",
             "the characters {p0} to {p1} of {0}", ("characters", "chars", "position", "middle", "digits", "letters", "month", "day", "year", "time")),
    Operator("without_first", of_text(lambda a, n: a[n:]), "text", _T, 1.8, "{0:m}.slice({p0})", "{0:m}[{p0}:]", "{0} without its first {p0} characters",
             ("without", "remove", "strip", "drop", "leading", "prefix", "after", "cut")),
    Operator("without_last", of_text(lambda a, n: a[:-n]), "text", _T, 1.9, "{0:m}.slice(0, -{p0})", "{0:m}[:-{p0}]", "{0} without its last {p0} characters",
             ("without", "remove", "strip", "drop", "trailing", "suffix", "ending", "cut")),
    Operator("shorten", of_text(_shortened), "text", _T, 2.0, "{0:m}.length > {p0} ? {0:m}.slice(0, {p0}) + {p1} : {0:3}", "{0:m}[:{p0}] + {p1} if len({0}) > {p0} else {0:4}",
             "{0}, cut to {p0} characters and marked {p1} when longer", ("shorten", "truncate", "cut", "max", "most", "longer", "limit", "preview", "first", "teaser"), 3, demand=0.8),
    Operator("pad", of_text(lambda a, width, mark: a.rjust(width, mark)), "text", _T, 1.7, "{0:m}.padStart({p0}, {p1})", "{0:m}.rjust({p0}, {p1})",
             "{0} padded on the left to {p0} with {p1}", ("pad", "padded", "leading", "zeros", "zeroes", "digits", "zero", "zero-padded", "long", "fill"), demand=0.5),
    Operator("mask", of_text(_mask), "text", _T, 2.0, "{p1}.repeat(Math.max({0:m}.length - {p0}, 0)) + {0:m}.slice(-{p0})", "{p1} * (len({0}) - {p0}) + {0:m}[-{p0}:]",
             "{0} with all but its last {p0} characters as {p1}", ("mask", "masked", "hide", "last", "readable", "star", "stars", "asterisk", "anonymize", "visible", "censor"), 12, demand=0.5),
    Operator("digits", of_text(lambda a: "".join(c for c in a if c in "0123456789")), "text", _T, 1.4, "{0:m}.replace(/[^0-9]/g, '')", '"".join(char for char in {0} if char in "0123456789")',
             "the digits of {0}", ("digits", "digit", "numbers", "clean", "normalize", "phone", "only"), demand=0.3),
    Operator("letters_digits", of_text(lambda a: "".join(c for c in a if c.isalnum())), "text", _T, 2.0, "{0:m}.replace(/[^\\p{{L}}\\p{{N}}]/gu, '')", '"".join(char for char in {0} if char.isalnum())',
             "the letters and digits of {0}", ("letters", "alphanumeric", "special", "punctuation", "characters"), demand=0.8),
    Operator("amount", of_text(lambda a, point: _finite(runtime.amount_of(a, point))), "num", _T, 1.4, "", "amount_of({0}, {p0})",
             "the amount in {0}", ("number", "amount", "currency", "price", "euro", "dollar", "numeric", "sign", "clean", "parse", "value"), needs=("amount_of",)),
    Operator("numeric", _any_number, "num", ("any",), 1.3, "numberOr({0}, {p0})", "number_or({0}, {p0})",
             "{0} as a number, also when it is a text, else {p0}", ("number", "numeric", "always", "sometimes", "amount", "clean", "text", "string", "missing"), needs=("number_or", "numberOr")),
    Operator("first_number", of_text(lambda a: _first_of(runtime.numbers_in(a))), "num", _T, 1.5, "Number({0:m}.match(/(?<!\\d|\\d\\.)-?\\d+(\\.\\d+)?/)[0])", "numbers_in({0})[0]",
             "the first number in {0}", ("number", "extract", "amount", "find", "digits", "price", "pull", "parse", "minutes", "numeric"), needs=("numbers_in",)),
    Operator("first_digits", of_text(lambda a: _first_of(runtime.digit_runs(a))), "text", _T, 1.5, "{0:m}.match(/[0-9]+/)[0]", "digit_runs({0})[0]",
             "the first run of digits in {0}", ("number", "digits", "extract", "id", "code", "find", "zip"), needs=("digit_runs",)),
    Operator("last_digits", of_text(lambda a: runtime.digit_runs(a)[-1]), "text", _T, 1.8, "{0:m}.match(/[0-9]+/g).at(-1)", "digit_runs({0})[-1]",
             "the last run of digits in {0}", ("last", "digits", "number", "trailing"), needs=("digit_runs",), demand=0.3),
    Operator("first_email", of_text(lambda a: _first_of(runtime.emails_in(a))), "text", _T, 1.3, "{0:m}.match(/[\\w.+%-]+@[\\w-]+(\\.[\\w-]+)+/)[0]", "emails_in({0})[0]",
             "the e-mail address in {0}", ("email", "mail", "e-mail", "address", "adress"), needs=("emails_in",)),
    Operator("first_url", of_text(lambda a: _first_of(runtime.urls_in(a))), "text", _T, 1.3, "{0:m}.match(/https?:\\/\\/[^\\s<>\"]+/)[0].replace(/[.,;:!?)\\]}}']+$/, '')", "urls_in({0})[0]",
             "the link in {0}", ("url", "link", "links", "website", "urls", "address"), needs=("urls_in",)),
    Operator("first_tag", of_text(lambda a, mark: _first_of(runtime.tags_in(a, mark))), "text", _T, 1.6, "{0:m}.match(new RegExp({p0} + '([\\\\p{{L}}\\\\p{{N}}_]+)', 'u'))[1]", "tags_in({0}, {p0})[0]",
             "the word after {p0} in {0}", ("tag", "hashtag", "mention", "after", "number", "ticket", "order"), needs=("tags_in",), demand=0.3),
    Operator("tags", of_text(runtime.tags_in), "list", _T, 1.8, "[...{0:m}.matchAll(new RegExp({p0} + '([\\\\p{{L}}\\\\p{{N}}_]+)', 'gu'))].map(found => found[1])", "tags_in({0}, {p0})",
             "the words after each {p0} in {0}", ("tags", "hashtags", "mentions", "hashtag"), needs=("tags_in",)),
    Operator("emails", of_text(runtime.emails_in), "list", _T, 1.6, "({0:m}.match(/[\\w.+%-]+@[\\w-]+(\\.[\\w-]+)+/g) ?? [])", "emails_in({0})",
             "the e-mail addresses in {0}", ("emails", "email", "addresses", "mails"), needs=("emails_in",)),
    Operator("urls", of_text(runtime.urls_in), "list", _T, 1.6, "({0:m}.match(/https?:\\/\\/[^\\s<>\"]+/g) ?? []).map(url => url.replace(/[.,;:!?)\\]}}']+$/, ''))", "urls_in({0})",
             "the links in {0}", ("urls", "links", "link", "url"), needs=("urls_in",)),
    Operator("numbers_list", of_text(runtime.numbers_in), "list", _T, 1.8, "({0:m}.match(/(?<!\\d|\\d\\.)-?\\d+(\\.\\d+)?/g) ?? []).map(Number)", "numbers_in({0})",
             "the numbers in {0}", ("numbers", "digits", "number"), needs=("numbers_in",)),
    Operator("slug", of_text(runtime.slug_of), "text", _T, 1.7, "slugOf({0}, {p0})", "slug_of({0}, {p0})", "{0} as a slug with {p0}",
             ("slug", "url", "friendly", "dash", "dashes", "hyphen", "hyphens", "handle", "lowercase"), needs=("slug_of", "slugOf"), demand=0.6),
    Operator("plain_letters", of_text(runtime.plain_letters), "text", _T, 2.0, "plainLetters({0})", "plain_letters({0})", "{0} without accents",
             ("accents", "accent", "umlauts", "ascii", "diacritics"), needs=("plain_letters", "plainLetters"), demand=1.0),
    Operator("initials", of_text(lambda a: "".join(w[0] for w in a.split())), "text", _T, 1.9, "{0:m}.trim().split(/\\s+/).map(word => word.charAt(0)).join('')", '"".join(word[0] for word in {0:m}.split())',
             "the initials of {0}", ("initials", "initial", "monogram", "letters", "acronym"), demand=0.5),
    Operator("reversed_text", of_text(lambda a: a[::-1]), "text", _T, 2.4, "[...{0}].reverse().join('')", "{0:m}[::-1]", "{0} backwards",
             ("reverse", "reversed", "backwards"), demand=1.5),
    Operator("split", of_text(lambda a, s: a.split(s)), "list", _T, 1.2, "{0:m}.split({p0})", "{0:m}.split({p0})", "{0} split at {p0}",
             ("split", "separated", "list", "array", "comma", "divide", "break", "delimited")),
    Operator("split_trim", of_text(lambda a, s: [p.strip() for p in a.split(s)]), "list", _T, 1.3, "{0:m}.split({p0}).map(part => part.trim())", "[part.strip() for part in {0:m}.split({p0})]",
             "{0} split at {p0}, each part trimmed", ("split", "separated", "list", "array", "comma", "spaces", "trim", "trimmed", "delimited", "clean")),
    Operator("split_filled", of_text(lambda a, s: [p.strip() for p in a.split(s) if p.strip()]), "list", _T, 1.5, "{0:m}.split({p0}).map(part => part.trim()).filter(Boolean)", "[part.strip() for part in {0:m}.split({p0}) if part.strip()]",
             "{0} split at {p0}, each part trimmed, empty parts left out", ("split", "separated", "empty", "blank", "without", "skip", "ignore", "lines", "parts")),
    Operator("words", of_text(str.split), "list", _T, 1.5, "({0:m}.match(/\\S+/g) ?? [])", "{0:m}.split()", "the words of {0}", ("words", "word")),
    Operator("characters", of_text(list), "list", _T, 2.2, "[...{0}]", "list({0})", "the characters of {0}", ("characters", "letters", "chars"), demand=1.0),
    Operator("base64", of_text(lambda a: base64.b64encode(a.encode()).decode()), "text", _T, 2.5, "Buffer.from({0}).toString('base64')", "to_base64({0})",
             "{0} in Base64", ("base64", "encode", "basic"), needs=("to_base64",), demand=1.0),
    Operator("url_encode", of_text(runtime.url_encode), "text", _T, 2.2, "encodeURIComponent({0})", "url_encode({0})", "{0} percent-encoded",
             ("encode", "encoded", "url", "uri", "query"), needs=("url_encode",), demand=0.8),
)


def _finite(number: float) -> float:
    return int(number) if number.is_integer() else number


def _fixed(number: Any, digits: int) -> str:
    if not is_number(number):
        raise Undefined
    return f"{runtime.rounded(number, digits):.{digits}f}"


def _thousands(number: Any, digits: int, separator: str, decimal: str) -> str:
    if not is_number(number):
        raise Undefined
    return str(runtime.thousands(number, digits, separator, decimal))


register(
    Operator("fixed", _fixed, "text", ("num",), 1.2, "", "", "{0} with {p0} decimals", ("decimals", "decimal", "cents", "digits", "format", "formatted", "places", "fixed")),
    Operator("remove_chars", of_text(lambda a, chars: "".join(c for c in a if c not in chars)), "text", _T, 1.6, "", '"".join(char for char in {0} if char not in {p0})',
             "{0} without the characters {p0}", ("remove", "without", "strip", "clean", "normalize", "no", "only", "digits", "spaces", "dashes", "brackets")),
    Operator("keep_chars", of_text(lambda a, chars: "".join(c for c in a if c in chars)), "text", _T, 1.4, "[...{0}].filter(char => {p0}.includes(char)).join('')", '"".join(char for char in {0} if char in {p0})',
             "{0} with only the characters {p0}", ("only", "keep", "remain", "allowed", "but", "except", "digits", "stay", "stays", "else"), demand=0.8),
    Operator("strip_tags", of_text(runtime.strip_tags), "text", _T, 1.5, "{0:m}.replace(/<[^>]*>/g, '')", "strip_tags({0})", "{0} without markup tags", ("html", "tags", "tag", "markup", "xml"), needs=("strip_tags",), demand=1.0),
    Operator("clock", of_text(runtime_of_dates.clock), "num", _T, 1.6, "{0:m}.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)", "clock({0})", "the clock text {0} in its smallest unit", ("seconds", "minutes", "duration", "hh:mm:ss", "mm:ss", "hh:mm", "time"), needs=("clock",), demand=0.8),
    Operator("without_leading", of_text(lambda a, char: a.lstrip(char)), "text", _T, 1.7, "", "{0:m}.lstrip({p0})", "{0} without {p0} in front", ("leading", "front", "zero", "zeros", "zeroes", "padding", "start", "begin", "beginning"), demand=1.0),
    Operator("parse_json", of_text(json.loads), "any", _T, 0.9, "JSON.parse({0})", "parse_json({0})", "{0} parsed as JSON", ("json", "parse", "parsed", "decode"), needs=("parse_json",)),
    Operator("to_json", runtime.to_json, "text", ("any",), 1.8, "JSON.stringify({0})", "to_json({0})", "{0} as JSON", ("json", "stringify", "string"), needs=("to_json",), demand=1.0),
    Operator("csv_table", of_text(lambda a, s: runtime.table_of(runtime.csv_rows(a, s))), "list", _T, 0.8, "tableOf(csvRows({0}, {p0}))", "table_of(csv_rows({0}, {p0}))", "the rows of the CSV text {0}", ("csv", "parse", "table", "rows", "lines"), needs=("tableOf", "csvRows", "table_of", "csv_rows")),
    Operator("to_csv", runtime.to_csv, "text", ("list",), 0.9, "toCsv({0}, {p0})", "to_csv({0}, {p0})", "{0} as CSV text with a header line", ("csv", "header"), needs=("toCsv", "to_csv"), demand=0.8),
    Operator("csv_of", lambda rows, names, separator: runtime.csv_of(rows or [], names, separator), "text", ("list",), 0.9, "csvOf({0:l}, {p0}, {p1})", "csv_of({0:l}, {p0}, {p1})", "{0} as CSV text with the columns {p0}", ("csv", "header", "line"), needs=("csvOf", "csv_of"), demand=0.8),
    Operator("thousands", _thousands, "text", ("num",), 1.6, "thousands({0}, {p0}, {p1}, {p2})", "thousands({0}, {p0}, {p1}, {p2})", "{0} with {p0} decimals and {p1} between thousands", ("thousands", "separator", "format", "formatted", "currency"), needs=("thousands",)),
)
