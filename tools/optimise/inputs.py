"""Inputs to compare two programs on: grown from an example, or read off the code, of any size and with edge values."""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.types import Language
from tools.checks.javascript_scopes import scopes_of
from tools.checks.javascript_tree import parse_javascript
from tools.checks.python_source import parse_python
from tools.optimise.javascript_shapes import javascript_shapes
from tools.optimise.python_shapes import python_shapes
from tools.optimise.shape import Shape, grow, shape_of_value

__all__ = ["Inputs", "Items", "inputs_for"]

Items = Sequence[dict[str, Any]]
"""n8n items: `[{"json": {...}}, ...]`."""
_MAX_SCALAR = 22
"""A number the code asks for by name is often a depth of recursion."""
_EDGES: tuple[Any, ...] = (None, "", 0, -1, 1.5, "ÄÖ 漢字", True)
_MAX_EDGES = 24
_FIRST_ITEM = re.compile(r"\bitems\[0\]|\$input\.first\(\)|\$json\b|\$input\.item\b|\b_item\b|\bitem\.json\b")


@dataclass(frozen=True)
class Inputs:
    """Makes contexts of any size for one piece of code."""

    source: Literal["example", "derived", "self-contained"]
    shapes: dict[str, Shape]
    example: Items = ()
    nested: bool = False
    """The data lies in lists within the first item, which grow instead of the items."""
    unknown: Literal["text", "number"] = "text"

    def context(self, size: int) -> dict[str, Any]:
        """Names and values for `size` items."""
        return {name: self._value(name, shape, size) for name, shape in self.shapes.items()}

    def _value(self, name: str, shape: Shape, size: int) -> Any:
        if shape.kind == "number" or (shape.kind == "any" and name.isupper()):
            return min(size, _MAX_SCALAR)
        if shape.kind == "any":
            return [grow(Shape(name=name), 2, i, unknown=self.unknown) for i in range(size)]
        if name in {"items", "_items"} and self.nested and shape.element is not None:
            return [{"json": _grown_inside(shape.element.key("json"), size, self.unknown)}]
        return grow(shape, size, unknown=self.unknown)

    def small(self) -> Iterator[dict[str, Any]]:
        """The example itself, a few sizes, and edge values in every field."""
        if self.example:
            yield {**self.context(2), "items": copy.deepcopy(list(self.example))}
        if self.source == "self-contained":
            yield {}
            return
        for size in (0, 1, 2, 7):
            yield self.context(size)
        yield from _with_edges(self.context(4))


def _grown_inside(shape: Shape, size: int, unknown: Literal["text", "number"]) -> Any:
    return {key: grow(inner, size, 0, unknown=unknown) for key, inner in shape.fields.items()}


def inputs_for(code: str, language: Language, examples: Sequence[Items]) -> list[Inputs]:
    """The ways to make inputs for this code, the best first; empty when nothing can be told."""
    free = _free(code, language)
    if not free:
        return [Inputs("self-contained", {})]
    if examples:
        shape = shape_of_value([item for items in examples for item in items], "items")
        shape.be("list")
        others = {name: inner for name, inner in free.items() if name not in {"items", "_items", "_item", "item"}}
        nested = len(examples[0]) == 1 and bool(_FIRST_ITEM.search(code))
        return [Inputs("example", {"items": shape, **others}, tuple(examples[0]), nested)]
    shapes = {"items" if name in {"_items", "_item", "item"} else name: shape for name, shape in free.items()}
    nested = bool(_FIRST_ITEM.search(code))
    return [Inputs("derived", shapes, (), nested, "text"), Inputs("derived", shapes, (), nested, "number")]


def _free(code: str, language: Language) -> dict[str, Shape]:
    if language == "python":
        tree = parse_python(code).tree
        return python_shapes(tree) if tree is not None else {}
    source = parse_javascript(code)
    return javascript_shapes(source, scopes_of(source))


def _with_edges(context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Copies of a context with one leaf changed or one key missing."""
    places = list(_places(context))[:8]
    made = 0
    for number, place in enumerate(places):
        for edge in (_EDGES[number % len(_EDGES)], _EDGES[(number + 3) % len(_EDGES)], "missing"):
            if made == _MAX_EDGES:
                return
            made += 1
            changed = copy.deepcopy(context)
            _change(changed, place, edge)
            yield changed


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for index in range(min(len(value), 2)):
            yield from _places(value[index], (*path, index))
    elif len(path) > 1:
        yield path


def _change(context: Any, place: tuple[Any, ...], edge: Any) -> None:
    holder = context
    for key in place[:-1]:
        holder = holder[key]
    if edge == "missing" and isinstance(holder, dict):
        del holder[place[-1]]
    else:
        holder[place[-1]] = None if edge == "missing" else edge
