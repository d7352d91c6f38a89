"""The Compare page by hand: rows, threshold, alarms that open their trace, diff, champion, removing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.hand import Hand
from tests.ui.page_fixtures import hand, template  # noqa: F401 - fixtures
from workbench.core.clock import parse_utc
from workbench.ui.pages.compare.page import ComparePage
from workbench.ui.pages.logs.page import LogsPage


@pytest.fixture
def page(hand: Hand) -> ComparePage:  # noqa: F811 - the fixture
    found = hand.show("compare")
    assert isinstance(found, ComparePage)
    return found


def find_run(page: ComparePage, title: str) -> int:
    return next(index for index, run in enumerate(page._runs) if run.title == title)


def test_the_champion_is_chosen_first_and_the_arrows_choose_another(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    assert page._run == page._champion
    before = page.threshold._caught.text()
    hand.row(page.leaderboard.table, find_run(page, "Logistic regression"))
    hand.rest()
    assert page.threshold.header.facts.text() == "Logistic regression"
    assert page.threshold._caught.text() != before
    QTest.keyClick(page.leaderboard.table, Qt.Key.Key_Down)
    hand.rest()
    assert page.threshold.header.facts.text() != "Logistic regression"


def test_the_slider_trades_false_alarms_for_earlier_ones(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    hand.click(page.threshold.slider, QPoint(12, 12))
    hand.rest()
    few = page._timeline
    hand.click(page.threshold.slider, QPoint(page.threshold.slider.width() - 12, 12))
    hand.rest()
    many = page._timeline
    assert few is not None
    assert many is not None
    assert few.false_alarms_per_week < many.false_alarms_per_week
    assert few.n_caught <= many.n_caught
    hand.click(page.threshold._reset)
    hand.rest()
    assert page.threshold._score.text() == "score 0.50"


def test_a_false_alarm_opens_its_trace_on_the_logs_page(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    hand.click(page.threshold.slider, QPoint(page.threshold.slider.width() * 2 // 3, 12))
    hand.rest()
    assert page._timeline is not None
    index, alarm = next((i, a) for i, a in enumerate(page._timeline.alarms) if a.event is None)
    chart = page.alarms.chart
    hand.click(chart, chart.mark_place(index).toPoint())
    assert chart.chosen is not None
    chosen = page._timeline.alarms[chart.chosen]
    hand.press("Open trace")
    hand.rest()
    assert hand.window.host.current_id == "logs"
    logs = hand.window.host.page("logs")
    assert isinstance(logs, LogsPage)
    start_ns, end_ns = logs.view.range_ns
    assert logs.view.asset == chosen.asset
    assert start_ns <= parse_utc(chosen.start_utc) <= parse_utc(chosen.end_utc) <= end_ns
    assert end_ns - start_ns < 24 * 3600 * 10**9
    assert alarm.event is None


def test_another_run_becomes_the_champion_and_the_diff_says_why(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    hand.row(page.leaderboard.table, find_run(page, "Logistic regression"))
    hand.rest()
    hand.press("Diff with champion")
    hand.rest()
    assert page.differences.isVisible()
    hand.press("Close")
    assert page.front.isVisible()
    hand.press("Set champion")
    hand.rest()
    assert page._champion == page._run
    assert any("champion" in text for text in hand.notices())
    assert hand.built.context.actions.find("compare.champion").blocked()


def test_a_baseline_cannot_be_the_champion(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    hand.row(page.leaderboard.table, find_run(page, "Never alarm"))
    hand.rest()
    assert hand.built.context.actions.find("compare.champion").blocked() == "A baseline can't be the champion"


def test_a_point_of_the_scatter_chooses_its_run(hand: Hand, page: ComparePage) -> None:  # noqa: F811
    hand.click(page.front.cost.button("ram_kb"))
    chart, runs = page.front.chart, page.front._runs
    other = next(index for index, run in enumerate(runs) if run.id != page._run)
    x, y = chart._points[other]
    hand.click(chart, QPoint(round(chart.x_px(x)), round(chart.y_px(y))))
    hand.rest()
    assert page._run == runs[other].id
