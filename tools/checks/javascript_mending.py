"""Edits that make JavaScript compile, or turn it into what n8n's JavaScript runner takes."""

import re
from collections.abc import Iterator

from sandbox.types import NodeRules
from tools.checks.javascript_scopes import Scopes, scopes_of
from tools.checks.javascript_syntax import javascript_problems
from tools.checks.javascript_tree import FUNCTIONS, JsNode, JsSource, first_error_line
from tools.checks.report import Edit
from tools.checks.text_edits import TextEdit, apply_edits

__all__ = ["compiling_edits", "node_edits", "returning_edits"]

_STRAIGHT = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2032": "'",
        "\u2033": '"',
        "\u00a0": " ",
        "\u200b": "",
        "\ufeff": "",
    }
)
_GIVEN = re.compile(
    r"^[ \t]*(?:import\s+.*?\s+from\s+|(?:const|let|var)\s+[^=\n]+=\s*require\()"
    r"['\"](luxon|n8n-workflow|moment|lodash|axios)['\"]\)?(?:\.\w+)?;?[ \t]*\n?",
    re.MULTILINE,
)
_MAX_LINES = 20
"""Line ends that are tried: each costs five parses."""
_MAX_PARSED = 400_000
"""Characters that these parses read: half a second."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def compiling_edits(source: JsSource, scopes: Scopes) -> Iterator[Edit]:
    """Straight quotes, `async` where `await` is, no import statements, brackets closed."""
    yield from _kept_if_compiling(source, "syntax/curly-quote", "straight quotes", source.code.translate(_STRAIGHT))
    without = re.sub(r"^[ \t]*import\s.*?from\s+['\"][^'\"]+['\"];?[ \t]*$\n?", "", source.code, flags=re.MULTILINE)
    without = re.sub(r"^[ \t]*export\s+default\s+", "return ", without, flags=re.MULTILINE)
    yield from _kept_if_compiling(source, "syntax/module-syntax", "removed import and export", without)
    yield from _made_async(source, scopes)
    yield from _closed(source)
    yield from _closed_before_semicolon(source)
    yield from _wrapped_objects(source)


def _kept_if_compiling(source: JsSource, rule: str, message: str, code: str) -> Iterator[Edit]:
    if code != source.code and compiles(code):
        yield Edit(rule, message, code)


def compiles(code: str) -> bool:
    """Whether V8 would take the code as an async function's body."""
    if first_error_line(code) is not None:
        return False
    source = JsSource(code)
    return next(javascript_problems(source, scopes_of(source)), None) is None


def _made_async(source: JsSource, scopes: Scopes) -> Iterator[Edit]:
    changes: set[int] = set()
    for node, rule, _, _ in javascript_problems(source, scopes):
        owner = next((above for above in node.up() if above.kind in FUNCTIONS), None)
        if rule == "await" and owner is not None:
            changes.add(owner.start)
    code = source.replaced([(start, start, "async ") for start in changes])
    yield from _kept_if_compiling(source, "syntax/await", "made the function with `await` async", code)


def _closed(source: JsSource) -> Iterator[Edit]:
    """Brackets that are open at the end of the code are closed there."""
    if not source.has_error:
        return
    still_open: list[str] = []
    for token in re.finditer(
        r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?\*/|[()\[\]{}]",
        source.code,
        re.DOTALL,
    ):
        char = token[0]
        if char in _CLOSING:
            still_open.append(_CLOSING[char])
        elif still_open and char == still_open[-1]:
            still_open.pop()
    if still_open:
        ending = "".join(reversed(still_open))
        yield from _kept_if_compiling(
            source, "syntax/grammar", "closed what was left open", f"{source.code.rstrip()}{ending}"
        )


def _closed_before_semicolon(source: JsSource) -> Iterator[Edit]:
    """A bracket that is missing before the `;` that ends a line."""
    ends = [match.start() for match in re.finditer(r";[ \t]*$", source.code, re.MULTILINE)]
    for end in ends[-min(_MAX_LINES, _MAX_PARSED // (5 * (len(source.code) + 1)) + 1) :]:
        for bracket in (")", "]", "}", "})", ")]"):
            code = source.code[:end] + bracket + source.code[end:]
            if compiles(code):
                yield Edit("syntax/grammar", "closed what was left open", code)
                return


def _wrapped_objects(source: JsSource) -> Iterator[Edit]:
    """`i => { json: ... }` is a block with a label: the object wants parentheses."""
    starts = {arrow.start(1) for arrow in re.finditer(r"=>\s*(\{)\s*(?:json|\.\.\.)", source.code)}
    still_open: list[int] = []
    edits: list[TextEdit] = []
    for brace in re.finditer("[{}]", source.code):
        if brace[0] == "{":
            still_open.append(brace.start())
        elif still_open and (start := still_open.pop()) in starts:
            edits += TextEdit(start, start, "("), TextEdit(brace.end(), brace.end(), ")")
    code = apply_edits(source.code, edits)
    yield from _kept_if_compiling(source, "syntax/grammar", "put the returned object in parentheses", code)


def returning_edits(source: JsSource) -> Iterator[Edit]:
    """A return for code that leaves no answer: of its last value, or of the function that is never called."""
    yield from _wrapped_objects(source)
    returns = [n for n in source.kinds("return_statement") if not any(up.kind in FUNCTIONS for up in n.up())]
    statements = source.root.parts()
    if returns or not statements:
        return
    last = statements[-1]
    name, parameters = last.child("name"), last.child("parameters")
    if last.kind == "function_declaration" and name is not None and parameters is not None:
        waiting = "await " if last.has("async") else ""
        given = "items" if parameters.parts() else ""
        code = f"{source.code.rstrip()}\nreturn {waiting}{name.text}({given});"
        yield from _kept_if_compiling(source, "n8n/missing-return", f"called `{name.text}`", code)
    exported = re.sub(r"^\s*module\.exports\s*=\s*", "", last.text).rstrip(";")
    if exported != last.text.rstrip(";"):
        code = f"{source.code[: -len(last.text)] if source.code.endswith(last.text) else ''}return ({exported})(items);"
        yield from _kept_if_compiling(source, "n8n/missing-return", "called what was exported", code)
    yield from _with_return(source, last)


def node_edits(source: JsSource, scopes: Scopes, rules: NodeRules) -> Iterator[Edit]:
    """What a Code node has instead of what the code uses."""
    yield from _other_names(source, scopes, rules)
    without = _GIVEN.sub("", source.code)
    if without != source.code:
        yield Edit("n8n/import", "DateTime is there without luxon", without)
    yield from _returned(source)


def _other_names(source: JsSource, scopes: Scopes, rules: NodeRules) -> Iterator[Edit]:
    edits: list[tuple[int, int, str]] = []
    each_item = rules.mode == "runOnceForEachItem"
    for node in scopes.references():
        if scopes.resolve(node):
            continue
        call = node.parent
        if node.name == "$helpers":
            edits.append((node.start, node.end, "helpers"))
        elif node.name == "getWorkflowStaticData":
            edits.append((node.start, node.end, "$getWorkflowStaticData"))
        elif node.name == "structuredClone" and call is not None and call.kind == "call_expression":
            arguments = call.child("arguments")
            edits.append(
                (call.start, call.end, f"JSON.parse(JSON.stringify{arguments.text if arguments is not None else '()'})")
            )
        elif node.name == "items" and each_item:
            edits.append((node.start, node.end, "[$input.item]"))
    if each_item:
        edits += [
            (n.start, n.end, "[$input.item]") for n in source.kinds("call_expression") if n.text == "$input.all()"
        ]
        edits += [
            (n.start, n.end, "$input.item")
            for n in source.kinds("call_expression")
            if n.text in {"$input.first()", "$input.last()"}
        ]
    if edits:
        yield Edit("n8n/unknown-global", "used the names that a Code node has", source.replaced(edits))


def _returned(source: JsSource) -> Iterator[Edit]:
    """A return where there is none, and items where there is something else."""
    returns = [
        node for node in source.kinds("return_statement") if not any(above.kind in FUNCTIONS for above in node.up())
    ]
    statements = source.root.parts()
    if not returns and statements:
        yield from _with_return(source, statements[-1])
    for node in returns:
        value = node.parts()[0].bare() if node.parts() else None
        if value is None:
            continue
        changed = _as_items(value)
        if changed is not None:
            yield Edit("n8n/return-shape", "returned items", source.replaced([(value.start, value.end, changed)]))


def _with_return(source: JsSource, last: JsNode) -> Iterator[Edit]:
    names = [
        b.text
        for n in source.root.parts()
        if n.kind == "lexical_declaration"
        for p in n.parts()
        if (b := p.child("name")) is not None and b.kind == "identifier"
    ]
    if last.kind == "expression_statement":
        inner = last.parts()[0]
        if inner.kind == "call_expression" and inner.text.startswith("console.log("):
            arguments = inner.child("arguments")
            shown = arguments.parts() if arguments is not None else []
            if shown:
                yield Edit(
                    "n8n/missing-return",
                    "returned what was logged",
                    source.replaced([(last.start, last.end, f"return {shown[0].text};")]),
                )
        elif inner.kind not in {"assignment_expression", "augmented_assignment_expression"}:
            yield Edit(
                "n8n/missing-return", "returned the last value", source.replaced([(last.start, last.start, "return ")])
            )
    for name in ("result", "results", "output", "out", "items", *reversed(names)):
        if name in names:
            yield Edit("n8n/missing-return", f"returned `{name}`", f"{source.code.rstrip()}\nreturn {name};")
            return


def _as_items(value: JsNode) -> str | None:
    if value.kind in {"string", "number", "template_string", "true", "false"}:
        return f"[{{ json: {{ result: {value.text} }} }}]"
    if value.kind != "call_expression":
        return None
    function, arguments = value.child("function"), value.child("arguments")
    args = arguments.parts() if arguments is not None else []
    if (
        function is not None
        and function.text.endswith(".map")
        and args
        and args[0].kind in FUNCTIONS
        and args[0].has("async")
    ):
        return f"await Promise.all({value.text})"
    if function is not None and (function.text == "JSON.stringify" or function.text.endswith(".join")):
        return f"[{{ json: {{ result: {value.text} }} }}]"
    return None
