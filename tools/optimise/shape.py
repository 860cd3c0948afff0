"""The shape of data: inferred from an example or from how code uses it, and filled with values of any size."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Kind", "Shape", "grow", "shape_of_value"]

Kind = Literal["any", "text", "number", "boolean", "null", "list", "record", "mapping", "json"]
_DIGITS = re.compile(r"\d+")
_SEPARATED = re.compile(r"[:/-]")
_DATE = re.compile(r"(\d{4}-\d{2}-)(\d{2})")
_NUMBER_WORDS = re.compile(
    r"(?:^|_)(?:id|n|no|num|number|count|qty|quantity|amount|price|cost|total|sum|age|year|size|score|points|value|index|user|day|hour|rating|weight|stock)s?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Shape:
    """What is known of a place in the data; unknown things are `any`."""

    kind: Kind = "any"
    name: str = ""
    """The key it was found under: a guess where nothing else tells."""
    fields: "dict[str, Shape]" = field(default_factory=dict)
    element: "Shape | None" = None
    examples: list[Any] = field(default_factory=list)
    """Values seen here, for shapes that come from an example."""

    def be(self, kind: Kind) -> "Shape":
        """Say what this is, unless it is known already."""
        if self.kind == "any":
            self.kind = kind
        return self

    def key(self, name: str) -> "Shape":
        """The shape under a key."""
        self.be("record")
        return self.fields.setdefault(name, Shape(name=name))

    def each(self) -> "Shape":
        """The shape of the elements."""
        if self.kind not in {"mapping", "record", "json"}:
            self.be("list")
        if self.element is None:
            self.element = Shape(name=self.name.removesuffix("s"))
        return self.element


def shape_of_value(value: Any, name: str = "") -> Shape:
    """The shape of a JSON value, with the values themselves as examples."""
    if isinstance(value, dict):
        return Shape("record", name, {key: shape_of_value(inner, key) for key, inner in value.items()}, None, [value])
    if isinstance(value, list):
        shape = Shape("list", name, examples=[value])
        shape.element = _merged([shape_of_value(inner, name) for inner in value]) if value else None
        return shape
    kind: Kind = (
        "boolean"
        if isinstance(value, bool)
        else "number"
        if isinstance(value, int | float)
        else "text"
        if isinstance(value, str)
        else "null"
    )
    return Shape(kind, name, examples=[value])


def _merged(shapes: list[Shape]) -> Shape:
    """One shape for several: fields of all, examples of all."""
    known = [shape for shape in shapes if shape.kind not in {"null", "any"}] or shapes
    merged = Shape(known[0].kind, known[0].name, examples=[example for shape in shapes for example in shape.examples])
    for key in dict.fromkeys(key for shape in known for key in shape.fields):
        merged.fields[key] = _merged([shape.fields[key] for shape in known if key in shape.fields])
    elements = [shape.element for shape in known if shape.element is not None]
    merged.element = _merged(elements) if elements else None
    return merged


def grow(
    shape: Shape, size: int, index: int = 0, *, unknown: Literal["text", "number"] = "text", spread: int | None = None
) -> Any:
    """A value of this shape; lists at its top have `size` elements, lists within them a few.

    Args:
        index: which of many: values differ from index to index, and repeat after `spread` of them.
        unknown: what to put where nothing is known.
    """
    distinct = spread or max(3, size * 2 // 3)
    if shape.kind == "list" or (shape.element is not None and shape.kind == "any"):
        element = shape.element or Shape()
        return [grow(element, 2, _shuffled(i, size), unknown=unknown, spread=distinct) for i in range(size)]
    if shape.kind == "record":
        return {
            key: grow(inner, 2 + index % 2, index, unknown=unknown, spread=distinct)
            for key, inner in shape.fields.items()
        }
    if shape.kind in {"mapping", "json"}:
        filled = _mapping(shape, size, unknown, distinct)
        return json.dumps(filled) if shape.kind == "json" else filled
    return _leaf(shape, index % distinct, unknown)


def _shuffled(index: int, size: int) -> int:
    """The same numbers in another order: sorted data would flatter whatever sorts."""
    return (index * 7_919 + 5) % size if size > 7 and size % 7_919 else index


def _mapping(shape: Shape, size: int, unknown: Literal["text", "number"], distinct: int) -> Any:
    if shape.fields:
        return {key: grow(inner, 2, 0, unknown=unknown, spread=distinct) for key, inner in shape.fields.items()}
    element = shape.element or Shape("number")
    keys = (str(_leaf(Shape("any", "key"), 2 * i, unknown)) for i in range(max(size // 2, 1)))
    return {key: grow(element, 2, i, unknown=unknown, spread=distinct) for i, key in enumerate(keys)}


def _leaf(shape: Shape, index: int, unknown: Literal["text", "number"]) -> Any:
    seen = shape.examples[index % len(shape.examples)] if shape.examples else None
    if shape.kind == "null" or (seen is None and shape.examples):
        return None
    kind = shape.kind
    if kind == "any":
        kind = "number" if unknown == "number" or _NUMBER_WORDS.search(shape.name) else "text"
    if kind == "boolean":
        return index % 2 == 0
    if kind == "number":
        return _number(seen, index)
    return _text(seen if isinstance(seen, str) else None, shape.name, index)


def _number(seen: Any, index: int) -> Any:
    if isinstance(seen, float):
        return round(seen + index * 0.5, 2)
    return (int(seen) if isinstance(seen, int) else 0) + index


def _text(seen: str | None, name: str, index: int) -> str:
    """Another text like the one that was seen: dates stay dates, numbers in it change, words gain one."""
    if seen is None:
        return f"u{index}@x.io" if "mail" in name.lower() else f"{name or 'k'}{index}"
    if index == 0:
        return seen
    if _DATE.search(seen):
        return _DATE.sub(lambda match: f"{match[1]}{index % 28 + 1:02d}", seen)
    if (runs := list(_DIGITS.finditer(seen))) and not seen[: runs[-1].start()].endswith("."):
        last = runs[-1]
        number = str(int(last[0]) + index).zfill(len(last[0]))
        around = seen[max(last.start() - 1, 0) : last.end() + 1]
        fixed = _SEPARATED.search(around) is not None  # a part of a time or of a phone number
        return seen[: last.start()] + (number[-len(last[0]) :] if fixed else number) + seen[last.end() :]
    if "@" in seen:
        user, _, domain = seen.partition("@")
        return f"{user}{index}@{domain}"
    return f"{seen}{index}" if not seen.endswith((".", "!", "?")) else f"{seen[:-1]} {index}{seen[-1]}"
