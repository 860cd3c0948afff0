"""What is wrong with code, said before it runs: syntax, security, n8n's rules, complexity."""

from tools.checks.complexity import measure_complexity
from tools.checks.edits import automatic_edits
from tools.checks.failure import Failure
from tools.checks.n8n import check_n8n
from tools.checks.report import Complexity, Edit, Finding, Report, Severity, Validation
from tools.checks.security import check_security
from tools.checks.syntax import check_syntax
from tools.checks.validation import validate

__all__ = [
    "Complexity",
    "Edit",
    "Failure",
    "Finding",
    "Report",
    "Severity",
    "Validation",
    "automatic_edits",
    "check_n8n",
    "check_security",
    "check_syntax",
    "measure_complexity",
    "validate",
]
