"""The envelope is exact: against brute force, at any zoom, for any spacing of samples."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_recording_storage import SECOND, START, even_times, facts_of
from workbench.logs.recordings.pyramid import Pyramid, View, envelope, level_sizes, reduce_pairs, reduce_samples
from workbench.logs.recordings.recording import Recording, open_recording, write_recording
from workbench.logs.recordings.time_axis import PlainAxis, find_gaps, find_runs, median_step_ns

NO_GAPS = np.zeros((0, 2), np.int64)


def pyramid_of(values: np.ndarray) -> Pyramid:
    levels = [reduce_samples(values, 32)] if len(values) else [np.empty((0, 2), values.dtype)]
    while len(levels[-1]) > 64:
        levels.append(reduce_pairs(levels[-1]))
    return Pyramid(values=values, buckets=np.concatenate(levels))


def check_exact(times: np.ndarray, values: np.ndarray, view: View, drawn_with: object = None) -> None:
    axis = drawn_with or PlainAxis(times_ns=times)
    drawn = envelope(pyramid_of(values), axis, view, gaps=NO_GAPS)
    inside = (times >= view.start_ns) & (times <= view.end_ns)
    edges = np.searchsorted(times[inside], drawn.times_ns)
    assert np.all(np.diff(drawn.times_ns) > 0)
    assert len(edges) == 0 or edges[0] == 0
    for k, first in enumerate(edges):
        stretch = values[inside][first : edges[k + 1] if k + 1 < len(edges) else None]
        np.testing.assert_array_equal(drawn.minimum[k], np.fmin.reduce(stretch))
        np.testing.assert_array_equal(drawn.maximum[k], np.fmax.reduce(stretch))
    assert (len(edges) == 0) == (not inside.any())


@given(data=st.data(), n_rows=st.integers(1, 9000), seed=st.integers(0, 2**32 - 1), n_pixels=st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_every_column_is_what_brute_force_finds(data: st.DataObject, n_rows: int, seed: int, n_pixels: int) -> None:
    rng = np.random.default_rng(seed)
    steps = data.draw(st.sampled_from([[1], [1, 1, 1, 5], [1, 2, 3], [1] * 50 + [100_000]]))
    times = np.cumsum(rng.choice(steps, n_rows)).astype(np.int64) * SECOND
    values = rng.normal(size=n_rows).astype(np.float32)
    values[rng.random(n_rows) < data.draw(st.sampled_from([0.0, 0.3, 1.0]))] = np.nan
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, int(times[-1]) + SECOND)] * 2)))
    check_exact(times, values, View(start_ns=a, end_ns=b, n_pixels=n_pixels))


@given(st.integers(1, 20_000), st.integers(0, 25_000), st.integers(0, 25_000), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_even_axes_are_exact_too(n_rows: int, a: int, b: int, n_pixels: int) -> None:
    times = np.arange(n_rows, dtype=np.int64) * SECOND
    times[n_rows // 2 :] += 3000 * SECOND
    values = np.random.default_rng(n_rows).normal(size=n_rows)
    axis = find_runs(times) or PlainAxis(times_ns=times)
    view = View(start_ns=min(a, b) * SECOND, end_ns=max(a, b) * SECOND, n_pixels=n_pixels)
    check_exact(times, values, view, axis)


def spiky(tmp_path: Path, at: int, n_rows: int = 300_001) -> Recording:
    values = np.zeros(n_rows)
    values[at] = 99.0
    write_recording(tmp_path, facts_of(), even_times(n_rows), {"PI-1": values})
    return open_recording(tmp_path)


@pytest.mark.parametrize("at", [0, 123_457, 300_000])
def test_a_single_spike_shows_at_every_zoom_up_to_the_last_sample(tmp_path: Path, at: int) -> None:
    recording = spiky(tmp_path, at)
    for n_pixels in (1, 7, 800, 5000):
        drawn = recording.envelope("PI-1", START, START + 300_000 * SECOND, n_pixels)
        assert drawn.maximum.max() == 99.0
        assert len(drawn.times_ns) <= 2 * n_pixels + 2
        column = int(np.argmax(drawn.maximum))
        assert abs(int(drawn.times_ns[column]) - START - at * SECOND) <= 2 * 300_000 / n_pixels * SECOND


def test_a_spike_beyond_the_range_is_not_drawn(tmp_path: Path) -> None:
    drawn = spiky(tmp_path, 200_000).envelope("PI-1", START, START + 199_999 * SECOND, 100)
    assert drawn.maximum.max() == 0.0


def test_a_gap_breaks_the_line_and_nothing_is_moved_across_it(tmp_path: Path) -> None:
    times = even_times(20_000)
    times[10_000:] += 50_000 * SECOND
    values = np.zeros(20_000)
    values[9_999] = 5.0
    write_recording(tmp_path, facts_of(), times, {"PI-1": values})
    drawn = open_recording(tmp_path).envelope("PI-1", int(times[0]), int(times[-1]), 100)
    (gap,) = np.flatnonzero(np.isnan(drawn.minimum))
    assert times[9_999] < drawn.times_ns[gap] < times[10_000]
    assert drawn.maximum[gap - 1] == 5.0
    assert drawn.times_ns[gap + 1] == times[10_000]


def test_a_log_on_change_is_not_cut_to_pieces_by_its_long_steps(tmp_path: Path) -> None:
    steps = np.where(np.arange(3000) % 10 == 0, 600, 1)
    times = START + np.cumsum(steps).astype(np.int64) * SECOND
    write_recording(tmp_path, facts_of(), times, {"PI-1": np.zeros(3000)})
    recording = open_recording(tmp_path)
    assert not np.isnan(recording.envelope("PI-1", int(times[0]), int(times[-1]), 500).minimum).any()
    assert len(recording.gaps) == 299


def test_the_pyramid_takes_an_eighth_of_the_data_at_most() -> None:
    for n_samples in (10_000, 1_000_003, 100_000_000):
        assert 2 * sum(level_sizes(n_samples)) <= 0.17 * n_samples


def test_runs_give_back_every_instant_and_find_rows_like_a_search() -> None:
    times = even_times(5000)
    times[1000:] += 7 * SECOND
    times[3000:] += 500
    axis = find_runs(times)
    assert axis is not None
    np.testing.assert_array_equal(axis.all(), times)
    rows = np.array([0, 999, 1000, 2999, 3000, 4999])
    np.testing.assert_array_equal(axis.take(rows), times[rows])
    for instant in (
        times[0] - 1,
        times[0],
        times[999] + 1,
        times[1000] - 1,
        times[1000],
        times[3000] + 1,
        times[-1],
        times[-1] + SECOND,
    ):
        for after in (False, True):
            expected = np.searchsorted(times, instant, side="right" if after else "left")
            assert axis.index_at(int(instant), after=after) == expected


def test_jitter_is_stored_plain_and_its_median_step_and_gaps_are_found() -> None:
    rng = np.random.default_rng(0)
    steps = (SECOND + rng.integers(-(10**6), 10**6, 5000)).astype(np.int64)
    steps[77] = 20 * SECOND
    times = np.cumsum(steps)
    assert find_runs(times) is None
    step_ns = median_step_ns(times)
    assert step_ns == pytest.approx(SECOND, rel=1e-3)
    assert find_gaps(times, step_ns).tolist() == [[int(times[76]), int(times[77])]]


def test_a_channel_that_is_not_due_at_every_instant_is_drawn_as_a_line(tmp_path: Path) -> None:
    values = np.full(1000, np.nan)
    values[::10] = np.arange(100.0)
    facts = facts_of(rows=1000)
    channel = msgspec.structs.replace(facts.channels[0], n_absent=900)
    write_recording(tmp_path, msgspec.structs.replace(facts, channels=(channel,)), even_times(1000), {"PI-1": values})
    drawn = open_recording(tmp_path).envelope("PI-1", START, START + 1000 * SECOND, 2000)
    np.testing.assert_array_equal(drawn.minimum, np.arange(100.0))


def test_bad_samples_of_a_channel_that_is_due_break_the_line(tmp_path: Path) -> None:
    values = np.arange(1000.0)
    values[500:600] = np.nan
    write_recording(tmp_path, facts_of(rows=1000), even_times(1000), {"PI-1": values})
    drawn = open_recording(tmp_path).envelope("PI-1", START, START + 1000 * SECOND, 100)
    assert np.isnan(drawn.maximum).sum() in (9, 10)
