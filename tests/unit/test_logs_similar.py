"""Search for stretches of a like shape: distances against arithmetic, gaps, chunks, and overlaps."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.logs.similar import Match, best_apart, chunks, correlations, make_example, on_grid, peaks, search_step_ns

RNG = np.random.default_rng(3)


def test_the_correlation_is_that_of_the_definition() -> None:
    """r = cov / (σ σ'), by numpy's own corrcoef, for every window."""
    row = RNG.normal(5, 2, 400)
    example = make_example(row[None, 100:140], np.array([2.0]))
    assert example is not None
    found = correlations(row[None], example)
    expected = [np.corrcoef(row[start : start + 40], row[100:140])[0, 1] for start in range(361)]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert found[100] == pytest.approx(1.0)


def test_level_and_height_do_not_matter_but_the_shape_does() -> None:
    shape = np.sin(np.linspace(0, 6, 50))
    row = np.concatenate([RNG.normal(0, 0.05, 200), 7 + 3 * shape, RNG.normal(0, 0.05, 200)])
    example = make_example(shape[None], np.array([1.0]))
    assert example is not None
    assert int(np.nanargmax(correlations(row[None], example))) == 200


def test_channels_are_joined_by_their_weights() -> None:
    rows = RNG.normal(0, 1, (2, 300))
    usual = np.array([0.25, 4.0])  # the first stands out four times, the second a quarter
    example = make_example(rows[:, 50:90], usual)
    assert example is not None
    spread = np.std(rows[:, 50:90], axis=1)
    expected = np.clip(spread / usual, 0, 4)
    np.testing.assert_allclose(example.weights, expected / expected.sum())
    alone = [
        correlations(rows[number : number + 1], make_example(rows[number : number + 1, 50:90], usual[:1])) for number in (0, 1)
    ]
    np.testing.assert_allclose(
        correlations(rows, example), example.weights[0] * alone[0] + example.weights[1] * alone[1], atol=1e-9
    )


def test_a_window_with_a_gap_is_left_out() -> None:
    row = RNG.normal(0, 1, 300)
    example = make_example(row[None, 50:90].copy(), np.array([1.0]))
    assert example is not None
    row[200] = np.nan
    found = correlations(row[None], example)
    assert np.flatnonzero(np.isnan(found)).tolist() == list(range(161, 201))


def test_a_flat_example_is_none_and_flat_stretches_are_like_nothing() -> None:
    assert make_example(np.full((1, 40), 3.0), np.array([1.0])) is None
    row = np.concatenate([np.zeros(100), RNG.normal(0, 1, 100)])
    example = make_example(row[None, 120:160], np.array([1.0]))
    assert example is not None
    assert (correlations(row[None], example)[:60] == 0).all()


def test_chunks_hold_every_window_exactly_once() -> None:
    windows = [first + place for first, end in chunks(1000, 30, 120) for place in range(end - first - 30 + 1)]
    assert windows == list(range(971))


def test_chunked_and_whole_search_find_the_same() -> None:
    row = RNG.normal(0, 1, 2000)
    example = make_example(row[None, 700:740], np.array([1.0]))
    assert example is not None
    whole = correlations(row[None], example)
    parts = np.concatenate([correlations(row[None, first:end], example) for first, end in chunks(2000, 40, 300)])
    np.testing.assert_allclose(parts, whole, atol=1e-9)


def test_peaks_lie_apart() -> None:
    found = np.array([0.9, 0.95, 0.2, 0.8, np.nan, 0.99])
    assert peaks(found, 0.7, 2).tolist() == [1, 3, 5]
    assert peaks(found, 0.7, 4).tolist() == [1, 5]


def test_of_overlapping_matches_the_nearer_stays_and_known_events_are_left_out() -> None:
    matches = [Match(start_ns=0, distance=0.3), Match(start_ns=4, distance=0.1), Match(start_ns=20, distance=0.2)]
    assert [one.start_ns for one in best_apart(matches, [], 10, 9)] == [4, 20]
    assert [one.start_ns for one in best_apart(matches, [(22, 32)], 10, 9)] == [4]
    assert [one.start_ns for one in best_apart(matches, [], 10, 1)] == [4]


def test_a_grid_holds_means_and_short_holes_but_no_gaps() -> None:
    times = np.array([0, 1, 2, 3, 10, 11, 30], np.int64)
    values = np.array([[1.0, 3.0, 5.0, np.nan, 8.0, 8.0, 2.0]])
    pieces = [(times[:3], values[:, :3]), (times[3:], values[:, 3:])]
    found = on_grid(pieces, 0, 2, 16)
    np.testing.assert_equal(found[0], [2, 5, 5, 5, 5, 8, 8, 8, 8, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 2])


def test_a_long_example_is_searched_at_a_coarser_level() -> None:
    assert search_step_ns(10, 5120) == 10
    assert search_step_ns(10, 25_600) == 100


def test_a_channel_that_is_written_now_and_then_is_held_between() -> None:
    times = np.arange(0, 200, 10, dtype=np.int64)
    found = on_grid([(times, np.arange(20.0)[None])], 0, 1, 200)
    assert found[0, :30].tolist() == [0.0] * 10 + [1.0] * 10 + [2.0] * 10


def test_a_small_gap_in_the_example_does_not_silence_its_channel() -> None:
    row = np.sin(np.linspace(0, 6, 100))
    row[40:45] = np.nan
    example = make_example(np.array([row, np.where(np.arange(100) < 50, row, np.nan)]), np.array([0.5, 0.5]))
    assert example is not None
    assert example.weights.tolist() == [1.0, 0.0]
