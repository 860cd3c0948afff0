"""Whose voice explains: a persona changes tone and comments, never what the code does."""

from agents.prompts import names, prompt

__all__ = ["PERSONAS", "persona_words"]

_PREFIX = "persona_"
DEFAULT = "terry"
PERSONAS = tuple(name.removeprefix(_PREFIX) for name in names() if name.startswith(_PREFIX))
"""The personas there are; an unknown name speaks as `terry`."""


def persona_words(persona: str) -> str:
    """Return the sentence that tells a model how to sound."""
    return prompt(_PREFIX + (persona if persona in PERSONAS else DEFAULT))
