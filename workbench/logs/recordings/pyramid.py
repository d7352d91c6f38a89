"""Min/max pyramid of one channel: a plot of a hundred million samples reads a few thousand numbers.

Level 0 holds the smallest and largest good value of every 32 samples, each further level of two buckets of the level
below, down to a few dozen: 12.5 % of the data. The last bucket of a level covers whatever is left, so nothing is cut
off. NaN is no value; a bucket of nothing but NaN is NaN. Must not import anything but numpy and the time axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.logs.recordings.time_axis import Int64s, RunsAxis, TimeAxis

Floats = NDArray[np.floating]
BASE = 32
"""Samples in a bucket of level 0."""
_TOP_BUCKETS = 64
_BLOCK_SAMPLES = 1 << 15
_BLOCK_BUCKETS = 1 << 18
_FEW_ITEMS, _FEW_CROWDS = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a plot draws. Column k covers the samples from `times_ns[k]` up to before `times_ns[k + 1]` (the last one: up to
    the end of the range); `minimum` and `maximum` are exact over them. NaN where there is a gap or nothing but bad values.
    """

    times_ns: Int64s
    minimum: Floats
    maximum: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A stretch of time and the pixels it is drawn on."""

    start_ns: int
    end_ns: int
    n_pixels: int

    @property
    def pixel_ns(self) -> float:
        """Width of a pixel, ns."""
        return max((self.end_ns - self.start_ns) / max(self.n_pixels, 1), 1.0)


def level_sizes(n_samples: int) -> list[int]:
    """Buckets of each level for a channel of `n_samples`."""
    if n_samples == 0:
        return []
    sizes = [-(-n_samples // BASE)]
    while sizes[-1] > _TOP_BUCKETS:
        sizes.append(-(-sizes[-1] // 2))
    return sizes


def reduce_samples(values: Floats, bucket: int) -> Floats:
    """Smallest and largest good value of each `bucket` (a power of two) samples: [ceil(n / bucket), 2], same dtype."""
    n_whole = len(values) // bucket
    out = np.empty((-(-len(values) // bucket), 2), values.dtype)
    step = max(_BLOCK_SAMPLES // bucket, 1)
    for first in range(0, n_whole, step):
        last = min(first + step, n_whole)
        block = np.asarray(values[first * bucket : last * bucket])
        low, high = block, block
        for _ in range(bucket.bit_length() - 1):
            low, high = np.fmin(low[0::2], low[1::2]), np.fmax(high[0::2], high[1::2])
        out[first:last, 0], out[first:last, 1] = low, high
    if n_whole < len(out):
        rest = np.asarray(values[n_whole * bucket :])
        out[-1] = np.fmin.reduce(rest), np.fmax.reduce(rest)
    return out


def reduce_pairs(buckets: Floats) -> Floats:
    """The level above: [n, 2] → [ceil(n / 2), 2]."""
    n_pairs = len(buckets) // 2
    out = np.empty((-(-len(buckets) // 2), 2), buckets.dtype)
    np.fmin(buckets[0 : 2 * n_pairs : 2, 0], buckets[1 : 2 * n_pairs : 2, 0], out=out[:n_pairs, 0])
    np.fmax(buckets[0 : 2 * n_pairs : 2, 1], buckets[1 : 2 * n_pairs : 2, 1], out=out[:n_pairs, 1])
    if n_pairs < len(out):
        out[-1] = buckets[-1]
    return out


def append_levels(path: Path, n_samples: int, dtype: np.dtype[np.generic]) -> None:
    """Complete a file that holds level 0 with the levels above it; memory stays flat."""
    sizes = level_sizes(n_samples)
    offset = 0
    for below in sizes[:-1]:
        with path.open("ab") as stream:
            for first in range(0, below, _BLOCK_BUCKETS):
                count = min(_BLOCK_BUCKETS, below - first)
                level = np.fromfile(path, dtype, 2 * count, offset=(offset + first) * 2 * dtype.itemsize)
                stream.write(reduce_pairs(level.reshape(count, 2)).tobytes())
        offset += below


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyramid:
    """The pyramid of one channel: `values` [n] and `buckets` [sum of the level sizes, 2], usually memory maps."""

    values: Floats
    buckets: Floats

    def level(self, bucket: int) -> Floats:
        """The level whose buckets hold `bucket` (≥ 32) samples, or the coarsest there is."""
        sizes = level_sizes(len(self.values))
        number = min((bucket // BASE).bit_length() - 1, len(sizes) - 1)
        first = sum(sizes[:number])
        return self.buckets[first : first + sizes[number]]

    def largest_bucket(self) -> int:
        """Samples in a bucket of the coarsest level."""
        return int(BASE << max(len(level_sizes(len(self.values))) - 1, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Items:
    """Stretches of consecutive samples, from row `first` up to before row `end`, and where their extremes stand.

    `bucket` 1: the samples themselves; from 32 on: a level; between: to be reduced from the samples of `rows`.
    """

    first: Int64s
    end: Int64s
    bucket: int
    rows: tuple[int, int] | None
    """The rows that all items cover without a hole; None where some were taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Which items make up which column: the same for all channels of a time axis, so made once for all of them."""

    pieces: list[_Items]
    takes: list[Int64s]
    """The first item of every column, then the second (the last one again where there is none), and so on; empty where
    many columns have more than a few."""
    crowds: list[tuple[int, slice]]
    """Columns with more items than `takes` reach, and their items: those at the ragged ends."""
    order: Int64s | None
    starts: Int64s
    times_ns: Int64s


def envelope(pyramid: Pyramid, axis: TimeAxis, view: View, *, gaps: Int64s, is_sparse: bool = False) -> Envelope:
    """The envelope of one channel; see `envelopes`."""
    return envelopes([pyramid], axis, view, gaps=gaps, are_sparse=[is_sparse])[0]


def envelopes(
    pyramids: Sequence[Pyramid], axis: TimeAxis, view: View, *, gaps: Int64s, are_sparse: Sequence[bool]
) -> list[Envelope]:
    """The envelopes over the samples in [start, end] of channels with one time axis, at most about `2 n_pixels` columns each.

    Rows are told apart by time, not by number: where samples lie far apart (after a gap, in a log on change) buckets are
    opened until each spans at most a pixel. `gaps` int64 ns [k, 2] become NaN columns where they are wider than a pixel.
    In a sparse channel instants without value are usual: columns without any are left out, so that the line goes on.
    """
    first = axis.index_at(view.start_ns, after=False)
    end = axis.index_at(view.end_ns, after=True)
    if not pyramids or first >= end:
        none = np.zeros(0, np.int64)
        return [Envelope(times_ns=none, minimum=one.values[:0], maximum=one.values[:0]) for one in pyramids]
    bucket = _bucket_for(end - first, view.n_pixels, pyramids[0])
    if bucket == 0:
        times_ns = axis.take(np.arange(first, end, dtype=np.int64))
        samples = [np.asarray(one.values[first:end]) for one in pyramids]
        drawn = [Envelope(times_ns=times_ns, minimum=values, maximum=values) for values in samples]
    else:
        plan = _plan(pyramids[0], axis, view, _cover(len(pyramids[0].values), first, end, bucket))
        drawn = [_columns(one, plan) for one in pyramids]
    shown = [_without_empty(one) if is_sparse else one for one, is_sparse in zip(drawn, are_sparse, strict=True)]
    return _break_at_gaps(shown, gaps, view)


def _without_empty(drawn: Envelope) -> Envelope:
    is_good = ~np.isnan(drawn.minimum)
    return Envelope(times_ns=drawn.times_ns[is_good], minimum=drawn.minimum[is_good], maximum=drawn.maximum[is_good])


def _bucket_for(n_samples: int, n_pixels: int, pyramid: Pyramid) -> int:
    """Half a pixel's samples rounded down to a power of two; 0 = draw the samples themselves."""
    half = n_samples // (2 * max(n_pixels, 1))
    return min(1 << (half.bit_length() - 1), pyramid.largest_bucket()) if half else 0


def _cover(n_samples: int, first: int, end: int, bucket: int) -> list[_Items]:
    """Whole buckets inside the range, single samples at its ragged ends, in order."""
    head = min(-(-first // bucket) * bucket, end)
    tail = end if end == n_samples else max(end // bucket * bucket, head)
    middle = np.arange(head, tail, bucket, dtype=np.int64)
    whole = _Items(first=middle, end=np.minimum(middle + bucket, tail), bucket=bucket, rows=(head, tail))
    pieces = [_samples(first, head), whole, _samples(tail, end)]
    return [piece for piece in pieces if len(piece.first)]


def _samples(first: int, end: int) -> _Items:
    rows = np.arange(first, end, dtype=np.int64)
    return _Items(first=rows, end=rows + 1, bucket=1, rows=(first, end))


def _plan(pyramid: Pyramid, axis: TimeAxis, view: View, pieces: list[_Items]) -> _Plan:
    """Open what spans more than a pixel of time, put all in order, and find where columns begin."""
    order: Int64s | None = None
    if not (isinstance(axis, RunsAxis) and len(axis.first_rows) == 1):
        pieces = [narrow for piece in pieces for narrow in _narrow(pyramid, axis, view, piece)]
        order = np.argsort(np.concatenate([piece.first for piece in pieces]), kind="stable")
    first = np.concatenate([piece.first for piece in pieces])
    times_ns = axis.take(first if order is None else first[order])
    pixel = ((times_ns - view.start_ns) / view.pixel_ns).astype(np.int64)
    starts = np.flatnonzero(np.diff(pixel, prepend=-1))
    takes, crowds = _takes(starts, len(pixel))
    return _Plan(
        pieces=pieces, takes=takes if order is None else [order[one] for one in takes], crowds=crowds, order=order,
        starts=starts, times_ns=times_ns[starts],
    )  # fmt: skip


def _takes(starts: Int64s, n_items: int) -> tuple[list[Int64s], list[tuple[int, slice]]]:
    """See `_Plan`: a few whole-array steps reduce short runs in a third of the time that `reduceat` takes."""
    ends = np.append(starts[1:], n_items)
    crowded = np.flatnonzero(ends - starts > _FEW_ITEMS)
    if len(crowded) > _FEW_CROWDS:
        return [], []
    n_most = min(int((ends - starts).max()), _FEW_ITEMS)
    takes = [np.minimum(starts + number, ends - 1) for number in range(n_most)]
    return takes, [(column, slice(int(starts[column]), int(ends[column]))) for column in crowded.tolist()]


def _narrow(pyramid: Pyramid, axis: TimeAxis, view: View, items: _Items) -> list[_Items]:
    """The items that span at most a pixel of time; those that span more are opened until they do."""
    done = []
    while len(items.first) and items.bucket > 1:
        is_wide = (axis.take(items.end - 1) - axis.take(items.first) > view.pixel_ns) & (items.end - items.first > 1)
        if not is_wide.any():
            break
        done.append(_Items(first=items.first[~is_wide], end=items.end[~is_wide], bucket=items.bucket, rows=items.rows))
        items = _open(items.first[is_wide], items.end[is_wide], min(items.bucket, pyramid.largest_bucket()))
    return [piece for piece in (*done, items) if len(piece.first)]


def _open(first: Int64s, end: Int64s, bucket: int) -> _Items:
    """The two halves of each bucket, from the level below; the samples themselves below level 0."""
    if bucket <= BASE:
        rows = (first[:, None] + np.arange(bucket, dtype=np.int64)).ravel()
        rows = rows[rows < np.repeat(end, bucket)]
        return _Items(first=rows, end=rows + 1, bucket=1, rows=None)
    half = bucket // 2
    halves = np.stack([first, first + half], axis=1).ravel()
    ends = np.minimum(halves + half, np.repeat(end, 2))
    is_there = halves < ends
    return _Items(first=halves[is_there], end=ends[is_there], bucket=half, rows=None)


def _columns(pyramid: Pyramid, plan: _Plan) -> Envelope:
    """Join what begins in the same pixel."""
    parts = [_extremes(pyramid, piece) for piece in plan.pieces]
    lows, highs = ([part[side] for part in parts] for side in (0, 1))
    low = lows[0] if len(lows) == 1 else np.concatenate(lows)
    high = highs[0] if len(highs) == 1 else np.concatenate(highs)
    if plan.takes:
        return _few_columns(plan, low, high)
    if plan.order is not None:
        low, high = low[plan.order], high[plan.order]
    return Envelope(
        times_ns=plan.times_ns, minimum=np.fmin.reduceat(low, plan.starts), maximum=np.fmax.reduceat(high, plan.starts)
    )


def _few_columns(plan: _Plan, low: Floats, high: Floats) -> Envelope:
    least, most = low.take(plan.takes[0]), high.take(plan.takes[0])
    for take in plan.takes[1:]:
        np.fmin(least, low.take(take), out=least)
        np.fmax(most, high.take(take), out=most)
    for column, items in plan.crowds:
        places = items if plan.order is None else plan.order[items]
        least[column], most[column] = np.fmin.reduce(low[places]), np.fmax.reduce(high[places])
    return Envelope(times_ns=plan.times_ns, minimum=least, maximum=most)


def _extremes(pyramid: Pyramid, items: _Items) -> tuple[Floats, Floats]:
    """Smallest and largest good value of each item, [k] each."""
    n_items, bucket = len(items.first), items.bucket
    if bucket == 1:
        values = pyramid.values[items.first] if items.rows is None else pyramid.values[items.rows[0] : items.rows[1]]
        return np.asarray(values), np.asarray(values)
    if bucket >= BASE:
        buckets, base = pyramid.level(bucket), 0
    else:
        # Items of less than a level's bucket are never opened in part: they keep the rows they were cut from.
        assert items.rows is not None
        buckets, base = reduce_samples(pyramid.values[items.rows[0] : items.rows[1]], bucket), items.rows[0]
    numbers = (items.first - base) // bucket
    is_run = int(numbers[-1] - numbers[0]) == n_items - 1
    found = np.asarray(buckets[int(numbers[0]) : int(numbers[0]) + n_items] if is_run else buckets[numbers])
    return found[:, 0], found[:, 1]


def _break_at_gaps(drawn: list[Envelope], gaps: Int64s, view: View) -> list[Envelope]:
    """A NaN column in every gap wider than a pixel, so that no line is drawn across it. What had the same times still has."""
    is_seen = (gaps[:, 1] - gaps[:, 0] > view.pixel_ns) & (gaps[:, 1] <= view.end_ns) & (gaps[:, 0] >= view.start_ns)
    if not is_seen.any():
        return drawn
    middle_ns = gaps[is_seen, 0] + (gaps[is_seen, 1] - gaps[is_seen, 0]) // 2
    broken: dict[int, tuple[Int64s, Int64s]] = {}
    for one in drawn:
        if id(one.times_ns) not in broken:
            at = np.searchsorted(one.times_ns, middle_ns)
            broken[id(one.times_ns)] = at, np.insert(one.times_ns, at, middle_ns)
    found = []
    for one in drawn:
        at, times_ns = broken[id(one.times_ns)]
        low, high = (np.insert(values, at, np.nan) for values in (one.minimum, one.maximum))
        found.append(Envelope(times_ns=times_ns, minimum=low, maximum=high) if len(one.times_ns) else one)
    return found
