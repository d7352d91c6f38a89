"""The Label page of a log that has corrections, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from tests.ui.log_projects import PUMP, make_project
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.services.corrections import CorrectRequest, correct_log
from workbench.ui.pages.label.page import LabelPage

WaitFor = Callable[..., None]


def open_label(built: Built, project: Path, wait_for: WaitFor) -> LabelPage:
    built.context.open_project(project)
    built.window.resize(1280, 800)
    built.window.show()
    built.window.show_page("label")
    page = built.window.host.page("label")
    assert isinstance(page, LabelPage)
    wait_for(lambda: page.editor.session is not None and page.view.ranges.isVisible())
    return page


def test_the_bar_of_a_corrected_log_fits_a_small_screen_and_its_menu_shows_the_log_as_it_was_read(
    built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    project = make_project(tmp_path)
    correct_log(CorrectRequest(project=str(project), asset=PUMP, channel="PI-2041A", factor=2.0), Job())
    page = open_label(built, project, wait_for)
    for bar in (page.view.ranges, page.mode, page.view.layers):
        for button in bar.findChildren(QPushButton):
            assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.text()
    assert highest_pressure(page) > 6
    assert page.rows_button.switch.isVisible()
    page.rows_button.switch.trigger()
    wait_for(lambda: highest_pressure(page) < 4)
    assert not page.rows_button.switch.isChecked()
    assert "Corrected curves" not in page.rows_button.checked()
    page.rows_button.switch.trigger()
    wait_for(lambda: highest_pressure(page) > 6)


def highest_pressure(page: LabelPage) -> float:
    logs = page.view.logs
    high = next(channel.high for channel in logs.channels if channel.name == "PI-2041A") if logs is not None else None
    assert high is not None
    return high


def test_without_corrections_the_menu_of_the_channels_has_no_switch(built: Built, tmp_path: Path, wait_for: WaitFor) -> None:
    page = open_label(built, make_project(tmp_path), wait_for)
    assert not page.rows_button.switch.isVisible()
