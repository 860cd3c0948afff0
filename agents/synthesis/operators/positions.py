"""Operators that cut a text at positions: the k-th run of a class of characters, and from one position to another."""

from collections.abc import Callable
from typing import Any

from agents.synthesis import runtime
from agents.synthesis.language import Operator, register
from agents.synthesis.values import Undefined

__all__ = ["CLASSES", "CharacterClass", "mark_or_class", "place"]


class CharacterClass:
    """Characters that belong together: the test, how each language writes it, and its name in words."""

    def __init__(self, belongs: Callable[[str], bool], javascript: str, python: str, says: str) -> None:
        self.belongs, self.javascript, self.python, self.says = belongs, javascript, python, says


# fmt: off
CLASSES = {
    "digits": CharacterClass(lambda char: char in "0123456789", "[0-9]+", 'lambda char: char in "0123456789"', "digits"),
    "letters": CharacterClass(str.isalpha, r"\p{L}+", "lambda char: char.isalpha()", "letters"),
    "upper": CharacterClass(str.isupper, r"\p{Lu}+", "lambda char: char.isupper()", "capitals"),
    "lower": CharacterClass(str.islower, r"\p{Ll}+", "lambda char: char.islower()", "small letters"),
    "alnum": CharacterClass(str.isalnum, r"[\p{L}\p{N}]+", "lambda char: char.isalnum()", "letters and digits"),
    "decimal": CharacterClass(lambda char: char in "0123456789.", "[0-9.]+", 'lambda char: char in "0123456789."', "digits and dots"),
    "solid": CharacterClass(lambda char: char not in " \t\r\n", r"[^ \t\r\n]+", 'lambda char: char not in " \\t\\r\\n"', "characters without space"),
}
# fmt: on


def mark_or_class(mark: str) -> Any:
    """Return the test of a class, or the literal that `=` introduces."""
    return mark[1:] if mark.startswith("=") else CLASSES[mark].belongs


def place(text: str, at: tuple[Any, ...]) -> int:
    """Find a position: `(k,)` characters from the start (from the end when negative or None), or `(mark, k, side)`.

    Raises:
        Undefined: the text is too short; IndexError: it has no such run.
    """
    if len(at) == 1:
        count = at[0]
        found = len(text) if count is None else count if count >= 0 else len(text) + count
        if not 0 <= found <= len(text):
            raise Undefined
        return found
    mark, index, side = at
    return int(runtime.place_of(text, mark_or_class(mark), index, side))


def _cut(text: Any, left: tuple[Any, ...], right: tuple[Any, ...]) -> str:
    if not isinstance(text, str):
        raise Undefined
    start, end = place(text, left), place(text, right)
    if start > end:
        raise Undefined
    return text[start:end]


def _run(text: Any, mark: str, index: int) -> str:
    if not isinstance(text, str):
        raise Undefined
    return str(runtime.runs(text, CLASSES[mark].belongs)[index])


# fmt: off
register(
    Operator("run_of", _run, "text", ("text",), 1.5, "", "", "run {p1} (from 0) of {p0} in {0}", ("word", "number", "digits", "letters", "code", "part")),
    Operator("cut", _cut, "text", ("text",), 1.2, "", "", "the part of {0} from {p0} to {p1}", ("part", "between", "from", "to")),
)
# fmt: on
