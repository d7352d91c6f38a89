"""Stretches of a log that look like a given one: distances of z-normalised shapes by FFT, over several channels at once.

The distance of one channel is MASS (Mueen, Zhong, Zhu, Yeh, Kamgar, Viswanathan, Gupta, Keogh 2017, "The fastest similarity
search algorithm for time series subsequences under Euclidean distance"): d² = 2 m (1 − r), with r the correlation of the two
z-normalised stretches of m samples. Several channels are joined as in mSTAMP (Yeh, Kavantzas, Keogh 2017, "Matrix profile VI"):
the mean of their d², here weighted by how much each channel stands out in the example. Reported is √(1 − r) of that mean:
0 for the same shape, 1 for no relation. Memory is bounded by a chunk, whatever the log's length. Numpy alone: loading
scipy's signal processing takes longer than the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int64s = NDArray[np.int64]

MOST_QUERY = 256
"""Samples of the example at the level that is searched."""
LEAST_QUERY = 8
CHUNK = 1 << 17
_HOLD_STEPS = 3
"""Holes of up to this many steps are held; longer ones are gaps."""
_USUAL_PAUSE, _LEAST_PAUSES = 0.9, 8
_FLAT = 1e-6
_MOST_WEIGHT = 4.0
_MOSTLY = 0.8
_LEAST_SHARE = 0.5
"""Of the weights: windows in which more of the channels have a gap are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What to look for: z-normalised shapes [channel, m] and the channels' weights [channel], 0 where one says nothing."""

    shapes: Floats
    weights: Floats

    @property
    def n_samples(self) -> int:
        """Length of the example on its grid."""
        return int(self.shapes.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A stretch like the example: its first instant, ns, and its distance √(1 − r), 0 to √2."""

    start_ns: int
    distance: float


def search_step_ns(period_ns: int, length_ns: int) -> int:
    """The step of the searched level: the log's own, or a multiple where the example has far more than `MOST_QUERY` samples."""
    period_ns = max(1, period_ns)
    n_samples = length_ns // period_ns
    return period_ns * (1 if n_samples <= 2 * MOST_QUERY else -(-n_samples // MOST_QUERY))


def on_grid(pieces: Iterable[tuple[Int64s, Floats]], start_ns: int, step_ns: int, n: int, *, holds: bool = False) -> Floats:
    """Means in `n` steps from `start_ns` of pieces of a log: instants [rows] and values [channel, rows], NaN where missing.

    Holes of a few steps are held (with `holds` all of them: a log that writes changes only).
    """
    sums: Floats | None = None
    counts = np.zeros(0)
    for times_ns, values in pieces:
        if sums is None:
            sums, counts = np.zeros((len(values), n)), np.zeros((len(values), n))
        steps = (times_ns - start_ns) // step_ns
        first = int(steps[0]) if len(steps) else 0
        for number, row in enumerate(values):
            is_good = np.isfinite(row)
            own = steps[is_good] - first
            found = np.bincount(own, weights=row[is_good])
            sums[number, first : first + len(found)] += found
            counts[number, first : first + len(found)] += np.bincount(own)
    if sums is None:
        return np.zeros((0, n))
    has = counts > 0
    means = np.where(has, sums / np.maximum(counts, 1), np.nan)
    return np.array([_held(row, own, n if holds else _HOLD_STEPS) for row, own in zip(means, has, strict=True)])


def make_example(grid: Floats, usual_spread: Floats) -> Example | None:
    """The example from its stretch [channel, m]; None where no channel moves in it.

    `usual_spread` [channel] is the usual standard deviation in a stretch as long: a channel that moves as it always does
    weighs little, one that stands out up to four times as much as one that does not.
    """
    grid = np.array([_filled(row) for row in grid])
    spread = np.std(grid, axis=1)
    is_usable = np.isfinite(spread) & (spread > _FLAT * np.maximum(1e-12, np.abs(grid.mean(axis=1))))
    if not is_usable.any():
        return None
    shapes = np.zeros_like(grid)
    shapes[is_usable] = (grid[is_usable] - grid[is_usable].mean(axis=1, keepdims=True)) / spread[is_usable, None]
    standing_out = np.clip(spread / np.maximum(usual_spread, 1e-12), 0, _MOST_WEIGHT)
    weights = np.where(is_usable, np.where(np.isfinite(standing_out), standing_out, 1.0), 0.0)
    return Example(shapes=shapes, weights=weights / max(weights.sum(), 1e-12))


def correlations(values: Floats, example: Example) -> Floats:
    """Weighted mean correlation [n − m + 1] of each stretch of `values` [channel, n] with the example; NaN in gaps."""
    m, n = example.n_samples, values.shape[1]
    if n < m:
        return np.zeros(0)
    total, weight = np.zeros(n - m + 1), np.zeros(n - m + 1)
    for row, shape, share in zip(values, example.shapes, example.weights, strict=True):
        if share > 0:
            found, is_whole = _correlation(row, shape)
            total[is_whole] += share * found[is_whole]
            weight[is_whole] += share
    return np.where(weight >= _LEAST_SHARE, total / np.maximum(weight, 1e-12), np.nan)


def peaks(found: Floats, least: float, apart: int) -> NDArray[np.intp]:
    """Places of the best correlations over `least`, each the best within `apart` samples."""
    padded = np.concatenate([[-2.0], np.nan_to_num(found, nan=-2.0), [-2.0]])
    here = padded[1:-1]
    places = np.flatnonzero((here >= padded[:-2]) & (here > padded[2:]) & (here >= least))
    is_free = np.ones(len(found), bool)
    kept = []
    for place in places[np.argsort(-here[places], kind="stable")].tolist():
        if is_free[place]:
            kept.append(place)
            is_free[max(0, place - apart + 1) : place + apart] = False
    return np.array(sorted(kept), np.intp)


def chunks(n: int, m: int, size: int = CHUNK) -> Iterator[tuple[int, int]]:
    """(first, end) of stretches that together hold every window of m samples once."""
    size = max(size, 4 * m)
    for first in range(0, max(1, n - m + 1), size - m + 1):
        yield first, min(n, first + size)


def best_apart(matches: Sequence[Match], taken: Sequence[tuple[int, int]], length_ns: int, most: int) -> list[Match]:
    """The nearest matches of which none overlaps a better one, or a taken span, by half its length."""
    spans = sorted(taken)
    kept: list[Match] = []
    for match in sorted(matches, key=_by_distance):
        if len(kept) == most:
            break
        others = [*spans, *((one.start_ns, one.start_ns + length_ns) for one in kept)]
        if not any(_overlap(match.start_ns, match.start_ns + length_ns, *other) for other in others):
            kept.append(match)
    return kept


def best_shift(values: Floats, example: Example) -> tuple[int, float] | None:
    """Where in a short stretch the example fits best, and how well; None where nothing is whole."""
    found = correlations(values, example)
    if not np.isfinite(found).any():
        return None
    place = int(np.nanargmax(found))
    return place, float(found[place])


def placing_step_ns(period_ns: int, step_ns: int) -> int:
    """The step at which a match is placed: an eighth of the searched one, but never finer than the log."""
    return period_ns * max(1, step_ns // period_ns // 8)


def _correlation(row: Floats, shape: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Correlation of each stretch with a z-normalised shape; `is_whole` where the stretch has no gap.

    With the shape's mean 0 and deviation 1, r = Σ x·q / (m σ): one convolution by FFT, and sliding sums for σ.
    """
    m = len(shape)
    is_gap = ~np.isfinite(row)
    level = float(np.mean(row[~is_gap])) if not is_gap.all() else 0.0
    x = np.where(is_gap, 0.0, row - level)
    size = 1 << (len(x) - 1).bit_length()
    dot = np.fft.irfft(np.fft.rfft(x, size) * np.conj(np.fft.rfft(shape, size)), size)[: len(x) - m + 1]
    first, second = _sliding_sum(x, m), _sliding_sum(x * x, m)
    spread = np.sqrt(np.maximum(second / m - (first / m) ** 2, 0.0))
    floor = _FLAT * max(float(np.sqrt(np.mean(x * x))), 1e-300)
    found = np.where(spread > floor, dot / (m * np.maximum(spread, floor)), 0.0)
    return np.clip(found, -1.0, 1.0), _sliding_sum(is_gap.astype(np.float64), m) < 0.5


def _sliding_sum(x: Floats, m: int) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(x)])
    return np.asarray(total[m:] - total[:-m], np.float64)


def _filled(row: Floats) -> Floats:
    """Gaps of an example that is mostly there are bridged; one that is not is left as it is, and so says nothing."""
    is_good = np.isfinite(row)
    if is_good.all() or is_good.mean() < _MOSTLY:
        return row
    places = np.arange(len(row))
    return np.interp(places, places[is_good], row[is_good])


def _held(row: Floats, has: NDArray[np.bool_], most: int) -> Floats:
    if has.all():
        return row
    steps = np.diff(np.flatnonzero(has))
    if len(steps) >= _LEAST_PAUSES:  # a channel that is written now and then is held as long as it usually pauses
        most = max(most, _HOLD_STEPS * int(np.quantile(steps, _USUAL_PAUSE)))
    places = np.where(has, np.arange(len(row)), -1)
    last = np.maximum.accumulate(places)
    is_near = (last >= 0) & (np.arange(len(row)) - last <= most)
    return np.where(is_near, row[np.maximum(last, 0)], np.nan)


def _overlap(start: int, end: int, other_start: int, other_end: int) -> bool:
    """Whether they share half of the shorter one."""
    shared = min(end, other_end) - max(start, other_start)
    return shared * 2 >= min(end - start, max(1, other_end - other_start))


def _by_distance(match: Match) -> tuple[float, int]:
    return match.distance, match.start_ns
