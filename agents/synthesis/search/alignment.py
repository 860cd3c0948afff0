"""Which element each target comes from, guessed by the values that they share."""

from typing import Any

from agents.synthesis.language import LEVELS
from agents.synthesis.search.frame import BOTTOM, Entry, Frame
from agents.synthesis.values import key_of, leaves, same, text_of

__all__ = ["alignments", "first_occurrences", "scalar_alignment", "text_alignment"]

_UNOWNED = {name for level in LEVELS for name in (level.elements, level.index)} | {"items"}
_PLACES = {level.element: level.index for level in LEVELS}
"""A number that equals its place counts the elements: it is no sign of where a target comes from."""


def alignments(elements: Frame, spans: list[range], targets: tuple[list[Any], ...]) -> list[list[list[int]]]:
    """Guess which element each target comes from, by the values they share; in order when as many are wanted."""
    found: list[list[list[int]]] = []
    if all(len(span) == len(target) for span, target in zip(spans, targets, strict=True)):
        found.append([list(span) for span in spans])
    atoms = [_atoms(elements, index) for index in range(len(elements.scopes))]
    for late in (False, True):
        guess = []
        for span, target in zip(spans, targets, strict=True):
            picked = _assigned(span, target, atoms, late=late)
            if picked is None:
                break
            guess.append(picked)
        if len(guess) == len(spans) and guess not in found:
            found.append(guess)
    if len(found) > 1 and _sharing(found[0], targets, atoms) < _sharing(found[1], targets, atoms):
        found = [*found[1:], found[0]]
    return found


def _sharing(wanted: list[list[int]], targets: tuple[list[Any], ...], atoms: list[set[Any]]) -> int:
    return sum(
        len(_own_atoms(t) & atoms[i])
        for want, target in zip(wanted, targets, strict=True)
        for i, t in zip(want, target, strict=True)
    )


def _own_atoms(value: Any) -> set[Any]:
    own: set[Any] = {key_of(leaf) for leaf in leaves(value) if leaf is not None}
    if isinstance(value, dict):
        own |= {(name, key_of(inner)) for name, inner in value.items()}
    return own


def _atoms(elements: Frame, index: int) -> set[Any]:
    scope = elements.scopes[index]
    own: set[Any] = set()
    for root in elements.roots:
        value = scope.get(root.params[0])
        counted = isinstance(value, int) and root.params[0] in _PLACES and value == scope.get(_PLACES[root.params[0]])
        if root.params[0] not in _UNOWNED and not counted:
            own |= _own_atoms(value)
    return own


def _assigned(span: range, target: list[Any], atoms: list[set[Any]], *, late: bool) -> list[int] | None:
    """Give each target the free element that shares most with it; among equals the first (or the last)."""
    own = [_own_atoms(element) for element in target]
    scores = [[len(own[j] & atoms[i]) for i in span] for j in range(len(target))]
    order = sorted(range(len(target)), key=lambda j: (-max(scores[j], default=0), j))
    free, picked = set(span), [-1] * len(target)
    for j in order:
        ranked = sorted(free, key=lambda i: (-scores[j][i - span.start], -i if late else i))
        if not ranked or scores[j][ranked[0] - span.start] == 0:
            return None
        picked[j] = ranked[0]
        free.discard(ranked[0])
    return picked


def text_alignment(elements: Frame, spans: list[range], targets: tuple[list[Any], ...]) -> list[list[int]] | None:
    """Give each target text the free element of whose values it holds most, by their length; None where one holds none."""
    held = [_texts_of(elements, index) for index in range(len(elements.scopes))]
    wanted = []
    for span, target in zip(spans, targets, strict=True):
        free, picked = list(span), []
        for text in target:
            scores = {i: sum(len(one) for one in held[i] if one in text) for i in free} if isinstance(text, str) else {}
            best = max(scores, key=lambda i: scores[i], default=None)
            if best is None or not scores[best]:
                return None
            picked.append(best)
            free.remove(best)
        wanted.append(picked)
    return wanted


def _texts_of(elements: Frame, index: int) -> set[str]:
    root = elements.roots[0].params[0]
    found = [leaf for leaf in leaves(elements.scopes[index].get(root)) if leaf is not None]
    return {text_of(leaf) for leaf in found if text_of(leaf)}


def scalar_alignment(entry: Entry, spans: list[range], targets: tuple[list[Any], ...]) -> list[list[int]] | None:
    """Find the targets among the values of one body: each at its first free place."""
    wanted = []
    for span, target in zip(spans, targets, strict=True):
        free, picked = list(span), []
        for element in target:
            place = next((i for i in free if entry.values[i] is not BOTTOM and same(entry.values[i], element)), None)
            if place is None:
                return None
            picked.append(place)
            free.remove(place)
        wanted.append(picked)
    return wanted


def first_occurrences(entry: Entry, span: range) -> list[int]:
    """Return the first element of each value."""
    seen: dict[Any, int] = {}
    for index in span:
        seen.setdefault(key_of(entry.values[index]) if entry.values[index] is not BOTTOM else BOTTOM, index)
    return list(seen.values())
