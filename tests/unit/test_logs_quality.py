"""Quality findings: what is wrong is found and said in words, what is usual is left alone."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from workbench.logs.checks.phrases import format_instant, format_span
from workbench.logs.checks.quality import find_quality
from workbench.logs.summary import Finding

SECOND = 1_000_000_000
MIDNIGHT_NS = 1_773_273_600 * SECOND  # 2026-03-12T00:00:00Z
N_ROWS = 40_000


def times(n_rows: int = N_ROWS) -> np.ndarray:
    return MIDNIGHT_NS + np.arange(n_rows, dtype=np.int64) * SECOND


def pump(seed: int = 0, n_rows: int = N_ROWS) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "PI-1": np.round(6 + 0.05 * rng.standard_normal(n_rows), 3),
        "II-1": np.round(37 + 0.5 * rng.standard_normal(n_rows), 2),
        "TI-1": np.round(54 + np.cumsum(0.002 * rng.standard_normal(n_rows)), 1),
        "FI-1": np.round(290 + 2 * rng.standard_normal(n_rows), 0),
    }


UNITS = {"PI-1": "bar", "II-1": "A", "TI-1": "degC", "FI-1": "m3/h"}


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.channel) for finding in findings]


def test_a_healthy_pump_gives_no_finding() -> None:
    for seed in range(5):
        assert find_quality(times(), pump(seed), UNITS) == ()


def test_a_stuck_sensor_is_named_with_since_when_and_how_long() -> None:
    columns = pump()
    columns["PI-1"][11_520:34_800] = 6.146
    (finding,) = find_quality(times(), columns, UNITS)
    assert (finding.code, finding.channel, finding.severity) == ("FLAT_LINE", "PI-1", "failure")
    assert finding.text == "Flat from 12 Mar 03:12 UTC, 6 h 28 min, at 6.146 bar"
    assert (finding.start_ns, finding.end_ns) == (times()[11_520], times()[34_799])


def test_a_sensor_stuck_to_the_end_is_flat_since() -> None:
    columns = pump()
    columns["PI-1"][30_000:] = 6.146
    (finding,) = find_quality(times(), columns, UNITS)
    assert finding.text.startswith("Flat since 12 Mar 08:20 UTC")


def test_bad_samples_inside_do_not_hide_a_stuck_sensor() -> None:
    columns = pump()
    columns["PI-1"][10_000:20_000] = 6.1
    columns["PI-1"][10_005:20_000:3] = np.nan
    (finding,) = find_quality(times(), columns, UNITS)
    assert finding.code == "FLAT_LINE"
    assert finding.end_ns == pytest.approx(times()[19_999], abs=3 * SECOND)


def test_a_stopped_pump_is_no_stuck_sensor() -> None:
    columns = pump()
    for name, rest in (("PI-1", 1.012), ("II-1", 0.0), ("FI-1", 0.0)):
        columns[name][10_000:25_000] = rest
    assert find_quality(times(), columns, UNITS) == ()


def test_a_switch_and_a_log_on_change_are_no_stuck_sensors() -> None:
    columns = {**pump(), "XS-1": np.where(np.arange(N_ROWS) < 20_000, 0.0, 1.0)}
    assert find_quality(times(), columns, UNITS) == ()
    steps = np.where(np.arange(N_ROWS) % 20 == 0, 900, 1)
    held = {"LI-1": np.repeat(np.round(np.random.default_rng(0).normal(50, 5, N_ROWS // 400), 1), 400)}
    assert find_quality(MIDNIGHT_NS + np.cumsum(steps) * SECOND, held, {"LI-1": "m"}) == ()


def test_a_quantised_flow_that_rests_on_a_value_is_coarse_and_not_stuck() -> None:
    rng = np.random.default_rng(4)
    flow = np.repeat(rng.integers(30, 34, N_ROWS // 8), 8).astype(float)
    flow[500:620] = 32.0
    (finding,) = find_quality(times(len(flow)), {"FI-1": flow}, {"FI-1": "L/min"})
    assert finding.code == "QUANTIZED"
    assert finding.text == "Told in steps of 1 L/min: 3 of them are all it usually spans"


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_a_slow_temperature_in_whole_degrees_rests_for_hours_and_is_stuck_for_many_more(seed: int) -> None:
    n_rows = 2 * N_ROWS
    slow = np.cumsum(np.random.default_rng(seed).normal(0, 0.02, n_rows))
    columns = {**pump(n_rows=n_rows), "TI-1": np.round(54 + slow + np.random.default_rng(seed + 50).normal(0, 0.06, n_rows))}
    coarse = {("QUANTIZED", "TI-1")}  # which is true of it
    assert set(codes(find_quality(times(n_rows), columns, UNITS))) <= coarse
    columns["TI-1"][20_000:60_000] = columns["TI-1"][20_000]
    assert set(codes(find_quality(times(n_rows), columns, UNITS))) - coarse == {("FLAT_LINE", "TI-1")}


def test_a_signal_below_its_range_is_pinned() -> None:
    columns = {**pump(), "LI-1": np.round(70 + np.random.default_rng(1).normal(0, 2, N_ROWS), 1)}
    columns["LI-1"][5000:8600] = -25.0
    (finding,) = find_quality(times(), columns, {**UNITS, "LI-1": "%"})
    assert (finding.code, finding.channel) == ("SATURATED", "LI-1")
    assert "59 min 59 s" in finding.text
    assert "-25 %" in finding.text


def test_peaks_cut_off_at_one_value_are_saturated() -> None:
    vibration = np.minimum(np.abs(np.random.default_rng(1).normal(0, 4, N_ROWS)), 10.0)
    (finding,) = find_quality(times(), {"VI-1": vibration}, {"VI-1": "mm/s"})
    assert finding.code == "SATURATED"
    assert finding.text.startswith("Cut off at the top")


def test_a_valve_that_is_fully_open_is_at_no_rail() -> None:
    valve = np.clip(
        np.round(80 + 30 * np.sin(np.arange(N_ROWS) / 700) + np.random.default_rng(0).normal(0, 1, N_ROWS), 1), 0, 100
    )
    assert "SATURATED" not in [code for code, _ in codes(find_quality(times(), {"ZI-1": valve}, {"ZI-1": "%"}))]


def test_plain_zeros_on_a_running_pump_are_suspected() -> None:
    columns = pump()
    columns["PI-1"][3000:3065] = 0.0
    columns["TI-1"][3000:3065] = 0.0
    assert codes(find_quality(times(), columns, UNITS)) == [("ZERO_SUSPECTED", "PI-1"), ("ZERO_SUSPECTED", "TI-1")]


def test_zero_pressure_of_a_stopped_pump_is_believed_but_no_zero_temperature() -> None:
    columns = pump()
    for name in UNITS:
        columns[name][3000:3065] = 0.0
    assert codes(find_quality(times(), columns, UNITS)) == [("ZERO_SUSPECTED", "TI-1")]


def test_a_stop_is_believed_beside_transmitters_that_are_logged_as_milliamperes() -> None:
    columns = {**pump(), "JI-1": 70 + pump(1)["PI-1"]}
    loops = {
        name: np.round(12 + 0.05 * pump(2 + number)["II-1"], 3) for number, name in enumerate(("PT-2", "PT-3", "TT-2", "LT-2"))
    }
    for name in ("II-1", "JI-1", "FI-1"):
        columns[name][10_000:12_000] = 0.0
    units = {**UNITS, "JI-1": "kW", **dict.fromkeys(loops, "mA")}
    assert find_quality(times(), {**columns, **loops}, units) == ()


def on_change(
    columns: dict[str, np.ndarray], bands: dict[str, float], most_rows: int
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What a historian keeps of each channel by itself, on one axis: a sample where it left the last kept one by a band."""
    kept = {}
    for name, values in columns.items():
        rows, last = [0], 0
        for row, value in enumerate(values.tolist()):
            if abs(value - values[rows[-1]]) >= bands[name] or row - last >= most_rows:
                rows.append(row)
                last = row
        kept[name] = np.full(len(values), np.nan)
        kept[name][rows] = values[rows]
    is_any = ~np.all([np.isnan(values) for values in kept.values()], axis=0)
    return times()[is_any], {name: values[is_any] for name, values in kept.items()}


def test_a_stop_in_a_log_on_change_is_believed_and_its_quiet_minutes_are_no_gaps() -> None:
    columns = pump()
    for name in ("II-1", "FI-1"):
        columns[name][20_000:24_000] = 0.0
    instants, kept = on_change(columns, {"PI-1": 0.12, "II-1": 1.7, "TI-1": 0.5, "FI-1": 1.0}, 900)
    assert np.count_nonzero(np.diff(instants) > 30 * SECOND) > 0
    assert find_quality(instants, kept, UNITS) == ()


def test_two_pumps_in_turn_in_one_table_are_each_held_against_themselves() -> None:
    columns, units = {}, {}
    for number, pump_tag in enumerate(("P-310A", "P-310B")):
        is_off = (np.arange(N_ROWS) // 10_000 % 2) == number
        for name, values in pump(number).items():
            rest = values.mean() - 14 if name == "TI-1" else values if name == "PI-1" else 0.0
            columns[f"{pump_tag} {name}"] = np.where(is_off, rest, values)
            units[f"{pump_tag} {name}"] = UNITS[name]
    columns["header level"], units["header level"] = 2 + 0.1 * pump(7)["PI-1"], "m"
    assert find_quality(times(), columns, units) == ()
    columns["P-310B FI-1"][21_000:28_000] = 288.0
    assert codes(find_quality(times(), columns, units)) == [("FLAT_LINE", "P-310B FI-1")]


def test_a_channel_that_never_moves_is_remarked_without_alarm() -> None:
    (finding,) = find_quality(times(), {**pump(), "SP-1": np.full(N_ROWS, 4.5)}, {**UNITS, "SP-1": "bar"})
    assert (finding.code, finding.severity) == ("FLAT_LINE", "not_checked")
    assert finding.text.startswith("Always 4.5 bar")


def test_a_long_gap_is_told_once_with_its_length() -> None:
    instants = times()
    instants[1000:] += 3 * 3600 * SECOND
    instants[2000:] += 600 * SECOND
    (finding,) = find_quality(instants, pump(), UNITS)
    assert (finding.code, finding.channel) == ("GAP", None)
    assert finding.text == "2 gaps; the longest: 3 h from 12 Mar 00:16:39"


def test_single_precision_and_memory_maps_are_read_alike(tmp_path: Path) -> None:
    columns = pump()
    columns["PI-1"][11_520:34_800] = 6.146
    columns["PI-1"].astype(np.float32).tofile(tmp_path / "values")
    mapped = np.memmap(tmp_path / "values", np.float32, "r")
    assert codes(find_quality(times(), {"PI-1": mapped}, UNITS)) == [("FLAT_LINE", "PI-1")]


def test_an_empty_or_short_log_has_no_findings() -> None:
    assert find_quality(np.zeros(0, np.int64), {"PI-1": np.zeros(0)}, UNITS) == ()
    assert find_quality(times(5), {"PI-1": np.zeros(5)}, UNITS) == ()
    assert find_quality(times(100), {"PI-1": np.full(100, np.nan)}, UNITS) == ()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "0.5 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min 59 s"), (23_280, "6 h 28 min"), (90_000, "1 d 1 h")],
)
def test_spans_are_said_in_two_units(seconds: float, words: str) -> None:
    assert format_span(int(seconds * SECOND)) == words


def test_instants_are_short_and_in_utc() -> None:
    assert format_instant(MIDNIGHT_NS + 11_520 * SECOND) == "12 Mar 03:12"


@pytest.mark.data
@pytest.mark.skipif("PUMP_DATA" not in os.environ, reason="PUMP_DATA names no folder of public data")
def test_a_real_test_rig_gives_no_finding_but_gaps_and_its_coarse_pressure_and_flow() -> None:
    for path in sorted((Path(os.environ["PUMP_DATA"]) / "skab").glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter=";"))
        names = rows[0][1:9]
        instants = np.array([int(datetime.fromisoformat(row[0] + "+00:00").timestamp()) * SECOND for row in rows[1:]])
        values = np.array([[float(cell) for cell in row[1:9]] for row in rows[1:]])
        columns = {name: values[:, k] for k, name in enumerate(names)}
        found = set(codes(find_quality(instants, columns, {})))
        assert found <= {("GAP", None), ("QUANTIZED", "Volume Flow RateRMS"), ("QUANTIZED", "Pressure")}, path.name
        # Three or four readings of pressure, 0.328 apart; a litre a minute is a thirtieth of what flows with the valve.
        assert ("QUANTIZED", "Pressure") in found
        assert ("QUANTIZED", "Volume Flow RateRMS") in found or path.parent.name != "valve1"
