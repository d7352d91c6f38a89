"""Screening: one default that learns a log's beginning."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning import screen as screening
from workbench.learning.screen import hold_values, is_slow, screen_log

N = 1000
CHANNELS = tuple(ChannelSpec(name=name) for name in ("a", "b", "c"))


def make_log(seed: int = 0, step: float = 0.0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(N, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0], [0, 0, 2.0]]) + np.array([10, -5, 300])
    values[700:800, 1] += step
    return np.arange(N, dtype=np.int64) * NS_PER_S, values


def test_a_step_is_alarmed_and_quiet_running_is_not() -> None:
    times_ns, values = make_log(step=3.0)
    found = screen_log(times_ns, CHANNELS, values, 400)
    is_alarm = found.score >= found.threshold
    assert is_alarm[730:800].all()
    assert not is_alarm[400:700].any()
    assert not is_alarm[840:].any()


def test_units_and_offsets_do_not_matter() -> None:
    times_ns, values = make_log(step=3.0)
    found = screen_log(times_ns, CHANNELS, values, 400)
    other = screen_log(times_ns, CHANNELS, values * np.array([1000, 0.01, 6.9]) + np.array([1e5, 7, -3]), 400)
    np.testing.assert_allclose(other.score, found.score, rtol=1e-6)


def test_the_future_does_not_change_a_score() -> None:
    times_ns, values = make_log(step=3.0)
    whole = screen_log(times_ns, CHANNELS, values, 400).score[:900]
    np.testing.assert_allclose(screen_log(times_ns[:900], CHANNELS, values[:900], 400).score, whole, rtol=1e-9)


def test_warming_up_is_recognised_by_words_and_by_the_data() -> None:
    times_ns, values = make_log()
    warm = 40 - 15 * np.exp(-np.arange(N) / 900) + 0.02 * np.random.default_rng(3).normal(size=N)
    channels = (*CHANNELS, ChannelSpec(name="TI-101"), ChannelSpec(name="x7"))
    found = screen_log(times_ns, channels, np.column_stack([values, warm, warm]), 400)
    assert found.channels == ("a", "b", "c")
    assert {item.channel: item.why.partition(":")[0] for item in found.left_out} == {
        "TI-101": "temperature",
        "x7": "temperature-like",
    }


def test_a_single_step_or_noise_is_not_slow() -> None:
    rng = np.random.default_rng(0)
    assert not is_slow(rng.normal(size=400))
    assert not is_slow(rng.normal(size=400) + 8 * (np.arange(400) > 150))
    assert is_slow(np.linspace(0, 5, 400) + 0.05 * rng.normal(size=400))
    assert not is_slow(np.full(400, 3.0))


def test_temperatures_alone_are_used_all_the_same() -> None:
    times_ns, values = make_log()
    assert screen_log(times_ns, (ChannelSpec(name="temperature"),), values[:, :1], 400).channels == ("temperature",)


def test_missing_samples_are_held_shortly_then_there_is_no_score() -> None:
    times_ns, values = make_log()
    values[500:505, 0] = np.nan
    values[600:650, 1] = np.nan
    score = screen_log(times_ns, CHANNELS, values, 400).score
    assert np.isfinite(score[495:600]).all()
    assert np.isnan(score[615:650]).all()
    assert np.isfinite(score[650:]).all()


def test_values_are_held_no_longer_than_said() -> None:
    times_ns = np.array([0, 1, 2, 9, 30], np.int64) * NS_PER_S
    held = hold_values(times_ns, np.array([[1.0], [np.nan], [np.nan], [np.nan], [5.0]]), 5)
    np.testing.assert_array_equal(held[:, 0], [1, 1, 1, np.nan, 5])


def test_ignored_and_label_columns_are_no_inputs() -> None:
    times_ns, values = make_log()
    channels = (ChannelSpec(name="a"), ChannelSpec(name="b"), ChannelSpec(name="anomaly"))
    found = screen_log(times_ns, channels, values, 400, ("b",))
    assert found.channels == ("a",)
    assert [item.why for item in found.left_out] == ["ignored by request", "looks like a label"]


def test_too_short_a_reference_is_refused() -> None:
    times_ns, values = make_log()
    with pytest.raises(InputError, match="has 12 rows; at least 30"):
        screen_log(times_ns, CHANNELS, values, 12)
    with pytest.raises(InputError, match="has 20 rows"):
        screen_log(times_ns[:20], CHANNELS, values[:20], 400)
    with pytest.raises(InputError, match="No channel can be used"):
        screen_log(times_ns, CHANNELS, np.zeros((N, 3)), 400)


def test_a_pump_that_stops_now_and_then_is_scored_while_it_runs() -> None:
    rng = np.random.default_rng(5)
    n = 3000
    is_off = (np.arange(n) % 500) > 400
    speed = np.where(is_off, 0.0, 2970.0) + rng.normal(size=n)
    flow = np.where(is_off, 0.0, 120.0) + rng.normal(size=n)
    flow[2600:2700] -= 6
    channels = (ChannelSpec(name="SI-101", unit="rpm"), ChannelSpec(name="FI-101", unit="m3/h"))
    times_ns = np.arange(n, dtype=np.int64) * NS_PER_S
    found = screen_log(times_ns, channels, np.column_stack([speed, flow]), 1500)
    assert np.isnan(found.score[is_off]).all()
    is_alarm = found.score >= found.threshold
    assert is_alarm[2640:2700].all()
    assert not is_alarm[1500:2600].any()


def test_a_pump_that_always_runs_is_scored_throughout_and_alarmed_when_it_stops() -> None:
    times_ns, values = make_log()
    channels = (ChannelSpec(name="a"), ChannelSpec(name="b"), ChannelSpec(name="speed", unit="rpm"))
    values[800:900, 2] = 0
    found = screen_log(times_ns, channels, values, 400)
    assert np.isfinite(found.score[5:]).all()
    assert (found.score[830:900] >= found.threshold).all()


def test_a_log_is_scored_block_by_block_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    times_ns, values = make_log()
    values[300:304, 1] = np.nan
    values[900:960] = np.nan
    whole = screen_log(times_ns, CHANNELS, values, 400)
    monkeypatch.setattr(screening, "_BLOCK_ROWS", 61)
    parts = screen_log(times_ns, CHANNELS, values, 400)
    np.testing.assert_allclose(parts.score, whole.score, rtol=1e-12)
    assert (parts.threshold, parts.channels) == (pytest.approx(whole.threshold, rel=1e-12), whole.channels)


def test_screening_takes_little_more_room_than_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "_BLOCK_ROWS", 2048)
    n_rows, n_channels = 40_000, 40
    values = np.random.default_rng(5).normal(10.0, 1.0, (n_rows, n_channels))
    channels = tuple(ChannelSpec(name=f"p{k}") for k in range(n_channels))
    times_ns = np.arange(n_rows) * 10**9
    kept = screen_log(times_ns, channels, values, 400)
    tracemalloc.start()
    overwritten = screen_log(times_ns, channels, values, 400, may_overwrite=True)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 0.6 * values.nbytes
    np.testing.assert_array_equal(kept.score, overwritten.score)
