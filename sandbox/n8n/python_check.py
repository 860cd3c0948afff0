"""n8n's static check of Python nodes: what it refuses before anything runs, in its own words, line by line.

Facts: n8n 2.41's task-runner-python. It is no wall of ours, and it refuses harmless code too: any text equal to a
blocked name, such as the dict key `"obj"`.
"""

import ast
import string
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from re import compile as pattern
from typing import Any, Literal

from sandbox.types import NodeRules

__all__ = [
    "FORMAT_METHODS",
    "GUARD_NAME",
    "Kind",
    "Violation",
    "blocked_fields",
    "import_refusal",
    "is_standard",
    "is_unchecked",
    "violations",
]

GUARD_NAME = "__n8n_internal_safe_format__"
"""Name under which the runtime check of format strings is handed to the code; it may not be used by it."""
BLOCKED_NAMES = frozenset({"__loader__", "__builtins__", "__globals__", "__spec__", "__name__", GUARD_NAME})
BLOCKED_ATTRIBUTES = frozenset(
    (
        "__subclasses__ __globals__ __builtins__ __traceback__ tb_frame tb_next f_back f_globals f_locals "
        "f_code f_builtins __getattribute__ __qualname__ __module__ gi_frame gi_code gi_yieldfrom cr_frame "
        "cr_code ag_frame ag_code obj __thisclass__ __self_class__ __objclass__ __reduce__ __reduce_ex__ "
        "__prepare__ __instancecheck__ __subclasscheck__ __match_args__ __base__ __class__ __bases__ __code__ "
        "__closure__ __loader__ __cached__ __dict__ __import__ __mro__ __init_subclass__ __getattr__ "
        "__setattr__ __delattr__ __self__ __func__ __wrapped__ __annotations__ __spec__"
    ).split()
)
FORMAT_METHODS = frozenset({"format", "format_map", "vformat", "get_field"})
_GONE_IN_3_13 = frozenset(
    (
        "aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis "
        "nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib"
    ).split()
)
"""n8n's runner is CPython 3.13; these are no longer in its standard library."""
_STDLIB = frozenset(sys.stdlib_module_names) - _GONE_IN_3_13
_BYPASS = "is disallowed, because it can be used to bypass security restrictions."
_FIELD_ATTRIBUTE = pattern(r"\.(\w+)")
_FIELD_KEY = pattern(r"\[(['\"]?)(\w+)\1\]")


Kind = Literal[
    "stdlib-import",
    "external-import",
    "relative-import",
    "dynamic-import",
    "name",
    "attribute",
    "bound-format",
    "mangled",
    "positional-match",
    "text",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing the check refuses."""

    line: int
    text: str
    """In n8n's words."""
    kind: Kind
    name: str = ""
    """What is refused: the module, the name, the attribute, or the whole text."""
    column: int = 0
    """0-based, as in the tree."""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}"


def is_unchecked(rules: NodeRules) -> bool:
    """Whether n8n skips the whole check: everything may be imported."""
    return "*" in rules.python_stdlib_allow and "*" in rules.python_external_allow


def violations(tree: ast.Module, rules: NodeRules, nodes: Iterable[ast.AST] | None = None) -> list[Violation]:
    """List what n8n's check refuses in the code of `tree`, in the order n8n lists it; nothing where it is skipped.

    Args:
        nodes: All nodes of the tree in source order, each before those below it, by whoever has them already.
    """
    if is_unchecked(rules):
        return []
    checker = _Checker(rules)
    for node in _in_order(tree) if nodes is None else nodes:
        check = _CHECKS.get(type(node))
        if check is not None:
            check(checker, node)
    return checker.found


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes as `ast.NodeVisitor` meets them, without its recursion."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def is_standard(module: str) -> bool:
    """Whether a module is of the standard library of n8n's CPython."""
    return module.partition(".")[0] in _STDLIB


def import_refusal(module: str, rules: NodeRules) -> str | None:
    """Why `module` may not be imported, or None when it may."""
    top = module.partition(".")[0]
    standard = is_standard(module)
    allowed = rules.python_stdlib_allow if standard else rules.python_external_allow
    if "*" in allowed or top in allowed:
        return None
    names = ", ".join(sorted(allowed)) or "none"
    if standard:
        return f"Import of standard library module '{module}' is disallowed. Allowed stdlib modules: {names}"
    return f"Import of external package '{module}' is disallowed. Allowed external packages: {names}"


def blocked_fields(template: str) -> Iterator[str]:
    """The blocked names that a format string reaches for."""
    try:
        parsed = list(string.Formatter().parse(template))
    except (ValueError, IndexError):
        return
    for _literal, field, spec, _conversion in parsed:
        if field is not None:
            names = [match[1] for match in _FIELD_ATTRIBUTE.finditer(field)]
            names += [match[2] for match in _FIELD_KEY.finditer(field)]
            yield from (name for name in names if name in BLOCKED_ATTRIBUTES or name in BLOCKED_NAMES)
        if spec:
            yield from blocked_fields(spec)


_Placed = ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.pattern


class _Checker:
    """One check for each kind of node that n8n's visitor looks at."""

    def __init__(self, rules: NodeRules) -> None:
        self.rules = rules
        self.found: list[Violation] = []
        self.imported: set[str] = set()
        self.called: set[int] = set()
        self.joined: dict[int, str | None] = {}

    def imported_modules(self, node: ast.Import) -> None:
        for alias in node.names:
            self._import(alias.name, node)
            self._alias(alias.asname, node)

    def imported_names(self, node: ast.ImportFrom) -> None:
        if node.level > 0:
            self._add(node, "relative-import", "", "Relative imports are disallowed.")
        elif node.module:
            self._import(node.module, node)
        for alias in node.names:
            if not self._alias(alias.asname, node):
                self._alias(alias.name, node)

    def name(self, node: ast.Name) -> None:
        self._name(node.id, node)

    def attribute(self, node: ast.Attribute) -> None:
        name = node.attr
        if name in BLOCKED_ATTRIBUTES:
            self._add(node, "attribute", name, f"Access to attribute '{name}' {_BYPASS}")
        if name in FORMAT_METHODS and id(node) not in self.called:
            self._add(
                node,
                "bound-format",
                name,
                f"Extracting '{name}' as a bound method is disallowed; call it directly on its receiver instead.",
            )
        if name.startswith("_") and "__" in name and name.partition("__")[0].startswith("_"):
            self._add(
                node,
                "mangled",
                name,
                "Access to name-mangled attributes (pattern: _ClassName__attr) is disallowed for security reasons.",
            )

    def call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in FORMAT_METHODS:
            self.called.add(id(node.func))
        if _is_import_call(node.func):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                self._import(first.value, node)
            else:
                message = "Dynamic __import__() calls are not allowed for security reasons."
                self._add(node, "dynamic-import", "__import__", message)

    def subscript(self, node: ast.Subscript) -> None:
        holder = node.value
        name = holder.id if isinstance(holder, ast.Name) else holder.attr if isinstance(holder, ast.Attribute) else ""
        if name in {"__builtins__", "builtins"} and isinstance(node.slice, ast.Constant):
            key = node.slice.value
            if isinstance(key, str) and key in BLOCKED_ATTRIBUTES:
                self._add(node, "attribute", key, f"Access to attribute '{key}' {_BYPASS}")

    def constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._text(node.value, node)

    def sum(self, node: ast.BinOp) -> None:
        joined = _joined(node, self.joined)
        if joined is not None:
            self._text(joined, node)

    def globals(self, node: ast.Global) -> None:
        for name in node.names:
            self._defined("Global declaration of", name, node)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._defined("Function named", node.name, node)

    def klass(self, node: ast.ClassDef) -> None:
        self._defined("Class named", node.name, node)

    def handler(self, node: ast.ExceptHandler) -> None:
        self._name(node.name or "", node)

    def parameter(self, node: ast.arg) -> None:
        self._defined("Parameter named", node.arg, node)

    def class_pattern(self, node: ast.MatchClass) -> None:
        if node.patterns:
            message = "Positional match patterns are disallowed for security reasons."
            self._add(node, "positional-match", "", message)
        for name in node.kwd_attrs:
            if name in BLOCKED_ATTRIBUTES:
                self._add(node, "attribute", name, f"Match pattern extracting attribute '{name}' {_BYPASS}")

    def _add(self, node: _Placed, kind: Kind, name: str, text: str) -> None:
        self.found.append(Violation(node.lineno, text, kind, name, node.col_offset))

    def _import(self, module: str, node: _Placed) -> None:
        """Each top-level module is judged once, where it is met first."""
        if module.startswith("."):
            self._add(node, "relative-import", "", "Relative imports are disallowed.")
            return
        top = module.partition(".")[0]
        if top in self.imported:
            return
        self.imported.add(top)
        refusal = import_refusal(module, self.rules)
        if refusal:
            self._add(node, "stdlib-import" if is_standard(module) else "external-import", top, refusal)

    def _alias(self, name: str | None, node: _Placed, kind: Kind | None = None) -> bool:
        if name in BLOCKED_NAMES:
            self._add(node, kind or "name", name, f"Access to name '{name}' {_BYPASS}")
        elif name in BLOCKED_ATTRIBUTES:
            self._add(node, kind or "attribute", name, f"Access to attribute '{name}' {_BYPASS}")
        else:
            return False
        return True

    def _name(self, name: str, node: _Placed) -> None:
        if name in BLOCKED_NAMES:
            self._add(node, "name", name, f"Access to name '{name}' {_BYPASS}")

    def _defined(self, what: str, name: str, node: _Placed) -> None:
        if name in BLOCKED_NAMES:
            self._add(node, "name", name, f"{what} '{name}' {_BYPASS}")

    def _text(self, text: str, node: _Placed) -> None:
        if not self._alias(text, node, "text"):
            for name in blocked_fields(text):
                self._add(node, "text", name, f"String pattern accessing '{name}' {_BYPASS}")


_CHECKS: dict[type[ast.AST], Callable[[_Checker, Any], None]] = {
    ast.Import: _Checker.imported_modules,
    ast.ImportFrom: _Checker.imported_names,
    ast.Name: _Checker.name,
    ast.Attribute: _Checker.attribute,
    ast.Call: _Checker.call,
    ast.Subscript: _Checker.subscript,
    ast.Constant: _Checker.constant,
    ast.BinOp: _Checker.sum,
    ast.Global: _Checker.globals,
    ast.FunctionDef: _Checker.function,
    ast.AsyncFunctionDef: _Checker.function,
    ast.ClassDef: _Checker.klass,
    ast.ExceptHandler: _Checker.handler,
    ast.arg: _Checker.parameter,
    ast.MatchClass: _Checker.class_pattern,
}


def _is_import_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "__import__"
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__import__"
        and isinstance(function.value, ast.Name)
        and function.value.id in {"builtins", "__builtins__"}
    )


def _joined(node: ast.expr, known: dict[int, str | None]) -> str | None:
    """The text that `"a" + "b"` of literals makes, else None; `known` keeps it for each sum, which hold one another."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
        return None
    if id(node) not in known:
        left = _joined(node.left, known)
        right = None if left is None else _joined(node.right, known)
        known[id(node)] = None if left is None or right is None else left + right
    return known[id(node)]
