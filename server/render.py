"""Answers for people: what the API gives as JSON, as tables and code on a terminal."""

import json
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

__all__ = ["show_doctor", "show_execute", "show_generate", "show_optimize", "show_run_node", "show_validate"]

_LEXER = {"python": "python", "javascript": "javascript"}
_SHORT = 60


def show_generate(out: Console, answer: dict[str, Any]) -> None:
    """Show the stages, the tests, the complexity and the node ready to paste."""
    name = answer["node"]["name"] if answer["node"] else "no node"
    verdict = Text(" proven ", "bold black on green") if answer["success"] else Text(" not proven ", "bold on red")
    out.print()
    out.print(Text.assemble((name, "bold"), " in ", (answer["language"], "cyan"), "  ", verdict))
    if answer["explanation"]:
        out.print(answer["explanation"], markup=False)
    out.print(_stages(answer["stages_ms"]), _tests(answer["test_results"]["tests"]))
    if answer["complexity"]:
        measured = answer["complexity"]
        out.print(
            f"complexity: {measured['complexity_rating']} (score {measured['complexity_score']}), "
            f"{measured['lines_of_code']} lines, {measured['functions']} functions"
        )
    _show_problems(out, answer)
    if answer["node"]:
        out.print("the code:")
        _show_code(out, answer["code"].rstrip(), answer["language"])
        out.print("paste this into n8n:")
        _show_code(out, json.dumps(answer["envelope"], indent=2, ensure_ascii=False), "json")


def show_execute(out: Console, answer: dict[str, Any]) -> None:
    """Show the result, what was printed, and why it failed."""
    if answer["stdout"]:
        out.print(answer["stdout"].rstrip("\n"), markup=False)
    if answer["stderr"]:
        out.print(answer["stderr"].rstrip("\n"), style="yellow", markup=False)
    if answer["success"]:
        _show_code(out, json.dumps(answer["result"], indent=2, ensure_ascii=False), "json")
    else:
        error = answer["error"]
        place = f" (line {error['line']})" if error["line"] else ""
        out.print(f"{error['type']}: {error['message']}{place}", style="red", markup=False)
        if error["hint"]:
            out.print(error["hint"], markup=False)
    cached = ", cached" if answer["cached"] else ""
    out.print(f"{answer['execution_time_ms']:.1f} ms, isolation {answer['isolation']}{cached}", style="dim")


def show_run_node(out: Console, answer: dict[str, Any]) -> None:
    """Show the items, or n8n's error with what n8n leaves out."""
    if answer["stdout"]:
        out.print(answer["stdout"].rstrip("\n"), markup=False)
    if answer["success"]:
        _show_code(out, json.dumps(answer["items"], indent=2, ensure_ascii=False), "json")
    else:
        error = answer["error"]
        place = f" (line {error['line']})" if error["line"] else ""
        out.print(f"n8n says: {error['message']}", style="red", markup=False)
        for line in (error["description"], f"{error['type']}{place}", error["hint"], error["n8n_behaviour"]):
            if line:
                out.print(line, markup=False)
    for warning in answer["warnings"]:
        out.print(f"note: {warning}", style="yellow", markup=False)


def show_validate(out: Console, answer: dict[str, Any]) -> None:
    """Show the verdicts and the findings."""
    out.print(f"valid: {answer['valid']}, secure: {answer['security_valid']}")
    out.print(_findings(answer["findings"]))


def show_optimize(out: Console, answer: dict[str, Any]) -> None:
    """Show the suggestions, the proven text, and the time at each size."""
    results = answer["optimization_results"]
    for suggestion in results["suggestions"]:
        out.print(f"line {suggestion['line']}: {suggestion['type']}: {suggestion['message']}", markup=False)
    proof = results["proof"]
    out.print(f"{proof['verdict']}: {proof['reason']}", style="green" if results["changed"] else "yellow", markup=False)
    _show_code(out, results["optimized_code"], answer["language"])
    if proof["measurements"]:
        table = Table("items", "before ms", "after ms", box=None, header_style="dim")
        for each in proof["measurements"]:
            table.add_row(str(each["size"]), f"{each['original_ms']:.2f}", f"{each['optimised_ms']:.2f}")
        out.print(table)


def show_doctor(out: Console, answer: dict[str, Any]) -> None:
    """Show what is there, one line a thing."""
    table = Table(box=None, show_header=False)
    for part in answer["parts"]:
        mark = Text("yes", "green") if part["ok"] else Text("no", "yellow")
        table.add_row(part["name"], mark, Text(part["detail"]))
    out.print(table)


def _stages(stages: dict[str, float]) -> RenderableType:
    table = Table(title="stages", title_justify="left", box=None, header_style="dim")
    table.add_column("stage")
    table.add_column("ms", justify="right")
    for stage, duration_ms in stages.items():
        table.add_row(stage, f"{duration_ms:.1f}")
    return table


def _tests(tests: list[dict[str, Any]]) -> RenderableType:
    table = Table(title="tests", title_justify="left", box=None, header_style="dim")
    for column in ("test", "oracle", "", "expected", "actual"):
        table.add_column(column)
    for test in tests:
        passed, failed = Text("passed", "green"), Text("failed", "red") if test["binding"] else Text("weak", "yellow")
        actual = test["message"] if test["actual"] is None or not test["passed"] else _short(test["actual"])
        table.add_row(
            test["name"], test["oracle"], passed if test["passed"] else failed, _short(test["expected"]), Text(actual)
        )
    return table


def _show_problems(out: Console, answer: dict[str, Any]) -> None:
    if answer["findings"]:
        out.print(_findings(answer["findings"]))
    for warning in answer["warnings"]:
        out.print(f"note: {warning}", style="yellow", markup=False)
    if answer["ambiguity"]:
        out.print(_readings(answer["ambiguity"]))
    if answer["error"]:
        out.print(Panel(f"{answer['error']['message']}\n{answer['error'].get('hint', '')}".strip(), style="red"))


def _readings(ambiguity: dict[str, Any]) -> RenderableType:
    lines: list[RenderableType] = [
        Text(f"which one is meant? for the input {_short(ambiguity['input'], 200)}"),
    ]
    for number, reading in enumerate(ambiguity["readings"], start=1):
        lines.append(Text(f"{number}. {reading['words']}  ->  {_short(reading['output'], 200)}"))
    return Panel(Group(*lines))


def _findings(findings: list[dict[str, Any]]) -> RenderableType:
    table = Table(box=None, show_header=False)
    for finding in findings:
        style = {"error": "red", "warning": "yellow"}.get(finding["severity"], "dim")
        place = f"line {finding['line']}" if finding["line"] else ""
        table.add_row(Text(finding["severity"], style), place, finding["rule"], Text(finding["message"]))
    return table


def _show_code(out: Console, text: str, language: str) -> None:
    """Print code as it is: a wrapped line could not be pasted."""
    highlighted = Syntax("", _LEXER.get(language, language), theme="ansi_dark").highlight(text.rstrip())
    highlighted.rstrip()
    out.print(highlighted, soft_wrap=True)


def _short(value: Any, width: int = _SHORT) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 1] + "…"
