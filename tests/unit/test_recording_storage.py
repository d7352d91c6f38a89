"""A recording on disk gives back what was written into it."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError, ObjectCorrupt
from workbench.logs.recordings.precision import is_exact_in_float32, restore_float64
from workbench.logs.recordings.recording import ChannelInfo, RecordingWriter, open_recording, write_recording
from workbench.logs.summary import ChannelFacts, RecordingFacts

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND


def facts_of(names: tuple[str, ...] = ("PI-1",), rows: int = 0) -> RecordingFacts:
    channels = tuple(ChannelFacts(name=name, unit="bar", n_good=rows, bad={}, min=None, max=None, mean=None) for name in names)
    return RecordingFacts(
        source="log.csv", rows=rows, first_ns=None, last_ns=None, sample_period_s=1.0, channels=channels, n_gaps=0,
        n_duplicates_dropped=0, n_backward_steps=0,
    )  # fmt: skip


def even_times(n_rows: int, step_ns: int = SECOND) -> np.ndarray:
    return START + np.arange(n_rows, dtype=np.int64) * step_ns


def test_values_times_and_labels_come_back_as_they_were_written(tmp_path: Path) -> None:
    times = np.sort(np.random.default_rng(1).choice(10**9, 5000, replace=False)) + START
    values = np.round(np.random.default_rng(2).normal(10, 1, 5000), 3)
    values[7] = np.nan
    write_recording(tmp_path, facts_of(rows=5000), times, {"PI-1": values}, {"anomaly": np.zeros(5000)})
    recording = open_recording(tmp_path)
    np.testing.assert_array_equal(recording.times_ns, times)
    np.testing.assert_array_equal(recording.values("PI-1"), values.astype(np.float32))
    np.testing.assert_array_equal(recording.labels["anomaly"], np.zeros(5000))
    assert [channel.name for channel in recording.channels] == ["PI-1"]
    assert recording.channels[0].unit == "bar"


def test_arrays_of_a_recording_are_read_only(tmp_path: Path) -> None:
    write_recording(tmp_path, facts_of(), even_times(100), {"PI-1": np.arange(100.0)})
    recording = open_recording(tmp_path)
    assert not recording.values("PI-1").flags.writeable
    assert not recording.times_ns.flags.writeable


def test_an_even_time_axis_with_a_gap_takes_no_eight_bytes_a_row(tmp_path: Path) -> None:
    times = even_times(10_000)
    times[4000:] += 3600 * SECOND
    write_recording(tmp_path, facts_of(), times, {"PI-1": np.zeros(10_000)})
    recording = open_recording(tmp_path)
    assert not (tmp_path / "times.bin").exists()
    assert (tmp_path / "runs.bin").stat().st_size == 32
    np.testing.assert_array_equal(recording.times_ns, times)
    assert recording.gaps == [(int(times[3999]), int(times[4000]))]


@pytest.mark.parametrize("n_rows", [0, 1, 2, 31, 32, 33])
def test_tiny_recordings_open_and_draw(tmp_path: Path, n_rows: int) -> None:
    write_recording(tmp_path, facts_of(), even_times(n_rows), {"PI-1": np.arange(n_rows, dtype=float)})
    recording = open_recording(tmp_path)
    drawn = recording.envelope("PI-1", START, START + 100 * SECOND, 4)
    assert recording.rows == n_rows
    assert list(np.fmax.reduce(drawn.maximum, keepdims=True, initial=-1.0)) == [n_rows - 1.0]


def test_the_same_content_gives_the_same_bytes_however_it_was_cut_into_blocks(tmp_path: Path) -> None:
    times = even_times(1000)
    values = np.random.default_rng(0).normal(size=1000).round(4)
    for name, block in (("a", 1000), ("b", 77)):
        (tmp_path / name).mkdir()
        writer = RecordingWriter(tmp_path / name, [ChannelInfo(name="PI-1", unit="bar")])
        for first in range(0, 1000, block):
            writer.append(times[first : first + block], {"PI-1": values[first : first + block]})
        writer.finish(facts_of())
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}


def test_a_totaliser_that_needs_more_digits_becomes_float64_without_losing_what_came_before(tmp_path: Path) -> None:
    early = np.round(np.random.default_rng(3).uniform(0, 99, 1000), 3)
    late = 12_345_678.9 + np.arange(1000) / 10
    late = np.round(late, 1)
    writer = RecordingWriter(tmp_path, [ChannelInfo(name="PI-1")])
    writer.append(even_times(1000), {"PI-1": early})
    writer.append(even_times(1000) + 1000 * SECOND, {"PI-1": late})
    writer.finish(facts_of())
    recording = open_recording(tmp_path)
    assert recording.channels[0].dtype == "float64"
    np.testing.assert_array_equal(recording.values("PI-1"), np.concatenate([early, late]))
    drawn = recording.envelope("PI-1", START, START + 2000 * SECOND, 10)
    assert (np.nanmin(drawn.minimum), np.nanmax(drawn.maximum)) == (early.min(), late.max())


@given(st.lists(st.decimals(-9_999, 9_999, places=3).map(float), min_size=1, max_size=50))
@settings(max_examples=200, deadline=None)
def test_seven_digits_survive_single_precision(printed: list[float]) -> None:
    values = np.array(printed)
    assert is_exact_in_float32(values)
    np.testing.assert_array_equal(restore_float64(values.astype(np.float32)), values)


@pytest.mark.parametrize("value", [12345678.9, 73.96732207, 16777217.0, 0.1234567891, 1e39])
def test_more_digits_than_single_precision_tells_apart_ask_for_double(value: float) -> None:
    assert not is_exact_in_float32(np.array([1.0, np.nan, value]))


@pytest.mark.parametrize("value", [0.0265878, 9.999999, 233.062, 0.0, -0.5, 1e-20, 8_000_000.0])
def test_what_sensors_print_fits_single_precision(value: float) -> None:
    assert is_exact_in_float32(np.array([1.0, np.nan, value]))


def test_running_facts_match_the_whole_column(tmp_path: Path) -> None:
    values = np.round(np.random.default_rng(5).normal(5, 2, 4000), 3)
    values[::7] = np.nan
    writer = RecordingWriter(tmp_path, [ChannelInfo(name="PI-1")])
    for first in range(0, 4000, 999):
        writer.append(even_times(4000)[first : first + 999], {"PI-1": values[first : first + 999]})
    stats = writer.stats["PI-1"]
    assert (stats.n_good, stats.minimum, stats.maximum) == (np.isfinite(values).sum(), np.nanmin(values), np.nanmax(values))
    assert stats.mean == pytest.approx(np.nanmean(values), rel=1e-12)


def test_time_that_steps_back_is_refused_with_its_row(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path, [ChannelInfo(name="PI-1")])
    writer.append(even_times(10), {"PI-1": np.zeros(10)})
    with pytest.raises(InputError, match="Row 11 "):
        writer.append(even_times(10), {"PI-1": np.zeros(10)})


def test_writing_holds_a_few_blocks_in_memory_however_long_the_log(tmp_path: Path) -> None:
    block = 50_000
    writer = RecordingWriter(tmp_path, [ChannelInfo(name=f"PI-{k}") for k in range(4)])
    tracemalloc.start()
    for number in range(60):
        times = even_times(block) + number * block * SECOND
        writer.append(times, {f"PI-{k}": np.full(block, 1.5, np.float32) for k in range(4)})
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > 70e6
    assert peak_bytes < 12e6


def test_a_folder_that_was_not_finished_is_no_recording(tmp_path: Path) -> None:
    writer = RecordingWriter(tmp_path, [ChannelInfo(name="PI-1")])
    writer.append(even_times(10), {"PI-1": np.zeros(10)})
    with pytest.raises(InputError, match=r"meta\.json"):
        open_recording(tmp_path)


def test_a_column_cut_short_is_refused(tmp_path: Path) -> None:
    write_recording(tmp_path, facts_of(), even_times(100), {"PI-1": np.arange(100.0)})
    (tmp_path / "0000.values").write_bytes(b"\0" * 396)
    with pytest.raises(ObjectCorrupt, match="396 bytes where 400"):
        open_recording(tmp_path).values("PI-1")


def test_unknown_fields_in_meta_are_refused(tmp_path: Path) -> None:
    write_recording(tmp_path, facts_of(), even_times(10), {"PI-1": np.arange(10.0)})
    meta = json.loads((tmp_path / "meta.json").read_text(encoding="utf-8"))
    (tmp_path / "meta.json").write_text(json.dumps({**meta, "surprise": 1}), encoding="utf-8")
    with pytest.raises(InputError, match="surprise"):
        open_recording(tmp_path)


def test_an_unknown_channel_is_named_with_those_there_are(tmp_path: Path) -> None:
    write_recording(tmp_path, facts_of(), even_times(10), {"PI-1": np.arange(10.0)})
    with pytest.raises(InputError, match=r"'TI-9'.*PI-1"):
        open_recording(tmp_path).values("TI-9")


def test_the_last_known_value_is_found_behind_a_long_stretch_of_bad_ones(tmp_path: Path) -> None:
    values = np.full(50_000, np.nan)
    values[3] = 7.0
    write_recording(tmp_path, facts_of(), even_times(50_000), {"PI-1": values})
    recording = open_recording(tmp_path)
    assert recording.last_known("PI-1", START + 49_000 * SECOND) == (7.0, START + 3 * SECOND)
    assert recording.last_known("PI-1", START + 2 * SECOND) is None


def test_a_matrix_is_a_float64_copy_in_the_order_asked_for(tmp_path: Path) -> None:
    write_recording(tmp_path, facts_of(("A", "B")), even_times(3), {"A": np.arange(3.0), "B": np.arange(3.0) + 10})
    matrix = open_recording(tmp_path).matrix(["B", "A"])
    assert matrix.dtype == np.float64
    np.testing.assert_array_equal(matrix, [[10, 0], [11, 1], [12, 2]])


def test_a_column_that_turns_out_to_be_a_label_is_set_aside(tmp_path: Path) -> None:
    names = ("A", "B", "C")
    writer = RecordingWriter(tmp_path, [ChannelInfo(name=name) for name in names], ("fault",))
    columns = {name: np.full(100, k + 1.0) for k, name in enumerate(names)}
    writer.append(even_times(100), columns, {"fault": np.zeros(100)})
    writer.set_aside("B")
    writer.finish(facts_of(("A", "C")))
    recording = open_recording(tmp_path)
    assert [channel.name for channel in recording.channels] == ["A", "C"]
    assert {name: float(values[0]) for name, values in recording.labels.items()} == {"fault": 0.0, "B": 2.0}
    assert recording.values("C")[0] == 3.0
    assert recording.envelope("C", START, START + 100 * SECOND, 1).maximum.tolist() == [3.0]
    assert len(list(tmp_path.glob("*.values"))) == 4
    assert len(list(tmp_path.glob("*.pyramid"))) == 2
