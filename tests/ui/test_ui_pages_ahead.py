"""Pages are got ready a little a turn, after the first paint or while the palette is open, so that none is waited for."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from workbench.app.window import Built
from workbench.ui.page_table import PAGES, find_entry, load_page_class
from workbench.ui.widgets.layouts import refilled, vertical
from workbench.ui.widgets.text import Text

WaitFor = Callable[..., None]
NAMES = [entry.id for entry in PAGES]


@pytest.fixture
def shown(built: Built) -> Built:
    built.window.show_page("start")
    built.window.show()
    return built


def _steps(built: Built) -> Iterator[int]:
    """Pages that are there after each step."""
    while built.window.host.build_next():
        yield len(built.window.host.built())


def test_a_step_builds_one_page_at_most_and_in_the_end_all_are_there(shown: Built) -> None:
    counts = [1, *_steps(shown)]
    assert max(later - former for former, later in itertools.pairwise(counts)) == 1
    assert list(shown.window.host.built()) == NAMES
    assert not shown.window.host.build_next()
    assert shown.window.host.current_id == "start"


def test_a_page_that_was_opened_before_its_turn_is_not_built_again(shown: Built) -> None:
    label = shown.window.host.show_page("label")
    assert len(list(_steps(shown))) >= len(PAGES) - 2
    assert shown.window.host.page("label") is label
    assert shown.window.host.currentWidget() is label


def test_what_is_loaded_before_a_page_is_what_it_needs() -> None:
    for entry in PAGES:
        load_page_class(entry)
    assert [part for entry in PAGES for part in entry.parts if part not in sys.modules] == []
    assert find_entry("logs").module == "workbench.ui.pages.logs.page"


def test_the_palette_opens_at_once_and_comes_to_know_all_pages(shown: Built, wait_for: WaitFor) -> None:
    shown.window.open_palette()
    palette = shown.window.palette_box
    assert palette.isVisible()
    assert len(shown.window.host.built()) < len(PAGES)
    QTest.keyClicks(palette.line, "next unsure")
    wait_for(lambda: list(shown.window.host.built()) == NAMES)
    assert palette.line.text() == "next unsure"
    titles = [palette.model.entry(row).title for row in range(palette.model.rowCount())]
    label_acts = [action.title for action in shown.context.actions.all() if action.page == "label"]
    assert set(titles) & set(label_acts)
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_what_is_selected_in_the_palette_stays_selected_while_more_comes(shown: Built, wait_for: WaitFor) -> None:
    shown.window.open_palette()
    palette = shown.window.palette_box
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    chosen = palette.model.entry(palette.view.currentIndex().row()).key
    wait_for(lambda: list(shown.window.host.built()) == NAMES)
    shown.context.theme.changed.emit(shown.context.theme.tokens)
    assert palette.model.entry(palette.view.currentIndex().row()).key == chosen
    palette.close_palette()


def test_a_palette_that_is_closed_again_builds_no_more(shown: Built, wait_for: WaitFor) -> None:
    shown.window.open_palette()
    shown.window.palette_box.close_palette()
    turns: list[int] = []
    wait_for(lambda: turns.append(1) or len(turns) > 20)
    assert len(shown.window.host.built()) < len(PAGES)


def test_the_menu_waits_until_it_can_list_every_act(shown: Built, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[str]] = []

    def note(menu: QMenu, *_place: object) -> None:
        opened.append([item.text().partition(" – ")[0] for sub in menu.actions() for item in sub.menu().actions()])
        menu.close()
        menu.deleteLater()

    monkeypatch.setattr(QMenu, "popup", note)
    shown.window.open_menu()
    assert opened == []
    wait_for(lambda: bool(opened))
    assert {action.title for action in shown.context.actions.all() if action.menu} == set(opened[0])


def test_rows_come_into_a_box_that_is_seen_in_one_go_and_the_keyboard_stays(shown: Built) -> None:
    page = shown.window.host.page("start")
    box = Text("")
    column = vertical(box)
    page.layout().addWidget(box)
    box.show()
    with refilled(box):
        assert not box.isVisible()
        rows = [QLabel(str(number)) for number in range(3)]
        for row in rows:
            column.addWidget(row)
    assert box.isVisible()
    assert all(row.isVisible() for row in rows)
    rows[0].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    shown.window.activateWindow()
    assert QTest.qWaitForWindowActive(shown.window)
    rows[0].setFocus()
    with refilled(box):
        assert box.isVisible()
    assert rows[0].hasFocus()
