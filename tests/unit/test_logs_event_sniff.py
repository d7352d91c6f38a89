"""Events are told from logs by what their columns say; a log is never taken for a list of events."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.log_projects import csv_text
from tests.unit.test_logs_event_strangers import JOURNALS
from workbench.logs.events.sniff import events_in

LOGS = {
    "a wide log": csv_text(50),
    "a long table": "tag,time,value,quality\n" + "".join(f"PI-1,2026-03-01 10:00:{n:02d},{n}.5,Good\n" for n in range(30)),
    "a long table with descriptions": "Tag,Description,Timestamp,Value\n"
    + "".join(f"PI-1,Discharge pressure pump A,2026-03-01 10:00:{n:02d},{n}.5\n" for n in range(30)),
    "states of a motor": "time,tag,state\n"
    + "".join(f"2026-03-01 10:00:{n:02d},M-1,{'ON' if n % 2 else 'OFF'}\n" for n in range(30)),
    "a log with a start and an end of each batch": "start,end,flow,pressure,temp\n"
    + "".join(f"2026-03-{n + 1:02d} 10:00,2026-03-{n + 1:02d} 11:00,{n}.5,3.1,40\n" for n in range(20)),
    "numbers between tabs": "".join(f"{n}.0\t{n + 1}.0\t{n}.5\n" for n in range(30)),
    "two numbers between tabs": "".join(f"{n}.0\t{n + 1}.0\n" for n in range(30)),
    "text": "nothing at all",
    "nothing": "",
}
LABELS = {
    "our own": "asset,name,start_utc,end_utc,state\nP-1,leak,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,real\n",
    "a label track": "1.0\t2.0\tleak\n4.0\t5.0\t\n",
    "windows": '{"a.csv": [["2014-04-10 07:15:00.000000", "2014-04-11 16:45:00.000000"]]}',
}


@pytest.mark.parametrize("text", LOGS.values(), ids=LOGS.keys())
def test_a_log_is_no_list_of_events(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    assert events_in(tmp_path / "f.csv") == ""


@pytest.mark.parametrize("text", LABELS.values(), ids=LABELS.keys())
def test_labels_are_known_by_their_format(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.txt").write_text(text, encoding="utf-8")
    assert events_in(tmp_path / "f.txt") == "labels"


@pytest.mark.parametrize("text", JOURNALS.values(), ids=JOURNALS.keys())
def test_alarm_journals_are_events_whose_columns_a_person_sees_first(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.csv").write_text(text, encoding="utf-8")
    assert events_in(tmp_path / "f.csv") == "orders"


def test_a_workbook_of_work_orders_is_known_too(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Order", "Equipment", "Description", "Reported", "Completed"],
        ["1", "P-1", "Seal leak", "2026-03-01", "2026-03-02"],
    ):
        book.active.append(row)
    book.save(tmp_path / "orders.xlsx")
    assert events_in(tmp_path / "orders.xlsx") == "orders"
