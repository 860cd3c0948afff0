"""What is dangerous in JavaScript code: code from text, the process, modules, the network, the roots of all objects."""

import re
from collections.abc import Iterator

from tools.checks.javascript_scopes import Scopes
from tools.checks.javascript_tree import JsNode, JsSource
from tools.checks.javascript_values import GLOBAL, Values
from tools.checks.lines import finding_at
from tools.checks.report import Finding, Severity
from tools.checks.secret import SECRET
from tools.checks.words import words

__all__ = ["DANGEROUS_MODULES", "javascript_security"]

DANGEROUS_MODULES = words("""
    fs fs/promises child_process net tls http https http2 dgram dns dns/promises os vm vm2 worker_threads cluster
    process module repl inspector inspector/promises v8 tty wasi sqlite test readline readline/promises
    diagnostics_channel trace_events async_hooks isolated-vm shelljs execa cross-spawn node-pty ffi-napi ssh2
""")
_NETWORK_MODULES = words("""
    axios got node-fetch request request-promise superagent undici ws socket.io-client needle cross-fetch
    isomorphic-fetch ky nodemailer
""")
_NETWORK_GLOBALS = frozenset({"fetch", "XMLHttpRequest", "WebSocket", "EventSource", "importScripts"})
_CODE_GLOBALS = frozenset({"eval", "Function", "AsyncFunction", "GeneratorFunction", "WebAssembly"})
_TIMERS = frozenset({"setTimeout", "setInterval", "setImmediate"})
_COMPARISONS = frozenset({"===", "==", "!==", "!=", "instanceof"})
_REFLECTIVE = frozenset(
    {"Reflect.get", "Object.getOwnPropertyDescriptor", "Reflect.getOwnPropertyDescriptor", "Reflect.has"}
)
_JSFUCK = re.compile(rb"\A[\[\]()!+\s;]{200,}\Z")
_REMEDIES = {
    "code-from-text": "write the code out; to read data use JSON.parse",
    "process": "pass what you need in the input items; environment variables are $env in an expression",
    "module": "a Code node works on its items; use the Execute Command, Read/Write Files or HTTP Request node",
    "network": "use an HTTP Request node before this one, or `await this.helpers.httpRequest(...)`",
    "prototype": "copy the object: ({...value, key: x})",
    "global-object": "name the global you need",
    "secret": "keep it in n8n's credentials",
    "with": "name the object",
    "timer": "pass a function, not a text",
    "stack": "leave the stack alone",
    "address": "pass the address in the input items, or use an HTTP Request node",
}


def javascript_security(source: JsSource, scopes: Scopes) -> Iterator[Finding]:
    """All security findings of a source that parsed."""
    yield from _Rules(source, scopes).findings()


class _Rules:
    def __init__(self, source: JsSource, scopes: Scopes) -> None:
        self.source = source
        self.scopes = scopes
        self.values = Values(scopes)

    def findings(self) -> Iterator[Finding]:
        if _JSFUCK.match(self.source.data):
            yield self.find(
                self.source.root, "code-from-text", "the code is written in six characters to hide what it does"
            )
        for node in self.scopes.references():
            yield from self.reference(node)
        for node in self.source.kinds("this"):
            yield from self.global_object(node)
        for node in self.source.kinds("member_expression", "subscript_expression"):
            yield from self.member(node)
        for node in self.source.kinds("call_expression", "new_expression"):
            yield from self.call(node)
        for node in self.source.kinds("assignment_expression", "augmented_assignment_expression"):
            yield from self.assignment(node)
        for node in self.source.kinds("with_statement"):
            yield self.find(node, "with", "`with` hides which names are globals, and is not allowed")
        for node in self.source.kinds("string_fragment"):
            if SECRET.search(node.text):
                yield self.find(node, "secret", "this looks like a secret key", severity="warning")

    def find(
        self, node: JsNode, rule: str, message: str, *, severity: Severity = "error", context: str = ""
    ) -> Finding:
        line, column = self.source.position(node.start)
        return finding_at(
            self.source.code,
            f"security/{rule}",
            message,
            line,
            column,
            severity=severity,
            remedy=_REMEDIES.get(rule, ""),
            context=context,
        )

    def reference(self, node: JsNode) -> Iterator[Finding]:
        path = self.values.path(node)
        if path is None or _is_typeof(node):
            return
        yield from self.world(node, path)
        if path == GLOBAL:
            yield from self.global_object(node)

    def world(self, node: JsNode, path: str) -> Iterator[Finding]:
        """Findings for a reference to a name of the world, by its path."""
        root = path.split(".", 1)[0]
        said = node.text if len(node.text) < 60 else path
        via = f"reached as `{path}`" if path != node.text else ""
        if path in _CODE_GLOBALS or (root in _CODE_GLOBALS and path != "Function.prototype"):
            if not self.is_harmless_use(node, path):
                yield self.find(
                    node, "code-from-text", f"`{said}` is not allowed: it makes code from text", context=via
                )
        elif root == "process":
            yield self.find(
                node, "process", f"`{said}` is not allowed: it reaches the process n8n runs in", context=via
            )
        elif root == "require":
            yield from self.require(node, path)
        elif root == "module" and path not in {"module", "module.exports"}:
            yield self.find(node, "module", f"`{said}` is not allowed: it loads modules", context=via)
        elif path in _NETWORK_GLOBALS:
            yield self.find(node, "network", f"`{said}` is not allowed: it reaches the network", context=via)

    def is_harmless_use(self, node: JsNode, path: str) -> bool:
        """Comparing with Function, asking for its prototype's methods or its name."""
        outer = _outermost(node)
        parent = outer.parent
        if parent is None or not path.startswith("Function"):
            return False
        operator = parent.child("operator") if parent.kind == "binary_expression" else None
        if operator is not None and operator.kind in _COMPARISONS:
            return True
        if parent.kind == "member_expression" and parent.child("object") is outer:
            return self.values.key(parent) in {"prototype", "name", "length"}
        return path.startswith("Function.prototype.") and path.split(".")[2] in {"call", "apply", "bind", "toString"}

    def require(self, node: JsNode, path: str) -> Iterator[Finding]:
        if path != "require":
            yield self.find(node, "module", f"`{path}` is not allowed: it reaches the module loader")
        elif not _is_called(node) and not _is_alias(node):
            yield self.find(node, "module", "passing `require` on is not allowed: what it loads cannot be checked")

    def global_object(self, node: JsNode) -> Iterator[Finding]:
        """The bare global object may only be the base of a named property."""
        if self.values.path(node) != GLOBAL:
            return
        outer = _outermost(node)
        parent = outer.parent
        if parent is None or parent.kind not in {
            "arguments",
            "for_in_statement",
            "spread_element",
            "array",
            "return_statement",
        }:
            return
        if parent.kind == "return_statement" or (
            node.kind == "this" and parent.kind == "arguments" and _is_this_argument(parent)
        ):
            return
        if parent.kind == "for_in_statement" and outer.field != "right":
            return
        yield self.find(
            node, "global-object", "handing on the global object is not allowed: everything can be reached from it"
        )

    def member(self, node: JsNode) -> Iterator[Finding]:
        key = self.values.key(node)
        target = node.child("object")
        path = self.values.path(node)
        if _is_typeof(node):
            return
        if key is None and self.values.path(target) == GLOBAL:
            yield self.find(node, "global-object", "reading the global object under a computed name is not allowed")
        if path is not None and self._reaches_world(path, target):
            yield from self.world(node, path)
        elif key == "constructor":
            yield from self.constructor(node, target)
        elif (
            key in {"caller", "callee"}
            and target is not None
            and (target.text == "arguments" or self.values.path(target) == "<function>")
        ):
            yield self.find(node, "stack", f"`.{key}` is not allowed: it reaches calling functions")
        elif key in {"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"}:
            yield self.find(node, "prototype", f"`{key}` is not allowed: it reaches hidden parts of objects")

    def _reaches_world(self, path: str, target: JsNode | None) -> bool:
        """Whether a member is a global by its long name (`globalThis.eval`), or a part of the module loader."""
        is_global = "." not in path and target is not None and self.values.path(target) == GLOBAL
        return is_global or (path.startswith("module.") and path != "module.exports")

    def constructor(self, node: JsNode, target: JsNode | None) -> Iterator[Finding]:
        """`x.constructor` of a function is Function; comparing it or reading its name is harmless."""
        base = self.values.path(target) or "?"
        outer = _outermost(node)
        parent = outer.parent
        is_function = base == "<function>" or base.endswith(".constructor") or (base.startswith("<") and "." in base)
        if parent is None or not is_function or _is_compared(outer):
            return
        if parent.kind == "member_expression" and self.values.key(parent) == "name":
            return
        message = "the constructor of a function is not allowed: it makes code from text"
        yield self.find(node, "code-from-text", message, context=f"`{node.text[:60]}`")

    def call(self, node: JsNode) -> Iterator[Finding]:
        function = node.child("function") or node.child("constructor")
        arguments = node.child("arguments")
        if function is None:
            return
        if function.kind == "import":
            yield self.find(node, "module", "import() is not allowed: it loads modules")
            return
        path = self.values.path(function) or ""
        args = arguments.parts() if arguments is not None and arguments.kind == "arguments" else []
        yield from self.constructor_call(node, function, path, args)
        yield from self.known_call(node, path, args)

    def known_call(self, node: JsNode, path: str, args: list[JsNode]) -> Iterator[Finding]:
        first = args[0] if args else None
        if path == "require":
            yield from self.module(node, first)
        elif (
            path in _TIMERS
            and first is not None
            and (self.values.text(first) is not None or first.bare().kind in {"template_string", "binary_expression"})
        ):
            yield self.find(node, "timer", f"`{path}` with a text is not allowed: it runs the text as code")
        elif path in _REFLECTIVE and len(args) > 1 and self.values.text(args[1]) in {"constructor", "eval", "Function"}:
            yield self.find(
                node, "code-from-text", f"`{path}` of a constructor is not allowed: it makes code from text"
            )
        elif path.endswith((".httpRequest", "helpers.request")) and any(_literal_address(arg) for arg in args):
            yield self.find(node, "address", "a request to an address written into the code", severity="warning")
        elif path in {"Object.setPrototypeOf", "Reflect.setPrototypeOf"}:
            yield self.find(node, "prototype", f"`{path}` does nothing in n8n", severity="warning")
        elif path in {"Object.assign", "Object.defineProperty", "Object.defineProperties", "Reflect.set"} and (
            self.values.path(first) or ""
        ).startswith("Object.prototype"):
            yield self.find(node, "prototype", "changing Object.prototype is not allowed: it changes every object")

    def constructor_call(self, node: JsNode, function: JsNode, path: str, args: list[JsNode]) -> Iterator[Finding]:
        if not path.endswith(".constructor") or path.startswith("super"):
            return
        if node.kind == "new_expression" and function.text == "this.constructor":
            return  # a class makes another of itself
        texts = [
            arg
            for arg in args
            if self.values.text(arg) is not None or arg.bare().kind in {"binary_expression", "template_string"}
        ]
        known = path.startswith(("<object>", "<array>", "<string>", "<number>", "<regex>")) and path.count(".") == 1
        if known or (
            node.kind == "new_expression"
            and not texts
            and path.count(".constructor") == 1
            and not path.startswith("<function>")
        ):
            return
        yield self.find(
            node,
            "code-from-text",
            f"calling `{function.text[:60]}` is not allowed: the constructor of a function makes code from text",
            context=f"reached as `{path}`",
        )

    def module(self, node: JsNode, name: JsNode | None) -> Iterator[Finding]:
        text = self.values.text(name)
        if text is None:
            yield self.find(
                node, "module", "`require` of a computed name is not allowed: what it loads cannot be checked"
            )
            return
        plain = text.removeprefix("node:")
        if plain in DANGEROUS_MODULES or plain.startswith((".", "/", "file:")):
            yield self.find(
                node, "module", f"the module '{text}' is not allowed: it reaches files, processes or the network"
            )
        elif plain in _NETWORK_MODULES:
            yield self.find(node, "network", f"the module '{text}' is not allowed: it reaches the network")

    def assignment(self, node: JsNode) -> Iterator[Finding]:
        target = node.child("left")
        if target is None or target.kind not in {"member_expression", "subscript_expression"}:
            return
        path = self.values.path(target) or ""
        steps = path.split(".")
        if "__proto__" in steps[:-1]:
            yield self.find(node, "prototype", "writing through `__proto__` is not allowed: it changes every object")
        elif path.startswith("Object.prototype.") or ".constructor.prototype." in path:
            yield self.find(node, "prototype", "changing Object.prototype is not allowed: it changes every object")
        elif (
            len(steps) > 2
            and steps[1] == "prototype"
            and steps[0] in {"Array", "String", "Function", "Number", "Promise"}
        ):
            yield self.find(
                node, "prototype", f"changing {steps[0]}.prototype affects all code of this run", severity="warning"
            )
        elif steps[-1] == "prepareStackTrace":
            yield self.find(node, "stack", "`prepareStackTrace` is not allowed: it reaches calling functions")


def _outermost(node: JsNode) -> JsNode:
    """The node with the parentheses, and the last place of a sequence, around it."""
    while node.parent is not None:
        parent = node.parent
        if parent.kind == "parenthesized_expression" or (
            parent.kind == "sequence_expression" and parent.parts()[-1] is node
        ):
            node = parent
        else:
            break
    return node


def _is_typeof(node: JsNode) -> bool:
    parent = _outermost(node).parent
    return parent is not None and parent.kind == "unary_expression" and parent.has("typeof")


def _is_compared(outer: JsNode) -> bool:
    parent = outer.parent
    operator = parent.child("operator") if parent is not None and parent.kind == "binary_expression" else None
    return operator is not None and operator.kind in _COMPARISONS


def _is_called(node: JsNode) -> bool:
    outer = _outermost(node)
    parent = outer.parent
    return parent is not None and parent.kind == "call_expression" and parent.child("function") is outer


def _is_alias(node: JsNode) -> bool:
    """Whether the value only gets a name, whose uses are looked at on their own."""
    outer = _outermost(node)
    parent = outer.parent
    if parent is None or parent.kind != "variable_declarator" or outer.field != "value":
        return False
    name = parent.child("name")
    return name is not None and name.kind == "identifier"


def _is_this_argument(arguments: JsNode) -> bool:
    call = arguments.parent
    function = call.child("function") if call is not None else None
    return (
        function is not None
        and function.kind == "member_expression"
        and function.text.endswith((".call", ".apply", ".bind"))
    )


def _literal_address(arg: JsNode) -> bool:
    return any(node.kind == "string_fragment" and re.match(r"https?://", node.text) for node in arg.walk())
