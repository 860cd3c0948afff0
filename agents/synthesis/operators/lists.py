"""Operators on lists: counts, totals, choices and orders."""

from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined, is_number, key_of, text_of


def _list(run: Any) -> Any:
    """Read null as the empty list and refuse anything else that is no list."""

    def checked(elements: Any, *rest: Any) -> Any:
        if elements is not None and not isinstance(elements, list):
            raise Undefined
        return run(elements or [], *rest)

    return checked


def _numbers(run: Any) -> Any:
    """Refuse elements that are no numbers; a missing one counts as nothing for a total."""

    def checked(elements: list[Any], *rest: Any) -> Any:
        if not all(is_number(element) for element in elements):
            raise Undefined
        return run(elements, *rest)

    return _list(checked)


def _sum(elements: list[Any]) -> Any:
    kept = [element for element in elements if element is not None]
    if not all(is_number(element) for element in kept):
        raise Undefined
    return sum(kept)


def _some(run: Any) -> Any:
    def checked(elements: list[Any], *rest: Any) -> Any:
        if not elements:
            raise Undefined
        return run(elements, *rest)

    return checked


def _unique(elements: list[Any]) -> list[Any]:
    first: dict[Any, Any] = {}
    for element in elements:
        first.setdefault(key_of(element), element)
    return list(first.values())


def _whole(number: Any) -> int:
    if not is_number(number) or number != int(number) or number < 0:
        raise Undefined
    return int(number)


def _next(elements: list[Any], place: int) -> Any:
    if place < 0:
        raise Undefined
    return elements[place + 1] if place + 1 < len(elements) else None


def _sort(elements: list[Any], descending: bool) -> list[Any]:
    if any(isinstance(element, dict | list) or element is None for element in elements):
        raise Undefined
    return sorted(elements, reverse=descending)


def _join(elements: list[Any], separator: str) -> str:
    return separator.join(text_of(element) for element in elements)


def _merged(elements: list[Any]) -> dict[str, Any]:
    if not all(isinstance(element, dict) for element in elements):
        raise Undefined
    return {name: value for element in elements for name, value in element.items()}


def _average(elements: list[Any]) -> Any:
    return sum(elements) / len(elements)


_L = ("list",)
_COUNT = ("count", "many", "number", "amount", "total", "how", "size", "quantity", "length", "often")
_MAX = (
    "max",
    "maximum",
    "highest",
    "largest",
    "biggest",
    "most",
    "latest",
    "newest",
    "best",
    "top",
    "longest",
    "last",
    "peak",
    "expensive",
    "greatest",
)
_MIN = ("min", "minimum", "lowest", "smallest", "least", "earliest", "oldest", "cheapest", "shortest", "worst", "first")

# fmt: off
register(
    Operator("count", _list(len), "num", _L, 0.9, "{0:l}.length", "len({0:l})", "the number of {0}", _COUNT, demand=0.8),
    Operator("sum", _list(_sum), "num", _L, 1.0, "", "sum({0:n})", "the sum of {0}", ("sum", "total", "add", "altogether", "overall", "all", "revenue", "together", "summed", "spent", "totals", "much", "revenue", "worth", "turnover", "sales", "hours", "per", "balance", "running", "cumulative"), demand=0.6),
    Operator("average", _numbers(_some(_average)), "num", _L, 1.5, "", "", "the average of {0}", ("average", "avg", "mean", "typical"), 13, demand=1.0),
    Operator("max", _list(_some(lambda a: _checked(max, a))), "any", _L, 1.2, "", "max({0:c})", "the largest of {0}", _MAX, demand=0.7),
    Operator("min", _list(_some(lambda a: _checked(min, a))), "any", _L, 1.2, "", "min({0:c})", "the smallest of {0}", _MIN, demand=0.7),
    Operator("median", _numbers(_some(runtime.median_of)), "num", _L, 1.8, "medianOf({0})", "median_of({0})", "the median of {0}", ("median",), needs=("medianOf", "median_of"), demand=1.5),
    Operator("first", _list(lambda a: a[0] if a else None), "any", _L, 1.2, "{0:l}[0]", "({0:l}[:1] or [None])[0]", "the first of {0}", ("first", "primary", "main", "top", "one", "leading"), demand=1.2),
    Operator("last", _list(lambda a: a[-1] if a else None), "any", _L, 1.5, "{0:l}.at(-1)", "({0:l}[-1:] or [None])[0]", "the last of {0}", ("last", "latest", "final", "newest", "recent", "current"), demand=1.2),
    Operator("nth", _list(lambda a, n: a[n] if n < len(a) else None), "any", _L, 1.9, "{0:l}[{p0}]", "({0:l}[{p0}:][:1] or [None])[0]", "element {p0} (from 0) of {0}", ("second", "third", "column", "position"), demand=1.5),
    Operator("join", _list(_join), "text", _L, 1.1, "{0:l}.join({p0})", "", "{0} joined with {p0}", ("join", "joined", "comma", "separated", "text", "string", "line", "between", "one", "list", "concatenate", "combine", "into"), needs=("as_text",)),
    Operator("join_trailing", _list(lambda a, s: "".join(text_of(e) + s for e in a)), "text", _L, 3.0, "{0:l}.map(element => element + {p0}).join('')", '"".join(as_text(element) + {p0} for element in {0:l})', "{0}, each followed by {p0}", ("followed", "line"), needs=("as_text",)),
    Operator("unique", _list(_unique), "list", _L, 1.1, "[...new Set({0:l})]", "list(dict.fromkeys({0:l}))", "{0}, each value once", ("unique", "distinct", "duplicates", "duplicate", "once", "different", "dedupe", "deduplicate", "double", "doubles", "dupes")),
    Operator("sorted", _list(_sort), "list", _L, 1.2, "", "", "{0} sorted", ("sort", "sorted", "order", "ordered", "alphabetically", "ascending", "descending", "alphabetical"), demand=0.5),
    Operator("reversed", _list(lambda a: a[::-1]), "list", _L, 1.5, "[...{0:l}].reverse()", "{0:l}[::-1]", "{0} in reverse order", ("reverse", "reversed", "backwards"), demand=0.8),
    Operator("filled", _list(lambda a: [e for e in a if e is not None and e != "" and e is not False and e != 0]), "list", _L, 1.4, "{0:l}.filter(Boolean)", "[element for element in {0:l} if element]", "{0} without empty entries", ("empty", "blank", "null", "missing", "falsy", "skip", "without", "filled"), demand=0.5),
    Operator("first_n", _list(lambda a, n: a[:n]), "list", _L, 1.4, "{0:l}.slice(0, {p0})", "{0:l}[:{p0}]", "the first {p0} of {0}", ("first", "top", "limit", "only"), demand=0.5),
    Operator("last_n", _list(lambda a, n: a[-n:]), "list", _L, 1.7, "{0:l}.slice(-{p0})", "{0:l}[-{p0}:]", "the last {p0} of {0}", ("last", "latest", "recent"), demand=0.8),
    Operator("rest", _list(lambda a, n: a[n:]), "list", _L, 1.8, "{0:l}.slice({p0})", "{0:l}[{p0}:]", "{0} without the first {p0}", ("skip", "without", "except", "rest", "after"), demand=0.8),
    Operator("concat", lambda a, b: (a or []) + (b or []), "list", ("list", "list"), 1.6, "[...{0:l}, ...{1:l}]", "[*{0:l}, *{1:l}]", "{0} followed by {1}", ("merge", "combine", "together", "both", "concat", "append", "and", "all", "add", "join"), demand=0.3),
    Operator("flat", _list(lambda a: [e for inner in a for e in (inner or [])]), "list", _L, 1.1, "{0:l}.flat()", "[element for inner in {0:l} for element in inner or []]", "all entries of {0}", ("all", "flatten", "flat", "merge", "together", "every", "combined", "one")),
    Operator("merged_all", _list(_merged), "obj", _L, 1.3, "Object.assign({{}}, ...{0:l})", "{{name: value for part in {0:l} for name, value in part.items()}}", "all of {0} merged into one", ("merge", "merged", "combine", "combined", "one", "single", "together", "into", "join", "same"), demand=1.5),
    Operator("in_turn", lambda n, labels, _: labels[_whole(n) % len(labels)], "any", ("num",), 0.5, "{p0}[{0:13} % {p1}]", "{p0}[{0:13} % {p1}]", "one of {p0} in turn", ("turn", "alternate", "alternately", "alternating", "round", "robin", "rotate", "cycle", "turns"), demand=2.5),
    Operator("at", lambda a, n: (a or [])[n] if 0 <= _whole(n) < len(a or []) else None, "any", ("list", "num"), 1.0, "{0:l}[{1}]", "({0:l}[{1}:][:1] or [None])[0]", "the entry of {0} at the same place", ("parallel", "same", "position", "corresponding", "zip", "pair", "matching", "index")),
    Operator("range", lambda n: list(range(_whole(n))), "list", ("num",), 1.5, "Array.from({{ length: {0} }}, (_, number) => number)", "list(range({0}))", "the numbers from 0 to before {0}", ("range", "numbers", "pages", "each", "days", "every"), demand=0.5),
    Operator("all_of", _list(all), "bool", _L, 1.8, "{0:l}.every(Boolean)", "all({0:l})", "whether all of {0} hold", ("all", "every", "everything", "everyone"), demand=1.0),
    Operator("any_of", _list(any), "bool", _L, 1.8, "{0:l}.some(Boolean)", "any({0:l})", "whether any of {0} holds", ("any", "some", "least", "at least"), demand=1.0),
)


def _checked(choose: Any, elements: list[Any]) -> Any:
    if all(is_number(element) for element in elements) or all(isinstance(element, str) for element in elements):
        return choose(elements)
    raise Undefined


register(
    Operator("up_to_here", lambda a, n: a[: n + 1], "list", ("list", "num"), 0.4, "{0:m}.slice(0, {1:12} + 1)", "{0:m}[:{1:12} + 1]", "{0} up to this one", ("running", "cumulative", "so far", "balance")),
    Operator("before_here", lambda a, n: a[n - 1] if n > 0 else None, "any", ("list", "num"), 0.4, "{0:m}[{1:12} - 1]", "({0:m}[{1:12} - 1] if {1:10} > 0 else None)", "the one before", ("previous", "prior", "change", "difference", "delta", "before", "last")),
    Operator("after_here", _next, "any", ("list", "num"), 0.9, "{0:m}[{1:12} + 1]", "({0:m}[{1:12} + 1] if {1:12} + 1 < len({0}) else None)", "the one after", ("next", "following")),
    Operator("chunks", lambda a, n: [a[i : i + n] for i in range(0, len(a), n)], "list", ("list",), 1.2, "chunks({0}, {p0})", "chunks({0}, {p0})", "{0} in chunks of {p0}", ("chunk", "chunks", "batch", "batches", "groups", "pages", "split", "blocks"), needs=("chunks",)),
)
