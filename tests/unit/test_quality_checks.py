"""Checks of a log: injected faults are found, each with its words; healthy pumps and public rigs are left in peace."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.unit.quality_injections import Injection, Log, healthy_logs, injections, is_found, swinging_door
from workbench.logs.checks.quality import find_quality
from workbench.logs.regimes.pump_roles import find_roles
from workbench.logs.summary import Finding

SECOND = 1_000_000_000
START_NS = 1_772_409_600 * SECOND  # 2026-03-02T00:00:00Z


@pytest.fixture(scope="module")
def log() -> Log:
    return next(healthy_logs((1,), 1, 7))


def of_kind(log: Log, kind: str, size: str = "") -> Injection:
    return next(one for one in injections(log) if one.kind == kind and size in one.size)


def only(log: Log, one: Injection) -> Finding:
    """The finding that the injection asks for."""
    return next(found for found in log.findings(one.columns, one.times_ns) if found.code in one.codes)


@pytest.mark.slow
def test_nine_of_ten_injected_faults_are_found_and_nothing_is_said_of_other_channels(log: Log) -> None:
    told = {}
    for one in injections(log):
        if (one.kind, one.size) not in told:
            told[one.kind, one.size] = is_found(one, log)
    missed = [key for key, (is_hit, _) in told.items() if not is_hit]
    assert len(missed) <= 0.1 * len(told), missed
    assert {kind for kind, _ in told} - {kind for kind, size in told if (kind, size) not in missed} == set()
    assert [
        (key, found.code, found.channel) for key, (_, extra) in told.items() for found in extra if key[0] != "not zero at rest"
    ] == []


@pytest.mark.slow
def test_healthy_sample_pumps_give_no_finding_but_gaps() -> None:
    found = [
        (healthy.name, one.code, one.channel, one.text)
        for healthy in healthy_logs((3, 4), 4, 7)
        for one in healthy.findings(healthy.columns)
        if one.code != "GAP"
    ]
    assert found == []


def test_a_spike_is_told_with_its_value_its_instant_and_what_is_around_it(log: Log) -> None:
    found = only(log, of_kind(log, "spike", "400%"))
    assert found.start_ns == found.end_ns
    assert found.text.startswith("A single sample of")
    assert found.text.endswith("1 more like it")


def test_a_spike_in_two_channels_at_once_is_the_process(log: Log) -> None:
    one = of_kind(log, "spike", "400%")
    row = int(np.flatnonzero(one.columns["PI-2040A"] != log.columns["PI-2040A"])[0])
    flow = log.columns["FI-2041A"].copy()
    flow[row] *= 3
    once = {**log.columns, "PI-2040A": log.columns["PI-2040A"].copy(), "FI-2041A": flow}
    once["PI-2040A"][row] = one.columns["PI-2040A"][row]
    assert "SPIKE" not in {found.code for found in log.findings(once)}


def test_a_unit_jump_says_where_from_what_to_what_and_how_to_mend_it(log: Log) -> None:
    one = of_kind(log, "unit jump", "to psi")
    found = only(log, one)
    row = int(np.flatnonzero(one.columns["PI-2040A"] != log.columns["PI-2040A"])[0])
    assert found.start_ns == log.times_ns[row]
    assert "as if it changed from bar to psi (× 14.504)" in found.text
    assert found.remedy is not None
    assert found.remedy.factor == pytest.approx(1 / 14.5037738, rel=1e-6)


def test_exchanged_channels_name_each_other(log: Log) -> None:
    found = only(log, of_kind(log, "swapped", "DE, NDE"))
    assert (found.channel, found.remedy and found.remedy.other) == ("TI-2041A-DE", "TI-2041A-NDE")


def test_a_failed_loop_is_told_in_the_words_of_ne_43(log: Log) -> None:
    found = only(log, of_kind(log, "NE 43", "107"))
    assert "by NE 43" in found.text
    assert found.severity == "failure"


def test_frozen_channels_are_one_lost_connection(log: Log) -> None:
    found = log.findings(of_kind(log, "connection lost").columns)
    lost = [one for one in found if one.code == "COMMS_LOST"]
    assert len(lost) == 1
    assert "hold their last value for 2 h from" in lost[0].text
    assert sum(one.code == "FLAT_LINE" for one in found) <= 2


def test_a_speed_that_a_drive_holds_is_not_stuck_but_one_that_outlives_a_stop_is() -> None:
    rng = np.random.default_rng(0)
    n_rows = 20_000
    times = START_NS + np.arange(n_rows, dtype=np.int64) * SECOND
    columns = {"II-1": 80 + rng.normal(0, 0.5, n_rows), "SI-1": np.round(2950 + rng.normal(0, 4, n_rows), 1)}
    columns["SI-1"][5000:9000] = 2980.0
    units = {"II-1": "A", "SI-1": "rpm"}
    assert "FLAT_LINE" not in {found.code for found in find_quality(times, columns, units)}
    columns["II-1"][7000:8800] = 0.0
    assert ("FLAT_LINE", "SI-1") in {(found.code, found.channel) for found in find_quality(times, columns, units)} or (
        "SATURATED", "SI-1"
    ) in {(found.code, found.channel) for found in find_quality(times, columns, units)}  # fmt: skip


def test_lines_between_kept_points_are_no_measurement() -> None:
    noise = np.random.default_rng(0).normal(6, 0.1, 20_000)
    times = START_NS + np.arange(20_000, dtype=np.int64) * SECOND
    units = {"PI-1": "bar"}
    assert find_quality(times, {"PI-1": noise}, units) == ()
    (found,) = find_quality(times, {"PI-1": swinging_door(noise, 0.25)}, units)
    assert found.code == "COMPRESSED"
    assert "straight lines" in found.text


def test_suction_and_discharge_are_told_by_words_or_by_level() -> None:
    columns = {"P suction": np.full(100, 1.0), "P disch": np.full(100, 9.0)}
    named = find_roles(columns, {"P suction": "bar", "P disch": "bar"})
    assert (named.suction, named.discharge) == ("P suction", "P disch")
    tags = {"PI-10": np.full(100, 9.0), "PI-11": np.full(100, 1.0), "II-10": np.full(100, 9.0)}
    told = find_roles(tags, {"PI-10": "bar", "PI-11": "bar", "II-10": "A"})
    assert (told.suction, told.discharge, told.current) == ("PI-11", "PI-10", "II-10")


def test_a_loop_in_milliamperes_is_no_motor_current() -> None:
    roles = find_roles({"PT-1": np.full(100, 12.0), "II-1": np.full(100, 80.0)}, {"PT-1": "mA", "II-1": "A"})
    assert roles.current == "II-1"


@pytest.mark.data
@pytest.mark.skipif("PUMP_DATA" not in os.environ, reason="PUMP_DATA names no folder of public data")
def test_a_hydraulic_rig_of_two_days_gives_no_finding() -> None:
    folder = Path(os.environ["PUMP_DATA"]) / "hydraulic" / "rawData"
    units = {"CE": "%", "CP": "kW", "SE": "%", "TS1": "degC", "TS2": "degC", "TS3": "degC", "TS4": "degC", "VS1": "mm/s"}
    columns = {name: np.loadtxt(folder / f"{name}.txt").ravel() for name in units}
    times = np.arange(len(columns["CE"]), dtype=np.int64) * SECOND
    assert find_quality(times, columns, units) == ()


def found_in(columns: dict[str, np.ndarray], units: dict[str, str | None], step_s: int = 30) -> list[Finding]:
    n = len(next(iter(columns.values())))
    return list(find_quality(START_NS + np.arange(n, dtype=np.int64) * step_s * SECOND, columns, units))


def a_pump(n: int = 12_000, seed: int = 5) -> tuple[dict[str, np.ndarray], dict[str, str | None]]:
    rng = np.random.default_rng(seed)
    pressure = np.round(6 + 0.2 * np.sin(np.arange(n) / 700) + rng.normal(0, 0.05, n), 3)
    columns = {"II-1": np.round(40 + rng.normal(0, 0.3, n), 2), "PI-1": pressure, "FI-1": np.round(300 + rng.normal(0, 2, n), 1)}
    return columns, {"II-1": "A", "PI-1": "bar", "FI-1": "m3/h"}


@pytest.mark.parametrize("shift", [1600, 2003])
def test_a_hole_that_was_filled_with_a_copy_is_told_with_both_places(shift: int) -> None:
    columns, units = a_pump()
    columns["PI-1"][4000 + shift : 4600 + shift] = columns["PI-1"][4000:4600]
    (found,) = found_in(columns, units)
    assert (found.code, found.channel) == ("REPEATED_BLOCK", "PI-1")
    assert (found.start_ns, found.end_ns) == tuple(START_NS + row * 30 * SECOND for row in (4000 + shift, 4599 + shift))
    assert found.text.startswith("600 samples from")


@pytest.mark.parametrize(("digit", "n_rows", "shift"), [(0.001, 120, 4003), (0.05, 200, 3200), (0.05, 200, 4711)])
def test_a_short_copy_is_told_and_so_is_one_in_a_coarse_channel(digit: float, n_rows: int, shift: int) -> None:
    columns, units = a_pump()
    columns["PI-1"] = np.round(np.round(columns["PI-1"] / digit) * digit, 3)
    columns["PI-1"][2000 + shift : 2000 + shift + n_rows] = columns["PI-1"][2000 : 2000 + n_rows]
    (found,) = [one for one in found_in(columns, units) if one.code == "REPEATED_BLOCK"]
    assert (found.channel, found.start_ns) == ("PI-1", START_NS + (2000 + shift) * 30 * SECOND)
    assert found.end_ns is not None and 0 <= found.end_ns // SECOND - (START_NS // SECOND + (1999 + shift + n_rows) * 30) <= 120


def test_a_channel_that_is_told_in_larger_steps_from_an_instant_on_is_coarser_and_not_stuck() -> None:
    columns, units = a_pump()
    columns["PI-1"][8000:] = np.round(np.round(columns["PI-1"][8000:] / 0.25) * 0.25, 2)
    (found,) = found_in(columns, units)
    assert (found.code, found.channel) == ("COARSER", "PI-1")
    assert found.text.startswith("Told in steps of 0.25 bar since 4 Mar 18:")
    assert found.start_ns is not None and 0 <= found.start_ns // SECOND - (START_NS // SECOND + 8000 * 30) <= 64 * 30
    assert found.end_ns == START_NS + 11_999 * 30 * SECOND


def test_a_signal_that_rests_on_few_levels_for_long_is_no_copy_of_itself() -> None:
    columns, units = a_pump()
    columns["TI-1"] = np.round(54 + 0.6 * np.sin(np.arange(12_000) / 90) + 0.02 * columns["FI-1"] - 6, 0)
    assert "REPEATED_BLOCK" not in [one.code for one in found_in(columns, {**units, "TI-1": "degC"})]


def test_a_line_whose_noise_falls_below_its_last_digit_is_plugged_and_not_stuck() -> None:
    columns, units = a_pump(n=40_000)
    columns["PI-1"] += 0.1 * np.sin(np.arange(40_000) / 97)
    smooth = np.convolve(np.pad(columns["PI-1"], (60, 59), mode="edge"), np.full(120, 1 / 120), "valid")
    columns["PI-1"] = np.round(np.round(np.where(np.arange(40_000) < 30_000, columns["PI-1"], smooth) / 0.02) * 0.02, 2)
    (found,) = found_in(columns, units)
    assert (found.code, found.channel) == ("PLUGGED_LINE", "PI-1")
    assert "below its last digit (0.02 bar)" in found.text


def test_a_copy_of_all_channels_is_one_finding_about_the_log() -> None:
    columns, units = a_pump()
    for values in columns.values():
        values[7000:7600] = values[4000:4600]
    (found,) = found_in(columns, units)
    assert (found.code, found.channel) == ("REPEATED_BLOCK", None)
    assert "3 channels" in found.text


@pytest.mark.parametrize(("how", "words"), [("step", "steps by 0.2 bar"), ("ramp", "drifts by")])
def test_twins_that_come_apart_are_told_and_none_of_them_is_blamed(how: str, words: str) -> None:
    columns, units = a_pump()
    n, rng = len(columns["PI-1"]), np.random.default_rng(6)
    apart = 0.2 * (np.arange(n) > 7000) if how == "step" else 0.4 * np.clip((np.arange(n) - 7000) / 4000, 0, 1)
    columns["PI-2"] = np.round(columns["PI-1"] + 0.03 + apart + rng.normal(0, 0.01, n), 3)
    (found,) = found_in(columns, {**units, "PI-2": "bar"})
    assert (found.code, found.channel) == ("TWIN_BIAS", "PI-2")
    assert words in found.text
    assert "don't tell which" in found.text
    assert abs(found.start_ns - START_NS - 7000 * 30 * SECOND) < 900 * 30 * SECOND


def test_a_unit_jump_is_seen_beside_a_larger_change_of_the_process() -> None:
    columns, units = a_pump()
    columns["FI-1"][3000:3600] *= 0.05
    columns["II-1"][3000:3600] *= 0.6
    columns["FI-1"][8000:] = np.round(columns["FI-1"][8000:] / 3.6, 2)
    found = [one for one in found_in(columns, units) if one.code == "UNIT_JUMP"]
    assert [one.channel for one in found] == ["FI-1"]
    assert "from m3/h to L/s" in found[0].text


def test_a_sump_pump_that_runs_for_minutes_is_looked_at_while_it_runs() -> None:
    rng = np.random.default_rng(8)
    on = np.zeros(24_000, bool)
    for first in range(100, 23_900, 170):
        on[first : first + 24] = True
    columns = {
        "II-1": np.where(on, 10.5 + rng.normal(0, 0.05, len(on)), 0.0).round(2),
        "PI-1": np.where(on, 2.1 + rng.normal(0, 0.01, len(on)), 0.05 + rng.normal(0, 0.003, len(on))).round(3),
    }
    units: dict[str, str | None] = {"II-1": "A", "PI-1": "bar"}
    assert found_in(columns, units, 15) == []
    columns["PI-1"][on & (np.arange(len(on)) > 12_000)] *= 14.5038
    assert "UNIT_JUMP" in {one.code for one in found_in(columns, units, 15)}


def test_a_pump_that_runs_for_minutes_again_and_again_has_no_plugged_line() -> None:
    rng = np.random.default_rng(11)
    is_on = np.concatenate([np.repeat([True, False], (rng.integers(66, 120), rng.integers(60, 200))) for _ in range(400)])
    flow = np.where(is_on, np.round(175 + rng.normal(0, 1.2, len(is_on)), 2), 0.0)
    current = np.where(is_on, np.round(60 + rng.normal(0, 0.3, len(is_on)), 2), 0.0)
    kept = {f"TI-{number}": np.round(30 + rng.normal(0, 0.2, len(is_on)), 2) for number in range(1, 5)}
    units = {"II-1": "A", "FI-1": "m3/h", **dict.fromkeys(kept, "degC")}
    found = found_in({"II-1": current, "FI-1": flow, **kept}, units, step_s=2)
    assert "PLUGGED_LINE" not in [one.code for one in found]


def test_lines_that_a_historian_drew_are_known_though_they_are_printed_with_few_digits() -> None:
    columns, units = a_pump()
    columns["PI-1"] = np.round(swinging_door(columns["PI-1"], 0.08), 3)
    assert [one.code for one in found_in(columns, units) if one.channel == "PI-1"] == ["COMPRESSED"]
