"""What a benchmark hands back, and how it is shown: a printed table, JSON, and a picture (SVG)."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

__all__ = ["RESULTS", "Table", "quantile", "show", "write"]

RESULTS = Path(__file__).parent / "results"
"""Where JSON and pictures go."""

Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of one run, taken side by side."""

    name: str
    """File name of the results, without ending."""
    title: str
    columns: Sequence[str]
    """With the unit: `p50 ms`."""
    rows: Sequence[Sequence[Cell]]
    """One cell a column; the first one names the row."""
    notes: Sequence[str] = ()
    """How it was measured, and what follows."""
    picture: str | None = None
    """The column drawn as bars; `None`: no picture."""


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(table: Table, console: Console) -> None:
    """Print it."""
    printed = Printed(title=table.title, title_justify="left")
    for index, column in enumerate(table.columns):
        printed.add_column(column, justify="right" if index else "left")
    for row in table.rows:
        printed.add_row(*map(_text, row))
    console.print(printed)
    for note in table.notes:
        console.print(f"  {note}", style="dim")


def write(table: Table, folder: Path = RESULTS) -> list[Path]:
    """Write `<name>.json` and, when it has a picture, `<name>.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    written = [folder / f"{table.name}.json"]
    written[0].write_text(json.dumps(asdict(table) | {"measured_on": machine}, indent=2, ensure_ascii=False) + "\n")
    if table.picture is not None:
        written.append(folder / f"{table.name}.svg")
        written[1].write_text(_bars(table, list(table.columns).index(table.picture)))
    return written


def _text(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _bars(table: Table, column: int) -> str:
    """Horizontal bars on a square-root scale, so that 1 and 60 both show; drawn by hand, so text stays text."""
    rows = [(str(row[0]), float(row[column] or 0)) for row in table.rows if isinstance(row[column], int | float)]
    longest = max((value for _, value in rows), default=1.0) or 1.0
    height = 56 + 30 * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" font-family="sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="16" y="26" font-weight="600">{_escape(table.title)}</text>',
        f'<text x="16" y="44" font-size="11" fill="#666">{_escape(table.columns[column])}, square-root scale</text>',
    ]
    for index, (label, value) in enumerate(rows):
        top, width = 56 + 30 * index, max(2, 400 * (value / longest) ** 0.5)
        colour = "#2563eb" if index == 0 else "#94a3b8"
        parts += [
            f'<text x="270" y="{top + 15}" text-anchor="end">{_escape(label)}</text>',
            f'<rect x="280" y="{top}" width="{width:.0f}" height="20" rx="3" fill="{colour}"/>',
            f'<text x="{286 + width:.0f}" y="{top + 15}" fill="#333">{_text(value)}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
