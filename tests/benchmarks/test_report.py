"""What a benchmark writes down."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from rich.console import Console

from benchmarks.report import Table, quantile, show, write

TABLE = Table("sample", "Speed <of> it", ["engine", "p50 ms"], [["ours", 0.8], ["theirs", 32.0]], ["one run"], "p50 ms")


def test_a_table_becomes_json_and_a_picture_that_parses(tmp_path: Path) -> None:
    data, picture = write(TABLE, tmp_path)
    assert json.loads(data.read_text())["rows"] == [["ours", 0.8], ["theirs", 32.0]]
    assert "theirs" in "".join(ET.fromstring(picture.read_text()).itertext())


def test_a_table_is_printed_with_its_notes() -> None:
    console = Console(record=True, width=100, file=None, quiet=False)
    with console.capture() as printed:
        show(TABLE, console)
    assert "theirs" in printed.get()
    assert "one run" in printed.get()


def test_a_quantile_is_a_value_that_was_measured() -> None:
    assert [quantile([4.0, 1.0, 3.0, 2.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 3.0, 4.0]
