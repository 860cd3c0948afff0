"""From the user's text to a code object and its globals, by dialect."""

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from sandbox.python import guards
from sandbox.python.failures import FILENAME
from sandbox.python.nodes import nodes_of
from sandbox.python.policy import FORBIDDEN_BUILTINS, check
from sandbox.python.varying import varies

__all__ = ["BODY", "Compiled", "compile_code", "deciding_names", "globals_for", "has_top_level_return"]

BODY = "_body_"
"""The function that a body becomes."""

_DECIDING = FORBIDDEN_BUILTINS | {"id", "hash"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A code object, ready to run."""

    code: CodeType
    is_body: bool
    """It defines `BODY`, which is to be called."""
    varies: str | None
    """What makes a second run differ."""


def deciding_names(context: Mapping[str, Any]) -> frozenset[str]:
    """The names of a context that the judgement of a code depends on."""
    return frozenset(context.keys() & _DECIDING)


def compile_code(text: str, dialect: str, names: frozenset[str], *, language_layer: bool) -> Compiled:
    """Parse, judge and compile.

    Args:
        text: the user's source.
        dialect: `auto`, `snippet` or `body`.
        names: that the context binds, as far as they decide.
        language_layer: off only in tests of the wall alone.

    Raises:
        SyntaxError: with the line.
        Refusal: the language layer refuses it.
    """
    tree = ast.parse(text, FILENAME)
    nodes = nodes_of(tree)
    varying = varies(nodes, names)
    is_body = dialect == "body" or (dialect == "auto" and has_top_level_return(tree))
    if language_layer:
        tree = check(tree, nodes, names)
    if is_body:
        tree = _as_function(tree)
    return Compiled(compile(tree, FILENAME, "exec", dont_inherit=True), is_body, varying)


def has_top_level_return(tree: ast.Module) -> bool:
    """Whether some `return` belongs to no function."""
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)
    return False


def globals_for(context: Mapping[str, Any], *, language_layer: bool) -> dict[str, Any]:
    """Fresh globals: n8n's names over `context["items"]`, the context's own, ours last."""
    names: dict[str, Any] = {}
    items = context.get("items")
    if isinstance(items, list):
        names |= {"_items": items, "_item": items[0] if items else None}
    names |= context
    names["__name__"] = guards.MODULE
    if language_layer:
        names.update(guards.GUARDS)
    names["__builtins__"] = guards.BUILTINS if language_layer else builtins  # not a copy: 160 references are 60 pages
    return names


def _as_function(tree: ast.Module) -> ast.Module:
    wrapper = ast.parse(f"def {BODY}(): pass", FILENAME)
    function = wrapper.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = tree.body or [ast.Pass()]
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    function.body = [node for node in function.body if node not in future] or [ast.Pass()]
    wrapper.body = [*future, function]
    return ast.fix_missing_locations(wrapper)
