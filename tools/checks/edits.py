"""Automatic edits: whole new texts that mend one finding or one failing test without any model."""

import ast
from collections.abc import Iterator

from sandbox.types import Language, Mode, NodeRules
from tools.checks import javascript_mending, python_mending
from tools.checks.failure import Failure
from tools.checks.javascript_repairs import javascript_repairs
from tools.checks.javascript_scopes import scopes_of
from tools.checks.javascript_tree import parse_javascript
from tools.checks.limits import deep_limit
from tools.checks.n8n import check_n8n
from tools.checks.nudges import javascript_nudges, python_nudges
from tools.checks.python_repairs import python_repairs
from tools.checks.python_source import parse_python
from tools.checks.report import Edit
from tools.checks.security import check_security
from tools.checks.syntax import check_syntax
from tools.checks.wrapping import find_wrapping
from tools.n8n.profile import RunnerProfile, load_profile

__all__ = ["automatic_edits"]

_MAX_EDITS = 40
_MAX_EDITED = 400_000
"""Characters of edited texts that are looked at: for long code that is a handful of edits."""


def automatic_edits(
    code: str,
    language: Language,
    mode: Mode | None = None,
    profile: RunnerProfile | None = None,
    failure: Failure | None = None,
) -> list[Edit]:
    """The edits that may mend this code, the most likely first.

    Each is a whole new text that compiles, to be checked and tested anew. Code that does not compile only gets edits
    that make it compile. With a mode, the code is meant for a node and gets what n8n's runner wants. With a failure,
    what the failing test showed is used; the last of these edits are guesses.
    """
    if deep_limit(code, language) is not None:
        return []
    if not check_syntax(code, language).ok:
        found = [*_unwrapped(code, language), *_compiling(code, language)]
    else:
        profile = profile or load_profile()
        found = list(_for_node(code, language, mode, profile))
        if failure is not None:
            found += _for_failure(code, language, failure)
    return _sound(code, language, found)


def _unwrapped(code: str, language: Language) -> Iterator[Edit]:
    wrapping = find_wrapping(code)
    if wrapping is None:
        return
    rule = "syntax/markdown-fence" if wrapping.kind == "fence" else "syntax/prose"
    if check_syntax(wrapping.inner, language).ok:
        yield Edit(rule, "took the code out of the text around it", wrapping.inner)
    else:
        for edit in _compiling(wrapping.inner, language):
            yield Edit(rule, f"took the code out of the text around it; {edit.message}", edit.code)


def _compiling(code: str, language: Language) -> Iterator[Edit]:
    if deep_limit(code, language) is not None:
        return
    if language == "python":
        yield from python_mending.compiling_edits(code)
    else:
        source = parse_javascript(code)
        yield from javascript_mending.compiling_edits(source, scopes_of(source))


def _for_node(code: str, language: Language, mode: Mode | None, profile: RunnerProfile) -> Iterator[Edit]:
    """What the checks of a node ask for; a snippet stays one when no mode is given."""
    rules = profile.rules(mode or "runOnceForAllItems")
    if language == "python":
        yield from _python_node(code, mode, rules, refused=not _is_accepted(code, mode, profile))
    else:
        source = parse_javascript(code)
        if not check_n8n(code, language, mode, profile).ok:
            yield from javascript_mending.node_edits(source, scopes_of(source), rules)


def _is_accepted(code: str, mode: Mode | None, profile: RunnerProfile) -> bool:
    return check_security(code, "python").ok and check_n8n(code, "python", mode, profile).ok


def _python_node(code: str, mode: Mode | None, rules: NodeRules, *, refused: bool) -> Iterator[Edit]:
    source = parse_python(code)
    if source.tree is None:
        return
    if refused:
        yield from python_mending.unused_imports(code, source.tree)
    if mode is not None or source.dialect == "body":
        yield from python_mending.node_edits(source, rules)


def _for_failure(code: str, language: Language, failure: Failure) -> Iterator[Edit]:
    if language == "python":
        tree = parse_python(code).tree or ast.Module([], [])
        if failure.error_type == "SecurityViolation":
            yield from python_mending.unused_imports(code, tree)
        if not failure.error_type and failure.actual is None:
            yield from python_mending.returning_edits(code, tree)
        yield from python_repairs(code, tree, failure)
        if not failure.error_type:
            yield from python_nudges(code, tree, failure)
    else:
        source = parse_javascript(code)
        if not failure.error_type and failure.actual is None:
            yield from javascript_mending.returning_edits(source)
        yield from javascript_repairs(source, scopes_of(source), failure)
        if not failure.error_type:
            yield from javascript_nudges(source, failure)


def _sound(code: str, language: Language, found: list[Edit]) -> list[Edit]:
    """The edits that change something, compile, and are not less secure; each text once."""
    kept: dict[str, Edit] = {}
    was_secure = check_security(code, language).ok
    left = _MAX_EDITED
    for edit in found:
        if edit.code in kept or edit.code == code:
            continue
        left -= len(edit.code)
        if left < 0:
            break
        if not check_syntax(edit.code, language).ok:
            continue
        if was_secure and not check_security(edit.code, language).ok:
            continue
        kept[edit.code] = edit
        if len(kept) == _MAX_EDITS:
            break
    return list(kept.values())
