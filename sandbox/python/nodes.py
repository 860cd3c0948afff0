"""All nodes of a syntax tree as one list, for each judgement to go over: to walk a tree costs more than to judge it."""

import ast

__all__ = ["nodes_of"]


def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """The tree and all below it, in the order of `ast.walk`."""
    found = [tree]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found
