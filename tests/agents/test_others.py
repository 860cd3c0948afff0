"""The agents beside the loop: who explains, who proposes a faster text, who says that no code is needed."""

import pytest

from agents.analyst import advise
from agents.explainer import Explainer
from agents.optimiser import Optimiser
from agents.task import Draft, Example, Items, Task
from tools.errors import NoProviderAvailable
from tools.llm import ScriptedProvider

TASK = Task("Double the value", "python", persona="mentor")
DRAFT = Draft("return [1]", "model", explanation="It doubles.")


async def test_the_explanation_is_asked_for_in_the_tone_of_the_persona() -> None:
    llm = ScriptedProvider([" It doubles each value.\n"])
    assert await Explainer(llm).explain(TASK, DRAFT) == "It doubles each value."
    assert "a beginner can follow" in llm.requests[0].messages[0]["content"]


async def test_without_a_model_the_explanation_of_the_draft_stays() -> None:
    llm = ScriptedProvider([NoProviderAvailable("none")])
    assert await Explainer(llm).explain(TASK, DRAFT) == "It doubles."


async def test_a_proposal_is_a_draft_and_knows_the_rules() -> None:
    llm = ScriptedProvider(["```python\nreturn [2]\n```"])
    assert (await Optimiser(llm).propose(TASK, DRAFT)).code == "return [2]"
    asked = llm.requests[0].messages[0]["content"]
    assert "return [1]" in asked
    assert "No import of any kind" in asked


def items(*numbers: int) -> Items:
    return [{"json": {"n": number}} for number in numbers]


@pytest.mark.parametrize(
    ("words", "given", "wanted", "node"),
    [
        ("Keep only even numbers", items(1, 2, 4), items(2, 4), "Filter"),
        ("Sort by n, highest first", items(1, 2), items(2, 1), "Sort"),
        ("Remove duplicates", items(1, 1), items(1), "Remove Duplicates"),
        ("Give one item per entry of the list", items(1), items(1), "Split Out"),
        ("Sum the amount by customer", items(1, 2), items(3), "Summarize"),
        ("Slugify the title, accents removed", items(1), items(2), None),
    ],
)
def test_a_node_of_n8n_is_named_where_one_does_it(words: str, given: Items, wanted: Items, node: str | None) -> None:
    advice = advise(Task(words, "python", examples=(Example(given, wanted),)))
    assert (advice.node if advice else None) == node
