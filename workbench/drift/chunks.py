"""Cuts one channel into chunks of equal duration and keeps of each what every later question needs.

All sums are over chunks, so that windows of any whole number of chunks are differences of running sums: a year of log costs one
pass. A chunk without samples counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.drift.measures import N_BINS, psi_and_js, quantile_edges, scale_of

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
N_FINE_BINS = 40
MIN_SAMPLES = 3
_STILL = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceShape:
    """The reference's distribution of one channel: fine bin edges with its share below each, coarse bins, mean and scale."""

    edges: Array
    share_below: Array
    coarse_of_fine: Counts
    coarse_counts: Counts
    mean: float
    scale: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks:
    """Per chunk, [k] unless said otherwise: samples, good samples, sums of (x − reference mean), of squared steps between
    neighbours, of how far beyond the reference's range, and counts in fine bins [k, bins + 2]; and how long the value had been
    exactly the same at the chunk's end, s."""

    n_samples: Counts
    n_good: Counts
    total: Array
    n_steps: Counts
    squared_steps: Array
    beyond: Array
    bins: Counts
    flat_s: Array
    longest_flat_s: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEffects:
    """Distances of trailing windows from the reference, [k] each, NaN where a window holds fewer than 3 good samples."""

    psi: Array
    ks: Array
    js: Array
    wasserstein: Array
    effect: Array


def shape_of(reference: Array) -> ReferenceShape:
    """The shape of good reference samples [n]; at least one."""
    ordered = np.sort(reference)
    edges = quantile_edges(ordered, N_FINE_BINS)
    coarse = quantile_edges(ordered, N_BINS)
    counts = np.diff(np.concatenate([[0], np.searchsorted(ordered, edges, side="right"), [ordered.size]]))
    # Fine bin i lies in (edges[i−1], edges[i]]; its coarse bin is the first whose upper edge is not below that.
    coarse_of_fine = np.append(np.searchsorted(coarse, edges), coarse.size)
    return ReferenceShape(
        edges=edges,
        share_below=np.cumsum(counts)[:-1] / ordered.size,
        coarse_of_fine=coarse_of_fine,
        coarse_counts=np.bincount(coarse_of_fine, counts, coarse.size + 1).astype(np.int64),
        mean=float(ordered.mean()),
        scale=scale_of(ordered),
        n=int(ordered.size),
    )


def cut(times_s: Array, values: Array, bounds_s: Array, shape: ReferenceShape) -> Chunks:
    """Chunks between neighbouring `bounds_s` [k + 1] (half open) of samples [n]; NaN are samples that are not good."""
    first, last = np.searchsorted(times_s, bounds_s[0]), np.searchsorted(times_s, bounds_s[-1])
    times_s, values = times_s[first:last], values[first:last]
    is_good = np.isfinite(values)
    which = np.searchsorted(bounds_s, times_s, side="right") - 1
    k, n_bins = bounds_s.size - 1, shape.edges.size + 1
    good, chunk = values[is_good], which[is_good]
    bins = np.bincount(chunk * n_bins + np.searchsorted(shape.edges, good), minlength=k * n_bins).reshape(k, n_bins)
    steps = np.diff(good)
    is_inner = chunk[1:] == chunk[:-1]
    beyond = np.maximum(good - shape.edges[-1], 0.0) + np.maximum(shape.edges[0] - good, 0.0)
    flat_s, longest_s = _flat(times_s[is_good], good, chunk, k)
    return Chunks(
        n_samples=np.bincount(which, minlength=k),
        n_good=np.bincount(chunk, minlength=k),
        total=_sums(chunk, good - shape.mean, k),
        n_steps=np.bincount(chunk[1:][is_inner], minlength=k),
        squared_steps=_sums(chunk[1:][is_inner], steps[is_inner] ** 2, k),
        beyond=_sums(chunk, beyond, k),
        bins=bins,
        flat_s=flat_s,
        longest_flat_s=longest_s,
    )


def rolling(values: NDArray[np.generic], n_chunks: int) -> Array:
    """Sums over the trailing `n_chunks` chunks (fewer at the beginning), along axis 0."""
    sums = np.cumsum(values, axis=0, dtype=np.float64)
    before = np.zeros_like(sums)
    before[n_chunks:] = sums[:-n_chunks]
    return np.asarray(sums - before)


def window_means(chunks: Chunks, n_chunks: int, shape: ReferenceShape) -> Array:
    """Mean of trailing windows as distance from the reference mean, in reference scales; NaN where too few samples."""
    n = rolling(chunks.n_good, n_chunks)
    return _where_enough(rolling(chunks.total, n_chunks) / np.maximum(n, 1.0) / shape.scale, n)


def window_roughness(chunks: Chunks, n_chunks: int, shape: ReferenceShape) -> Array:
    """ln of the RMS step between neighbouring samples in trailing windows: noise without slow movement (von Neumann 1941).

    With a floor of 0.3 % of the reference's scale: below it a channel simply stands still, and whether that is wrong is asked
    of its flatness.
    """
    n = rolling(chunks.n_steps, n_chunks)
    squared = np.maximum(rolling(chunks.squared_steps, n_chunks), 0.0) / np.maximum(n, 1.0)
    return _where_enough(0.5 * np.log(squared + (_STILL * shape.scale) ** 2), n)


def window_missing(chunks: Chunks, n_chunks: int) -> Array:
    """Share of samples that are not good, 0..1, in trailing windows; NaN where there are no samples at all."""
    n = rolling(chunks.n_samples, n_chunks)
    return np.asarray(np.where(n > 0, 1.0 - rolling(chunks.n_good, n_chunks) / np.maximum(n, 1.0), np.nan))


def window_effects(chunks: Chunks, n_chunks: int, shape: ReferenceShape) -> WindowEffects:
    """The four distances of trailing windows, from binned counts.

    KS is taken at the edges (a lower bound within 1/40). Wasserstein-1 integrates |F − G| by the trapezoid between edges and
    exactly beyond the reference's range.
    """
    counts = rolling(chunks.bins, n_chunks)
    n = counts.sum(axis=1)
    gap = np.abs(np.cumsum(counts, axis=1)[:, :-1] / np.maximum(n, 1.0)[:, None] - shape.share_below)
    widths = np.diff(shape.edges)
    inside = 0.5 * (gap[:, :-1] + gap[:, 1:]) @ widths if widths.size else np.zeros(n.size)
    wasserstein = inside + rolling(chunks.beyond, n_chunks) / np.maximum(n, 1.0)
    coarse = np.add.reduceat(counts, np.flatnonzero(np.diff(shape.coarse_of_fine, prepend=-1)), axis=1)
    psi, js = psi_and_js(shape.coarse_counts, coarse)
    return WindowEffects(
        psi=_where_enough(psi, n),
        ks=_where_enough(gap.max(axis=1), n),
        js=_where_enough(js, n),
        wasserstein=_where_enough(wasserstein, n),
        effect=_where_enough(wasserstein / shape.scale, n),
    )


def _where_enough(values: Array, n: Array) -> Array:
    return np.asarray(np.where(n >= MIN_SAMPLES, values, np.nan))


def _sums(chunk: Counts, values: Array, k: int) -> Array:
    return np.bincount(chunk, values, k).astype(np.float64)


def _flat(times_s: Array, good: Array, chunk: Counts, k: int) -> tuple[Array, Array]:
    """How long the last value of each chunk had stood, and the longest stand that was seen by then in it; s, [k] each."""
    flat_s, longest_s = np.zeros(k), np.zeros(k)
    if good.size == 0:
        return flat_s, longest_s
    starts = np.concatenate([[True], np.diff(good) != 0.0])
    since = times_s - times_s[np.flatnonzero(starts)][np.cumsum(starts) - 1]
    ends = np.flatnonzero(np.append(np.diff(chunk) != 0, True))
    flat_s[chunk[ends]] = since[ends]
    np.maximum.at(longest_s, chunk, since)
    return flat_s, longest_s
