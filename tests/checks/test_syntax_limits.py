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
    assert any(f.rule in {"limit/size", "limit/nesting"} or "nested" in f.message for f in answer.findings)


def test_a_line_may_begin_with_a_space_that_is_no_ascii() -> None:
    assert validate("return items\n\u00a0 .map(i => i)\n\u00a0 .filter(Boolean);", "javascript").valid
