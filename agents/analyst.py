"""Says when no code is needed: which of n8n's own nodes does the task."""

import re
from dataclasses import dataclass

from agents.properties import properties_of
from agents.task import Task

__all__ = ["Advice", "advise"]


@dataclass(frozen=True, slots=True)
class Advice:
    """A node of n8n that may replace the code node."""

    node: str
    """As n8n's node list names it."""
    why: str


_BY_PROPERTY = {
    "keeps some of the items as they are, in order": ("Filter", "the items that stay are unchanged"),
    "gives the same items in another order": ("Sort", "only the order changes"),
}
_BY_WORDS = (
    (r"duplicat|dedup|uniq|distinct", "Remove Duplicates", "each item is to stay once"),
    (r"\bfirst \d+|\btop \d+|\blimit\b|at most \d+ items", "Limit", "only a number of items is to stay"),
    (r"\bsplit\b.*\b(list|array)|one item (per|for each)|explode", "Split Out", "a list becomes items"),
    (r"collect|into one list|aggregate", "Aggregate", "items become one list"),
    (r"\b(sum|count|average|total)\b.*\b(per|by|each)\b", "Summarize", "numbers are added up by group"),
    (r"\brename\b|\bonly the fields?\b|pick", "Edit Fields (Set)", "fields are chosen or renamed"),
)


def advise(task: Task) -> Advice | None:
    """Name n8n's own node for the task, when words and examples are no more than it does; code is the last resort.

    >>> advise(Task("Rename firstName to first_name")).node
    'Edit Fields (Set)'
    """
    words = task.description.lower()
    kept = [name for name in properties_of(task) if name in _BY_PROPERTY]
    if kept and not re.search(r"duplicat|dedup|uniq|distinct", words):
        return Advice(*_BY_PROPERTY[kept[0]])
    return next((Advice(node, why) for pattern, node, why in _BY_WORDS if re.search(pattern, words)), None)
