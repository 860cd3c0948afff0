"""What an example shows of its fields: the values they hold, whether their order is that of the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.synthesis.language import Expr, field_of, stages_of, var
from agents.synthesis.search.dates import layouts_of
from agents.synthesis.values import is_number, kind_of
from agents.synthesis.words import Words

__all__ = ["Shown"]

Rows = list[Any]


@dataclass(frozen=True)
class Shown:
    """The words, the inputs of all examples and the program that is looked at."""

    words: Words
    inputs: Sequence[Rows]
    program: Expr

    @cached_property
    def keys(self) -> frozenset[str]:
        """The fields that the program groups by."""
        exprs = [expr for stage in stages_of(self.program) if stage.kind == "group" for expr in stage.exprs]
        return frozenset(str(expr.params[0]) for expr in exprs if expr.op == "field")

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """The values by field name, at every depth."""
        found: dict[str, list[Any]] = {}
        for rows in self.inputs:
            for name, value in _named_values(rows):
                found.setdefault(name, []).append(value)
        return found

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of all inputs that are objects."""
        return [row for rows in self.inputs for row in rows if isinstance(row, dict)]

    @cached_property
    def fields(self) -> tuple[Expr, ...]:
        """The fields of the rows, each as an expression."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        kinds = {name: {kind_of(row[name]) for row in self.rows if name in row} - {"null"} for name in names}
        return tuple(field_of(var("row"), n, k.pop() if len(k) == 1 else "any", 0.3) for n, k in kinds.items())

    @cached_property
    def dates(self) -> tuple[Expr, ...]:
        """The fields that hold dates whose texts sort as the dates do."""
        return tuple(field for field in self.fields if self._is_date(field))

    def _is_date(self, field: Expr) -> bool:
        layouts = layouts_of(tuple(row.get(field.params[0]) for row in self.rows))
        return bool(layouts) and layouts[0].startswith("yyyy")

    def ordering(self) -> Iterator[tuple[Expr, bool, bool]]:
        """Yield the fields that rise or fall with the rows, each with whether it falls and whether it is a date."""
        for field in self.fields:
            for falls in (False, True):
                if all(self._ordered(rows, field.params[0], falls=falls) for rows in self.inputs if len(rows) > 1):
                    yield field, falls, self._is_date(field)

    def _ordered(self, rows: Rows, name: str, *, falls: bool) -> bool:
        values: list[Any] = [row.get(name) for row in rows if isinstance(row, dict)]
        if not (all(map(is_number, values)) or all(isinstance(value, str) for value in values)):
            return False
        return len(set(values)) > 1 and values == sorted(values, reverse=falls)

    def values(self, expr: Expr) -> list[Any]:
        """The values of a field, of what is made from one, or none."""
        while expr.op not in {"field", "var", "pipe", "const"} and expr.args:
            expr = expr.args[0]
        return self.columns.get(str(expr.params[0]), []) if expr.op == "field" else []

    def single(self) -> bool:
        """Whether every input has one row at most."""
        return all(len(rows) < 2 for rows in self.inputs)


def _named_values(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for element in value:
            yield from _named_values(element)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name, inner
            yield from _named_values(inner)
