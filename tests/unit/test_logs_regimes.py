"""Operating states are told from the levels of current and flow."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.pump_curve import START_NS, pump_log
from tests.unit.pump_curve import UNITS as CURVE_UNITS
from workbench.logs.regimes.find import find_regimes
from workbench.samples.fleet import PumpTruth, plan_station, simulate_pair, surroundings
from workbench.samples.train import Surroundings
from workbench.samples.wander import Streams
from workbench.samples.write import channels_of

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


USUAL = (1.0, 1.0, 1.0)


def names(duty: list[tuple[int, float, float, float]], *channels: str, step_s: float = 10.0) -> list[str]:
    """States in order, without starts and run-downs."""
    instants, columns = pump_log(duty, step_s)
    chosen = {name: columns[name] for name in channels or columns}
    found = find_regimes(instants, chosen, {name: CURVE_UNITS[name] for name in chosen})
    return [one.name for one in found if one.name not in ("start-up", "coast-down")]


@pytest.mark.parametrize("step_s", [1.0, 10.0, 600.0])
def test_the_flow_tells_throttled_minimum_flow_and_dead_head(step_s: float) -> None:
    duty = [(2000, *USUAL), (300, 1.0, 0.5, 1.0), (300, 1.0, 0.2, 1.0), (300, 1.0, 0.0, 1.0), (500, *USUAL)]
    assert names(duty, step_s=step_s) == ["steady", "throttled", "minimum flow", "dead-head", "steady"]


def test_current_and_discharge_pressure_alone_tell_stopped_throttled_and_dry_run_and_leave_open_what_they_dont() -> None:
    duty = [
        (2000, *USUAL),
        (400, 1.0, 0.4, 1.0),
        (400, 1.0, 0.02, 1.0),
        (500, *USUAL),
        (400, 1.0, 0.0, 0.05),
        (400, 0.0, 0.0, 1.0),
    ]
    instants, columns = pump_log(duty)
    found = find_regimes(instants, {name: columns[name] for name in ("II-1", "PI-1")}, CURVE_UNITS)
    assert [one.name for one in found] == ["steady", "throttled", "not distinguishable", "steady", "dry run", "stopped"]
    assert set(found[2].could_be) >= {"minimum flow", "dead-head"}
    assert found[2].confidence < 0.7 < found[1].confidence


def test_a_load_alone_tells_that_the_duty_is_another_but_not_which() -> None:
    instants, columns = pump_log([(2000, *USUAL), (400, 1.0, 0.2, 1.0), (600, *USUAL), (300, 0.0, 0.0, 1.0)])
    found = find_regimes(instants, {"II-1": columns["II-1"]}, CURVE_UNITS)
    assert [one.name for one in found] == ["steady", "not distinguishable", "steady", "stopped"]
    assert {"throttled", "minimum flow", "dead-head", "dry run"} <= set(found[1].could_be)
    assert found[3].could_be == ("standby",)


def test_a_pump_on_a_drive_whose_load_follows_the_day_has_one_start() -> None:
    speed = [(60, share, share, 1.0) for share in (0.8, 0.84, 0.9, 0.96, 1.0, 0.96, 0.9, 0.84) * 3]
    instants, columns = pump_log([(200, 0.0, 0.0, 1.0), *speed], step_s=30.0)
    found = find_regimes(instants, columns, CURVE_UNITS)
    starts = [one for one in found if one.name == "start-up"]
    assert [(one.end_ns - one.start_ns) / SECOND for one in starts] == [0.0]


def test_a_slower_pump_is_no_throttled_one_and_steady_stretches_carry_their_speed_band() -> None:
    instants, columns = pump_log([(1000, *USUAL), (1000, 0.8, 0.8, 1.0), (1000, *USUAL)])
    found = find_regimes(instants, columns, CURVE_UNITS)
    assert [(one.name, one.speed_rpm) for one in found] == [("steady", 2980.0), ("steady", 2380.0), ("steady", 2980.0)]


def test_another_density_moves_head_and_load_alike() -> None:
    assert names([(2000, *USUAL), (600, 1.0, 1.0, 0.85), (500, *USUAL)]) == ["steady", "density change", "steady"]


def test_a_pump_driven_backwards_by_its_line_turns_in_reverse() -> None:
    assert names([(1000, *USUAL), (300, 0.0, 0.0, 1.0), (300, -0.4, -0.3, 1.0), (300, 0.0, 0.0, 1.0)]) == [
        "steady", "stopped", "reverse rotation", "stopped",
    ]  # fmt: skip


def test_a_pump_that_runs_down_coasts_until_it_stands() -> None:
    instants, columns = pump_log([(1000, *USUAL), (500, 0.0, 0.0, 1.0)])
    columns["SI-1"][1000:1012] = 2980 * np.linspace(0.9, 0.1, 12)
    found = find_regimes(instants, columns, CURVE_UNITS)
    assert [(one.name, (one.start_ns - START_NS) // (10 * SECOND)) for one in found] == [
        ("steady", 0), ("coast-down", 1000), ("stopped", 1012)
    ]  # fmt: skip


def test_a_standing_pump_under_pressure_or_kept_hot_stands_by() -> None:
    instants, columns = pump_log([(1000, *USUAL), (1500, 0.0, 0.0, 1.0), (500, *USUAL), (1500, 0.0, 0.0, 1.0)])
    columns["PI-1"][1000:2500] = 8.0
    names_pressed = [one.name for one in find_regimes(instants, columns, CURVE_UNITS) if one.name in ("stopped", "standby")]
    assert names_pressed == ["standby", "stopped"]
    columns["PI-1"][1000:2500] = 1.0
    columns["TI-1"][1000:2500] = 62.0
    assert [
        one.name for one in find_regimes(instants, columns, CURVE_UNITS) if one.name in ("stopped", "standby")
    ] == names_pressed


def test_what_two_pumps_do_together_is_parallel_operation() -> None:
    instants, columns = pump_log([(1000, *USUAL), (1000, 0.0, 0.0, 1.0), (1000, *USUAL)])
    beside = [(int(instants[500]), int(instants[1500]))]
    found = find_regimes(instants, columns, CURVE_UNITS, beside)
    assert [one.name for one in found if one.name != "start-up"] == ["steady", "parallel", "stopped", "steady"]


def test_a_discharge_pressure_of_two_levels_tells_running_by_itself() -> None:
    assert names([(1000, *USUAL), (500, 0.0, 0.0, 1.0), (500, *USUAL)], "PI-1") == ["steady", "stopped", "steady"]


def test_missing_samples_and_a_log_on_change_tell_the_same() -> None:
    instants, columns = pump_log([(2000, *USUAL), (600, 1.0, 0.5, 1.0), (600, 0.0, 0.0, 1.0), (600, *USUAL)])
    rng = np.random.default_rng(3)
    sparse = {name: np.where(rng.random(len(values)) < 0.7, np.nan, values) for name, values in columns.items()}
    rows = np.sort(rng.choice(len(instants), 900, replace=False))
    expected = ["steady", "throttled", "stopped", "steady"]
    for times_ns, held in ((instants, sparse), (instants[rows], {name: values[rows] for name, values in columns.items()})):
        found = [one.name for one in find_regimes(times_ns, held, CURVE_UNITS) if one.name not in ("start-up", "coast-down")]
        assert found == expected


@pytest.mark.slow
def test_sample_pumps_are_told_as_their_generator_made_them_with_all_channels_and_with_two() -> None:
    """Truth: stopped where the shaft turns slower than 5 %; shares of the rows that agree."""
    agreed = {"all": [], "two": []}
    for pump, around in sample_pumps(seed=2, days=4):
        truth = pump.state.r > 0.05
        instants = START_NS + (around.t_s * SECOND).astype(np.int64)
        number, letter = pump.number, pump.letter
        every = {instrument.tag: values for instrument, values in channels_of(pump, around, np.random.default_rng(0))}
        units = {instrument.tag: instrument.unit for instrument, _ in channels_of(pump, around, np.random.default_rng(0))}
        two = {name: every[name] for name in (f"II-{number}{letter}", f"PI-{number}{letter}")}
        for which, columns in (("all", every), ("two", two)):
            told = np.zeros(len(instants), bool)
            for one in find_regimes(instants, columns, units):
                told[(instants >= one.start_ns) & (instants <= one.end_ns)] = one.name not in ("stopped", "standby", "coast-down")
            agreed[which].append(float(np.mean(told == truth)))
    assert min(agreed["all"]) > 0.998
    assert min(agreed["two"]) > 0.998


def sample_pumps(seed: int, days: float) -> list[tuple[PumpTruth, Surroundings]]:
    streams = Streams(seed)
    around = surroundings(days * 86_400, 30.0, streams)
    return [(pump, around) for plan in plan_station(4, days * 86_400, streams) for pump in simulate_pair(plan, around, streams)]
