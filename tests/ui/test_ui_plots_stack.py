"""The stacked plots under real mouse and key events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.log_projects import PUMP, at_minute, make_project
from workbench.core.jobs import Job
from workbench.logs.plot_layout import PlotLayout
from workbench.services.log_views import AssetLogs, OpenLogsRequest, open_asset_logs
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.gutter import value_text
from workbench.ui.widgets.plots.row_cursor import dots
from workbench.ui.widgets.plots.row_frame import _Drawing
from workbench.ui.widgets.plots.row_model import MOST_ROW_PX, Scale, digits_of_scale
from workbench.ui.widgets.plots.rows import ROW_PX
from workbench.ui.widgets.plots.stack import StackedPlots


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> AssetLogs:
    project = make_project(tmp_path_factory.mktemp("plots"))
    return open_asset_logs(OpenLogsRequest(project=str(project), asset=PUMP), Job())


@pytest.fixture
def plots(theme: ThemeSource, logs: AssetLogs) -> Iterator[StackedPlots]:
    made = StackedPlots(theme)
    made.resize(900, 500)
    made.show_logs(logs)
    made.show_channels(tuple(channel.name for channel in logs.channels))
    made.show()
    yield made
    made.hide()
    made.deleteLater()


def wheel(plots: StackedPlots, x_px: float, turned: int, on: QWidget | None = None) -> None:
    rows = on or plots.rows
    at = QPointF(x_px, min(50, rows.height() // 2))
    event = QWheelEvent(
        at, QPointF(rows.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(rows, event)


def test_logs_open_with_channels_gaps_and_events(logs: AssetLogs) -> None:
    assert [channel.name for channel in logs.channels] == ["PI-2041A", "FI-2041A", "VI-2041A-DE"]
    assert logs.gaps == [(at_minute(1999), at_minute(2100))]
    assert [event.name for event in logs.events] == ["cavitation", "seal leak"]


def test_the_last_known_value_says_when_a_gap_lies_between(logs: AssetLogs) -> None:
    near, late = logs.last_known("PI-2041A", at_minute(1999.5)), logs.last_known("PI-2041A", at_minute(2050))
    assert near is not None
    assert late is not None
    assert (near.at_ns, near.is_late, late.at_ns, late.is_late) == (at_minute(1999), False, at_minute(1999), True)


def test_the_wheel_zooms_about_the_mouse(plots: StackedPlots) -> None:
    x = plots.rows.columns.left + 200
    before = plots.rows.columns.at_ns(x)
    wheel(plots, x, 240)
    assert plots.view.length_ns < plots.view.full_ns[1] - plots.view.full_ns[0]
    assert abs(plots.rows.columns.at_ns(x) - before) < plots.view.length_ns / 500


def test_dragging_pans_all_rows_together(plots: StackedPlots) -> None:
    plots.view.zoom(5)
    start, rows = plots.view.start_ns, plots.rows
    QTest.mousePress(rows, Qt.MouseButton.LeftButton, pos=QPoint(600, 60))
    QTest.mouseMove(rows, QPoint(500, 60))
    QTest.mouseRelease(rows, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))
    moved = 100 / rows.columns.width * plots.view.length_ns
    assert abs(plots.view.start_ns - start - moved) < plots.view.length_ns / 200


def test_while_one_drags_the_cursor_stays_under_the_mouse(plots: StackedPlots) -> None:
    plots.view.zoom(5)
    rows = plots.rows
    QTest.mousePress(rows, Qt.MouseButton.LeftButton, pos=QPoint(600, 60))
    for x in (580, 540, 500):
        QTest.mouseMove(rows, QPoint(x, 60))
        assert plots.view.cursor_ns is not None
        assert rows.columns.x_px(plots.view.cursor_ns) == pytest.approx(x, abs=0.5)
    QTest.mouseRelease(rows, Qt.MouseButton.LeftButton, pos=QPoint(500, 60))


@pytest.mark.parametrize("name", ["overview", "regimes", "events", "axis"])
def test_the_wheel_zooms_over_every_strip(plots: StackedPlots, name: str) -> None:
    strip = getattr(plots, name)
    before, length = plots.rows.columns.at_ns(500), plots.view.length_ns
    wheel(plots, 500, 240, on=strip)
    assert plots.view.length_ns < length
    assert abs(plots.rows.columns.at_ns(500) - before) < plots.view.length_ns / 500


@pytest.mark.parametrize(("key", "is_closer"), [(Qt.Key.Key_Plus, True), (Qt.Key.Key_Minus, False)])
def test_plus_and_minus_zoom(plots: StackedPlots, key: Qt.Key, is_closer: bool) -> None:
    plots.view.zoom(5)
    length = plots.view.length_ns
    QTest.keyClick(plots.rows, key)
    assert (plots.view.length_ns < length) is is_closer


def test_arrows_pan_and_home_shows_everything(plots: StackedPlots) -> None:
    plots.view.zoom(5)
    start = plots.view.start_ns
    QTest.keyClick(plots.rows, Qt.Key.Key_Right)
    assert plots.view.start_ns > start
    QTest.keyClick(plots.rows, Qt.Key.Key_Home)
    assert plots.view.is_whole


def test_the_cursor_follows_the_mouse_and_shift_arrows(plots: StackedPlots) -> None:
    QTest.mouseMove(plots.rows, QPoint(500, 60))
    at = plots.view.cursor_ns
    assert at == plots.rows.columns.at_ns(500)
    QTest.keyClick(plots.rows, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plots.view.cursor_ns == at + round(plots.view.length_ns / plots.rows.columns.width)


def test_shift_drag_marks_a_span_and_enter_zooms_to_it(plots: StackedPlots) -> None:
    rows, shift = plots.rows, Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(rows, Qt.MouseButton.LeftButton, shift, QPoint(400, 60))
    QTest.mouseMove(rows, QPoint(500, 60))
    QTest.mouseRelease(rows, Qt.MouseButton.LeftButton, shift, QPoint(500, 60))
    span = plots.view.span_ns
    assert span is not None
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert (plots.view.start_ns, plots.view.end_ns) == span


def test_the_overview_s_region_can_be_dragged_and_resized(plots: StackedPlots) -> None:
    plots.view.zoom(6)
    overview, length = plots.overview, plots.view.length_ns
    middle = overview.region().center().toPoint()
    QTest.mousePress(overview, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(overview, middle + QPoint(60, 0))
    QTest.mouseRelease(overview, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))
    assert overview.region().center().x() == pytest.approx(middle.x() + 60, abs=2)
    assert plots.view.length_ns == length
    end = QPoint(round(overview.region().right()), middle.y())
    QTest.mousePress(overview, Qt.MouseButton.LeftButton, pos=end)
    QTest.mouseMove(overview, end + QPoint(40, 0))
    QTest.mouseRelease(overview, Qt.MouseButton.LeftButton, pos=end + QPoint(40, 0))
    assert plots.view.length_ns > length


@pytest.mark.parametrize(("grabbed", "to_px"), [("start", -60), ("start", 900), ("end", 960), ("end", -20)])
def test_the_other_end_of_the_region_stays_however_far_one_drags(plots: StackedPlots, grabbed: str, to_px: int) -> None:
    plots.view.show_range(at_minute(1000), at_minute(3000))
    region = plots.overview.region()
    x, y = round(region.left() if grabbed == "start" else region.right()), round(region.center().y())
    QTest.mousePress(plots.overview, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    QTest.mouseMove(plots.overview, QPoint(to_px, y))
    QTest.mouseRelease(plots.overview, Qt.MouseButton.LeftButton, pos=QPoint(to_px, y))
    kept = plots.view.end_ns if grabbed == "start" else plots.view.start_ns
    assert kept == (at_minute(3000) if grabbed == "start" else at_minute(1000))


def test_rows_share_the_height_and_scroll_when_there_are_too_many(plots: StackedPlots) -> None:
    assert plots.rows.row_px == plots.rows.height() // 3
    plots.resize(900, 300)
    assert plots.rows.row_px == ROW_PX
    before = plots.rows.plot_box(0).top()
    QTest.keyClick(plots.rows, Qt.Key.Key_PageDown)
    assert plots.rows.plot_box(0).top() < before


def test_a_gap_is_where_no_recording_has_samples(plots: StackedPlots) -> None:
    ((left, right),) = plots.rows.gaps_px()
    assert left == pytest.approx(plots.rows.columns.x_px(at_minute(1999)))
    assert right == pytest.approx(plots.rows.columns.x_px(at_minute(2100)))


def test_a_million_gaps_are_drawn_as_at_most_one_a_pixel(theme: ThemeSource) -> None:
    ends = np.arange(1, 1_000_001, dtype=np.int64) * 1_000_000_000
    logs = AssetLogs("P-1", [], (), ())
    logs.gap_array = np.stack([ends - 500_000_000, ends], axis=1)
    logs.first_ns, logs.last_ns = 0, int(ends[-1])
    plots = StackedPlots(theme)
    plots.resize(900, 300)
    plots.show_logs(logs)
    assert 400 < len(plots.rows.gaps_px()) <= plots.rows.columns.width + 1
    plots.deleteLater()


def test_switching_the_theme_repaints_the_plots(plots: StackedPlots, theme: ThemeSource) -> None:
    light = plots.grab().toImage()
    theme.switch("dark")
    dark = plots.grab().toImage()
    assert light.pixelColor(600, 5).lightness() > 200 > 60 > dark.pixelColor(600, 5).lightness()


def test_an_event_s_bar_can_be_clicked(plots: StackedPlots) -> None:
    heard: list[str] = []
    plots.event_chosen.connect(heard.append)
    x = round(plots.events.columns.x_px(at_minute(2800)))
    QTest.mouseClick(plots.events, Qt.MouseButton.LeftButton, pos=QPoint(x, 22))
    assert heard == [plots.logs.events[1].id]


def test_moving_the_cursor_repaints_no_more_than_its_columns_and_the_values(plots: StackedPlots) -> None:
    rows = plots.rows
    QApplication.processEvents()
    seen: list[int] = []
    original = rows.paintEvent

    def watch(event: QPaintEvent) -> None:
        seen.append(sum(part.width() * part.height() for part in event.region()))
        original(event)

    rows.paintEvent = watch  # type: ignore[method-assign]
    plots.view.set_cursor(rows.columns.at_ns(600))
    QApplication.processEvents()
    rows.paintEvent = original  # type: ignore[method-assign]
    assert len(seen) == 1
    assert seen[0] < 0.25 * rows.width() * rows.height()


def test_between_samples_the_dots_lie_on_the_samples_whose_values_are_said(plots: StackedPlots) -> None:
    plots.view.show_range(at_minute(100), at_minute(110))
    plots.rows.grab()
    found = dots(plots.rows, at_minute(104.7))
    assert [dot.x() for dot in found] == pytest.approx([plots.rows.columns.x_px(at_minute(104))] * 3)
    on_it = dots(plots.rows, at_minute(104))
    assert [dot.x() for dot in on_it] == pytest.approx([plots.rows.columns.x_px(at_minute(104))] * 3, abs=0.6)


@pytest.mark.parametrize("length", [4000, 12])
def test_what_is_drawn_after_many_cursor_moves_is_what_a_fresh_repaint_draws(plots: StackedPlots, length: int) -> None:
    plots.view.show_range(at_minute(0), at_minute(length))
    for x in (300, 305, 620, 810, 450):
        plots.view.set_cursor(plots.rows.columns.at_ns(x))
        QApplication.processEvents()
    moved = plots.rows.grab().toImage()
    plots.rows.update()
    QApplication.processEvents()
    assert moved == plots.rows.grab().toImage()


def test_a_value_has_the_digits_that_its_plot_tells_apart() -> None:
    assert value_text(0.644, "bar", digits_of_scale(Scale(0.5, 0.75))) == "0.64"
    assert value_text(0.644, "bar", digits_of_scale(Scale(0.60, 0.68))) == "0.644"
    assert value_text(148.31, "bar", digits_of_scale(Scale(0.0, 150.0))) == "148.3"


def test_a_row_alone_has_all_of_the_height(plots: StackedPlots) -> None:
    plots.resize(900, 1000)
    plots.show_channels(("PI-2041A", "FI-2041A"))
    assert plots.rows.row_px == MOST_ROW_PX
    plots.rows.show_layout(plots.logs, PlotLayout().inserted(("PI-2041A",), 0))
    assert plots.rows.row_px == plots.rows.height() > MOST_ROW_PX


def test_a_row_without_a_value_has_no_axis_and_says_so(theme: ThemeSource, tmp_path: Path) -> None:
    log, project = tmp_path / "P-9.csv", tmp_path / "project"
    rows = "".join(f"2026-03-02T00:{row:02}:00Z,{row},\n" for row in range(60))
    log.write_text("time,TI-9 [degC],PI-9 [bar]\n" + rows, encoding="utf-8")
    import_logs(ImportRequest(paths=(str(log),), project=str(project)), Job())
    made = StackedPlots(theme)
    made.resize(900, 400)
    made.show_logs(open_asset_logs(OpenLogsRequest(project=str(project), asset="P-9"), Job()))
    made.show_channels(("TI-9", "PI-9"))
    scene = made.rows.scene()
    assert scene is not None
    drawing = _Drawing(scene)
    assert len(drawing.ticks[0]) >= 3
    assert drawing.ticks[1] == []
    made.deleteLater()
