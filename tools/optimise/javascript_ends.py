"""Rules about JavaScript that sorts or filters everything to take one element."""

from collections.abc import Iterator

from tools.checks.javascript_tree import JsNode
from tools.checks.text_edits import TextEdit
from tools.optimise.javascript_code import JavaScriptCode, arguments_of, callee, method_of, suggest_at
from tools.optimise.match import Match

__all__ = ["filter_first", "sort_for_min"]


def sort_for_min(code: JavaScriptCode) -> Iterator[Match]:
    """Sorting everything to take the first or last element: one pass finds it."""
    for call in code.source.kinds("call_expression"):
        if method_of(call) not in {"sort", "toSorted"}:
            continue
        parent = call.parent
        if (
            parent is not None
            and parent.kind == "subscript_expression"
            and (parent.child("index") or parent).text == "0"
        ):
            yield Match(
                suggest_at(call, "sort_for_min", "One pass finds the smallest; sorting is not needed"),
                _best(code, parent, call),
            )
        elif parent is not None and parent.kind == "variable_declarator":
            name = parent.child("name")
            uses = code.references.get(name.text, []) if name is not None else []
            ends = [use.parent for use in uses if use.parent is not None and _is_end(use)]
            if uses and len(ends) == len(uses):
                single = len(ends) == 1 and ends[0].kind == "subscript_expression"
                edits = _best(code, ends[0], call) if single else ()
                declaration = parent.parent
                removal = (
                    (code.remove(declaration),)
                    if edits and declaration is not None and len(declaration.parts()) == 1
                    else ()
                )
                yield Match(
                    suggest_at(call, "sort_for_min", "One pass finds the ends; sorting is not needed"),
                    (*edits, *removal) if removal else (),
                )


def _is_end(use: JsNode) -> bool:
    parent = use.parent
    if parent is None:
        return False
    if parent.kind == "subscript_expression" and parent.child("object") is use:
        index = (parent.child("index") or parent).text.replace(" ", "")
        return index in {"0", f"{use.text}.length-1"}
    if parent.kind == "member_expression" and parent.parent is not None:
        if parent.parent.kind == "call_expression" and method_of(parent.parent) == "at":
            return [arg.text for arg in arguments_of(parent.parent)] in (["0"], ["-1"])
        above = parent.parent.parent
        return parent.text.endswith(".length") and above is not None and above.kind == "subscript_expression"
    return False


def _best(code: JavaScriptCode, place: JsNode, call: JsNode) -> tuple[TextEdit, ...]:
    """The first of a sorted copy, by one reduce with the same comparison."""
    source, args = callee(call), arguments_of(call)
    if source is None or len(args) != 1 or args[0].kind not in {"arrow_function", "identifier"}:
        return ()
    is_copy = source.kind == "array" and len(source.parts()) == 1 and source.parts()[0].kind == "spread_element"
    sliced = source.kind == "call_expression" and method_of(source) == "slice" and not arguments_of(source)
    if not (is_copy or sliced or method_of(call) == "toSorted"):
        return ()  # the sorted array itself may be read later
    rows = source.parts()[0].parts()[0].text if is_copy else (callee(source) or source).text if sliced else source.text
    compare = args[0].text if args[0].kind == "identifier" else f"({args[0].text})"
    return (
        code.replace(
            place,
            f"{rows}.reduce((best, one) => (best === undefined || {compare}(one, best) < 0 ? one : best), undefined)",
        ),
    )


def filter_first(code: JavaScriptCode) -> Iterator[Match]:
    """`filter(...)[0]` looks at everything to find one."""
    for call in code.source.kinds("call_expression"):
        if method_of(call) != "filter" or call.parent is None:
            continue
        function = call.child("function")
        name = function.child("property") if function is not None else None
        parent = call.parent
        if parent.kind == "subscript_expression" and (parent.child("index") or parent).text == "0" and name is not None:
            edits = (
                code.replace(name, "find"),
                TextEdit(code.span(call.end, call.end)[0], code.span(parent.end, parent.end)[0], ""),
            )
            yield Match(suggest_at(call, "filter_first", "find() stops at the first one"), edits)
        elif parent.kind == "member_expression" and parent.text.endswith(".length") and parent.parent is not None:
            rest = parent.parent.text.removeprefix(parent.text).replace(" ", "")
            if parent.parent.kind == "binary_expression" and rest in {">0", "!==0", ">=1"} and name is not None:
                edits = (
                    code.replace(name, "some"),
                    TextEdit(code.span(call.end, call.end)[0], code.span(parent.parent.end, parent.parent.end)[0], ""),
                )
                yield Match(suggest_at(call, "filter_length", "some() stops at the first one"), edits)
