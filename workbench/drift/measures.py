"""How far two samples lie apart: PSI, KS, Jensen-Shannon and Wasserstein distance, as effect sizes and not as tests.

All four come from one sort of both samples together. No p-values: with the sample counts of a log every p-value is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError

Array = NDArray[np.float64]
N_BINS = 10
_KEEP_ORDER = np.int64(0x7FFFFFFFFFFFFFFF)
_WITHOUT_TAG = np.int64(-2)
_HALF_COUNT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """Distances of an analysis sample from a reference sample.

    `psi` ≥ 0 (natural logarithm); `ks` 0..1; `js` 0..1 (square root of the divergence, base 2); `wasserstein` in the
    channel's unit; `effect` is `wasserstein` in reference standard deviations (an offset of 1 sd gives 1).
    """

    psi: float
    ks: float
    js: float
    wasserstein: float
    effect: float


def measure_distances(reference: Array, analysis: Array) -> Distances:
    """All measures of two samples [n] and [m]; NaN is left out, counts may differ, ties are treated exactly.

    KS: sup |F − G| (Kolmogorov 1933, Smirnov 1948). Wasserstein-1: ∫ |F − G| dx (Vallender 1974). Raises InputError when a
    sample holds no number.
    """
    reference, analysis = _finite(reference), _finite(analysis)
    if reference.size == 0 or analysis.size == 0:
        raise InputError("A sample without any number can't be compared.", "Choose another period or channel.")
    values, in_reference = _merge_sorted(reference, analysis)
    n, m = reference.size, analysis.size
    gap = np.cumsum(np.where(in_reference, 1.0 / n, -1.0 / m))
    np.abs(gap, out=gap)
    steps = np.diff(values)
    # Inside a tie F − G is not defined yet: only the last of equal values counts.
    ks = float(gap.max() if steps.size and steps.min() > 0.0 else gap[np.append(steps > 0.0, True)].max())
    steps *= gap[:-1]  # not a dot product: BLAS would wake all its threads for it
    wasserstein = float(steps.sum())
    counts_r, counts_a = _counts_in_reference_bins(values, in_reference)
    psi, js = psi_and_js(counts_r, counts_a)
    return Distances(psi=float(psi), ks=ks, js=float(js), wasserstein=wasserstein, effect=wasserstein / scale_of(reference))


def _counts_in_reference_bins(values: Array, in_reference: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts of both samples in the reference's quantile bins, from the merged order alone: [bins] each."""
    places = np.flatnonzero(in_reference)
    picks = np.linspace(0, places.size - 1, N_BINS + 1).round().astype(np.int64)
    at = np.searchsorted(values, _as_edges(values[places[picks]]), side="right")
    below_reference = np.searchsorted(places, at, side="left")
    ends_r = np.concatenate([[0], below_reference, [places.size]])
    ends_a = np.concatenate([[0], at - below_reference, [values.size - places.size]])
    return np.diff(ends_r), np.diff(ends_a)


def quantile_edges(sorted_reference: Array, n_bins: int) -> Array:
    """Edges of at most `n_bins` bins of equal count, (e_i−1, e_i], with open bins below the minimum and above the maximum."""
    picks = np.linspace(0, sorted_reference.size - 1, n_bins + 1).round().astype(np.int64)
    return _as_edges(sorted_reference[picks].astype(np.float64))


def _as_edges(quantiles: Array) -> Array:
    quantiles[0] = np.nextafter(quantiles[0], -np.inf)
    return np.unique(quantiles)


def psi_and_js(reference_counts: NDArray[np.generic], analysis_counts: NDArray[np.generic]) -> tuple[Array, Array]:
    """PSI and JS distance of counts in shared bins [..., bins] → [...].

    PSI = Σ (p − q) ln(p/q) (Siddiqi 2006, ch. 10; twice the symmetrised divergence of Jeffreys 1946); JS = √½(KL(p‖m) +
    KL(q‖m)) in base 2 (Lin 1991; the root is a metric: Endres & Schindelin 2003). Half a count is added to each bin, so
    that an empty one gives a large number and not infinity (Krichevsky & Trofimov 1981).
    """
    p, q = _shares(reference_counts), _shares(analysis_counts)
    ratio = np.log(p / q)
    psi = np.sum((p - q) * ratio, axis=-1)
    middle = 0.5 * (p + q)
    divergence = 0.5 * np.sum(p * np.log2(p / middle) + q * np.log2(q / middle), axis=-1)
    return psi, np.sqrt(np.maximum(divergence, 0.0))


def scale_of(reference: Array) -> float:
    """Standard deviation of a reference; of one that never moves, 1 % of its value, so that an effect stays a number."""
    sd = float(np.std(reference))
    level = abs(float(np.mean(reference)))
    return sd if sd > 1e-12 * max(level, 1e-300) else max(0.01 * level, 1e-9)


def _shares(counts: NDArray[np.generic]) -> Array:
    smoothed = counts.astype(np.float64) + _HALF_COUNT
    return np.asarray(smoothed / smoothed.sum(axis=-1, keepdims=True))


def _finite(values: Array) -> Array:
    values = np.asarray(values).ravel()
    is_finite = np.isfinite(values)
    return values if is_finite.all() else values[is_finite]


def _merge_sorted(reference: Array, analysis: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Both samples in one ascending order, and which of them came from the reference.

    A float64 becomes an integer of the same order, whose lowest bit says where it came from: one sort of plain integers does
    all. The bit costs the last of 52 binary places.
    """
    keys = np.empty(reference.size + analysis.size, dtype=np.float64)
    np.add(reference, 0.0, out=keys[: reference.size])  # −0 becomes 0
    np.add(analysis, 0.0, out=keys[reference.size :])
    bits = keys.view(np.int64)
    bits ^= (bits >> 63) & _KEEP_ORDER
    bits &= _WITHOUT_TAG
    bits[: reference.size] |= 1
    bits.sort()
    is_reference = (bits & 1).astype(np.bool_)
    bits &= _WITHOUT_TAG
    bits ^= (bits >> 63) & _KEEP_ORDER
    return keys, is_reference
