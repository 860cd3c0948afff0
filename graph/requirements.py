"""When every draft needs what the runner forbids: which one works, and which settings of n8n it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.attempt import Attempt
from agents.case import Outcome
from sandbox.types import Language

__all__ = ["Requirements", "refused_for_settings"]


@dataclass(frozen=True, slots=True)
class Requirements:
    """A draft that passes its tests once n8n is set up for it."""

    code: str
    settings: Mapping[str, str]
    """`{"N8N_RUNNERS_STDLIB_ALLOW": "re,json"}`."""
    tests: Sequence[Outcome]

    def advice(self, language: Language) -> str:
        """What to do about it, in one line."""
        told = " ".join(f"{name}={value}" for name, value in self.settings.items())
        other = " JavaScript needs no such setting." if language == "python" else ""
        return f"The code works where the runner is started with {told}; a stock n8n refuses it.{other}"


def refused_for_settings(history: Sequence[Attempt]) -> tuple[Attempt, dict[str, str]] | None:
    """Find the latest draft that nothing but missing settings stood against, and those settings."""
    for attempt in reversed(history):
        refusing = [finding for finding in attempt.findings if finding.severity == "error"]
        if refusing and all(finding.requires for finding in refusing):
            settings: dict[str, list[str]] = {}
            for finding in refusing:
                name, _, value = finding.requires.partition("=")
                if value not in settings.setdefault(name, []):
                    settings[name].append(value)
            return attempt, {name: ",".join(values) for name, values in settings.items()}
    return None
