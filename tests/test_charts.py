"""Pictures are SVG text that a parser reads, and that says the figures."""

from xml.etree import ElementTree as ET

from tools.charts import draw_bars, draw_lines


def test_lines_have_a_point_for_each_size_and_a_name_each() -> None:
    drawn = ET.fromstring(draw_lines("Time", "ms against items", [1, 10, 100], {"old": [1, 10, 100], "new": [1, 2, 0]}))
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Time", "old", "new", "1", "10", "100"} <= set(texts)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 6


def test_the_slower_line_lies_above_the_faster() -> None:
    drawn = ET.fromstring(draw_lines("Time", "ms", [1, 10], {"slow": [5, 50], "fast": [1, 2]}))
    slow, fast = (line.attrib["points"].split() for line in drawn.iter("{http://www.w3.org/2000/svg}polyline"))
    assert all(float(up.split(",")[1]) < float(down.split(",")[1]) for up, down in zip(slow, fast, strict=True))


def test_text_in_a_picture_is_escaped() -> None:
    assert "<b>" not in draw_bars("<b>", "ms", [("a & b", 1.0, "1")])
