"""JavaScript children: Node, warmed up and locked before it sees any code."""

from sandbox.javascript.spawn import plan

__all__ = ["plan"]
