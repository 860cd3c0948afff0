"""What input a JavaScript text wants, read off the way it uses names it does not define."""

from tools.checks.javascript_scopes import Binding, Scopes, pattern_names
from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource
from tools.checks.words import words
from tools.optimise.javascript_code import ITERATORS, arguments_of, callee, method_of
from tools.optimise.shape import Shape

__all__ = ["javascript_shapes"]

_TEXT_METHODS = words("""
    toUpperCase toLowerCase trim split startsWith endsWith replace replaceAll charAt padStart padEnd localeCompare
    normalize match
""")
_LIST_METHODS = ITERATORS | {"push", "join", "sort", "reverse", "entries"}
_WORLD = words("""
    Array Object JSON Math Number String Boolean Date Set Map RegExp Promise Symbol BigInt Intl Error TypeError
    RangeError parseInt parseFloat isNaN isFinite console undefined NaN Infinity globalThis Buffer setTimeout
    clearTimeout encodeURIComponent decodeURIComponent encodeURI decodeURI structuredClone DateTime Interval
    Duration $input $json require helpers WeakMap WeakSet Reflect Proxy arguments btoa atob $ TextEncoder
    TextDecoder module
""")


def javascript_shapes(source: JsSource, scopes: Scopes) -> dict[str, Shape]:
    """Shapes of the free names, `items` as n8n items; `$input` and `$json` count as `items`."""
    reader = _Reader(source, scopes)
    for _ in range(2):  # what a later line tells, an earlier one may use
        for node in source.nodes:
            reader.read(node)
    return reader.free


class _Reader:
    def __init__(self, source: JsSource, scopes: Scopes) -> None:
        self.scopes = scopes
        self.free: dict[str, Shape] = {}
        self.known: dict[int, Shape] = {}
        """By the identity of the binding identifier."""
        for node in scopes.references():
            if not scopes.resolve(node) and node.name not in _WORLD:
                self.free.setdefault(node.name, Shape(name=node.name))
        if any(node.name in {"$input", "$json"} for node in source.kinds("identifier")) or "items" in self.free:
            self.free.setdefault("items", Shape(name="items")).each().key("json").be("record")

    def read(self, node: JsNode) -> None:
        handler = getattr(self, f"read_{node.kind}", None)
        if handler is not None:
            handler(node)
        elif node.kind in FUNCTIONS:
            self.read_callback(node)

    def read_variable_declarator(self, node: JsNode) -> None:
        self.bind(node.child("name"), self.shape(node.child("value")))

    def read_for_in_statement(self, node: JsNode) -> None:
        shape = self.shape(node.child("right"))
        if shape is not None and node.has("of"):
            self.bind(node.child("left"), shape.each())

    def read_callback(self, node: JsNode) -> None:
        call = node.parent.parent if node.parent is not None and node.parent.kind == "arguments" else None
        if call is None or call.kind != "call_expression":
            return
        owner = self.shape(callee(call))
        method = method_of(call)
        if owner is None or method not in ITERATORS | {"sort", "toSorted"}:
            return
        single, parameters = node.child("parameter"), node.child("parameters")
        names = [single] if single is not None else parameters.parts() if parameters is not None else []
        elements = (
            names[:2] if method in {"sort", "toSorted"} else names[1:2] if method.startswith("reduce") else names[:1]
        )
        for name in elements:
            self.bind(name, owner.each())

    def bind(self, pattern: JsNode | None, shape: Shape | None) -> None:
        if shape is None:
            return
        for name, keys in pattern_names(pattern):
            inner = shape
            for key in keys:
                if key is None:
                    break
                inner = inner.each() if key.isdigit() else inner.key(key)
            else:
                self.known[id(name)] = inner

    def shape(self, node: JsNode | None) -> Shape | None:
        """The shape an expression has, when it comes from the input."""
        if node is None:
            return None
        node = node.bare()
        if node.kind in {"identifier", "shorthand_property_identifier"}:
            return self.named(node)
        if node.kind == "member_expression":
            return self.member(node)
        if node.kind == "subscript_expression":
            return self.subscript(node)
        if node.kind == "call_expression":
            return self.called(node)
        if node.kind == "binary_expression" and (node.has("||") or node.has("??")):
            return self.shape(node.child("left"))
        if node.kind == "array" and len(node.parts()) == 1 and node.parts()[0].kind == "spread_element":
            return self.shape(node.parts()[0].parts()[0])
        return None

    def named(self, node: JsNode) -> Shape | None:
        bindings: list[Binding] = self.scopes.resolve(node)
        if bindings:
            return self.known.get(id(bindings[0].node))
        if node.name == "$json":
            return self.free["items"].each().key("json")
        return self.free.get(node.name)

    def member(self, node: JsNode) -> Shape | None:
        base, key = node.child("object"), node.child("property")
        if base is not None and base.text == "$input" and key is not None and key.text == "item":
            return self.free["items"].each()
        owner = self.shape(base)
        if owner is None or key is None or key.name == "length":
            return None
        above = node.parent
        if above is not None and above.kind == "call_expression" and above.child("function") is node:
            return None
        return owner.key(key.name)

    def subscript(self, node: JsNode) -> Shape | None:
        owner, index = self.shape(node.child("object")), node.child("index")
        if owner is None or index is None:
            return None
        if index.kind == "string":
            return owner.key(index.text[1:-1])
        if owner.kind == "any" and self.shape(index) is not None:
            owner.be("mapping")
        return owner.each() if owner.kind != "record" else None

    def called(self, node: JsNode) -> Shape | None:
        function, method = node.child("function"), method_of(node)
        text = function.text if function is not None else ""
        if text == "$input.all":
            return self.free["items"]
        if text == "$input.first":
            return self.free["items"].each()
        args = arguments_of(node)
        if text == "JSON.parse" and args:
            inner = self.shape(args[0])
            return inner.be("json") if inner is not None else None
        owner = self.shape(callee(node))
        if method in {"filter", "slice", "sort", "reverse", "toSorted", "concat"}:
            return owner
        if method in {"find", "at"} and owner is not None:
            return owner.each()
        return self.mapped(node, args) if method in {"map", "flatMap"} and owner is not None else None

    def mapped(self, node: JsNode, args: list[JsNode]) -> Shape | None:
        """`rows.map(r => r.name)`: a list of names."""
        body = args[0].child("body") if args and args[0].kind == "arrow_function" else None
        inner = self.shape(body) if body is not None and body.kind != "statement_block" else None
        return Shape("list", inner.name, element=inner) if inner is not None else None

    def read_call_expression(self, node: JsNode) -> None:
        owner, method = self.shape(callee(node)), method_of(node)
        text = (node.child("function") or node).text
        if text in {"Object.keys", "Object.values", "Object.entries"} and arguments_of(node):
            shape = self.shape(arguments_of(node)[0])
            if shape is not None and not shape.fields:
                shape.be("mapping")
        self.called(node)
        if owner is None:
            return
        if method in _TEXT_METHODS:
            owner.be("text")
        elif method in _LIST_METHODS:
            owner.each()
        elif method in {"toFixed", "toPrecision"}:
            owner.be("number")

    def read_binary_expression(self, node: JsNode) -> None:
        sides = [side for side in (node.child("left"), node.child("right")) if side is not None]
        operator = node.child("operator")
        for one in sides:
            shape = self.shape(one)
            if shape is None or operator is None:
                continue
            if operator.kind in {"-", "*", "/", "%", "**"}:
                shape.be("number")
            for other in sides:
                if other.kind in {"number", "string"} and operator.kind not in {"||", "??", "&&"}:
                    shape.be("number" if other.kind == "number" else "text")

    def read_member_expression(self, node: JsNode) -> None:
        self.member(node)
