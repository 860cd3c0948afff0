"""The program from the example: values, a small language, search, ranking, printers."""

from agents.synthesis.engine import synthesize
from agents.synthesis.types import Ambiguity, Reading, Synthesis, SynthesisRequest

__all__ = ["Ambiguity", "Reading", "Synthesis", "SynthesisRequest", "synthesize"]
