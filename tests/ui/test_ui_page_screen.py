"""Screening by hand: from the Logs page's menu to a table by suspicion, and from a row to its place; with keys alone too."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.hand import Hand
from tests.ui.page_fixtures import hand, template  # noqa: F401 - fixtures
from workbench.app.window import Built
from workbench.core.clock import format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.services.screening import ScreenRequest, screen
from workbench.ui.pages.logs.page import LogsPage
from workbench.ui.pages.screen.page import ScreenPage
from workbench.ui.pages.screen.parts import share_of
from workbench.ui.states import State


@pytest.fixture
def page(hand: Hand) -> ScreenPage:  # noqa: F811 - the fixture
    hand.show("logs")
    hand.built.context.run_action("logs.screen")
    hand.rest()
    found = hand.window.host.page("screen")
    assert isinstance(found, ScreenPage)
    assert found.isVisible()
    return found


def shown(page: ScreenPage, key: str) -> list[object]:
    """A column of the pumps' table, from top to bottom."""
    array = page.pumps.table.array
    return [array.value(key, array.source_row(row)) for row in range(array.rowCount())]


def test_pumps_stand_by_suspicion_as_the_service_finds_them(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    hand.press("Screen")
    hand.rest(120)
    project = str(hand.built.context.project)
    until = format_utc(parse_utc(page.bar.until.text()))
    request = ScreenRequest(project=project, reference_until=until, keep_going=True)
    found = sorted(screen(request, Job()).logs, key=share_of, reverse=True)
    assert shown(page, "source") == [log.source for log in found]
    assert [share_of(log) for log in found] == sorted(map(share_of, found), reverse=True)
    assert found[0].alarm_rows > 0, "a station in which nothing is wrong shows nothing"
    assert shown(page, "state")[0] == State.OUT_OF_SPECIFICATION
    assert page.alarms.log == found[0]
    assert hand.window.focusWidget() is page.pumps.table


def test_a_click_on_an_alarm_opens_its_place_on_logs(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    hand.press("Screen")
    hand.rest(120)
    log, table = page.alarms.log, page.alarms.table
    assert log is not None
    hand.row(table, 0)
    hand.rest()
    logs = hand.window.host.page("logs")
    assert isinstance(logs, LogsPage)
    assert logs.isVisible()
    assert logs.view.asset == log.source
    start_ns, end_ns = logs.view.range_ns
    begun, ended = parse_utc(log.alarms[0].start_utc), parse_utc(log.alarms[0].end_utc)
    assert start_ns < begun <= ended < end_ns
    assert end_ns - start_ns < 4 * max(ended - begun, 600 * 10**9)
    hand.built.context.run_action("logs.screen")
    hand.rest()
    assert shown(page, "source"), "what was found is still there"


def test_keys_alone_go_from_the_instant_to_the_place(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    page.focus_first()
    assert hand.window.focusWidget() is page.bar.until
    QTest.keyClick(page.bar.until, Qt.Key.Key_Return)
    hand.rest(120)
    assert hand.window.focusWidget() is page.pumps.table
    QTest.keyClick(page.pumps.table, Qt.Key.Key_Tab)
    assert hand.window.focusWidget() is page.alarms.table
    QTest.keyClick(page.alarms.table, Qt.Key.Key_Down)
    QTest.keyClick(page.alarms.table, Qt.Key.Key_Return)
    hand.rest()
    assert hand.window.host.page("logs").isVisible()


def test_one_pump_alone_and_the_command_that_does_the_same(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    whole = page.bar.until.text()
    page.bar.asset.setCurrentIndex(2)
    tag = page.bar.asset.value()
    assert page.bar.until.text() >= whole
    hand.press("Copy as command")
    text = QApplication.clipboard().text()
    assert "workbench screen" in text
    assert f"--asset {tag}" in text
    assert f"--reference-until {format_utc(parse_utc(page.bar.until.text()))}" in text
    hand.press("Screen")
    hand.rest(120)
    assert shown(page, "source") == [tag]


def test_an_instant_that_is_none_is_said_beside_its_field(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    offered = page.bar.until.text()
    hand.type(page.bar.until, "yesterday")
    hand.press("Screen")
    hand.rest()
    assert "'yesterday' is not a time" in page._problem.text()
    assert page._problem.isVisible()
    assert shown(page, "source") == []
    hand.type(page.bar.until, offered)
    hand.press("Screen")
    hand.rest(120)
    assert not page._problem.isVisible()


def test_a_pump_whose_good_part_is_too_short_is_listed_with_the_reason_and_last(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    first = min(parse_utc(asset.first_utc or "") for asset in page._assets)
    hand.type(page.bar.until, "2000-01-01T00:00:00Z")
    assert first > parse_utc("2000-01-01T00:00:00Z")
    hand.press("Screen")
    hand.rest(120)
    assert {str(word) for word in shown(page, "words")} == {"Not screened"}
    assert all("Choose a reference" in str(note) for note in shown(page, "note"))
    assert page.state is None


def test_a_screening_is_cancelled_and_can_be_started_again(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    hand.press("Screen")
    assert page.why_not()
    assert not page.bar.isEnabled()
    hand.pause(0.1)
    hand.press("Cancel screening")
    hand.rest()
    assert page.why_not() == ""
    assert page.bar.isEnabled()
    hand.press("Screen")
    hand.rest(120)
    assert len(shown(page, "source")) == 3


def test_without_a_project_the_page_says_what_to_do(built: Built) -> None:
    empty = Hand(built)
    empty.show("logs")
    built.context.navigate("screen")
    empty.rest()
    page = empty.window.host.page("screen")
    assert isinstance(page, ScreenPage)
    assert page._empty.isVisible()
    assert not page.bar.isVisible()
    assert page.why_not()


def test_what_a_person_typed_stays_when_another_pump_is_chosen(hand: Hand, page: ScreenPage) -> None:  # noqa: F811
    hand.type(page.bar.until, "2026-03-03 06:00")
    page.bar.asset.setCurrentIndex(1)
    assert page.bar.until.text() == "2026-03-03 06:00"
    hand.type(page.bar.until, "")
    QTest.keyClick(page.bar.until, Qt.Key.Key_Backspace)
    page.bar.asset.setCurrentIndex(2)
    assert page.bar.until.text(), "an emptied field is offered a time again"
