"""Texts from two rows without words: parts by position, rounded numbers and times, dates in any form."""

from typing import Any

import pytest

from agents.synthesis import SynthesisRequest, synthesize
from agents.synthesis.interpret import run_rows
from agents.task import Example
from tools.n8n.items import items_from, items_from_output


def request(pairs: list[tuple[str, str]], description: str = "") -> SynthesisRequest:
    """Ask with one row a pair: the field `text` becomes the field `result`."""
    rows: list[dict[str, Any]] = [{"text": given} for given, _ in pairs]
    wanted = [{"result": output} for _, output in pairs]
    return SynthesisRequest(description, [Example(items_from(rows), items_from_output(wanted))], deadline_s=20.0)


TASKS = {
    "the second half of a code": ([("AB-1234-x", "1234"), ("CDE-77-yy", "77")], ("Q-9-z", "9")),
    "letters of a surname": ([("Jane Smith", "Smi"), ("Robert Brown", "Bro")], ("Ada Lovelace", "Lov")),
    "digits in blocks": ([("4930123", "493-0123"), ("8125566", "812-5566")], ("1002003", "100-2003")),
    "a band of fives": ([("37", "35-40"), ("21.5", "20-25")], ("99", "95-100")),
    "two hours around a time": ([("13:20:11", "12:00-14:00"), ("19:59:00", "18:00-20:00")], ("02:01:00", "2:00-4:00")),
    "dates of two forms": ([("3-Nov-2021", "2021-11-03"), ("March 14 1999", "1999-03-14")],
                           ("7. July 2020", "2020-07-07")),
    "three decimals": ([("3.14159", "3.142"), ("2.5", "2.500")], ("7", "7.000")),
}  # fmt: skip


@pytest.mark.parametrize(("pairs", "other"), TASKS.values(), ids=TASKS)
def test_two_rows_show_it(pairs: list[tuple[str, str]], other: tuple[str, str]) -> None:
    assert run_rows(request(pairs), [{"text": other[0]}]) == [{"result": other[1]}]


@pytest.mark.parametrize(
    "pairs",
    [
        [("2024-03-04", "Mon W10"), ("2024-03-11", "Mon W11")],
        [("12.3", "12.300"), ("45.6", "45.600")],
        [("7.91", "8"), ("3.99", "4")],
    ],
    ids=["a weekday that both rows share", "zeros or decimals", "rounded up or to the nearest"],
)
def test_what_two_rows_share_by_chance_is_not_claimed(pairs: list[tuple[str, str]]) -> None:
    assert synthesize(request(pairs)).status != "solved"
