"""The time axis of a recording: int64 ns, either plain on disk or as runs of one constant step.

A logger that ticks evenly needs no eight bytes a row: its axis is a few runs (first row, first instant) and one step.
Must not import anything but numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


class Instants(Protocol):
    """Sorted instants, int64 ns [n], read piece by piece: an array, a memory map or a column in a file."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | Int64s, /) -> Int64s: ...


GAP_FACTOR = 3.0
"""A gap is a step longer than this many median steps."""
BLOCK_ROWS = 1 << 18
ON_CHANGE_SHARE = 0.02
"""With more steps than this far above the median, the log is one on change."""
_SPARSE_SHARE = 0.005
"""The same where most rows are due to some of the channels only: each channel's own long steps are filled by the others."""
_MIN_SPARSE_GAPS = 10
_MOSTLY_FILLED = 0.6
_N_STRETCHES = 64
_STRETCH_ROWS = 4096
_RUNS_PER_ROWS = 64
_MAX_RUNS = 1 << 16


def is_on_change(n_gaps: int, n_rows: int, filled: float = 1.0) -> bool:
    """Whether so many steps are long that they are a log's nature (a value is written when it changes).

    `filled` is the share of the rows that the middle one of its channels has a cell in, 0 to 1.
    """
    if n_gaps > max(ON_CHANGE_SHARE * n_rows, 1):
        return True
    return filled < _MOSTLY_FILLED and n_gaps > max(_SPARSE_SHARE * n_rows, _MIN_SPARSE_GAPS)


class TimeAxis(Protocol):
    """Rows in strictly increasing order of time."""

    @property
    def rows(self) -> int:
        """Number of rows."""

    def all(self) -> Int64s:
        """Every instant, int64 ns [rows]."""

    def take(self, indices: Int64s) -> Int64s:
        """The instants at `indices`, ns."""

    def index_at(self, instant_ns: int, *, after: bool) -> int:
        """How many rows lie before `instant_ns` (`after`: at or before it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainAxis:
    """Every instant stored; usually a memory map."""

    times_ns: Int64s

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.times_ns)

    def all(self) -> Int64s:
        """Every instant, ns."""
        return self.times_ns

    def take(self, indices: Int64s) -> Int64s:
        """The instants at `indices`, ns."""
        return np.asarray(self.times_ns[indices])

    def index_at(self, instant_ns: int, *, after: bool) -> int:
        """Rows before `instant_ns`, or at or before it."""
        return int(np.searchsorted(self.times_ns, instant_ns, side="right" if after else "left"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAxis:
    """Runs of one constant step: run k begins at row `first_rows[k]` and instant `first_ns[k]`.

    The step is `step_ns + step_rest / step_parts` ns (25.6 kHz: 39062 + 1/2); instants are rounded down to the whole ns, so
    that the error stays below 1 ns however long a run is.
    """

    n_rows: int
    step_ns: int
    first_rows: Int64s
    first_ns: Int64s
    step_rest: int = 0
    step_parts: int = 1

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.n_rows

    @property
    def step(self) -> float:
        """The step, ns."""
        return self.step_ns + self.step_rest / self.step_parts

    def all(self) -> Int64s:
        """Every instant, ns."""
        lengths = np.diff(np.append(self.first_rows, self.n_rows))
        offsets = np.arange(self.n_rows, dtype=np.int64)
        if len(lengths) > 1:
            offsets -= np.repeat(self.first_rows, lengths)
        offsets = self._since_first(offsets)
        offsets += self.first_ns[0] if len(lengths) == 1 else np.repeat(self.first_ns, lengths)
        offsets.flags.writeable = False
        return offsets

    def take(self, indices: Int64s) -> Int64s:
        """The instants at `indices`, ns."""
        run = np.searchsorted(self.first_rows, indices, side="right") - 1 if len(self.first_rows) > 1 else 0
        return np.asarray(self.first_ns[run] + self._since_first(indices - self.first_rows[run]))

    def index_at(self, instant_ns: int, *, after: bool) -> int:
        """Rows before `instant_ns`, or at or before it."""
        run = int(np.searchsorted(self.first_ns, instant_ns, side="right")) - 1
        if run < 0:
            return 0
        end = int(self.first_rows[run + 1]) if run + 1 < len(self.first_rows) else self.n_rows
        # floor(k step) < d is k < d / step, and floor(k step) <= d is k < (d + 1) / step, in whole numbers
        span_ns = instant_ns - int(self.first_ns[run]) + (1 if after else 0)
        beyond = -(-span_ns * self.step_parts // (self.step_ns * self.step_parts + self.step_rest))
        return min(int(self.first_rows[run]) + beyond, end)

    def _since_first(self, counts: Int64s) -> Int64s:
        """Instants of samples `counts` of a run since its first, ns."""
        if not self.step_rest:
            return np.asarray(counts * self.step_ns)
        return np.asarray(counts * self.step_ns + counts * self.step_rest // self.step_parts)


@dataclass(frozen=True, slots=True)
class AxisInstants:
    """The instants of an axis of runs, reckoned piece by piece: none of them is stored."""

    axis: RunsAxis

    def __len__(self) -> int:
        return self.axis.n_rows

    def __getitem__(self, rows: slice | Int64s) -> Int64s:
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(self.axis.n_rows), dtype=np.int64)
        return self.axis.take(rows)


def find_runs(times_ns: Instants) -> RunsAxis | None:
    """The axis as runs of its first step, or None where that would not be shorter. Reads `times_ns` [n] in blocks."""
    n_rows = len(times_ns)
    if n_rows < 2:
        return None
    steps_ns = np.diff(times_ns[: min(n_rows, 4096)])
    step_ns = int(np.median(steps_ns))
    limit = min(_MAX_RUNS, max(1, n_rows // _RUNS_PER_ROWS))
    starts = [np.zeros(1, np.int64)]
    n_runs = 1
    for first in range(0, n_rows - 1, BLOCK_ROWS):
        block = np.asarray(times_ns[first : first + BLOCK_ROWS + 1])
        breaks = np.flatnonzero(np.diff(block) != step_ns)
        n_runs += len(breaks)
        if n_runs > limit:
            return None
        starts.append(breaks + first + 1)
    first_rows = np.concatenate(starts)
    return RunsAxis(n_rows=n_rows, step_ns=step_ns, first_rows=first_rows, first_ns=np.asarray(times_ns[first_rows]))


def median_step_ns(times_ns: Instants) -> float | None:
    """Median step of sorted instants, ns (over 64 evenly placed stretches of a long log); None with fewer than two rows."""
    n_rows = len(times_ns)
    if n_rows < 2:
        return None
    if n_rows <= _N_STRETCHES * _STRETCH_ROWS:
        return float(np.median(np.diff(times_ns[:])))
    firsts = np.linspace(0, n_rows - _STRETCH_ROWS, _N_STRETCHES).astype(np.int64)
    return float(np.median([np.diff(times_ns[first : first + _STRETCH_ROWS]) for first in firsts.tolist()]))


def find_gaps(times_ns: Instants, step_ns: float | None) -> Int64s:
    """Spans without samples, int64 ns [k, 2]: from the last instant before to the first one after."""
    if step_ns is None:
        return np.zeros((0, 2), np.int64)
    found = [np.zeros((0, 2), np.int64)]
    for first in range(0, max(len(times_ns) - 1, 0), BLOCK_ROWS):
        block = np.asarray(times_ns[first : first + BLOCK_ROWS + 1])
        at = np.flatnonzero(np.diff(block) > GAP_FACTOR * step_ns)
        found.append(np.stack([block[at], block[at + 1]], axis=1))
    return np.concatenate(found)


def gaps_between(axis: RunsAxis) -> Int64s:
    """The gaps between the runs of an axis, as `find_gaps` finds them among all instants."""
    last_ns = axis.take(axis.first_rows[1:] - 1) if len(axis.first_rows) > 1 else np.zeros(0, np.int64)
    between = np.stack([last_ns, axis.first_ns[1:]], axis=1)
    return np.asarray(between[between[:, 1] - between[:, 0] > GAP_FACTOR * axis.step])
