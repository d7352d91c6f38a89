"""The four measures against scipy, closed forms and their own axioms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from workbench.core.errors import InputError
from workbench.drift.measures import measure_distances, psi_and_js, quantile_edges, scale_of

# Multiples of 1/8 up to 2^40: exact in binary, plenty of ties, and the last mantissa bit is never in use.
NUMBERS = st.integers(-(2**40), 2**40).map(lambda n: n / 8.0)
SAMPLES = st.lists(NUMBERS | st.integers(-3, 3).map(float), min_size=1, max_size=60)


def _ks_by_definition(reference: list[float], analysis: list[float]) -> float:
    """sup over all values of |share of the reference up to it − share of the analysis up to it|."""
    first, second = np.asarray(reference), np.asarray(analysis)
    return float(max(abs(np.mean(first <= x) - np.mean(second <= x)) for x in {*reference, *analysis}))


@settings(max_examples=100, deadline=None)
@example([0.0] * 9 + [36028789.25, 1.0], [0.0] * 8 + [36028797.25, 1.0, 3.0])
@given(SAMPLES, SAMPLES)
def test_ks_is_its_definition_and_wasserstein_scipys_for_unequal_counts_and_ties(reference, analysis):
    found = measure_distances(np.asarray(reference), np.asarray(analysis))
    assert found.ks == pytest.approx(_ks_by_definition(reference, analysis), abs=1e-9)
    expected = stats.wasserstein_distance(reference, analysis)
    rounding = 4 * np.finfo(np.float64).eps * max(map(abs, (*reference, *analysis)))  # of sums in which large values cancel
    assert found.wasserstein == pytest.approx(expected, rel=1e-9, abs=1e-9 + rounding)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=2, max_size=12), st.data())
def test_js_agrees_with_scipy_on_smoothed_counts(first, data):
    second = data.draw(st.lists(st.integers(0, 500), min_size=len(first), max_size=len(first)))
    _, js = psi_and_js(np.asarray(first), np.asarray(second))
    assert float(js) == pytest.approx(jensenshannon(np.asarray(first) + 0.5, np.asarray(second) + 0.5, base=2), abs=1e-7)


def test_psi_of_a_share_that_doubles():
    # Shares (10.5, 90.5)/101 and (20.5, 80.5)/101: (.10396−.20297) ln(.10396/.20297) + (.89604−.79703) ln(.89604/.79703)
    psi, _ = psi_and_js(np.asarray([10, 90]), np.asarray([20, 80]))
    assert float(psi) == pytest.approx(0.0990099 * np.log(20.5 / 10.5) + 0.0990099 * np.log(90.5 / 80.5), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(SAMPLES)
def test_a_sample_is_at_no_distance_from_itself(sample):
    found = measure_distances(np.asarray(sample), np.asarray(sample))
    assert (found.ks, found.wasserstein) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.0, abs=1e-3))
    assert found.psi == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(SAMPLES, SAMPLES)
def test_distances_stay_in_their_ranges(reference, analysis):
    found = measure_distances(np.asarray(reference), np.asarray(analysis))
    assert 0.0 <= found.ks <= 1.0 + 1e-12
    assert 0.0 <= found.js <= 1.0
    assert found.psi >= 0.0


def test_an_offset_of_one_sd_is_an_effect_of_one():
    x = np.random.default_rng(0).normal(5.0, 2.0, 5000)
    assert measure_distances(x, x + x.std()).effect == pytest.approx(1.0)


def test_a_sample_far_beyond_the_reference_has_ks_one_and_wasserstein_the_difference_of_means():
    x = np.random.default_rng(1).normal(size=400)
    found = measure_distances(x, x[:100] + 1000.0)
    assert found.ks == pytest.approx(1.0)
    assert found.wasserstein == pytest.approx(1000.0 + x[:100].mean() - x.mean())


def test_a_constant_reference_tells_a_move_from_staying():
    still, moved = np.full(50, 3.0), np.full(30, 3.3)
    assert measure_distances(still, still).psi < 0.01
    assert measure_distances(still, moved).psi > 1.0
    assert measure_distances(still, moved).effect == pytest.approx(10.0, rel=1e-6)  # 0.3 over 1 % of 3


def test_missing_values_and_minus_zero_change_nothing():
    with_gaps = np.asarray([0.0, np.nan, 1.0, -0.0, np.inf])
    assert measure_distances(with_gaps, np.asarray([0.0, 1.0, 0.0])).ks == pytest.approx(0.0, abs=1e-12)


def test_a_sample_without_a_number_is_refused():
    with pytest.raises(InputError, match="without any number"):
        measure_distances(np.asarray([np.nan]), np.asarray([1.0]))


def test_single_precision_is_compared_exactly():
    x = np.random.default_rng(2).normal(size=300).astype(np.float32)
    y = (x[:200] * np.float32(1.5)).astype(np.float32)
    expected = stats.ks_2samp(x, y, method="asymp").statistic
    assert measure_distances(x, y).ks == pytest.approx(expected)


def test_bins_hold_equal_shares_of_the_reference_and_leave_room_on_both_sides():
    ordered = np.sort(np.random.default_rng(3).normal(size=10_001))
    edges = quantile_edges(ordered, 10)
    counts = np.diff(np.searchsorted(ordered, edges, side="right"))
    assert edges[0] < ordered[0]
    assert np.all(np.abs(counts - 1000) <= 1)


def test_the_scale_of_a_reference_that_never_moves_is_a_hundredth_of_its_value():
    assert scale_of(np.full(10, 50.0)) == pytest.approx(0.5)
