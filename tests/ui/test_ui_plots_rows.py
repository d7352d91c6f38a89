"""Rows dragged, overlaid, split and scaled, and the second cursor: by mouse and by key, on the Logs page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ui.conftest import OpenPage, activate
from tests.ui.log_projects import at_minute
from workbench.app.window import Built
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.limit_lines import LimitLine
from workbench.ui.widgets.plots.limits_box import LimitsBox
from workbench.ui.widgets.plots.rows import PlotRows

WaitFor = Callable[..., None]
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
P, F, V = "PI-2041A", "FI-2041A", "VI-2041A-DE"


@pytest.fixture
def page(log_project: Path, built: Built, wait_for: WaitFor, open_page: OpenPage) -> LogsPage:
    shown = open_page(log_project, "logs", LogsPage)
    wait_for(lambda: shown.view.logs is not None and bool(shown.view.plots.rows.rows))
    shown.view.plots.rows.grab()
    activate(built)
    return shown


def rows_of(page: LogsPage) -> list[tuple[str, ...]]:
    return [tuple(channel.name for channel in row.channels) for row in page.view.plots.rows.rows]


def drag(rows: PlotRows, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(rows, LEFT, NO_KEY, start)
    QTest.mouseMove(rows, start + QPoint(0, 8))
    QTest.mouseMove(rows, end)
    QTest.mouseRelease(rows, LEFT, NO_KEY, end)


def gutter(rows: PlotRows, row: int, share: float = 0.5) -> QPoint:
    box = rows.plot_box(row)
    return QPoint(30, round(box.top() + share * box.height()))


def test_a_row_dragged_below_another_goes_there(page: LogsPage) -> None:
    rows = page.view.plots.rows
    drag(rows, gutter(rows, 0), gutter(rows, 2, 0.9))
    assert rows_of(page) == [(F,), (V,), (P,)]


def test_a_row_dragged_onto_another_is_overlaid_and_says_that_units_differ(page: LogsPage) -> None:
    rows = page.view.plots.rows
    QTest.mousePress(rows, LEFT, NO_KEY, gutter(rows, 0))
    QTest.mouseMove(rows, gutter(rows, 0) + QPoint(0, 9))
    QTest.mouseMove(rows, gutter(rows, 1))
    assert rows.drag.words() == f"{P}: overlay, each in % of its range"
    QTest.mouseRelease(rows, LEFT, NO_KEY, gutter(rows, 1))
    assert rows_of(page) == [(F, P), (V,)]
    assert rows.rows[0].is_percent


def test_a_channel_dragged_out_of_the_plots_is_taken_away_and_comes_back_with_undo(page: LogsPage) -> None:
    rows = page.view.plots.rows
    drag(rows, gutter(rows, 1), QPoint(-200, 60))
    assert rows_of(page) == [(P,), (V,)]
    assert page.side.checked() == (P, V)
    QTest.keyClick(page.window(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rows_of(page) == [(P,), (F,), (V,)]
    assert page.side.checked() == (P, F, V)
    QTest.keyClick(page.window(), Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert rows_of(page) == [(P,), (V,)]


def test_a_channel_dragged_from_the_list_is_put_between_rows(page: LogsPage) -> None:
    page.view.show_channels((P, V))
    page.view.plots.rows.grab()
    rows, channels = page.view.plots.rows, page.side.channels
    start = channels.box_of(F).center() + QPoint(30, 0)
    goal = channels.viewport().mapFromGlobal(rows.mapToGlobal(gutter(rows, 0, 0.1)))
    QTest.mousePress(channels.viewport(), LEFT, NO_KEY, start)
    QTest.mouseMove(channels.viewport(), start + QPoint(9, 0))
    QTest.mouseMove(channels.viewport(), goal)
    QTest.mouseRelease(channels.viewport(), LEFT, NO_KEY, goal)
    assert rows_of(page) == [(F,), (P,), (V,)]


def test_escape_puts_a_dragged_row_back(page: LogsPage) -> None:
    rows = page.view.plots.rows
    QTest.mousePress(rows, LEFT, NO_KEY, gutter(rows, 0))
    QTest.mouseMove(rows, gutter(rows, 0) + QPoint(0, 9))
    QTest.mouseMove(rows, gutter(rows, 2, 0.9))
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    QTest.mouseRelease(rows, LEFT, NO_KEY, gutter(rows, 2, 0.9))
    assert rows_of(page) == [(P,), (F,), (V,)]


def test_keys_move_overlay_and_split_rows(page: LogsPage) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert rows_of(page) == [(P,), (V,), (F,)]
    QTest.keyClick(rows, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert rows_of(page) == [(P,), (V, F)]
    QTest.keyClick(rows, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert rows_of(page) == [(P,), (V,), (F,)]


def test_typing_finds_a_channel_and_enter_gives_it_a_row(page: LogsPage) -> None:
    page.view.show_channels((P,))
    QTest.keyClick(page.view.plots.rows, Qt.Key.Key_Slash)
    assert page.side.search.hasFocus()
    QTest.keyClicks(page.side.search, "vel")
    assert page.side.channels.names == [V]
    QTest.keyClick(page.side.search, Qt.Key.Key_Return)
    assert rows_of(page) == [(P,), (V,)]
    assert page.view.plots.rows.current == 1


def test_the_y_axis_is_fixed_as_it_is_and_fits_again(page: LogsPage) -> None:
    rows = page.view.plots.rows
    shown = rows.shown_limits(0)
    assert shown is not None
    QTest.keyClick(rows, Qt.Key.Key_Y)
    page.view.plots.view.show_range(at_minute(0), at_minute(30))
    rows.grab()
    assert rows.shown_limits(0) == shown
    QTest.keyClick(rows, Qt.Key.Key_Y)
    rows.grab()
    assert rows.shown_limits(0) != shown


def test_the_wheel_over_the_ticks_zooms_the_y_axis_about_the_mouse(page: LogsPage) -> None:
    rows = page.view.plots.rows
    before, box = rows.shown_limits(1), rows.plot_box(1)
    assert before is not None
    at = QPointF(rows.columns.left - 20, box.center().y())
    event = QWheelEvent(
        at, QPointF(rows.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NO_KEY,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(rows, event)
    rows.grab()
    after = rows.shown_limits(1)
    assert after is not None
    assert after.at(0.5) == pytest.approx(before.at(0.5))
    assert after.high - after.low == pytest.approx(0.8 * (before.high - before.low))


def test_a_logarithmic_axis_has_powers_of_ten(page: LogsPage) -> None:
    rows = page.view.plots.rows
    rows.choose_row(2)
    QTest.keyClick(rows, Qt.Key.Key_L)
    rows.grab()
    limits = rows.shown_limits(2)
    assert limits is not None
    assert limits.is_log
    assert 0 < limits.low < 2 < 9 < limits.high


def test_the_second_cursor_stays_while_the_first_goes_on(page: LogsPage) -> None:
    rows, view = page.view.plots.rows, page.view.plots.view
    view.set_cursor(at_minute(100))
    QTest.keyClick(rows, Qt.Key.Key_D)
    view.set_cursor(at_minute(160))
    assert (view.delta_ns, view.cursor_ns) == (at_minute(100), at_minute(160))
    QTest.keyClick(rows, Qt.Key.Key_D)
    assert view.delta_ns is None


def test_rows_of_one_unit_share_a_y_axis_on_request(page: LogsPage) -> None:
    layout = page.view.plots.rows.layout_now
    rows = page.view.plots.rows
    rows.acts.share_limits()
    assert layout != rows.layout_now
    assert [row.limits is not None for row in rows.rows] == [True, False, False]


def test_ctrl_click_puts_the_second_cursor_and_its_line_can_be_dragged(page: LogsPage) -> None:
    rows, view = page.view.plots.rows, page.view.plots.view
    left = round(rows.columns.left)
    QTest.mouseClick(rows, LEFT, Qt.KeyboardModifier.ControlModifier, QPoint(left + 100, 60))
    assert view.delta_ns == rows.columns.at_ns(left + 100)
    range_ns = page.view.range_ns
    QTest.mousePress(rows, LEFT, NO_KEY, QPoint(left + 101, 60))
    QTest.mouseMove(rows, QPoint(left + 140, 60))
    QTest.mouseRelease(rows, LEFT, NO_KEY, QPoint(left + 140, 60))
    assert view.delta_ns == rows.columns.at_ns(left + 140)
    assert page.view.range_ns == range_ns
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    assert view.delta_ns is None


def test_the_axis_says_how_long_it_is_from_one_cursor_to_the_other(page: LogsPage) -> None:
    view = page.view.plots.view
    view.set_delta(at_minute(0))
    view.set_cursor(at_minute(90))
    assert page.view.plots.axis.difference_text() == "Δ 1 h 30 min"
    view.set_cursor(at_minute(-30))
    assert page.view.plots.axis.difference_text() == "Δ −30 min"
    view.set_cursor(at_minute(0) + 8_480_000)
    assert page.view.plots.axis.difference_text() == "Δ 8.48 ms · 118 Hz"
    view.set_cursor(at_minute(0) - 50_000)
    assert page.view.plots.axis.difference_text() == "Δ −50.0 µs · 20\u2009000 Hz"


def test_the_axis_names_its_day_at_the_left_unless_one_comes_soon(page: LogsPage) -> None:
    view, axis = page.view.plots.view, page.view.plots.axis
    view.show_range(at_minute(60), at_minute(60 + 1400))
    assert next((label.text, label.at_ns) for label in axis.labels() if label.is_day) == ("2 Mar", view.start_ns)
    view.show_range(at_minute(1439), at_minute(1439 + 600))
    assert [label.text for label in axis.labels() if label.is_day] == ["3 Mar"]


def test_t_shows_statistics_of_what_is_shown_and_of_a_marked_span(page: LogsPage, wait_for: WaitFor) -> None:
    rows, panel = page.view.plots.rows, page.statistics
    QTest.keyClick(rows, Qt.Key.Key_T)
    wait_for(lambda: panel.table.array.rowCount() == 3)
    assert panel.table.array.value("n", 0) == 4220
    page.view.plots.view.set_span((at_minute(995), at_minute(1005)))
    wait_for(lambda: panel.table.array.value("n", 0) == 11)
    assert panel.table.array.value("max", 2) == "9.000"
    panel.copy()
    head, *lines = QApplication.clipboard().text().splitlines()
    assert head.split("\t")[:5] == ["channel", "unit", "n", "missing", "min"]
    assert lines[2].split("\t")[:3] == ["VI-2041A-DE", "mm/s", "11"]
    QTest.keyClick(rows, Qt.Key.Key_T)
    assert not panel.isVisible()


def test_a_question_mark_shows_every_key_and_escape_hides_them(page: LogsPage) -> None:
    QTest.keyClicks(page.view.plots.rows, "?")
    assert page.keys.isVisible()
    listed = {what: keys for keys, what in page.keys.lines}
    assert listed["Undo"] == "Ctrl + Z"
    assert listed["Find a channel"] == "/, Ctrl + F"
    assert all(action.title in listed for action in page.actions_offered() if action.keys)
    QTest.keyClick(page.keys, Qt.Key.Key_Escape)
    assert not page.keys.isVisible()


def overlaid(page: LogsPage) -> PlotRows:
    """The first two channels in one row."""
    rows = page.view.plots.rows
    rows.setFocus()
    rows.choose_row(1)
    QTest.keyClick(rows, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert len(rows.rows[0].channels) == 2
    rows.grab()
    return rows


def test_a_curve_of_an_overlay_is_hidden_by_its_number_and_by_a_click_on_its_colour(page: LogsPage) -> None:
    rows = overlaid(page)
    first, second = rows_of(page)[0]
    QTest.keyClick(rows, Qt.Key.Key_2)
    assert [channel.name for channel in rows.rows[0].seen] == [first]
    box = rows.plot_box(0)
    QTest.mouseClick(rows, LEFT, NO_KEY, QPoint(EDGE_PX - 8, round(box.top() + 0.75 * box.height())))
    assert [channel.name for channel in rows.rows[0].seen] == [first, second]
    QTest.keyClick(rows, Qt.Key.Key_1)
    QTest.keyClick(rows, Qt.Key.Key_H)
    assert len(rows.rows[0].seen) == 2


def test_a_hidden_curve_leaves_the_picture_and_comes_back_by_undo(page: LogsPage) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    before = rows.grab().toImage()
    QTest.keyClick(rows, Qt.Key.Key_1)
    colour = curve_colour(rows.theme, 0).rgb()
    box = rows.plot_box(0).toRect()
    assert not has_colour(rows.grab().copy(box).toImage(), colour)
    QTest.keyClick(rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert has_colour(rows.grab().copy(box).toImage(), colour)
    assert before.size() == rows.grab().toImage().size()


def has_colour(image: QImage, colour: int) -> bool:
    return any(image.pixel(x, y) == colour for x in range(0, image.width(), 2) for y in range(image.height()))


def test_the_way_of_drawing_goes_round_by_a_key_and_stays_in_the_layout(page: LogsPage) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    rows.choose_row(0)
    name = rows_of(page)[0][0]
    seen = []
    for _ in range(4):
        QTest.keyClick(rows, Qt.Key.Key_C)
        rows.grab()
        seen.append(page.view.layouts.current().look_of(name).style)
    assert seen == ["points", "both", "steps", "line"]


def test_the_colour_of_a_curve_is_chosen_in_the_menu_of_its_name(page: LogsPage) -> None:
    rows = overlaid(page)
    second = rows_of(page)[0][1]
    box = rows.plot_box(0)
    at = QPoint(30, round(box.top() + 0.75 * box.height()))
    rows.has_menu = False  # offscreen no menu can take the keyboard
    QApplication.sendEvent(rows, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, rows.mapToGlobal(at)))
    menu = QMenu(rows)
    rows.curves.add_to(menu)
    colours = next(one for one in menu.findChildren(QMenu) if one.title() == "Colour")
    next(item for item in colours.actions() if item.data() == 7).trigger()
    menu.deleteLater()
    assert rows.layout_now.look_of(second).colour == 7
    assert rows.layout_now.look_of(rows_of(page)[0][0]).colour == 0
    assert has_colour(rows.grab().toImage(), curve_colour(rows.theme, 6).rgb())


def test_y_limits_are_typed_with_a_comma_and_taken_with_enter(page: LogsPage) -> None:
    rows = page.view.plots.rows
    rows.setFocus()
    rows.choose_row(0)
    QTest.keyClick(rows, Qt.Key.Key_A)
    box = rows.findChild(LimitsBox)
    QTest.keyClicks(box.high, "12,5")
    QTest.keyClick(box.high, Qt.Key.Key_Down)
    box.low.selectAll()
    QTest.keyClicks(box.low, "-1")
    QTest.keyClick(box.low, Qt.Key.Key_Return)
    row = page.view.layouts.current().rows[0]
    assert (row.low, row.high) == (-1.0, 12.5)
    assert rows.hasFocus()


@pytest.mark.parametrize(("high", "said"), [("3 bar", "“3 bar” is no number."), ("", "Give both, or none."), ("-9", "-1 to -9")])
def test_limits_that_make_no_axis_are_said_and_change_nothing(page: LogsPage, high: str, said: str) -> None:
    rows = page.view.plots.rows
    before = rows.layout_now
    rows.acts.ask_limits()
    box = rows.findChild(LimitsBox)
    box.high.setText(high)
    box.low.setText("-1")
    QTest.keyClick(box.low, Qt.Key.Key_Return)
    assert said in box.problem.text()
    assert box.problem.isVisible()
    assert rows.layout_now == before
    QTest.keyClick(box.low, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_the_list_of_channels_says_the_values_at_the_cursor(page: LogsPage) -> None:
    view, channels = page.view.plots.view, page.side.channels
    view.set_cursor(at_minute(1))
    before = channels.grab().toImage()
    view.set_cursor(at_minute(40))
    QApplication.processEvents()
    assert channels.grab().toImage() != before
    assert channels.value_of is not None
    known, same = channels.value_of(P), page.view.plots.rows.known(P, at_minute(40))
    assert known is not None
    assert known == same


def test_the_name_of_a_limit_is_not_hatched_by_a_gap(page: LogsPage) -> None:
    rows = page.view.plots.rows
    line = LimitLine(value=1.0, name="Zone B 1.0")
    rows.set_limits({rows_of(page)[0][0]: (line,)})
    rows.grab()
    box, axis = rows.plot_box(0), rows.shown_limits(0)
    assert axis is not None
    plain = name_pixels(rows, axis.share(1.0))
    logs = rows.logs
    assert logs is not None
    logs.gap_array = np.array([[logs.first_ns, logs.last_ns]], np.int64)
    rows.set_limits({rows_of(page)[0][0]: (line,)})
    assert name_pixels(rows, axis.share(1.0)) == pytest.approx(plain, abs=5)
    assert box.height() > 0


def name_pixels(rows: PlotRows, share: float) -> int:
    """Dark pixels where the name of a limit stands: as many with a gap behind it as without."""
    box = rows.plot_box(0)
    y = round(box.bottom() - share * box.height())
    image = rows.grab().copy(round(box.left()) + 4, y - 14, 60, 12).toImage()
    return sum(image.pixelColor(x, line).lightness() < 110 for x in range(image.width()) for line in range(image.height()))


def test_channels_picked_in_the_list_go_into_one_row_together(page: LogsPage) -> None:
    channels = page.side.channels
    first, second = channels.names[:2]
    channels.setFocus()
    for name in (first, second):
        box = channels.box_of(name)
        QTest.mouseClick(
            channels.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, QPoint(box.right() + 30, box.center().y())
        )
    assert channels.picked(first) == (first, second)
    assert channels.picked("another") == ("another",)
    QTest.keyClick(channels, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert rows_of(page)[-1] == (first, second)
    assert channels.picked(first) == (first,)


def test_channels_picked_in_the_list_are_dragged_together(page: LogsPage) -> None:
    channels = page.side.channels
    first, second = channels.names[:2]
    dragged: list[tuple[str, ...]] = []
    noted = Noted(dragged)
    channels.drag_moved.connect(noted.take)
    channels.setFocus()
    channels.setCurrentIndex(channels.model().index(0, 0))
    QTest.keyClick(channels, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    channels.setCurrentIndex(channels.model().index(1, 0))
    QTest.keyClick(channels, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    start = channels.box_of(second).center() + QPoint(40, 0)
    QTest.mousePress(channels.viewport(), LEFT, NO_KEY, start)
    QTest.mouseMove(channels.viewport(), start + QPoint(0, 12))
    QTest.mouseMove(channels.viewport(), start + QPoint(0, 24))
    QTest.mouseRelease(channels.viewport(), LEFT, NO_KEY, start + QPoint(0, 24))
    assert dragged[-1] == (first, second)


class Noted:
    def __init__(self, into: list[tuple[str, ...]]) -> None:
        self._into = into

    def take(self, names: object, _at: QPoint) -> None:
        assert isinstance(names, tuple)
        self._into.append(names)
