"""What is drawn of an envelope, ticks in words, and the shared stretch of time: the parts of the plots without a window."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.logs.recordings.pyramid import Envelope
from workbench.ui.widgets.chart_axes import value_ticks as chart_ticks
from workbench.ui.widgets.plots.clock import clock_ticks, cursor_text
from workbench.ui.widgets.plots.curves import comfortable, limits_of, strokes
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.plots.value_ticks import log_ticks, value_ticks

DAY_NS = 86400 * NS_PER_S
MONDAY_NS = parse_utc("2026-03-02T00:00:00Z")
UTC = ZoneInfo("UTC")


def envelope(minimum: list[float], maximum: list[float]) -> Envelope:
    times = np.arange(len(minimum), dtype=np.int64)
    return Envelope(times_ns=times, minimum=np.array(minimum), maximum=np.array(maximum))


def test_a_spike_of_one_column_is_drawn_in_full() -> None:
    drawn = strokes(envelope([0, 0, 0], [0, 50, 0]), 0, (0, 1), (100, -1))
    assert [(bar.x(), bar.top(), bar.bottom()) for bar in drawn.bars] == [(1.0, 50.0, 100.0)]


def test_no_line_crosses_a_missing_column() -> None:
    drawn = strokes(envelope([0, 0, np.nan, 0, 0], [0, 0, np.nan, 0, 0]), 0, (0, 1), (100, -1))
    assert [(line.x1(), line.x2()) for line in drawn.lines] == [(0, 1), (3, 4)]


def test_a_sample_alone_between_gaps_is_seen() -> None:
    drawn = strokes(envelope([np.nan, 1, np.nan], [np.nan, 1, np.nan]), 0, (0, 1), (0, 1))
    assert len(drawn.lines) == 1


def test_at_most_two_strokes_a_column_are_made() -> None:
    rng = np.random.default_rng(5)
    low = rng.normal(size=800)
    drawn = strokes(envelope(low.tolist(), (low + rng.exponential(size=800)).tolist()), 0, (0, 1), (0, 40))
    assert len(drawn.bars) + len(drawn.lines) <= 2 * 800


def test_the_limits_of_nothing_but_missing_values_are_unknown() -> None:
    assert limits_of([envelope([np.nan], [np.nan])]) is None


def test_noise_of_a_steady_channel_is_not_blown_up() -> None:
    low, high = comfortable((100.0, 100.1), (0.0, 300.0))
    assert high - low > 0.08 * 300


@pytest.mark.parametrize("limits", [(0, 3000), (17, 75), (-0.3, 0.74), (91.2, 91.9), (1e-5, 3e-5), (0, 1e6)])
def test_a_plot_has_three_or_four_value_ticks_inside_it(limits: tuple[float, float]) -> None:
    ticks = value_ticks(limits)
    assert 3 <= len(ticks) <= 4
    assert all(limits[0] - 1e-9 <= value <= limits[1] + 1e-9 for value, _ in ticks)
    assert len({text for _, text in ticks}) == len(ticks)


@pytest.mark.parametrize("limits", [(26.0, 78.0), (-0.4, 14.3), (0.0, 0.037), (1e-6, 5e-6), (2900.0, 3001.0)])
@pytest.mark.parametrize("n_ticks", [1, 3, 4, 7])
def test_an_axis_of_a_chart_has_three_ticks_at_least(limits: tuple[float, float], n_ticks: int) -> None:
    ticks = chart_ticks(limits, n_ticks)
    assert 3 <= len(ticks) <= max(6, n_ticks + 1)
    assert all(limits[0] - 1e-9 <= value <= limits[1] + 1e-9 for value, _ in ticks)


def test_ticks_of_a_logarithm_reach_over_the_whole_height() -> None:
    assert [text for _, text in log_ticks((1.1, 95.0), 4)] == ["2", "10", "50"]
    assert [text for _, text in log_ticks((3e-6, 0.05), 2)] == ["0.00001", "0.001"]
    assert [text for _, text in log_ticks((0.0009, 0.11), 4)] == ["0.001", "0.01", "0.1"]
    assert [text for _, text in log_ticks((0.0009, 0.11), 10)] == ["0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1"]


def test_midnights_are_named_and_hours_lie_between() -> None:
    ticks = clock_ticks(MONDAY_NS, MONDAY_NS + 2 * DAY_NS, UTC, 8)
    assert [tick.text for tick in ticks] == [
        "2 Mar", "06:00", "12:00", "18:00", "3 Mar", "06:00", "12:00", "18:00", "4 Mar",
    ]  # fmt: skip
    assert [tick.text for tick in ticks if tick.is_day] == ["2 Mar", "3 Mar", "4 Mar"]


def test_midnight_is_the_zone_s_own() -> None:
    first = clock_ticks(MONDAY_NS, MONDAY_NS + DAY_NS, ZoneInfo("Asia/Tokyo"), 5)
    assert [tick.at_ns for tick in first if tick.is_day] == [MONDAY_NS + 15 * 3600 * NS_PER_S]


def test_the_cursor_says_seconds_only_where_they_can_be_told_apart() -> None:
    at = MONDAY_NS + 90 * NS_PER_S
    assert cursor_text(at, UTC, 14 * DAY_NS) == "2 Mar 00:01"
    assert cursor_text(at, UTC, 3600 * NS_PER_S) == "2 Mar 00:01:30"


def test_a_rounded_second_carries_and_a_long_log_says_its_year() -> None:
    at = MONDAY_NS + 1_970_000_000
    assert cursor_text(at, UTC, 10 * NS_PER_S) == "2 Mar 00:00:02.0"
    assert cursor_text(at, UTC, NS_PER_S) == "2 Mar 00:00:01.970"
    assert cursor_text(at + 12_340, UTC, NS_PER_S // 100) == "2 Mar 00:00:01.97001"
    assert cursor_text(at, UTC, 365 * DAY_NS) == "2 Mar 2026 00:00"


@pytest.mark.parametrize(
    ("n_days", "expected"),
    [(365, ["Apr 2026", "Jul 2026", "Oct 2026", "Jan 2027"]), (10 * 365, ["2028", "2030", "2032", "2034", "2036"])],
)
def test_months_and_years_begin_where_the_calendar_has_them(n_days: int, expected: list[str]) -> None:
    ticks = clock_ticks(MONDAY_NS, MONDAY_NS + n_days * DAY_NS, UTC, 6)
    assert [tick.text for tick in ticks] == expected
    assert all(cursor_text(tick.at_ns, UTC, DAY_NS).startswith("1 ") for tick in ticks)


def test_zooming_keeps_the_instant_under_the_mouse_in_its_place(app: object) -> None:
    view = TimeView()
    view.set_full(0, 1_000 * NS_PER_S)
    view.zoom(2, 250 * NS_PER_S)
    share = (250 * NS_PER_S - view.start_ns) / view.length_ns
    assert share == pytest.approx(0.25, abs=1e-6)


def test_the_range_never_leaves_what_there_is(app: object) -> None:
    view = TimeView()
    view.set_full(0, 1_000 * NS_PER_S)
    view.zoom(3)
    view.pan(-1000)
    assert view.start_ns == 0
    view.zoom(-50)
    assert view.is_whole


def test_limits_whose_difference_is_no_number_are_their_own_ticks() -> None:
    assert value_ticks((-1.7e308, 1.7e308)) == [(-1.7e308, "-2e+308"), (1.7e308, "2e+308")]
