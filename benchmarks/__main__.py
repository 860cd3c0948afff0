"""Run the benchmarks: `python -m benchmarks [name ...]`; each `bench_<name>.py` here exposes `run() -> list[Table]`."""

import importlib
import sys
import traceback
from pathlib import Path

from rich.console import Console

from benchmarks.report import show, write


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; a broken one does not stop the others.

    Returns:
        the exit status: 1 when one of them broke, 2 when a name is unknown.
    """
    console = Console()
    found = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(names) - set(found)
    if unknown:
        console.print(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(found)}")
        return 2
    broken = [name for name in names or found if not _run(name, console)]
    if broken:
        console.print(f"broken: {', '.join(broken)}", style="red")
    return 1 if broken else 0


def _run(name: str, console: Console) -> bool:
    try:
        tables = importlib.import_module(f"benchmarks.bench_{name}").run()
    except Exception:  # noqa: BLE001 - the others still run, and the exit status tells
        console.print(traceback.format_exc(), style="red", markup=False)
        return False
    for table in tables:
        show(table, console)
        write(table)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
