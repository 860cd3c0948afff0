"""Every operator has one meaning: the interpreter, the printed JavaScript and the printed Python agree."""

from itertools import product
from typing import Any

import pytest

import agents.synthesis.operators  # noqa: F401 - importing it fills the language
from agents.synthesis.emit_javascript import JavaScriptPrinter, helpers_of
from agents.synthesis.emit_python import PythonPrinter
from agents.synthesis.language import FAILURES, OPERATORS, Expr, evaluate, field_of, make, var
from agents.synthesis.printing import Printer
from agents.synthesis.python_helpers import helper_texts
from sandbox import Sandbox
from sandbox.types import ExecutionRequest, Language
from tools.n8n.items import same_value

NUMBERS = [0, 1, 7, -3, 2.5, 3.5, -2.5, 1000, 1234.56, 86400]
TEXTS = [
    "Ann Lee", "ann@acme.io", " red, blue ,x", "", "INV-0042/7", "Größe ñandú", "a-b_c.d e", "Total: 12.50 EUR", "x",
    "See https://a.io/p?q=1, now", "tags #one #two", "4111111111111234", "1,234.50", "First line\nsecond;third", "[#4711] (ab)",
    "9/12/2002 6:25:57 PM", "06-Oct-2143", "01311846", "14. November 2013", "6:25PM", "30/3/99",
]  # fmt: skip
DATES = ["2024-05-03", "2024-02-29", "2023-12-31", "2024-05-03T14:07:09Z", "1999-01-01"]
LISTS: list[list[Any]] = [[], [3, 1, 2], ["b", "a", "b"], [2.5, -1], ["x"], [True, False], [True, True]]
TABLES: list[list[Any]] = [[{"a": 1, "b": "x;y"}, {"a": 2.5, "b": 'say "hi"'}], []]
OBJECTS: list[dict[str, Any]] = [
    {"firstName": "Ann ", "Order ID": 7, "_x": None, "utm_a": ""},
    {"a": {"b": 1, "c": {"d": "z"}}, "e": [1], "f": False},
    {"a.b": 1, "c": "Y"},
    {"red": ["b", "a"], "blue": []},
    {},
]
POOLS: dict[str, list[Any]] = {
    "num": NUMBERS, "text": TEXTS, "date": DATES, "list": LISTS, "obj": OBJECTS, "bool": [True, False],
    "any": [None, "", 0, "x", 3, 2.5, False],
}  # fmt: skip
COUNTS = {
    "first_chars",
    "last_chars",
    "without_first",
    "without_last",
    "first_n",
    "last_n",
    "rest",
    "nth",
    "chunks",
    "round",
    "fixed",
}
PARAMETERS: dict[str, list[tuple[Any, ...]]] = {
    "replace": [("-", "+"), ("a", "")], "between": [("(", ")"), ("[#", "]")], "piece": [(" ", 1), (",", 1)], "chars": [(1, 3)],
    "shorten": [(5, "...")], "pad": [(6, "0")], "mask": [(4, "*")], "first_tag": [("#",)], "tags": [("#",)], "slug": [("-",)],
    "amount": [(".",), (",",)], "sorted": [(False,), (True,)], "in_list": [(("x", 3),)], "not_in_list": [(("x", 3),)],
    "thousands": [(2, ",", "."), (0, ".", ",")], "replace_in_keys": [(" ", "_")], "default_values": [(0,), ("n/a",)],
    "without_leading": [("0",), (".",)],
    "keep_chars": [("0123456789+",)], "remove_chars": [("-/ ()[]",)], "from_unix": [(1,), (1000,)], "to_unix": [(1,), (1000,)], "add_time": [("days",), ("hours",)],
    "start_of": [("week",), ("month",), ("quarter",), ("year",)], "csv_table": [(";",)], "to_csv": [(";",)],
    "date_part": [(part,) for part in ("year", "month", "day", "hour", "minute", "weekday", "weekNumber", "quarter", "daysInMonth")],
    "write_date": [(layout,) for layout in ("dd.MM.yyyy", "yyyy-MM", "EEEE", "d MMM yyyy", "MMMM d, yyyy", "HH:mm", "h:mm a", "yyyy-MM-ddTHH:mm:ss")],
    "snap": [(5, 0, "down"), (0.05, 0, "nearest"), (25, 1, "up")], "snap_time": [(1800, 0, "down"), (5400, 1800, "nearest")],
    "run_of": [("letters", 0), ("digits", -1), ("solid", 1), ("upper", 0)], "read_any_date": [(False,), (True,)],
    "cut": [((0,), ("digits", 0, 1)), (("=,", -1, 1), (None,)), ((1,), (-1,)), (("alnum", 1, 0), ("alnum", 1, 1))],
    "cut_at_word": [(7, "..."), (20, "")], "round_even": [(0,), (1,)], "replace_first": [("e", "+"), ("-", "$&")], "remove_first": [("e",)],
    "number_before": [("EUR",), ("/",), ("-",)], "number_after": [("#",), ("INV-",), ("Total",)], "query_value": [("q",), ("x",)],
    "text_pairs": [(",", ":"), (" ", "/")], "shorten_to": [(5, 3, "...")], "as_clock": [(2, 1), (3, 2)], "only_letters": [("",), ("0- ",)],
    "fill_in": [("{", "}"), ("", "")], "null_values": [(("Y", "x"),)], "numeric": [(0,), (None,)], "csv_of": [(("b", "a"), ",")],
    "read_date": [("yyyy-MM-ddTHH:mm:ssZ",)], "in_turn": [(("a", "b"), 2)], "flatten": [(".",)], "unflatten": [(".",)],
}  # fmt: skip
SEPARATED = {
    "before",
    "last_piece",
    "after",
    "up_to_last",
    "split",
    "split_trim",
    "split_filled",
    "occurrences",
    "remove",
    "join",
    "join_trailing",
}
PREFIXED = {"drop_prefix", "keep_prefix", "drop_suffix", "keep_suffix", "prefix_keys", "suffix_keys", "unprefix_keys"}


def parameters_of(name: str) -> list[tuple[Any, ...]]:
    """Give literals for an operator's parameters."""
    if name in PARAMETERS:
        return PARAMETERS[name]
    if name in COUNTS:
        return [(2,)] if name != "round" else [(0,), (2,)]
    if name in SEPARATED:
        return [(",",), (" ",)]
    return [("_",), ("a",)] if name in PREFIXED else [()]


def operand(kind: str, place: int) -> Expr:
    """Read an operand from the row; a date is read from its text."""
    read = field_of(var("row"), f"v{place}", "text" if kind == "date" else kind, 0.0)
    return make("read_date", read, params=("yyyy-MM-ddTHH:mm:ssZ",)) if kind == "date" else read


def rows_for(kinds: tuple[str, ...], name: str) -> list[dict[str, Any]]:
    """Give rows with every combination of operands, a bounded number."""
    pools = [TABLES if name in {"to_csv", "csv_of"} else POOLS[kind] for kind in kinds]
    combined = list(product(*pools))
    return [
        {f"v{place}": value for place, value in enumerate(values)}
        for values in combined[:: max(1, len(combined) // 40)]
    ]


def cases() -> list[tuple[str, Expr, dict[str, Any], Any]]:
    """Give operator name, expression, row and the interpreter's value wherever the operator means something."""
    found = []
    for name, operator in OPERATORS.items():
        if name == "identity":  # a key to compare by, written differently in each language
            continue
        for params in parameters_of(name):
            expr = make(name, *(operand(kind, place) for place, kind in enumerate(operator.takes)), params=params)
            final = make("write_date", expr, params=("yyyy-MM-dd HH:mm:ss",)) if operator.type == "date" else expr
            for row in rows_for(operator.takes, name):
                try:
                    found.append((name, final, row, evaluate(final, {"row": row})))
                except FAILURES:
                    continue
    return found


def text_of_all(printer: Printer, exprs: list[Expr], language: Language) -> str:
    """Print a body that evaluates every expression on its own row and catches what each raises."""
    printed = [printer.print(expr).text for expr in exprs]
    if language == "javascript":
        calls = ",\n".join(f"row => {f'({text})' if text.startswith('{') else text}" for text in printed)
        last = "return [{ json: { all: $input.all().map(({ json }) => { try { return { value: calls[json.call](json.row) ?? null }; } catch (error) { return { error: String(error) }; } }) } }];"
        return "\n".join([*helpers_of(printer.helpers), f"const calls = [{calls}];", last])
    calls = ",\n".join(f"lambda row: {text}" for text in printed)
    lines = [
        *helper_texts(printer.helpers),
        f"calls = [{calls}]",
        "found = []",
        "for item in _items:",
        "    try:",
        '        found.append({"value": calls[item["json"]["call"]](item["json"]["row"])})',
        "    except Exception as error:",
        '        found.append({"error": str(error)})',
        'return [{"json": {"all": found}}]',
    ]
    return "\n".join(lines)


@pytest.mark.jail
@pytest.mark.parametrize("language", ["javascript", "python"])
async def test_both_printings_of_every_operator_mean_what_the_interpreter_means(language: Language) -> None:
    known = cases()
    exprs = list(dict.fromkeys(expr for _, expr, _, _ in known))
    places = {expr: place for place, expr in enumerate(exprs)}
    printer: Printer = (
        JavaScriptPrinter(language=language) if language == "javascript" else PythonPrinter(language=language)
    )
    items = [{"json": {"call": places[expr], "row": row}} for _, expr, row, _ in known]
    async with Sandbox() as sandbox:
        body = text_of_all(printer, exprs, language)
        [result] = await sandbox.execute(ExecutionRequest(body, language, [{"items": items}], "body"))
    assert result.success, result.error
    given = result.result[0]["json"]["all"]
    wrong = [
        f"{name}{list(row.values())}: {answer} instead of {wanted!r}"
        for (name, _, row, wanted), answer in zip(known, given, strict=True)
        if "value" not in answer or not same_value(answer["value"], wanted)
    ]
    assert not wrong, "\n".join(wrong)
    assert {name for name, _, _, _ in known} >= OPERATORS.keys() - {
        "identity",
        "all_of",
        "any_of",
        "flat",
        "parse_json",
        "read_date",
    }
