"""The lines of a text, and findings that point into them."""

from functools import lru_cache

from tools.checks.report import Finding, Severity

__all__ = ["MAX_CODE_BYTES", "MAX_DEEP_BYTES", "finding_at", "line_at", "size_finding"]

MAX_CODE_BYTES = 1_000_000
"""Longer code is not looked at."""
MAX_DEEP_BYTES = 200_000
"""Longer code is compiled, but not walked: the checks beyond syntax would take over a second."""


def line_at(code: str, line: int | None) -> str:
    """The text of the 1-based line, at most 200 characters of it; empty when there is none."""
    if line is None or line < 1:
        return ""
    lines = _lines(code)
    return lines[line - 1].rstrip("\r")[:200] if line <= len(lines) else ""


@lru_cache(maxsize=4)
def _lines(code: str) -> list[str]:
    """The lines, split once for all findings of a text."""
    return code.split("\n")


def finding_at(
    code: str,
    rule: str,
    message: str,
    line: int | None,
    column: int | None = None,
    *,
    severity: Severity = "error",
    remedy: str = "",
    context: str = "",
) -> Finding:
    """A finding with its source line filled in."""
    return Finding(rule, message, line, column, severity, line_at(code, line), remedy, context)


def size_finding(code: str, limit_bytes: int = MAX_CODE_BYTES) -> Finding | None:
    """The finding for code above the limit, or None."""
    size = len(code) if code.isascii() else len(code.encode("utf-8", "surrogatepass"))
    if size <= limit_bytes:
        return None
    return Finding(
        "limit/size",
        f"the code has {size} bytes, more than the {limit_bytes} that are looked at",
        severity="error",
        remedy="move data out of the code, or split the code over several nodes",
    )
