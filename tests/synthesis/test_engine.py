"""What the engine answers to a sentence and an example."""

from dataclasses import replace
from typing import Any

import pytest

from agents.synthesis import Synthesis, SynthesisRequest, synthesize
from agents.task import Example
from tools.n8n.items import items_from, items_from_output


def ask(description: str, given: Any, wanted: Any) -> Synthesis:
    """Ask with one example in the shapes that people write."""
    return synthesize(
        SynthesisRequest(description, [Example(items_from(given), items_from_output(wanted))], deadline_s=20.0)
    )


@pytest.mark.parametrize(
    ("description", "given", "wanted", "javascript"),
    [
        ("Multiply input value by 2 and return result", {"value": 5}, {"result": 10}, "json.value * 2"),
        (
            "only paid orders",
            [{"id": 1, "status": "paid"}, {"id": 2, "status": "open"}, {"id": 3, "status": "paid"}],
            [{"id": 1, "status": "paid"}, {"id": 3, "status": "paid"}],
            ".filter(({ json }) => json.status === 'paid')",
        ),
    ],
    ids=["arithmetic", "filter"],
)
def test_the_body_reads_as_a_colleague_writes_it(description: str, given: Any, wanted: Any, javascript: str) -> None:
    answer = ask(description, given, wanted)
    assert javascript in answer.code["javascript"]


def test_five_equal_requests_give_five_equal_answers() -> None:
    given = [{"name": "Ann", "team": "red"}, {"name": "Bo", "team": "blue"}, {"name": "Cy", "team": "red"}]
    wanted = [{"team": "red", "members": 2}, {"team": "blue", "members": 1}]
    answers = [replace(ask("count the members per team", given, wanted), elapsed_ms=0.0) for _ in range(5)]
    assert answers[0].code
    assert answers == [answers[0]] * 5


def test_a_number_in_the_words_that_no_part_of_the_program_uses_is_not_passed_over() -> None:
    assert ask("double the value", {"value": 5}, {"result": 10}).status == "solved"
    assert ask("double the value up to 5000", {"value": 5}, {"result": 10}).status != "solved"


def test_a_sample_of_the_form_is_no_unused_number() -> None:
    given, wanted = [{"price": "1.234,50"}, {"price": "9,10"}], [{"price": 1234.5}, {"price": 9.1}]
    assert ask("price is german style like 7.310,25, make it a number", given, wanted).status == "solved"


def test_more_words_left_over_mean_less_confidence() -> None:
    short = ask("double the value", {"value": 5}, {"result": 10})
    talk = "double the value when customers ordered something special through our partner portal yesterday"
    long = ask(talk, {"value": 5}, {"result": 10})
    assert long.confidence < short.confidence


ZIPS = [{"shop": "Elm", "zip": "1010", "note": "x"}, {"shop": "Fir", "zip": "5020", "note": "y"}]
LEFT = [{"day": "Mon", "rooms": 4}, {"day": "Tue", "rooms": 1}, {"day": "Wed", "rooms": 0}]
LINES = [{"at": "Kai 12, 8010 Graz"}, {"at": "Am See 3, 4820 Bad Ischl"}]
TOURS = [
    {"tour": "Alp", "fee": 100, "tax": 15},
    {"tour": "Bay", "fee": 90, "tax": 30},
    {"tour": "Cay", "fee": 110, "tax": 0},
]


@pytest.mark.parametrize(
    ("description", "given", "wanted", "never"),
    [
        (
            "the partner wants zip nested in an object place. shop stays on top",
            ZIPS,
            [{"shop": row["shop"], "place": {"zip": row["zip"]}} for row in ZIPS],
            ".sort(",
        ),
        (
            'tell how many rooms are left: "4 rooms left", with one only "1 room left", and "full" at 0, in info',
            LEFT,
            [row | {"info": info} for row, info in zip(LEFT, ["4 rooms left", "1 room left", "full"], strict=True)],
            "'4 rooms left'",
        ),
        (
            "the place at the end, as town",
            LINES,
            [{**LINES[0], "town": "Graz"}, {**LINES[1], "town": "Bad Ischl"}],
            "'0 '",
        ),
        (
            "what counts is fee plus tax: the two cheapest, cheapest first, the sum in total",
            TOURS,
            [TOURS[2] | {"total": 110}, TOURS[0] | {"total": 115}],
            "b.json.fee - a.json.fee",
        ),
    ],
    ids=["a sort that moves nothing", "a label with its number", "a mark with digits", "a sort from the other end"],
)
def test_what_fits_by_chance_is_not_claimed(description: str, given: Any, wanted: Any, never: str) -> None:
    answer = ask(description, given, wanted)
    assert answer.status != "solved" or never not in answer.code["javascript"]


def test_the_fields_of_an_object_are_not_chosen_by_their_place() -> None:
    given = [{"item": "Tent", "jan": 4, "feb": 6}, {"item": "Rope", "jan": 10, "feb": 0}]
    wanted = [{"item": row["item"], "month": month, "sold": row[month]} for row in given for month in ("jan", "feb")]
    answer = ask("besides item every column is a month with what was sold: rows item, month, sold", given, wanted)
    assert answer.status != "solved" or "index" not in answer.code["javascript"]
