"""Where a run goes next, as plain functions."""

import pytest

from agents.task import Draft
from graph import routes
from graph.state import PipelineState, StageFailure

DRAFT = Draft("return [];", "model")
FAILURE = StageFailure("validate")


def test_without_a_draft_there_is_only_the_answer() -> None:
    assert routes.after_generate({"draft": None}) == "deliver"
    assert routes.after_generate({"draft": DRAFT}) == "validate"


@pytest.mark.parametrize(
    ("route", "onward"),
    [(routes.after_validate, "security"), (routes.after_security, "test"), (routes.after_test, "confirm")],
    ids=["validate", "security", "test"],
)
def test_a_stage_that_lets_pass_hands_on(route: object, onward: str) -> None:
    state: PipelineState = {"draft": DRAFT, "failure": None, "fixes_left": 0}
    assert callable(route)
    assert route(state) == onward


def test_what_no_model_wrote_needs_no_second_opinion() -> None:
    assert routes.after_test({"draft": Draft("return [];", "synthesis"), "failure": None}) == "analyse"


@pytest.mark.parametrize("route", [routes.after_validate, routes.after_security, routes.after_test])
@pytest.mark.parametrize(("left", "target"), [(1, "fix"), (0, "deliver")])
def test_a_failure_is_fixed_as_long_as_fixes_are_left(route: object, left: int, target: str) -> None:
    state: PipelineState = {"draft": DRAFT, "failure": FAILURE, "fixes_left": left}
    assert callable(route)
    assert route(state) == target


def test_a_changed_draft_starts_over_and_an_unchanged_one_is_the_end() -> None:
    assert routes.after_fix({"failure": None}) == "validate"
    assert routes.after_fix({"failure": FAILURE}) == "deliver"
