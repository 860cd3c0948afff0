"""What a Python expression is, as far as it can be told without running it: constant texts, and dotted names."""

import ast
import base64
import codecs
import re
from typing import Any

from tools.checks.python_scopes import PythonScopes

__all__ = ["PythonValues"]

_MAX_DEPTH = 12
_MAX_TEXT = 10_000
"""Longer texts and lists are unknown: cut ones would pass for others once they are sliced."""
_MAX_WORK = 1_000_000
"""Characters that one method may make before they are found to be too many."""
_WIDE = re.compile(r"\d{4}|\*|\{[^{}]*\{")
"""A format that asks for a wide field, or computes the width: a few characters could ask for all memory."""
_FAILS_WHEN_RUN = (TypeError, ValueError, LookupError, OverflowError)
"""What an expression that has no value may raise (unicode and base64 errors are `ValueError`s)."""
_STRING_METHODS = frozenset(
    {
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "title",
        "swapcase",
        "casefold",
        "capitalize",
        "removeprefix",
        "removesuffix",
        "replace",
        "center",
    }
)


class PythonValues:
    """Constants (text, bytes, numbers, lists of them) and dotted names (`os.system`) of one tree."""

    def __init__(self, scopes: PythonScopes) -> None:
        self.scopes = scopes
        self._known: dict[int, str | None] = {}
        """Paths of names by the identity of their bindings: a name means the same wherever it is read."""

    def text(self, node: ast.AST | None) -> str | None:
        """The constant string this expression yields, or None."""
        value = self.constant(node, 0)
        if isinstance(value, bytes):
            return value.decode("latin-1")
        return value if isinstance(value, str) else None

    def path(self, node: ast.AST | None, depth: int = 0) -> str | None:
        """The dotted name of what this expression refers to, through imports and aliases; builtins have no prefix."""
        if node is None or depth > _MAX_DEPTH:
            return None
        if isinstance(node, ast.Name):
            return self._name(node, depth + 1)
        if isinstance(node, ast.Attribute):
            base = self.path(node.value, depth + 1)
            return f"{base}.{node.attr}" if base is not None else None
        if isinstance(node, ast.NamedExpr):
            return self.path(node.value, depth + 1)
        if isinstance(node, ast.Call):
            return self._call(node, depth + 1)
        if isinstance(node, ast.IfExp):
            return self.path(node.body, depth + 1) or self.path(node.orelse, depth + 1)
        return None

    def _name(self, node: ast.Name, depth: int) -> str | None:
        bindings = self.scopes.bindings(node)
        if not bindings:
            return node.id
        key = id(bindings)
        if key not in self._known:
            self._known[key] = None  # a name bound to itself leads nowhere
            found = (self._bound(binding, node.id, depth) for binding in bindings)
            self._known[key] = next((path for path in found if path is not None), None)
        return self._known[key]

    def _bound(self, binding: ast.AST, name: str, depth: int) -> str | None:
        if isinstance(binding, ast.alias):
            statement = self.scopes.parents.get(binding)
            if isinstance(statement, ast.ImportFrom):
                return f"{statement.module or '.'}.{binding.name}"
            return binding.name if binding.asname else binding.name.split(".")[0]
        statement = self.scopes.parents.get(binding)
        if isinstance(statement, ast.Assign | ast.NamedExpr | ast.AnnAssign):
            return self.path(statement.value, depth)
        return None

    def _call(self, node: ast.Call, depth: int) -> str | None:
        function = self.path(node.func, depth)
        if function == "getattr" and len(node.args) > 1:
            base, name = self.path(node.args[0], depth), self.text(node.args[1])
            return f"{base}.{name}" if base is not None and name is not None else None
        return None

    def constant(self, node: ast.AST | None, depth: int) -> Any:
        """The value of a constant expression, or None."""
        if node is None or depth > _MAX_DEPTH:
            return None
        handler = getattr(self, f"_constant_{type(node).__name__}", None)
        try:
            value = handler(node, depth + 1) if handler is not None else None
        except _FAILS_WHEN_RUN:
            return None
        return None if isinstance(value, str | bytes | list) and len(value) > _MAX_TEXT else value

    def _constant_Constant(self, node: ast.Constant, depth: int) -> Any:  # noqa: N802 - named as ast names it
        return node.value if isinstance(node.value, str | bytes | int) else None

    def _constant_Name(self, node: ast.Name, depth: int) -> Any:  # noqa: N802 - named as ast names it
        bindings = self.scopes.bindings(node)
        if len(bindings) != 1:
            return None
        statement = self.scopes.parents.get(bindings[0])
        if isinstance(statement, ast.Assign | ast.NamedExpr | ast.AnnAssign):
            return self.constant(statement.value, depth)
        return None

    def _constant_JoinedStr(self, node: ast.JoinedStr, depth: int) -> Any:  # noqa: N802 - named as ast names it
        pieces = [
            self.constant(part.value if isinstance(part, ast.FormattedValue) else part, depth) for part in node.values
        ]
        return None if any(piece is None for piece in pieces) else "".join(map(str, pieces))

    def _constant_BinOp(self, node: ast.BinOp, depth: int) -> Any:  # noqa: N802 - named as ast names it
        if isinstance(node.op, ast.Add):
            return self._sum(node, depth)
        left, right = self.constant(node.left, depth), self.constant(node.right, depth)
        if isinstance(node.op, ast.Mult) and isinstance(left, str) and isinstance(right, int):
            return left * right if len(left) * right <= _MAX_TEXT else None
        if isinstance(node.op, ast.Mod) and isinstance(left, str) and right is not None and not _WIDE.search(left):
            return left % (tuple(right) if isinstance(right, list) else right)
        return None

    def _sum(self, node: ast.BinOp, depth: int) -> Any:
        pieces: list[Any] = []
        current: ast.AST = node
        while isinstance(current, ast.BinOp) and isinstance(current.op, ast.Add):
            pieces.append(self.constant(current.right, depth))
            current = current.left
        pieces.append(self.constant(current, depth))
        for kind in (str, bytes, list):
            if all(isinstance(piece, kind) for piece in pieces):
                total: Any = kind()
                for piece in reversed(pieces):
                    total = total + piece
                return total
        return None

    def _constant_List(self, node: ast.List | ast.Tuple, depth: int) -> Any:  # noqa: N802 - named as ast names it
        values = [self.constant(element, depth) for element in node.elts]
        return None if any(value is None for value in values) else values

    _constant_Tuple = _constant_List  # noqa: N815 - named as ast names it

    def _constant_Subscript(self, node: ast.Subscript, depth: int) -> Any:  # noqa: N802 - named as ast names it
        value = self.constant(node.value, depth)
        if not isinstance(value, str | bytes | list):
            return None
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper, node.slice.step)
            return value[slice(*(None if bound is None else ast.literal_eval(bound) for bound in bounds))]
        return value[ast.literal_eval(node.slice)]

    def _constant_Call(self, node: ast.Call, depth: int) -> Any:  # noqa: N802 - named as ast names it
        args = [self.constant(arg, depth) for arg in node.args]
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, args, depth)
        name = self.path(node.func) or ""
        return _builtin(name, args)

    def _method(self, node: ast.Call, function: ast.Attribute, args: list[Any], depth: int) -> Any:
        path = self.path(function) or ""
        if path in {"base64.b64decode", "base64.urlsafe_b64decode", "codecs.decode", "bytes.fromhex"}:
            return _decoded(path, args)
        value = self.constant(function.value, depth)
        return None if value is None else self._string_method(node, function.attr, value, args, depth)

    def _string_method(self, node: ast.Call, method: str, value: Any, args: list[Any], depth: int) -> Any:
        if method == "join" and isinstance(value, str | bytes):
            parts = (
                args[0] if args and args[0] is not None else self._generated(node.args[0] if node.args else None, depth)
            )
            is_short = isinstance(parts, list | str) and len(value) * len(parts) <= _MAX_WORK
            return value.join(parts) if is_short else None
        if None in args or (
            isinstance(value, str | bytes) and len(value) * max(map(_size, args), default=0) > _MAX_WORK
        ):
            return None
        if method in {"decode", "encode"}:
            return value.decode() if isinstance(value, bytes) else value.encode()
        if (
            method == "format"
            and isinstance(value, str)
            and not node.keywords
            and "." not in value
            and "[" not in value
            and not _WIDE.search(value)
        ):
            return value.format(*args)
        if method == "split" and isinstance(value, str):
            return value.split(*args)
        return getattr(value, method)(*args) if method in _STRING_METHODS else None

    def _generated(self, node: ast.AST | None, depth: int) -> Any:
        """`chr(c) for c in [..]`, `map(chr, [..])`, `reversed("..")`."""
        if (
            isinstance(node, ast.GeneratorExp | ast.ListComp)
            and isinstance(node.elt, ast.Call)
            and len(node.generators) == 1
        ):
            values = self.constant(node.generators[0].iter, depth)
            if self.path(node.elt.func) == "chr" and isinstance(values, list | bytes):
                return _builtin("map", ["chr", list(values)])
        if (
            isinstance(node, ast.GeneratorExp | ast.ListComp)
            and isinstance(node.elt, ast.Name)
            and len(node.generators) == 1
        ):
            values = self.constant(node.generators[0].iter, depth)
            return list(values) if isinstance(values, list | str) else None
        if isinstance(node, ast.Call) and self.path(node.func) == "map" and len(node.args) == 2:
            values = self.constant(node.args[1], depth)
            if self.path(node.args[0]) == "chr" and isinstance(values, list | bytes):
                return _builtin("map", ["chr", list(values)])
        return None


def _size(value: Any) -> int:
    """How much a method may make of one character: the length of a text, or the width that a number asks for."""
    return abs(value) if isinstance(value, int) else len(value)


def _builtin(name: str, args: list[Any]) -> Any:
    if name == "chr":
        return chr(args[0])
    if name in {"str", "bytes", "bytearray"}:
        return bytes(args[0]) if isinstance(args[0], list) else args[0]
    if name == "map":
        return [chr(number) for number in args[1]]
    if name in {"reversed", "list", "tuple"}:
        values = list(args[0])
        return values[::-1] if name == "reversed" else values
    return None


def _decoded(path: str, args: list[Any]) -> Any:
    if path == "bytes.fromhex":
        return bytes.fromhex(args[0])
    if path == "codecs.decode":
        return codecs.decode(args[0], args[1]) if args[1] in {"rot13", "rot_13"} else None
    return base64.b64decode(args[0])
