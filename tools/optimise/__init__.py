"""Suggestions, rewrites, and the proof that a rewrite is equal and faster."""
