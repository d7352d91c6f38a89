"""What a list has no room for is its tool tip, as plain text: names come from files."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from workbench.app.window import Built
from workbench.core.clock import NS_PER_S
from workbench.logs.events.event import Event
from workbench.ui.pages.label.list import EventList
from workbench.ui.widgets.plots.events import EventStrip
from workbench.ui.widgets.plots.marks import marks_of
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.table import ArrayTable, Column
from workbench.ui.widgets.text import CutText

LONG = "bearing growth on the drive end <b>after</b> the second exchange of the seal"


@pytest.fixture
def tips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_rest: said.append(text))
    return said


def point_at(widget: object, at: QPoint) -> None:
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, at))  # type: ignore[call-overload]


def event() -> Event:
    return Event(id="e", asset="P-1", name=LONG, start_utc="1970-01-01T00:00:10Z", end_utc="1970-01-01T00:00:50Z", author="Ada")


def test_a_cell_that_is_cut_tells_the_rest_and_one_that_is_not_says_nothing(built: Built, tips: list[str]) -> None:
    table = ArrayTable(
        built.context.theme, (Column(key="name", title="Name", width_px=120), Column(key="n", title="N", width_px=90))
    )
    table.resize(300, 120)
    table.set_data({"name": [LONG], "n": ["12"]})
    for column in (0, 1):
        index = table.array.index(0, column)
        point_at(table.viewport(), table.visualRect(index).center())
    assert tips[0].startswith("<qt>bearing growth")
    assert "&lt;b&gt;after" in tips[0]
    assert tips[1] == ""


def test_a_narrow_list_of_events_tells_all_of_one(built: Built, tips: list[str]) -> None:
    events = EventList(built.context.theme)
    events.resize(200, 200)
    events.show_events([event()], ())
    point_at(events.viewport(), QPoint(60, 20))
    assert "second exchange of the seal" in tips[0]
    assert "Ada" in tips[0]


def test_the_strip_tells_the_event_under_the_mouse(built: Built, tips: list[str]) -> None:
    view = TimeView()
    view.set_full(0, 100 * NS_PER_S, NS_PER_S)
    strip = EventStrip(built.context.theme, view)
    strip.resize(600, 26)
    strip.set_marks(marks_of([event()]))
    point_at(strip, QPoint(round(strip.columns.x_px(30 * NS_PER_S)), 20))
    assert "second exchange of the seal" in tips[0]


def test_a_text_that_is_cut_has_all_of_it_as_its_tip(built: Built) -> None:
    text = CutText(LONG, "strong", most_px=80)
    assert text.sizeHint().width() == 80
    assert "&lt;b&gt;after" in text.toolTip()
    text.deleteLater()
