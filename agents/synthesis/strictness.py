"""Parts of texts that are not there: without words, an error says so instead of the whole text passing for its part."""

from collections.abc import Callable, Iterator
from typing import Any

from agents.synthesis.language import Expr
from agents.synthesis.rivals import rewritten

__all__ = ["strict"]

_POSITIONS: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "before": lambda mark: ((0,), (mark, 0, 0)),
    "up_to_last": lambda mark: ((0,), (mark, -1, 0)),
    "after": lambda mark: ((mark, 0, 1), (None,)),
    "last_piece": lambda mark: ((mark, -1, 1), (None,)),
}


def strict(program: Expr) -> Expr:
    """Cut at marks that have to be there, where `split` would give the whole text."""
    changed = next(rewritten(program, _between_marks), None)
    return program if changed is None else strict(changed)


def _between_marks(expr: Expr) -> Iterator[Expr]:
    if expr.op in _POSITIONS:
        yield Expr("cut", expr.args, _POSITIONS[expr.op](f"={expr.params[0]}"), "text", expr.cost)
