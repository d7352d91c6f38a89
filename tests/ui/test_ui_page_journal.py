"""The Journal page by hand: filter, look at one entry, verify, copy its command."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.hand import Hand
from tests.ui.page_fixtures import hand, template  # noqa: F401 - fixtures
from workbench.ui.pages.journal.page import JournalPage


@pytest.fixture
def page(hand: Hand) -> JournalPage:  # noqa: F811 - the fixture
    found = hand.show("journal")
    assert isinstance(found, JournalPage)
    return found


def test_the_newest_entry_is_shown_first_and_arrows_go_back_in_time(page: JournalPage) -> None:
    assert page.table.current_row() == 0
    before = page._entry._facts.findChildren(type(page._entry._what))
    assert before
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.current_row() == 1
    assert page._entry._what.text() == page._entries[1].what


def test_words_and_acts_filter_the_rows(hand: Hand, page: JournalPage) -> None:  # noqa: F811
    all_rows = page.table.array.rowCount()
    hand.type(page._search, "trained")
    assert 0 < page.table.array.rowCount() < all_rows
    QTest.keyClick(page._search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page._search, Qt.Key.Key_Delete)
    assert page.table.array.rowCount() == all_rows
    hand.click(page._period.button("1"))
    assert page.table.array.rowCount() == all_rows
    page._act.setFocus()
    QTest.keyClick(page._act, Qt.Key.Key_Down)
    assert page.table.array.rowCount() < all_rows


def test_the_chain_is_verified_and_said(hand: Hand, page: JournalPage) -> None:  # noqa: F811
    assert page._chain.text() == "Chain not checked yet"
    hand.press("Verify chain")
    hand.rest()
    assert page._chain.text().startswith("Chain whole, checked")


def test_a_changed_line_is_named(hand: Hand, page: JournalPage) -> None:  # noqa: F811
    project = hand.built.context.project
    assert isinstance(project, Path)
    file = next(path for path in sorted((project / "journal").iterdir()) if path.is_file())
    data = bytearray(file.read_bytes())
    place = data.index(b"Trained")
    data[place : place + 7] = b"Drained"
    file.write_bytes(bytes(data))
    hand.press("Verify chain")
    hand.rest()
    assert not page._chain.text().startswith("Chain whole")
    assert page.state is not None or hand.notices()


def test_an_entry_copies_the_command_that_does_the_same(hand: Hand, page: JournalPage) -> None:  # noqa: F811
    row = next(index for index, entry in enumerate(page._entries) if entry.command)
    hand.row(page.table, row)
    hand.click(page._entry._copy)
    assert QGuiApplication.clipboard().text() == page._entries[row].command
