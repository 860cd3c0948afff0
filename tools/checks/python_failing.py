"""Python code with the test it failed: its nodes on the failing line, and edits of them."""

import ast

from tools.checks.failure import Failure
from tools.checks.python_scopes import PythonScopes
from tools.checks.report import Edit
from tools.checks.text_edits import TextEdit, apply_edits, positions

__all__ = ["FailingCode"]


class FailingCode:
    """The tree, the scopes, and the places of its nodes."""

    def __init__(self, code: str, tree: ast.Module, failure: Failure) -> None:
        self.code = code
        self.tree = tree
        self.failure = failure
        self.place = positions(code)
        self.scopes = PythonScopes(tree)
        self.parents = self.scopes.parents

    def nodes(self, *kinds: type[ast.AST]) -> list[ast.AST]:
        """The nodes of these kinds on the failing line; everywhere when no line is known."""
        line = self.failure.line
        found = [n for n in self.scopes.nodes if isinstance(n, kinds)]
        found.sort(key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
        return [n for n in found if line is None or getattr(n, "lineno", 0) <= line <= getattr(n, "end_lineno", 0)]

    def edit(self, message: str, *changes: tuple[ast.AST, str]) -> Edit:
        """The code with these nodes replaced."""
        edits = [TextEdit(*self.place(node), text) for node, text in changes]
        return Edit(f"test/{self.failure.error_type or 'wrong-output'}", message, apply_edits(self.code, edits))

    def text(self, node: ast.AST) -> str:
        """The source of a node."""
        return self.code[slice(*self.place(node))]
