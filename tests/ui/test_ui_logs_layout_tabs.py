"""Kept layouts as tabs over the plots, the picture on the clipboard, and the layout as a command line."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage
from tests.ui.log_projects import PUMP
from tests.ui.test_ui_logs_layouts import F, P, V, rows_of
from workbench.app.window import Built
from workbench.cli.main import run
from workbench.core.jobs import Job
from workbench.services.layout_set import ModeName, set_layout
from workbench.services.log_layouts import LayoutsRequest, list_layouts
from workbench.ui.pages.logs.modes import MODES, TIME
from workbench.ui.pages.logs.page import LogsPage

WaitFor = Callable[..., None]
CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(log_project: Path, built: Built, open_page: OpenPage, wait_for: WaitFor) -> LogsPage:
    shown = open_page(log_project, "logs", LogsPage)
    wait_for(lambda: shown.view.logs is not None and not built.context.jobs.running)
    return shown


def texts(page: LogsPage) -> list[str]:
    bar = page.layout_menu.tabs.bar
    return [bar.tabText(number) for number in range(bar.count())]


def keep(page: LogsPage, name: str, wait_for: WaitFor) -> None:
    """Keep what is shown, as a person types it."""
    page.layout_menu.ask_name()
    QTest.keyClicks(page.layout_menu.name_panel.field, name)
    QTest.keyClick(page.layout_menu.name_panel.field, Qt.Key.Key_Return)
    wait_for(lambda: name in page.layout_menu.tabs.names and not page.context.jobs.running)


def click(page: LogsPage, number: int) -> None:
    bar = page.layout_menu.tabs.bar
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bar.tabRect(number).center())


def test_a_kept_layout_is_a_tab_and_each_tab_is_as_it_was_left(page: LogsPage, wait_for: WaitFor) -> None:
    tabs = page.layout_menu.tabs
    assert not tabs.isVisible()
    page.view.show_channels((P, F, V))
    start = rows_of(page)
    page.view.change_layout(page.view.plots.rows.layout_now.overlaid((F,), 0))
    keep(page, "Hydraulics & flow", wait_for)
    assert tabs.isVisible()
    # What was kept is where the person is now; Start is what it was before.
    assert (texts(page), tabs.current) == (["Start", "Hydraulics && flow"], "Hydraulics & flow")
    page.view.show_channels((V,))
    keep(page, "Vibration", wait_for)
    assert (rows_of(page), tabs.bar.currentIndex(), texts(page)[1]) == ([(V,)], 2, "Hydraulics && flow")
    click(page, 1)
    assert rows_of(page) == [(P, F), (V,)]
    # Changed and left: a dot, and the change is there again.
    page.view.change_layout(page.view.plots.rows.layout_now.split(0))
    assert texts(page)[1] == "Hydraulics && flow •"
    click(page, 2)
    assert rows_of(page) == [(V,)]
    click(page, 1)
    assert rows_of(page) == start
    # Undone, it is as it was kept.
    while page.view.plots.rows.layout_now.rows[0].channels != (P, F):
        page.view.layouts.undo()
    assert (tabs.current, texts(page)[1]) == ("Hydraulics & flow", "Hydraulics && flow")


def test_keys_go_from_tab_to_tab_and_round_the_end(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    page.view.show_channels((P,))
    keep(page, "Pressure", wait_for)
    page.view.show_channels((V,))
    keep(page, "Vibration", wait_for)
    page.view.plots.rows.setFocus()
    seen = []
    for _ in range(3):
        QTest.keyClick(page.view.plots.rows, Qt.Key.Key_PageDown, CTRL)
        seen.append((page.layout_menu.tabs.current, rows_of(page)))
    assert seen == [("", [(P,), (F,), (V,)]), ("Pressure", [(P,)]), ("Vibration", [(V,)])]
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_PageUp, CTRL)
    assert rows_of(page) == [(P,)]
    page.layout_menu.forget(next(one for one in page.layout_menu._stored if one.name == "Vibration"))
    wait_for(lambda: page.layout_menu.tabs.names == ("", "Pressure"))
    assert rows_of(page) == [(P,)]


def test_the_name_of_the_tab_is_offered_so_that_enter_keeps_its_changes(page: LogsPage, wait_for: WaitFor) -> None:
    page.view.show_channels((P, F))
    keep(page, "Hydraulics", wait_for)
    page.view.change_layout(page.view.plots.rows.layout_now.overlaid((F,), 0))
    assert texts(page)[1] == "Hydraulics •"
    page.layout_menu.ask_name()
    assert page.layout_menu.name_panel.field.text() == "Hydraulics"
    QTest.keyClick(page.layout_menu.name_panel.field, Qt.Key.Key_Return)
    wait_for(lambda: texts(page)[1] == "Hydraulics")
    (kept,) = page.layout_menu._stored
    assert [row.channels for row in kept.layout.rows] == [(P, F)]


def test_the_picture_goes_to_the_clipboard_by_key(page: LogsPage) -> None:
    QGuiApplication.clipboard().clear()
    page.view.plots.rows.setFocus()
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_C, CTRL_SHIFT)
    image = QGuiApplication.clipboard().image()
    assert image.width() == page.view.plots.width()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 10  # curves, lines and text, not an empty ground


def test_the_layout_that_is_shown_is_copied_as_a_command_that_keeps_it(page: LogsPage, wait_for: WaitFor) -> None:
    page.view.show_channels((P, F))
    rows = page.view.plots.rows
    rows.choose_row(0)
    page.view.change_layout(rows.layout_now.with_row(0, low=1.5, high=20.0).with_look(P, style="points", colour=4))
    page.layout_menu.copy_layout_command()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:3] == ["workbench", "logs", "layout-set"]
    assert run(words[1:]) == 0
    (kept,) = list_layouts(LayoutsRequest(project=page.context.project_text), Job()).layouts
    assert (kept.name, kept.asset, kept.layout.rows) == ("", PUMP, rows.layout_now.rows)
    assert kept.layout.looks == rows.layout_now.looks


def test_every_way_to_look_can_be_named_in_a_command() -> None:
    assert set(get_args(ModeName)) == {TIME, *(entry.id for entry in MODES)}


def test_more_tabs_than_fit_are_scrolled_to_and_none_is_cut_to_letters(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    width = built.window.width()
    for number in range(12):
        request = page.layout_menu.layout_request(f"Layout number {number} of this pump")
        set_layout(request, Job())
    page.layout_menu._read()
    wait_for(lambda: len(page.layout_menu.tabs.names) == 13)
    bar = page.layout_menu.tabs.bar
    assert all(bar.tabRect(number).width() > bar.fontMetrics().horizontalAdvance(bar.tabText(number)) for number in range(13))
    assert built.window.width() == width
    page.layout_menu.tabs.previous()
    assert page.layout_menu.tabs.current == "Layout number 11 of this pump"
    wait_for(lambda: bar.rect().contains(bar.tabRect(12).center()))
