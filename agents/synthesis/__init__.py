"""The program from the example: values, a small language, search, ranking, printers."""

from agents.synthesis.engine import synthesize
from agents.synthesis.types import Ambiguity, Reading, Synthesis, SynthesisRequest
from agents.synthesis.verify import Verification, verify

__all__ = ["Ambiguity", "Reading", "Synthesis", "SynthesisRequest", "Verification", "synthesize", "verify"]
