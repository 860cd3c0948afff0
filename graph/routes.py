"""Where a run goes next: pure functions of the state."""

from typing import Literal, TypeVar

from graph.state import PipelineState

__all__ = ["after_fix", "after_generate", "after_security", "after_test", "after_validate"]

Stage = TypeVar("Stage", bound=str)


def after_generate(state: PipelineState) -> Literal["validate", "deliver"]:
    """A draft is checked; without one there is nothing but the answer that says so."""
    return "validate" if state.get("draft") else "deliver"


def after_validate(state: PipelineState) -> Literal["security", "fix", "deliver"]:
    """Only code that compiles is looked at for its dangers."""
    return _onward(state, "security")


def after_security(state: PipelineState) -> Literal["test", "fix", "deliver"]:
    """A draft that security refused never reaches `test`."""
    return _onward(state, "test")


def after_test(state: PipelineState) -> Literal["confirm", "analyse", "fix", "deliver"]:
    """Only proven code is measured and made faster; a model's is first compared with what it writes a second time."""
    draft = state.get("draft")
    by_model = draft is not None and draft.engine in {"model", "synthesis+model"}
    return _onward(state, "confirm") if by_model else _onward(state, "analyse")


def after_fix(state: PipelineState) -> Literal["validate", "deliver"]:
    """A changed draft starts over; when nobody had a change the run is over."""
    return "validate" if state.get("failure") is None else "deliver"


def _onward(state: PipelineState, next_stage: Stage) -> Stage | Literal["fix", "deliver"]:
    if state.get("failure") is None:
        return next_stage
    return "fix" if state.get("fixes_left", 0) > 0 else "deliver"
