"""Event metrics: what counts as caught, as a false alarm, and as neither. One window a minute, of two minutes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.learning.dataset import EventSpan
from workbench.learning.evaluate import (
    Scored,
    choose_threshold,
    count_false_alarms,
    curve_points,
    event_metrics,
    mark_windows,
    poisson_interval,
    rank_all,
    raw_scale,
    share_interval,
    slice_metrics,
    window_metrics,
)

MINUTE_NS = 60 * NS_PER_S
WEEK_MINUTES = 7 * 24 * 60


def make_scored(n: int = 1000, events: tuple[tuple[int, int], ...] = (), *, is_real: bool = True, n_assets: int = 1) -> Scored:
    spans = tuple(
        EventSpan(id=f"e{index}", asset="P-0", name="leak", start_ns=first * MINUTE_NS, end_ns=last * MINUTE_NS, is_real=is_real)
        for index, (first, last) in enumerate(events)
    )
    return Scored(
        assets=tuple(f"P-{index}" for index in range(n_assets)),
        asset=np.repeat(np.arange(n_assets), n).astype(np.int32),
        end_ns=np.tile(np.arange(n, dtype=np.int64) * MINUTE_NS, n_assets),
        is_running=np.ones(n * n_assets, np.bool_),
        events=spans,
        window_ns=2 * MINUTE_NS,
        stride_ns=MINUTE_NS,
    )


def alarms(n: int, *spans: tuple[int, int]) -> NDArray[np.bool_]:
    is_alarm = np.zeros(n, np.bool_)
    for first, last in spans:
        is_alarm[first : last + 1] = True
    return is_alarm


def metrics_of(scored: Scored, *spans: tuple[int, int]) -> dict[str, float | None]:
    return event_metrics(alarms(len(scored.end_ns), *spans), scored, mark_windows(scored))


def test_an_event_is_caught_by_its_first_alarm_and_the_delay_counts_from_its_start() -> None:
    found = metrics_of(make_scored(events=((100, 200),)), (130, 140), (150, 160))
    assert (found["n_events"], found["n_caught"], found["median_delay_s"], found["n_false_alarms"]) == (1, 1, 1800, 0)


def test_an_alarm_before_an_event_is_false_and_one_that_goes_on_into_it_is_both() -> None:
    found = metrics_of(make_scored(events=((100, 200),)), (80, 120))
    assert (found["n_caught"], found["median_delay_s"], found["n_false_alarms"]) == (1, 0, 1)


def test_recovery_after_an_event_counts_neither_way() -> None:
    scored = make_scored(events=((100, 200),))
    assert metrics_of(scored, (203, 208))["n_false_alarms"] == 0
    assert metrics_of(scored, (209, 210))["n_false_alarms"] == 1
    assert metrics_of(scored, (203, 208))["n_caught"] == 0


def test_an_unsure_event_is_neither_caught_nor_a_false_alarm() -> None:
    found = metrics_of(make_scored(events=((100, 200),), is_real=False), (120, 150))
    assert (found["n_events"], found["n_caught"], found["n_false_alarms"]) == (0, 0, 0)
    assert found["event_recall"] is None


def test_alarms_closer_than_a_window_are_one_and_a_lasting_one_counts_each_day() -> None:
    scored = make_scored(6000)
    marks = mark_windows(scored)
    assert count_false_alarms(alarms(6000, (10, 12), (14, 15)), scored, marks) == 1
    assert count_false_alarms(alarms(6000, (10, 12), (40, 41)), scored, marks) == 2
    assert count_false_alarms(alarms(6000, (0, 2 * 1440 + 60)), scored, marks) == 3


def test_always_alarming_is_not_rewarded() -> None:
    found = metrics_of(make_scored(6000, events=((3000, 3100),)), (0, 5999))
    assert found["n_caught"] == 1
    assert (found["n_false_alarms"] or 0) >= 5
    assert found["far"] == 1
    assert found["f1"] == found["always_alarm_f1"]


def test_alarms_of_two_pumps_at_one_time_are_two() -> None:
    scored = make_scored(100, n_assets=2)
    assert count_false_alarms(alarms(200, (98, 101)), scored, mark_windows(scored)) == 2


def test_false_alarms_are_counted_a_week_of_running_time() -> None:
    scored = make_scored(WEEK_MINUTES)
    scored.is_running[: WEEK_MINUTES // 2] = False
    assert pytest.approx(scored.running_weeks) == 0.5
    assert pytest.approx(metrics_of(scored, (10, 12))["false_alarms_per_week"]) == 2


def test_the_poisson_interval_is_garwoods() -> None:
    # Garwood 1936, table: 0 -> (0, 3.69), 1 -> (0.0253, 5.57), 10 -> (4.80, 18.39).
    assert tuple(round(value, 2) for value in poisson_interval(0)) == (0.0, 3.69)
    assert tuple(round(value, 2) for value in poisson_interval(1)) == (0.03, 5.57)
    assert tuple(round(value, 2) for value in poisson_interval(10)) == (4.80, 18.39)


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Wilson 1927 with z = 1.96: 8 of 10 -> (0.490, 0.943); 0 of 10 -> (0, 0.278).
    assert tuple(round(value or 0.0, 3) for value in share_interval(8, 10)) == (0.49, 0.943)
    assert tuple(round(value or 0.0, 3) for value in share_interval(0, 10)) == (0.0, 0.278)
    assert share_interval(0, 0) == (None, None)


def test_window_figures_are_those_of_the_confusion_matrix() -> None:
    is_event = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], np.bool_)
    is_alarm = np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 0], np.bool_)
    found = window_metrics(is_alarm, is_event)
    # 3 hits, 1 false, 1 missed: F1 = 6 / 8; FAR = 1 / 6; MAR = 1 / 4; always: 2 * 4 / (8 + 6).
    assert (found["f1"], found["far"], found["mar"], found["always_alarm_f1"]) == (0.75, 1 / 6, 0.25, 8 / 14)


def test_the_threshold_keeps_the_target_and_lies_between_two_scores() -> None:
    scored = make_scored(4 * WEEK_MINUTES)
    raw = np.random.default_rng(0).normal(size=len(scored.end_ns)).astype(np.float32)
    marks = mark_windows(scored)
    threshold = choose_threshold(raw, scored, 1.0)
    assert count_false_alarms(raw >= threshold, scored, marks) == 4
    assert threshold not in raw
    lower = raw[raw < threshold].max()
    assert count_false_alarms(raw >= lower, scored, marks) > 4


def test_too_little_running_time_for_one_alarm_allows_none() -> None:
    scored = make_scored(500)
    raw = np.random.default_rng(1).normal(size=500).astype(np.float32)
    assert raw.max() < choose_threshold(raw, scored, 0.5)


def test_events_do_not_raise_the_threshold() -> None:
    scored = make_scored(500, events=((100, 200),))
    raw = np.random.default_rng(1).normal(size=500).astype(np.float32)
    raw[100:201] += 50
    assert choose_threshold(raw, scored, 0.5) < 10


def test_the_scale_is_never_nothing() -> None:
    assert raw_scale(np.zeros(10, np.float32), 0.0) > 0
    assert pytest.approx(raw_scale(np.full(10, 2.0, np.float32), 5.0)) == 1.0


def test_curves_begin_with_no_alarm_and_end_with_always() -> None:
    is_event = np.arange(100) >= 80
    found = curve_points(np.arange(100.0), is_event)
    assert found["roc"][0] == [0.0, 0.0]
    assert found["roc"][-1] == [1.0, 1.0]
    assert found["pr"][-1] == [1.0, 0.2]
    assert curve_points(np.arange(5.0), np.zeros(5, np.bool_)) == {"roc": [], "pr": []}


def test_slices_have_the_worst_first() -> None:
    scored = make_scored(1000, events=((100, 200),), n_assets=2)
    rows = slice_metrics(alarms(2000, (1500, 1510)), scored, mark_windows(scored))
    assert [row["name"] for row in rows] == ["P-0", "leak", "P-1"]
    assert rows[0]["n_caught"] == 0


def test_best_means_events_caught_unless_it_cries_wolf() -> None:
    good = {"event_recall": 0.8, "false_alarms_per_week": 0.4, "median_delay_s": 60.0}
    wolf = {"event_recall": 0.9, "false_alarms_per_week": 9.0, "median_delay_s": 10.0}
    slow = {"event_recall": 0.8, "false_alarms_per_week": 0.1, "median_delay_s": 600.0}
    none: dict[str, float | None] = {"event_recall": None}
    assert rank_all([wolf, good, slow, none], 0.5) == [1, 2, 0, 3]
