"""Min/max pyramid of one channel: a plot of a hundred million samples reads a few thousand numbers.

Level 0 holds the smallest and largest good value of every 32 samples, each further level of two buckets of the level
below, down to a few dozen: 12.5 % of the data. The last bucket of a level covers whatever is left, so nothing is cut
off. NaN is no value; a bucket of nothing but NaN is NaN. Must not import anything but numpy and the time axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.logs.time_axis import Int64s, RunsAxis, TimeAxis

Floats = NDArray[np.floating]
BASE = 32
"""Samples in a bucket of level 0."""
_TOP_BUCKETS = 64
_BLOCK_SAMPLES = 1 << 15
_BLOCK_BUCKETS = 1 << 18


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
        level = np.memmap(path, dtype, "r", offset * 2 * dtype.itemsize, (below, 2))
        with path.open("ab") as stream:
            for first in range(0, below, _BLOCK_BUCKETS):
                stream.write(reduce_pairs(level[first : first + _BLOCK_BUCKETS]).tobytes())
        del level
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
    """Stretches of consecutive samples, from row `first` up to before row `end`, with their extremes [k, 2]."""

    first: Int64s
    end: Int64s
    extremes: Floats


def envelope(pyramid: Pyramid, axis: TimeAxis, view: View, *, gaps: Int64s, is_sparse: bool = False) -> Envelope:
    """The envelope over the samples in [start, end], at most about `2 n_pixels` columns.

    Rows are told apart by time, not by number: where samples lie far apart (after a gap, in a log on change) buckets are
    opened until each spans at most a pixel. `gaps` int64 ns [k, 2] become NaN columns where they are wider than a pixel.
    In a sparse channel instants without value are usual: columns without any are left out, so that the line goes on.
    """
    first = axis.index_at(view.start_ns, after=False)
    end = axis.index_at(view.end_ns, after=True)
    bucket = _bucket_for(end - first, view.n_pixels, pyramid)
    if bucket == 0:
        rows = np.arange(first, end, dtype=np.int64)
        values = np.asarray(pyramid.values[first:end])
        drawn = Envelope(times_ns=axis.take(rows), minimum=values, maximum=values)
    else:
        drawn = _columns(_narrow(pyramid, axis, view, _cover(pyramid, first, end, bucket)), axis, view)
    return _break_at_gaps(_without_empty(drawn) if is_sparse else drawn, gaps, view)


def _without_empty(drawn: Envelope) -> Envelope:
    is_good = ~np.isnan(drawn.minimum)
    return Envelope(times_ns=drawn.times_ns[is_good], minimum=drawn.minimum[is_good], maximum=drawn.maximum[is_good])


def _bucket_for(n_samples: int, n_pixels: int, pyramid: Pyramid) -> int:
    """Half a pixel's samples rounded down to a power of two; 0 = draw the samples themselves."""
    half = n_samples // (2 * max(n_pixels, 1))
    return min(1 << (half.bit_length() - 1), pyramid.largest_bucket()) if half else 0


def _cover(pyramid: Pyramid, first: int, end: int, bucket: int) -> list[_Items]:
    """Whole buckets inside the range, single samples at its ragged ends."""
    n_samples = len(pyramid.values)
    head = min(-(-first // bucket) * bucket, end)
    tail = end if end == n_samples else max(end // bucket * bucket, head)
    middle = np.arange(head, tail, bucket, dtype=np.int64)
    if bucket >= BASE:
        extremes = np.asarray(pyramid.level(bucket)[head // bucket : head // bucket + len(middle)])
    else:
        extremes = reduce_samples(pyramid.values[head:tail], bucket)
    whole = _Items(first=middle, end=np.minimum(middle + bucket, tail), extremes=extremes)
    ends = [(a, b) for a, b in ((first, head), (tail, end)) if a < b]
    return [whole, *(_samples(np.arange(a, b, dtype=np.int64), pyramid.values[a:b]) for a, b in ends)]


def _samples(rows: Int64s, values: Floats) -> _Items:
    return _Items(first=rows, end=rows + 1, extremes=np.stack([values, values], axis=1))


def _narrow(pyramid: Pyramid, axis: TimeAxis, view: View, pieces: list[_Items]) -> _Items:
    """Open the buckets that span more than a pixel of time."""
    done = pieces[1:]
    items = pieces[0]
    while len(items.first) and not (isinstance(axis, RunsAxis) and len(axis.first_rows) == 1):
        is_wide = (axis.take(items.end - 1) - axis.take(items.first) > view.pixel_ns) & (items.end - items.first > 1)
        if not is_wide.any():
            break
        done.append(_pick(items, ~is_wide))
        items = _open(pyramid, _pick(items, is_wide))
    everything = [*done, items]
    first = np.concatenate([piece.first for piece in everything])
    order = np.argsort(first, kind="stable")
    return _Items(
        first=first[order], end=np.concatenate([piece.end for piece in everything])[order],
        extremes=np.concatenate([piece.extremes for piece in everything])[order],
    )  # fmt: skip


def _pick(items: _Items, mask: NDArray[np.bool_]) -> _Items:
    return _Items(first=items.first[mask], end=items.end[mask], extremes=items.extremes[mask])


def _open(pyramid: Pyramid, wide: _Items) -> _Items:
    """The two halves of each bucket, from the level below; the samples themselves below level 0."""
    bucket = 1 << int((wide.end - wide.first).max() - 1).bit_length()
    if bucket <= BASE:
        rows = (wide.first[:, None] + np.arange(bucket, dtype=np.int64)).ravel()
        rows = rows[rows < np.repeat(wide.end, bucket)]
        return _samples(rows, np.asarray(pyramid.values[rows]))
    half = bucket // 2
    first = np.stack([wide.first, wide.first + half], axis=1).ravel()
    end = np.minimum(first + half, np.repeat(wide.end, 2))
    is_there = first < end
    first, end = first[is_there], end[is_there]
    return _Items(first=first, end=end, extremes=np.asarray(pyramid.level(half)[first // half]))


def _columns(items: _Items, axis: TimeAxis, view: View) -> Envelope:
    """Join what begins in the same pixel."""
    times_ns = axis.take(items.first)
    pixel = ((times_ns - view.start_ns) / view.pixel_ns).astype(np.int64)
    starts = np.flatnonzero(np.diff(pixel, prepend=-1))
    return Envelope(
        times_ns=times_ns[starts], minimum=np.fmin.reduceat(items.extremes[:, 0], starts),
        maximum=np.fmax.reduceat(items.extremes[:, 1], starts),
    )  # fmt: skip


def _break_at_gaps(drawn: Envelope, gaps: Int64s, view: View) -> Envelope:
    """A NaN column in every gap wider than a pixel, so that no line is drawn across it."""
    is_seen = (gaps[:, 1] - gaps[:, 0] > view.pixel_ns) & (gaps[:, 1] <= view.end_ns) & (gaps[:, 0] >= view.start_ns)
    if not is_seen.any() or not len(drawn.times_ns):
        return drawn
    middle_ns = gaps[is_seen, 0] + (gaps[is_seen, 1] - gaps[is_seen, 0]) // 2
    at = np.searchsorted(drawn.times_ns, middle_ns)
    return Envelope(
        times_ns=np.insert(drawn.times_ns, at, middle_ns), minimum=np.insert(drawn.minimum, at, np.nan),
        maximum=np.insert(drawn.maximum, at, np.nan),
    )  # fmt: skip
