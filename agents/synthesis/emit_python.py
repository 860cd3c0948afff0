"""From an expression to the Python body of a code node: no imports, no classes."""

import ast
import json
from dataclasses import dataclass
from typing import Any

from agents.synthesis.language import LEVELS, Expr, Stage
from agents.synthesis.operators.positions import CLASSES
from agents.synthesis.printing import Printed, Printer, fits, indented, is_selection, item_steps, last_filter, uses
from agents.synthesis.python_helpers import helper_texts

__all__ = ["PythonPrinter", "python_body", "python_item_body"]


def python_body(program: Expr) -> str:
    """Print a program: an expression over `items` that gives the list of output rows."""
    printer = PythonPrinter(language="python")
    text = printer.program(program)
    return "\n\n".join([*helper_texts(printer.helpers), text]) + "\n"


def python_item_body(program: Expr) -> str | None:
    """Print a program for the mode Run Once for Each Item; None when it needs more than one item."""
    steps = item_steps(program)
    if steps is None:
        return None
    printer = PythonPrinter(language="python")
    with printer.naming(row="row"):
        tests = [printer.print(stage.exprs[0]).at(5) for stage in steps[0]]
        value = None if steps[1] is None else printer.print(steps[1]).text
    lines = ['row = _item["json"]'] if tests or value is not None else []
    lines += [f"if not ({test}):\n    return None" for test in tests]
    lines.append("return _item" if value is None else f'return {{"json": {value}}}')
    return "\n\n".join([*helper_texts(printer.helpers), "\n".join(lines)]) + "\n"


@dataclass
class PythonPrinter(Printer):
    """Python as a colleague writes it in a code node."""

    quote: str = '"'

    def literal(self, value: Any) -> str:
        if isinstance(value, str):
            written = json.dumps(value, ensure_ascii=False)
            return written if self.quote == '"' else "'" + written[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(self.literal(element) for element in value) + "]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.literal(k)}: {self.literal(v)}" for k, v in value.items()) + "}"
        return repr(value)

    def field(self, expr: Expr, *, lenient: bool) -> Printed:
        base, name = expr.args[0], self.literal(expr.params[0])
        inner = self.print(base, lenient=lenient)
        if not lenient:
            return Printed(f"{inner.at(18)}[{name}]")
        owner = inner.at(18) if base.op == "var" else f"({inner.text} or {{}})"
        return Printed(f"{owner}.get({name})")

    def guarded(self, spec: str, expr: Expr, printed: Printed) -> str:
        if spec == "n":
            return self.numbers(expr, printed)
        if spec == "w":
            return f"({printed.text} or {self.quote * 2})" if expr.op == "field" else printed.at(18)
        if spec == "c" and printed.text.startswith("[") and expr.op == "pipe":
            return printed.text[1:-1] if _is_comprehension(printed.text) else printed.text
        if spec == "c":
            return printed.text
        return f"({printed.text} or [])" if expr.op in {"field", "look_up"} else printed.at(18)

    def numbers(self, expr: Expr, printed: Printed) -> str:
        """Print the operand of a `sum`: a missing field counts as nothing."""
        if expr.op == "list":
            parts = [Expr("or_zero", (arg,)) if arg.op == "field" else arg for arg in expr.args]
            return "[" + ", ".join(self.print(part).at(3) for part in parts) + "]"
        if expr.op != "pipe":
            return self.guarded("l", expr, printed)
        body = expr.params[2]
        if body is not None and body.op == "field":
            depth, stages, _ = expr.params
            optional = Expr("pipe", expr.args, (depth, stages, Expr("or_zero", (body,))), "list")
            printed = self.print(optional)
        return printed.text[1:-1] if _is_comprehension(printed.text) else printed.text

    def print_or_zero(self, expr: Expr) -> Printed:
        return Printed(f"{self.print(expr.args[0]).at(5)} or 0", 5)

    def print_object(self, expr: Expr) -> Printed:
        names, spreads, dropped = expr.params
        parts = [f"**{self.spread(arg, dropped)}" for arg in expr.args[:spreads]]
        for name, arg in zip(names, expr.args[spreads:], strict=True):
            parts.append(f"{self.literal(name)}: {self.print(arg).at(3)}")
        inline = "{" + ", ".join(parts) + "}"
        return Printed(inline if fits(inline) else "{\n" + indented(",\n".join(parts)) + ",\n}")

    def spread(self, base: Expr, dropped: tuple[str, ...]) -> str:
        """Print a spread object, without the dropped fields."""
        printed = self.print(base)
        if not dropped:
            return printed.at(16) if base.op in {"var", "merged"} else f"({printed.text} or {{}})"
        unwanted = (
            f"name != {self.literal(dropped[0])}" if len(dropped) == 1 else f"name not in {self.literal(list(dropped))}"
        )
        whole = printed.at(18) if base.op in {"var", "merged"} else f"({printed.text} or {{}})"
        return f"{{name: value for name, value in {whole}.items() if {unwanted}}}"

    def print_if(self, expr: Expr) -> Printed:
        test, yes, no = (self.print(arg) for arg in expr.args)
        return Printed(f"{yes.at(4)} if {test.at(4)} else {no.at(3)}", 3)

    def print_template(self, expr: Expr) -> Printed:
        nested, self.quote = self.quote, "'"
        args = [self.text_operand(arg) for arg in expr.args]
        self.quote = nested
        if nested == "'" or any("\\" in arg or '"' in arg or "\n" in arg for arg in args):
            return self._concatenated(expr)
        pieces = [
            "{" + args[part] + "}"
            if isinstance(part, int)
            else json.dumps(part, ensure_ascii=False)[1:-1].replace("{", "{{").replace("}", "}}")
            for part in expr.params
        ]
        return Printed('f"' + "".join(pieces) + '"')

    def text_operand(self, arg: Expr) -> str:
        """Print an operand of a template: computed numbers and others in the form that JavaScript gives them."""
        printed = self.print(arg, lenient=False)
        if arg.type in {"text", "date"} or (arg.type == "num" and arg.op in {"field", "var", "count"}):
            return printed.text
        self.helpers.add("as_text")
        return f"as_text({printed.text})"

    def _concatenated(self, expr: Expr) -> Printed:
        pieces = []
        for part in expr.params:
            if not isinstance(part, int):
                pieces.append(self.literal(part))
            elif expr.args[part].type == "text":
                pieces.append(self.print(expr.args[part], lenient=False).at(12))
            else:
                self.helpers.add("as_text")
                pieces.append(f"as_text({self.print(expr.args[part], lenient=False).text})")
        return Printed(" + ".join(pieces), 12)

    def print_pair(self, expr: Expr) -> Printed:
        return Printed("[" + ", ".join(self.print(arg).at(3) for arg in expr.args) + "]")

    def print_list(self, expr: Expr) -> Printed:
        return self.print_pair(expr)

    def print_from_pairs(self, expr: Expr) -> Printed:
        source = expr.args[0]
        depth, stages, body = source.params
        self.helpers.add("as_text")
        name = body.args[0]
        if name.type != "text":
            name = Expr("text", (name,), (), "text")
        pairs = Expr("pipe", source.args, (depth, stages, Expr("pair", (name, body.args[1]))), "list")
        return Printed(f"dict({self.print(pairs).text})")

    def print_is_empty(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0])
        if expr.args[0].type == "list":
            return Printed(f"not {inner.at(8)}", 8)
        return Printed(f"{inner.at(10)} in (None, {self.quote * 2})", 9)

    def print_round(self, expr: Expr) -> Printed:
        self.helpers.add("rounded")
        inner = self.print(expr.args[0], lenient=False).text
        return Printed(f"rounded({inner}, {expr.params[0]})" if expr.params[0] else f"rounded({inner})")

    def print_fixed(self, expr: Expr) -> Printed:
        arg = expr.args[0]
        inner = self.print(arg, lenient=False)
        if '"' in inner.text and self.quote == '"':
            with_quotes, self.quote = self.quote, "'"
            inner, self.quote = self.print(arg, lenient=False), with_quotes
        if self.quote == "'" or '"' in inner.text or "\\" in inner.text:
            return Printed(f"format({self.print(arg, lenient=False).text}, {self.quote}.{expr.params[0]}f{self.quote})")
        return Printed(f'f"{{{inner.text}:.{expr.params[0]}f}}"')

    def print_average(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0])
        return Printed(f"sum({self.guarded('c', expr.args[0], inner)}) / len({inner.text})", 13)

    def print_sorted(self, expr: Expr) -> Printed:
        reverse = ", reverse=True" if expr.params[0] else ""
        return Printed(f"sorted({self.guarded('l', expr.args[0], self.print(expr.args[0]))}{reverse})")

    def print_join(self, expr: Expr) -> Printed:
        source, separator = expr.args[0], self.literal(expr.params[0])
        printed = self.print(source)
        if source.op in {
            "split",
            "split_trim",
            "split_filled",
            "words",
            "query_pairs",
            "keys",
            "emails",
            "urls",
            "tags",
        }:
            return Printed(f"{separator}.join({printed.text})")
        if source.op == "pipe" and source.params[2] is not None and source.params[2].type == "text":
            inner = printed.text[1:-1] if _is_comprehension(printed.text) else printed.text
            return Printed(f"{separator}.join({inner})")
        self.helpers.add("as_text")
        return Printed(f"{separator}.join(as_text(element) for element in {self.guarded('l', source, printed)})")

    def print_run_of(self, expr: Expr) -> Printed:
        self.helpers.add("runs")
        text, (mark, index) = self.print(expr.args[0], lenient=False).text, expr.params
        return Printed(f"runs({text}, {self.belongs(mark)})[{index}]")

    def print_cut(self, expr: Expr) -> Printed:
        text = self.print(expr.args[0], lenient=False)
        start, end = (self.place(text.text, at) for at in expr.params)
        return Printed(f"{text.at(18)}[{start if start != '0' else ''}:{end or ''}]")

    def belongs(self, mark: str) -> str:
        """Print the test of a class of characters, or a literal mark."""
        if mark.startswith("="):
            return self.literal(mark[1:])
        return CLASSES[mark].python.replace('"', self.quote)

    def place(self, text: str, at: tuple[Any, ...]) -> str | None:
        """Print a position in a text; None is its end."""
        if len(at) == 1:
            return None if at[0] is None else str(at[0])
        self.helpers.add("place_of")
        mark, index, side = at
        return f"place_of({text}, {self.belongs(mark)}, {index}, {side})"

    def print_amount(self, expr: Expr) -> Printed:
        self.helpers.add("amount_of")
        point = f", {self.literal(expr.params[0])}" if expr.params[0] != "." else ""
        return Printed(f"amount_of({self.print(expr.args[0], lenient=False).text}{point})")

    def print_from_unix(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0], lenient=False)
        return Printed(f"{inner.at(13)} / 1000", 13) if expr.params[0] == 1000 else inner

    def print_to_unix(self, expr: Expr) -> Printed:
        inner = self.print(expr.args[0])
        return Printed(f"{inner.at(13)} * 1000", 13) if expr.params[0] == 1000 else inner

    def print_date_part(self, expr: Expr) -> Printed:
        inner, part = self.print(expr.args[0]), expr.params[0]
        if part in {"year", "month", "day"}:
            self.helpers.add("from_days")
            return Printed(f"from_days(int({inner.at(13)} // 86400))[{('year', 'month', 'day').index(part)}]")
        if part == "weekday":
            return Printed(f"(int({inner.at(13)} // 86400) + 3) % 7 + 1", 12)
        if part == "weekNumber":
            self.helpers.add("iso_week")
            return Printed(f"iso_week({inner.text})")
        if part in {"hour", "minute", "second"}:
            size, unit = {"hour": (86400, 3600), "minute": (3600, 60), "second": (60, 1)}[part]
            return Printed(f"int({inner.at(13)} % {size} // {unit})")
        self.helpers.update({"from_days", "to_days"})
        if part == "quarter":
            return Printed(f"(from_days(int({inner.at(13)} // 86400))[1] + 2) // 3", 13)
        self.helpers.update({"add_months", "start_of"})
        return Printed(
            f'(add_months(start_of({inner.text}, "month"), 1) - start_of({inner.text}, "month")) // 86400', 13
        )

    def print_add_time(self, expr: Expr) -> Printed:
        start, amount = self.print(expr.args[0]), self.print(expr.args[1])
        size = {"days": 86400, "weeks": 604800, "hours": 3600, "minutes": 60}[expr.params[0]]
        return Printed(f"{start.at(12)} + {amount.at(13)} * {size}", 12)

    def print_first(self, expr: Expr) -> Printed:
        """The first one that a test keeps is found, not filtered for."""
        source, printed = expr.args[0], self.print(expr.args[0])
        if last_filter(source) is not None and printed.text.startswith("["):
            return Printed(f"next(({printed.text[1:-1]}), None)")
        return Printed(f"({self.guarded('l', source, printed)}[:1] or [None])[0]")

    def print_pipe(self, expr: Expr) -> Printed:
        depth, stages, body = expr.params
        return Printed(self.comprehension(expr.args[0], depth, stages, body))

    def comprehension(self, source: Expr, depth: int, stages: tuple[Stage, ...], body: Expr | None) -> str:
        """Print stages and body, stage by stage; filters and explodes just before the body share its comprehension."""
        level = LEVELS[depth]
        names = {level.element: self.element_name(source, depth), level.key: level.key, level.group: level.group}
        text = self.guarded("l", source, self.print(source))
        target, tests = names[level.element], ""
        for place, stage in enumerate(stages):
            if stage.kind == "filter":
                with self.naming(**names):
                    tests += f" if {self.print(stage.exprs[0]).at(4)}"
            elif stage.kind == "explode":
                text, target, tests, names = self._exploded(stages, place, text, target, tests, names, depth)
            else:
                shown = f"[{self._whole(target)} for {target} in {text}{tests}]" if tests else text
                text, tests = self.stage(shown, stage, target, names), ""
                target = self._next_target(stage, target, names, depth)
        return self._closing(text, target, tests, body, names, depth)

    def _closing(self, text: str, target: str, tests: str, body: Expr | None, names: dict[str, str], depth: int) -> str:
        level = LEVELS[depth]
        if body is None and not tests:
            return text
        with self.naming(**names):
            value = self.print(body).text if body is not None else self._whole(target)
        if uses(body, level.elements):
            # The list itself is read in the body: bind it once, as a one-element loop.
            loop = f"for {level.index}, {self._whole(target)} in enumerate({level.elements})"
            return f"[{value} for {level.elements} in [{text}] {loop}{tests}]"
        if uses(body, level.index):
            if tests:
                text = f"[{self._whole(target)} for {target} in {text}{tests}]"
            bound = f"({target})" if ", " in target else target
            return f"[{value} for {level.index}, {bound} in enumerate({text})]"
        return f"[{value} for {target} in {text}{tests}]"

    def _whole(self, target: str) -> str:
        return f"({target})" if ", " in target else target

    def _exploded(
        self,
        stages: tuple[Stage, ...],
        place: int,
        text: str,
        target: str,
        tests: str,
        names: dict[str, str],
        depth: int,
    ) -> tuple[str, str, str, dict[str, str]]:
        """Open a second loop over the entries of each row; a pair of both when stages follow that need a list."""
        inner, stage = LEVELS[depth + 1], stages[place]
        entry = self.element_name(stage.exprs[0], depth + 1)
        with self.naming(**names):
            listed = self.guarded("l", stage.exprs[0], self.print(stage.exprs[0]))
        names = {**names, inner.element: entry}
        later = stages[place + 1 :]
        body_loops = f"{text}{tests} for {inner.index}, {entry} in enumerate({listed})"
        if all(step.kind == "filter" for step in later):
            return body_loops, target, "", names
        pairs = f"[({target}, {entry}) for {target} in {text}{tests} for {entry} in {listed}]"
        return pairs, f"{target}, {entry}", "", names

    def _next_target(self, stage: Stage, target: str, names: dict[str, str], depth: int) -> str:
        level = LEVELS[depth]
        if stage.kind == "group":
            return f"{names[level.key]}, {names[level.group]}"
        return names[level.group] if stage.kind == "chunk" else target

    def stage(self, text: str, stage: Stage, target: str, names: dict[str, str]) -> str:
        """Print one stage as an expression around the text of what comes before."""
        match stage.kind:
            case "sort":
                return self.ordered(text, stage, target, names)
            case "limit":
                count, end = stage.params
                return f"{text}[:{count}]" if end == "first" else f"{text}[-{count}:]"
            case "skip":
                count, end = stage.params
                return f"{text}[{count}:]" if end == "first" else f"{text}[:-{count}]"
            case "reverse":
                return f"{text}[::-1]"
            case "chunk":
                self.helpers.add("chunks")
                return f"chunks({text}, {stage.params[0]})"
        return self.keyed(text, stage, target, names)

    def _function(self, exprs: tuple[Expr, ...], target: str, names: dict[str, str]) -> str:
        """Print the key function over an element, or over a pair of a row and one of its entries."""
        parameter = target
        if ", " in target:
            parameter = "pair"
            names = {
                name: f"pair[{target.split(', ').index(shown)}]" if shown in target.split(", ") else shown
                for name, shown in names.items()
            }
        with self.naming(**names):
            keys = [self.print(expr).text for expr in exprs]
        return f"lambda {parameter}: {keys[0] if len(keys) == 1 else '(' + ', '.join(keys) + ')'}"

    def ordered(self, text: str, stage: Stage, target: str, names: dict[str, str]) -> str:
        """Print a sort: one `sorted` a change of direction, last key first."""
        exprs, directions = list(stage.exprs), list(stage.params)
        while exprs:
            count = 1
            while count < len(exprs) and directions[-count - 1] == directions[-1]:
                count += 1
            function = self._function(tuple(exprs[-count:]), target, names)
            text = f"sorted({text}, key={function}{', reverse=True' if directions[-1] else ''})"
            del exprs[-count:], directions[-count:]
        return text

    def keyed(self, text: str, stage: Stage, target: str, names: dict[str, str]) -> str:
        """Print a grouping or a removal of duplicates."""
        function = self._function(stage.exprs, target, names)
        if stage.kind == "group":
            self.helpers.add("group_by")
            grouped = f"group_by({text}, {function})"
            if ", " in target:
                return f"[(key, [pair[1] for pair in pairs]) for key, pairs in {grouped}]"
            return grouped
        if stage.params[0] == "last_in_place":
            parameter, key = function.removeprefix("lambda ").split(": ", 1)
            return f"list({{{key}: {parameter} for {parameter} in {text}}}.values())"
        if stage.params[0] == "adjacent":
            self.helpers.add("unrepeated")
            return f"unrepeated({text}, {function})"
        self.helpers.add("unique_by")
        if stage.params[0] == "last":
            return f"unique_by({text}[::-1], {function})[::-1]"
        return f"unique_by({text}, {function})"

    def program(self, program: Expr) -> str:
        """Print the statements of the whole body."""
        if program.op == "pipe" and program.args[0] == Expr("var", (), ("items",)) and is_selection(program.params[1]):
            _, stages, body = program.params
            exprs = [expr for stage in stages for expr in stage.exprs] + ([body] if body else [])
            if stages and not any(uses(expr, "items", "table") for expr in exprs):
                return self._item_style(stages, body)
        with self.naming(items="rows"):
            return 'rows = [item["json"] for item in _items]\n' + self._row_style(program)

    def _item_style(self, stages: tuple[Stage, ...], body: Expr | None) -> str:
        text, tests = "_items", ""
        names = {"row": 'item["json"]'}
        for stage in stages:
            if stage.kind == "filter":
                with self.naming(**names):
                    tests += f" if {self.print(stage.exprs[0]).at(4)}"
                continue
            shown = f"[item for item in {text}{tests}]" if tests else text
            text, tests = self.stage(shown, stage, "item", names), ""
        if body is None:
            return f"return [item for item in {text}{tests}]" if tests else f"return {text}"
        with self.naming(row="row"):
            value = self.print(body).text
        lead = f"items = [item for item in {text}{tests}]\n" if tests else f"items = {text}\n"
        loop = "for index, item in enumerate(items):" if uses(body, "index") else "for item in items:"
        given = f'{{**item, "json": {value}}}'
        return (
            f'{lead}output = []\n{loop}\n    row = item["json"]\n'
            + "\n".join("    " + line for line in f"output.append({given})".split("\n"))
            + "\nreturn output"
        )

    def _row_style(self, program: Expr) -> str:
        if program.op == "list" and len(program.args) == 1:
            return f'return [{{"json": {self.print(program.args[0]).text}}}]'
        if program.op == "pipe" and program.params[2] is not None:
            depth, stages, body = program.params
            wrapped = Expr("pipe", program.args, (depth, stages, Expr("object", (body,), (("json",), 0, ()))))
            return f"return {_broken(self.print(wrapped).text)}"
        return f'return [{{"json": row}} for row in {self.print(program).text}]'


def _is_comprehension(text: str) -> bool:
    """Whether the text is one list comprehension, whose brackets a call does not need."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    return isinstance(tree, ast.ListComp)


def _broken(text: str) -> str:
    """Break a long comprehension before its first loop."""
    if fits(text) or not _is_comprehension(text):
        return text
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.ListComp)
    element = ast.get_source_segment(text, tree.elt) or ""
    rest = text[text.index(element) + len(element) : -1].strip()
    return "[\n" + indented(f"{element}\n{rest}") + "\n]"
