"""The syntax tree of JavaScript code: light nodes that rules can walk without recursion."""

import bisect
import re
import time
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import tree_sitter
import tree_sitter_javascript

__all__ = ["FUNCTIONS", "LOOPS", "JsNode", "JsSource", "TreeSize", "first_error_line", "parse_javascript", "tree_size"]

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function",
        "generator_function_declaration",
    }
)
LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_MAX_PARSE_S = 0.5
"""Seconds of one core for the grammar: 1 MB of minified code takes 0.3, of broken code up to 20."""
_SMALL_BYTES = 20_000
_CHUNK_BYTES = 65_536
_ESCAPE = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_WIDE_SPACE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]")
_HTML_COMMENT = re.compile(rb"(^\s*)<!--", re.MULTILINE)


class TreeSize(NamedTuple):
    """How large and deep a syntax tree is."""

    nodes: int
    levels: int = 0
    way: int = 0
    """Steps from every node up to the root, added up."""


class JsNode:
    """One node: `kind` is tree-sitter's type (an operator's own text for tokens), offsets are bytes."""

    __slots__ = ("children", "end", "field", "kind", "named", "parent", "source", "start")

    def __init__(
        self,
        source: "JsSource",
        kind: str,
        start: int,
        end: int,
        field: str | None,
        named: bool,
        parent: "JsNode | None",
    ) -> None:
        self.source = source
        self.kind = kind
        self.start = start
        self.end = end
        self.field = field
        self.named = named
        self.parent = parent
        self.children: list[JsNode] = []

    def __repr__(self) -> str:
        return f"<{self.kind} {self.text[:40]!r}>"

    @property
    def text(self) -> str:
        """The source text of this node."""
        return self.source.data[self.start : self.end].decode("utf-8", "replace")

    @property
    def name(self) -> str:
        r"""The text of an identifier with its unicode escapes resolved (`ev\u0061l` is `eval`)."""
        text = self.text
        return _ESCAPE.sub(lambda m: chr(min(int(m[1] or m[2], 16), 0x10FFFF)), text) if "\\" in text else text

    @property
    def line(self) -> int:
        """1-based line of its first character."""
        return self.source.position(self.start)[0]

    def child(self, field: str) -> "JsNode | None":
        """The child in this grammar field."""
        for node in self.children:
            if node.field == field:
                return node
        return None

    def parts(self) -> "list[JsNode]":
        """The named children without comments."""
        return [node for node in self.children if node.named and node.kind != "comment"]

    def has(self, token: str) -> bool:
        """Whether a direct child is of this kind (`async`, `;`, `?.`)."""
        return any(node.kind == token for node in self.children)

    def walk(self) -> "Iterator[JsNode]":
        """This node and all below it, in source order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def up(self) -> "Iterator[JsNode]":
        """The ancestors, nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def bare(self) -> "JsNode":
        """This node without the parentheses around it."""
        node = self
        while node.kind == "parenthesized_expression":
            inner = node.parts()
            if len(inner) != 1:
                break
            node = inner[0]
        return node


class JsSource:
    """A parsed text: `root`, all nodes in source order, and by kind."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.data = code.encode("utf-8", "replace")
        self._line_starts: list[int] | None = None
        tree = _parse(code)
        if tree is None:
            message = "this code takes too long to parse: ask `deep_limit` first"
            raise ValueError(message)
        self.has_error = tree.root_node.has_error
        self.nodes: list[JsNode] = []
        self.missing: list[JsNode] = []
        self.root = self._read(tree)
        self.by_kind: dict[str, list[JsNode]] = {}
        for node in self.nodes:
            self.by_kind.setdefault(node.kind, []).append(node)

    def kinds(self, *kinds: str) -> list[JsNode]:
        """All nodes of these kinds; of one kind in source order."""
        return [node for kind in kinds for node in self.by_kind.get(kind, ())]

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in characters) of a byte offset."""
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer(rb"\n", self.data))]
        line = bisect.bisect_right(self._line_starts, offset)
        start = self._line_starts[line - 1]
        return line, len(self.data[start:offset].decode("utf-8", "replace")) + 1

    def replaced(self, edits: "list[tuple[int, int, str]]") -> str:
        """The code with these byte ranges replaced; the ranges may not overlap."""
        data = self.data
        for start, end, text in sorted(edits, reverse=True):
            data = data[:start] + text.encode() + data[end:]
        return data.decode("utf-8", "replace")

    def _read(self, tree: tree_sitter.Tree) -> JsNode:
        cursor = tree.walk()
        parent: JsNode | None = None
        while True:
            raw = cursor.node
            assert raw is not None
            node = JsNode(self, raw.type, raw.start_byte, raw.end_byte, cursor.field_name, raw.is_named, parent)
            self.nodes.append(node)
            if self.has_error and raw.is_missing:
                self.missing.append(node)
            if parent is not None:
                parent.children.append(node)
            if cursor.goto_first_child():
                parent = node
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return self.nodes[0]
                assert parent is not None
                parent = parent.parent


@lru_cache(maxsize=1)
def _language() -> tree_sitter.Language:
    return tree_sitter.Language(tree_sitter_javascript.language())


@lru_cache(maxsize=4)
def _parse(code: str) -> tree_sitter.Tree | None:
    """The grammar's tree, or None when it takes longer than `_MAX_PARSE_S` (200 kB of quotes would)."""
    data = code.encode("utf-8", "replace")
    deadline_s = time.thread_time() + _MAX_PARSE_S
    tree = _parse_until(data, deadline_s)
    if tree is not None and tree.root_node.has_error and (plain := _as_grammar_reads(code)) != data:
        tree = _parse_until(plain, deadline_s)
    return tree


def _parse_until(data: bytes, deadline_s: float) -> tree_sitter.Tree | None:
    parser = tree_sitter.Parser(_language())
    if len(data) < _SMALL_BYTES:
        return parser.parse(data)
    try:
        return parser.parse(
            lambda offset, _place: data[offset : offset + _CHUNK_BYTES],
            progress_callback=lambda _offset, _has_error: time.thread_time() > deadline_s,
        )
    except ValueError:  # the library's way to say that the callback stopped it
        return None


def _as_grammar_reads(code: str) -> bytes:
    """The code, as many bytes, without what V8 takes and the grammar does not.

    `<!--` starts a comment, and a line may begin with a space that is no ASCII one.
    """
    plain = _WIDE_SPACE.sub(lambda space: " " * len(space[0].encode()), code)
    return _HTML_COMMENT.sub(rb"\1//--", plain.encode("utf-8", "replace"))


def first_error_line(code: str) -> int | None:
    """The 1-based line of the first grammar error of long code, or None; early errors are not looked for."""
    tree = _parse(code)
    if tree is None or not tree.root_node.has_error:
        return None
    node = tree.root_node
    while inner := next((child for child in node.children if child.has_error or child.is_missing), None):
        node = inner
    return node.start_point[0] + 1


def tree_size(code: str, max_nodes: int) -> TreeSize | None:
    """How large the tree of this code is; None when the grammar takes too long for it.

    Beyond so many nodes only they are counted.
    """
    tree = _parse(code)
    if tree is None:
        return None
    root = tree.root_node
    if root.descendant_count > max_nodes:
        return TreeSize(root.descendant_count)
    cursor, depth, levels, way = root.walk(), 0, 0, 0
    while True:
        way += depth
        if cursor.goto_first_child():
            depth += 1
            levels = max(levels, depth)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return TreeSize(root.descendant_count, levels, way)
            depth -= 1


@lru_cache(maxsize=16)
def parse_javascript(code: str) -> JsSource:
    """The tree of the code; never fails, errors are `ERROR` nodes. The last few are remembered."""
    return JsSource(code)
