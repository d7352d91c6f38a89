"""Exact statistics of a channel over a stretch, block by block in bounded memory, however many samples there are.

Moments are merged as Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance", eq. 1.5, which keeps
its precision where sums of squares lose theirs. The median of very many samples is found by counting: a histogram says in
which narrow bin it lies, and a second pass sorts only that bin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Block = tuple[NDArray[np.int64], Floats]
"""Instants ns [n] in order, and values [n] with NaN where there is none."""
Blocks = Callable[[], Iterable[Block]]
"""Gives the blocks anew each time: very long channels are read twice or three times."""

SORT_AT_MOST = 8_000_000
_BINS = 1 << 16
_NS_PER_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatistics:
    """Values in the channel's unit; NaN where there are too few samples. `slope_per_s` is the line of least squares."""

    n: int = 0
    n_missing: int = 0
    minimum: float = math.nan
    maximum: float = math.nan
    mean: float = math.nan
    sd: float = math.nan
    """Of the sample: divided by n − 1."""
    median: float = math.nan
    rms: float = math.nan
    slope_per_s: float = math.nan
    first_ns: int | None = None
    last_ns: int | None = None

    @property
    def duration_s(self) -> float:
        """From the first to the last good sample, s."""
        return (self.last_ns - self.first_ns) / _NS_PER_S if self.first_ns is not None and self.last_ns is not None else math.nan


@dataclass(slots=True)
class _Moments:
    """Means and sums of squared and mixed deviations of time (s) and value."""

    n: int = 0
    mean_t: float = 0.0
    mean_v: float = 0.0
    m2_t: float = 0.0
    m2_v: float = 0.0
    m_tv: float = 0.0

    def add(self, seconds: NDArray[np.float64], values: NDArray[np.float64]) -> None:
        """Merge a block."""
        n = len(values)
        mean_t, mean_v = float(seconds.mean()), float(values.mean())
        off_t, off_v = seconds - mean_t, values - mean_v
        total = self.n + n
        d_t, d_v, weight = mean_t - self.mean_t, mean_v - self.mean_v, self.n * n / total
        self.m2_t += float(off_t @ off_t) + d_t * d_t * weight
        self.m2_v += float(off_v @ off_v) + d_v * d_v * weight
        self.m_tv += float(off_t @ off_v) + d_t * d_v * weight
        self.mean_t += d_t * n / total
        self.mean_v += d_v * n / total
        self.n = total


def channel_statistics(blocks: Blocks, check: Callable[[], None] = lambda: None) -> ChannelStatistics:
    """Count, extremes, mean, deviation, median, RMS and slope over all blocks; `check` may raise to stop."""
    moments = _Moments()
    n_missing, low, high = 0, math.inf, -math.inf
    first_ns: int | None = None
    last_ns: int | None = None
    for times_ns, values in blocks():
        check()
        is_good = np.isfinite(values)
        good = np.asarray(values[is_good], np.float64)
        n_missing += len(values) - len(good)
        if not len(good):
            continue
        times = times_ns[is_good]
        origin_ns = int(times[0]) if first_ns is None else first_ns
        first_ns, last_ns = origin_ns, int(times[-1])
        low, high = min(low, float(good.min())), max(high, float(good.max()))
        moments.add((times - origin_ns) / _NS_PER_S, good)
    if not moments.n:
        return ChannelStatistics(n_missing=n_missing)
    n = moments.n
    return ChannelStatistics(
        n=n, n_missing=n_missing, minimum=low, maximum=high, mean=moments.mean_v,
        sd=math.sqrt(moments.m2_v / (n - 1)) if n > 1 else math.nan,
        median=_median(blocks, n, (low, high), check), rms=math.sqrt(moments.mean_v**2 + moments.m2_v / n),
        slope_per_s=moments.m_tv / moments.m2_t if moments.m2_t > 0 else math.nan, first_ns=first_ns, last_ns=last_ns,
    )  # fmt: skip


def _good(blocks: Blocks, check: Callable[[], None]) -> Iterable[NDArray[np.float64]]:
    for _, values in blocks():
        check()
        good = np.asarray(values[np.isfinite(values)], np.float64)
        if len(good):
            yield good


def _median(blocks: Blocks, n: int, ends: tuple[float, float], check: Callable[[], None]) -> float:
    """The middle value, or the mean of the two middle ones."""
    if n <= SORT_AT_MOST:
        return float(np.median(np.concatenate(list(_good(blocks, check)))))
    return (_ranked(blocks, (n - 1) // 2, ends, check) + _ranked(blocks, n // 2, ends, check)) / 2


def _ranked(blocks: Blocks, rank: int, ends: tuple[float, float], check: Callable[[], None]) -> float:
    """The value with `rank` others below it in order, by narrowing the range until what is in it can be sorted."""
    low, high = ends
    while True:
        counts = np.zeros(_BINS, np.int64)
        edges = np.linspace(low, high, _BINS + 1)
        if not low < high or not np.all(np.diff(edges) > 0):
            return low
        n_below = 0
        for good in _good(blocks, check):
            n_below += int(np.count_nonzero(good < low))
            counts += np.histogram(good, edges)[0]
        reached = n_below + np.cumsum(counts)
        number = min(int(np.searchsorted(reached, rank, side="right")), _BINS - 1)
        before = int(reached[number - 1]) if number else n_below
        low, high = float(edges[number]), float(edges[number + 1])
        if counts[number] <= SORT_AT_MOST:
            is_last = number == _BINS - 1
            inside = [good[(good >= low) & ((good <= high) if is_last else (good < high))] for good in _good(blocks, check)]
            return float(np.sort(np.concatenate(inside))[rank - before])
