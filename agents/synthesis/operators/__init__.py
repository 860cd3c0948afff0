"""The operators of the language: one entry each with meaning, cost, words and two printings."""

from agents.synthesis.operators import (
    dates,
    extracts,
    forms,
    lists,
    logic,
    nuances,
    numbers,
    objects,
    positions,
    quantities,
    texts,
)

__all__ = [
    "dates",
    "extracts",
    "forms",
    "lists",
    "logic",
    "nuances",
    "numbers",
    "objects",
    "positions",
    "quantities",
    "texts",
]
