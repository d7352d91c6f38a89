"""From raw samples to the windows that a model reads: one rule, in one go on a laptop and as it comes on a gateway.

Grid instants are whole multiples of the sample period since 1970, and a window ends where the number of its last grid
instant is a multiple of the stride. So wherever a log begins, and whoever cuts it, the same windows come out; the
streaming form gives bit for bit what the batch form gives. Must not import anything beyond numpy and core.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ScoringSpec
from workbench.scoring.missing import LastGood, find_missing, hold_last, last_good_after, nothing_seen, to_float32


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Regular samples: `times_ns` int64 [m], `values` float32 [m, c] (NaN where missing), `is_missing` bool [m, c].

    Times are `sample_period_s` apart except across a gap so long that no window could span it.
    """

    times_ns: NDArray[np.int64]
    values: NDArray[np.float32]
    is_missing: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """`values` float32 [n, window, c], `end_ns` int64 [n] (instant of the last sample), `is_complete` bool [n].

    A window that is not complete holds NaN and gets no score.
    """

    values: NDArray[np.float32]
    end_ns: NDArray[np.int64]
    is_complete: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.end_ns)


def to_grid(times_ns: NDArray[np.int64], values: NDArray[np.floating], spec: ScoringSpec, *, until_ns: int | None = None) -> Grid:
    """Put samples on the regular grid, from the first sample's instant to the last one's, or on to `until_ns` if that is later.

    `times_ns` int64 [n] strictly increasing, `values` float [n, c] in the order of `spec.channels`, NaN = bad or missing.
    Raises InputError when the shapes don't fit or time goes backwards.
    """
    times_ns, samples = _check_samples(times_ns, values, spec)
    if not len(times_ns):
        return _empty_grid(len(spec.channels))
    last_ns = int(times_ns[-1]) if until_ns is None else max(until_ns, int(times_ns[-1]))
    grid_ns = _grid_instants(times_ns, int(times_ns[0]), last_ns, spec)
    return _fill_grid(times_ns, samples, grid_ns, nothing_seen(samples.shape[1]), spec)


def cut_windows(grid: Grid, spec: ScoringSpec) -> Windows:
    """All windows of a grid whose end falls on the stride; a view of the grid's values unless long gaps break it."""
    length = spec.window_samples
    n_possible = len(grid.times_ns) - length + 1
    if n_possible <= 0:
        return _no_windows(spec)
    period_ns = period_of(spec)
    end_ns = grid.times_ns[length - 1 :]
    is_cut = (end_ns // period_ns) % spec.stride_samples == 0
    is_cut &= end_ns - grid.times_ns[:n_possible] == (length - 1) * period_ns
    starts = np.flatnonzero(is_cut)
    n_missing = np.concatenate(([0], np.cumsum(grid.is_missing.any(axis=1))))
    is_complete = n_missing[starts + length] == n_missing[starts]
    slid = sliding_window_view(grid.values, length, axis=0).swapaxes(1, 2)
    return Windows(values=slid[_as_slice(starts)], end_ns=end_ns[starts], is_complete=is_complete)


def windows_of(
    times_ns: NDArray[np.int64], values: NDArray[np.floating], spec: ScoringSpec, *, until_ns: int | None = None
) -> Windows:
    """`to_grid` and `cut_windows` in one."""
    return cut_windows(to_grid(times_ns, values, spec, until_ns=until_ns), spec)


def period_of(spec: ScoringSpec) -> int:
    """The sample period in whole nanoseconds, at least one."""
    return max(1, round(spec.sample_period_s * NS_PER_S))


def overdue_after_ns(spec: ScoringSpec) -> int:
    """A window's score stands until the next one is due; from this age on that one is overdue, and there is no score."""
    return round((spec.stride_samples + 1) * spec.sample_period_s * NS_PER_S)


class StreamingWindower:
    """The same windows as `windows_of`, handed out as samples arrive. Belongs to one thread."""

    def __init__(self, spec: ScoringSpec) -> None:
        self.spec = spec
        self.n_dropped = 0
        self.reset()

    def push(self, times_ns: NDArray[np.int64], values: NDArray[np.floating]) -> Windows:
        """Take samples, int64 [n] and float [n, c]; returns the windows that they complete.

        Samples that are not newer than the newest one are dropped and counted in `n_dropped`, unless the clock went back
        by more than a window could span: then everything starts afresh.
        """
        times_ns = np.atleast_1d(np.asarray(times_ns, np.int64))
        samples = np.atleast_2d(values)
        if self._newest_ns is not None and len(times_ns) and times_ns[0] < self._newest_ns - longest_gap_ns(self.spec):
            self.reset()
        is_new = _is_rising(times_ns, self._newest_ns)
        self.n_dropped += int(len(is_new) - is_new.sum())
        times_ns, samples = _check_samples(times_ns[is_new], samples[is_new], self.spec)
        if not len(times_ns):
            return _no_windows(self.spec)
        return self._extend(times_ns, samples, int(times_ns[-1]))

    def advance(self, until_ns: int) -> Windows:
        """Let time pass without samples: windows up to `until_ns`, which become incomplete once the hold limit is over.

        Give an instant up to which every sample has come: a later sample of before changes nothing any more.
        """
        period_ns = period_of(self.spec)
        if self._newest_ns is None or until_ns // period_ns <= (self._next_ns - 1) // period_ns:
            return _no_windows(self.spec)
        n_channels = len(self.spec.channels)
        return self._extend(np.empty(0, np.int64), np.empty((0, n_channels), np.float32), until_ns)

    def reset(self) -> None:
        """Forget everything but the count of dropped samples."""
        self._last_good: LastGood = nothing_seen(len(self.spec.channels))
        self._tail = _empty_grid(len(self.spec.channels))
        self._newest_ns: int | None = None
        self._next_ns = 0

    def _extend(self, times_ns: NDArray[np.int64], samples: NDArray[np.float32], until_ns: int) -> Windows:
        if self._newest_ns is None:
            self._next_ns = int(times_ns[0])
        known_ns = times_ns if self._newest_ns is None else np.concatenate(([self._newest_ns], times_ns))
        grid_ns = _grid_instants(known_ns, self._next_ns, until_ns, self.spec)
        fresh = _fill_grid(times_ns, samples, grid_ns, self._last_good, self.spec)
        self._last_good = last_good_after(times_ns, samples, self._last_good)
        self._newest_ns = int(known_ns[-1])
        self._next_ns = max(self._next_ns, until_ns + 1)
        whole = _join_grids(self._tail, fresh)
        keep = self.spec.window_samples - 1
        self._tail = _last_of(whole, keep)
        return cut_windows(whole, self.spec)


def longest_gap_ns(spec: ScoringSpec) -> int:
    """Grid instants later than this after a row are left out: all windows there would be wholly missing anyway."""
    period_ns = period_of(spec)
    return max(period_ns, round(spec.hold_limit_s * NS_PER_S)) + spec.window_samples * period_ns


def _grid_instants(times_ns: NDArray[np.int64], first_ns: int, last_ns: int, spec: ScoringSpec) -> NDArray[np.int64]:
    """Grid instants in first..last that follow a row (int64 [n], increasing) within the longest gap."""
    period_ns = period_of(spec)
    reach_ns = longest_gap_ns(spec)
    breaks = np.flatnonzero(np.diff(times_ns) > reach_ns)
    starts = [int(times_ns[0]), *(int(times_ns[index + 1]) for index in breaks)]
    ends = [*(int(times_ns[index]) + reach_ns for index in breaks), int(times_ns[-1]) + reach_ns]
    pieces = [
        np.arange(-(-max(start, first_ns) // period_ns), min(end, last_ns) // period_ns + 1, dtype=np.int64) * period_ns
        for start, end in zip(starts, ends, strict=True)
    ]
    return np.concatenate(pieces)


def _fill_grid(
    times_ns: NDArray[np.int64], samples: NDArray[np.float32], grid_ns: NDArray[np.int64], before: LastGood, spec: ScoringSpec
) -> Grid:
    values, stamps = hold_last(times_ns, samples, grid_ns, before)
    is_missing = find_missing(grid_ns, stamps, period_of(spec), round(spec.hold_limit_s * NS_PER_S))
    values[is_missing] = np.nan
    return Grid(times_ns=grid_ns, values=values, is_missing=is_missing)


def _check_samples(
    times_ns: NDArray[np.int64], values: NDArray[np.floating], spec: ScoringSpec
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    times_ns = np.asarray(times_ns, np.int64)
    samples = to_float32(values)
    if samples.ndim != 2 or samples.shape != (len(times_ns), len(spec.channels)):
        raise InputError(
            f"Samples of shape {samples.shape} don't fit {len(times_ns)} instants and {len(spec.channels)} channels.",
            "Give one row an instant and one column a channel, in the model's order.",
        )
    if len(times_ns) > 1 and not (np.diff(times_ns) > 0).all():
        at = int(np.flatnonzero(np.diff(times_ns) <= 0)[0])
        raise InputError(f"Time does not increase after sample {at} ({times_ns[at]} ns).", "Sort the samples, drop duplicates.")
    return times_ns, samples


def _is_rising(times_ns: NDArray[np.int64], newest_ns: int | None) -> NDArray[np.bool_]:
    """Which samples are newer than all before them; bool [n]."""
    floor_ns = np.iinfo(np.int64).min if newest_ns is None else newest_ns
    before = np.maximum.accumulate(np.concatenate(([floor_ns], times_ns)))[:-1]
    is_rising: NDArray[np.bool_] = times_ns > before
    return is_rising


def _as_slice(starts: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    if len(starts) < 2:
        return starts
    step = int(starts[1] - starts[0])
    is_even = (np.diff(starts) == step).all()
    return slice(int(starts[0]), int(starts[-1]) + 1, step) if is_even else starts


def _empty_grid(n_channels: int) -> Grid:
    return Grid(
        times_ns=np.empty(0, np.int64),
        values=np.empty((0, n_channels), np.float32),
        is_missing=np.empty((0, n_channels), np.bool_),
    )


def _no_windows(spec: ScoringSpec) -> Windows:
    shape = (0, spec.window_samples, len(spec.channels))
    return Windows(values=np.empty(shape, np.float32), end_ns=np.empty(0, np.int64), is_complete=np.empty(0, np.bool_))


def _join_grids(first: Grid, second: Grid) -> Grid:
    return Grid(
        times_ns=np.concatenate((first.times_ns, second.times_ns)),
        values=np.concatenate((first.values, second.values)),
        is_missing=np.concatenate((first.is_missing, second.is_missing)),
    )


def _last_of(grid: Grid, n_rows: int) -> Grid:
    first = max(0, len(grid.times_ns) - n_rows)
    return Grid(
        times_ns=grid.times_ns[first:].copy(), values=grid.values[first:].copy(), is_missing=grid.is_missing[first:].copy()
    )
