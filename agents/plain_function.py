"""Puts a task to a small model in a form that it knows: a function from rows to rows, in as few words as will do.

A model of a billion parameters has read a thousand functions over lists of dicts for each n8n node: it forgets the
node's form while it thinks of the task. The form is ours (`agents.node_forms`), the task is its own. A short prompt
also costs less: on a machine without a GPU, reading the long one takes as long as writing the code.
"""

from agents.prompts import prompt
from agents.rules_text import import_rule
from agents.task import Task
from agents.wording import example_hints, items_text
from sandbox.types import NodeRules
from tools.llm.completion import Message
from tools.n8n.items import rows_from

__all__ = ["plain_messages"]

_LONGEST_ROWS = 2000
"""Characters of the rows of one example."""


def plain_messages(task: Task, rules: NodeRules | None = None, *, plan_first: bool = False) -> list[Message]:
    """Return the two messages; the first is the same for every task, so that a server keeps it in its cache.

    Args:
        plan_first: let the code begin with the steps: it becomes longer, plainer, and right in other cases.
    """
    system = prompt(f"plain_{task.language}", imports=import_rule(rules or NodeRules(), task.language))
    examples = [
        prompt("plain_example", input=_rows(example.input), output=_rows(example.output)) for example in task.examples
    ]
    question = prompt(
        "plain_task",
        description=task.description,
        examples="\n\n".join(examples),
        hints="\n".join(example_hints(task)),
        steps=prompt("plain_steps") if plan_first else "",
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": question}]


def _rows(items: object) -> str:
    return items_text(rows_from(items), longest=_LONGEST_ROWS)
