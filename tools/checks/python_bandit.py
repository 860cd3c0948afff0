"""What bandit knows beside our own rules: SQL built from text, passwords in code, unsafe YAML, hidden text direction.

Warnings only: bandit looks at names and literals, ours decide what is refused.
"""

import ast
import io
import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tools.checks.lines import finding_at
from tools.checks.python_source import PythonSource
from tools.checks.report import Finding

__all__ = ["python_bandit"]

_TESTS = {
    "B105": ("password", "keep it in n8n's credentials"),
    "B106": ("password", "keep it in n8n's credentials"),
    "B107": ("password", "keep it in n8n's credentials"),
    "B506": ("unsafe-load", "use yaml.safe_load"),
    "B608": ("sql", "pass the values as query parameters of the database node"),
    "B613": ("hidden-text", "remove the invisible characters that change the direction of text"),
    "B614": ("unsafe-load", "load weights only"),
    "B701": ("escape", "set autoescape=True"),
    "B702": ("escape", "escape what goes into the page"),
    "B704": ("escape", "escape what goes into the page"),
}
"""The tests that are taken: our rule's name, and the remedy. The others repeat our rules, or warn of what no Code node
can do, or of what is harmless in one (`assert`, `random`, md5 as a key)."""
_WORTH = re.compile(
    r"pass(?:word|wd|phrase)?\b|pwd|secret|token|yaml|jinja2|mako|markupsafe|torch"
    r"|\b(?:select|insert\s+into|delete\s+from|update)\b|[\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)
"""Without one of these words none of the tests can find anything, and bandit is not even imported (0.3 s)."""
_NAME = "./node.py"
_TEMPLATE = re.compile(r"[{}$<>\s]|\A.{0,3}\Z|\A(\w)\1*\Z")
"""What stands where a password would, and is none: a placeholder, a sentence, a marker."""


def python_bandit(source: PythonSource) -> Iterator[Finding]:
    """Bandit's findings on a tree that is there already."""
    if source.tree is None or not _WORTH.search(source.code):
        return
    try:
        issues = _issues(source.code, source.tree)
    except RecursionError:  # an expression of a thousand terms: our own rules have walked it
        return
    for issue in issues:
        rule, remedy = _TESTS[issue.test_id]
        if rule == "password" and _is_no_password(issue.text):
            continue
        yield finding_at(
            source.code,
            f"security/{rule}",
            issue.text.split(". ")[0],
            issue.lineno,
            (issue.col_offset or 0) + 1,
            severity="warning",
            remedy=remedy,
            context=f"bandit {issue.test_id}",
        )


def _is_no_password(said: str) -> bool:
    """Whether the value that bandit quotes can hardly be a password."""
    value = said.partition(": ")[2].strip("'\"")
    return _TEMPLATE.search(value) is not None or not re.search(r"\d", value)


def _issues(code: str, tree: ast.Module) -> list[Any]:
    from bandit.core import meta_ast, metrics, node_visitor

    logging.getLogger("bandit").setLevel(logging.CRITICAL)
    counted = metrics.Metrics()
    counted.begin(_NAME)
    visitor = node_visitor.BanditNodeVisitor(_NAME, None, meta_ast.BanditMetaAst(), _tests(), False, {}, counted)
    visitor.generic_visit(tree)
    whole = {
        "file_data": io.BytesIO(code.encode()),
        "filename": _NAME,
        "lineno": 0,
        "linerange": [0, 1],
        "col_offset": 0,
    }
    visitor.tester.run_tests(whole, "File")
    return [issue for issue in visitor.tester.results if issue.test_id in _TESTS]


@lru_cache(maxsize=1)
def _tests() -> Any:
    from bandit.core import config, test_set

    return test_set.BanditTestSet(config.BanditConfig(), {"include": list(_TESTS)})
