"""The search itself: by the kind of the target, from what is looked up to what has to be composed."""

from collections.abc import Iterator
from typing import Any

from agents.synthesis.language import Expr, const
from agents.synthesis.search.bank import Bank, bank_of
from agents.synthesis.search.cleaning import cleaned
from agents.synthesis.search.columns import add_columns
from agents.synthesis.search.conditions import choices, constant
from agents.synthesis.search.cuts import cuts
from agents.synthesis.search.frame import Entry, Frame, signature
from agents.synthesis.search.joined import joined, joins
from agents.synthesis.search.keyed import keyed_objects, names_in_data
from agents.synthesis.search.lists import ListSearch
from agents.synthesis.search.missing import absent, defaults, filled, looked_for
from agents.synthesis.search.neighbours import add_neighbours
from agents.synthesis.search.numbers import arithmetic
from agents.synthesis.search.objects import Open, objects
from agents.synthesis.search.positions import parts
from agents.synthesis.search.quantities import quantities
from agents.synthesis.search.skeletons import skeletons
from agents.synthesis.search.surcharges import surcharges
from agents.synthesis.search.texts import formatted_numbers, templates
from agents.synthesis.values import is_number, kind_of

__all__ = ["Search"]

_CHEAP = 3.0
_DEAR = 9.0
_SURE = 2.4
_CHOSEN = 3.6
"""Above this cost of a choice between numbers, longer formulas are tried too."""
_PLAIN = 2.0
"""Above this cost, texts that no words describe are put together from parts by position too."""
_PLACED = 1.0
"""What parts by position cost more when there are words, and none that speak of them."""
_GUESSED = 1.5
"""What a test costs more as a value that asks for something which only the example shows."""
_UNLIKELY = 3.0
_PART = 0.6
"""The most of the work left that one way to read a column may use up."""


class Search:
    """One search over one request; `state` remembers what was found on the way."""

    def __init__(self) -> None:
        self.state = Open()
        self.lists = ListSearch(self)
        self.choosing = 0
        self.effort = 0
        """0: what is likely; 1: everything."""

    def solve(self, frame: Frame, targets: tuple[Any, ...], name: str) -> list[Expr]:
        """Return expressions with these values in the frame's scopes, cheapest first."""
        key = ("solved", signature(targets), name, self.effort, self.choosing)
        if key not in frame.cache:
            frame.cache[key] = self._solve(frame, targets, name)
        return list(frame.cache[key])

    def _solve(self, frame: Frame, targets: tuple[Any, ...], name: str) -> list[Expr]:
        kinds = {kind_of(target) for target in targets}
        bank = bank_of(frame, 1)
        add_columns(bank)
        add_neighbours(bank)
        if kinds == {"obj"}:
            found = objects(frame, targets, self.solve, self.state)
            if _cheapest(found) > _SURE and names_in_data(frame, targets):
                keyed = keyed_objects(frame, targets, self.solve)
                found = keyed + [expr.raised(_UNLIKELY if keyed else 0.0) for expr in found]
            return _ranked(found)
        if kinds == {"list"}:
            return self._lists(frame, bank, targets)
        return self._scalars(frame, bank, targets, name)

    def _lists(self, frame: Frame, bank: Bank, targets: tuple[list[Any], ...]) -> list[Expr]:
        found = [entry.expr for entry in bank.matching(targets)]
        if not found or found[0].cost > _CHEAP:
            found += self.lists.lists(frame, targets)
        if not found and self.effort:
            found += [entry.expr for entry in bank_of(frame, 2).matching(targets)]
        if not found:
            found += self._fixed_list(frame, targets)
        return _ranked(found)

    def _fixed_list(self, frame: Frame, targets: tuple[list[Any], ...]) -> list[Expr]:
        """A list of the same length everywhere, each place solved on its own."""
        sizes = {len(target) for target in targets}
        if len(sizes) != 1 or not 0 < (size := sizes.pop()) <= 4:
            return []
        places = [self.solve(frame, tuple(target[index] for target in targets), "") for index in range(size)]
        if not all(places):
            return []
        best = [place[0] for place in places]
        rest = [[*best[:i], other, *best[i + 1 :]] for i, place in enumerate(places) for other in place[1:4]]
        return [
            Expr(
                "list",
                tuple(chosen),
                (),
                "list",
                (0.8 if len(targets) > 1 else 2.8) + sum(expr.cost for expr in chosen),
            )
            for chosen in [best, *rest]
        ]

    def _scalars(self, frame: Frame, bank: Bank, targets: tuple[Any, ...], name: str) -> list[Expr]:
        found = [entry.expr for entry in bank.matching(targets)]
        fixed = constant(frame, targets)
        if fixed is not None:
            found.append(fixed)
        found += defaults(bank, targets)
        found += looked_for(bank, targets)
        numeric = all(is_number(target) for target in targets)
        if numeric:
            found += arithmetic(bank, targets, _DEAR, long=False)
        if all(isinstance(target, str) for target in targets):
            found += self._texts(frame, bank, targets, found)
        if all(isinstance(target, bool) for target in targets):
            found += self._tests(frame, targets)
        found = _ranked(found)
        if _cheapest(found) > _CHEAP and self.choosing < 2:
            self.choosing += 1
            try:
                for more in (absent(frame, targets, self.solve), choices(frame, targets, self.quick)):
                    found = _ranked(found + _within(frame, more))
                if numeric and _cheapest(found) > _CHEAP:
                    found = _ranked(found + _within(frame, surcharges(frame, targets)))
            finally:
                self.choosing -= 1
        if numeric and _cheapest(found) > _CHOSEN:
            found = _ranked(found + _within(frame, iter(arithmetic(bank, targets, _DEAR))))
        return found

    def quick(self, frame: Frame, targets: tuple[Any, ...], name: str) -> list[Expr]:
        """Return what needs no further choice: for one side of a condition."""
        del name
        if all(target is None for target in targets):
            return [const(None, "null", 0.3)]
        bank = bank_of(frame, 1)
        found = [entry.expr for entry in bank.matching(targets)]
        fixed = constant(frame, targets)
        if fixed is not None:
            found.append(fixed)
        if all(is_number(target) for target in targets):
            found += arithmetic(bank, targets, 4.0)
        if all(isinstance(target, str) for target in targets):
            found += templates(bank, targets, 4.0)
        return _ranked(found)

    def _texts(self, frame: Frame, bank: Bank, targets: tuple[str, ...], known: list[Expr]) -> list[Expr]:
        found = templates(bank, targets, _DEAR, [*filled(bank, targets), *joins(bank, targets)])
        found += formatted_numbers(bank, targets, _DEAR)
        found += [entry.expr for entry in cuts(bank, targets)]
        if frame.words.quoted and _cheapest([*known, *found]) > _PLAIN:
            found += skeletons(frame, targets)
        if frame.words.tokens and _cheapest([*known, *found]) > _PLAIN:
            found += [entry.expr for entry in cleaned(bank, targets)]
        plain = _CHEAP if frame.words.tokens else _PLAIN
        if _cheapest([*known, *found]) > plain and len(set(targets)) > 1:
            found += self._composed(bank, targets)
        if _cheapest([*known, *found]) > _CHEAP and any(_is_rows(entry) for entry in bank.of("list")[:6]):
            found += _within(frame, joined(frame, targets, self.lists.lists))
        if _cheapest([*known, *found]) > _CHEAP and (self.effort or len(targets) > 1):
            deeper = bank_of(frame, 2)
            found += [entry.expr for entry in deeper.matching(targets)]
            if _cheapest([*known, *found]) > _CHEAP:
                found += templates(deeper, targets, _DEAR)
        return found

    def _composed(self, bank: Bank, targets: tuple[str, ...]) -> list[Expr]:
        """Texts put together from parts by position, rounded numbers and times: only with two different targets."""
        pieces = [*parts(bank, targets), *quantities(bank, targets)]
        pieces.sort(key=lambda entry: entry.expr.cost)
        found = templates(bank, targets, _DEAR + 3.0, pieces) if pieces else []
        placed = _PLACED * bool(bank.frame.words.tokens and not bank.frame.words.topic("runs"))
        return [expr.raised(placed - _support(expr)) for expr in found]

    def _tests(self, frame: Frame, targets: tuple[bool, ...]) -> list[Expr]:
        from agents.synthesis.search.predicates import guessed, separating

        return [entry.expr.raised(_GUESSED * guessed(frame, entry)) for entry in separating(frame, targets)]


def _within(frame: Frame, more: Iterator[Expr]) -> list[Expr]:
    """Collect what is found with a part of the work that is left."""
    found: list[Expr] = []
    with frame.budget.portion(_PART):
        for expr in more:
            found.append(expr)  # noqa: PERF402 - what came before the part ran out is kept
    return found


def _is_rows(entry: Entry) -> bool:
    return entry.expr.op in {"var", "field", "pipe", "entries"} and any(
        isinstance(value, list) and len(value) > 1 for value in entry.values
    )


def _support(expr: Expr) -> float:
    """Several parts that meet every letter and digit of different targets do so hardly by chance."""
    if expr.op != "template" or any(char.isalnum() for part in expr.params if isinstance(part, str) for char in part):
        return 0.0
    return 1.5 * (len(expr.args) - 1)


def _cheapest(found: list[Expr]) -> float:
    return min((expr.cost for expr in found), default=99.0)


def _ranked(found: list[Expr]) -> list[Expr]:
    unique: dict[Expr, Expr] = {}
    for expr in sorted(found, key=lambda expr: expr.cost):
        unique.setdefault(expr, expr)
    return list(unique.values())[:10]
