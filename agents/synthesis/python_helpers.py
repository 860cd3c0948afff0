"""The helper functions that a printed Python body carries along, without annotations."""

import ast
import inspect

from agents.synthesis import runtime, runtime_of_dates

__all__ = ["helper_texts"]


def helper_texts(needed: set[str]) -> list[str]:
    """Collect the helper functions and those that they call, without annotations."""
    wanted = {name for name in needed if name in _HELPERS}
    while True:
        more = {called for name in wanted for called in _HELPERS[name][1]} - wanted
        if not more:
            break
        wanted |= more
    return [text for name, (text, _) in _HELPERS.items() if name in wanted]


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) and not target.id.startswith("_") else ""


def _plain(node: ast.stmt) -> ast.stmt:
    """Take the annotations away: a body reads better without them."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
        if isinstance(inner, ast.arg):
            inner.annotation = None
    return _Unannotated().visit(node)  # type: ignore[no-any-return]


class _Unannotated(ast.NodeTransformer):
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value, lineno=node.lineno), node)


def _read() -> dict[str, tuple[str, frozenset[str]]]:
    """Read the text of each helper, and the names of the helpers that it calls, in the order of their files."""
    body = [node for module in (runtime, runtime_of_dates) for node in ast.parse(inspect.getsource(module)).body]
    known = {_defined(node): node for node in body if _defined(node)}
    calls = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for name, node in known.items()}
    return {
        name: (ast.unparse(_plain(node)), frozenset(calls[name] & known.keys() - {name}))
        for name, node in known.items()
    }


_HELPERS = _read()
"""Read once: CPython 3.11 cannot be relied on to parse in several threads at a time, and each request prints in one."""
