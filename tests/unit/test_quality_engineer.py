"""Findings as an engineer reads them: what a process does by itself is none, and each says what it could be.

The cases were met on public logs (a test rig, a hydraulic rig, a water network under attack) and on pumps made for measuring.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from workbench.logs.checks.phrases import format_value
from workbench.logs.checks.quality import find_quality
from workbench.logs.summary import Finding

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
START_NS = 1_772_409_600 * SECOND  # 2026-03-02T00:00:00Z
UNITS: dict[str, str | None] = {"II-1": "A", "PI-1": "bar", "FI-1": "m3/h"}


def found_in(columns: dict[str, np.ndarray], units: dict[str, str | None], step_ns: int = 30 * SECOND) -> list[Finding]:
    n = len(next(iter(columns.values())))
    return list(find_quality(START_NS + np.arange(n, dtype=np.int64) * step_ns, columns, units))


def a_pump(n: int = 12_000, seed: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    pressure = np.round(6 + 0.2 * np.sin(np.arange(n) / 700) + rng.normal(0, 0.05, n), 3)
    return {"II-1": np.round(40 + rng.normal(0, 0.3, n), 2), "PI-1": pressure, "FI-1": np.round(300 + rng.normal(0, 2, n), 1)}


@pytest.mark.parametrize(
    ("name", "unit", "value", "words"),
    [
        ("S_PU1", None, 1.0, "Always 1: a state that never changed, or a signal that is not connected"),
        ("F_PU3", None, 0.0, "Always 0: a pump that never ran, a state that never came, or a signal that is not connected"),
        ("SP-1", "bar", 4.5, "Always 4.5 bar: a set point, or a signal that is not connected"),
    ],
)
def test_what_never_moves_is_said_to_be_what_it_can_be(name: str, unit: str | None, value: float, words: str) -> None:
    (finding,) = found_in({**a_pump(), name: np.full(12_000, value)}, {**UNITS, name: unit})
    assert (finding.text, finding.severity) == (words, "not_checked")


def test_a_minus_zero_is_said_as_zero() -> None:
    assert format_value(-0.0, "m3/h") == "0 m3/h"


def test_a_tank_that_is_full_for_half_of_the_time_is_at_its_limit_and_not_only_cut_off() -> None:
    level = np.round(np.minimum(5.5, 5.52 + 0.3 * np.random.default_rng(1).normal(0, 1, 9000)), 6)
    (finding,) = found_in({"LI-1": level}, {"LI-1": "m"}, HOUR)
    assert finding.code == "SATURATED"
    assert "exactly 5.5 m, its highest value: the process stands at its limit, or the signal is cut off there" in finding.text


def test_a_schedule_of_four_steps_is_no_pinned_sensor() -> None:
    rng = np.random.default_rng(2)
    steps = np.repeat(rng.choice([73.0, 80.0, 90.0, 100.0], 120), rng.integers(5, 60, 120))
    steps[500:900] = 100.0
    n = len(steps)
    assert found_in({**a_pump(n), "valve test": steps}, UNITS) == []


@pytest.mark.parametrize(("load", "n_found"), [(40.0, 1), (24.0, 0)])
def test_a_flow_at_nothing_is_stuck_only_where_load_and_pressure_go_on(load: float, n_found: int) -> None:
    columns = a_pump()
    columns["FI-1"][4000:4300] = 0.0
    if load < 40:  # the valve shut: less load, more head
        columns["II-1"][4000:4300] *= load / 40.0
        columns["PI-1"][4000:4300] *= 1.2
    flat = [one for one in found_in(columns, UNITS) if one.channel == "FI-1"]
    assert len(flat) == n_found


def test_half_a_day_on_one_value_in_an_hourly_log_is_stuck_and_a_full_tank_is_not() -> None:
    columns = a_pump(3000)
    columns["PI-1"][1000:1014] = 6.123
    columns["LI-1"] = np.round(np.minimum(3.0, 2.5 + 0.4 * np.random.default_rng(8).normal(0, 1, 3000)), 4)
    columns["LI-1"][2000:2014] = columns["LI-1"].max()
    (finding,) = [one for one in found_in(columns, {**UNITS, "LI-1": "m"}, HOUR) if one.code == "FLAT_LINE"]
    assert (finding.channel, finding.start_ns, finding.end_ns) == ("PI-1", START_NS + 1000 * HOUR, START_NS + 1013 * HOUR)


def test_a_pressure_of_three_readings_is_coarse() -> None:
    rng = np.random.default_rng(3)
    pressure = 0.055 + 0.328 * rng.choice([-1, 0, 0, 0, 0, 1], 3000)
    (finding,) = found_in({"Pressure": pressure}, {"Pressure": "bar"}, SECOND)
    assert (finding.code, finding.text) == ("QUANTIZED", "Told in steps of 0.328 bar: 2 of them are all it usually spans")


def test_readings_that_were_interpolated_a_little_off_their_steps_are_coarse_all_the_same() -> None:
    rng = np.random.default_rng(4)
    flow = 32 + np.repeat(rng.integers(-1, 2, 400), 5) + rng.choice([0.0, 0.0, 0.002, -0.003], 2000)
    (finding,) = found_in({"Flow": flow}, {"Flow": "L/min"}, SECOND)
    assert (finding.code, finding.text) == ("QUANTIZED", "Told in steps of 1 L/min: 2 of them are all it usually spans")


def test_an_hour_of_another_duty_makes_a_coarse_channel_no_finer() -> None:
    columns = a_pump()
    columns["FI-1"][2000:2600] = np.round(80 + np.random.default_rng(6).normal(0, 2, 600), 1)
    columns["FI-1"] = np.round(columns["FI-1"] / 10) * 10
    (finding,) = [one for one in found_in(columns, UNITS) if one.code == "QUANTIZED"]
    assert finding.channel == "FI-1"
    assert finding.text.startswith("Told in steps of 10 m3/h")


def test_a_low_suction_in_millibar_steps_is_fine_enough_beside_its_discharge() -> None:
    columns = {**a_pump(), "PI-0": np.round(0.05 + 0.0004 * np.random.default_rng(9).normal(0, 1, 12_000), 3)}
    assert [one for one in found_in(columns, {**UNITS, "PI-0": "bar"}) if one.code == "QUANTIZED"] == []


@pytest.mark.parametrize("factor", [1 / 3.6, 4.40287])
def test_a_unit_jump_is_found_however_much_the_process_moves_the_flow(factor: float) -> None:
    rng = np.random.default_rng(7)
    columns = a_pump()
    duty = 1 + 0.02 * np.cumsum(rng.normal(0, 0.05, 12_000))
    for first, share in ((1500, 0.45), (4000, 0.2), (5900, 0.5), (8000, 0.4), (10_000, 0.25)):
        duty[first : first + 300] *= share
        columns["II-1"][first : first + 300] *= 0.5 + 0.5 * share
    flow = np.round(300 * duty + rng.normal(0, 2, 12_000), 1)
    flow[6500:] = np.round(flow[6500:] * factor, 1)
    columns["FI-1"] = flow
    (finding,) = [one for one in found_in(columns, UNITS) if one.code == "UNIT_JUMP"]
    assert (finding.channel, finding.start_ns) == ("FI-1", START_NS + 6500 * 30 * SECOND)
    assert finding.remedy is not None and finding.remedy.factor == pytest.approx(1 / factor, rel=1e-4)


def test_a_load_that_rises_by_a_third_is_no_change_of_unit() -> None:
    columns = a_pump()
    columns["JI-1"] = np.round(25.8 + np.random.default_rng(1).normal(0, 0.4, 12_000), 2)
    columns["JI-1"][6000:6003] *= 1.341
    columns["JI-1"][6003:] *= 1.2
    assert [one.code for one in found_in(columns, {**UNITS, "JI-1": "kW"}) if one.channel == "JI-1"] == []


def test_the_noise_of_a_flow_that_is_throttled_falls_with_it_and_no_line_is_plugged() -> None:
    rng = np.random.default_rng(11)
    columns = a_pump()
    columns["FI-1"] = 300 * np.exp(0.02 * rng.normal(0, 1, 12_000))
    columns["FI-1"][5000:9000] *= 0.2
    columns["FI-1"] = np.round(columns["FI-1"], 1)
    assert [one.code for one in found_in(columns, UNITS) if one.code == "PLUGGED_LINE"] == []


def hourly_level(n: int = 4000) -> np.ndarray:
    rng = np.random.default_rng(12)
    return np.round(3 + 0.8 * np.sin(np.arange(n) / 3.8) + np.cumsum(rng.normal(0, 0.05, n)) * 0.2 + rng.normal(0, 0.1, n), 2)


def test_two_days_of_an_hourly_level_that_were_played_back_are_told_each_time() -> None:
    level = hourly_level()
    for first in (1700, 3000):
        level[first : first + 94] = np.tile(level[first - 48 : first], 2)[:94]
    (finding,) = [one for one in found_in({"L_T4": level}, {"L_T4": "m"}, HOUR) if one.code == "REPEATED_BLOCK"]
    assert finding.text.startswith("94 samples from 5 Jul 00:00 UTC, 3 d 21 h, are those from 3 Jul 00:00 again: a hole that was")
    assert finding.text.endswith("or a recording that was played back; so are those from 11 May 20:00")


def test_a_ramp_that_comes_again_is_no_copy() -> None:
    # A tank that empties at one rate, filled again and again: the values are the same, the steps tell nothing.
    ramp = np.round(5 - 0.02 * np.arange(60), 2)
    rng = np.random.default_rng(13)
    level = np.concatenate([np.append(ramp, np.round(5 + rng.normal(0, 0.2, 25), 3)) for _ in range(40)])
    assert [one.code for one in found_in({"LI-1": level}, {"LI-1": "m"}, HOUR) if one.code == "REPEATED_BLOCK"] == []


@pytest.mark.parametrize("units", [{}, {"II-1": "A", "PI-1": "bar", "FI-1": "m3/h", "SI-1": "Hz"}])
def test_a_pump_that_stands_is_no_dead_meter_where_no_units_are_printed(units: dict[str, str | None]) -> None:
    columns = {**a_pump(), "SI-1": np.round(48 + np.random.default_rng(3).normal(0, 0.05, 12_000), 2)}
    columns["SI-1"][3000:4500] = 50.0  # a drive at its limit
    for name, rest in (("II-1", 0.0), ("FI-1", 0.0), ("SI-1", 0.0), ("PI-1", 2.1)):
        columns[name][7000:7900] = rest
    assert found_in(columns, units) == []


@pytest.mark.data
@pytest.mark.skipif("PUMP_DATA" not in os.environ, reason="PUMP_DATA names no folder of public data")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("dataset03.csv", {}),
        (
            "dataset04.csv",
            {  # the hours in which attackers played recordings back (BATADAL 2017, training data 2)
                None: "2016-10-29T18", "L_T7": "2016-09-13T22", "L_T4": "2016-12-14T14", "F_PU7": "2016-12-14T14",
            },
        ),
    ],
)  # fmt: skip
def test_recordings_that_attackers_of_a_water_network_played_back_are_told_and_no_others(
    name: str, told: dict[str | None, str]
) -> None:
    with (Path(os.environ["PUMP_DATA"]) / "batadal" / name).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = {channel.strip(): np.array([float(row[k]) for row in rows]) for k, channel in enumerate(header[1:-1], 1)}
    # A year from January (month first), a half year from July (day first).
    first = datetime(2014, 1, 6, tzinfo=UTC) if "03" in name else datetime(2016, 7, 4, tzinfo=UTC)
    times = int(first.timestamp()) * SECOND + np.arange(len(rows), dtype=np.int64) * HOUR
    found = [one for one in find_quality(times, columns, {}) if one.code not in ("FLAT_LINE", "SATURATED")]
    said = {one.channel: datetime.fromtimestamp((one.start_ns or 0) // SECOND, UTC).strftime("%Y-%m-%dT%H") for one in found}
    assert len(said) == len(found)
    assert [one.text[-34:] for one in found if one.channel is None] == ["(3 channels: P_J269, F_PU1, F_PU2)"] * (None in told)
    assert (said, {one.code for one in found}) == (told, {"REPEATED_BLOCK"} if told else set())
