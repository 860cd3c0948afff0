"""JavaScript code as the optimiser's rules see it: loops and callbacks, kinds of values, and edits."""

import re
from functools import cached_property

from tools.checks.javascript_scopes import Binding, scopes_of
from tools.checks.javascript_tree import FUNCTIONS, LOOPS, JsNode, JsSource
from tools.checks.text_edits import TextEdit
from tools.optimise.match import Gain, Suggestion

__all__ = ["ITERATORS", "MUTATORS", "JavaScriptCode", "arguments_of", "callee", "method_of", "suggest_at"]

ITERATORS = frozenset(
    {"map", "forEach", "filter", "reduce", "reduceRight", "find", "findIndex", "findLast", "some", "every", "flatMap"}
)
MUTATORS = frozenset(
    {
        "push",
        "pop",
        "shift",
        "unshift",
        "splice",
        "sort",
        "reverse",
        "fill",
        "set",
        "delete",
        "add",
        "clear",
        "copyWithin",
    }
)
_ARRAY_METHODS = frozenset(
    {
        "map",
        "filter",
        "slice",
        "concat",
        "flatMap",
        "flat",
        "sort",
        "reverse",
        "split",
        "toSorted",
        "keys",
        "values",
        "entries",
        "from",
        "all",
        "match",
    }
)
_TEXT_METHODS = frozenset(
    {
        "join",
        "toString",
        "toUpperCase",
        "toLowerCase",
        "trim",
        "replace",
        "replaceAll",
        "padStart",
        "padEnd",
        "toFixed",
        "stringify",
    }
)
_LITERAL_KINDS = {"array": "array", "string": "text", "template_string": "text", "object": "object", "number": "number"}


def suggest_at(node: JsNode, kind: str, message: str, gain: Gain = "speed") -> Suggestion:
    """A suggestion at a node."""
    return Suggestion(kind, node.line, message, gain)


def method_of(call: JsNode) -> str:
    """The name of the method that a call expression calls; empty when it calls none."""
    function = call.child("function")
    name = function.child("property") if function is not None and function.kind == "member_expression" else None
    return name.text if name is not None else ""


def callee(call: JsNode) -> JsNode | None:
    """The object whose method is called."""
    function = call.child("function")
    return function.child("object") if function is not None and function.kind == "member_expression" else None


def arguments_of(call: JsNode) -> list[JsNode]:
    """The arguments of a call."""
    arguments = call.child("arguments")
    return arguments.parts() if arguments is not None and arguments.kind == "arguments" else []


class JavaScriptCode:
    """A source with its scopes."""

    def __init__(self, source: JsSource) -> None:
        self.source = source
        self.scopes = scopes_of(source)

    @cached_property
    def references(self) -> dict[str, list[JsNode]]:
        """The uses of each name, declarations left out."""
        found: dict[str, list[JsNode]] = {}
        for node in self.scopes.references():
            found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def names(self) -> set[str]:
        """All identifiers of the source."""
        return {
            node.name
            for node in self.source.kinds(
                "identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"
            )
        }

    def loop(self, node: JsNode) -> JsNode | None:
        """The nearest loop statement, or callback that runs once an element, around a node."""
        child = node
        for above in node.up():
            if above.kind in LOOPS and child.field not in {"right", "initializer"}:
                return above
            if above.kind in FUNCTIONS:
                return above if self.is_callback(above) else None
            child = above
        return None

    def is_callback(self, function: JsNode) -> bool:
        """Whether a function is called once for each element of an array."""
        arguments = function.parent
        call = arguments.parent if arguments is not None and arguments.kind == "arguments" else None
        return call is not None and call.kind == "call_expression" and method_of(call) in ITERATORS

    def binding(self, node: JsNode | None) -> Binding | None:
        """The only binding of an identifier."""
        if node is None or node.kind not in {"identifier", "shorthand_property_identifier"}:
            return None
        bindings = self.scopes.resolve(node)
        return bindings[0] if len(bindings) == 1 else None

    def kind(self, node: JsNode | None, depth: int = 0) -> str:
        """`array`, `text`, `object`, `number` or `?`."""
        if node is None or depth > 4:
            return "?"
        node = node.bare()
        if node.kind == "identifier":
            binding = self.binding(node)
            if binding is None:
                return "array" if node.name == "items" else "?"
            return self.kind(binding.value, depth + 1) if not binding.keys else "?"
        if node.kind == "call_expression":
            method = method_of(node)
            if method in _ARRAY_METHODS and not (
                method in {"slice", "concat"} and self.kind(callee(node), depth + 1) == "text"
            ):
                return "array"
            return "text" if method in _TEXT_METHODS else "?"
        if node.kind == "binary_expression" and node.has("+"):
            return (
                "text"
                if "text" in {self.kind(node.child("left"), depth + 1), self.kind(node.child("right"), depth + 1)}
                else "?"
            )
        return _LITERAL_KINDS.get(node.kind, "?")

    def names_in(self, node: JsNode) -> set[str]:
        """The names that occur in a node."""
        return {
            inner.name
            for inner in node.walk()
            if inner.kind in {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
        }

    def bound_in(self, loop: JsNode) -> set[str]:
        """The names declared or assigned inside a loop, its own variables among them."""
        found = {
            b.name
            for scope in self.scopes.all
            for group in scope.names.values()
            for b in group
            if loop.start <= b.node.start < loop.end
        }
        for name in self.names_in(loop):
            if any(loop.start <= target.start < loop.end for target in self.scopes.writes(name)):
                found.add(name)
        return found

    def changes(self, name: str, inside: JsNode) -> bool:
        """Whether a name is assigned, or what it holds may be changed, inside a node."""
        for use in self.references.get(name, ()):
            if not inside.start <= use.start < inside.end:
                continue
            parent = use.parent
            if parent is None:
                continue
            if use in self.scopes.writes(name):
                return True
            if parent.kind in {"member_expression", "subscript_expression"}:
                call = parent.parent
                if (
                    call is not None
                    and call.kind == "call_expression"
                    and method_of(call) in MUTATORS
                    and call.child("function") is parent
                ):
                    return True
                if call is not None and call.kind in {
                    "assignment_expression",
                    "augmented_assignment_expression",
                    "update_expression",
                }:
                    return call.child("left") is parent or call.kind == "update_expression"
        return False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Character offsets of byte offsets."""
        data = self.source.data
        return len(data[:start].decode("utf-8", "replace")), len(data[:end].decode("utf-8", "replace"))

    def replace(self, node: JsNode, text: str) -> TextEdit:
        """Put other text in the place of a node."""
        return TextEdit(*self.span(node.start, node.end), text)

    def replace_range(self, first: JsNode, last: JsNode, text: str) -> TextEdit:
        """Put other text in the place of neighbouring statements."""
        return TextEdit(*self.span(first.start, last.end), text)

    def insert_before(self, statement: JsNode, text: str) -> TextEdit:
        """Put a line before a statement, at its indentation."""
        start = self.span(statement.start, statement.start)[0]
        return TextEdit(start, start, f"{text}\n{self.indent(statement)}")

    def insert_after(self, statement: JsNode, text: str) -> TextEdit:
        """Put a line after a statement, at its indentation."""
        end = self.span(statement.end, statement.end)[0]
        return TextEdit(end, end, f"\n{self.indent(statement)}{text}")

    def remove(self, statement: JsNode) -> TextEdit:
        """Take a statement out, with its line when nothing else is on it."""
        start, end = self.span(statement.start, statement.end)
        line_start = self.source.code.rfind("\n", 0, start) + 1
        if not self.source.code[line_start:start].strip() and self.source.code[end : end + 1] == "\n":
            return TextEdit(line_start, end + 1, "")
        return TextEdit(start, end, "")

    def indent(self, statement: JsNode) -> str:
        """The white space before a statement."""
        start = self.span(statement.start, statement.start)[0]
        line = self.source.code[self.source.code.rfind("\n", 0, start) + 1 : start]
        found = re.match(r"\s*", line)
        return found[0] if found is not None else ""

    def statement(self, node: JsNode) -> JsNode | None:
        """The statement of a block that holds a node."""
        current: JsNode | None = node
        while current is not None and current.parent is not None:
            if current.parent.kind in {"program", "statement_block", "switch_case"}:
                return current
            current = current.parent
        return None

    def before(self, statement: JsNode) -> JsNode | None:
        """The statement just before this one."""
        siblings = statement.parent.parts() if statement.parent is not None else []
        index = siblings.index(statement) if statement in siblings else 0
        return siblings[index - 1] if index > 0 else None

    def fresh(self, name: str) -> str:
        """A name that the source does not use yet."""
        while name in self.names:
            name += "_"
        return name
