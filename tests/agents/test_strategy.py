"""What is tried next: decisions over the attempts, and the mender that carries them out."""

import pytest

from agents.attempt import Attempt, Sampling, Strategy
from agents.candidates import Trial, best_first, draw
from agents.case import Outcome
from agents.code_generator import CodeGenerator
from agents.fixer import Fixer
from agents.mender import Mender, Refusal
from agents.strategy import code_key, mending_base, next_move, repeated, stuck
from agents.task import Draft, Task
from sandbox.types import Language
from tools.checks.report import Finding
from tools.errors import NoProviderAvailable, ProviderError
from tools.llm import ScriptedProvider

TASK = Task("Double the value", "python")


def attempt(
    number: int, code: str = "", problem: str = "wrong", strategy: Strategy = "feedback", **more: str
) -> Attempt:
    failed = Outcome("example 1", "example", passed=False, binding=True, message=problem)
    return Attempt(number, strategy, "model", code or f"return {number}", outcomes=(failed,), provider="a", **more)  # type: ignore[arg-type]


def test_the_first_move_tells_the_failure() -> None:
    assert next_move([attempt(1, strategy="draft")]).strategy == "feedback"


def test_a_small_model_is_asked_anew_twice_before_it_is_told() -> None:
    history = [attempt(1, problem="p", strategy="draft")]
    moves = []
    for number in range(2, 6):
        moves.append(next_move(history, style="resample").strategy)
        history.append(attempt(number, problem="p" * number, strategy=moves[-1]))
    assert moves == ["resample", "resample", "feedback", "resample"]


def test_the_same_problem_again_changes_the_strategy() -> None:
    history = [attempt(1, strategy="draft"), attempt(2)]
    assert stuck(history) == "the same problem came again"
    move = next_move(history)
    assert move.strategy == "resample"
    assert move.sampling.temperature > 0.5


def test_numbers_do_not_make_a_problem_new() -> None:
    assert stuck([attempt(1, problem="got 25, item 0"), attempt(2, problem="got 26, item 1")])


def test_whoever_stays_stuck_gets_every_change_in_turn() -> None:
    history = [attempt(1, strategy="draft"), attempt(2)]
    for number in range(3, 7):
        history.append(attempt(number, strategy=next_move(history, providers=["a", "b"]).strategy))
    assert [one.strategy for one in history[2:]] == ["resample", "other_provider", "anew", "resample"]


def test_another_provider_is_only_a_change_when_there_is_one() -> None:
    history = [attempt(1, strategy="draft"), attempt(2), attempt(3, strategy="resample")]
    assert next_move(history, providers=["a"]).strategy == "anew"
    other = next_move(history, providers=["a", "b"])
    assert (other.strategy, other.sampling.avoid) == ("other_provider", ("a",))


def test_no_two_moves_ask_with_the_same_seed() -> None:
    history = [attempt(1, strategy="draft")]
    samplings: list[Sampling] = []
    for number in range(2, 9):
        move = next_move(history, style="resample")
        samplings.append(move.sampling)
        history.append(attempt(number, strategy=move.strategy))
    assert len({sampling.seed for sampling in samplings}) == len(samplings)
    assert max(sampling.temperature for sampling in samplings) <= 1.1


@pytest.mark.parametrize(
    ("language", "one", "two", "same"),
    [
        ("python", "x = 1  # one\nreturn x", "x=1\nreturn x", True),
        ("python", "return {'a': 1}", 'return {"a": 1}', True),
        ("python", "return 1", "return 2", False),
        ("python", "return (", "return  (", True),
        ("javascript", "const a = 1; // one\nreturn a;", "const a = 1\n\n  return a", True),
        ("javascript", "/* two\nlines */\nreturn 1;", "return 1;", True),
        ("javascript", "return 'http://x';", "return 'http://y';", False),
    ],
)
def test_equal_programs_have_equal_keys(language: Language, one: str, two: str, same: bool) -> None:
    assert (code_key(one, language) == code_key(two, language)) == same


def test_edits_are_tried_beside_each_other_unless_one_made_progress() -> None:
    first = attempt(1, "return x", "item 0: got 1", "draft")
    useless = attempt(2, "return y", "item 0: got 2", "automatic")
    assert mending_base([first, useless]).number == 1
    better = attempt(3, "return z", "KeyError: 'a'", "automatic")
    assert mending_base([first, useless, better]).number == 3


def test_an_edit_that_makes_code_run_is_progress_and_one_that_breaks_it_is_not() -> None:
    broken = Attempt(1, "draft", "model", "return (", findings=(Finding("syntax/python", "no"),))
    runs = attempt(2, "return 1", "wrong", "automatic")
    breaks = Attempt(3, "automatic", "model", "return (", findings=(Finding("syntax/python", "no"),))
    assert mending_base([broken, runs, breaks]).number == 2


def mender(llm: ScriptedProvider) -> Mender:
    return Mender(CodeGenerator(llm), Fixer(llm))


def refused(code: str, problem: str = "wrong") -> tuple[Refusal, list[Attempt]]:
    history = [attempt(1, code, problem, "draft")]
    return Refusal(Draft(code, "model"), failures=history[0].outcomes), history


async def test_a_copy_is_put_aside_and_asked_for_again() -> None:
    llm = ScriptedProvider(["```\nreturn 1  # same\n```", "```\nreturn 2\n```"])
    refusal, history = refused("return 1")
    mended = await mender(llm).mend(TASK, refusal, history)
    assert mended.draft is not None
    assert mended.draft.code == "return 2"
    assert [one.error for one in mended.discarded] == ["repeats attempt 1"]
    assert llm.requests[0].temperature != llm.requests[1].temperature


async def test_an_unreadable_answer_is_an_attempt_that_keeps_its_text() -> None:
    refusal, history = refused("return 1")
    mended = await mender(ScriptedProvider(["Sorry.", "```\nreturn 2\n```"])).mend(TASK, refusal, history)
    assert [(one.error, one.answer) for one in mended.discarded] == [("the answer holds no code", "Sorry.")]
    assert mended.discarded[0].tokens > 0


async def test_who_only_repeats_is_left_after_three_questions() -> None:
    llm = ScriptedProvider(["```\nreturn 1\n```"] * 10)
    refusal, history = refused("return 1")
    mended = await mender(llm).mend(TASK, refusal, history)
    assert mended.draft is None
    assert (len(mended.discarded), len(llm.requests)) == (3, 3)


async def test_a_model_that_mends_the_synthesis_shares_the_credit() -> None:
    refusal = Refusal(Draft("return 1", "synthesis"))
    history = [Attempt(1, "synthesis", "synthesis", "return 1", error="wrong")]
    mended = await mender(ScriptedProvider(["```\nreturn 2\n```"])).mend(TASK, refusal, history)
    assert mended.draft is not None
    assert mended.draft.engine == "synthesis+model"


def test_a_copy_is_told_from_something_new() -> None:
    history = [attempt(1, "return 1")]
    assert repeated("return 1 # again", history, "python") == "repeats attempt 1"
    assert repeated("return 2", history, "python") is None


async def test_candidates_are_different_programs_and_copies_are_recorded() -> None:
    llm = ScriptedProvider(["```\nreturn 1\n```", "```\nreturn 1 # x\n```", "```\nreturn 2\n```", "No."])
    drawn = await draw(CodeGenerator(llm), TASK, 4)
    assert [draft.code for draft in drawn.drafts] == ["return 1", "return 2"]
    assert [one.error for one in drawn.discarded] == ["repeats another candidate", "the answer holds no code"]
    assert len({request.seed for request in llm.requests}) == 4
    assert llm.requests[0].temperature < llm.requests[1].temperature


async def test_one_failing_call_does_not_cost_the_other_candidates() -> None:
    llm = ScriptedProvider([ProviderError("down"), "```\nreturn 2\n```"])
    assert [draft.code for draft in (await draw(CodeGenerator(llm), TASK, 2)).drafts] == ["return 2"]


async def test_no_candidate_at_all_is_the_error_of_the_first() -> None:
    llm = ScriptedProvider([NoProviderAvailable("all down", 3), ProviderError("down")])
    with pytest.raises(NoProviderAvailable, match="all down"):
        await draw(CodeGenerator(llm), TASK, 2)


def trial(
    code: str, *, example: bool = True, outputs: tuple[object, ...] = (), crash: int = 0, refused: bool = False
) -> Trial:
    outcomes = [Outcome("example 1", "example", passed=example, binding=True)]
    outcomes += [Outcome("g", "property", passed=True, actual=[output]) for output in outputs]
    outcomes += [Outcome("g", "property", passed=False, error_type="TypeError") for _ in range(crash)]
    findings = (Finding("n8n/import", "no"),) if refused else ()
    return Trial(Draft(code, "model"), findings, tuple(outcomes))


def test_a_candidate_that_passes_the_example_is_before_one_that_only_never_breaks() -> None:
    assert best_first([trial("a", example=False), trial("b", crash=3)])[0].draft.code == "b"


def test_a_refused_candidate_comes_last() -> None:
    assert best_first([trial("a", refused=True), trial("b", example=False)])[0].draft.code == "b"


def test_among_those_that_pass_the_one_that_breaks_least_comes_first() -> None:
    assert best_first([trial("a", crash=2), trial("b", crash=1)])[0].draft.code == "b"


def test_then_the_one_that_others_agree_with_and_then_the_shorter() -> None:
    odd, long, short = (
        trial("o", outputs=({"n": 9},)),
        trial("llll", outputs=({"n": 1},)),
        trial("ss", outputs=({"n": 1},)),
    )
    assert [one.draft.code for one in best_first([odd, long, short])] == ["ss", "llll", "o"]
