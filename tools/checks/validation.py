"""The answer of `/validate`: all checks of one text together, without running it."""

from sandbox.types import Language, Mode
from tools.checks.edits import automatic_edits
from tools.checks.n8n import check_n8n
from tools.checks.report import Validation
from tools.checks.security import check_security
from tools.checks.syntax import check_syntax
from tools.n8n.profile import RunnerProfile, load_profile

__all__ = ["validate"]


def validate(
    code: str, language: Language, mode: Mode | None = None, profile: RunnerProfile | None = None
) -> Validation:
    r"""Check code in every way there is.

    `valid` only says that the code compiles: published nodes use names and modules that one n8n has and another lacks.
    What is dangerous makes `security_valid` false, what this profile's n8n refuses makes `n8n_valid` false.

    >>> validate("def foo():\n    return 42", "python").valid
    True
    """
    profile = profile or load_profile()
    syntax = check_syntax(code, language)
    security = check_security(code, language, profile)
    n8n = check_n8n(code, language, mode, profile)
    findings = [*syntax.findings, *(security.findings if syntax.ok else ()), *(n8n.findings if syntax.ok else ())]
    return Validation(
        valid=syntax.ok,
        security_valid=syntax.ok and security.ok,
        n8n_valid=syntax.ok and n8n.ok,
        findings=tuple(dict.fromkeys(findings)),
        fixes=tuple(automatic_edits(code, language, mode, profile)),
        profile=profile.name,
    )
