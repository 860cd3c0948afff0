"""What in a Python text makes a second run differ from the first: a clock, chance, addresses."""

import ast
from collections.abc import Container, Iterable

__all__ = ["varies"]

_MODULES = frozenset({"random", "secrets", "time", "uuid"})
_CALLS = frozenset({"id", "hash"})
_METHODS = frozenset({"now", "today", "utcnow", "perf_counter", "urandom", "SystemRandom", "samples"})
_BY_NAME = frozenset({"getattr", "attrgetter", "methodcaller"})


def varies(nodes: Iterable[ast.AST], names: Container[str] = ()) -> str | None:
    """Name what varies, or None: then a result can be kept.

    Args:
        nodes: of the code, as it was written.
        names: that the context binds; a field called `id` is no address.
    """
    by_name = False
    texts: set[str] = set()
    for node in nodes:
        match node:
            case ast.Import(names=imported) if found := [a.name for a in imported if a.name in _MODULES]:
                return found[0]
            case ast.ImportFrom(module=str(module)) if module in _MODULES:
                return module
            case ast.Attribute(attr=name) if name in _METHODS:
                return name
            case ast.Name(id=name, ctx=ast.Load()) if name in _CALLS and name not in names:
                return name
            case ast.Name(id=name) if name in _BY_NAME:
                by_name = True
            case ast.Constant(value=str(text)) if text in _METHODS:
                texts.add(text)
            case _:
                pass
    return min(texts) if by_name and texts else None
