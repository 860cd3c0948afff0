"""How long, large and deep code may be to be looked at in full: beyond, a clear limit is named instead."""

from functools import lru_cache

from sandbox.types import Language
from tools.checks.javascript_tree import tree_size
from tools.checks.lines import MAX_DEEP_BYTES, size_finding
from tools.checks.python_scopes import child_nodes
from tools.checks.python_source import parse_python
from tools.checks.report import Finding

__all__ = ["deep_limit"]

_SMALL_CHARACTERS = 8_000
"""Shorter code cannot cost much, whatever its shape."""
_MAX_NODES = 40_000
"""Nodes of the syntax tree: some 100,000 characters of dense code. Beyond, the checks would take over a second."""
_MAX_LEVELS = 1_000
"""Levels of the syntax tree: each `(`, `.b`, `+ 1`, `else if` is one or two."""


@lru_cache(maxsize=32)
def deep_limit(code: str, language: Language) -> Finding | None:
    """Why only the compiler looks at this code; None for code that every check can take."""
    too_long = size_finding(code, MAX_DEEP_BYTES)
    if too_long is not None or len(code) < _SMALL_CHARACTERS:
        return too_long
    nodes, levels = _python_size(code) if language == "python" else tree_size(code, _MAX_NODES)
    if nodes > _MAX_NODES:
        said = f"the code has more than {_MAX_NODES} syntax nodes"
        return Finding("limit/size", said, remedy="move data out of the code, or split the code over several nodes")
    if levels > _MAX_LEVELS:
        said = f"the code is nested more than {_MAX_LEVELS} levels deep"
        return Finding("limit/nesting", said, remedy="split the expression over several statements")
    return None


def _python_size(code: str) -> tuple[int, int]:
    """Nodes and levels of a Python tree; none of code that does not compile."""
    tree = parse_python(code).tree
    nodes, levels = 0, 0
    level = [tree] if tree is not None else []
    while level and nodes <= _MAX_NODES and levels <= _MAX_LEVELS:
        nodes += len(level)
        levels += 1
        level = [child for node in level for child in child_nodes(node)]  # type: ignore[misc]
    return nodes, levels
