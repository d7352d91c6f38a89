"""Operating states are told from the levels of current and flow."""

from __future__ import annotations

import numpy as np

from workbench.logs.regimes import find_regimes

SECOND = 1_000_000_000
UNITS = {"II-1": "A", "FI-1": "m3/h", "PI-1": "bar"}


def a_day() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    times = np.arange(4000, dtype=np.int64) * 10 * SECOND
    current, flow = np.zeros(4000), np.zeros(4000)
    current[1000:], flow[1000:] = 37.0, 290.0
    current[1000:1006] = [180, 150, 90, 60, 48, 42]
    flow[2000:2500] = 120.0
    flow[3000:3100] = 2.0
    running = current > 0
    current[running] += rng.normal(0, 0.3, running.sum())
    flow[running] += rng.normal(0, 1.5, running.sum())
    return times, {"II-1": current, "FI-1": flow, "PI-1": np.full(4000, 6.0)}


def test_stop_start_steady_throttled_and_dead_head_are_told_apart() -> None:
    times, columns = a_day()
    found = find_regimes(times, columns, UNITS)
    assert [(regime.name, regime.start_ns // (10 * SECOND), regime.end_ns // (10 * SECOND)) for regime in found] == [
        ("stopped", 0, 999), ("start-up", 1000, 1005), ("steady", 1006, 1999), ("throttled", 2000, 2499), ("steady", 2500, 2999),
        ("dead-head", 3000, 3099), ("steady", 3100, 3999),
    ]  # fmt: skip


def test_single_bad_or_odd_samples_make_no_regime_of_their_own() -> None:
    times, columns = a_day()
    columns["II-1"][[1500, 1700]] = 0.0
    columns["II-1"][1600:1603] = np.nan
    columns["FI-1"][2700] = 5.0
    assert len(find_regimes(times, columns, UNITS)) == 7


def test_a_pump_that_only_runs_is_steady_from_the_first_sample() -> None:
    times, columns = a_day()
    (regime,) = find_regimes(times[1100:1900], {name: values[1100:1900] for name, values in columns.items()}, UNITS)
    assert regime.name == "steady"


def test_without_a_channel_that_tells_nothing_is_claimed() -> None:
    times, columns = a_day()
    assert find_regimes(times, {"PI-1": columns["PI-1"]}, UNITS) == ()
    assert find_regimes(times, {"II-1": np.full(4000, np.nan)}, UNITS) == ()
    assert find_regimes(times[:0], {"II-1": np.zeros(0)}, UNITS) == ()


def test_a_long_log_is_looked_at_in_every_kth_row() -> None:
    times = np.arange(3_000_000, dtype=np.int64) * SECOND
    current = np.where(times < 1_000_000 * SECOND, 0.0, 37.0)
    found = find_regimes(times, {"II-1": current}, UNITS)
    assert [regime.name for regime in found] == ["stopped", "start-up", "steady"]
