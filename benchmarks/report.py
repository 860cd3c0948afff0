"""What a benchmark hands back, and how it is shown: a printed table, JSON, and a picture (SVG)."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

from tools.charts import draw_bars

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
        written[1].write_text(draw_bars(table.title, table.picture, _bars(table, table.picture)))
    return written


def _text(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _bars(table: Table, picture: str) -> list[tuple[str, float, str]]:
    column = list(table.columns).index(picture)
    return [
        (str(row[0]), float(cell), _text(cell)) for row in table.rows if isinstance(cell := row[column], int | float)
    ]
