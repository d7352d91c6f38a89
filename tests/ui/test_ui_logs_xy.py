"""The XY way to look on the Logs page: two channels, a brushed box, the stretch over time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage
from tests.ui.log_projects import N_ROWS, at_minute
from workbench.app.window import Built
from workbench.core.jobs import Job
from workbench.core.paths import resources
from workbench.logs.xy import XYCloud
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.logs.xy import XYMode
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.xy_plot import XYPlot, line_words

WaitFor = Callable[..., None]


@pytest.fixture
def mode(log_project: Path, wait_for: WaitFor, open_page: OpenPage) -> XYMode:
    page = open_page(log_project, "logs", LogsPage)
    wait_for(lambda: page.view.logs is not None and bool(page.view.plots.rows.rows))
    page.modes.choose("xy")
    made = page.modes.mode("xy")
    assert isinstance(made, XYMode)
    wait_for(lambda: made.plot.cloud is not None)
    return made


def test_it_starts_with_pressure_against_flow_and_says_what_the_pairs_are(mode: XYMode) -> None:
    assert mode.names == ("FI-2041A", "PI-2041A")
    assert mode.plot.cloud is not None
    assert mode.plot.cloud.n == N_ROWS - 100
    assert mode.plot.axes.x_label == "FI-2041A, m³/h"
    assert mode.said.text().startswith("4 220 pairs · r ".replace(" 2", "\u20092", 1))


def test_a_box_dragged_around_the_spike_marks_its_minute(mode: XYMode, wait_for: WaitFor) -> None:
    mode.y_choice.set_value("VI-2041A-DE")
    wait_for(lambda: mode.plot.cloud is not None and mode.plot.cloud.y_range[1] > 9 and mode.plot.axes.y_label.startswith("VI"))
    plot = mode.plot
    box = plot.plot_box()
    start = QPoint(round(box.left()) + 2, round(plot.y_px(9.2)))
    end = QPoint(round(box.right()) - 2, round(plot.y_px(8.0)))
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot, (start + end) / 2)
    QTest.mouseMove(plot, end)
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=end)
    wait_for(lambda: bool(mode.strip.runs))
    assert mode.strip.runs == [(at_minute(1000), at_minute(1000))]
    assert "1 pair in the box" in mode.said.text()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=start)
    assert mode.strip.runs == []


def test_keys_move_and_size_the_box(mode: XYMode) -> None:
    mode.plot.setFocus()
    QTest.keyClick(mode.plot, Qt.Key.Key_Right)
    first = mode.plot.box
    assert first is not None
    QTest.keyClick(mode.plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    second = mode.plot.box
    assert second is not None
    assert second[0] == first[0]
    assert second[1] > first[1]
    QTest.keyClick(mode.plot, Qt.Key.Key_Escape)
    assert mode.plot.box is None


def test_swapping_turns_the_axes_round(mode: XYMode, wait_for: WaitFor) -> None:
    QTest.mouseClick(mode.swap_button, Qt.MouseButton.LeftButton)
    assert mode.names == ("PI-2041A", "FI-2041A")
    wait_for(lambda: mode.plot.axes.x_label == "PI-2041A, bar")


def test_the_cursor_marks_where_both_channels_are(mode: XYMode) -> None:
    mode.view.plots.view.set_cursor(at_minute(0))
    assert mode.plot.at == pytest.approx((305.0, 3.0))


def test_the_cursor_does_not_cross_the_name_of_the_y_axis(app: object) -> None:
    values = np.linspace(0.0, 1.0, 50)
    cloud = XYCloud(
        n=50, n_unmatched=0, x_range=(0.0, 1.0), y_range=(0.0, 1.0), times_ns=np.arange(50), x=values, y=values, counts=None,
        r=1.0, slope=1.0, offset=0.0,
    )  # fmt: skip
    plot = XYPlot(ThemeSource(resources()))
    plot.resize(500, 300)
    plot.show_cloud(cloud, ("FI, m³/h", "PI-2041A, bar"), ("2 Mar", "3 Mar"))
    box = plot.plot_box()
    name = QRect(round(box.left()) + 2, round(box.top()) - 8, 60, 8)
    plain = plot.grab(name).toImage()
    plot.set_at((0.06, 0.999))
    assert plot.grab(name).toImage() == plain
    plot.deleteLater()


def test_a_pump_with_one_channel_is_told_that_there_is_nothing_to_hold_it_against(
    built: Built, tmp_path: Path, wait_for: WaitFor
) -> None:
    log = tmp_path / "P-9.csv"
    log.write_text("time,TI-9 [degC]\n" + "".join(f"2026-03-02T00:{row:02}:00Z,{row}\n" for row in range(60)), encoding="utf-8")
    project = tmp_path / "project"
    import_logs(ImportRequest(paths=(str(log),), project=str(project)), Job())
    built.context.open_project(project)
    built.window.show()
    built.window.show_page("logs")
    page = built.window.host.page("logs")
    assert isinstance(page, LogsPage)
    wait_for(lambda: page.view.logs is not None)
    page.modes.choose("xy")
    made = page.modes.mode("xy")
    assert isinstance(made, XYMode)
    wait_for(lambda: bool(made.said.text()))
    assert made.said.text() == "P-9 has one channel: there is nothing to hold it against."
    assert made.plot.cloud is None


def test_a_line_is_said_with_names_that_have_room() -> None:
    values = np.array([0.0, 1.0])
    cloud = XYCloud(
        n=2, n_unmatched=0, x_range=(0.0, 1.0), y_range=(-4.2, -3.0), times_ns=np.arange(2), x=values, y=-1.2 * values - 3.0,
        counts=None, r=-1.0, slope=-1.2, offset=-3.0,
    )  # fmt: skip
    assert line_words(cloud, ("FI-1", "PI-1")) == "r \u22121.00, PI-1 = \u22121.2 × FI-1 \u2212 3"
    assert line_words(cloud, ("FI-12-00-MAIN-HEADER-DISCH", "PI-1")) == "r \u22121.00, y = \u22121.2 × x \u2212 3"
