"""All rules for Python, and what they find in a text."""

from collections.abc import Callable, Iterator

from tools.checks.python_source import parse_python
from tools.optimise import python_lookups, python_loops, python_work
from tools.optimise.match import Match
from tools.optimise.python_code import PythonCode
from tools.optimise.ruff_fixes import ruff_fixes

__all__ = ["python_matches"]

_RULES: tuple[Callable[[PythonCode], Iterator[Match]], ...] = (
    python_loops.string_building,
    python_lookups.list_membership,
    python_lookups.keys_membership,
    python_lookups.nested_loop_join,
    python_lookups.scan_calls,
    python_lookups.manual_counter,
    python_loops.list_concat,
    python_loops.insert_front,
    python_loops.shrinking_list,
    python_work.loop_invariant,
    python_work.sort_for_min,
    python_work.json_deepcopy,
    python_work.missing_memo,
    python_loops.append_loop,
    python_loops.range_len,
    python_work.unused_import,
    python_work.bare_except,
    python_work.none_comparison,
    python_work.mutable_default,
)


def python_matches(code: str) -> list[Match]:
    """Everything the rules find, speed before readability; nothing for code that does not compile."""
    tree = parse_python(code).tree
    if tree is None:
        return []
    python = PythonCode(code, tree)
    found = [match for rule in _RULES for match in rule(python)]
    known = {match.suggestion.line for match in found}
    found += [match for match in ruff_fixes(python) if match.suggestion.line not in known]
    return sorted(found, key=lambda match: (match.suggestion.gain != "speed", match.suggestion.line))
