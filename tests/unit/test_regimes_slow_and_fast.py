"""Operating states in logs of hours and of fractions of a second, by a status, and where a gauge lies behind the valve."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from workbench.logs.regimes.find import find_regimes
from workbench.logs.regimes.pump_roles import find_roles
from workbench.logs.regimes.regime import Regime
from workbench.logs.units import find_quantity

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


def states(columns: dict[str, np.ndarray], units: dict[str, str | None], step_ns: int) -> tuple[Regime, ...]:
    n = len(next(iter(columns.values())))
    return find_regimes(np.arange(n, dtype=np.int64) * step_ns, columns, units)


def said(found: tuple[Regime, ...], step_ns: int) -> list[tuple[str, int, int]]:
    """Name, first row, last row."""
    return [(one.name, one.start_ns // step_ns, one.end_ns // step_ns) for one in found]


def hourly(pattern: list[int], seed: int = 1) -> tuple[dict[str, np.ndarray], np.ndarray]:
    is_on = np.repeat(np.arange(len(pattern)) % 2 == 0, pattern)
    flow = np.where(is_on, 95 + np.random.default_rng(seed).normal(0, 3, len(is_on)), 0.0)
    return {"F_PU7": np.round(flow, 2), "S_PU7": is_on.astype(float)}, is_on


def test_single_hours_of_an_hourly_log_are_stops_and_runs_and_no_start_is_claimed() -> None:
    pattern = [20, 1, 5, 2, 1, 1, 30, 4, 2, 10]
    columns, _ = hourly(pattern)
    ends = np.cumsum(pattern)
    expected = [
        ("steady" if k % 2 == 0 else "stopped", int(end - size), int(end - 1))
        for k, (size, end) in enumerate(zip(pattern, ends, strict=True))
    ]
    assert said(states(columns, {}, HOUR), HOUR) == expected


def test_a_flow_that_falls_while_the_status_says_run_may_be_a_lower_speed() -> None:
    columns, _ = hourly([200, 20, 200])
    columns["F_PU7"][50:60] *= 0.4
    throttled = [one for one in states(columns, {}, HOUR) if one.name == "throttled"]
    assert [(one.start_ns // HOUR, one.end_ns // HOUR, one.could_be) for one in throttled] == [(50, 59, ("steady",))]


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_status_that_never_changes_tells_that_the_pump_always_stood_or_ran(value: float) -> None:
    found = states({"F_PU3": np.full(500, 90.0 * value), "S_PU3": np.full(500, value)}, {}, HOUR)
    assert [one.name for one in found] == ["steady" if value else "stopped"]


def test_a_status_that_the_flow_belies_is_not_this_pump_s() -> None:
    columns, is_on = hourly([50, 50, 50, 50])
    columns["S_PU7"] = 1 - columns["S_PU7"]
    at_rest = [one for one in states(columns, {}, HOUR) if one.name == "stopped"]
    assert [(one.start_ns // HOUR, one.end_ns // HOUR) for one in at_rest] == [(50, 99), (150, 199)]
    assert not is_on[50]


@pytest.mark.parametrize(
    ("name", "is_status"),
    [
        ("Pump running", True), ("Motor run", True), ("P-101 Status", True), ("S_PU10", True), ("Run fault", False),
        ("Valve status", False), ("Pump ready", False), ("Trunk line", False), ("Autostart status", False),
    ],
)  # fmt: skip
def test_what_is_the_state_of_a_motor_is_told_by_its_words(name: str, *, is_status: bool) -> None:
    values = np.repeat([0.0, 1.0, 0.0], 50)
    assert (find_roles({name: values}, {}).status == name) == is_status
    assert find_roles({name: values * 2}, {}).status is None


@pytest.mark.parametrize(
    ("name", "quantity"),
    [("F_PU1", "flow"), ("L_T7", "level"), ("P_PU1", ""), ("F_V2", ""), ("S_PU1", ""), ("L_J28", "")],
)
def test_models_of_networks_name_flows_of_pumps_and_levels_of_tanks(name: str, quantity: str) -> None:
    assert find_quantity(None, name) == quantity


def a_rig(n: int = 20_000, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Load and head in shares, five samples a second, noise of a hundredth or two."""
    rng = np.random.default_rng(seed)
    return 1 + rng.normal(0, 0.015, n), 1 + rng.normal(0, 0.015, n)


def test_noise_of_a_fast_log_does_not_hide_five_minutes_against_a_shut_valve() -> None:
    load, head = a_rig()
    load[8000:9500] *= 0.65
    head[8000:9500] *= 1.16
    found = states({"I": 20 * load, "P": 3 * head}, {"I": "A", "P": "bar"}, SECOND // 5)
    other = [one for one in found if one.name != "steady"]
    assert sum(one.end_ns - one.start_ns for one in other) > 0.9 * 300 * SECOND
    assert {one.name for one in other} <= {"dead-head", "minimum flow", "not distinguishable"}


@pytest.mark.parametrize(("load_share", "could_be"), [(0.6, ("dead-head",)), (0.3, ())])
def test_a_gauge_behind_the_valve_leaves_a_shut_valve_and_a_dry_pump_apart_by_load_only(
    load_share: float, could_be: tuple[str, ...]
) -> None:
    load, head = a_rig(2000)
    load[800:1000] *= load_share
    head[800:1000] *= 0.1
    found = states({"I": 20 * load, "P": 3 * head}, {"I": "A", "P": "bar"}, 10 * SECOND)
    assert [(one.name, one.could_be) for one in found if one.name != "steady"] == [("dry run", could_be)]


@pytest.mark.data
@pytest.mark.skipif("PUMP_DATA" not in os.environ, reason="PUMP_DATA names no folder of public data")
@pytest.mark.parametrize("pump", [1, 2, 3, 4, 6, 7, 8, 10, 11])
def test_the_pumps_of_a_water_network_run_and_stand_hour_by_hour_as_they_did(pump: int) -> None:
    with (Path(os.environ["PUMP_DATA"]) / "batadal" / "dataset03.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    names = [name.strip() for name in header]
    flow, status = (np.array([float(row[names.index(f"{letter}_PU{pump}")]) for row in rows]) for letter in "FS")
    found = states({f"F_PU{pump}": flow, f"S_PU{pump}": status}, {}, HOUR)
    runs = np.zeros(len(rows), bool)
    for one in found:
        assert one.name in ("steady", "stopped")
        runs[one.start_ns // HOUR : one.end_ns // HOUR + 1] = one.name == "steady"
    np.testing.assert_array_equal(runs, status > 0)
