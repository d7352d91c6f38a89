"""One channel against another: pairs by last known value, as points or as counts on a grid, with the line of least squares.

The channel with fewer samples says when; the other gives its last known value then, unless that is older than a tolerance.
Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Instants = NDArray[np.int64]
Pairs = tuple[Instants, Values, Values]
"""Instants ns [n], x [n], y [n]; NaN where one is missing."""
PairBlocks = Callable[[], Iterable[Pairs]]
Box = tuple[float, float, float, float]
"""x from, x to, y from, y to."""
MOST_POINTS = 100_000
MOST_RUNS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class XYCloud:
    """What is to be drawn: every pair as a point, or (of very many) how many pairs fall into each cell of a grid."""

    n: int
    n_unmatched: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    times_ns: Instants
    x: Values
    y: Values
    counts: NDArray[np.int64] | None
    """[rows of y from below, columns of x]; None where there are points."""
    r: float
    """Pearson's coefficient; NaN of fewer than two pairs or a constant."""
    slope: float
    offset: float
    """Least squares: y = slope · x + offset."""


def make_cloud(blocks: PairBlocks, cells: tuple[int, int], check: Callable[[], None]) -> XYCloud:
    """Read the pairs twice: for ranges and the line, then for points or counts on `cells` (columns, rows)."""
    moments = np.zeros(6)
    n_unmatched = 0
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for _, x, y in blocks():
        check()
        good = np.isfinite(x) & np.isfinite(y)
        n_unmatched += int(len(x) - np.count_nonzero(good))
        if good.any():
            pair = np.stack([x[good], y[good]])
            low, high = np.minimum(low, pair.min(axis=1)), np.maximum(high, pair.max(axis=1))
            moments = _merged(moments, pair)
    n = round(moments[0])
    ranges = [(float(a), float(b)) for a, b in zip(low, high, strict=True)] if n else [(0.0, 1.0), (0.0, 1.0)]
    x_range, y_range = (_wide(one) for one in ranges)
    times, points_x, points_y, counts = _second_pass(blocks, n, (x_range, y_range), cells, check)
    _, mean_x, mean_y, xx, yy, xy = moments.tolist()
    slope = xy / xx if xx > 0 else math.nan
    return XYCloud(
        n=n, n_unmatched=n_unmatched, x_range=x_range, y_range=y_range, times_ns=times, x=points_x, y=points_y, counts=counts,
        r=xy / math.sqrt(xx * yy) if xx > 0 and yy > 0 else math.nan, slope=slope, offset=mean_y - slope * mean_x,
    )  # fmt: skip


def runs_in(blocks: PairBlocks, box: Box, check: Callable[[], None]) -> tuple[list[tuple[int, int]], int]:
    """Stretches of time whose pairs lie in a box, at most `MOST_RUNS`, and how many pairs do."""
    runs: list[tuple[int, int]] = []
    n_inside = 0
    open_ns: int | None = None
    last_ns = 0
    for times_ns, x, y in blocks():
        check()
        inside = (x >= box[0]) & (x <= box[1]) & (y >= box[2]) & (y <= box[3])
        n_inside += int(np.count_nonzero(inside))
        edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0 if open_ns is None else 1))
        for edge in edges.tolist():
            if inside[edge]:
                open_ns = int(times_ns[edge])
            elif open_ns is not None:
                runs.append((open_ns, int(times_ns[edge - 1]) if edge else last_ns))
                open_ns = None
        last_ns = int(times_ns[-1]) if len(times_ns) else last_ns
        if len(runs) >= MOST_RUNS:
            return runs[:MOST_RUNS], n_inside
    if open_ns is not None:
        runs.append((open_ns, last_ns))
    return runs, n_inside


def _merged(moments: Values, pair: Values) -> Values:
    """Moments (n, means, sums of squared and mixed deviations) with a block more (Chan, Golub, LeVeque 1983, eq. 1.5)."""
    n, mean_x, mean_y, xx, yy, xy = moments
    m = pair.shape[1]
    means = pair.mean(axis=1)
    off = pair - means[:, None]
    total = n + m
    d_x, d_y, weight = means[0] - mean_x, means[1] - mean_y, n * m / total
    return np.array(
        [
            total, mean_x + d_x * m / total, mean_y + d_y * m / total, xx + off[0] @ off[0] + d_x * d_x * weight,
            yy + off[1] @ off[1] + d_y * d_y * weight, xy + off[0] @ off[1] + d_x * d_y * weight,
        ]
    )  # fmt: skip


def _second_pass(
    blocks: PairBlocks, n: int, ranges: tuple[tuple[float, float], tuple[float, float]], cells: tuple[int, int],
    check: Callable[[], None],
) -> tuple[Instants, Values, Values, NDArray[np.int64] | None]:  # fmt: skip
    columns, rows = cells
    kept: list[Pairs] = [(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))]
    counts = np.zeros(columns * rows, np.int64)
    for times_ns, x, y in blocks():
        check()
        good = np.isfinite(x) & np.isfinite(y)
        if n <= MOST_POINTS:
            kept.append((times_ns[good], x[good], y[good]))
            continue
        column = _cell(x[good], ranges[0], columns)
        counts += np.bincount(_cell(y[good], ranges[1], rows) * columns + column, minlength=columns * rows)
    times, points_x, points_y = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return times, points_x, points_y, None if n <= MOST_POINTS else counts.reshape(rows, columns)


def _cell(values: Values, limits: tuple[float, float], n: int) -> NDArray[np.int64]:
    share = (values - limits[0]) / (limits[1] - limits[0])
    return np.clip((share * n).astype(np.int64), 0, n - 1)


def _wide(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    pad = 0.04 * (high - low) or max(abs(low) * 0.05, 0.5)
    return low - pad, high + pad
