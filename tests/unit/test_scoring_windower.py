"""Windows: what is held, what is missing, and that streaming and batch agree bit for bit."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.scoring.windower import StreamingWindower, Windows, cut_windows, longest_gap_ns, to_grid, windows_of

S = 1_000_000_000


def make_spec(n_channels=1, period_s=1.0, window=4, stride=1, hold_s=2.0):
    channels = tuple(ChannelSpec(name=f"C{index}") for index in range(n_channels))
    return ScoringSpec(
        task="anomaly",
        channels=channels,
        sample_period_s=period_s,
        window_samples=window,
        stride_samples=stride,
        hold_limit_s=hold_s,
    )


def column(*values):
    return np.array(values, float)[:, np.newaxis]


def seconds(*values):
    return np.array([round(value * S) for value in values], np.int64)


def test_regular_samples_stay_as_they_are():
    grid = to_grid(seconds(10, 11, 12), column(1, 2, 3), make_spec())
    assert grid.times_ns.tolist() == seconds(10, 11, 12).tolist()
    assert grid.values[:, 0].tolist() == [1, 2, 3]
    assert not grid.is_missing.any()


def test_a_sample_stands_for_its_period_and_is_then_held_up_to_the_limit():
    grid = to_grid(seconds(10, 16), column(1, 2), make_spec(hold_s=3))
    assert grid.is_missing[:, 0].tolist() == [False, False, False, False, True, True, False]
    assert np.isnan(grid.values[4, 0])


def test_without_a_hold_limit_jitter_within_a_period_is_no_gap():
    grid = to_grid(seconds(10, 10.9, 11.3, 12.8, 13.1, 14), column(1, 2, 3, 4, 5, 6), make_spec(hold_s=0))
    assert grid.values[:, 0].tolist() == [1, 2, 3, 4, 6]


def test_a_bad_sample_in_one_channel_leaves_the_others_alone():
    values = np.array([[1, 10], [np.nan, 20], [np.inf, 30], [np.nan, 40]], float)
    grid = to_grid(seconds(0, 1, 2, 3), values, make_spec(2, hold_s=1))
    assert grid.is_missing.tolist() == [[False, False], [False, False], [True, False], [True, False]]


def test_a_value_that_float32_cannot_hold_counts_as_missing():
    grid = to_grid(seconds(0, 1), column(1, 1e300), make_spec(hold_s=0))
    assert grid.is_missing[:, 0].tolist() == [False, True]


def test_windows_end_where_the_grid_number_is_a_multiple_of_the_stride():
    times = seconds(*range(7, 30))
    windows = cut_windows(to_grid(times, column(*range(7, 30)), make_spec(stride=5)), make_spec(stride=5))
    assert (windows.end_ns // S).tolist() == [10, 15, 20, 25]
    assert windows.values[0, :, 0].tolist() == [7, 8, 9, 10]


def test_windows_of_an_unbroken_grid_are_a_view():
    grid = to_grid(seconds(*range(50)), column(*range(50)), make_spec(stride=3))
    assert np.shares_memory(cut_windows(grid, make_spec(stride=3)).values, grid.values)


def test_a_window_with_a_missing_sample_is_not_complete():
    windows = windows_of(seconds(0, 1, 2, 3, 8, 9, 10, 11), column(*range(8)), make_spec(hold_s=1))
    assert dict(zip((windows.end_ns // S).tolist(), windows.is_complete.tolist(), strict=True)) == {
        3: True, 4: True, 5: False, 6: False, 7: False, 8: False, 9: False, 10: False, 11: True,
    }  # fmt: skip


def test_a_gap_of_years_costs_no_memory_and_no_window_spans_it():
    later = 10 * 365 * 86400
    times = seconds(0, 1, 2, 3, later, later + 1, later + 2, later + 3)
    windows = windows_of(times, column(*range(8)), make_spec())
    assert len(windows) < 20
    assert windows.end_ns[windows.is_complete].tolist()[0] == 3 * S
    assert windows.end_ns[windows.is_complete].tolist()[-1] == (later + 3) * S


def test_time_that_goes_back_is_refused_with_its_place():
    with pytest.raises(InputError, match="after sample 1"):
        to_grid(seconds(0, 2, 1), column(1, 2, 3), make_spec())


def test_a_missing_channel_is_refused():
    with pytest.raises(InputError, match="2 channels"):
        to_grid(seconds(0, 1), column(1, 2), make_spec(2))


def test_fewer_samples_than_a_window_give_no_window():
    assert len(windows_of(seconds(0, 1), column(1, 2), make_spec())) == 0
    assert len(windows_of(seconds(), np.empty((0, 1)), make_spec())) == 0


@st.composite
def streams(draw):
    n_channels = draw(st.integers(1, 3))
    spec = make_spec(
        n_channels, draw(st.sampled_from([1.0, 0.5, 0.3, 60.0])), draw(st.integers(2, 6)), draw(st.integers(1, 4)),
        draw(st.sampled_from([0.0, 0.4, 2.0, 61.0])),
    )  # fmt: skip
    n = draw(st.integers(1, 60))
    longest_s = longest_gap_ns(spec) / S
    step = st.one_of(st.just(spec.sample_period_s), st.floats(0.001, 2 * spec.sample_period_s), st.floats(0.001, 3 * longest_s))
    steps = draw(st.lists(step, min_size=n, max_size=n))
    times = seconds(*(draw(st.floats(0, 1e6)) + np.cumsum(steps)))
    value = st.one_of(st.floats(-10, 10), st.just(np.nan))
    row = st.lists(value, min_size=n_channels, max_size=n_channels)
    values = draw(st.lists(row, min_size=n, max_size=n))
    cuts = draw(st.lists(st.integers(0, n), max_size=6))
    return spec, times, np.array(values, float), sorted(cuts)


@settings(max_examples=150, deadline=None)
@given(streams())
def test_streaming_gives_bit_for_bit_the_windows_of_the_batch(stream):
    spec, times, values, cuts = stream
    keep = np.concatenate(([True], np.diff(times) > 0))
    times, values = times[keep], values[keep]
    whole = windows_of(times, values, spec)
    windower = StreamingWindower(spec)
    edges = [0, *(min(cut, len(times)) for cut in cuts), len(times)]
    pieces = [windower.push(times[a:b], values[a:b]) for a, b in pairwise(edges)]
    assert np.concatenate([piece.end_ns for piece in pieces]).tolist() == whole.end_ns.tolist()
    assert np.concatenate([piece.is_complete for piece in pieces]).tolist() == whole.is_complete.tolist()
    np.testing.assert_array_equal(np.concatenate([piece.values for piece in pieces]), whole.values)


@settings(max_examples=150, deadline=None)
@given(streams(), st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0, 3))
def test_whenever_time_is_told_to_have_passed_the_windows_are_those_of_the_batch(stream, shares, behind):
    """A gateway is told between samples that nothing came; the laptop cuts the log afterwards, to the same instant."""
    spec, times, values, _ = stream
    keep = np.concatenate(([True], np.diff(times) > 0))
    times, values = times[keep], values[keep]
    until = int(times[-1]) + round(behind * longest_gap_ns(spec))
    whole = windows_of(times, values, spec, until_ns=until)
    windower = StreamingWindower(spec)
    ticks = sorted({int(times[0]) + round(share * (until - int(times[0]))) for share in shares} | {until})
    pieces, done = [], 0
    for tick in ticks:
        end = int(np.searchsorted(times, tick, side="right"))
        pieces += [windower.push(times[done:end], values[done:end]), windower.advance(tick)]
        done = end
    assert np.concatenate([piece.end_ns for piece in pieces]).tolist() == whole.end_ns.tolist()
    assert np.concatenate([piece.is_complete for piece in pieces]).tolist() == whole.is_complete.tolist()
    np.testing.assert_array_equal(np.concatenate([piece.values for piece in pieces]), whole.values)


@settings(max_examples=50, deadline=None)
@given(streams(), st.integers(1, 40))
def test_a_log_cut_off_at_the_front_gives_the_same_later_windows(stream, n_cut):
    spec, times, values, _ = stream
    keep = np.concatenate(([True], np.diff(times) > 0))
    times, values = times[keep], values[keep]
    late = windows_of(times[n_cut:], values[n_cut:], spec)
    complete = {int(end): late.values[index] for index, end in enumerate(late.end_ns) if late.is_complete[index]}
    whole = windows_of(times, values, spec)
    at = {int(end): index for index, end in enumerate(whole.end_ns)}
    for end, window in complete.items():
        np.testing.assert_array_equal(whole.values[at[end]], window)


def test_time_passing_without_samples_ends_the_score():
    windower = StreamingWindower(make_spec(hold_s=2))
    assert windower.push(seconds(0, 1, 2, 3), column(1, 2, 3, 4)).is_complete.tolist() == [True]
    windows = windower.advance(8 * S)
    assert windows.is_complete.tolist() == [True, True, False, False, False]


def test_samples_that_come_late_are_dropped_and_counted():
    windower = StreamingWindower(make_spec())
    windower.push(seconds(0, 1, 2), column(1, 2, 3))
    windower.push(seconds(1, 2, 3), column(9, 9, 4))
    assert windower.n_dropped == 2


def test_a_clock_that_was_put_back_starts_afresh():
    windower = StreamingWindower(make_spec())
    windower.push(seconds(1000, 1001, 1002, 1003), column(1, 2, 3, 4))
    windows = windower.push(seconds(100, 101, 102, 103), column(5, 6, 7, 8))
    assert isinstance(windows, Windows)
    assert windows.values[0, :, 0].tolist() == [5, 6, 7, 8]
