"""Behaviour of the search through its public surface."""
