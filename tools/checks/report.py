"""What a check says: findings with their place and remedy, and the edits that mend them."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Edit", "Finding", "Report", "Severity"]

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
