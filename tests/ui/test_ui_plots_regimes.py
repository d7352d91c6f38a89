"""The strip of operating states above the events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.log_projects import PUMP, at_minute
from workbench.core.clock import format_utc
from workbench.services.regimes import RegimeSpan
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.regimes import RegimeMark, RegimeStrip, marks_of_regimes
from workbench.ui.widgets.plots.time_view import TimeView


def stretch(name: str, start: float, end: float) -> RegimeSpan:
    return RegimeSpan(
        recording="r", asset=PUMP, name=name, start_utc=format_utc(at_minute(start)), end_utc=format_utc(at_minute(end))
    )


SPANS = (stretch("stopped", 0, 99), stretch("steady", 100, 199), stretch("throttled", 300, 400))
GAPS = np.array([[at_minute(199), at_minute(300)]], np.int64)


@pytest.fixture
def strip(theme: ThemeSource) -> Iterator[RegimeStrip]:
    view = TimeView()
    view.set_full(at_minute(0), at_minute(400))
    made = RegimeStrip(theme, view)
    made.resize(800, made.height())
    made.set_marks(marks_of_regimes(SPANS, GAPS))
    made.show()
    yield made
    made.hide()
    made.deleteLater()


def test_a_state_reaches_to_the_next_one_unless_samples_are_missing_between_them() -> None:
    stopped, steady, throttled = marks_of_regimes(SPANS, GAPS)
    assert stopped.end_ns == steady.start_ns
    assert steady.end_ns == at_minute(199)
    assert throttled.end_ns == at_minute(400)


def test_a_click_chooses_the_state_under_it_and_nothing_in_the_gap(strip: RegimeStrip) -> None:
    chosen: list[RegimeMark] = []
    strip.regime_chosen.connect(chosen.append)
    for minute in (50, 250, 350):
        x = round(strip.columns.x_px(at_minute(minute)))
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, 8))
    assert [mark.kind for mark in chosen] == ["stopped", "throttled"]


def test_states_are_told_apart_in_the_picture_and_the_gap_stays_empty(strip: RegimeStrip) -> None:
    image = strip.grab().toImage()
    colours = [image.pixelColor(round(strip.columns.x_px(at_minute(minute))), 12).name() for minute in (85, 185, 250, 390)]
    assert len({colours[1], colours[2], colours[3]}) == 3
    assert colours[0] == strip.theme.colour("plot").name(), "a stopped pump is hollow"


def test_ten_thousand_states_make_no_more_boxes_than_pixels(strip: RegimeStrip) -> None:
    many = tuple(
        RegimeMark(kind=("steady", "stopped")[k % 2], words="", start_ns=at_minute(k / 25), end_ns=at_minute((k + 1) / 25))
        for k in range(10_000)
    )
    strip.set_marks(many)
    assert len(strip._boxes()) <= strip.columns.width + 1


def test_a_state_that_a_person_made_longer_is_one_box_whose_end_can_be_dragged_on(strip: RegimeStrip) -> None:
    ends = ((0, 60, "stopped", "Stopped", ""), (60, 100, "steady", "Steady", "e1"), (100, 300, "steady", "Steady 2 980 rpm", ""))
    marks = tuple(
        RegimeMark(kind=kind, words=words, start_ns=at_minute(start), end_ns=at_minute(end), edit=edit)
        for start, end, kind, words, edit in ends
    )
    strip.set_marks(marks)
    assert [mark.words for _, _, mark in strip._boxes()] == ["Stopped", "Steady 2 980 rpm"]
    boundaries = [strip.boundary_at(strip.columns.x_px(at_minute(minute))) for minute in (60, 100)]
    assert boundaries == [(marks[0], marks[1]), None]
    other = RegimeMark(kind="steady", words="Steady 1 480 rpm", start_ns=at_minute(300), end_ns=at_minute(400))
    strip.set_marks((*marks, other))
    assert len(strip._boxes()) == 3, "another speed band is another state"


@pytest.mark.parametrize("name", ["light", "dark", "sunlight"])
def test_a_steady_pump_is_told_from_a_stopped_one_in_every_theme(strip: RegimeStrip, name: str) -> None:
    strip.theme.switch(name)
    image = strip.grab().toImage()
    stopped, steady = (image.pixelColor(round(strip.columns.x_px(at_minute(minute))), 12).name() for minute in (85, 185))
    assert stopped != steady
