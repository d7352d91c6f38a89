"""The import preview by hand: what it shows of a file, its questions answered by the keyboard, units in names accepted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.hand import Hand
from workbench.app.window import Built
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.logs.preview import ImportPreview


@pytest.fixture
def hand(built: Built, tmp_path: Path) -> Hand:
    found = Hand(built)
    built.context.make_project(tmp_path / "project")
    found.wait(lambda: built.context.project is not None)
    return found


def dropped(hand: Hand, path: Path, text: str) -> ImportPreview:
    """The preview of a file that was dropped on the window."""
    path.write_text(text, encoding="utf-8")
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.drop([path])
    hand.rest()
    hand.window.activateWindow()
    hand.wait(hand.window.isActiveWindow)  # before that no widget can be given the focus
    return page.preview


def table(head: str, row: str, n_rows: int = 72) -> str:
    return "\n".join([head, *(row.format(d=k // 8 + 1, m=(k // 8 + 1) % 9 + 1, h=k % 8) for k in range(n_rows))]) + "\n"


def test_the_next_question_has_the_focus_once_one_is_answered(hand: Hand, tmp_path: Path) -> None:
    text = table("Time;PI-2041A;FI-2041A", "{d:02}/{m:02}/2026 0{h}:00;1,20{h};3{h},500")
    questions = dropped(hand, tmp_path / "P-2041A.csv", text).questions
    day, mark = questions.choices["DAY_MONTH_AMBIGUOUS"], questions.choices["DECIMAL_AMBIGUOUS"]
    assert mark.property("blocks")
    day.setFocus()
    hand.wait(day.hasFocus)
    QTest.keyClick(day, Qt.Key.Key_Down)
    hand.wait(lambda: set(questions.choices) == {"DECIMAL_AMBIGUOUS"})
    assert QApplication.focusWidget() is questions.choices["DECIMAL_AMBIGUOUS"]


def test_a_unit_at_the_end_of_a_name_is_offered_and_kept_in_the_tag_map(hand: Hand, tmp_path: Path) -> None:
    columns = dropped(hand, tmp_path / "P-9.csv", table("Tid;Trykk, bar;Vibrasjon", "2026-03-0{d} 0{h}:00;3.{h};2.{h}")).columns
    assert [columns.table.array.value("unit", row) for row in range(3)] == ["–", "→ bar", "–"]
    hand.press("Accept suggestion")
    assert [columns.table.array.value("unit", row) for row in range(3)] == ["–", "bar", "–"]
    assert [(entry.tag, entry.unit) for entry in columns.entries()] == [("Trykk, bar", "bar")]


def test_why_a_file_is_left_out_is_said_with_what_to_do(hand: Hand, tmp_path: Path) -> None:
    text = table("time,PI-1,FI-1", "2026-03-0{d} 0{h}:00,3,{h},300,9")
    preview = dropped(hand, tmp_path / "wide.csv", text)
    said = preview._said.text()
    assert said.startswith("The header of wide.csv has 3 names, but its rows have 5 cells. The decimal mark may be the delimiter")


def test_a_zone_that_no_file_states_is_said_to_be_assumed(hand: Hand, tmp_path: Path) -> None:
    zone = dropped(hand, tmp_path / "P-9.csv", table("time,PI-1 (bar)", "2026-03-0{d} 0{h}:00,3.{h}")).guesses.zone
    assert zone.currentText() == "UTC, assumed"
    zone = dropped(hand, tmp_path / "P-8.csv", table("time,PI-1 (bar)", "2026-03-0{d}T0{h}:00:00Z,3.{h}")).guesses.zone
    assert zone.currentText() == "as in the file"


def test_an_archive_lists_its_logs_and_asks_for_all_of_them(hand: Hand, tmp_path: Path) -> None:
    path = tmp_path / "week.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for day in (1, 2):
            archive.writestr(f"P-2041A_{day}.csv", table("time,PI-2041A [bar]", f"2026-03-0{day} 0{{h}}:00,3.{{h}}"))
        archive.writestr("P-9.csv", table("Time;PI-9;FI-9", "{d:02}/{m:02}/2026 0{h}:00;1,20{h};3{h},500"))
    page = hand.show("logs")
    assert isinstance(page, LogsPage)
    hand.drop([path])
    hand.rest()
    preview, rows = page.preview, page.preview.logs.table.array
    assert preview.logs.isVisible()
    shown = [[rows.value(key, row) for key in ("name", "channels", "asked")] for row in range(rows.rowCount())]
    assert shown == [["P-2041A_1.csv and 1 more", "1", "1 question"], ["P-9.csv", "2", "1 to answer"]]
    assert [column.name for column in preview._preview.columns] == ["time", "PI-2041A"]
    assert {"DAY_MONTH_AMBIGUOUS", "DECIMAL_AMBIGUOUS"} <= set(preview.questions.choices)  # though another log is shown
    assert preview.why_not() == "Answer the questions first"
    preview.logs.table.select_row(1)
    hand.wait(lambda: preview._preview.log == "week.zip: P-9.csv")
    hand.rest()
    assert preview.logs.table.current_row() == 1
    plain = tmp_path / "P-7.csv"
    dropped(hand, plain, table("time,PI-7 [bar]", "2026-03-0{d}T0{h}:00:00Z,3.{h}"))
    assert not preview.logs.isVisible()
