"""What n8n refuses of JavaScript before it runs: the methods over all items, in each-item mode, found by their text."""

import re

from sandbox.n8n.returns import OutputRefused

__all__ = ["check_each_item_code"]

_OVER_ALL_ITEMS = re.compile(r"\$input\.(first|last|all|itemMatching)")
_REMARK = ("//", "/*", "*")


def check_each_item_code(code: str) -> None:
    """Refuse `$input.all()` and its kin, as n8n does: in a text too, but not where only remarks hold the word.

    Raises:
        OutputRefused: with n8n's texts and `line`.
    """
    match = _OVER_ALL_ITEMS.search(code)
    if match is None:
        return
    for number, text in enumerate(code.split("\n"), 1):
        line = text.lstrip()
        if match[1] in line and not line.startswith(_REMARK):
            raise OutputRefused(
                f"Can't use .{match[1]}() here [line {number}, for item 0]",
                "This is only available in 'Run Once for All Items' mode",
                line=number,
            )
