"""What is dangerous in code, and what a runner profile's own checker will refuse; nothing is ever run."""

from functools import lru_cache

from sandbox.types import Language
from tools.checks.javascript_scopes import scopes_of
from tools.checks.javascript_security import javascript_security
from tools.checks.javascript_tree import parse_javascript
from tools.checks.limits import deep_limit
from tools.checks.python_bandit import python_bandit
from tools.checks.python_security import python_security
from tools.checks.python_source import parse_python
from tools.checks.report import Finding, Report
from tools.n8n.profile import RunnerProfile

__all__ = ["check_security"]


def check_security(code: str, language: Language, profile: RunnerProfile | None = None) -> Report:  # noqa: ARG001 - see below
    """Find what delivered code must not do: `error` refuses it, `warning` is said.

    Code that does not parse has no security findings: `check_syntax` speaks. Code that is too long or too deeply nested
    to be looked at is refused. No `profile` makes dangerous code harmless; all checks are called alike.
    """
    return _check(code, language)


@lru_cache(maxsize=32)
def _check(code: str, language: Language) -> Report:
    too_long = deep_limit(code, language)
    if too_long is not None:
        return Report((too_long,))
    try:
        return Report.of(_python(code) if language == "python" else _javascript(code))
    except RecursionError:
        return Report(
            (Finding("limit/nesting", "the code is nested too deeply to be checked", remedy="split it into functions"),)
        )


def _python(code: str) -> list[Finding]:
    source = parse_python(code)
    return [] if source.tree is None else [*python_security(source), *python_bandit(source)]


def _javascript(code: str) -> list[Finding]:
    source = parse_javascript(code)
    return list(javascript_security(source, scopes_of(source)))
