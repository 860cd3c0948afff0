"""What a code node may return, and the items n8n makes of it; the same for both languages but for their words.

Works on what has become JSON already, as n8n does: its runners serialise before anything is checked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.types import Language, Mode

__all__ = ["NOTHING", "OutputRefused", "Words", "error_items_marked", "items_returned", "pair_items", "words_of"]

NOTHING: Any = object()
"""JavaScript's `undefined`: the code returned nothing at all."""
_RESERVED = ("json", "binary", "pairedItem", "error", "index")
_RESERVED_SET = frozenset(_RESERVED)
_EXAMPLE = (
    '<a href="https://docs.n8n.io/data/data-structure/#data-structure" target="_blank">Example</a>'  # n8n's own link
)


@dataclass(frozen=True, slots=True)
class Words:
    """How n8n calls an object in the messages of one language."""

    singular: Literal["object", "dictionary"]
    plural: Literal["objects", "dictionaries"]

    @property
    def article(self) -> str:
        """`an object`, `a dictionary`."""
        return f"{'an' if self.singular[0] in 'aeiou' else 'a'} {self.singular}"


class OutputRefused(Exception):
    """n8n refuses what the code returned; `str()` is its message, `description` its second line."""

    def __init__(
        self, message: str, description: str | None = None, item_index: int | None = None, line: int | None = None
    ) -> None:
        super().__init__(message if item_index is None else f"{message} [item {item_index}]")
        self.description = description
        self.item_index = item_index
        self.line = line


def words_of(language: Language) -> Words:
    """The words of one language."""
    return Words("dictionary", "dictionaries") if language == "python" else Words("object", "objects")


def items_returned(returned: Any, mode: Mode, language: Language) -> list[dict[str, Any]]:
    """Check what the code returned and bring it to items.

    `returned` is the JSON value, or `NOTHING`; in each-item mode the list of `{"json", "pairedItem"}` of all items.

    Raises:
        OutputRefused: as n8n would, with its texts.
    """
    words = words_of(language)
    if mode == "runOnceForEachItem":
        return [_item_of_each(item, index, words) for index, item in enumerate(returned)]
    return _items_of_all(returned, words)


def pair_items(items: list[dict[str, Any]], input_count: int) -> list[dict[str, Any]]:
    """Link output items to input items where n8n does so by itself: one input, as many as inputs, or one output."""
    paired = []
    linking = True
    for index, item in enumerate(items):
        if item.get("pairedItem", NOTHING) is not NOTHING or not linking:
            paired.append(item)
        elif input_count == 1 or (len(items) == 1 and input_count > 1):
            paired.append({**item, "pairedItem": {"item": 0}})
        elif len(items) == input_count:
            paired.append({**item, "pairedItem": {"item": index}})
        else:
            linking = False
            paired.append(item)
    return paired


def error_items_marked(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where an item carries an `error` of its own, n8n shows that and no other data; a text has no message to show."""
    return [_marked(item) for item in items]


def _marked(item: dict[str, Any]) -> dict[str, Any]:
    json = item["json"]
    if json.get("$error", NOTHING) is not NOTHING and json.get("$json", NOTHING) is not NOTHING:
        return {**item, "error": json["$error"], "json": _message_of(json["$error"])}
    return {**item, "json": _message_of(item["error"])} if "error" in item else item


def _message_of(error: Any) -> dict[str, Any]:
    return {"error": error["message"]} if isinstance(error, dict) and "message" in error else {}


def _items_of_all(returned: Any, words: Words) -> list[dict[str, Any]]:
    if returned is None:
        # n8n does not guard against it: this is V8's own message, and what users see.
        raise OutputRefused("Cannot read properties of null (reading 'json')")
    if not isinstance(returned, dict | list):
        raise _not_items(words)
    if isinstance(returned, list):
        if not all(isinstance(item, dict) for item in returned):
            raise _not_items(words)
        if any(not _RESERVED_SET.isdisjoint(item) for item in returned):
            for index, item in enumerate(returned):
                _check_keys(item, index)
    items = _normalised(returned)
    for index, item in enumerate(items):
        _check_item(item, index, words)
    return items


def _item_of_each(item: Any, index: int, words: Words) -> dict[str, Any]:
    (normal,) = _normalised([item])
    _check_item(normal, index, words)
    _check_keys(normal, index)
    return normal


def _not_items(words: Words) -> OutputRefused:
    return OutputRefused(
        "Code doesn't return items properly",
        f"Please return an array of {words.plural}, one for each item you would like to output.",
    )


def _check_keys(item: dict[str, Any], index: int) -> None:
    unknown = [key for key in item if key not in _RESERVED_SET]
    if not unknown:
        return
    reserved = next((key for key in item if key in _RESERVED_SET), None)
    if reserved is not None:
        raise OutputRefused(
            "Invalid output format",
            f"An output item contains the reserved key <code>{reserved}</code>. To get around this, please wrap each "
            f"item in an object, under a key called <code>json</code>. {_EXAMPLE}",
            index,
        )
    raise OutputRefused(
        f"Unknown top-level item key: {unknown[0]}",
        "Access the properties of an item under `.json`, e.g. `item.json`",
        index,
    )


def _check_item(item: dict[str, Any], index: int, words: Words) -> None:
    if item.get("error", NOTHING) is None:
        raise OutputRefused("Cannot read properties of null (reading 'message')")  # n8n fails on its way of marking it
    for key in ("json", "binary"):
        if key == "binary" and "binary" not in item:
            continue
        if not isinstance(item.get(key), dict):
            raise OutputRefused(
                f"A '{key}' property isn't {words.article}",
                f"In the returned data, every key named '{key}' must point to {words.article}.",
                index,
            )


def _normalised(returned: dict[str, Any] | Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Wrap plain rows as items, all alike or not at all."""
    if isinstance(returned, dict):
        return _normalised([returned if _is_truthy(returned.get("json")) else {"json": returned}])
    for key in ("json", "binary"):
        having = [key in item for item in returned]
        if all(having):
            return list(returned) if key == "json" else [_binary_item(item) for item in returned]
        if any(having):
            raise OutputRefused("Inconsistent item format")
    return [{"json": item} for item in returned]


def _binary_item(item: dict[str, Any]) -> dict[str, Any]:
    return {"json": {key: value for key, value in item.items() if key != "binary"}, "binary": item["binary"]}


def _is_truthy(value: Any) -> bool:
    """JavaScript's truth: empty objects and lists are true."""
    return isinstance(value, dict | list) or bool(value)
