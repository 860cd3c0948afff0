"""What both printers share: templates with precedence, names of variables, and the helper functions a text needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agents.synthesis.language import LEVELS, OPERATORS, Expr, Stage, subexpressions

__all__ = [
    "LENIENT",
    "LITERAL",
    "Printed",
    "Printer",
    "fits",
    "indented",
    "is_selection",
    "item_steps",
    "last_filter",
    "uses",
]

LITERAL = 18
"""The precedence of a literal, a name, a call."""
LENIENT = frozenset(
    [
        *("equals", "differs", "is_empty", "is_blank", "is_null", "has_value", "is_truthy", "is_falsy", "truth"),
        *("in_list", "not_in_list", "default", "default_empty", "falls_back", "is_number", "is_text", "identity"),
        *(
            "contains_text",
            "contains_folded",
            "starts_with",
            "ends_with",
            "list_has",
            "has_word",
            "list_is",
            "first",
            "last",
            "count",
        ),
        *("sum", "numeric", "look_up", "merged", "unique", "flat", "join", "filled", "reversed"),
    ]
)
"""Operators that mean something for null: their operands are read with the null-safe access."""
_LINE = 96


@dataclass(frozen=True, slots=True)
class Printed:
    """A text of the target language and its precedence."""

    text: str
    precedence: float = LITERAL

    def at(self, needed: float) -> str:
        """Return the text, in parentheses when it binds weaker than `needed`."""
        return self.text if self.precedence >= needed else f"({self.text})"


def uses(expr: Expr | None, *names: str) -> bool:
    """Whether the expression reads one of the variables."""
    return expr is not None and any(inner.op == "var" and inner.params[0] in names for inner in subexpressions(expr))


def indented(lines: str) -> str:
    """Indent by one step."""
    return "\n".join(f"  {line}" for line in lines.split("\n"))


class _Operand:
    """A printed argument that a template wraps as its format says."""

    def __init__(self, printer: "Printer", expr: Expr, printed: Printed) -> None:
        self.printer, self.expr, self.printed = printer, expr, printed

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.printed.text
        if spec == "m":
            return self.printed.at(LITERAL)
        if spec[0].isdigit():
            return self.printed.at(float(spec))
        return self.printer.guarded(spec, self.expr, self.printed)


class _Parameter:
    """A literal parameter; `raw` writes a text without quotes."""

    def __init__(self, printer: "Printer", value: Any) -> None:
        self.printer, self.value = printer, value

    def __format__(self, spec: str) -> str:
        return str(self.value) if spec == "raw" else self.printer.literal(self.value)


@dataclass
class Printer:
    """Prints expressions; a language fills in its literals, fields, objects and pipelines."""

    names: dict[str, str] = field(default_factory=dict)
    """How each variable in scope is written."""
    helpers: set[str] = field(default_factory=set)
    """Names of the helper functions that the text calls."""
    language: str = ""

    def print(self, expr: Expr, *, lenient: bool = True) -> Printed:
        """Print one expression; `lenient`: a missing field may be null here."""
        match expr.op:
            case "var":
                return Printed(self.names.get(expr.params[0], expr.params[0]))
            case "const":
                return Printed(self.literal(expr.params[0]), self.literal_precedence(expr.params[0]))
            case "field":
                return self.field(expr, lenient=lenient)
        special = getattr(self, f"print_{expr.op}", None)
        if special is not None:
            return special(expr)  # type: ignore[no-any-return]
        return self.apply(expr)

    def apply(self, expr: Expr, template: str | None = None, precedence: float | None = None) -> Printed:
        """Fill the operator's template."""
        operator = OPERATORS[expr.op]
        self.helpers.update(operator.needs)
        lenient = expr.op in LENIENT
        operands = [_Operand(self, arg, self.print(arg, lenient=lenient)) for arg in expr.args]
        parameters = {f"p{index}": _Parameter(self, value) for index, value in enumerate(expr.params)}
        text = (template or getattr(operator, self.language)).format(*operands, **parameters)
        return Printed(text, operator.precedence if precedence is None else precedence)

    def literal(self, value: Any) -> str:
        """Write a JSON value as a literal."""
        raise NotImplementedError

    def literal_precedence(self, value: Any) -> float:
        """A negative number is no operand for a member access."""
        return 15 if isinstance(value, int | float) and not isinstance(value, bool) else LITERAL

    def field(self, expr: Expr, *, lenient: bool) -> Printed:
        """Write a field access."""
        raise NotImplementedError

    def guarded(self, spec: str, expr: Expr, printed: Printed) -> str:
        """Write an operand with a guard against null (`l` list, `n` numbers, `o` and `w` text, `c` candidates)."""
        raise NotImplementedError

    @contextmanager
    def naming(self, **names: str) -> Iterator[None]:
        """Write these variables differently inside the block."""
        before = dict(self.names)
        self.names.update(names)
        try:
            yield
        finally:
            self.names = before

    def element_name(self, source: Expr, depth: int) -> str:
        """Choose a readable name for the elements of a source: the singular of its field."""
        default = LEVELS[depth].element
        name = str(source.params[0]) if source.op == "field" else ""
        if not name.endswith("s") or not name[:-1].isidentifier() or len(name) < 4 or name.endswith("ss"):
            return default
        singular = name[:-3] + "y" if name.endswith("ies") else name[:-1]
        taken = {
            *self.names.values(),
            "row",
            "item",
            "json",
            "key",
            "clas",
            "new",
            "in",
            "is",
            "not",
            "index",
            "cas",
            "statu",
        }
        return default if singular in taken or not singular.islower() else singular


def last_filter(expr: Expr) -> Expr | None:
    """The test of a pipeline that ends with one, and neither maps nor takes apart; None of any other."""
    stages: tuple[Stage, ...] = expr.params[1] if expr.op == "pipe" and expr.params[2] is None else ()
    if (
        not stages
        or stages[-1].kind != "filter"
        or any(stage.kind in {"explode", "group", "chunk"} for stage in stages)
    ):
        return None
    return stages[-1].exprs[0]


def is_selection(stages: tuple[Stage, ...]) -> bool:
    """Whether the stages only choose and order elements."""
    return all(stage.kind in {"filter", "sort", "dedupe", "limit", "skip", "reverse"} for stage in stages)


def fits(text: str) -> bool:
    """Whether a text fits on one line."""
    return len(text) <= _LINE and "\n" not in text


def item_steps(program: Expr) -> tuple[tuple[Stage, ...], Expr | None] | None:
    """The filters and the mapping of a program that looks at one item at a time; None for any other."""
    if program.op != "pipe" or program.args[0] != Expr("var", (), ("items",)):
        return None
    depth, stages, body = program.params
    exprs = [expr for stage in stages for expr in stage.exprs] + ([body] if body is not None else [])
    if any(stage.kind != "filter" for stage in stages):
        return None
    if any(uses(expr, "items", "index", LEVELS[depth].elements) for expr in exprs):
        return None
    return stages, body
