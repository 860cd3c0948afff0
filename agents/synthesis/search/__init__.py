"""The search: from example scopes and targets to ranked expressions."""

from agents.synthesis.search.solve import Search

__all__ = ["Search"]
