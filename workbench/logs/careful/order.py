"""Rows of a file in the order of time, a stretch at a time: rows that come late are sorted in, up to a bounded number.

A stretch is given out when no later row of the file can belong to it any more; that is known from the smallest instant of all
that is still to come. What lies further out of order than fits into memory is refused with the place of the late row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.careful.stream_times import GOOD, Series

MAX_WAITING_ROWS = 4_000_000
"""Rows that wait at most for a late one: 64 MB of instants and numbers."""
_NEVER = np.iinfo(np.int64).max
Rows = NDArray[np.int64]
Refuse = Callable[[int], LogFormatError]


class OrderedRows:
    """Rows with a time of a series, its sources in the given order; `take_until` gives out what lies before an instant."""

    def __init__(self, series: Series, spans: Sequence[tuple[int, int]], chunk_rows: int, refuse: Refuse) -> None:
        self._series = series
        self._refuse = refuse
        self._chunks = [(first, min(first + chunk_rows, end)) for start, end in spans for first in range(start, end, chunk_rows)]
        lowest = [self._lowest(*chunk) for chunk in self._chunks]
        self._ahead = np.minimum.accumulate(np.array([*lowest, _NEVER])[::-1])[::-1]
        """Smallest instant of this chunk and all behind it."""
        self._next = 0
        self._rows: list[Rows] = []
        self._times: list[Rows] = []
        self._n_waiting = 0

    def _lowest(self, first: int, end: int) -> int:
        _, times = self._read(first, end)
        return int(times.min()) if times.size else _NEVER

    def _read(self, first: int, end: int) -> tuple[Rows, Rows]:
        is_good = self._series.flags.read(first, end) & GOOD > 0
        return first + np.flatnonzero(is_good), self._series.ns.read(first, end)[is_good]

    @property
    def is_done(self) -> bool:
        """Whether all rows were given out."""
        return self._next == len(self._chunks) and not self._n_waiting

    def watermark(self) -> int:
        """Up to which instant all rows would be known after one more chunk; the largest int64 at the end."""
        ahead = min(self._next + 1, len(self._chunks))
        while ahead < len(self._chunks) and self._ahead[ahead] <= self._ahead[self._next]:
            ahead += 1  # a late row further on holds everything back
        return int(self._ahead[ahead])

    def take_until(self, end_ns: int) -> tuple[Rows, Rows]:
        """(rows in the order of the file, their instants) of all that lies before `end_ns` and was not given out."""
        while self._next < len(self._chunks) and self._ahead[self._next] < end_ns:
            rows, times = self._read(*self._chunks[self._next])
            self._rows.append(rows)
            self._times.append(times)
            self._n_waiting += rows.size
            self._next += 1
            self._check_waiting()
        rows = np.concatenate(self._rows) if self._rows else np.zeros(0, np.int64)
        times = np.concatenate(self._times) if self._times else np.zeros(0, np.int64)
        is_due = times < end_ns
        self._rows, self._times = [rows[~is_due]], [times[~is_due]]
        self._n_waiting = int(np.count_nonzero(~is_due))
        return rows[is_due], times[is_due]

    def _check_waiting(self) -> None:
        """Too many rows wait: the one that they wait for is too late."""
        if self._n_waiting <= MAX_WAITING_ROWS:
            return
        awaited = int(self._ahead[self._next])
        for first, end in self._chunks[self._next :]:
            rows, times = self._read(first, end)
            if (times == awaited).any():
                raise self._refuse(int(rows[times == awaited][0]))
        raise self._refuse(int(self._rows[-1][-1]))


def stretches(rows: OrderedRows) -> Iterator[tuple[Rows, Rows]]:
    """(rows, instants) of one stretch of time after the other."""
    while not rows.is_done:
        found = rows.take_until(rows.watermark())
        if found[0].size:
            yield found


def split_stretch(rows: Rows, times: Rows, limit: int) -> Iterator[tuple[Rows, Rows]]:
    """Parts of at most about `limit` rows, rows of one instant together, each in the order of the file."""
    if rows.size <= limit:
        yield rows, times
        return
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    first = 0
    while first < rows.size:
        end = min(first + limit, rows.size)
        if end < rows.size:
            same = int(np.searchsorted(ordered, ordered[end], side="left"))
            end = same if same > first else int(np.searchsorted(ordered, ordered[end], side="right"))
        part = np.sort(order[first:end])
        yield rows[part], times[part]
        first = end
