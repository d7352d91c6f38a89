"""Finds the stretches in which a channel does not move, without looking at every sample twice.

A stretch of 31 equal samples fills at least one aligned bucket of 16, so the extremes of buckets show all candidates; only
their ends are looked at sample by sample. Bad samples (NaN) inside a stretch don't end it. Must not import anything but
numpy and the pyramid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.logs.recordings.pyramid import Floats, reduce_samples

SHORTEST_RUN = 31
SHORTEST_SLOW_RUN = 10
BUCKET_ROWS = 16
_BLOCK_ROWS = 1 << 18
_N_PROBES = 48
_PROBE_ROWS = 2048
_MAX_RUNS = 2000


class Samples(Protocol):
    """The samples of a channel [n], NaN = bad, read piece by piece: an array, a memory map or a column in a file."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | NDArray[np.int64], /) -> Floats: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatRun:
    """Rows `first` up to before `end` hold `value` (or nothing)."""

    first: int
    end: int
    value: float

    @property
    def n_rows(self) -> int:
        """Rows in the run."""
        return self.end - self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHabits:
    """What is usual for a channel, from a few dozen evenly placed stretches of it."""

    sample: NDArray[np.float64]
    """Good values of those stretches."""
    long_run: float
    """Nineteen of twenty runs of equal values are at most this long."""
    n_runs: int
    is_coarse: bool
    """It mostly moves by one step of its resolution: resting on a value is usual."""


def find_flat_runs(values: Samples, extremes: Floats | None = None) -> list[FlatRun]:
    """The longest runs of at least 31 equal samples of a channel [n], longest first (at most 2000).

    `extremes` are those of `bucket_extremes`, where they are known already.
    """
    extremes = bucket_extremes(values) if extremes is None else extremes
    firsts, ends, levels = _flat_buckets(extremes, len(values))
    if not len(firsts):
        return []
    is_new = np.append(True, (levels[1:] != levels[:-1]) | (firsts[1:] != ends[:-1]))
    starts = np.flatnonzero(is_new)
    stops = np.append(starts[1:], len(firsts)) - 1
    longest = np.argsort(firsts[starts] - ends[stops], kind="stable")[:_MAX_RUNS]
    runs = (_extend(values, int(firsts[starts[k]]), int(ends[stops[k]]), float(levels[starts[k]])) for k in longest)
    return sorted((run for run in runs if run.n_rows >= SHORTEST_RUN), key=_by_length)


def find_short_runs(values: Samples) -> list[FlatRun]:
    """As `find_flat_runs`, of at least ten samples: for logs of few rows, all of which are looked at."""
    good = np.asarray(values[0 : len(values)], np.float64)
    rows = np.flatnonzero(~np.isnan(good))
    starts = np.flatnonzero(np.append(True, np.diff(good[rows]) != 0)) if len(rows) else np.zeros(0, np.int64)
    stops = np.append(starts[1:], len(rows)) - 1
    found = [
        FlatRun(first=int(rows[first]), end=int(rows[last]) + 1, value=float(good[rows[first]]))
        for first, last in zip(starts.tolist(), stops.tolist(), strict=True)
        if rows[last] - rows[first] + 1 >= SHORTEST_SLOW_RUN
    ]
    return sorted(found, key=_by_length)[:_MAX_RUNS]


def learn_habits(values: Samples) -> ChannelHabits:
    """Look at up to 48 stretches of 2048 samples."""
    stretches = [stretch[~np.isnan(stretch)] for stretch in _probe(values)]
    lengths = np.concatenate([_run_lengths(stretch) for stretch in stretches]) if stretches else np.zeros(0, np.int64)
    sample = np.concatenate(stretches).astype(np.float64) if stretches else np.zeros(0)
    steps = np.abs(np.concatenate([np.diff(stretch.astype(np.float64)) for stretch in stretches])) if stretches else np.zeros(0)
    moves = steps[steps > 0]
    is_coarse = bool(len(moves) and np.mean(np.isclose(moves, np.median(moves), rtol=0.05)) >= 0.5)
    long_run = float(np.quantile(lengths, 0.95)) if len(lengths) else 0.0
    return ChannelHabits(sample=sample, long_run=long_run, n_runs=len(lengths), is_coarse=is_coarse)


def _by_length(run: FlatRun) -> tuple[int, int]:
    return -run.n_rows, run.first


def _probe(values: Samples) -> Iterator[Floats]:
    n_probes = min(_N_PROBES, -(-len(values) // _PROBE_ROWS))
    for first in np.linspace(0, max(len(values) - _PROBE_ROWS, 0), n_probes).astype(np.int64):
        yield np.asarray(values[first : first + _PROBE_ROWS])


def _run_lengths(values: Floats) -> NDArray[np.int64]:
    if not len(values):
        return np.zeros(0, np.int64)
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]), len(values) - 1)
    return np.diff(ends, prepend=-1)


def bucket_extremes(values: Samples) -> Floats:
    """Smallest and largest good value of each 16 samples, [ceil(n / 16), 2]: read once, asked by all who look at every sample."""
    parts = [
        reduce_samples(values[first : first + _BLOCK_ROWS], BUCKET_ROWS) for first in range(0, max(len(values), 1), _BLOCK_ROWS)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def rows_of_buckets(is_met: NDArray[np.bool_], n_rows: int) -> Iterator[NDArray[np.int64]]:
    """Rows of the buckets [k] that are met, in order, a block at a time: all buckets of a long log may be."""
    for first in range(0, len(is_met), _BLOCK_ROWS // BUCKET_ROWS):
        met = first + np.flatnonzero(is_met[first : first + _BLOCK_ROWS // BUCKET_ROWS])
        rows = (met[:, None] * BUCKET_ROWS + np.arange(BUCKET_ROWS)).ravel()
        if rows.size:
            yield np.asarray(rows[rows < n_rows])


def _flat_buckets(extremes: Floats, n_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """First and end rows and value of each whole bucket whose samples are equal."""
    whole = extremes[: n_rows // BUCKET_ROWS]
    flat = np.flatnonzero(whole[:, 0] == whole[:, 1])
    first_rows = flat * BUCKET_ROWS
    return first_rows, first_rows + BUCKET_ROWS, whole[flat, 0].astype(np.float64)


def _extend(values: Samples, first: int, end: int, value: float) -> FlatRun:
    """The run's true ends: less than a bucket away on each side (bad samples at its rim are left out)."""
    before = np.asarray(values[max(first - BUCKET_ROWS, 0) : first], np.float64)[::-1]
    after = np.asarray(values[end : end + BUCKET_ROWS], np.float64)
    return FlatRun(first=first - _n_equal(before, value), end=end + _n_equal(after, value), value=value)


def _n_equal(values: NDArray[np.float64], value: float) -> int:
    other = np.flatnonzero(values != value)
    return int(other[0]) if len(other) else len(values)
