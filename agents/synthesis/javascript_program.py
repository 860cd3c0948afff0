"""The statements around a JavaScript program: how items come in and go out."""

from typing import TYPE_CHECKING

from agents.synthesis.language import LEVELS, Expr, Stage
from agents.synthesis.printing import fits, indented, is_selection, uses

if TYPE_CHECKING:
    from agents.synthesis.emit_javascript import JavaScriptPrinter

__all__ = ["program_text"]

_ROWS = "const rows = $input.all().map(item => item.json);\n"


def program_text(printer: "JavaScriptPrinter", program: Expr) -> str:
    """Print the body: item by item when items keep their identity, else over plain rows."""
    if program.op == "pipe" and _over_items(program):
        return _item_style(printer, program)
    with printer.naming(items="rows"):
        return _ROWS + "\n" + _row_style(printer, program)


def _over_items(program: Expr) -> bool:
    depth, stages, body = program.params
    exprs = [expr for stage in stages for expr in stage.exprs] + ([body] if body is not None else [])
    return (
        program.args[0].op == "var"
        and program.args[0].params[0] == "items"
        and is_selection(stages)
        and not any(uses(expr, "items", LEVELS[depth].elements) for expr in exprs)
    )


def _item_style(printer: "JavaScriptPrinter", program: Expr) -> str:
    _, stages, body = program.params
    text = "$input.all()"
    for stage in stages:
        text = _item_stage(printer, text, stage)
    if body is not None:
        text = _item_map(printer, text, body, changed=bool(stages))
    return f"return {_broken(text)};"


def _item_stage(printer: "JavaScriptPrinter", text: str, stage: Stage) -> str:
    if stage.kind == "sort":
        return f"{text}.sort({printer.comparator(stage, {'row': 'item.json'}, 'row')})"
    if stage.kind == "filter":
        with printer.naming(row="json"):
            return f"{text}.filter(({{ json }}) => {printer.print(stage.exprs[0]).text})"
    if stage.kind == "dedupe":
        return printer.keyed(text, stage, {"row": "item.json"}, "item")
    return printer.stage(text, stage, {"row": "item"}, "row", fresh=True)


def _item_map(printer: "JavaScriptPrinter", text: str, body: Expr, *, changed: bool) -> str:
    with printer.naming(row="json"):
        value = printer.print(body).text
    extra = ", index" if uses(body, "index") else ""
    taken = "{ json, pairedItem }" if changed else "{ json }"
    given = f"{{ json: {value}, pairedItem }}" if changed else f"{{ json: {value} }}"
    if not fits(given):
        given = "{\n" + indented(f"json: {value},{chr(10) + 'pairedItem,' if changed else ''}") + "\n}"
    return f"{text}.map(({taken}{extra}) => ({given}))"


def _row_style(printer: "JavaScriptPrinter", program: Expr) -> str:
    if program.op == "list" and len(program.args) == 1:
        return f"return [{{ json: {printer.print(program.args[0]).text} }}];"
    if program.op == "pipe" and program.params[2] is not None and _wrappable(program):
        depth, stages, body = program.params
        wrapped = Expr("pipe", program.args, (depth, stages, Expr("object", (body,), (("json",), 0, ()))))
        return f"return {_broken(printer.print(wrapped).text)};"
    return f"return {_broken(printer.print(program).text + '.map(json => ({ json }))')};"


def _wrappable(program: Expr) -> bool:
    return str(program.params[2].type) == "obj"


def _broken(text: str) -> str:
    """Break a long chain before its method calls at the outermost level."""
    if fits(text) or not text.startswith(("$input", "rows")):
        return text
    pieces, depth, quote, current = [], 0, "", ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "'`":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "." and depth == 0 and current not in {"$input", ""}:
            pieces.append(current)
            current = ""
        current += char
    head, *calls = [*pieces, current]
    return head + "".join("\n" + indented(call) for call in calls) if len(calls) > 1 else text
