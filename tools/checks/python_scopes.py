"""Which Python names are the user's own, and what a name was bound to."""

import ast
import bisect
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["PythonScope", "PythonScopes", "child_nodes"]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WITHOUT_NODES = frozenset({"ctx", "op", "ops", "id", "attr", "kind", "type_comment", "lineno", "level", "module"})
"""Fields that hold no code: marks such as `Load()` are a third of all nodes, and no rule asks them."""
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


@dataclass(slots=True, eq=False)
class PythonScope:
    """The names of one function, class, comprehension, or the top."""

    node: ast.AST
    parent: "PythonScope | None"
    names: dict[str, list[ast.AST]] = field(default_factory=dict)
    """For each name the nodes that bind it: an assignment's value where it is known, else the binding node."""
    certain: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """First and last lines between which a name of the top is surely bound, for `if 0: eval = None` binds nothing."""

    @property
    def is_function(self) -> bool:
        """Whether a name bound here is local, whatever happens when it runs."""
        return isinstance(self.node, (*_FUNCTIONS, *_COMPREHENSIONS))


class PythonScopes:
    """All scopes of a tree; `owner` gives the scope of each node."""

    def __init__(self, tree: ast.Module) -> None:
        self.owner: dict[ast.AST, PythonScope] = {}
        self.nodes: list[ast.AST] = []
        self.parents: dict[ast.AST, ast.AST] = {}
        self.top = PythonScope(tree, None)
        self._read(tree)

    def bindings(self, name: ast.Name) -> list[ast.AST]:
        """What the name was bound to; empty when it means a builtin, or may mean it."""
        scope: PythonScope | None = self.owner[name]
        first = scope
        while first is not None and isinstance(first.node, _COMPREHENSIONS):
            first = first.parent  # it runs where it stands
        while scope is not None:
            hidden = isinstance(scope.node, ast.ClassDef) and scope is not first
            if name.id in scope.names and not hidden and self._is_surely_bound(scope, name, first):
                return scope.names[name.id]
            scope = scope.parent
        return []

    def has_binding(self, name: ast.Name) -> bool:
        """Whether anything binds the name where it can be seen, surely or not: then it is no unknown one."""
        scope: PythonScope | None = self.owner[name]
        while scope is not None:
            if name.id in scope.names:
                return True
            scope = scope.parent
        return False

    def _is_surely_bound(self, scope: PythonScope, name: ast.Name, first: PythonScope | None) -> bool:
        if scope.is_function:
            return True
        spans = scope.certain.get(name.id, [])
        if scope is not first:
            return any(end == math.inf for _, end in spans)
        nearest = bisect.bisect_right(spans, (name.lineno, math.inf))
        return any(end >= name.lineno for _, end in reversed(spans[:nearest]))

    def _read(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, PythonScope]] = [(tree, self.top)]
        while stack:
            node, scope = stack.pop()
            self.nodes.append(node)
            self.owner[node] = scope
            inner = scope
            if isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):
                inner = PythonScope(node, scope)
            for name, value in _bound(node):
                target = inner if isinstance(node, (ast.arg, ast.comprehension)) else scope
                self._bind(target, node, name, value)
            for child in child_nodes(node):
                self.parents[child] = node
                stack.append((child, self._scope_of(node, child, scope, inner)))
        for scope in set(self.owner.values()):
            for spans in scope.certain.values():
                spans.sort()

    def _scope_of(self, node: ast.AST, child: ast.AST, scope: PythonScope, inner: PythonScope) -> PythonScope:
        """Defaults, decorators, bases and the first iterable of a comprehension belong to the outer scope."""
        if inner is scope:
            return scope
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            outside = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else [])]
            return scope if child in outside else inner
        return inner

    def _bind(self, scope: PythonScope, node: ast.AST, name: str, value: ast.AST) -> None:
        scope.names.setdefault(name, []).append(value)
        statement: ast.AST = node
        while statement in self.parents and not isinstance(statement, ast.stmt):
            if isinstance(statement, ast.NamedExpr):
                return  # it may be skipped
            statement = self.parents[statement]
        span = self._span(statement, scope)
        if span is not None:
            scope.certain.setdefault(name, []).append(span)

    def _span(self, statement: ast.AST, scope: PythonScope) -> tuple[int, float] | None:
        """The lines in which what this statement binds is there for sure."""
        if isinstance(statement, ast.For | ast.AsyncFor):
            return statement.body[0].lineno, statement.body[-1].end_lineno or math.inf
        if not isinstance(statement, ast.stmt):
            return None
        parent = self.parents.get(statement)
        if parent is scope.node:
            return statement.lineno, math.inf
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(parent, block, [])
            if isinstance(statements, list) and statement in statements:
                return statement.lineno, statements[-1].end_lineno
        return None


def child_nodes(node: ast.AST) -> list[ast.AST]:
    """The nodes right below, without operators and contexts; half the time of `ast.iter_child_nodes`."""
    kind = type(node)
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in node._fields if name not in _WITHOUT_NODES)
    found: list[ast.AST] = []
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            found.append(value)
        elif isinstance(value, list):
            found += [child for child in value if isinstance(child, ast.AST)]
    return found


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The names that this node itself binds, with their value."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id, node
    elif isinstance(node, ast.arg):
        yield node.arg, node
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.split(".")[0], node
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, node
