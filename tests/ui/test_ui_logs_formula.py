"""A derived channel made by hand on the Logs page: typed with offers, checked while typing, drawn, removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage, activate
from workbench.app.window import Built
from workbench.ui.pages.logs.page import LogsPage

WaitFor = Callable[..., None]


@pytest.fixture
def page(log_project: Path, built: Built, wait_for: WaitFor, open_page: OpenPage) -> LogsPage:
    shown = open_page(log_project, "logs", LogsPage)
    wait_for(lambda: shown.view.logs is not None and bool(shown.view.plots.rows.rows))
    wait_for(lambda: not built.context.jobs.running)
    activate(built)
    return shown


def test_a_formula_is_typed_checked_and_becomes_a_row(page: LogsPage, built: Built, wait_for: WaitFor) -> None:
    panel = page.formula
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_N)
    assert panel.formula.hasFocus()
    QTest.keyClicks(panel.formula, "pi-2")
    assert panel.formula.offered() == ["PI-2041A"]
    QTest.keyClick(panel.formula, Qt.Key.Key_Tab)
    assert panel.formula.text() == '"PI-2041A"'
    QTest.keyClicks(panel.formula, " + sucton")
    wait_for(lambda: "There is no channel 'sucton'" in panel.said.text())
    assert not panel.add_button.isEnabled()
    panel.formula.setText('to("PI-2041A", "psi") * 2')
    wait_for(lambda: panel.said.text().startswith("In psi: "))
    QTest.keyClick(panel.formula, Qt.Key.Key_Return)
    assert panel.name.hasFocus()
    QTest.keyClicks(panel.name, "Doubled")
    QTest.keyClick(panel.name, Qt.Key.Key_Return)
    wait_for(lambda: "Doubled" in page.view.channels(), 20)
    assert page.view.plots.rows.rows[-1].channels[0].formula == 'to("PI-2041A", "psi") * 2'
    assert not panel.isVisible()
    page.formula.remove()
    question = built.context.messages.question
    assert question is not None
    verb = next(button for button in question.buttons() if button.text() == "Remove")
    QTest.mouseClick(verb, Qt.MouseButton.LeftButton)
    wait_for(lambda: page.view.logs is not None and len(page.view.logs.channels) == 3, 20)
    assert page.why_no_derived()


def test_escape_hides_the_formula_and_goes_back_to_the_plots(page: LogsPage) -> None:
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_N)
    QTest.keyClick(page.formula.formula, Qt.Key.Key_Escape)
    assert not page.formula.isVisible()
    assert page.view.plots.rows.hasFocus()


def test_a_click_that_closes_a_panel_gives_the_keys_back_to_the_plots(page: LogsPage) -> None:
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_N)
    QTest.mouseClick(page.formula._close, Qt.MouseButton.LeftButton)
    assert (page.formula.isVisible(), page.view.plots.rows.hasFocus()) == (False, True)
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_T)
    page.statistics.table.setFocus()
    QTest.mouseClick(page.statistics._close, Qt.MouseButton.LeftButton)
    assert (page.statistics.isVisible(), page.view.plots.rows.hasFocus()) == (False, True)


def test_what_may_be_typed_names_channels_that_are_there(page: LogsPage) -> None:
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_N)
    names = {channel.name for channel in page.view.logs.channels} if page.view.logs else set()
    assert page.formula.formula.placeholderText().split('"')[1] in names
