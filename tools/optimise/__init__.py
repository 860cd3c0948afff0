"""Suggestions, rewrites, and the proof that a rewrite is equal and faster."""

from tools.optimise.match import Suggestion
from tools.optimise.optimiser import optimise, suggest
from tools.optimise.outcome import Measurement, Optimisation, Proof

__all__ = ["Measurement", "Optimisation", "Proof", "Suggestion", "optimise", "suggest"]
