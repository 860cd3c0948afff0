"""The language: expressions over scopes, pipelines over lists of scopes, and what they mean."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agents.synthesis.values import Undefined, key_of, text_of

__all__ = [
    "FAILURES",
    "LEVELS",
    "OPERATORS",
    "Expr",
    "Level",
    "Operator",
    "Scope",
    "Stage",
    "apply",
    "const",
    "evaluate",
    "field_of",
    "make",
    "pipe",
    "register",
    "scopes_of",
    "stages_of",
    "subexpressions",
    "var",
    "variables",
]

Scope = Mapping[str, Any]
FAILURES = (Undefined, TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
"""What evaluating a meaningless expression raises."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One entry of the language: meaning, cost, words and its two printings."""

    name: str
    run: Callable[..., Any]
    """From the values of the arguments, then the parameters, to the value."""
    type: str
    """Kind of the result: `num text bool date list obj any`."""
    takes: tuple[str, ...]
    """Kinds of the arguments."""
    cost: float
    javascript: str
    """Template: `{0}` the first argument, `{0:13}` wrapped under precedence 13, `{p0}` the first literal parameter."""
    python: str
    says: str
    """The template in plain words."""
    words: tuple[str, ...] = ()
    """Words of a description that call for it."""
    precedence: float = 18
    """Of the printed text; 18 is a call or a member access."""
    needs: tuple[str, ...] = ()
    """Helper functions that the printings call (`runtime.py`, `runtime_of_dates.py`, `runtime.js`)."""
    demand: float = 0.0
    """Extra cost when none of its words stands in the description."""


@dataclass(frozen=True, slots=True)
class Expr:
    """An operator applied; immutable, compared by structure."""

    op: str
    args: tuple["Expr", ...] = ()
    params: tuple[Any, ...] = ()
    type: str = field(default="any", compare=False)
    cost: float = field(default=0.0, compare=False)
    reads: frozenset[str] | None = field(default=None, compare=False, repr=False)
    """Names of the variables inside, once asked for."""

    def __hash__(self) -> int:
        try:
            return hash((self.op, self.args, self.params))
        except TypeError:  # a literal list or object
            return hash((self.op, self.args, repr(self.params)))

    def raised(self, extra: float) -> "Expr":
        """Return the same expression with its cost changed by `extra`."""
        return replace(self, cost=self.cost + extra)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a pipeline: `filter dedupe sort limit skip reverse explode group chunk`."""

    kind: str
    exprs: tuple[Expr, ...] = ()
    params: tuple[Any, ...] = ()
    cost: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Level:
    """The names that a pipeline binds at one depth of nesting."""

    element: str
    index: str
    elements: str
    group: str
    key: str


LEVELS = (
    Level("row", "index", "table", "group", "key"),
    Level("entry", "position", "entries", "subgroup", "subkey"),
    Level("part", "place", "parts", "bundle", "label"),
    Level("piece", "spot", "pieces", "cluster", "mark"),
)
OPERATORS: dict[str, Operator] = {}


def register(*operators: Operator) -> None:
    """Add operators to the language."""
    for operator in operators:
        OPERATORS[operator.name] = operator


def var(name: str, kind: str = "any", cost: float = 0.0) -> Expr:
    """Name a variable of the scope."""
    return Expr("var", (), (name,), kind, cost)


def const(value: Any, kind: str, cost: float) -> Expr:
    """Write a literal."""
    return Expr("const", (), (value,), kind, cost)


def field_of(base: Expr, name: str, kind: str, cost: float) -> Expr:
    """Read a field; a missing one is null."""
    return Expr("field", (base,), (name,), kind, cost)


def make(name: str, *args: Expr, params: tuple[Any, ...] = (), extra: float = 0.0) -> Expr:
    """Apply an operator; the cost is its own, its arguments' and `extra`."""
    operator = OPERATORS[name]
    return Expr(name, args, params, operator.type, operator.cost + extra + sum(arg.cost for arg in args))


def pipe(source: Expr, depth: int, stages: tuple[Stage, ...], body: Expr | None, cost: float) -> Expr:
    """Run the elements of `source` through stages and map each to `body` (None: the element itself)."""
    return Expr("pipe", (source,), (depth, stages, body), "list", cost)


def evaluate(expr: Expr, scope: Scope) -> Any:
    """Compute the value in one scope.

    Raises:
        Undefined: or another of `FAILURES`, when the expression means nothing there.
    """
    match expr.op:
        case "var":
            return scope[expr.params[0]]
        case "const":
            return expr.params[0]
        case "field":
            base = evaluate(expr.args[0], scope)
            return base.get(expr.params[0]) if isinstance(base, dict) else None
        case "object":
            return _object(expr, scope)
        case "or_null" | "if":
            return _chosen(expr, scope)
        case "pipe":
            return _pipeline(expr, scope)
        case "template":
            return "".join(
                part if isinstance(part, str) else text_of(evaluate(expr.args[part], scope)) for part in expr.params
            )
        case "pair" | "list":
            return [evaluate(arg, scope) for arg in expr.args]
        case "from_pairs":
            return dict(_pair(pair) for pair in evaluate(expr.args[0], scope))
    return apply(expr, [evaluate(arg, scope) for arg in expr.args])


def _chosen(expr: Expr, scope: Scope) -> Any:
    """Evaluate the side that the test chooses, or null where the operand means nothing."""
    if expr.op == "if":
        return evaluate(expr.args[1 if evaluate(expr.args[0], scope) is True else 2], scope)
    try:
        return evaluate(expr.args[0], scope)
    except FAILURES:
        return None


def apply(expr: Expr, values: list[Any]) -> Any:
    """Apply the operator of `expr` to values already computed."""
    return OPERATORS[expr.op].run(*values, *expr.params)


def _pair(pair: list[Any]) -> tuple[str, Any]:
    return text_of(pair[0]), pair[1]


def _object(expr: Expr, scope: Scope) -> dict[str, Any]:
    """Build an object; params: (names, spread, dropped). Spread objects come first, then the named fields."""
    names, spreads, dropped = expr.params
    built: dict[str, Any] = {}
    for arg in expr.args[:spreads]:
        built.update(evaluate(arg, scope) or {})
    for name in dropped:
        built.pop(name, None)
    for name, arg in zip(names, expr.args[spreads:], strict=True):
        built[name] = evaluate(arg, scope)
    return built


def _pipeline(expr: Expr, scope: Scope) -> list[Any]:
    depth, stages, body = expr.params
    level = LEVELS[depth]
    scopes = scopes_of(evaluate(expr.args[0], scope), scope, depth, stages)
    return [element[level.element] if body is None else evaluate(body, element) for element in scopes]


def scopes_of(elements: Any, scope: Scope, depth: int, stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
    """Bind each element in a scope of its own and run the stages; `index` and `elements` are those at the end."""
    level = LEVELS[depth]
    current = [{**scope, level.element: element} for element in elements or []]
    for stage in stages:
        current = _run_stage(stage, current, scope, depth)
    everything = [element.get(level.element) for element in current]
    return [{**element, level.index: index, level.elements: everything} for index, element in enumerate(current)]


def _run_stage(stage: Stage, scopes: list[dict[str, Any]], outer: Scope, depth: int) -> list[dict[str, Any]]:
    match stage.kind:
        case "filter":
            return [scope for scope in scopes if evaluate(stage.exprs[0], scope) is True]
        case "sort":
            return _sorted(stage, scopes)
        case "dedupe":
            return _deduped(stage, scopes)
        case "limit":
            count, end = stage.params
            return scopes[:count] if end == "first" else scopes[-count:] if count else []
        case "skip":
            count, end = stage.params
            return scopes[count:] if end == "first" else scopes[:-count] if count else scopes
        case "reverse":
            return scopes[::-1]
        case "explode":
            return _exploded(stage, scopes, depth)
        case "group":
            return _grouped(stage, scopes, outer, depth)
    return _chunked(stage, scopes, outer, depth)


def _sorted(stage: Stage, scopes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort stably by several keys, last key first; params: one `descending` a key."""
    ordered = scopes
    for expr, descending in reversed(list(zip(stage.exprs, stage.params, strict=True))):
        keys = [evaluate(expr, scope) for scope in ordered]
        if any(key is None for key in keys) and len(keys) > 1:
            raise Undefined
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=descending)
        ordered = [ordered[index] for index in order]
    return ordered


def _deduped(stage: Stage, scopes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep one scope a key: the first, the last at its own place or the first one's, the first of each unbroken run."""
    keep = stage.params[0]
    keys = [tuple(key_of(evaluate(expr, scope)) for expr in stage.exprs) for scope in scopes]
    if keep == "adjacent":
        return [scope for place, scope in enumerate(scopes) if place == 0 or keys[place] != keys[place - 1]]
    if keep == "first":
        first = {key: index for index, key in reversed(list(enumerate(keys)))}
        return [scopes[index] for index in sorted(first.values())]
    last = {key: scopes[index] for index, key in enumerate(keys)}
    if keep == "last_in_place":
        return list(last.values())
    places = {key: index for index, key in enumerate(keys)}
    return [scopes[index] for index in sorted(places.values())]


def _exploded(stage: Stage, scopes: list[dict[str, Any]], depth: int) -> list[dict[str, Any]]:
    inner = LEVELS[depth + 1]
    exploded = []
    for scope in scopes:
        elements = evaluate(stage.exprs[0], scope)
        for position, element in enumerate(elements or []):
            exploded.append({**scope, inner.element: element, inner.index: position, inner.elements: elements})
    return exploded


def _grouped(stage: Stage, scopes: list[dict[str, Any]], outer: Scope, depth: int) -> list[dict[str, Any]]:
    level = LEVELS[depth]
    element = LEVELS[depth + 1].element if stage.params else level.element
    groups: dict[Any, list[dict[str, Any]]] = {}
    for scope in scopes:
        key = tuple(key_of(evaluate(expr, scope)) for expr in stage.exprs)
        groups.setdefault(key, []).append(scope)
    return [
        {**outer, level.key: evaluate(stage.exprs[0], group[0]), level.group: [scope[element] for scope in group]}
        for group in groups.values()
    ]


def _chunked(stage: Stage, scopes: list[dict[str, Any]], outer: Scope, depth: int) -> list[dict[str, Any]]:
    level = LEVELS[depth]
    size = stage.params[0]
    rows = [scope[level.element] for scope in scopes]
    return [{**outer, level.group: rows[start : start + size]} for start in range(0, len(rows), size)]


def variables(expr: Expr) -> frozenset[str]:
    """Return the names of all variables that the expression reads."""
    if expr.reads is None:
        own = frozenset([str(expr.params[0])]) if expr.op == "var" else frozenset()
        inner = [*expr.args]
        if expr.op == "pipe":
            _, stages, body = expr.params
            inner += [one for stage in stages for one in stage.exprs] + ([body] if body is not None else [])
        object.__setattr__(expr, "reads", own.union(*map(variables, inner)))
    assert expr.reads is not None
    return expr.reads


def stages_of(expr: Expr) -> Iterator[Stage]:
    """Yield every stage of every pipeline inside."""
    for inner in subexpressions(expr):
        if inner.op == "pipe":
            yield from inner.params[1]


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and every expression inside it, stages and bodies included."""
    yield expr
    for arg in expr.args:
        yield from subexpressions(arg)
    if expr.op == "pipe":
        _, stages, body = expr.params
        for stage in stages:
            for inner in stage.exprs:
                yield from subexpressions(inner)
        if body is not None:
            yield from subexpressions(body)
