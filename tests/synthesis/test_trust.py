"""What one example and a few words are too little for is not claimed; exact words or a second example are enough."""

from typing import Any

import pytest

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.synthesis.engine import decided
from agents.synthesis.language import Expr, subexpressions
from agents.synthesis.readings import output_of
from agents.synthesis.trust import evidence, held
from agents.synthesis.words import Words
from agents.task import Example
from tools.n8n.items import items_from, items_from_output

Rows = list[dict[str, Any]]
WALLS: Rows = [
    {"room": "hall", "width": 2, "height": 9},
    {"room": "attic", "width": 9, "height": 4},
    {"room": "cellar", "width": 5, "height": 5},
]
WORDS = "the room with the largest wall comes first, that is width times height"
ORDERS: Rows = [{"id": 1, "status": "paid"}, {"id": 2, "status": "open"}]
DEALS: Rows = [{"who": "Bo", "deals": 9, "years": 3}, {"who": "Cy", "deals": 5, "years": 2}]


def request(description: str, *pairs: tuple[Rows, Rows]) -> SynthesisRequest:
    """Give examples as rows."""
    examples = [Example(items_from(given), items_from_output(wanted)) for given, wanted in pairs]
    return SynthesisRequest(description, examples, deadline_s=30.0)


def ask(description: str, *pairs: tuple[Rows, Rows]) -> Synthesis:
    """Ask with examples as rows."""
    return synthesize(request(description, *pairs))


def leading(description: str, given: Rows, wanted: Rows) -> Expr:
    """The program that leads, claimed or not."""
    answer = decided(request(description, (given, wanted)))
    assert answer is not None
    return answer[1]


def test_what_leads_when_the_right_program_is_out_of_reach_is_not_claimed() -> None:
    asked = request(WORDS, (WALLS, [WALLS[1], WALLS[2], WALLS[0]]))
    answer = decided(asked, withheld=lambda program: any(one.op == "multiply" for one in subexpressions(program)))
    assert answer is not None
    assert answer[0] != "solved"


def test_words_that_say_every_step_are_believed() -> None:
    assert ask("only paid orders", (ORDERS, ORDERS[:1])).status == "solved"


def test_a_second_example_proves_what_the_first_left_open() -> None:
    more = [{"room": "loft", "width": 4, "height": 1}, {"room": "shed", "width": 3, "height": 8}]
    words = "widest room first: measure all of the walls and list them for the painter"
    once = ask(words, (WALLS, [WALLS[1], WALLS[2], WALLS[0]]))
    twice = ask(words, (WALLS, [WALLS[1], WALLS[2], WALLS[0]]), (more, more))
    assert (once.status != "solved", twice.status) == (True, "solved")


def test_other_fields_that_sort_the_same_way_speak_against_a_sort_whose_key_no_word_names() -> None:
    level = [{**DEALS[0], "who": "Cy", "years": 2}, DEALS[1]]
    program, vague = leading("fewest deals first", DEALS, DEALS[::-1]), Words("the newcomers first")
    assert evidence(program, vague, DEALS, DEALS[::-1])["keys"] == 2
    assert evidence(program, vague, level, level[::-1])["keys"] == 0
    assert evidence(program, Words("fewest deals first"), DEALS, DEALS[::-1])["keys"] == 0


def test_a_named_field_that_is_not_read_speaks_against_a_program() -> None:
    program = leading("fewest deals first", DEALS, DEALS[::-1])
    assert evidence(program, Words("by deals and years"), DEALS, DEALS[::-1])["unread"] == 1


@pytest.mark.parametrize(("found", "share"), [(True, 1.0), (False, 0.0)], ids=["found again", "lost"])
def test_each_row_left_out_is_held_when_the_search_finds_it_from_the_others(found: bool, share: float) -> None:
    program = leading(WORDS, WALLS, [WALLS[1], WALLS[2], WALLS[0]])
    wanted = output_of(program, WALLS)
    assert wanted is not None
    assert held(program, WALLS, wanted, lambda _rows, _wanted: program if found else None) == share
