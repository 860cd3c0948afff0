"""Which declaration a JavaScript name means: scopes, bindings, and what they were bound to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource

__all__ = ["Binding", "BindingKind", "Scope", "Scopes", "pattern_names", "scopes_of"]

BindingKind = Literal["var", "let", "const", "class", "function", "param", "catch", "import", "self"]
_BLOCKS = frozenset(
    {
        "statement_block",
        "for_statement",
        "for_in_statement",
        "catch_clause",
        "switch_body",
        "class_static_block",
        "class",
    }
)
_DECLARES_NOTHING = frozenset(
    {"identifier", "property_identifier", "member_expression", "call_expression", "arguments", "string", "number"}
)
"""The most frequent kinds, not even looked up."""
_REFERENCE = frozenset({"identifier", "shorthand_property_identifier"})


@dataclass(frozen=True, slots=True)
class Binding:
    """One declared name."""

    name: str
    kind: BindingKind
    node: JsNode
    """The identifier in the declaration."""
    value: JsNode | None
    """What it was bound to, before the keys of a pattern are taken; None when unknown."""
    keys: tuple[str | None, ...] = ()
    """The way through a destructuring pattern; None for a computed key or a rest."""


@dataclass(slots=True)
class Scope:
    """The bindings of one block or function."""

    node: JsNode
    parent: "Scope | None"
    names: dict[str, list[Binding]] = field(default_factory=dict)

    @property
    def is_function(self) -> bool:
        """Whether `var` stops here."""
        return self.parent is None or self.node.kind in FUNCTIONS or self.node.kind == "class_static_block"

    def add(self, binding: Binding) -> None:
        """Declare a name here."""
        self.names.setdefault(binding.name, []).append(binding)


class Scopes:
    """All scopes of a source; look names up with `resolve`."""

    def __init__(self, source: JsSource) -> None:
        self.source = source
        self._by_node: dict[int, Scope] = {}
        self._writes: dict[str, list[JsNode]] | None = None
        self._resolved: dict[int, list[Binding]] = {}
        self.root = Scope(source.root, None)
        self._by_node[id(source.root)] = self.root
        for node in source.nodes:
            kind = node.kind
            if kind in FUNCTIONS or (kind in _BLOCKS and not _is_function_body(node)):
                self._by_node[id(node)] = Scope(node, self.of(node.parent or source.root))
            if node.named and kind not in _DECLARES_NOTHING:
                self._declare(node)

    @property
    def all(self) -> list[Scope]:
        """Every scope, outermost first."""
        return list(self._by_node.values())

    def of(self, node: JsNode) -> Scope:
        """The innermost scope that holds this node."""
        current: JsNode | None = node
        while current is not None:
            scope = self._by_node.get(id(current))
            if scope is not None:
                return scope
            current = current.parent
        return self.root

    def resolve(self, node: JsNode) -> list[Binding]:
        """The bindings an identifier may mean; empty for a global name."""
        known = self._resolved.get(id(node))
        if known is None:
            known = self._resolved[id(node)] = self._look_up(node)
        return known

    def _look_up(self, node: JsNode) -> list[Binding]:
        name = node.name
        scope: Scope | None = self.of(node)
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return []

    def references(self) -> Iterator[JsNode]:
        """The identifiers that are read or written, not those that declare."""
        declared = {id(b.node) for scope in self._by_node.values() for group in scope.names.values() for b in group}
        for node in self.source.kinds(*_REFERENCE):
            if id(node) not in declared:
                yield node

    def writes(self, name: str) -> list[JsNode]:
        """The identifiers of this name that are assigned to after their declaration."""
        if self._writes is None:
            self._writes = {}
            for pattern in self._written():
                for target, _ in pattern_names(pattern):
                    self._writes.setdefault(target.name, []).append(target)
        return self._writes.get(name, [])

    def _written(self) -> Iterator[JsNode | None]:
        for node in self.source.kinds("assignment_expression", "augmented_assignment_expression"):
            yield node.child("left")
        for node in self.source.kinds("update_expression"):
            yield node.child("argument")
        for node in self.source.kinds("for_in_statement"):
            yield node.child("left") if node.child("kind") is None else None

    def _function(self, scope: Scope) -> Scope:
        while not scope.is_function:
            assert scope.parent is not None
            scope = scope.parent
        return scope

    def _declare(self, node: JsNode) -> None:
        declare = getattr(self, f"_declare_{node.kind}", None)
        if declare is not None:
            declare(node)
        if node.kind in FUNCTIONS:
            self._declare_parameters(node)

    def _bind(self, scope: Scope, kind: BindingKind, pattern: JsNode | None, value: JsNode | None) -> None:
        for name, keys in pattern_names(pattern):
            scope.add(Binding(name.name, kind, name, value, keys))

    def _declare_variable_declarator(self, node: JsNode) -> None:
        declaration = node.parent
        if declaration is None or not declaration.children:
            return
        word = declaration.children[0].text
        scope = self.of(node)
        value = node.child("value")
        if word == "var":
            self._bind(self._function(scope), "var", node.child("name"), value)
        else:
            self._bind(scope, "const" if word == "const" else "let", node.child("name"), value)

    def _declare_for_in_statement(self, node: JsNode) -> None:
        kind = node.child("kind")
        if kind is None:
            return
        scope = self.of(node)
        word = kind.text
        if word == "var":
            self._bind(self._function(scope), "var", node.child("left"), None)
        else:
            self._bind(scope, "const" if word == "const" else "let", node.child("left"), None)

    def _declare_function_declaration(self, node: JsNode) -> None:
        self._bind(self.of(node.parent or node), "function", node.child("name"), node)

    _declare_generator_function_declaration = _declare_function_declaration

    def _declare_function_expression(self, node: JsNode) -> None:
        self._bind(self.of(node), "self", node.child("name"), node)

    _declare_generator_function = _declare_function_expression

    def _declare_class_declaration(self, node: JsNode) -> None:
        self._bind(self.of(node.parent or node), "class", node.child("name"), node)

    def _declare_class(self, node: JsNode) -> None:
        self._bind(self.of(node), "self", node.child("name"), node)

    def _declare_catch_clause(self, node: JsNode) -> None:
        self._bind(self.of(node), "catch", node.child("parameter"), None)

    def _declare_import_specifier(self, node: JsNode) -> None:
        self._bind(self.root, "import", node.child("alias") or node.child("name"), None)

    def _declare_parameters(self, node: JsNode) -> None:
        scope = self.of(node)
        single = node.child("parameter")
        parameters = node.child("parameters")
        for pattern in [single] if single is not None else parameters.parts() if parameters is not None else []:
            self._bind(scope, "param", pattern, None)


@lru_cache(maxsize=16)
def scopes_of(source: JsSource) -> Scopes:
    """The scopes of a source; the last few are remembered, as several checks ask for the same."""
    return Scopes(source)


def _is_function_body(node: JsNode) -> bool:
    return (
        node.kind == "statement_block"
        and node.field == "body"
        and node.parent is not None
        and node.parent.kind in FUNCTIONS
    )


def pattern_names(pattern: JsNode | None) -> Iterator[tuple[JsNode, tuple[str | None, ...]]]:
    """The identifiers that a pattern binds or assigns, each with its way through the pattern."""
    stack: list[tuple[JsNode, tuple[str | None, ...]]] = [] if pattern is None else [(pattern, ())]
    while stack:
        node, keys = stack.pop()
        if node.kind in {"identifier", "shorthand_property_identifier_pattern"}:
            own = node.kind == "shorthand_property_identifier_pattern"
            yield node, (*keys, node.name) if own else keys
        elif node.kind in {"array_pattern", "array"}:
            stack.extend((part, (*keys, str(index))) for index, part in enumerate(node.parts()))
        elif node.kind in {"pair_pattern", "pair"}:
            value = node.child("value")
            if value is not None:
                stack.append((value, (*keys, _key_name(node.child("key")))))
        elif node.kind in {"assignment_pattern", "object_assignment_pattern", "assignment_expression"}:
            left = node.child("left")
            if left is not None:
                stack.append((left, keys))
        elif node.kind in {"rest_pattern", "spread_element"}:
            stack.extend((part, (*keys, None)) for part in node.parts())
        elif node.kind in {"object_pattern", "object"}:
            stack.extend((part, keys) for part in node.parts())


def _key_name(key: JsNode | None) -> str | None:
    if key is None or key.kind == "computed_property_name":
        inner = key.parts() if key is not None else []
        return inner[0].text[1:-1] if len(inner) == 1 and inner[0].kind == "string" else None
    return key.text[1:-1] if key.kind == "string" else key.name
