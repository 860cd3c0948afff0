"""Edits that make Python compile, or turn it into what n8n's Python runner takes."""

import ast
import re
import textwrap
from collections.abc import Iterator

from sandbox.types import NodeRules
from tools.checks.python_n8n import RETIRED_NAMES
from tools.checks.python_scopes import PythonScopes
from tools.checks.python_source import PythonSource, has_top_level_return, parse_python
from tools.checks.report import Edit
from tools.checks.text_edits import TextEdit, apply_edits, positions

__all__ = ["compiling_edits", "node_edits", "returning_edits", "unused_imports"]

_MAX_STEPS = 6
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_DOLLAR_NAMES = {
    "$input.all()": "_items",
    "$input.first()": "_items[0]",
    "$input.item": "_item",
    "$json": '_item["json"]',
}
"""JavaScript's names for the input."""


def compiling_edits(code: str) -> Iterator[Edit]:
    """Brackets, colons, quotes and indentation put right, one after the other, until the code compiles."""
    current = textwrap.dedent(code.expandtabs(4)) if re.search(r"^\t", code, re.MULTILINE) else textwrap.dedent(code)
    for _ in range(_MAX_STEPS):
        problem = parse_python(current).problem
        if problem is None:
            break
        changed = _step(current, problem)
        if changed is None or changed == current:
            break
        current = changed
    named = current
    for spelled, meant in _DOLLAR_NAMES.items():
        named = named.replace(spelled, meant)
    if named != current and parse_python(named).problem is None:
        yield Edit("syntax/python", "used Python's names for the input", named)
    if current != code and parse_python(current).problem is None:
        yield Edit("syntax/python", "put brackets, colons and indentation right", current)


def _step(code: str, problem: SyntaxError) -> str | None:
    message, line = problem.msg or "", problem.lineno or 1
    lines = code.split("\n")
    if line > len(lines):
        return None
    text = lines[line - 1]
    column = (problem.offset or 1) - 1
    if match := re.search(r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", message):
        lines[line - 1] = text[:column] + _CLOSING[match[2]] + text[column:]
    elif match := re.search(r"'(.)' was never closed", message):
        lines[line - 1] = _closed(text, _CLOSING[match[1]])
    elif "unmatched" in message:
        lines[line - 1] = text[:column] + text[column + 1 :]
    elif "expected ':'" in message:
        lines[line - 1] = text.rstrip() + ":"
    elif "unterminated string literal" in message:
        lines[line - 1] = text.rstrip() + text[column : column + 1]
    elif "unexpected indent" in message or "unindent does not match" in message:
        lines = _indented(lines, line - 1, _indent(lines, line - 2))
    elif "expected an indented block" in message:
        lines = _indented(lines, line - 1, _indent(lines, line - 2) + "    ")
    else:
        return None
    return "\n".join(lines)


def _closed(text: str, bracket: str) -> str:
    stripped = text.rstrip()
    return stripped[:-1] + bracket + ":" if stripped.endswith(":") else stripped + bracket


def _indent(lines: list[str], index: int) -> str:
    """The indentation of the nearest line above that holds code."""
    while index > 0 and not lines[index].strip():
        index -= 1
    return lines[index][: len(lines[index]) - len(lines[index].lstrip())]


def _indented(lines: list[str], index: int, indent: str) -> list[str]:
    """The block that starts here moved to an indentation, deeper lines along with it."""
    own = len(lines[index]) - len(lines[index].lstrip())
    moved = list(lines)
    while index < len(moved) and (not moved[index].strip() or len(moved[index]) - len(moved[index].lstrip()) >= own):
        if moved[index].strip():
            moved[index] = indent + moved[index][own:]
        index += 1
    return moved


def node_edits(source: PythonSource, rules: NodeRules) -> Iterator[Edit]:
    """A snippet as a node body, the old names as the new ones, items as dicts, and a return."""
    code, tree = source.code, source.tree
    if tree is None:
        return
    yield from _renamed(source, tree, rules)
    scopes = PythonScopes(tree)
    attributes = [
        n
        for n in scopes.nodes
        if isinstance(n, ast.Attribute) and n.attr in {"json", "binary"} and isinstance(n.ctx, ast.Load)
    ]
    if attributes:
        place = positions(code)
        edits = [TextEdit(place(n.value)[1], place(n)[1], f'["{n.attr}"]') for n in attributes]
        yield Edit("n8n/attribute-access", "read items as dicts", apply_edits(code, edits))
    yield from _no_nan(code, tree)
    yield from _plain_access(code, tree)


def _renamed(source: PythonSource, tree: ast.Module, rules: NodeRules) -> Iterator[Edit]:
    """`result =` to `return`, `items` and `_input.all()` to `_items`, and a return where there is none."""
    code = re.sub(r"\b_input\.all\(\)", "_items", source.code)
    own = "_item" if rules.mode == "runOnceForEachItem" else "_items"
    names = {
        node.id for node in PythonScopes(tree).nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for old, new in RETIRED_NAMES.items():
        if new and old not in names and new.startswith(own) and not new.startswith(own + "s"):
            code = re.sub(rf"(?<![\w.\"']){old}\b(?!\s*=[^=])", new, code)
    if own == "_items":
        code = re.sub(r"(?<![\w.])_item\b", "_items[0]", code) if "_item" not in names else code
    renamed = parse_python(code).tree
    if renamed is not None and not has_top_level_return(renamed):
        code = _with_return(code, renamed)
    if code != source.code and parse_python(code).tree is not None:
        yield Edit("n8n/missing-return", "turned the snippet into a node body that returns", code)


def returning_edits(code: str, tree: ast.Module) -> Iterator[Edit]:
    """A return for code that leaves no answer: of its last value, or of the function that is never called."""
    if has_top_level_return(tree) or not tree.body:
        return
    returned = _with_return(code, tree)
    if returned != code:
        yield Edit("n8n/missing-return", "returned the last value", returned)
    last = tree.body[-1]
    if isinstance(last, ast.FunctionDef) and len(last.args.args) <= 1:
        given = "_items" if last.args.args else ""
        yield Edit("n8n/missing-return", f"called `{last.name}`", f"{code.rstrip()}\nreturn {last.name}({given})")


def _with_return(code: str, tree: ast.Module) -> str:
    last = tree.body[-1] if tree.body else None
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    place = positions(code)
    if isinstance(last, ast.Assign) and len(last.targets) == 1 and isinstance(last.targets[0], ast.Name):
        return apply_edits(code, [TextEdit(place(last)[0], place(last.value)[0], "return ")])
    if (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and ast.unparse(last.value.func) == "print"
        and last.value.args
    ):
        return apply_edits(code, [TextEdit(*place(last), f"return {ast.unparse(last.value.args[0])}")])
    for name in ("result", "results", "output", "out", "rows", "items_out"):
        if name in assigned:
            return code.rstrip() + f"\nreturn {name}"
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant):
        return apply_edits(code, [TextEdit(place(last)[0], place(last)[0], "return ")])
    return code


def _no_nan(code: str, tree: ast.Module) -> Iterator[Edit]:
    place = positions(code)
    edits = [
        TextEdit(*place(node), "None")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node).lower() in {"float('nan')", "float('inf')", "float('infinity')"}
    ]
    if edits:
        yield Edit("n8n/nan", "None instead of NaN, which hangs the node", apply_edits(code, edits))


def _plain_access(code: str, tree: ast.Module) -> Iterator[Edit]:
    """`getattr(row, "a", d)` to `row.get("a", d)`, for rows are dicts."""
    place = positions(code)
    edits = [
        TextEdit(
            *place(node), f"{ast.unparse(node.args[0])}.get({', '.join(ast.unparse(arg) for arg in node.args[1:])})"
        )
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) > 1
    ]
    if edits:
        yield Edit("n8n/builtin", "read a key with .get, getattr is not there", apply_edits(code, edits))


def unused_imports(code: str, tree: ast.Module) -> Iterator[Edit]:
    """The code without imports that nothing reads."""
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.asname or alias.name.split(".", maxsplit=1)[0] for alias in node.names]
            if not read & set(names) and "*" not in names:
                lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    if lines:
        kept = [line for number, line in enumerate(code.split("\n"), 1) if number not in lines]
        yield Edit("n8n/import", "removed imports that nothing uses", "\n".join(kept))
