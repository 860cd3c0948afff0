"""Whether n8n can compile JavaScript code as the body of an async function, decided on the syntax tree.

tree-sitter recovers from errors and does not know JavaScript's early errors (a second `const`, `await` in a plain
function, a broken regular expression), so that what V8 refuses beyond the grammar is decided here.
"""

import re
from collections.abc import Callable, Iterator

from tools.checks.javascript_blocks import object_for_block
from tools.checks.javascript_pattern import pattern_error
from tools.checks.javascript_scopes import Binding, Scope, Scopes
from tools.checks.javascript_tree import FUNCTIONS, LOOPS, JsNode, JsSource
from tools.checks.words import words

__all__ = ["Problem", "javascript_problems"]

Problem = tuple[JsNode, str, str, str]
"""Where, rule name, message, remedy."""
_RESERVED = words("""
    break case catch class const continue debugger default delete do else enum export extends false finally for
    function if import in instanceof new null return super switch this throw true try typeof var void while with
""")
_ASSIGNABLE = frozenset(
    {"identifier", "member_expression", "subscript_expression", "array_pattern", "object_pattern", "undefined"}
)
_ESCAPED = re.compile(r"\\(?:u(?!\{[0-9a-fA-F]{1,6}\}|[0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2}))")
_NUMBER = re.compile(
    r"(?:0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*n?|0[oO][0-7]+(?:_[0-7]+)*n?|0[bB][01]+(?:_[01]+)*n?|0[0-7]+|0[0-9]*[89][0-9]*(?:\.[0-9]*)?"
    r"(?:[eE][+-]?[0-9]+)?|(?:0|[1-9](?:_?[0-9]+)*)n|(?:(?:0|[1-9](?:_?[0-9]+)*)(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?|\.[0-9]+(?:_[0-9]+)*)"
    r"(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?)\Z"
)
_QUOTES = "\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2032\u2033"


def javascript_problems(source: JsSource, scopes: Scopes) -> Iterator[Problem]:
    """Everything that keeps V8 from compiling the code, grammar errors first."""
    if source.has_error:
        yield from _grammar(source)
        return
    for kinds, check in _CHECKS:
        for node in source.kinds(*kinds):
            yield from check(node)
    for scope in scopes.all:
        yield from _redeclared(scope)


def _grammar(source: JsSource) -> Iterator[Problem]:
    found = False
    for node in source.missing:
        found = True
        yield node, "grammar", f"`{node.kind}` is missing here", f"add `{node.kind}`"
    for node in source.kinds("ERROR"):
        if any(above.kind == "ERROR" for above in node.up()):
            continue
        found = True
        yield from _unexpected(node)
    if not found:
        yield source.root, "grammar", "the code does not parse", "check brackets and quotes"


def _unexpected(node: JsNode) -> Iterator[Problem]:
    curly = next((char for char in node.text if char in _QUOTES), None)
    if curly is not None:
        yield node, "curly-quote", f"the typographic quote {curly} is no JavaScript", "use ' or \""
        return
    text = " ".join(node.text.split())[:40]
    yield (
        node,
        "grammar",
        f"unexpected `{text}`" if text else "unexpected end of the code",
        "check the brackets, quotes and operators here",
    )


def _identifier(node: JsNode) -> Iterator[Problem]:
    name = node.name
    if name.isascii():
        if name in _RESERVED and node.kind not in {"property_identifier", "undefined"}:
            yield node, "reserved-word", f"`{name}` is a reserved word", "choose another name"
        return
    plain = name.replace("$", "_").replace("\u200c", "").replace("\u200d", "").lstrip("#")
    if plain.isidentifier():
        return
    curly = next((char for char in name if char in _QUOTES), None)
    if curly is not None:
        yield node, "curly-quote", f"the typographic quote {curly} is no JavaScript", "use ' or \""
    else:
        yield (
            node,
            "bad-character",
            f"`{name[:40]}` holds a character that a name may not have",
            "remove the invisible or foreign character",
        )


def _const_without_value(node: JsNode) -> Iterator[Problem]:
    declaration = node.parent
    if declaration is None or node.child("value") is not None:
        return
    name = node.child("name")
    word = declaration.children[0].text
    if word == "const" or (name is not None and name.kind != "identifier"):
        yield node, "missing-initializer", "missing initializer in a declaration", "give it a value, or use `let`"


def _lexical_declaration(node: JsNode) -> Iterator[Problem]:
    for part in node.parts():
        name = part.child("name")
        if name is not None and name.text == "let":
            yield name, "reserved-word", "`let` is disallowed as a declared name", "choose another name"
    if _is_single_statement(node):
        yield (
            node,
            "lexical-declaration",
            "a `let`, `const` or class declaration cannot be the only statement here",
            "put it in braces",
        )


def _class_declaration(node: JsNode) -> Iterator[Problem]:
    if _is_single_statement(node):
        yield node, "lexical-declaration", "a class declaration cannot be the only statement here", "put it in braces"


def _is_single_statement(node: JsNode) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.kind == "for_statement":
        return node.field == "body"
    return parent.kind in {
        "if_statement",
        "else_clause",
        "while_statement",
        "do_statement",
        "for_in_statement",
        "labeled_statement",
        "with_statement",
    }


def _try(node: JsNode) -> Iterator[Problem]:
    if node.child("handler") is None and node.child("finalizer") is None:
        yield node, "try-alone", "missing `catch` or `finally` after `try`", "add a catch block"


def _owner(node: JsNode) -> JsNode | None:
    """The function whose body or parameters hold this node; None at the top."""
    return next((above for above in node.up() if above.kind in FUNCTIONS or above.kind == "class_static_block"), None)


def _await(node: JsNode) -> Iterator[Problem]:
    owner = _owner(node)
    if owner is None or owner.has("async"):
        return
    argument = node.parts()
    if argument and argument[0].kind == "parenthesized_expression":
        return  # a call of a function named `await`, as far as the grammar goes
    yield node, "await", "`await` is only valid in async functions", "write `async` before this function"


def _for_await(node: JsNode) -> Iterator[Problem]:
    owner = _owner(node)
    if node.has("await") and owner is not None and not owner.has("async"):
        yield node, "await", "`for await` is only valid in async functions", "write `async` before this function"
    if node.child("kind") is not None and node.child("value") is not None and node.has("of"):
        yield node, "for-of-value", "the variable of a for-of loop cannot have a value", "remove the value"


def _yield(node: JsNode) -> Iterator[Problem]:
    owner = _owner(node)
    is_generator = owner is not None and (owner.kind.startswith("generator") or owner.has("*"))
    if node.parts() and not is_generator:
        yield node, "yield", "`yield` is only valid in generators", "write `function*`"


def _module_syntax(node: JsNode) -> Iterator[Problem]:
    word = "import" if node.kind == "import_statement" else "export"
    yield (
        node,
        "module-syntax",
        f"cannot use an {word} statement outside a module",
        (
            "n8n runs the code as a function body: remove the import (DateTime and $jmespath are there without it)"
            if word == "import"
            else "return the items instead"
        ),
    )


def _never(message: str, remedy: str) -> Callable[[JsNode], Iterator[Problem]]:
    def check(node: JsNode) -> Iterator[Problem]:
        yield node, node.kind.split("_")[0], message, remedy

    return check


def _jump(node: JsNode) -> Iterator[Problem]:
    label = node.child("label")
    word = "break" if node.kind == "break_statement" else "continue"
    for above in node.up():
        if above.kind in FUNCTIONS or above.kind == "class_static_block":
            break
        if label is not None:
            own = above.child("label")
            if above.kind == "labeled_statement" and own is not None and own.text == label.text:
                return
        elif above.kind in LOOPS or (word == "break" and above.kind == "switch_statement"):
            return
    if label is not None:
        yield node, "jump", f"undefined label `{label.text}`", "name an enclosing loop"
    else:
        yield node, "jump", f"`{word}` outside of a loop", "use `return` to leave a callback"


def _label(node: JsNode) -> Iterator[Problem]:
    own = node.child("label")
    for above in node.up():
        if above.kind in FUNCTIONS:
            return
        other = above.child("label") if above.kind == "labeled_statement" else None
        if own is not None and other is not None and own.text == other.text:
            yield node, "label", f"label `{own.text}` is already declared", "rename it"


def _assignment(node: JsNode) -> Iterator[Problem]:
    target = node.child("left")
    if target is None:
        return
    if node.kind == "for_in_statement" and node.child("kind") is not None:
        return
    yield from _target(target, simple=node.kind == "augmented_assignment_expression")


def _operand(node: JsNode) -> Iterator[Problem]:
    """An assignment or arrow function binds looser than any operator around it."""
    parent = node.parent
    if parent is None:
        return
    is_operand = parent.kind in {"binary_expression", "unary_expression", "await_expression"}
    if is_operand or (parent.kind == "ternary_expression" and node.field == "condition"):
        word = "an arrow function" if node.kind == "arrow_function" else "an assignment"
        yield node, "operand", f"{word} cannot be an operand here", "put it in parentheses; to compare use ==="


def _update(node: JsNode) -> Iterator[Problem]:
    target = node.child("argument")
    if target is not None:
        yield from _target(target, simple=True)


def _target(target: JsNode, *, simple: bool) -> Iterator[Problem]:
    inner = target.bare()
    if inner.kind == "call_expression":
        return  # V8 refuses this when it runs, not when it compiles
    if inner.kind not in _ASSIGNABLE or (simple and inner.kind.endswith("_pattern")):
        yield (
            target,
            "assignment-target",
            "invalid left-hand side in an assignment",
            "assign to a name or a property; to compare use ===",
        )
    elif _in_optional_chain(inner):
        yield target, "assignment-target", "an optional chain (?.) cannot be assigned to", "check for null first"


def _in_optional_chain(node: JsNode) -> bool:
    current: JsNode | None = node
    while current is not None and current.kind in {"member_expression", "subscript_expression", "call_expression"}:
        if current.child("optional_chain") is not None or current.has("optional_chain"):
            return True
        current = current.child("object") or current.child("function")
    return False


def _mixed_nullish(node: JsNode) -> Iterator[Problem]:
    operator = node.child("operator")
    if operator is None:
        return
    sides = [side for side in (node.child("left"), node.child("right")) if side is not None]
    if operator.kind in {"??", "||", "&&"}:
        others = {"||", "&&"} if operator.kind == "??" else {"??"}
        for side in sides:
            inner = side.child("operator") if side.kind == "binary_expression" else None
            if inner is not None and inner.kind in others:
                yield (
                    node,
                    "mixed-nullish",
                    f"`{operator.kind}` and `{inner.kind}` cannot be mixed without parentheses",
                    "add parentheses",
                )
    elif operator.kind == "**" and sides and sides[0].kind == "unary_expression":
        yield node, "exponent", "a unary operator before ** needs parentheses", "write (-x) ** 2 or -(x ** 2)"


def _regex(node: JsNode) -> Iterator[Problem]:
    pattern, flags = node.child("pattern"), node.child("flags")
    error = pattern_error(pattern.text if pattern is not None else "", flags.text if flags is not None else "")
    if error:
        yield node, "regex", f"invalid regular expression: {error}", "escape special characters with a backslash"


def _number(node: JsNode) -> Iterator[Problem]:
    if not _NUMBER.match(node.text):
        yield node, "number", f"invalid number `{node.text}`", "write it in digits"
        return
    data = node.source.data
    if data[node.end : node.end + 1].isalnum() or data[node.end : node.end + 1] in {b"_", b"$"}:
        yield node, "number", "a name starts directly after a number", "separate them"


def _string(node: JsNode) -> Iterator[Problem]:
    if _ESCAPED.search(re.sub(r"\\\\", "", node.text)):
        yield node, "escape", "invalid escape sequence", "write a backslash as \\\\"


def _template(node: JsNode) -> Iterator[Problem]:
    parent = node.parent
    if parent is not None and parent.kind == "call_expression" and node.field == "arguments":
        return
    for part in node.children:
        text = part.text
        if part.kind == "escape_sequence" and (_ESCAPED.search(text) or re.match(r"\\(?:[1-9]|0[0-9])", text)):
            yield part, "escape", "invalid escape sequence in a template", "write a backslash as \\\\"


def _throw(node: JsNode) -> Iterator[Problem]:
    value = node.parts()
    if value and b"\n" in node.source.data[node.start + 5 : value[0].start]:
        yield node, "throw", "illegal newline after `throw`", "put the error on the same line"


def _rest(node: JsNode) -> Iterator[Problem]:
    parent = node.parent
    if parent is None or parent.kind not in {"formal_parameters", "array_pattern", "object_pattern"}:
        return
    last = next(other for other in reversed(parent.children) if other is node or other.kind == ",")
    if last is not node:
        yield node, "rest", "a rest element must be the last one", "move it to the end"


def _commas(node: JsNode) -> Iterator[Problem]:
    """Only arrays may leave elements out."""
    before = "("
    for part in node.children:
        if part.kind == "comment":
            continue
        if part.kind == "," and before in {",", "(", "{"}:
            yield part, "comma", "unexpected `,`", "remove it"
        before = part.kind


def _super(node: JsNode) -> Iterator[Problem]:
    for above in node.up():
        if above.kind in {"method_definition", "field_definition", "class_static_block"}:
            return
        if above.kind in FUNCTIONS and above.kind != "arrow_function":
            break
    yield node, "super", "`super` is only valid in methods", "call the function by its name"


def _meta(node: JsNode) -> Iterator[Problem]:
    if node.text.startswith("import"):
        yield node, "module-syntax", "cannot use `import.meta` outside a module", "remove it"


def _class_body(node: JsNode) -> Iterator[Problem]:
    constructors = [
        part
        for part in node.parts()
        if part.kind == "method_definition"
        and not part.has("static")
        and (part.child("name") or part).text == "constructor"
    ]
    if len(constructors) > 1:
        yield constructors[1], "class", "a class may only have one constructor", "merge them"


def _private(node: JsNode) -> Iterator[Problem]:
    for above in node.up():
        if above.kind == "class_body":
            for part in above.parts():
                name = part.child("name") or part.child("property")
                if name is not None and name.text == node.text:
                    return
    yield node, "private", f"private field `{node.text}` must be declared in an enclosing class", "declare it"


def _redeclared(scope: Scope) -> Iterator[Problem]:
    for name, bindings in scope.names.items():
        lexical = [b for b in bindings if b.kind in {"let", "const", "class", "import"}]
        others = [b for b in bindings if b.kind in {"var", "function", "param"} and b not in lexical]
        clash: Binding | None = None
        if lexical and len(lexical) + len(others) > 1:
            clash = max((*lexical, *others), key=lambda b: b.node.start)
        elif lexical and lexical[0].kind != "import":
            clash = _hoisted_over(scope, name) or _outer_parameter(scope, lexical[0])
        elif (
            not scope.is_function
            and sum(b.kind == "function" for b in bindings)
            and sum(b.kind == "var" for b in bindings)
        ):
            clash = bindings[-1]
        if clash is not None:
            yield (
                clash.node,
                "redeclared",
                f"`{name}` has already been declared",
                f"rename one of them, or assign without `{clash.kind}`",
            )


def _hoisted_over(scope: Scope, name: str) -> Binding | None:
    """A `var` in an inner block that is hoisted through this scope's lexical name."""
    function: Scope | None = scope
    while function is not None and not function.is_function:
        function = function.parent
    if function is None or function is scope:
        return None
    for binding in function.names.get(name, ()):
        if binding.kind == "var" and scope.node.start <= binding.node.start < scope.node.end:
            return binding
    return None


def _outer_parameter(scope: Scope, binding: Binding) -> Binding | None:
    parent = scope.parent
    if parent is None or scope.node.kind != "statement_block" or parent.node.kind != "catch_clause":
        return None
    return binding if any(b.kind == "catch" for b in parent.names.get(binding.name, ())) else None


_CHECKS: tuple[tuple[tuple[str, ...], Callable[[JsNode], Iterator[Problem]]], ...] = (
    (("object",), object_for_block),
    (
        (
            "identifier",
            "property_identifier",
            "shorthand_property_identifier",
            "shorthand_property_identifier_pattern",
            "private_property_identifier",
        ),
        _identifier,
    ),
    (("variable_declarator",), _const_without_value),
    (("lexical_declaration",), _lexical_declaration),
    (("class_declaration",), _class_declaration),
    (("try_statement",), _try),
    (("await_expression",), _await),
    (("for_in_statement",), _for_await),
    (("yield_expression",), _yield),
    (("import_statement", "export_statement"), _module_syntax),
    (
        ("jsx_element", "jsx_self_closing_element"),
        _never("JSX is no JavaScript", "build the text with a template string"),
    ),
    (("hash_bang_line",), _never("a #! line is not allowed inside a function", "remove the line")),
    (("decorator",), _never("decorators are not JavaScript yet", "call the function instead")),
    (("break_statement", "continue_statement"), _jump),
    (("labeled_statement",), _label),
    (("assignment_expression", "augmented_assignment_expression", "for_in_statement"), _assignment),
    (("assignment_expression", "augmented_assignment_expression", "arrow_function"), _operand),
    (("update_expression",), _update),
    (("binary_expression",), _mixed_nullish),
    (("regex",), _regex),
    (("number",), _number),
    (("string",), _string),
    (("template_string",), _template),
    (("throw_statement",), _throw),
    (("rest_pattern",), _rest),
    (("object", "arguments", "object_pattern", "formal_parameters"), _commas),
    (("super",), _super),
    (("meta_property",), _meta),
    (("class_body",), _class_body),
    (("private_property_identifier",), _private),
)
