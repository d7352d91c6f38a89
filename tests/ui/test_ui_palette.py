"""The command palette: a few letters find an act, keys run it, Escape gives the keyboard back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.app.window import Built
from workbench.ui.palette import best, score
from workbench.ui.palette_entry import PaletteEntry


def _entry(title: str) -> PaletteEntry:
    return PaletteEntry(title=title, icon="", where="", key=title)


def test_letters_must_come_in_order() -> None:
    assert score("thr", "Move threshold") is not None
    assert score("rht", "Move thr") is None


def test_word_starts_beat_letters_in_the_middle() -> None:
    entries = [_entry("Follow the thread"), _entry("Import log"), _entry("Show simple plot")]
    assert best("il", entries)[0].title == "Import log"


def test_an_empty_search_shows_everything_in_order() -> None:
    entries = [_entry("B"), _entry("A")]
    assert best(" ", entries) == entries


def test_ctrl_k_opens_it_and_enter_goes_to_the_page(built: Built) -> None:
    window = built.window
    window.show()
    window.show_page("start")
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_box.isVisible()
    QTest.keyClicks(window.palette_box.line, "go to journal")
    QTest.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    assert (window.host.current_id, window.palette_box.isVisible()) == ("journal", False)


def test_escape_closes_it_and_gives_the_keyboard_back(built: Built) -> None:
    window = built.window
    window.show()
    window.show_page("settings")
    before = window.focusWidget()
    window.open_palette()
    QTest.keyClick(window.palette_box.line, Qt.Key.Key_Escape)
    assert (window.palette_box.isVisible(), window.focusWidget()) == (False, before)


def test_what_is_blocked_shows_its_reason_and_does_not_run(built: Built) -> None:
    window = built.window
    window.show()
    ran: list[str] = []
    blocked = PaletteEntry(title="Write", icon="", where="", key="write", blocked="A light is red")
    window.palette_box.open_with([blocked])
    QTest.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    assert (ran, window.palette_box.isVisible()) == ([], True)


def test_help_topics_are_found(built: Built) -> None:
    window = built.window
    window.show()
    titles = [entry.title for entry in window.palette_entries()]
    assert any(title.startswith("Help: ") for title in titles)
