"""What n8n's Python runner will refuse, hang on, or silently change, beyond the compiler."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

from sandbox.types import NodeRules
from tools.checks.lines import finding_at
from tools.checks.python_source import PythonSource, walk_statements
from tools.checks.python_values import PythonValues
from tools.checks.report import Finding, Severity
from tools.checks.words import words

__all__ = ["BLOCKED_ATTRIBUTES", "RETIRED_NAMES", "python_n8n"]

BLOCKED_ATTRIBUTES = words("""
    __class__ __dict__ __base__ __bases__ __mro__ __subclasses__ __globals__ __builtins__ __code__ __closure__
    __traceback__ tb_frame tb_next f_back f_globals f_locals f_code f_builtins __getattribute__ __qualname__
    __module__ __self__ __func__ __wrapped__ __annotations__ __import__ __init_subclass__ __getattr__ __setattr__
    __delattr__ __reduce__ __reduce_ex__ __match_args__ __objclass__ __thisclass__ __self_class__ __prepare__
    __instancecheck__ __subclasscheck__ __cached__ __loader__ __spec__ obj
""")
_BLOCKED_PREFIXES = ("gi_", "cr_", "ag_")
_BLOCKED_NAMES = frozenset({"__loader__", "__builtins__", "__globals__", "__spec__", "__name__"})
_FORMAT_METHODS = frozenset({"format", "format_map", "vformat", "get_field"})
RETIRED_NAMES = {
    "items": "_items",
    "_input": "_items",
    "_json": '_items[0]["json"]',
    "item": "_item",
    "_node": "",
    "_now": "",
    "_today": "",
    "_jmespath": "",
    "_env": "",
}
"""Names of the old Pyodide node, and what stands for them now."""
_MANGLED = re.compile(r"_[A-Za-z]\w*?__\w+\Z")
_UNSERIALISABLE = {"set": "a list", "bytes": "text", "datetime": ".isoformat()", "Decimal": "float(...)"}


def python_n8n(source: PythonSource, rules: NodeRules) -> Iterator[Finding]:
    """All findings about a body that compiles; a snippet is only told that it is one."""
    if source.tree is None:
        return
    lints = _Lints(source, source.tree, rules)
    if source.dialect == "snippet" and lints.assigns_result():
        yield finding_at(
            source.code,
            "n8n/snippet",
            "this is a snippet that leaves its answer in `result`; a Code node must return its items",
            1,
            severity="info",
            remedy="read `_items` and end with `return [{'json': ...}]`",
        )
        yield from lints.static_check()
        return
    yield from lints.static_check()
    yield from lints.names()
    yield from lints.returns()
    yield from lints.values_lost()


class _Lints:
    def __init__(self, source: PythonSource, tree: ast.Module, rules: NodeRules) -> None:
        self.code = source.code
        self.tree = tree
        self.rules = rules
        self.each_item = rules.mode == "runOnceForEachItem"
        self.scopes = source.scopes
        self.values = PythonValues(self.scopes)

    def find(
        self, node: ast.AST, rule: str, message: str, *, severity: Severity = "error", remedy: str = ""
    ) -> Finding:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        return finding_at(self.code, f"n8n/{rule}", message, line, column + 1, severity=severity, remedy=remedy)

    def assigns_result(self) -> bool:
        """Whether the top level stores into `result`."""
        return any(isinstance(b, ast.Name) for b in self.scopes.top.names.get("result", ()))

    def static_check(self) -> Iterator[Finding]:
        """What n8n refuses before it runs the code."""
        if self.rules.python_stdlib_allow == ("*",) and self.rules.python_external_allow == ("*",):
            return
        for node in self.scopes.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield from self.imports(node)
            elif isinstance(node, ast.Name):
                yield from self.name(node)
            elif isinstance(node, ast.Attribute):
                yield from self.attribute(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_blocked(node.value):
                message = f"n8n refuses the text '{node.value}' anywhere in Python code, also as a key"
                yield self.find(
                    node,
                    "blocked-text",
                    message,
                    remedy=f"build the key in two steps, such as ''.join(['{node.value[:1]}', '{node.value[1:]}'])",
                )
            elif isinstance(node, ast.MatchClass) and node.patterns:
                yield self.find(
                    node, "positional-match", "positional match patterns are refused", remedy="use isinstance(...)"
                )
            elif isinstance(node, ast.ClassDef):
                yield self.class_statement(node)

    def class_statement(self, node: ast.ClassDef) -> Finding:
        return self.find(
            node, "class", "n8n's Python has no classes: `__build_class__ not found`", remedy="use functions and dicts"
        )

    def imports(self, node: ast.Import | ast.ImportFrom) -> Iterator[Finding]:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
        for name in names:
            root = name.split(".")[0]
            standard = root in sys.stdlib_module_names
            allowed = self.rules.python_stdlib_allow if standard else self.rules.python_external_allow
            if root in allowed or "*" in allowed:
                continue
            kind = "standard library module" if standard else "external package"
            setting = "N8N_RUNNERS_STDLIB_ALLOW" if standard else "N8N_RUNNERS_EXTERNAL_ALLOW"
            remedy = f"do without it, use JavaScript, or allow it with {setting}={root}"
            message = f"import of the {kind} '{root}' is refused under this profile"
            yield replace(self.find(node, "import", message, remedy=remedy), requires=f"{setting}={root}")

    def name(self, node: ast.Name) -> Iterator[Finding]:
        if node.id in _BLOCKED_NAMES:
            yield self.find(
                node, "blocked-name", f"n8n refuses the name `{node.id}`", remedy="remove it: a node is no script"
            )
        elif (
            isinstance(node.ctx, ast.Load)
            and node.id in self.rules.python_builtins_deny
            and not self.scopes.bindings(node)
        ):
            yield self.find(
                node,
                "builtin",
                f"`{node.id}` is not there in n8n's Python",
                remedy=_BUILTIN_REMEDIES.get(node.id, "do without it"),
            )

    def attribute(self, node: ast.Attribute) -> Iterator[Finding]:
        if _is_blocked(node.attr):
            yield self.find(
                node, "blocked-attribute", f"n8n refuses access to the attribute `{node.attr}`", remedy="do without it"
            )
        elif _MANGLED.match(node.attr):
            yield self.find(node, "mangled", "n8n refuses names like `_Class__name`", remedy="rename it")
        elif node.attr in _FORMAT_METHODS:
            parent = self.scopes.parents.get(node)
            if not (isinstance(parent, ast.Call) and parent.func is node):
                yield self.find(
                    node,
                    "bound-format",
                    f"n8n refuses `.{node.attr}` that is not called at once",
                    remedy="call it directly",
                )

    def names(self) -> Iterator[Finding]:
        """Names that a Python node does not have, and the use of what it has."""
        for node in self.scopes.nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not self.scopes.has_binding(node):
                yield from self.node_name(node)
            elif isinstance(node, ast.Attribute) and node.attr in {"json", "binary"} and self.is_item(node.value):
                yield self.find(
                    node, "attribute-access", f"items are dicts: `.{node.attr}` fails", remedy=f'write ["{node.attr}"]'
                )
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "print"
                and node.keywords
            ):
                yield self.find(
                    node, "print-keywords", "print takes no keyword arguments in n8n", remedy="join the text yourself"
                )
            elif isinstance(node, ast.Global):
                yield self.find(
                    node, "global", "`global` does not see the variables of a node", remedy="use `nonlocal`"
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from self.long_text(node)

    def node_name(self, node: ast.Name) -> Iterator[Finding]:
        own, other = ("_item", "_items") if self.each_item else ("_items", "_item")
        if node.id == other:
            mode = "Run Once for Each Item" if self.each_item else "Run Once for All Items"
            yield self.find(node, "wrong-mode", f"`{other}` does not exist in the mode {mode}", remedy=f"use `{own}`")
        elif node.id in RETIRED_NAMES:
            remedy = RETIRED_NAMES[node.id]
            yield self.find(
                node,
                "unknown-global",
                f"`{node.id}` does not exist in n8n's Python",
                remedy=f"use {remedy}" if remedy else "do without it",
            )

    def is_item(self, node: ast.expr) -> bool:
        """Whether an expression surely is an n8n item."""
        if isinstance(node, ast.Name):
            if node.id == "_item":
                return True
            parents = [self.scopes.parents.get(binding) for binding in self.scopes.bindings(node)]
            return bool(parents) and all(
                isinstance(p, ast.For | ast.comprehension) and _is_items(p.iter) for p in parents
            )
        return isinstance(node, ast.Subscript) and _is_items(node.value)

    def long_text(self, node: ast.Constant) -> Iterator[Finding]:
        parent = self.scopes.parents.get(node)
        many = node.end_lineno is not None and node.end_lineno > node.lineno and "\n" in str(node.value)
        if many and not isinstance(parent, ast.Expr) and '"""' in self.code + "'''":
            message = "n8n indents the code: the further lines of this text gain 4 spaces"
            yield self.find(node, "multi-line-text", message, severity="warning", remedy="join lines with '\\n'")

    def returns(self) -> Iterator[Finding]:
        found = [node for node in walk_statements(self.tree.body) if isinstance(node, ast.Return)]
        if not found and self.tree.body:
            yield self.find(
                self.tree.body[-1],
                "missing-return",
                "the code returns nothing",
                remedy="end with `return [{'json': ...}]`",
            )
        for node in found:
            yield from self.returned(node)

    def returned(self, node: ast.Return) -> Iterator[Finding]:
        value = node.value
        remedy = "return {'json': {...}}" if self.each_item else "return [{'json': {...}}, ...]"
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            if not self.each_item:
                yield self.find(
                    node, "return-shape", "returning None fails in this mode", remedy="return [] for no items"
                )
        elif isinstance(value, ast.Constant | ast.JoinedStr | ast.Compare | ast.GeneratorExp | ast.SetComp):
            yield self.find(node, "return-shape", "this is no item", remedy=remedy)
        elif isinstance(value, ast.Call) and self.values.path(value.func) in {
            "str",
            "len",
            "int",
            "float",
            "sum",
            "round",
            "bool",
            "max",
            "min",
            "set",
        }:
            severity: Severity = "warning" if self.values.path(value.func) in {"max", "min", "sum"} else "error"
            yield self.find(node, "return-shape", "this returns no items", severity=severity, remedy=remedy)
        elif isinstance(value, ast.List | ast.ListComp) and self.each_item:
            yield self.find(node, "return-shape", "one item is expected in this mode, not a list", remedy=remedy)
        elements = (
            value.elts
            if isinstance(value, ast.List)
            else [value.elt]
            if isinstance(value, ast.ListComp)
            else [value]
            if value is not None
            else []
        )
        for element in elements:
            yield from self.item_shape(element)

    def item_shape(self, node: ast.expr) -> Iterator[Finding]:
        if isinstance(node, ast.Constant | ast.JoinedStr) and not self.each_item:
            yield self.find(node, "return-shape", "an item must be a dict", remedy="wrap it: {'json': {'value': ...}}")
        if not isinstance(node, ast.Dict):
            return
        keys = {
            key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
        }
        json = keys.get("json")
        if isinstance(json, ast.Constant | ast.List | ast.ListComp | ast.JoinedStr):
            yield self.find(
                json, "json-object", "the value under 'json' must be a dict", remedy="put the value under a key"
            )
        extra = (
            sorted(str(key) for key in set(keys) - {"json", "binary", "pairedItem", "error"})
            if json is not None
            else []
        )
        if extra:
            said = "is silently lost" if self.each_item else "fails"
            message = f"the key '{extra[0]}' beside 'json' {said}"
            yield self.find(
                node,
                "reserved-key",
                message,
                severity="warning" if self.each_item else "error",
                remedy="move it into 'json'",
            )
        elif json is None and set(keys) & {"binary", "pairedItem", "index", "error"} and not self.each_item:
            yield self.find(
                node,
                "reserved-key",
                "a row with the key 'index', 'error', 'binary' or 'pairedItem' fails",
                remedy="wrap it: {'json': row}",
            )

    def values_lost(self) -> Iterator[Finding]:
        """Values that hang the runner or arrive changed."""
        for node in self.scopes.nodes:
            if isinstance(node, ast.Call) and self.values.path(node.func) == "float" and node.args:
                text = (self.values.text(node.args[0]) or "").lower().lstrip("+-")
                if text in {"nan", "inf", "infinity"}:
                    yield self.find(
                        node,
                        "nan",
                        "NaN or Infinity in the output hangs the node until its time-out",
                        severity="warning",
                        remedy="use None",
                    )
            elif isinstance(node, ast.Attribute) and self.values.path(node) in {"math.nan", "math.inf"}:
                yield self.find(
                    node,
                    "nan",
                    "NaN or Infinity in the output hangs the node until its time-out",
                    severity="warning",
                    remedy="use None",
                )
            elif isinstance(node, ast.Dict):
                yield from self.unserialisable(node)

    def unserialisable(self, node: ast.Dict) -> Iterator[Finding]:
        for value in node.values:
            name = (
                self.values.path(value.func)
                if isinstance(value, ast.Call)
                else "set"
                if isinstance(value, ast.Set | ast.SetComp)
                else None
            )
            last = (name or "").split(".")[-1]
            if last in _UNSERIALISABLE and last != "datetime":
                yield self.find(
                    value,
                    "changed-value",
                    f"a {last} arrives as its text",
                    severity="warning",
                    remedy=f"use {_UNSERIALISABLE[last]}",
                )


_BUILTIN_REMEDIES = {
    "getattr": "items are dicts: use .get(...)",
    "hasattr": "items are dicts: use `in`",
    "type": "use isinstance(...)",
    "open": "use the Read/Write Files from Disk node",
    "object": "use a dict or a list as a marker",
    "input": "read `_items`",
}


def _is_items(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"_items", "items"}


def _is_blocked(name: str) -> bool:
    return (
        name in BLOCKED_ATTRIBUTES
        or name in _BLOCKED_NAMES
        or (
            name.startswith(_BLOCKED_PREFIXES)
            and name[3:] in {"frame", "code", "yieldfrom", "await", "origin", "running"}
        )
    )
