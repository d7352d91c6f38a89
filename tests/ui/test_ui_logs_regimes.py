"""Operating states on the Logs page: a click filters, the menu says what it was, a boundary is dragged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import OpenPage
from workbench.core.clock import parse_utc
from workbench.core.jobs import Job
from workbench.services.logs import ImportRequest, import_logs
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.widgets.plots.regimes import RegimeMark, RegimeStrip

WaitFor = Callable[..., None]
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(tmp_path: Path, wait_for: WaitFor, open_page: OpenPage) -> LogsPage:
    """Ten hours of a pump that starts at 02:00 and stops at 06:00."""
    rows = [
        f"2026-03-12T{k // 60:02d}:{k % 60:02d}:00Z,{37 + k % 3 / 10 if 120 <= k < 360 else 0.0:.1f},{6 + k % 7 / 10:.1f}"
        for k in range(600)
    ]
    log = tmp_path / "P-2041A.csv"
    log.write_text("time,II-2041A [A],PI-2041A [bar]\n" + "\n".join(rows) + "\n", encoding="utf-8")
    import_logs(ImportRequest(paths=(str(log),), project=str(tmp_path / "project")), Job())
    page = open_page(tmp_path / "project", "logs", LogsPage)
    wait_for(lambda: len(page.view.plots.regimes.marks) == 4)
    return page


def strip_of(page: LogsPage) -> RegimeStrip:
    return page.view.plots.regimes


def middle(page: LogsPage, mark: RegimeMark) -> QPoint:
    return QPoint(round(strip_of(page).columns.x_px((mark.start_ns + mark.end_ns) // 2)), 8)


def kinds(page: LogsPage) -> list[str]:
    return [mark.kind for mark in strip_of(page).marks]


def test_a_click_on_a_state_dims_the_others_and_another_click_shows_all(page: LogsPage) -> None:
    steady = next(mark for mark in strip_of(page).marks if mark.kind == "steady")
    QTest.mouseClick(strip_of(page), LEFT, NO_KEY, middle(page, steady))
    assert len(page.view.plots.rows.dimmed) == 3
    QTest.mouseClick(strip_of(page), LEFT, NO_KEY, middle(page, steady))
    assert page.view.plots.rows.dimmed == ()


def test_the_menu_sets_a_state_and_takes_the_edit_back(page: LogsPage, wait_for: WaitFor) -> None:
    steady = next(mark for mark in strip_of(page).marks if mark.kind == "steady")
    page.view.regimes.fill_menu(steady)
    next(action for action in page.view.regimes.menu.actions() if action.data() == "throttled").trigger()
    wait_for(lambda: "throttled" in kinds(page))
    edited = next(mark for mark in strip_of(page).marks if mark.kind == "throttled")
    assert edited.edit
    page.view.regimes.fill_menu(edited)
    next(action for action in page.view.regimes.menu.actions() if action.data() is None and action.text()).trigger()
    wait_for(lambda: "throttled" not in kinds(page))


def test_a_marked_span_is_what_the_menu_sets(page: LogsPage, wait_for: WaitFor) -> None:
    span_ns = (parse_utc("2026-03-12T03:00:00Z"), parse_utc("2026-03-12T04:00:00Z"))
    page.view.plots.view.set_span(span_ns)
    page.view.regimes.fill_menu(strip_of(page).marks[2])
    next(action for action in page.view.regimes.menu.actions() if action.data() == "dry run").trigger()
    wait_for(lambda: "dry run" in kinds(page))
    found = next(mark for mark in strip_of(page).marks if mark.kind == "dry run")
    assert (found.start_ns, found.end_ns) == span_ns


def test_a_boundary_is_dragged_and_the_state_that_grows_takes_what_lies_between(page: LogsPage, wait_for: WaitFor) -> None:
    strip = strip_of(page)
    stopped = strip.marks[-1]
    assert stopped.kind == "stopped"
    x = round(strip.columns.x_px(stopped.start_ns))
    QTest.mousePress(strip, LEFT, NO_KEY, QPoint(x, 8))
    QTest.mouseMove(strip, QPoint(x - 60, 8))
    QTest.mouseRelease(strip, LEFT, NO_KEY, QPoint(x - 60, 8))
    wait_for(lambda: any(mark.edit for mark in strip.marks))
    grown = next(mark for mark in strip.marks if mark.edit)
    assert grown.kind == "stopped"
    assert grown.start_ns < stopped.start_ns
    assert grown.end_ns == stopped.start_ns


def test_keys_go_from_state_to_state_and_choose(page: LogsPage) -> None:
    strip = strip_of(page)
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert strip.chosen == (strip.marks[1].kind,)


def test_the_filter_offers_what_the_pump_was_in_and_dims_with_the_strip(page: LogsPage) -> None:
    states = page.view.states
    states.fill_menu()
    names = [action.data() for action in states.menu_box.actions() if not action.isSeparator()]
    assert names == ["", "stopped", "start-up", "steady"]
    states.menu_box.actions()[-1].trigger()
    assert (states.value(), states.isChecked()) == (("steady",), True)
    assert states.toolTip().endswith("Steady")
    assert strip_of(page).chosen == ("steady",)
    assert len(page.view.plots.rows.dimmed) == 3
    states.fill_menu()
    next(action for action in states.menu_box.actions() if action.data() == "stopped").trigger()
    assert states.value() == ("stopped", "steady")
    assert states.toolTip().endswith("Stopped, Steady")
    assert len(page.view.plots.rows.dimmed) == 1
    states.fill_menu()
    states.menu_box.actions()[0].trigger()
    assert (states.value(), states.isChecked()) == ((), False)
    assert page.view.plots.rows.dimmed == ()


def test_statistics_pairs_and_exports_keep_to_the_filter(page: LogsPage, wait_for: WaitFor, tmp_path: Path) -> None:
    page.statistics.toggle()
    wait_for(lambda: page.statistics.table.array.rowCount() == 2)
    steady = next(mark for mark in strip_of(page).marks if mark.kind == "steady")
    QTest.mouseClick(strip_of(page), LEFT, NO_KEY, middle(page, steady))
    wait_for(lambda: "only Steady" in page.statistics.head.facts.text())
    assert page.statistics.request().regimes == ("steady",)
    assert page.layout_menu.export_request(tmp_path / "o.csv").regimes == ("steady",)
    page.modes.choose("xy")
    xy = page.modes.mode("xy")
    wait_for(lambda: "239 pairs" in xy.said.text())
    page.view.states.set_value(())
    page.view.states.edited.emit()
    wait_for(lambda: "600 pairs" in xy.said.text())


def test_the_keys_open_the_filter(page: LogsPage) -> None:
    action = next(one for one in page.actions_offered() if one.id == "logs.states")
    assert action.keys == ("Ctrl+R",)
    assert action.callback == page.view.states.open_menu
