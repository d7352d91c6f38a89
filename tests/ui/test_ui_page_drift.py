"""The Drift page by hand: measuring, choosing channels and measures, a reference that can't be read, retraining."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.hand import Hand
from tests.ui.page_fixtures import hand, template  # noqa: F401 - fixtures
from workbench.core.errors import RequestError
from workbench.ui.pages.drift.page import DriftPage


@pytest.fixture
def page(hand: Hand) -> DriftPage:  # noqa: F811 - the fixture
    found = hand.show("drift")
    assert isinstance(found, DriftPage)
    return found


def test_channels_are_ranked_by_effect(page: DriftPage) -> None:
    assert page._result is not None
    effects = [channel.effect for channel in page._result.channels]
    assert effects == sorted(effects, reverse=True)
    assert page.title.startswith("Reference ")


def test_another_channel_is_drawn_when_its_row_is_clicked(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    assert page._result is not None
    last = len(page._result.channels) - 1
    hand.row(page.channels.table, last)
    assert page.history.header.title.text() == page._result.channels[last].channel
    hand.click(page.history.measures.button("psi"))
    assert page.history.measures.current() == "psi"
    QTest.keyClick(page.channels.table, Qt.Key.Key_Up)
    assert page.distribution.header.facts.text() == page._result.channels[last - 1].channel


def test_a_reference_that_is_no_instant_is_said_at_the_field(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    hand.type(page.until, "yesterday")
    QTest.keyClick(page.until, Qt.Key.Key_Return)
    hand.rest()
    assert page._problem.isVisible()
    assert "yesterday" in page._problem.text()
    hand.press("Copy as command")  # nothing is copied, nothing breaks
    hand.type(page.until, page._result.reference[1])  # type: ignore[union-attr,index]
    QTest.keyClick(page.until, Qt.Key.Key_Return)
    hand.rest()
    assert not page._problem.isVisible()
    hand.press("Copy as command")
    assert "--reference-until" in QGuiApplication.clipboard().text()


def test_another_pump_is_measured_when_it_is_chosen(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    before = page._measured
    page.asset.setFocus()
    QTest.keyClick(page.asset, Qt.Key.Key_Down)
    hand.rest()
    assert page._measured not in ("", before)
    assert page.breadcrumb[-1] == page._measured


def test_what_can_not_be_measured_is_said(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    page._on_error(RequestError("The log of P-1 is too short.", "Take more days."))
    assert page._nothing.isVisible()
    assert "too short" in page._nothing.sentence.text()
    hand.press("Measure again")
    hand.rest()
    assert page.history.isVisible()


def test_retraining_starts_once_and_can_be_cancelled(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    assert page._why_no_retrain() == ""
    hand.press("Start retraining")
    assert page._why_no_retrain() == "Training runs; see the job panel"
    hand.wait(lambda: any(view.fraction for view in hand.built.context.jobs.running), 30)
    hand.press("Cancel")
    hand.rest()
    assert hand.window.host.current_id == "drift"
    assert page._why_no_retrain() == ""


def test_only_one_operating_state_is_compared_where_it_is_chosen(hand: Hand, page: DriftPage) -> None:  # noqa: F811
    page.states.set_value(("steady",))
    page.states.edited.emit()
    hand.rest()
    assert page._result is not None
    hand.press("Copy as command")
    assert "--regime steady" in QGuiApplication.clipboard().text()
    page.states.set_value(("dry run",))
    page.states.edited.emit()
    hand.rest()
    assert page._result is None
