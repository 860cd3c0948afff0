"""Rules that outputs keep on any input, when the example keeps them and the words ask for them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.task import Example, Items, Task
from tools.n8n.items import rows_from, same_value

__all__ = ["PROPERTIES", "UNSEEN", "Property", "fields_stay", "holds", "properties_of"]

Rows = list[Any]
UNSEEN = "fieldNotShown"
"""Real items have more fields than an example; whether they are to stay is often the question."""


@dataclass(frozen=True, slots=True)
class Property:
    """A rule over input and output rows; `None` from `check` means that it holds."""

    name: str
    applies: Callable[[Example, str], bool]
    """Whether the example keeps the rule, and the words (lower case) make it likely that it is meant."""
    check: Callable[[Rows, Rows], str | None]


def properties_of(task: Task) -> Iterator[str]:
    """Yield the names of the properties that follow from the task: every example keeps them."""
    words = task.description.lower()
    if not task.examples:
        return
    for rule in PROPERTIES.values():
        kept = (rule.check(rows_from(one.input), rows_from(one.output)) is None for one in task.examples)
        if all(rule.applies(one, words) for one in task.examples) and all(kept):
            yield rule.name


def fields_stay(examples: Sequence[Example]) -> bool:
    """Whether the examples keep every field of the rows they keep: then one that they do not show stays too.

    >>> fields_stay([Example([{"json": {"a": 1}}], [{"json": {"a": 1, "b": 2}}])])
    True
    """
    return bool(examples) and all(_keeps_rows(rows_from(one.input), rows_from(one.output)) for one in examples)


def _keeps_rows(given: Rows, returned: Rows) -> bool:
    if not returned or not all(isinstance(row, dict) and row for row in (*given, *returned)):
        return False
    if len(given) == len(returned) and all(old.keys() <= new.keys() for old, new in zip(given, returned, strict=True)):
        return True
    return all(any(same_value(row, old) for old in given) for row in returned)


def holds(name: str, given: Items, returned: Any) -> str | None:
    """Return `None` when the rule holds, else what breaks it, in words."""
    return PROPERTIES[name].check(rows_from(given), rows_from(returned))


def _is_subsequence(given: Rows, returned: Rows) -> str | None:
    left = iter(given)
    for index, row in enumerate(returned):
        if not any(same_value(row, candidate) for candidate in left):
            return f"output item {index} is no input item, or out of order"
    return None


def _is_permutation(given: Rows, returned: Rows) -> str | None:
    rest = list(given)
    for index, row in enumerate(returned):
        found = next((at for at, candidate in enumerate(rest) if same_value(row, candidate)), None)
        if found is None:
            return f"output item {index} is no input item"
        rest.pop(found)
    return f"{len(rest)} input items are gone" if rest else None


def _same_count(given: Rows, returned: Rows) -> str | None:
    return None if len(given) == len(returned) else f"{len(given)} items in, {len(returned)} out"


def _no_copies(_given: Rows, returned: Rows) -> str | None:
    for index, row in enumerate(returned):
        if any(same_value(row, earlier) for earlier in returned[:index]):
            return f"output item {index} stands there twice"
    return None


def _keeps_fields(given: Rows, returned: Rows) -> str | None:
    for index, (before, after) in enumerate(zip(given, returned, strict=False)):
        if isinstance(before, dict) and isinstance(after, dict):
            lost = [key for key in before if key not in after]
            if lost:
                return f"output item {index} lost {', '.join(map(str, lost))}"
    return None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b({pattern})")


_FILTERS = _words("filter|keep|only|remove|drop|skip|ignore|exclude|without|where")
_SORTS = _words("sort|order|rank|descending|ascending|highest|lowest|newest|oldest|latest|reverse")
_DEDUPES = _words("duplicat|dedup|uniq|distinct")
_ADDS = _words("add|append|enrich|include|set|mark|flag|comput|calculat")


def _fewer(example: Example, words: str) -> bool:
    return bool(_FILTERS.search(words)) and len(example.output) < len(example.input)


def _sorted_anew(example: Example, words: str) -> bool:
    return bool(_SORTS.search(words)) and len(example.input) > 1 and len(example.output) == len(example.input)


def _each_for_each(example: Example, words: str) -> bool:
    """One row in, one out, and several of them, or it may as well be a sum."""
    return len(example.input) > 1 and not (_FILTERS.search(words) or _DEDUPES.search(words))


def _distinct(_example: Example, words: str) -> bool:
    return bool(_DEDUPES.search(words))


def _adds_fields(example: Example, words: str) -> bool:
    return bool(_ADDS.search(words)) and len(example.input) == len(example.output) > 1


PROPERTIES: Mapping[str, Property] = {
    rule.name: rule
    for rule in (
        Property("keeps some of the items as they are, in order", _fewer, _is_subsequence),
        Property("gives the same items in another order", _sorted_anew, _is_permutation),
        Property("gives one item for each", _each_for_each, _same_count),
        Property("gives no item twice", _distinct, _no_copies),
        Property("keeps the fields that were there", _adds_fields, _keeps_fields),
    )
}
