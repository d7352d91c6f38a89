"""Overloads and knocks in bursts of acceleration are found; healthy bursts and slow shafts are left in peace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from workbench.core.jobs import Job
from workbench.logs.checks.waveforms import find_in_waveform, find_overloads
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.recordings.time_axis import RunsAxis
from workbench.logs.summary import Finding
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.samples import SampleRequest, write_samples

RATE_HZ, N = 25_600, 25_600
T_S = np.arange(N) / RATE_HZ


def bursts(n: int, seed: int = 0) -> tuple[RunsAxis, np.ndarray]:
    """`n` bursts of a second, an hour apart: a tone of the shaft and noise, in g [n, samples]."""
    rng = np.random.default_rng(seed)
    axis = RunsAxis(
        n_rows=n * N, step_ns=39062, step_rest=1, step_parts=2, first_rows=np.arange(n, dtype=np.int64) * N,
        first_ns=1_772_409_600_000_000_000 + np.arange(n, dtype=np.int64) * 3_600_000_000_000,
    )  # fmt: skip
    return axis, 0.1 * np.sin(2 * np.pi * 24.7 * T_S) + rng.normal(0, 0.3, (n, N))


def found(axis: RunsAxis, waves: np.ndarray, unit: str = "g") -> tuple[Finding, ...]:
    return find_overloads(axis, {"VT-1": waves.ravel()}, {"VT-1": unit})


def knock(size: float, tau_s: float = 0.2, at_s: float = 0.3) -> np.ndarray:
    return np.where(at_s <= T_S, size * np.exp(-np.clip(T_S - at_s, 0, None) / tau_s), 0.0)


def test_a_knock_is_told_with_its_burst_and_how_far_the_baseline_ran() -> None:
    axis, waves = bursts(6)
    waves[2] += knock(8.0)
    (one,) = found(axis, waves)
    assert (one.code, one.channel) == ("SENSOR_OVERLOAD", "VT-1")
    assert (one.start_ns, one.end_ns) == tuple(axis.take(np.array([2 * N, 3 * N - 1])).tolist())
    assert "ski slope" in one.text
    assert one.remedy is not None
    assert one.remedy.action == "exclude"


def test_many_such_bursts_are_one_finding_that_counts_them() -> None:
    axis, waves = bursts(12)
    waves[2:] += knock(4.0)
    waves[7] += knock(9.0)
    (one,) = found(axis, waves)
    assert one.text.startswith("In 10 of 12 bursts")
    assert one.start_ns == axis.first_ns[2]


@pytest.mark.parametrize("turns_a_second", [3.0, 5.0, 10.0, 25.0])
def test_a_slow_shaft_that_shakes_more_than_all_else_is_no_overload(turns_a_second: float) -> None:
    axis, waves = bursts(3)
    assert found(axis, 0.01 * waves + 2.0 * np.sin(2 * np.pi * turns_a_second * T_S)) == ()


def test_a_velocity_and_a_constant_offset_are_left_in_peace() -> None:
    axis, waves = bursts(3)
    assert found(axis, waves + 12.0) == ()
    waves[1] += knock(8.0)
    assert found(axis, waves, "mm/s") == ()


def test_a_burst_with_lost_samples_and_an_empty_one_are_told_by_what_is_there() -> None:
    axis, waves = bursts(4)
    waves[0] = np.nan
    waves[1, :2000] = np.nan
    waves[1] += knock(8.0)
    assert len(found(axis, waves)) == 1


@pytest.mark.slow
def test_bursts_of_sample_pumps_give_none_until_one_is_knocked(tmp_path: Path) -> None:
    write_samples(SampleRequest(out=str(tmp_path), pumps=1, days=0.5, seed=11, burst_every_h=4), Job())
    (path,) = tmp_path.glob("*.parquet")
    healthy = {one.code for one in parsed(path)}
    assert "SENSOR_OVERLOAD" not in healthy
    table = parquet.read_table(path)
    name = next(name for name in table.column_names if "DE [g]" in name)
    values = table[name].to_numpy().astype(np.float64)
    values[N : 2 * N] += knock(30 * float(np.std(values[N : 2 * N])))
    at = table.column_names.index(name)
    parquet.write_table(table.set_column(at, name, pa.array(values.astype(np.float32))), path)
    (one,) = [one for one in parsed(path) if one.code == "SENSOR_OVERLOAD"]
    assert one.channel == name.removesuffix(" [g]")


def parsed(path: Path) -> list[Finding]:
    recordings = parse_logs([path], ParseOptions(zone=None, answers=()), lambda _fraction, _words: None).recordings
    return [finding for recording in recordings for finding in recording.findings]


def test_an_import_says_it_as_well(tmp_path: Path) -> None:
    axis, waves = bursts(3)
    waves[1] += knock(8.0)
    path = tmp_path / "VT-1.parquet"
    times = pa.array(axis.all(), pa.timestamp("ns", "UTC"))
    parquet.write_table(pa.table({"time": times, "VT-1 [g]": pa.array(waves.ravel().astype(np.float32))}), path)
    done = import_logs(ImportRequest(paths=(str(path),), project=str(tmp_path / "project")), Job())
    assert [one.code for one in done.recordings[0].findings] == ["SENSOR_OVERLOAD"]


def in_both(axis: RunsAxis, first: np.ndarray, second: np.ndarray) -> list[Finding]:
    return list(find_in_waveform(axis, {"VT-1": first.ravel(), "VT-2": second.ravel()}, {"VT-1": "g", "VT-2": "g"}))


def test_a_sensor_that_comes_loose_between_two_bursts_is_told_with_both_levels() -> None:
    axis, waves = bursts(20)
    loads = np.random.default_rng(3).uniform(0.6, 1.6, (20, 1))
    one, other = waves * loads, bursts(20, seed=1)[1] * loads
    assert in_both(axis, one, other) == []
    one[12:] *= 0.2
    (found_one,) = in_both(axis, one, other)
    assert (found_one.code, found_one.channel, found_one.start_ns) == ("LOOSE_SENSOR", "VT-1", axis.first_ns[12])
    assert "the other channels shake on" in found_one.text


def test_a_pump_that_stops_or_vibration_that_rises_in_one_place_is_no_loose_sensor() -> None:
    axis, waves = bursts(20)
    other = bursts(20, seed=1)[1]
    stopped = np.where(np.arange(20)[:, None] < 12, 1.0, 0.05)
    assert in_both(axis, waves * stopped, other * stopped * 0.8) == []
    rises = np.where(np.arange(20)[:, None] < 12, 1.0, 4.0)
    assert in_both(axis, waves * rises, other) == []
    fades = np.linspace(1.0, 0.2, 20)[:, None]  # damped little by little: wear, or another duty
    assert in_both(axis, waves * fades, other) == []


def test_bursts_of_a_table_that_were_cut_off_say_so(tmp_path: Path) -> None:
    axis, waves = bursts(3)
    path = tmp_path / "P-70A.parquet"
    times = pa.array(axis.take(np.arange(3 * N)), pa.timestamp("ns", "UTC"))
    cut_off = np.clip(waves + 2 * np.sin(2 * np.pi * 147 * T_S), -1.5, 1.5).ravel().astype(np.float32)
    parquet.write_table(pa.table({"time": times, "VT-1 [g]": cut_off}), path)
    (log,) = parse_logs([path], ParseOptions()).recordings
    assert [(one.code, one.text.split(":")[0]) for one in log.findings] == [
        ("SATURATED", "Cut off at the top"), ("SATURATED", "Cut off at the bottom"),
    ]  # fmt: skip
