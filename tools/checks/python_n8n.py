"""What n8n's Python runner will refuse, hang on, or silently change, beyond the compiler."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from sandbox.n8n.python_check import Kind, Violation, violations
from sandbox.types import NodeRules
from tools.checks.lines import finding_at
from tools.checks.python_source import PythonSource, walk_statements
from tools.checks.python_values import PythonValues
from tools.checks.report import Finding, Severity

__all__ = ["RETIRED_NAMES", "python_n8n"]

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
        """What n8n refuses before it runs the code, in its own words, and what its builtins lack."""
        yield from (self.refusal(violation) for violation in violations(self.tree, self.rules))
        for node in self.scopes.nodes:
            if isinstance(node, ast.Name):
                yield from self.builtin(node)
            elif isinstance(node, ast.ClassDef):
                yield self.class_statement(node)

    def refusal(self, violation: Violation) -> Finding:
        rule, remedy = _REFUSALS[violation.kind]
        setting = _SETTINGS.get(violation.kind, "")
        finding = finding_at(
            self.code,
            f"n8n/{rule}",
            violation.text,
            violation.line,
            violation.column + 1,
            remedy=remedy.format(name=violation.name, head=violation.name[:1], tail=violation.name[1:]),
        )
        return replace(finding, requires=f"{setting}={violation.name}") if setting else finding

    def class_statement(self, node: ast.ClassDef) -> Finding:
        return self.find(
            node, "class", "n8n's Python has no classes: `__build_class__ not found`", remedy="use functions and dicts"
        )

    def builtin(self, node: ast.Name) -> Iterator[Finding]:
        denied = isinstance(node.ctx, ast.Load) and node.id in self.rules.python_builtins_deny
        if denied and not self.scopes.bindings(node):
            yield self.find(
                node,
                "builtin",
                f"`{node.id}` is not there in n8n's Python",
                remedy=_BUILTIN_REMEDIES.get(node.id, "do without it"),
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


_REFUSALS: dict[Kind, tuple[str, str]] = {
    "stdlib-import": (
        "import",
        "do without it, use JavaScript, or allow it with N8N_RUNNERS_STDLIB_ALLOW={name}",
    ),
    "external-import": (
        "import",
        "do without it, use JavaScript, or allow it with N8N_RUNNERS_EXTERNAL_ALLOW={name}",
    ),
    "relative-import": ("import", "a node is one text: put the code into it"),
    "dynamic-import": ("import", "import by a statement, if the profile allows it"),
    "name": ("blocked-name", "remove it: a node is no script"),
    "attribute": ("blocked-attribute", "do without it"),
    "bound-format": ("bound-format", "call it directly"),
    "mangled": ("mangled", "rename it"),
    "positional-match": ("positional-match", "use isinstance(...)"),
    "text": (
        "blocked-text",
        "n8n refuses this text anywhere, also as a key: build it in two steps, such as ''.join(['{head}', '{tail}'])",
    ),
}
"""Rule and remedy for each kind of refusal."""
_SETTINGS: dict[Kind, str] = {
    "stdlib-import": "N8N_RUNNERS_STDLIB_ALLOW",
    "external-import": "N8N_RUNNERS_EXTERNAL_ALLOW",
}
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
