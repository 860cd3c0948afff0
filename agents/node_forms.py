"""Code that never meets n8n's input, or meets it in the wrong form, as the nodes that it may be meant as."""

from itertools import islice

from agents.javascript_forms import javascript_forms, javascript_spreads
from agents.python_forms import python_forms, python_spreads
from agents.task import Task
from sandbox.types import Mode
from tools.checks.limits import deep_limit

__all__ = ["keeping_forms", "node_forms"]

_MOST_FORMS = 12


def node_forms(code: str, task: Task, mode: Mode | None = None) -> list[str]:
    r"""List the nodes that a text may be meant as, the likeliest first; which one it is, running them tells.

    Models write what they have read most of: a function that nobody calls, with an example of its own below it and a
    `print` or `module.exports`; and they read a field from the item where it lies in the item's `json`.

    >>> print(node_forms("def total(rows):\n    return {'n': len(rows)}", Task("Count", "python"))[0])
    def total(rows):
        return {'n': len(rows)}
    <BLANKLINE>
    <BLANKLINE>
    rows = [item["json"] for item in _items]
    return [{"json": row} for row in total(rows)]
    """
    if deep_limit(code, task.language) is not None:
        return []
    forms = python_forms if task.language == "python" else javascript_forms
    rows = [item["json"] for example in task.examples for item in example.input if isinstance(item.get("json"), dict)]
    found = dict.fromkeys(forms(code, mode or task.mode, rows))
    found.pop(code, None)
    return list(islice(found, _MOST_FORMS))


def keeping_forms(code: str, task: Task) -> list[str]:
    """List the code with rows copied whole where it names their fields one by one: others than the example's stay.

    >>> keeping_forms("return [{'a': row['a'], 'b': 1} for row in _items]", Task("Add b", "python"))
    ["return [{**row, 'b': 1} for row in _items]"]
    """
    if deep_limit(code, task.language) is not None:
        return []
    spreads = python_spreads if task.language == "python" else javascript_spreads
    return list(islice(spreads(code), _MOST_FORMS))
