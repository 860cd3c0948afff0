"""Where V8 reads a block and the grammar an object: after an arrow, and at the begin of a statement."""

from collections.abc import Iterator

from tools.checks.javascript_tree import JsNode

__all__ = ["object_for_block"]


def object_for_block(node: JsNode) -> Iterator[tuple[JsNode, str, str, str]]:
    """An object of the tree that is a block for V8, and no sound one: `x => { json: {...}, a: 1 }`."""
    parent = node.parent
    stands_for_block = parent is not None and (
        (parent.kind == "arrow_function" and node.field == "body") or parent.kind == "expression_statement"
    )
    if stands_for_block and not _reads_as_block(node):
        message = "`{` begins a block here, not an object"
        yield node, "object-as-block", message, "put the object in parentheses: ({ ... })"


def _reads_as_block(node: JsNode) -> bool:
    """Whether the text of an object is a label, or a name, and an expression as well."""
    first, *others = node.parts() or [node]
    if first is node:
        return True
    if any(other.kind != "shorthand_property_identifier" for other in others):
        return False
    if first.kind != "pair":
        return first.kind == "shorthand_property_identifier"
    key, value = first.child("key"), first.child("value")
    if key is None or value is None or key.kind != "property_identifier":
        return False
    return value.kind != "object" or (not others and _reads_as_block(value))
