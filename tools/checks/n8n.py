"""What n8n will refuse, hang on or silently change under a runner profile; nothing is ever run."""

from functools import lru_cache

from sandbox.types import Language, Mode, NodeRules
from tools.checks.javascript_n8n import javascript_n8n
from tools.checks.javascript_scopes import scopes_of
from tools.checks.javascript_tree import parse_javascript
from tools.checks.limits import deep_limit
from tools.checks.python_n8n import python_n8n
from tools.checks.python_source import parse_python
from tools.checks.report import Finding, Report
from tools.n8n.profile import RunnerProfile, load_profile

__all__ = ["check_n8n"]


def check_n8n(code: str, language: Language, mode: Mode | None = None, profile: RunnerProfile | None = None) -> Report:
    """Check a code node's body against a runner profile (the stock n8n when None).

    Without a mode, what depends on it is left out. Code that does not parse has no findings: `check_syntax` speaks.
    """
    rules = (profile or load_profile()).rules(mode or "runOnceForAllItems")
    return _check(code, language, rules, mode is not None)


@lru_cache(maxsize=32)
def _check(code: str, language: Language, rules: NodeRules, mode_known: bool) -> Report:
    too_long = deep_limit(code, language)
    if too_long is not None:
        return Report((too_long,))
    try:
        if language == "python":
            return Report.of(python_n8n(parse_python(code), rules))
        source = parse_javascript(code)
        if source.has_error:
            return Report()
        return Report.of(javascript_n8n(source, scopes_of(source), rules, mode_known=mode_known))
    except RecursionError:
        return Report(
            (Finding("limit/nesting", "the code is nested too deeply to be checked", remedy="split it into functions"),)
        )
