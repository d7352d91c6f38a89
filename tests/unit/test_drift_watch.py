"""Watching over time: chunks, calibrated limits, alarms; quiet while healthy, awake to steps, stuck values and dropouts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from workbench.core.errors import InputError
from workbench.drift.calibrate import effect_limit, lasting_step, margin_of, memory_windows, wander_exponent
from workbench.drift.chunks import cut, shape_of, window_effects, window_means, window_missing
from workbench.drift.measures import measure_distances
from workbench.drift.over_time import plan_schedule, rank, watch_channel

NS = 1_000_000_000
T = 10_000
TIMES_NS = np.arange(T, dtype=np.int64) * NS
SPLIT_NS = 3000 * NS
ONSET = 6000


def _white(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(10.0, 2.0, T)


def _remembering(seed: int, decay: float) -> np.ndarray:
    shocks = np.random.default_rng(seed).normal(size=T)
    return 10.0 + 2.0 * np.sqrt(1 - decay**2) * lfilter([1.0], [1.0, -decay], shocks)


def _watch(values: np.ndarray):
    schedule = plan_schedule(TIMES_NS, SPLIT_NS, 60.0)
    history = watch_channel("PI-1", TIMES_NS, values, schedule)
    assert history is not None
    return schedule, history


def _alarms(values: np.ndarray) -> list[tuple[float, str]]:
    schedule, history = _watch(values)
    return [(schedule.at_ns(alarm.chunk) / NS, alarm.measure) for alarm in history.alarms]


def test_chunks_count_back_and_forth_from_the_reference_end():
    schedule = plan_schedule(TIMES_NS, SPLIT_NS, 60.0)
    assert schedule.at_ns(schedule.n_reference - 1) == SPLIT_NS
    assert (schedule.n_reference, schedule.n_evaluations) == (50, 116)
    assert schedule.n_chunks == 1


def test_without_a_given_end_the_first_half_is_the_reference():
    schedule = plan_schedule(TIMES_NS, None, 60.0)
    assert schedule.at_ns(schedule.n_reference - 1) == pytest.approx(T / 2 * NS, rel=1e-3)


def test_slow_logs_are_looked_at_through_windows_of_thirty_samples():
    times = np.arange(4000, dtype=np.int64) * 30 * NS
    assert plan_schedule(times, 60_000 * NS, 60.0).n_chunks == 15


@pytest.mark.parametrize("end_s", [60.0, 20_000.0])
def test_a_reference_that_is_too_short_or_leaves_nothing_is_refused(end_s):
    with pytest.raises(InputError, match="reference"):
        plan_schedule(TIMES_NS, int(end_s * NS), 60.0)


def test_a_handful_of_samples_is_refused():
    with pytest.raises(InputError, match="too few"):
        plan_schedule(TIMES_NS[:20], None, 1.0)


def test_window_means_and_missing_shares_are_those_of_the_samples():
    values = _white(1)
    values[100:130] = np.nan
    shape = shape_of(values[np.isfinite(values)][:3000])
    chunks = cut(np.arange(T, dtype=float), values, np.arange(0.0, 601.0, 60.0), shape)
    expected = (np.nanmean(values[60:180]) - shape.mean) / shape.scale
    assert window_means(chunks, 2, shape)[2] == pytest.approx(expected)
    assert window_missing(chunks, 2)[2] == pytest.approx(0.25)


@pytest.mark.parametrize("offset", [0.0, 0.7, 5.0])
def test_binned_effects_come_close_to_the_exact_ones(offset):
    values = _white(2)
    values[3000:] += offset
    shape = shape_of(values[:3000])
    chunks = cut(np.arange(T, dtype=float), values, np.asarray([3000.0, 4000.0]), shape)
    binned, exact = window_effects(chunks, 1, shape), measure_distances(values[:3000], values[3000:4000])
    assert binned.effect[0] == pytest.approx(exact.effect, abs=0.03)
    assert binned.ks[0] == pytest.approx(exact.ks, abs=0.03)
    assert (binned.psi[0], binned.js[0]) == (pytest.approx(exact.psi, abs=0.02), pytest.approx(exact.js, abs=0.02))


def test_a_window_without_samples_says_nothing():
    shape = shape_of(_white(3)[:3000])
    chunks = cut(np.asarray([0.0, 1.0, 2.0, 3.0]), np.ones(4), np.asarray([0.0, 60.0, 120.0]), shape)
    assert np.isnan(window_effects(chunks, 1, shape).effect[1])


def test_a_knock_is_no_lasting_step_and_a_shift_is_one():
    knock, shift = np.zeros(20), np.zeros(20)
    knock[10], shift[10:] = 5.0, 5.0
    assert np.nanmax(np.abs(lasting_step(knock, 1, 2, 3))) < 2.0
    assert lasting_step(shift, 1, 2, 3)[11] == pytest.approx(5.0)


def test_white_noise_stands_still_and_a_random_walk_wanders():
    rng = np.random.default_rng(4)
    assert wander_exponent(rng.normal(size=60), 1) == 0.0
    assert wander_exponent(np.cumsum(rng.normal(size=60)), 1) >= 0.5
    assert memory_windows(rng.normal(size=200), 1) < 1.6
    assert memory_windows(np.cumsum(rng.normal(size=200)), 1) > 10.0


def test_limits_are_wider_the_fewer_windows_calibrated_them_and_grow_for_what_wanders():
    assert margin_of(5) > margin_of(50) > margin_of(5000) >= 1.5
    _, history = _watch(_remembering(5, 0.9995))
    later = effect_limit(history.limits, np.asarray([0.0, 1.0, 2.0]))
    assert np.all(np.diff(later) > 0)


@pytest.mark.parametrize("seed", range(6))
def test_healthy_noise_raises_no_alarm(seed):
    assert _alarms(_white(seed)) == []


def test_autocorrelation_does_not_cry_wolf():
    alarms = sum(len(_alarms(_remembering(seed, 0.99))) for seed in range(12))
    # 12 channels × 7000 s = 23 channel hours; textbook tests alarm in nearly every window of such streams
    assert alarms <= 8


@pytest.mark.parametrize("offset_sd", [1.0, 2.0, -3.0])
def test_an_offset_is_found_within_two_evaluations(offset_sd):
    values = _white(7)
    values[ONSET:] += offset_sd * 2.0
    at_s, measure = _alarms(values)[0]
    assert 0.0 < at_s - ONSET <= 120.0
    assert measure in ("step", "effect")


def test_a_ramp_of_one_sd_in_half_an_hour_is_found_within_a_quarter_of_an_hour():
    values = _white(8)
    values[ONSET:] += 2.0 * np.arange(T - ONSET) / 1800.0
    assert 0.0 < _alarms(values)[0][0] - ONSET <= 900.0


def test_a_stuck_value_is_found_at_the_next_evaluation_but_one():
    values = _white(9)
    values[ONSET:] = values[ONSET]
    at_s, measure = _alarms(values)[0]
    assert (measure, at_s - ONSET <= 120.0) == ("flat", True)


def test_a_channel_that_often_rests_is_not_called_stuck():
    values = np.round(_remembering(10, 0.98))
    assert all(measure != "flat" for _, measure in _alarms(values))


def test_dropouts_are_found_and_named_missing():
    values = _white(11)
    values[ONSET::3] = np.nan
    at_s, measure = _alarms(values)[0]
    assert (measure, at_s - ONSET <= 120.0) == ("missing", True)


def test_doubled_noise_is_found():
    values = _white(12)
    values[ONSET:] = 10.0 + 2.0 * (values[ONSET:] - 10.0)
    assert _alarms(values)[0][0] - ONSET <= 300.0


def test_one_offset_is_one_story():
    values = _white(13)
    values[ONSET:] += 6.0
    assert len(_alarms(values)) == 1


def test_channels_are_ranked_by_effect():
    moved, still = _white(14), _white(15)
    moved[ONSET:] += 4.0
    schedule = plan_schedule(TIMES_NS, SPLIT_NS, 60.0)
    histories = [watch_channel(name, TIMES_NS, x, schedule) for name, x in (("still", still), ("moved", moved))]
    assert [history.channel for history in rank(h for h in histories if h)] == ["moved", "still"]


def test_a_channel_without_reference_samples_is_passed_over():
    values = _white(16)
    values[:3000] = np.nan
    assert watch_channel("PI-1", TIMES_NS, values, plan_schedule(TIMES_NS, SPLIT_NS, 60.0)) is None


def test_a_channel_that_vanishes_after_the_reference_is_still_watched():
    values = _white(17)
    values[ONSET:] = np.nan
    assert [measure for _, measure in _alarms(values)] == ["missing"]


def test_a_log_of_fewer_chunks_than_a_step_looks_back_on_is_watched_too():
    short_ns = TIMES_NS[:6000]
    schedule = plan_schedule(short_ns, SPLIT_NS, 900.0)
    assert schedule.bounds_s.size - 1 < 9
    history = watch_channel("PI-1", short_ns, _white(18)[:6000], schedule)
    assert history is not None
    assert history.alarms == ()
