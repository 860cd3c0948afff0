"""Small pictures as SVG text, drawn by hand so that text stays text: bars of figures, lines of time against size."""

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["draw_bars", "draw_lines"]

_COLOURS = ("#2563eb", "#94a3b8", "#16a34a", "#d97706")
_WIDTH, _HEIGHT = 480, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 110, 48, 40
"""Margins of a line chart, in pixels."""


def draw_bars(title: str, unit: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars on a square-root scale, so that 1 and 60 both show; rows: label, value, the value as text."""
    longest = max((value for _, value, _ in rows), default=1.0) or 1.0
    parts = _frame(760, 56 + 30 * len(rows), title, f"{unit}, square-root scale")
    for index, (label, value, shown) in enumerate(rows):
        top, width = 56 + 30 * index, max(2, 400 * (value / longest) ** 0.5)
        parts += [
            f'<text x="270" y="{top + 15}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="280" y="{top}" width="{width:.0f}" height="20" rx="3" fill="{_COLOURS[min(index, 1)]}"/>',
            f'<text x="{286 + width:.0f}" y="{top + 15}" fill="#333">{escape(shown)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def draw_lines(title: str, axes: str, sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """A line for each series on two logarithmic axes: a straight line is a power, its slope the exponent.

    Args:
        axes: what the axes mean, with units: `ms against items`.
        sizes: the places on the horizontal axis, at least one, all above 0.
        series: by name, one value for each size; values of 0 are drawn at the bottom.
    """
    floor = min((value for line in series.values() for value in line if value > 0), default=0.001)
    decades = _decades(floor, max((value for line in series.values() for value in line), default=1.0))
    bottom = _HEIGHT - _BOTTOM

    def x(size: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * _share(size, min(sizes), max(sizes))

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * _share(max(value, floor), decades[0], decades[-1])

    parts = _frame(_WIDTH, _HEIGHT, title, f"{axes}, logarithmic")
    for value in decades:
        parts += [
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#e5e7eb"/>',
            f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" font-size="11">{value:g}</text>',
        ]
    for size in sizes:
        parts.append(f'<text x="{x(size):.1f}" y="{bottom + 18}" text-anchor="middle" font-size="11">{size:,}</text>')
    for colour, (name, line) in zip(_COLOURS, series.items(), strict=False):
        points = [(x(size), y(value)) for size, value in zip(sizes, line, strict=True)]
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>' for across, down in points]
        across, down = points[-1]
        parts.append(f'<text x="{across + 8:.1f}" y="{down + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _frame(width: int, height: int, title: str, subtitle: str) -> list[str]:
    box = f'viewBox="0 0 {width} {height}"'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="16" y="26" font-weight="600">{escape(title)}</text>',
        f'<text x="16" y="44" font-size="11" fill="#666">{escape(subtitle)}</text>',
    ]


def _decades(low: float, high: float) -> list[float]:
    """The powers of ten around these values, two at least."""
    first = math.floor(math.log10(low))
    last = max(math.ceil(math.log10(max(high, low))), first + 1)
    return [10.0**power for power in range(first, last + 1)]


def _share(value: float, low: float, high: float) -> float:
    """How far a value lies between two others on a logarithmic scale, 0 to 1."""
    return (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low)) if high > low else 0.5
