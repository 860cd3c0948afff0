"""What a check says: findings with their place and remedy, and the edits that mend them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Complexity", "Edit", "Finding", "Report", "Severity", "Validation"]

Severity = Literal["error", "warning", "info"]
"""`error` refuses the code; `warning` is worth a look; `info` is a matter of taste."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, at one place."""

    rule: str
    """Stable id, `area/name`: `syntax/python`, `security/os-import`, `n8n/missing-return`."""
    message: str
    line: int | None = None
    """1-based."""
    column: int | None = None
    """1-based."""
    severity: Severity = "error"
    text: str = ""
    """The source line."""
    remedy: str = ""
    context: str = ""
    """Why the rule exists, or the path by which it was reached (an alias, a built string)."""
    requires: str = ""
    """The setting of n8n that would allow it, `NAME=value`; empty when none would."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A whole new text of the code that mends one finding without any model."""

    rule: str
    """The rule of the finding it mends."""
    message: str
    """What was changed, in words."""
    code: str


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one check, in the order of their lines."""

    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no finding refuses the code."""
        return not any(finding.severity == "error" for finding in self.findings)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "Report":
        """A report of the findings without doubles, sorted by their place."""
        distinct = dict.fromkeys(findings)
        return cls(tuple(sorted(distinct, key=lambda finding: (finding.line or 0, finding.column or 0))))


@dataclass(frozen=True, slots=True)
class Complexity:
    """How hard code is to read, and how its work grows with the number of items."""

    complexity_rating: Literal["low", "medium", "high"]
    """`low` up to a score of 10, `medium` up to 25, `high` above."""
    complexity_score: int
    """Cyclomatic complexity over all functions + cognitive complexity + deepest nesting."""
    lines_of_code: int
    """Lines that hold code: neither blank nor only a comment."""
    functions: int
    """Named and anonymous functions of the user; the code node's own body is not one."""
    max_nesting: int
    """Deepest nesting of loops, conditions, handlers and functions."""
    cyclomatic: int = 1
    cognitive: int = 0
    growth: str = "O(1)"
    """Estimate from nested loops over data: `O(1)`, `O(n)`, `O(n log n)`, `O(n^2)`, ..."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What `/validate` answers about one text."""

    valid: bool
    """The code compiles as n8n (or the snippet dialect of `/execute`) compiles it; nothing else makes it false."""
    security_valid: bool
    """It compiles, and no security rule refuses it."""
    n8n_valid: bool
    """It compiles, and nothing says that n8n under this profile will refuse it or fail."""
    findings: tuple[Finding, ...] = ()
    """Of syntax, security and n8n's rules, by place."""
    fixes: tuple[Edit, ...] = ()
    """Automatic edits, each on its own; the first mends the gravest finding."""
    profile: str = ""
    """Name of the runner profile the verdict is about."""
