"""Monstrous code gets an answer soon: a verdict of the compiler, and a named limit for the rest."""

import time

import pytest

from sandbox.types import Language
from tools.checks import validate
from tools.optimise import suggest

MONSTERS: list[tuple[str, Language, str]] = [
    ("sum", "python", "x = 1" + "+1" * 50_000),
    ("functions", "python", "def f(): pass\n" * 20_000),
    ("chain", "javascript", "return a" + ".b" * 40_000),
    ("else-if", "javascript", "if(a){}else " * 15_000 + "{}"),
    ("templates", "javascript", "return " + "`${" * 30_000 + "1" + "}`" * 30_000),
    ("quotes", "javascript", "'" * 190_000),
    ("words", "python", "x=1;" * 45_000),
    ("minified", "javascript", "var a=b(c,d)||{e:1},f=function(g){return g.h?g.i:0};" * 3_000),
]


@pytest.mark.parametrize(
    ("language", "code"), [one[1:] for one in MONSTERS], ids=[f"{one[1]}-{one[0]}" for one in MONSTERS]
)
def test_what_is_too_large_or_deep_is_named(language: Language, code: str) -> None:
    started = time.perf_counter()
    answer = validate(code, language)
    assert suggest(code, language) == []
    assert time.perf_counter() - started < 5.0, "an answer within a second, with room for a busy machine"
    assert any(
        f.rule in {"limit/size", "limit/nesting", "limit/time"} or "nested" in f.message for f in answer.findings
    )


def test_a_line_may_begin_with_a_space_that_is_no_ascii() -> None:
    assert validate("return items\n\u00a0 .map(i => i)\n\u00a0 .filter(Boolean);", "javascript").valid


@pytest.mark.parametrize("text", ["a" * 190_000, "eyJ" + "a" * 20 + "-eyJ" * 40_000, "http:" * 30_000])
def test_a_long_text_is_searched_for_secrets_in_one_pass(text: str) -> None:
    started = time.perf_counter()
    assert validate(f"return [{{'json': {{'text': '{text}'}}}}]", "python").security_valid
    assert time.perf_counter() - started < 5.0, "in 0.1 s, with room for a busy machine"


PARSED_LONG: list[tuple[str, Language, str]] = [
    ("fields", "python", "return f'" + "{a}" * 300_000 + "'"),
    ("fields-in-a-few-strings", "python", ("x = f'" + "{a}" * 60_000 + "'\n") * 5),
    ("quotes", "javascript", "'" * 1_000_000),
    ("brackets", "javascript", "(x]\n" * 250_000),
]


@pytest.mark.parametrize(
    ("language", "code"), [one[1:] for one in PARSED_LONG], ids=[f"{one[1]}-{one[0]}" for one in PARSED_LONG]
)
def test_what_would_take_a_parser_long_is_refused_by_name(language: Language, code: str) -> None:
    started = time.process_time()
    answer = validate(code, language)
    assert time.process_time() - started < 3.0, "half a second, with room for a busy machine; minutes without the limit"
    assert not answer.valid
    assert [finding.rule for finding in answer.findings] == ["limit/time"]


QUICK: list[tuple[str, Language, str]] = [
    ("fences", "python", "```\nx\n" * 30_000),
    ("rests", "javascript", "const [" + "...a," * 9_000 + "b]=c"),
    ("sums-of-texts", "python", ("x=" + "'a'+" * 450 + "'b'\n") * 40),
    ("functions", "python", "def f():0\n" * 5_900),
    ("one-open-bracket", "javascript", "if (a) { b.push({ json: { ...a, c: 1 } }); }\n" * 450 + "f((a);\n"),
    ("objects-for-blocks", "javascript", "x => {json: " * 900),
]


@pytest.mark.parametrize(("language", "code"), [one[1:] for one in QUICK], ids=[one[0] for one in QUICK])
def test_no_rule_takes_the_square_of_what_it_looks_at(language: Language, code: str) -> None:
    started = time.process_time()
    validate(code, language)
    assert time.process_time() - started < 2.0, "at most 0.5 s, with room for a busy machine"


def test_much_code_that_is_deep_is_refused_by_name() -> None:
    """A rule that asks each node what it stands in would take seconds."""
    answer = validate("for(;;){" + "{" * 450 + "this.a;" * 6_000 + "}" * 450 + "}", "javascript")
    assert [finding.rule for finding in answer.findings] == ["limit/nesting"]


def test_many_fields_in_long_code_are_no_reason_to_refuse_it() -> None:
    code = "".join(f"rows.append({{'name': f'{{a}} {{b}}', 'n': {n}}})\n" for n in range(9_000))
    assert validate(code, "python").valid
