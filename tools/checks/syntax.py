"""Whether code compiles as n8n compiles it, and where it does not; nothing is ever run."""

import re
from functools import lru_cache

from sandbox.types import Language
from tools.checks.javascript_scopes import scopes_of
from tools.checks.javascript_syntax import javascript_problems
from tools.checks.javascript_tree import first_error_line, parse_javascript
from tools.checks.limits import deep_limit
from tools.checks.lines import MAX_DEEP_BYTES, finding_at, size_finding
from tools.checks.python_source import compile_only, parse_python
from tools.checks.report import Finding, Report
from tools.checks.wrapping import find_wrapping

__all__ = ["check_syntax"]

_MAX_FINDINGS = 20
_PYTHON_REMEDIES = (
    (r"was never closed|EOF|unterminated", "close the bracket or quote that is opened here"),
    (r"closing parenthesis|unmatched", "remove the bracket, or open it before"),
    (
        r"unindent|unexpected indent|expected an indented block|inconsistent use of tabs",
        "indent every block by 4 spaces, the first line by none",
    ),
    (r"expected ':'", "end the line with a colon"),
    (r"'await' outside", "n8n runs Python as a plain function: call without await"),
    (r"nested too deeply|too many", "split the expression over several statements"),
    (r"cannot assign|Maybe you meant '=='", "use == to compare"),
    (r"null byte", "remove the null byte"),
)
_FENCED = re.compile(r"\s*```[a-z]*[ \t]*\r?\n", re.IGNORECASE)
_JAVASCRIPT_LOOK = re.compile(
    r"^\s*(?:const|let|var|function)\s+[\w${\[]|=>|===|\$input\.|\}\s*else\s*\{|^\s*//", re.MULTILINE
)
_PYTHON_LOOK = re.compile(
    r"^\s*(?:import \w+\s*$|from [\w.]+ import |def \w+\(.*\):|(?:for|if|elif|while|with|try|else)\b.*:\s*(?:#.*)?$)",
    re.MULTILINE,
)


def check_syntax(code: str, language: Language) -> Report:
    """Compile the code without running it: Python as a function body or a snippet, JavaScript as an async body.

    Markdown fences, prose and code of the other language are named as such.
    """
    return _check(code, language)


@lru_cache(maxsize=32)
def _check(code: str, language: Language) -> Report:
    too_long = size_finding(code)
    if too_long is not None:
        return Report((too_long,))
    findings = _python(code) if language == "python" else _javascript(code)
    is_fenced = language == "javascript" and _FENCED.match(code) is not None  # V8 takes it for a chain of templates
    if not is_fenced and not any(finding.severity == "error" for finding in findings):
        return Report.of(findings)
    return Report.of([*_other_text(code, language), *findings])


def _python(code: str) -> list[Finding]:
    limit = deep_limit(code, "python")
    if limit is not None and limit.rule == "limit/time":
        return [limit]
    if limit is not None:
        long = compile_only(code)
        return [_python_finding(code, long)] if long is not None else []
    source = parse_python(code)
    if source.problem is not None:
        return [_python_finding(code, source.problem)]
    assert source.tree is not None
    if not source.tree.body:
        return [
            finding_at(
                code,
                "syntax/empty",
                "the code is empty: n8n cannot compile a Python node without a statement",
                1,
                remedy="return the items",
            )
        ]
    return []


def _python_finding(code: str, problem: SyntaxError) -> Finding:
    message = (problem.msg or "invalid syntax").split("(<")[0].strip()
    remedy = next((text for pattern, text in _PYTHON_REMEDIES if re.search(pattern, message)), "check this line")
    return finding_at(code, "syntax/python", message, problem.lineno, problem.offset or None, remedy=remedy)


def _javascript(code: str) -> list[Finding]:
    limit = deep_limit(code, "javascript")
    if limit is not None and limit.rule == "limit/time":
        return [limit]
    if limit is not None:
        line = first_error_line(code)
        said = "the code does not parse from here on"
        return [finding_at(code, "syntax/grammar", said, line, 1, remedy="check brackets and quotes")] if line else []
    source = parse_javascript(code)
    found = []
    for node, rule, message, remedy in javascript_problems(source, scopes_of(source)):
        line, column = source.position(node.start)
        found.append(finding_at(code, f"syntax/{rule}", message, line, column, remedy=remedy))
        if len(found) == _MAX_FINDINGS:
            break
    return found


def _other_text(code: str, language: Language) -> list[Finding]:
    """Why the text is no code of this language, when it looks like something else."""
    wrapping = find_wrapping(code)
    if wrapping is not None and wrapping.kind == "fence":
        return [
            finding_at(
                code,
                "syntax/markdown-fence",
                "the code is wrapped in a Markdown fence",
                wrapping.line,
                1,
                remedy="send only what stands between the fences",
            )
        ]
    if wrapping is not None:
        return [
            finding_at(
                code, "syntax/prose", "there is prose before the code", wrapping.line, 1, remedy="send only the code"
            )
        ]
    other: Language = "javascript" if language == "python" else "python"
    look = _JAVASCRIPT_LOOK if other == "javascript" else _PYTHON_LOOK
    if size_finding(code, MAX_DEEP_BYTES) is None and look.search(code) and _compiles(code, other):
        name = "JavaScript" if other == "javascript" else "Python"
        return [
            finding_at(
                code,
                "syntax/wrong-language",
                f"this is {name} code",
                1,
                1,
                remedy=f"set the language to {other}, or translate the code",
            )
        ]
    return []


def _compiles(code: str, language: Language) -> bool:
    return not (_python(code) if language == "python" else _javascript(code))
