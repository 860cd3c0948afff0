"""All rules for JavaScript, and what they find in a text."""

from collections.abc import Callable, Iterator

from tools.checks.javascript_tree import parse_javascript
from tools.optimise import javascript_ends, javascript_lookups, javascript_loops, javascript_work
from tools.optimise.javascript_code import JavaScriptCode
from tools.optimise.match import Match

__all__ = ["javascript_matches"]

_RULES: tuple[Callable[[JavaScriptCode], Iterator[Match]], ...] = (
    javascript_lookups.index_dedupe,
    javascript_lookups.array_membership,
    javascript_lookups.keys_membership,
    javascript_lookups.nested_search,
    javascript_ends.sort_for_min,
    javascript_ends.filter_first,
    javascript_lookups.manual_counter,
    javascript_loops.spread_in_reduce,
    javascript_loops.array_concat,
    javascript_loops.insert_front,
    javascript_loops.shrinking_array,
    javascript_work.loop_invariant,
    javascript_work.json_deepcopy,
    javascript_work.missing_memo,
    javascript_work.await_in_loop,
    javascript_loops.string_building,
    javascript_loops.append_loop,
    javascript_loops.index_loop,
    javascript_work.loose_equality,
    javascript_work.redundant_await,
    javascript_work.no_var,
    javascript_work.empty_catch,
    javascript_work.unused_require,
)


def javascript_matches(code: str) -> list[Match]:
    """Everything the rules find, speed before readability; nothing for code that does not parse."""
    source = parse_javascript(code)
    if source.has_error:
        return []
    javascript = JavaScriptCode(source)
    found = [match for rule in _RULES for match in rule(javascript)]
    return sorted(found, key=lambda match: (match.suggestion.gain != "speed", match.suggestion.line))
