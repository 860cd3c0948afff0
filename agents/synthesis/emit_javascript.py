"""From an expression to the JavaScript body of a code node."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage
from agents.synthesis.operators.positions import CLASSES
from agents.synthesis.printing import Printed, Printer, fits, indented, is_selection, item_steps, last_filter, uses

__all__ = ["JavaScriptPrinter", "helpers_of", "javascript_body", "javascript_item_body"]

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_HELPERS = {
    paragraph.split()[1]: paragraph.strip()
    for paragraph in (Path(__file__).parent / "runtime.js").read_text(encoding="utf-8").split("\n\n")
    if paragraph.startswith("const ")
}
_MAYBE = frozenset(["field", "look_up", "first", "last", "nth", "before_here", "after_here"])
"""Expressions that may be undefined in JavaScript where the interpreter has null."""
_NAMED_LAYOUT = ("MMM", "EEE", "a")


def javascript_body(program: Expr) -> str:
    """Print a program: an expression over `items` that gives the list of output rows."""
    printer = JavaScriptPrinter(language="javascript")
    text = printer.program(program)
    return "\n\n".join([*helpers_of(printer.helpers), text]) + "\n"


def javascript_item_body(program: Expr) -> str | None:
    """Print a program for the mode Run Once for Each Item; None when it needs more than one item."""
    steps = item_steps(program)
    if steps is None:
        return None
    printer = JavaScriptPrinter(language="javascript")
    with printer.naming(row="json"):
        tests = [printer.print(stage.exprs[0]).text for stage in steps[0]]
        value = None if steps[1] is None else printer.print(steps[1]).text
    lines = ["const { json } = $input.item;"] if tests or value is not None else []
    lines += [f"if (!({test})) return null;" for test in tests]
    lines.append("return $input.item;" if value is None else f"return {{ json: {value} }};")
    return "\n\n".join([*helpers_of(printer.helpers), "\n".join(lines)]) + "\n"


def helpers_of(needed: set[str]) -> list[str]:
    """Collect the helper functions and those that they call, in the order of their file."""
    wanted = {name for name in needed if name in _HELPERS}
    for name in reversed(_HELPERS):
        if name in wanted:
            wanted.update(other for other in _HELPERS if other != name and f"{other}(" in _HELPERS[name])
    return [text for name, text in _HELPERS.items() if name in wanted]


def _escaped(match: re.Match[str]) -> str:
    """Escape one character of a regular expression; what is no ASCII stands for itself."""
    char = match.group()
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, "\\" + char if char.isascii() else char)


@dataclass
class JavaScriptPrinter(Printer):
    """JavaScript as a colleague writes it in a code node."""

    def literal_precedence(self, value: Any) -> float:
        return 17 if isinstance(value, dict) else super().literal_precedence(value)

    def literal(self, value: Any) -> str:
        if isinstance(value, str):
            inner = json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
            return f"'{inner}'"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(self.literal(element) for element in value) + "]"
        if isinstance(value, dict):
            inner = ", ".join(f"{self.key(name)}: {self.literal(entry)}" for name, entry in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        return json.dumps(value)

    def key(self, name: str) -> str:
        """Write a property name."""
        return name if _NAME.fullmatch(name) else self.literal(name)

    def field(self, expr: Expr, *, lenient: bool) -> Printed:
        base = self.print(expr.args[0])
        plain = expr.args[0].op == "var" and expr.args[0].params[0] != "previous"
        mark = "" if plain else "?."
        name = expr.params[0]
        if _NAME.fullmatch(name):
            return Printed(f"{base.at(18)}{mark or '.'}{name}")
        return Printed(f"{base.at(18)}{mark}[{self.literal(name)}]")

    def guarded(self, spec: str, expr: Expr, printed: Printed) -> str:
        if spec == "o":
            return printed.at(18) if expr.op != "field" else f"({printed.text} ?? '')"
        if spec in {"l", "n"} and expr.op in {"field", "look_up"}:
            return f"({printed.text} ?? [])"
        return printed.at(18)

    def value(self, expr: Expr) -> str:
        """Print what a property holds: a missing field is null."""
        printed = self.print(expr)
        if expr.op == "if":
            test, yes, no = self.print(expr.args[0]), self.value(expr.args[1]), self.value(expr.args[2])
            return f"{test.at(4)} ? {yes} : {no}"
        last = expr.args[-1] if expr.op == "default" else expr
        maybe = last.op in _MAYBE or last == Expr("var", (), ("key",))
        return f"{printed.at(5)} ?? null" if maybe else printed.at(3)

    def print_object(self, expr: Expr) -> Printed:
        names, spreads, dropped = expr.params
        parts = [f"...{self.spread(arg, dropped)}" for arg in expr.args[:spreads]]
        for name, arg in zip(names, expr.args[spreads:], strict=True):
            value = self.value(arg)
            parts.append(self.key(name) if value == name else f"{self.key(name)}: {value}")
        inline = "{ " + ", ".join(parts) + " }" if parts else "{}"
        return Printed(inline if fits(inline) else "{\n" + indented(",\n".join(parts)) + ",\n}")

    def spread(self, base: Expr, dropped: tuple[str, ...]) -> str:
        """Print a spread object, without the dropped fields."""
        printed = self.print(base)
        if not dropped:
            return printed.at(16)
        if base.op in _MAYBE:
            printed = Printed(f"{printed.at(5)} ?? {{}}", 4)
        taken = ", ".join(f"{self.key(name)}: _{index}" for index, name in enumerate(dropped))
        return f"(({{ {taken}, ...rest }}) => rest)({printed.text})"

    def print_if(self, expr: Expr) -> Printed:
        test, yes, no = (self.print(arg) for arg in expr.args)
        text = f"{test.at(4)} ? {yes.at(3)} : {no.at(3)}"
        return Printed(text, 3)

    def print_template(self, expr: Expr) -> Printed:
        pieces = []
        for part in expr.params:
            if isinstance(part, int):
                pieces.append("${" + self.print(expr.args[part], lenient=False).text + "}")
            else:
                escaped = part.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${").replace("\n", "\\n")
                pieces.append(escaped.replace("\r", "\\r").replace("\t", "\\t"))
        return Printed("`" + "".join(pieces) + "`")

    def print_pair(self, expr: Expr) -> Printed:
        return Printed("[" + ", ".join(self.value(arg) for arg in expr.args) + "]")

    def print_list(self, expr: Expr) -> Printed:
        return self.print_pair(expr)

    def print_from_pairs(self, expr: Expr) -> Printed:
        return Printed(f"Object.fromEntries({self.print(expr.args[0]).text})")

    def print_is_empty(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0])
        if expr.args[0].type == "list":
            return Printed(f"!{inner.at(15)}?.length", 15)
        return Printed(f"{inner.at(9)} == null || {inner.at(9)} === ''", 5)

    def print_round(self, expr: Expr) -> Printed:
        inner, digits = self.print(expr.args[0], lenient=False), expr.params[0]
        if digits == 0:
            return Printed(f"Math.round({inner.text})")
        factor = 10**digits
        return Printed(f"Math.round({inner.at(13)} * {factor}) / {factor}", 13)

    def print_fixed(self, expr: Expr) -> Printed:
        return Printed(f"{self.print(expr.args[0], lenient=False).at(18)}.toFixed({expr.params[0]})")

    def print_first(self, expr: Expr) -> Printed:
        """The first one that a test keeps is found, not filtered for."""
        source = expr.args[0]
        test = last_filter(source)
        if test is None:
            return Printed(f"{self.guarded('l', source, self.print(source))}[0]")
        depth, stages, _ = source.params
        text, names = self.chain(source.args[0], depth, stages[:-1], None)
        with self.naming(**names):
            return Printed(f"{text}.find({names[LEVELS[depth].element]} => {self.print(test).text})")

    def print_sum(self, expr: Expr) -> Printed:
        source = expr.args[0]
        if source.op == "pipe" and source.params[2] is not None and is_selection(source.params[1]):
            return self._reduced(source)
        return Printed(f"{self.guarded('l', source, self.print(source))}.reduce((sum, value) => sum + value, 0)")

    def _reduced(self, source: Expr) -> Printed:
        depth, stages, body = source.params
        chain, names = self.chain(source.args[0], depth, stages, body)
        with self.naming(**names):
            value = self.print(body)
            guard = f"({value.text} ?? 0)" if body.op == "field" else value.at(13)
        return Printed(f"{chain}.reduce((sum, {names[LEVELS[depth].element]}) => sum + {guard}, 0)")

    def print_average(self, expr: Expr) -> Printed:
        total = self.print_sum(Expr("sum", expr.args))
        return Printed(f"{total.text} / {self.print(expr.args[0]).at(18)}.length", 13)

    def print_max(self, expr: Expr) -> Printed:
        return self._extreme(expr, "max", ">")

    def print_min(self, expr: Expr) -> Printed:
        return self._extreme(expr, "min", "<")

    def _extreme(self, expr: Expr, name: str, sign: str) -> Printed:
        inner = self.print(expr.args[0])
        if expr.type == "num":
            return Printed(f"Math.{name}(...{inner.text})")
        return Printed(f"{inner.at(18)}.reduce((a, b) => (b {sign} a ? b : a))")

    def print_sorted(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0])
        left, right = ("b", "a") if expr.params[0] else ("a", "b")
        self.helpers.add("compare")
        return Printed(f"[...{inner.text}].sort((a, b) => compare({left}, {right}))")

    def print_run_of(self, expr: Expr) -> Printed:
        text, (mark, index) = self.print(expr.args[0], lenient=False).at(18), expr.params
        pattern = CLASSES[mark].javascript
        unicode = "u" if "\\p" in pattern else ""
        if index == 0:
            return Printed(f"{text}.match(/{pattern}/{unicode})[0]")
        return Printed(f"{text}.match(/{pattern}/g{unicode}).at({index})")

    def print_cut(self, expr: Expr) -> Printed:
        text = self.print(expr.args[0], lenient=False)
        start, end = (self.place(text.text, at) for at in expr.params)
        if end is None:
            return Printed(f"{text.at(18)}.slice({start})")
        return Printed(f"{text.at(18)}.slice({start}, {end})")

    def place(self, text: str, at: tuple[Any, ...]) -> str | None:
        """Print a position in a text; None is its end."""
        if len(at) == 1:
            return None if at[0] is None else str(at[0])
        self.helpers.add("placeOf")
        mark, index, side = at
        if mark.startswith("="):
            pattern = f"/{re.sub(r'([^a-zA-Z0-9 _,;:@#=<>%&!~-])', _escaped, mark[1:])}/g"
        else:
            javascript = CLASSES[mark].javascript
            pattern = f"/{javascript}/g{'u' if chr(92) + 'p' in javascript else ''}"
        return f"placeOf({text}, {pattern}, {index}, {side})"

    def print_amount(self, expr: Expr) -> Printed:
        inner, point = self.print(expr.args[0], lenient=False), expr.params[0]
        cleaned = f"{inner.at(18)}.replace(/[^0-9{point}-]/g, '')"
        return Printed(f"Number({cleaned})" if point == "." else f"Number({cleaned}.replace(',', '.'))")

    def print_without_leading(self, expr: Expr) -> Printed:
        """A regular expression anchored in front."""
        return Printed(f"{self.print(expr.args[0]).at(18)}.replace(/^{re.escape(expr.params[0])}+/, '')")

    def print_remove_chars(self, expr: Expr) -> Printed:
        escaped = "".join("\\" + char if char in "\\]^-/" else char for char in expr.params[0]).replace("\n", "\\n")
        return Printed(f"{self.print(expr.args[0], lenient=False).at(18)}.replace(/[{escaped}]/g, '')")

    def print_read_date(self, expr: Expr) -> Printed:
        inner, layout = self.print(expr.args[0], lenient=False), expr.params[0]
        if layout.startswith("yyyy-MM-dd") and " " not in layout:
            return Printed(f"DateTime.fromISO({inner.text}, {{ zone: 'utc' }})")
        self.helpers.add("readDate")
        return Printed(f"readDate({inner.text}, {self.literal(layout)})")

    def print_from_unix(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0], lenient=False)
        unit = "Millis" if expr.params[0] == 1000 else "Seconds"
        return Printed(f"DateTime.from{unit}({inner.text}, {{ zone: 'utc' }})")

    def print_to_unix(self, expr: Expr) -> Printed:
        method = "toMillis" if expr.params[0] == 1000 else "toSeconds"
        return Printed(f"{self.print(expr.args[0]).at(18)}.{method}()")

    def print_write_date(self, expr: Expr) -> Printed:
        layout = expr.params[0]
        named = ", { locale: 'en' }" if any(token in layout for token in _NAMED_LAYOUT) else ""
        quoted = self.literal(layout.replace("T", "'T'")) if "'" not in layout else self.literal(layout)
        return Printed(f"{self.print(expr.args[0]).at(18)}.toFormat({quoted}{named})")

    def print_add_time(self, expr: Expr) -> Printed:
        start, amount = self.print(expr.args[0]), self.print(expr.args[1])
        return Printed(f"{start.at(18)}.plus({{ {expr.params[0]}: {amount.text} }})")

    def print_pipe(self, expr: Expr) -> Printed:
        depth, stages, body = expr.params
        if any(stage.kind == "explode" for stage in stages):
            return self._exploded(expr)
        chain, names = self.chain(expr.args[0], depth, stages, body)
        if body is None:
            return Printed(chain)
        with self.naming(**names):
            value = self.arrow_body(body)
        return Printed(f"{chain}.map({self.parameters(names, depth, body, stages)} => {value})")

    def arrow_body(self, body: Expr) -> str:
        """Print what an arrow function returns: an object needs parentheses."""
        value = self.value(body)
        return f"({value})" if value.startswith("{") else value

    def parameters(self, names: dict[str, str], depth: int, body: Expr | None, stages: tuple[Stage, ...]) -> str:
        """Print the parameters of the arrow function of a `map`."""
        level = LEVELS[depth]
        first = names[level.element]
        if any(stage.kind == "group" for stage in stages):
            first = f"[{names[level.key]}, {names[level.group]}]"
        elif any(stage.kind == "chunk" for stage in stages):
            first = names[level.group]
        extra = [level.index] if uses(body, level.index, level.elements) else []
        if uses(body, level.elements):
            extra.append(level.elements)
        if not extra and not first.startswith("["):
            return first
        return f"({', '.join([first, *extra])})"

    def chain(
        self, source: Expr, depth: int, stages: tuple[Stage, ...], body: Expr | None
    ) -> tuple[str, dict[str, str]]:
        """Print the source with its stages; also return the names that the next step may use."""
        level = LEVELS[depth]
        element = self.element_name(source, depth)
        names = {level.element: element, level.key: level.key, level.group: level.group}
        text = self.guarded("l", source, self.print(source))
        for place, stage in enumerate(stages):
            text = self.stage(text, stage, names, level.element, fresh=place > 0 or source.op == "pipe")
        return text, names

    def stage(self, text: str, stage: Stage, names: dict[str, str], element: str, *, fresh: bool) -> str:
        """Print one stage behind the text of what comes before."""
        name = names[element]
        match stage.kind:
            case "filter":
                with self.naming(**names):
                    return f"{text}.filter({name} => {self.print(stage.exprs[0]).text})"
            case "sort":
                return f"{text if fresh else f'[...{text}]'}.sort({self.comparator(stage, names, element)})"
            case "limit":
                count, end = stage.params
                return f"{text}.slice(0, {count})" if end == "first" else f"{text}.slice(-{count})"
            case "skip":
                count, end = stage.params
                return f"{text}.slice({count})" if end == "first" else f"{text}.slice(0, -{count})"
            case "reverse":
                return f"{text}.reverse()" if fresh else f"[...{text}].reverse()"
            case "chunk":
                self.helpers.add("chunks")
                return f"chunks({text}, {stage.params[0]})"
        return self.keyed(text, stage, names, name)

    def keyed(self, text: str, stage: Stage, names: dict[str, str], name: str) -> str:
        """Print a grouping or a removal of duplicates."""
        with self.naming(**names):
            keys = [self.print(expr).text for expr in stage.exprs]
        key = keys[0] if len(keys) == 1 else f"JSON.stringify([{', '.join(keys)}])"
        if stage.kind == "group":
            self.helpers.add("groupBy")
            return f"groupBy({text}, {name} => {key})"
        if stage.params[0] == "last_in_place":
            return f"[...new Map({text}.map({name} => [{key}, {name}])).values()]"
        if stage.params[0] == "adjacent":
            self.helpers.add("unrepeated")
            return f"unrepeated({text}, {name} => {key})"
        self.helpers.add("uniqueBy")
        if stage.params[0] == "last":
            return f"uniqueBy([...{text}].reverse(), {name} => {key}).reverse()"
        return f"uniqueBy({text}, {name} => {key})"

    def comparator(self, stage: Stage, names: dict[str, str], element: str) -> str:
        """Print the comparison function of a sort."""
        suffix = names[element].removeprefix("item") if names[element].startswith("item.") else ""
        terms = []
        for expr, descending in zip(stage.exprs, stage.params, strict=True):
            with self.naming(**{**names, element: f"a{suffix}"}):
                left = self.print(expr)
            with self.naming(**{**names, element: f"b{suffix}"}):
                right = self.print(expr)
            left, right = (right, left) if descending else (left, right)
            if expr.type in {"num", "date"}:
                terms.append(f"{left.at(12)} - {right.at(13)}")
            else:
                self.helpers.add("compare")
                terms.append(f"compare({left.text}, {right.text})")
        return f"(a, b) => {' || '.join(terms)}"

    def _exploded(self, expr: Expr) -> Printed:
        """Print a pipeline with an explode stage: `flatMap`, and pairs when more stages follow."""
        depth, stages, body = expr.params
        place = next(index for index, stage in enumerate(stages) if stage.kind == "explode")
        outer, names = self.chain(expr.args[0], depth, stages[:place], None)
        level, inner = LEVELS[depth], LEVELS[depth + 1]
        later = stages[place + 1 :]
        listed = stages[place].exprs[0]
        with self.naming(**names):
            element = self.element_name(listed, depth + 1)
            text = self.guarded("l", listed, self.print(listed))
            simple = all(stage.kind == "filter" for stage in later)
            inner_names = {**names, inner.element: element}
            for stage in later if simple else ():
                text = self.stage(text, stage, inner_names, inner.element, fresh=True)
            if simple:
                mapped = self._mapped(text, element, inner_names, depth + 1, body)
                return Printed(f"{outer}.flatMap({names[level.element]} => {mapped})")
            both = f"({{ {level.element}: {names[level.element]}, {inner.element}: {element} }})"
            pairs = f"{outer}.flatMap({names[level.element]} => {text}.map({element} => {both}))"
        return self._paired(pairs, later, depth, body)

    def _mapped(self, text: str, element: str, names: dict[str, str], depth: int, body: Expr | None) -> str:
        if body is None:
            return text
        level = LEVELS[depth]
        with self.naming(**names):
            value = self.arrow_body(body)
        return f"{text}.map({f'({element}, {level.index})' if uses(body, level.index) else element} => {value})"

    def _paired(self, text: str, stages: tuple[Stage, ...], depth: int, body: Expr | None) -> Printed:
        """Print stages over pairs of a row and one of its entries."""
        level, inner = LEVELS[depth], LEVELS[depth + 1]
        names = {
            level.element: "pair.row" if depth == 0 else f"pair.{level.element}",
            inner.element: f"pair.{inner.element}",
        }
        for stage in stages:
            text = self._pair_stage(text, stage, names, depth)
        grouped = any(stage.kind == "group" for stage in stages)
        shown = {level.key: level.key, level.group: level.group} if grouped else names
        with self.naming(**shown):
            value = self.arrow_body(body) if body is not None else "pair"
        head = f"[{level.key}, {level.group}]" if grouped else "pair"
        extra = f", {level.index}" if uses(body, level.index) else ""
        return Printed(f"{text}.map({f'({head}{extra})' if grouped or extra else head} => {value})")

    def _pair_stage(self, text: str, stage: Stage, names: dict[str, str], depth: int) -> str:
        if stage.kind == "sort":
            left = {name: shown.replace("pair", "a", 1) for name, shown in names.items()}
            right = {name: shown.replace("pair", "b", 1) for name, shown in names.items()}
            return f"{text}.sort((a, b) => {self._compared(stage, left, right)})"
        with self.naming(**names):
            printed = [self.print(expr).text for expr in stage.exprs]
        if stage.kind == "filter":
            return f"{text}.filter(pair => {printed[0]})"
        if stage.kind == "group":
            self.helpers.add("groupBy")
            inner = LEVELS[depth + 1].element
            return (
                f"groupBy({text}, pair => {printed[0]}).map(([key, pairs]) => [key, pairs.map(pair => pair.{inner})])"
            )
        if stage.kind == "dedupe":
            self.helpers.add("uniqueBy")
            return f"uniqueBy({text}, pair => {printed[0]})"
        return self.stage(text, stage, {"pair": "pair"}, "pair", fresh=True)

    def _compared(self, stage: Stage, left: dict[str, str], right: dict[str, str]) -> str:
        self.helpers.add("compare")
        terms = []
        for expr, descending in zip(stage.exprs, stage.params, strict=True):
            with self.naming(**left):
                first = self.print(expr).text
            with self.naming(**right):
                second = self.print(expr).text
            terms.append(f"compare({second}, {first})" if descending else f"compare({first}, {second})")
        return " || ".join(terms)

    def program(self, program: Expr) -> str:
        """Print the statements of the whole body."""
        from agents.synthesis.javascript_program import program_text

        return program_text(self, program)
