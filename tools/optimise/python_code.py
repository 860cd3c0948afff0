"""Python code as the optimiser's rules see it: parents, kinds of values, and edits of whole statements."""

import ast
import textwrap
from collections.abc import Iterator
from functools import cached_property

from tools.checks.text_edits import TextEdit, positions
from tools.checks.words import words
from tools.optimise.match import Gain, Suggestion

__all__ = ["MUTATORS", "Loop", "PythonCode", "is_name", "names_in", "same", "suggest_at"]

Loop = ast.For | ast.While
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LIST_CALLS = frozenset({"list", "sorted"})
_CALL_KINDS = {
    "set": "set",
    "frozenset": "set",
    "dict": "dict",
    "str": "str",
    "int": "number",
    "float": "number",
    "len": "number",
    "tuple": "tuple",
    "Counter": "dict",
    "defaultdict": "dict",
    "deque": "deque",
}
_STR_METHODS = frozenset({"join", "upper", "lower", "strip", "format", "replace", "title", "capitalize"})


class PythonCode:
    """A tree with its source."""

    def __init__(self, code: str, tree: ast.Module) -> None:
        self.code = code
        self.tree = tree
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.span = positions(code)
        self._starts = [0]
        for line in code.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes."""
        return list(ast.walk(self.tree))

    def loops(self) -> Iterator[Loop]:
        """The for and while statements."""
        for node in self.nodes:
            if isinstance(node, ast.For | ast.While):
                yield node

    def text(self, node: ast.AST) -> str:
        """The source of an expression."""
        return self.code[slice(*self.span(node))]

    def replace(self, node: ast.AST, text: str) -> TextEdit:
        """Put other text in the place of an expression or statement."""
        return TextEdit(*self.span(node), text)

    def replace_statements(self, statements: list[ast.stmt], text: str) -> TextEdit:
        """Put lines in the place of neighbouring statements of one block, at their indentation."""
        start = self._starts[statements[0].lineno - 1]
        end = self.span(statements[-1])[1]
        first = self.code[start:end]
        indent = first[: len(first) - len(first.lstrip())]
        return TextEdit(start, end, textwrap.indent(text, indent))

    def remove(self, statement: ast.stmt) -> TextEdit:
        """Take a statement out with its line."""
        start = self._starts[statement.lineno - 1]
        end = self.span(statement)[1]
        return TextEdit(start, end + (self.code[end : end + 1] == "\n"), "")

    def insert_before(self, statement: ast.stmt, text: str) -> TextEdit:
        """Put lines before a statement, at its indentation."""
        start = self._starts[statement.lineno - 1]
        indent = self.code[start : self.span(statement)[0]]
        return TextEdit(start, start, textwrap.indent(text, indent) + "\n")

    def block(self, statement: ast.AST) -> list[ast.stmt]:
        """The list of statements that holds this one."""
        return self._blocks.get(statement, [])

    @cached_property
    def _blocks(self) -> dict[ast.AST, list[ast.stmt]]:
        lists = [getattr(node, field, None) for node in self.nodes for field in ("body", "orelse", "finalbody")]
        return {statement: found for found in lists if isinstance(found, list) for statement in found}

    def before(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement just before this one in its block."""
        block = self.block(statement)
        index = block.index(statement) if statement in block else 0
        return block[index - 1] if index > 0 else None

    def scope(self, node: ast.AST) -> ast.AST:
        """The function or module that holds a node."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, _FUNCTIONS):
            current = self.parents.get(current)
        return current or self.tree

    def enclosing_loop(self, node: ast.AST) -> "Loop | ast.comprehension | None":
        """The nearest loop that runs a node more than once; a loop's own iterable is outside of it."""
        child, current = node, self.parents.get(node)
        while current is not None and not isinstance(current, _FUNCTIONS):
            if isinstance(current, ast.For) and child is not current.iter:
                return current
            if isinstance(current, ast.While):
                return current
            if isinstance(current, _COMPREHENSIONS):
                first = current.generators[0]
                if child is not first:
                    return first
                if isinstance(node, ast.expr) and not _within(node, first.iter):
                    return first
            child, current = current, self.parents.get(current)
        return None

    def uses(self, name: str, scope: ast.AST | None = None) -> list[ast.Name]:
        """All occurrences of a name, in source order."""
        found = [n for n in ast.walk(scope or self.tree) if isinstance(n, ast.Name) and n.id == name]
        return sorted(found, key=lambda n: (n.lineno, n.col_offset))

    def assigned(self, name: str) -> list[ast.expr | None]:
        """The values a name is assigned anywhere; None for what is not a plain assignment."""
        values: list[ast.expr | None] = []
        for use in self.uses(name):
            if not isinstance(use.ctx, ast.Store):
                continue
            parent = self.parents.get(use)
            if isinstance(parent, ast.Assign | ast.AnnAssign):
                values.append(parent.value)
            elif not isinstance(parent, ast.AugAssign):
                values.append(None)
        return values

    def kind(self, node: ast.expr | None, depth: int = 0) -> str:
        """`list`, `str`, `number`, `dict`, `set`, `tuple`, `deque` or `?`, from literals and assignments."""
        if isinstance(node, ast.Name) and depth < 4:
            kinds = {self.kind(value, depth + 1) for value in self.assigned(node.id)}
            return kinds.pop() if len(kinds) == 1 else "?"
        return _literal_kind(node)

    def changes(self, name: str, inside: ast.AST) -> bool:
        """Whether a name is assigned, or what it holds may be changed, somewhere inside a node."""
        for use in self.uses(name, inside):
            parent = self.parents.get(use)
            if not isinstance(use.ctx, ast.Load):
                return True
            if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store | ast.Del):
                return True
            if (
                isinstance(parent, ast.Attribute)
                and isinstance(self.parents.get(parent), ast.Call)
                and parent.attr in MUTATORS
            ):
                return True
        return False


MUTATORS = words("""
    append extend insert remove pop clear sort reverse add discard update setdefault popitem appendleft popleft
""")


def _literal_kind(node: ast.expr | None) -> str:
    if isinstance(node, ast.List | ast.ListComp):
        return "list"
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return "str"
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return "number"
    for types, kind in (
        (ast.Dict, "dict"),
        (ast.DictComp, "dict"),
        (ast.Set, "set"),
        (ast.SetComp, "set"),
        (ast.Tuple, "tuple"),
    ):
        if isinstance(node, types):
            return kind
    if isinstance(node, ast.Call):
        return _call_kind(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        kinds = {_literal_kind(node.left), _literal_kind(node.right)}
        return next((kind for kind in ("str", "list") if kind in kinds), "?")
    return "?"


def _call_kind(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return "list" if node.func.id in _LIST_CALLS else _CALL_KINDS.get(node.func.id, "?")
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in _STR_METHODS:
            return "str"
        return "list" if node.func.attr in {"split", "splitlines", "findall"} else "?"
    return "?"


def _within(node: ast.AST, outer: ast.AST) -> bool:
    return any(node is inner for inner in ast.walk(outer))


def is_name(node: ast.AST | None, name: str) -> bool:
    """Whether a node is exactly this name."""
    return isinstance(node, ast.Name) and node.id == name


def names_in(node: ast.AST) -> set[str]:
    """All names that occur in a node."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two expressions are written alike."""
    return ast.dump(left) == ast.dump(right)


def suggest_at(kind: str, node: ast.AST, message: str, gain: Gain = "speed") -> Suggestion:
    """A suggestion at a node."""
    return Suggestion(kind, getattr(node, "lineno", 1), message, gain)
