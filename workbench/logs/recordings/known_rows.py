"""Which rows of a recording stand in others already, and which stand there with other values.

Rows of a trend are compared one by one. Of a waveform a stretch is known as a whole or not at all: single samples of two signals
agree by chance. Everything is read in blocks. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.logs.recordings.conflicts import Conflicts
from workbench.logs.recordings.recording import Recording
from workbench.logs.recordings.time_axis import Int64s, RunsAxis
from workbench.logs.recordings.writer import BLOCK_ROWS


@dataclass(slots=True)
class _Compared:
    """Of one other recording: stretches of rows (first, end) that it has, too."""

    other: Recording
    known: list[tuple[int, int]] = field(default_factory=list)


class KnownRows:
    """Rows of a recording that are in `others` at the same instant, with the same values in all of its channels."""

    def __init__(self, recording: Recording, others: Sequence[Recording]) -> None:
        self._recording = recording
        self._others = [_Compared(other) for other in others]
        if recording.group == "waveform":
            for one in self._others:
                one.known = [pair[0] for pair in _overlaps(recording, one.other) if _is_same_stretch(recording, one.other, pair)]

    def count(self) -> int:
        """How many."""
        return sum(int(np.count_nonzero(~self.is_new(first, times_ns))) for first, times_ns in _blocks(self._recording))

    def is_new(self, first: int, times_ns: Int64s) -> NDArray[np.bool_]:
        """Rows [n] from `first` on that none of the others has."""
        is_new = np.ones(len(times_ns), np.bool_)
        for one in self._others:
            if self._recording.group == "waveform":
                for start, end in one.known:
                    is_new[max(start - first, 0) : max(end - first, 0)] = False
                continue
            mine, theirs = common_rows(one.other, times_ns)
            if mine.size:
                is_new[mine[_is_equal(self._recording, one.other, first + mine, theirs)]] = False
        return is_new


def _blocks(recording: Recording) -> Iterator[tuple[int, Int64s]]:
    for first in range(0, recording.rows, BLOCK_ROWS):
        yield first, recording.axis.take(np.arange(first, min(first + BLOCK_ROWS, recording.rows)))


def find_conflicts(recording: Recording, other: Recording) -> Conflicts:
    """Rows whose instant the other one has, where a channel of both has another value there."""
    found = Conflicts()
    theirs_by_name = {channel.name: channel.unit for channel in other.channels}
    shared = [one.name for one in recording.channels if theirs_by_name.get(one.name, "?") == one.unit]
    for first, times_ns in _blocks(recording):
        mine, theirs = common_rows(other, times_ns)
        if not mine.size:
            continue
        differs = np.zeros(len(mine), np.bool_)
        for name in shared:
            here, there = _taken(recording, name, first + mine), _taken(other, name, theirs)
            differs |= (here != there) & np.isfinite(here) & np.isfinite(there)
        found.add(times_ns[mine[differs]])
    return found


def common_rows(other: Recording, times_ns: Int64s) -> tuple[Int64s, Int64s]:
    """Positions among `times_ns` [n], which rises, of instants that the other recording has, and its rows there."""
    low = other.axis.index_at(int(times_ns[0]), after=False)
    high = other.axis.index_at(int(times_ns[-1]), after=True)
    if low >= high:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    theirs = other.axis.take(np.arange(low, high))
    at = np.minimum(np.searchsorted(theirs, times_ns), len(theirs) - 1)
    mine = np.flatnonzero(theirs[at] == times_ns)
    return mine, low + at[mine]


def _overlaps(one: Recording, other: Recording) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """For each two bursts that overlap, the rows (first, end) of the overlap in both."""
    found = []
    theirs = _bursts(other)
    ends = [last for _, last in theirs]
    for start, last in _bursts(one):
        for number in range(int(np.searchsorted(ends, start)), len(theirs)):
            from_ns, to_ns = max(start, theirs[number][0]), min(last, theirs[number][1])
            if theirs[number][0] > last:
                break
            rows = [(log.axis.index_at(from_ns, after=False), log.axis.index_at(to_ns, after=True)) for log in (one, other)]
            if rows[0][0] < rows[0][1]:
                found.append((rows[0], rows[1]))
    return found


def _bursts(recording: Recording) -> list[tuple[int, int]]:
    """First and last instant of each stretch without a break, ns; of an axis that is stored plainly the whole."""
    axis = recording.axis
    firsts = axis.first_rows if isinstance(axis, RunsAxis) else np.zeros(1, np.int64)
    lasts = np.append(firsts[1:], axis.rows) - 1
    return list(zip(axis.take(firsts).tolist(), axis.take(lasts).tolist(), strict=True))


def _is_same_stretch(one: Recording, other: Recording, rows: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether both have the same instants and the same values all along."""
    (first, end), (low, high) = rows
    if end - first != high - low:
        return False
    for at in range(0, end - first, BLOCK_ROWS):
        mine = np.arange(first + at, min(first + at + BLOCK_ROWS, end))
        theirs = mine + (low - first)
        if not np.array_equal(one.axis.take(mine), other.axis.take(theirs)) or not _is_equal(one, other, mine, theirs).all():
            return False
    return True


def _is_equal(one: Recording, other: Recording, mine: Int64s, theirs: Int64s) -> NDArray[np.bool_]:
    """Whether all values of rows [k] of the one are those of rows [k] of the other, which has all its channels."""
    equal = np.ones(len(mine), np.bool_)
    for channel in one.channels:
        here, there = _taken(one, channel.name, mine), _taken(other, channel.name, theirs)
        equal &= (here == there) | (np.isnan(here) & np.isnan(there))
    return equal


def _taken(recording: Recording, name: str, rows: Int64s) -> NDArray[np.float32]:
    """Samples at rising rows; single precision, in which both may be stored."""
    first, end = int(rows[0]), int(rows[-1]) + 1
    return recording.column(name)[first:end][rows - first].astype(np.float32)


def is_same_log(one: Recording, other: Recording) -> bool:
    """Whether two recordings have the same channels and samples, be it at other instants."""

    def facts(log: Recording) -> list[tuple[str, str | None]]:
        return [(channel.name, channel.unit) for channel in log.channels]

    if (one.group, one.rows, one.rate_hz, facts(one)) != (other.group, other.rows, other.rate_hz, facts(other)):
        return False
    shift_ns = other.axis.take(np.zeros(1, np.int64)) - one.axis.take(np.zeros(1, np.int64)) if one.rows else 0
    for first, times_ns in _blocks(one):
        rows = np.arange(first, first + len(times_ns))
        if not np.array_equal(times_ns + shift_ns, other.axis.take(rows)) or not _is_equal(one, other, rows, rows).all():
            return False
    return True
