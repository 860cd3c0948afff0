"""The program in plain words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from agents.synthesis.explain_parts import part_in_words, run_in_words
from agents.synthesis.language import OPERATORS, Expr, Stage

__all__ = ["explain", "partial_words", "phrase"]

_TRUSTED = 4.0
_PARTS: dict[str, Callable[..., str]] = {"cut": part_in_words, "run_of": run_in_words}

_HOLLOW = frozenset(["is_empty", "is_null", "is_falsy", "is_blank"])
_SUMS, _PRODUCTS = 12, 13
"""Precedences of printed sums and products."""
_COMPARED = {"equals": "the same", "above": "a higher", "below": "a lower"}
_VARIABLES = {
    "row": "all fields of the item",
    "entry": "the entry",
    "items": "all items",
    "group": "the group",
    "key": "the group's key",
    "index": "the item's position (from 0)",
}


def explain(program: Expr) -> str:
    """Say what the program does, one sentence."""
    if program.op == "list":
        return f"Give one item with {_fields(program.args[0])}."
    return f"{_capital(_steps(program))}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _steps(program: Expr) -> str:
    if program.op == "flat" and _chooses_in_groups(program.args[0]):
        groups = program.args[0]
        within = " and ".join(map(_stage, groups.params[2].params[1]))
        return f"{_steps(replace(groups, params=(*groups.params[:2], None)))}, then of each group {within}"
    if program.op != "pipe":
        return f"give {phrase(program)}"
    source, (_, stages, body) = program.args[0], program.params
    before = [_steps(source)] if source.op == "pipe" else []
    if source.op not in {"pipe", "var"}:
        before = [f"take {phrase(source)}"]
    steps = [*before, *(_stage(stage) for stage in stages)]
    if body is not None:
        steps.append(f"give each item {_fields(body)}")
    return ", then ".join(steps) or "give every item as it is"


def _chooses_in_groups(groups: Expr) -> bool:
    """Whether each group gives some of its items."""
    body = groups.params[2] if groups.op == "pipe" else None
    return body is not None and body.op == "pipe" and body.params[2] is None and body.args[0].op == "var"


def _stage(stage: Stage) -> str:
    exprs = " and ".join(phrase(expr) for expr in stage.exprs)
    match stage.kind:
        case "filter":
            return f"keep the items for which {exprs}"
        case "sort":
            ways = [
                f"{phrase(e)} {'descending' if d else 'ascending'}"
                for e, d in zip(stage.exprs, stage.params, strict=True)
            ]
            return f"sort by {', then '.join(ways)}"
        case "dedupe":
            if stage.params[0] == "adjacent":
                return f"leave out an item with the same {exprs} as the one before"
            which = "first" if stage.params[0] == "first" else "last"
            return f"keep the {which} item of each {exprs}"
        case "limit":
            return f"take the {stage.params[1]} {stage.params[0]}"
        case "skip":
            return f"leave out the {stage.params[1]} {stage.params[0]}"
        case "explode":
            return f"take each entry of {exprs}"
        case "group":
            return f"group by {exprs}"
        case "chunk":
            return f"cut into groups of {stage.params[0]}"
    return "reverse the order"


def _fields(body: Expr) -> str:
    if body.op != "object":
        return phrase(body)
    names, spreads, dropped = body.params
    parts = [phrase(arg) for arg in body.args[:spreads]]
    if dropped:
        parts.append("without " + ", ".join(dropped))
    for name, arg in zip(names, body.args[spreads:], strict=True):
        same = arg.op == "field" and arg.params[0] == name and arg.args[0].op in {"var", "field"}
        parts.append(name if same else f"{name} = {phrase(arg)}")
    return ", ".join(parts) or "nothing"


def phrase(expr: Expr) -> str:
    """Say an expression in words."""
    match expr.op:
        case "var":
            return _VARIABLES.get(str(expr.params[0]), str(expr.params[0]))
        case "const":
            return _quoted(expr.params[0])
        case "field":
            return _named(expr.args[0], expr.params[0])
        case "object":
            return f"{{{_fields(expr)}}}"
        case "if":
            return f"{phrase(expr.args[1])} if {phrase(expr.args[0])}, else {phrase(expr.args[2])}"
        case "template":
            return '"' + "".join(p if isinstance(p, str) else f"<{phrase(expr.args[p])}>" for p in expr.params) + '"'
        case "pipe":
            return _listed(expr)
        case "from_pairs":
            return f"an object of {phrase(expr.args[0])}"
        case "pair" | "list":
            return "[" + ", ".join(phrase(arg) for arg in expr.args) + "]"
    return _applied(expr)


def _named(base: Expr, name: Any) -> str:
    if base.op == "var":
        return str(name)
    return f"{phrase(base)}.{name}" if base.op == "field" else f"{name} of {phrase(base)}"


def _applied(expr: Expr) -> str:
    operands = [_operand(arg, expr) for arg in expr.args]
    if expr.op == "not" and expr.args[0].op in _HOLLOW:
        return _denied(OPERATORS[expr.args[0].op].says).format(phrase(expr.args[0].args[0]))
    if expr.op in _PARTS:
        return _PARTS[expr.op](*operands, *expr.params)
    parameters = {f"p{index}": _quoted(value) for index, value in enumerate(expr.params)}
    return OPERATORS[expr.op].says.format(*operands, **parameters)


def _operand(arg: Expr, of: Expr) -> str:
    """Say what an operator is applied to, in brackets where it would read as another sum."""
    inner, outer = OPERATORS.get(arg.op), OPERATORS.get(of.op)
    loose = inner and outer and _SUMS <= inner.precedence < outer.precedence <= _PRODUCTS
    return f"({phrase(arg)})" if loose or (arg.op == "if" and outer) else phrase(arg)


def _denied(says: str) -> str:
    """Turn "{0} is empty or missing" into "{0} is neither empty nor missing"."""
    both = " or " in says
    return says.replace(" is ", " is neither " if both else " is not ", 1).replace(" or ", " nor ")


def _listed(expr: Expr) -> str:
    _, stages, body = expr.params
    parts = [f"{phrase(expr.args[0])}"] if body is None else [f"{phrase(body)} of {phrase(expr.args[0])}"]
    for stage in stages:
        alike = _compared(stage)
        if alike:
            parts[-1] += alike
        else:
            parts.append(_stage(stage))
    return ", ".join(parts)


def _compared(stage: Stage) -> str:
    """What a filter says that compares one list with the item at hand; empty for any other."""
    test = stage.exprs[0] if stage.kind == "filter" else None
    if test is None or test.op not in _COMPARED or [side.op for side in test.args] != ["field", "field"]:
        return ""
    (inner, outer), (left, right) = (side.params[0] for side in test.args), (side.args[0] for side in test.args)
    if left == right or left.op != "var" or right.op != "var":
        return ""
    return f" with {_COMPARED[test.op]} {inner}" if inner == outer else f" whose {phrase(test)}"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else "nothing" if value is None else str(value)


def partial_words(solved: Mapping[str, Expr], missing: Iterable[str]) -> str:
    """Say for a model's prompt which output fields are understood, and which are not."""
    known = [f"{name} = {phrase(expr)}" for name, expr in solved.items() if expr.cost < _TRUSTED]
    unknown = [name for name in missing if name not in solved] + [n for n, e in solved.items() if e.cost >= _TRUSTED]
    parts = [f"Fits the example: {'; '.join(known)}."] if known else []
    parts += [f"Not yet understood: {', '.join(dict.fromkeys(unknown))}."] if unknown else []
    return " ".join(parts)
