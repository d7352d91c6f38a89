"""Layouts and export on the Logs page: kept by name, taken again, the pump's default after reopening, pictures and values."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage
from tests.ui.log_projects import PUMP
from workbench.app.window import Built
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.widgets.plots.export import draw_picture, picture_size, write_svg

WaitFor = Callable[..., None]
OpenLogs = Callable[[Path], LogsPage]
P, F, V = "PI-2041A", "FI-2041A", "VI-2041A-DE"


@pytest.fixture
def open_logs(open_page: OpenPage, built: Built, wait_for: WaitFor) -> OpenLogs:
    """The Logs page on a project, with everything read."""

    def opened(project: Path) -> LogsPage:
        page = open_page(project, "logs", LogsPage)
        wait_for(lambda: page.view.logs is not None and not built.context.jobs.running)
        return page

    return opened


@pytest.fixture
def page(log_project: Path, open_logs: OpenLogs) -> LogsPage:
    return open_logs(log_project)


def rows_of(page: LogsPage) -> list[tuple[str, ...]]:
    return [tuple(channel.name for channel in row.channels) for row in page.view.plots.rows.rows]


def test_a_layout_is_kept_by_name_and_taken_again(page: LogsPage, wait_for: WaitFor) -> None:
    menu = page.layout_menu
    page.view.change_layout(page.view.plots.rows.layout_now.overlaid((F,), 0))
    menu.ask_name()
    QTest.keyClicks(menu.name_panel.field, "Hydraulics")
    QTest.keyClick(menu.name_panel.field, Qt.Key.Key_Return)
    wait_for(lambda: len(menu._stored) == 1)
    page.view.show_channels((V,))
    menu.take(menu._stored[0])
    assert rows_of(page) == [(P, F), (V,)]
    menu.forget(menu._stored[0])
    wait_for(lambda: not menu._stored)


def test_a_layout_keeps_the_way_to_look(page: LogsPage, wait_for: WaitFor) -> None:
    page.modes.choose("xy")
    page.layout_menu.save("head over flow")
    wait_for(lambda: len(page.layout_menu._stored) == 1)
    page.modes.choose("time")
    page.layout_menu.take(page.layout_menu._stored[0])
    assert page.modes.current == "xy"
    mode = page.modes.mode("xy")
    wait_for(lambda: not mode._timer.isActive() and not page.context.jobs.running)


def test_a_pump_starts_with_its_default_layout(page: LogsPage, open_logs: OpenLogs, wait_for: WaitFor, tmp_path: Path) -> None:
    page.view.show_channels((V, F))
    page.view.change_layout(page.view.plots.rows.layout_now.moved(0, 1))
    expected = rows_of(page)
    page.layout_menu.save_default()
    wait_for(lambda: len(page.layout_menu._stored) == 1)
    page.view.layouts._now.clear()
    other = tmp_path / "again"
    shutil.copytree(tmp_path / "project", other)
    again = open_logs(other)
    wait_for(lambda: rows_of(again) == expected)
    assert again.side.checked() == (F, V)


def test_the_picture_holds_all_rows_at_the_scale_asked_for(page: LogsPage, tmp_path: Path) -> None:
    plots = page.view.plots
    plots.rows.grab()
    size = picture_size(plots)
    assert size.height() >= plots.rows.content_px
    image = draw_picture(plots, "P-2041A", 2.0)
    assert (image.width(), image.height()) == (2 * size.width(), 2 * size.height())
    page.layout_menu._on_png([tmp_path / "a.png"])
    assert QImage(str(tmp_path / "a.png")).size() == size


def test_the_svg_is_made_of_words_and_strokes(page: LogsPage, tmp_path: Path) -> None:
    out = tmp_path / "a.svg"
    assert write_svg(page.view.plots, f"{PUMP} view", out)
    tree = ET.parse(out).getroot()
    texts = {"".join(node.itertext()).strip() for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {P, F, V, f"{PUMP} view"} <= texts
    assert not list(tree.iter("{http://www.w3.org/2000/svg}image")) or len(out.read_bytes()) < 4_000_000


def test_what_is_shown_is_written_as_values(page: LogsPage, built: Built, wait_for: WaitFor, tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    page.layout_menu._columns = 0
    page.layout_menu._on_csv([out])
    wait_for(out.exists)
    wait_for(lambda: not built.context.jobs.running)
    assert out.read_text("utf-8").splitlines()[0] == "time_utc,PI-2041A [bar],FI-2041A [m3/h],VI-2041A-DE [mm/s]"


def test_a_picture_that_can_not_be_written_is_said(page: LogsPage, built: Built, tmp_path: Path) -> None:
    page.layout_menu._on_png([tmp_path / "nowhere" / "a.png"])
    assert any("was not written" in text for text in notices(built))


def notices(built: Built) -> list[str]:
    from workbench.ui.widgets.states import NoticeBar
    from workbench.ui.widgets.text import Text

    bars = built.window.findChildren(NoticeBar)
    return [label.text() for bar in bars for label in bar.findChildren(Text)]
