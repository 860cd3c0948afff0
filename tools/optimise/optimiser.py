"""Rewrites code where a rule knows better, and keeps only what it can prove."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.types import Language, Mode
from tools.checks import check_security, check_syntax, measure_complexity
from tools.checks.limits import deep_limit
from tools.checks.text_edits import apply_edits
from tools.optimise.inputs import Items, inputs_for
from tools.optimise.javascript_rules import javascript_matches
from tools.optimise.match import Match, Suggestion
from tools.optimise.outcome import Optimisation, Proof, Verdict
from tools.optimise.proof import (
    DEADLINE_S,
    LONGEST_RUN_MS,
    MIN_GAIN,
    SIZES,
    Bench,
    Deadline,
    Execute,
    OutOfTime,
    Timing,
    agree,
)
from tools.optimise.python_rules import python_matches

__all__ = ["optimise", "suggest"]

_MAX_REWRITES = 8
_EACH_ITEM = "each item costs a start of its own (about 0.3 ms): in the mode Run Once for All Items one loop does it"


def suggest(code: str, language: Language) -> list[Suggestion]:
    """What could be better, by line; nothing for code that does not compile, and for good code."""
    found = sorted((match.suggestion for match in _matches(code, language)), key=lambda one: one.line)
    return list(dict.fromkeys(found))


async def optimise(
    code: str,
    language: Language,
    execute: Execute,
    inputs: Sequence[Items] = (),
    mode: Mode | None = None,
    *,
    sizes: Sequence[int] = SIZES,
    deadline_s: float = DEADLINE_S,
    longest_run_ms: float = LONGEST_RUN_MS,
) -> Optimisation:
    """Rewrite code, and prove in the sandbox that the rewrite gives equal results and is faster.

    Args:
        execute: runs a request in the sandbox, such as `Sandbox.execute`.
        inputs: example inputs as lists of n8n items; without any, inputs are read off the code.
        sizes: numbers of items to measure with, growing.
        deadline_s: seconds for all runs together; a proof that is not done by then leaves the original.
        longest_run_ms: sizes of which one run may take longer are not measured.

    Raises:
        SandboxUnavailable, SandboxBusy, SandboxFault: as `execute` does.
    """
    suggestions = tuple(suggest(code, language))
    if mode == "runOnceForEachItem" and language == "javascript":
        suggestions = (Suggestion("each_item_mode", 1, _EACH_ITEM), *suggestions)
    new, proof = await _Trial(code, language, execute, sizes, Deadline(deadline_s), longest_run_ms).run(inputs)
    original = measure_complexity(code, language)
    return Optimisation(new, new != code, suggestions, original, measure_complexity(new, language), proof)


def _matches(code: str, language: Language) -> list[Match]:
    if deep_limit(code, language) is not None:
        return []
    return python_matches(code) if language == "python" else javascript_matches(code)


@dataclass
class _Trial:
    code: str
    language: Language
    execute: Execute
    sizes: Sequence[int]
    deadline: Deadline
    longest_run_ms: float
    rejected: list[str] = field(default_factory=list)

    async def run(self, examples: Sequence[Items]) -> tuple[str, Proof]:
        if not check_syntax(self.code, self.language).ok:
            return self.code, Proof("unchanged", "the code does not compile")
        if not any(match.edits for match in _matches(self.code, self.language)):
            return self.code, Proof("unchanged", "no rule knows an equal text that is faster or clearer")
        try:
            return await self._prove(examples)
        except OutOfTime:
            reason = f"the proof took more than {self.deadline.seconds:g} s on small inputs: the original stays"
            return self.code, Proof("unproven", reason, rejected=tuple(dict.fromkeys(self.rejected)))

    async def _prove(self, examples: Sequence[Items]) -> tuple[str, Proof]:
        bench = await self._bench(examples)
        if bench is None:
            return self.code, Proof(
                "unproven",
                "the original could not be run on an example or on inputs read off the code; give an input_example",
            )
        for gain in (None, "readability"):
            rewritten, applied = await self._rewrite(bench, gain)
            if not applied:
                continue
            timing = await bench.time(self.code, rewritten, self.sizes, self.longest_run_ms)
            verdict = self._verdict(timing, rewritten, applied)
            if verdict is not None:
                return rewritten, self._proof(bench, verdict, timing, [match.suggestion.type for match in applied])
            self.rejected.extend(match.suggestion.type for match in applied)
        reason = (
            f"no rewrite was equal on all inputs and at least {MIN_GAIN:.0%} faster beyond noise: the original stays"
        )
        return self.code, Proof(
            "unchanged", reason, bench.inputs.source, len(bench.contexts), rejected=tuple(dict.fromkeys(self.rejected))
        )

    async def _bench(self, examples: Sequence[Items]) -> Bench | None:
        """The first kind of inputs on which the original runs."""
        for inputs in inputs_for(self.code, self.language, examples):
            bench = Bench(self.execute, self.language, inputs, self.deadline)
            results = await bench.outputs(self.code)
            if any(result.success for result in results):
                return bench
        return None

    async def _rewrite(self, bench: Bench, gain: str | None) -> tuple[str, list[Match]]:
        """Apply one rewrite after the other, each only if all outputs stay equal."""
        expected = await bench.outputs(self.code)
        current = self.code
        applied: list[Match] = []
        refused: set[tuple[str, int]] = set()
        while len(applied) < _MAX_REWRITES and len(refused) < _MAX_REWRITES:
            self.deadline.left_s()  # looking for a match takes a while in long code
            match = self._next(current, gain, refused)
            if match is None:
                break
            candidate = apply_edits(current, match.edits)
            if self._is_sound(candidate) and agree(expected, await bench.outputs(candidate)):
                current, applied = candidate, [*applied, match]
            else:
                refused.add((match.suggestion.type, match.suggestion.line))
                self.rejected.append(match.suggestion.type)
        return current, applied

    def _next(self, code: str, gain: str | None, refused: set[tuple[str, int]]) -> Match | None:
        for match in _matches(code, self.language):
            wanted = bool(match.edits) and (gain is None or match.suggestion.gain == gain)
            if wanted and (match.suggestion.type, match.suggestion.line) not in refused:
                return match
        return None

    def _is_sound(self, candidate: str) -> bool:
        return check_syntax(candidate, self.language).ok and (
            check_security(candidate, self.language).ok or not check_security(self.code, self.language).ok
        )

    def _verdict(self, timing: Timing, rewritten: str, applied: list[Match]) -> Verdict | None:
        """`faster`, or `readability` when it is simpler and nothing was lost; None gives the rewrite up."""
        if timing.is_faster:
            return "faster"
        promised = all(match.suggestion.gain == "readability" for match in applied)
        before, after = (measure_complexity(code, self.language).complexity_score for code in (self.code, rewritten))
        is_simpler = promised or after < before
        return "readability" if timing.measurements and is_simpler and not timing.is_slower else None

    def _proof(self, bench: Bench, verdict: Verdict, timing: Timing, applied: list[str]) -> Proof:
        source = {"example": "grown from the example", "derived": "read off the code", "self-contained": "none needed"}[
            bench.inputs.source
        ]
        said = "equal and faster" if verdict == "faster" else "equal, not slower, and easier to read"
        reason = f"{said} on {len(bench.contexts)} inputs ({source})" + (
            f"; {timing.stopped}" if timing.stopped else ""
        )
        return Proof(
            verdict,
            reason,
            bench.inputs.source,
            len(bench.contexts),
            timing.measurements,
            round(timing.noise, 3),
            tuple(dict.fromkeys(applied)),
            tuple(dict.fromkeys(self.rejected)),
        )
