"""How long, large and deep code may be to be looked at in full: beyond, a clear limit is named instead."""

import re
from functools import lru_cache

from sandbox.types import Language
from tools.checks.javascript_tree import TreeSize, tree_size
from tools.checks.lines import MAX_DEEP_BYTES, size_finding
from tools.checks.python_scopes import child_nodes
from tools.checks.python_source import parse_python
from tools.checks.report import Finding

__all__ = ["deep_limit"]

_SMALL_CHARACTERS = 8_000
"""Shorter code cannot cost much, whatever its shape."""
_MAX_NODES = 40_000
"""Nodes of the syntax tree: some 100,000 characters of dense code. Beyond, the checks would take over a second."""
_TOO_MANY = Finding(
    "limit/size",
    f"the code has more than {_MAX_NODES} syntax nodes",
    remedy="move data out of the code, or split the code over several nodes",
)
_WORD = re.compile(r"\w+")
_MAX_WORDS = 60_000
"""So many words in 200,000 bytes are code, not text, and each is a node: no tree is made, which takes half a second."""
_MAX_LEVELS = 1_000
"""Levels of the syntax tree: each `(`, `.b`, `+ 1`, `else if` is one or two."""
_MAX_WAY = 10_000_000
"""Steps from every node of the tree up to its root: what a rule takes that asks each node what it stands in."""
_FIELD_STRING = re.compile(r"(?i:\b(?:f|fr|rf))(\'\'\'|\"\"\"|\'|\")(?:\\.|(?!\1).)*", re.DOTALL)
_MAX_FIELD_WORK = 1_500_000_000
"""Fields times characters of f-strings: CPython looks for each field from the start of its string. Half a second."""


@lru_cache(maxsize=32)
def deep_limit(code: str, language: Language) -> Finding | None:
    """Why only the compiler looks at this code; None for code that every check can take."""
    if len(code) < _SMALL_CHARACTERS:
        return None
    if _takes_long(code, language):
        said = "the code takes too long to parse: it is broken in too many places, or made to take long"
        return Finding("limit/time", said, remedy="send only the code, and data as data")
    too_long = size_finding(code, MAX_DEEP_BYTES)
    if too_long is not None:
        return too_long
    if language == "python" and sum(1 for _ in _WORD.finditer(code)) > _MAX_WORDS:
        return _TOO_MANY
    size = _python_size(code) if language == "python" else tree_size(code, _MAX_NODES) or TreeSize(0)
    if size.nodes > _MAX_NODES:
        return _TOO_MANY
    if size.levels > _MAX_LEVELS or size.way > _MAX_WAY:
        is_deep = size.levels > _MAX_LEVELS
        said = f"the code is nested {f'more than {_MAX_LEVELS} levels' if is_deep else 'too much of it too'} deep"
        return Finding("limit/nesting", said, remedy="split the expression over several statements")
    return None


def _takes_long(code: str, language: Language) -> bool:
    """Whether the parser of this language would take over half a second of a core."""
    if language == "javascript":
        return tree_size(code, 0) is None
    fields = code.count("{")
    if fields * len(code) <= _MAX_FIELD_WORK:
        return False
    strings = (match[0] for match in _FIELD_STRING.finditer(code))
    return sum(text.count("{") * len(text) for text in strings) > _MAX_FIELD_WORK


def _python_size(code: str) -> TreeSize:
    """The size of a Python tree; none of code that does not compile."""
    tree = parse_python(code).tree
    nodes, levels, way = 0, 0, 0
    level = [tree] if tree is not None else []
    while level and nodes <= _MAX_NODES and levels <= _MAX_LEVELS:
        nodes += len(level)
        way += len(level) * levels
        levels += 1
        level = [child for node in level for child in child_nodes(node)]  # type: ignore[misc]
    return TreeSize(nodes, levels, way)
