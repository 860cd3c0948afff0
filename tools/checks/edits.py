"""Automatic edits: whole new texts that mend one finding without any model."""

from dataclasses import dataclass
from typing import Any

from sandbox.types import Language, Mode
from tools.checks.report import Edit
from tools.checks.syntax import check_syntax
from tools.checks.wrapping import find_wrapping
from tools.n8n.profile import RunnerProfile

__all__ = ["Failure", "automatic_edits"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a test run showed: its input, what came out, and the error if there was one."""

    items: list[dict[str, Any]]
    """n8n items that went in."""
    expected: Any = None
    actual: Any = None
    error_type: str = ""
    message: str = ""
    line: int | None = None
    """1-based line of the user's code."""


def automatic_edits(
    code: str,
    language: Language,
    mode: Mode | None = None,
    profile: RunnerProfile | None = None,
    failure: Failure | None = None,
) -> list[Edit]:
    """The edits that may mend this code, the most likely first.

    Each is a whole new text, to be checked and tested anew.
    """
    if not check_syntax(code, language).ok:
        return _unwrapped(code, language)
    del mode, profile, failure
    return []


def _unwrapped(code: str, language: Language) -> list[Edit]:
    wrapping = find_wrapping(code)
    if wrapping is None or not check_syntax(wrapping.inner, language).ok:
        return []
    return [
        Edit(
            "syntax/markdown-fence" if wrapping.kind == "fence" else "syntax/prose",
            "took the code out of the text around it",
            wrapping.inner,
        )
    ]
