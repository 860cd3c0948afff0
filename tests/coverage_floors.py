"""Print coverage by package and keep the specification's floors: `python -m tests.coverage_floors`."""

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import coverage

FLOORS = {
    "sandbox": 95,
    "agents/code_generator": 85,
    "tools/llm": 90,
    "tools/health": 80,
}
"""Prefix of a path -> percent; the specification's figures for Terry Bridge, Code Generator, Router, Health."""


def main() -> int:
    """Read `.coverage`, print a line a package, and fail under a floor."""
    files = _line_counts()
    packages: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for path, (covered, total) in files.items():
        for prefix in {path.split("/")[0], "/".join(path.split("/")[:2])}:
            packages[prefix][0] += covered
            packages[prefix][1] += total
    for name in sorted(packages):
        indent = "  " if "/" in name else ""
        sys.stdout.write(f"{indent + name:34} {_percent(packages[name]):6.1f} %\n")
    return _verdict(files)


def _line_counts() -> dict[str, tuple[int, int]]:
    data = coverage.Coverage()
    data.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        data.json_report(outfile=report.name)
        found = json.loads(Path(report.name).read_text(encoding="utf-8"))["files"]
    return {path: (each["summary"]["covered_lines"], each["summary"]["num_statements"]) for path, each in found.items()}


def _verdict(files: dict[str, tuple[int, int]]) -> int:
    failed = 0
    for prefix, floor in FLOORS.items():
        counts = [0, 0]
        for path, (covered, total) in files.items():
            if path.startswith(prefix):
                counts[0] += covered
                counts[1] += total
        if counts[1] and _percent(counts) < floor:
            sys.stdout.write(f"{prefix}: {_percent(counts):.1f} % is under its floor of {floor} %\n")
            failed = 1
    return failed


def _percent(counts: list[int]) -> float:
    return 100 * counts[0] / counts[1] if counts[1] else 100.0


if __name__ == "__main__":
    raise SystemExit(main())
