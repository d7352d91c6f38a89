"""Live capture by hand: type a port, listen, name a channel, start, leave, come back, stop; and what a killed program left."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from tests.services.live_device import SocketDevice
from tests.ui.hand import Hand
from workbench.app.window import Built
from workbench.core.clock import NS_PER_S
from workbench.logs.live.curves import N_BUCKETS, LiveCurve, LiveCurves
from workbench.logs.live.rows import LiveChannel
from workbench.project.store import Project
from workbench.services.capture import CaptureRequest
from workbench.services.capture_end import CapturePlan, encode_pretty
from workbench.ui.messages import NoticeText
from workbench.ui.pages.live.form import LiveForm
from workbench.ui.pages.live.page import LivePage
from workbench.ui.pages.logs.page import LogsPage

HEADER = b"PI-2040A [bar],PI-2041A [bar]\r\n"
LINES = b"".join(f"{3 + k / 100:.2f},{150 + k / 10:.1f}\r\n".encode() for k in range(200))
N_ROWS = 200


@pytest.fixture
def hand(built: Built, tmp_path: Path) -> Iterator[Hand]:
    found = Hand(built)
    built.context.make_project(tmp_path / "Havsule A")
    found.show("logs")
    yield found
    for view in built.context.jobs.running:
        built.context.jobs.cancel(view.id)
    found.rest()


@pytest.fixture
def page(hand: Hand) -> LivePage:
    hand.press("Live capture")
    hand.rest()
    hand.window.activateWindow()  # keys need an active window; the offscreen platform forgets it
    hand.wait(hand.window.isActiveWindow)
    found = hand.window.host.page("live")
    assert isinstance(found, LivePage) and found.isVisible()
    return found


@pytest.fixture
def said(built: Built) -> list[NoticeText]:
    """Everything that was said, also what has passed since."""
    heard: list[NoticeText] = []
    built.context.messages.posted.connect(heard.append)
    return heard


def type_port(hand: Hand, page: LivePage, port: str) -> None:
    hand.type(page.form.fields.field("port").input, port)  # type: ignore[arg-type]  # a line by declaration
    hand.type(page.form.fields.field("asset").input, "P-2041A")  # type: ignore[arg-type]


def can_press(hand: Hand, text: str) -> bool:
    found = hand.window.findChildren(QAbstractButton)
    return any(one.text() == text and one.isVisible() and one.isEnabled() for one in found)


def wait_for_rows(hand: Hand, page: LivePage, n_rows: int) -> None:
    hand.wait(lambda: page.live.facts.text().startswith(f"{n_rows} rows"))


def test_without_a_port_nothing_can_start_and_nothing_is_marked_wrong_yet(hand: Hand, page: LivePage) -> None:
    assert not hand.button("Listen").isEnabled() and not hand.button("Start capture").isEnabled()
    assert "Port is empty" in hand.button("Listen").toolTip()
    assert hand.window.rail.button("logs").isChecked()


def test_a_capture_from_the_first_look_to_its_plots(hand: Hand, page: LivePage) -> None:
    with SocketDevice([HEADER + LINES], holds=True, n_callers=2) as device:
        type_port(hand, page, device.port)
        hand.press("Listen")
        hand.wait(lambda: bool(page.preview.rows) and page.preview.isVisible())
        device.hang_up()
        hand.rest()
        assert [row.channel.unit for row in page.preview.rows] == ["bar", "bar"]
        hand.type(page.preview.rows[0].name, "PI-2040A-NEW")
        hand.press("Start capture")
        hand.rest()  # the device has hung up: all that arrived is a recording
    logs = hand.window.host.page("logs")
    assert isinstance(logs, LogsPage) and logs.isVisible()
    assert "PI-2040A-NEW" in [channel.name for channel in logs.view.logs.channels]  # type: ignore[union-attr]
    assert any("The cable came out" in text for text in hand.notices())  # stays: it is no passing word


def test_where_nothing_can_be_read_the_page_offers_to_listen_again_before_to_record(hand: Hand, page: LivePage) -> None:
    with SocketDevice([b"\x00\x98\xfe\xe6" * 200], holds=True) as device:
        type_port(hand, page, device.port)
        hand.press("Listen")
        hand.wait(lambda: "bytes · 0 rows" in page.preview.lines.header.facts.text())
        device.hang_up()
        hand.rest()
    assert hand.button("Listen").property("kind") == "primary"
    assert can_press(hand, "Start capture")


def test_leaving_the_page_keeps_capturing_and_the_job_strip_stops_it(hand: Hand, page: LivePage, said: list[NoticeText]) -> None:
    with SocketDevice([HEADER + LINES], holds=True) as device:
        type_port(hand, page, device.port)
        hand.press("Start capture")
        wait_for_rows(hand, page, N_ROWS)
        assert [channel.name for channel in page.live.plots.rows.channels] == ["PI-2040A", "PI-2041A"]
        hand.click(hand.window.rail.button("start"))
        hand.wait(lambda: hand.button("Stop").isVisible())
        assert "200 rows" in hand.window.job_panel._words.text()
        hand.press("Stop")
        hand.rest()
    assert any(notice.title == "Captured" and "200 rows" in notice.text for notice in said)
    assert not page.isVisible()  # who is elsewhere is not carried away


def test_tab_stops_once_at_the_live_curves_between_what_stands_before_and_after_them(hand: Hand, page: LivePage) -> None:
    with SocketDevice([HEADER + LINES], holds=True) as device:
        type_port(hand, page, device.port)
        hand.press("Start capture")
        wait_for_rows(hand, page, N_ROWS)
        rows = page.live.plots.rows
        assert rows.hasFocus()
        QTest.keyClick(rows, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        span = QApplication.focusWidget()
        assert span is not None and page.live.spans.isAncestorOf(span)
        QTest.keyClick(span, Qt.Key.Key_Tab)
        stops = [QApplication.focusWidget()]
        while stops.count(rows) < 2 and len(stops) < 40:
            QTest.keyClick(stops[-1], Qt.Key.Key_Tab)
            stops.append(QApplication.focusWidget())
        assert (stops[0], stops[-1]) == (rows, rows)
        assert page.live.plots not in stops and len(set(stops)) == len(stops) - 1 > 5
        page.live.spans.button("60").setFocus()
        page.live.plots.setFocus()  # whoever gives the keys to the whole gives them to the curves
        assert rows.hasFocus()
        hand.press("Stop")
        hand.rest()


def test_another_span_is_shown_at_once_however_much_drawing_costs(hand: Hand, page: LivePage) -> None:
    page.live.begin()
    curves = page.live._curves
    assert curves is not None
    curves.append((LiveChannel(name="P"),), np.arange(3, dtype=np.int64) * NS_PER_S, np.ones((3, 1)))
    page.live.plots.rows._cost_s = 1e6
    page.live.spans.button("600").click()
    assert page.live.plots.view.length_ns == 600 * NS_PER_S


def test_keys_alone_start_and_stop_it(hand: Hand, page: LivePage) -> None:
    with SocketDevice([HEADER + LINES], holds=True) as device:
        type_port(hand, page, device.port)
        QTest.keyClick(page.form.fields.field("port").input, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait_for_rows(hand, page, N_ROWS)
        assert QApplication.focusWidget() is page.live.plots.rows
        QTest.keyClick(page.live.plots.rows, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        hand.rest()
    assert hand.window.host.page("logs").isVisible()


def test_without_hardware_a_rehearsal_speaks_and_is_captured(hand: Hand, page: LivePage) -> None:
    hand.press("Rehearse with an invented pump")
    hand.wait(lambda: bool(page.preview.rows) and page.preview.isVisible())
    assert [row.channel.name for row in page.preview.rows][:2] == ["PI-2040A", "PI-2041A"]
    hand.wait(lambda: can_press(hand, "Start capture"))
    hand.press("Start capture")
    hand.wait(lambda: len(page.live.plots.rows.channels) == 6)
    hand.press("Stop capture")
    hand.wait(lambda: hand.window.host.page("logs").isVisible())
    for view in hand.built.context.jobs.running:
        hand.built.context.jobs.cancel(view.id)
    hand.rest()


def test_what_was_listened_to_is_filled_in_the_next_time(hand: Hand, page: LivePage) -> None:
    type_port(hand, page, "socket://127.0.0.1:1")
    hand.press("Start capture")
    hand.rest()
    assert LiveForm(hand.built.context).fields.field("port").value() == "socket://127.0.0.1:1"


def test_a_port_that_nobody_answers_is_said_in_words(hand: Hand, page: LivePage) -> None:
    type_port(hand, page, "socket://127.0.0.1:1")
    hand.press("Start capture")
    hand.rest()
    assert any("Nothing answers at socket://127.0.0.1:1" in text for text in hand.notices())
    assert hand.button("Start capture").isEnabled()


def test_what_a_killed_program_left_is_a_recording_when_its_project_is_opened(
    built: Built, said: list[NoticeText], tmp_path: Path
) -> None:
    from workbench.logs.live.store import CaptureStore

    hand, project = Hand(built), tmp_path / "Havsule B"
    folder = project / "captures" / "2026-03-16T100000-left"
    built.context.make_project(project)
    hand.rest()
    folder.mkdir(parents=True)
    request = CaptureRequest(port="COM3", project=str(project), asset="P-7")
    plan = CapturePlan(request=request, source="capture COM3", started_utc="2026-03-16T10:00:00Z")
    (folder / "plan.json").write_bytes(encode_pretty(plan))
    store = CaptureStore(folder, keeps_raw=False)
    store.append((LiveChannel(name="P", unit="bar"),), np.arange(50, dtype=np.int64) * NS_PER_S, np.ones((50, 1)))
    store.flush(({}, {}), {})
    store.close()
    built.window.show()
    built.context.open_project(project)
    hand.rest()
    assert any("50 rows" in notice.text and "P-7" in notice.text for notice in said)
    assert not os.path.lexists(folder)


def test_closing_the_window_makes_the_recording(hand: Hand, page: LivePage, built: Built, tmp_path: Path) -> None:
    with SocketDevice([HEADER + LINES], holds=True) as device:
        type_port(hand, page, device.port)
        hand.press("Start capture")
        wait_for_rows(hand, page, N_ROWS)
        built.context.jobs.close()
    with Project.open(tmp_path / "Havsule A") as opened:
        assert [item.details["rows"] for item in opened.items("recording")] == [N_ROWS]


def test_a_curve_keeps_its_extremes_and_a_bounded_number_of_pairs() -> None:
    curve = LiveCurve(10)
    rng = np.random.default_rng(1)
    for second in range(40):
        times_ns = second * NS_PER_S + np.arange(10_000, dtype=np.int64) * 100_000
        values = rng.normal(size=10_000)
        values[5000] = 50.0 + second
        curve.append(times_ns, values)
    found = curve.envelope(30 * NS_PER_S, 40 * NS_PER_S, 100_000)
    assert len(found.times_ns) <= N_BUCKETS + 2
    # each of the last ten seconds has one spike: none is hidden
    assert sorted(found.maximum[found.maximum > 49].tolist()) == [80.0 + k for k in range(10)]


def test_a_gap_and_a_missing_value_break_the_curve() -> None:
    curves, channel = LiveCurves(), (LiveChannel(name="P"),)
    times_ns = np.array([0, 1, 2, 3, 20, 21], np.int64) * NS_PER_S
    values = np.array([1.0, 2.0, np.nan, 3.0, 4.0, 5.0])
    for first, last in itertools.pairwise((0, 4, 6)):
        curves.append(channel, times_ns[first:last], values[first:last, None])
    found = curves.envelope("P", 60, 0, 30 * NS_PER_S)
    assert np.isnan(found.maximum).tolist() == [False, False, True, False, True, False, False]
    assert curves.last == {"P": 5.0}
