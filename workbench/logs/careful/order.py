"""Rows of a file in the order of time, a stretch at a time: rows that come late are sorted in, up to a bounded number.

A file is taken in chunks, those first whose earliest row is earliest: one that begins with its newest rows, or whose days stand
in any order, is read as well as any other. A stretch is given out when no row of the chunks still to come can belong to it.
What lies further out of order than fits into memory is refused with the place of a row that is too early.
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
        chunks = [(first, min(first + chunk_rows, end)) for start, end in spans for first in range(start, end, chunk_rows)]
        lowest = np.array([self._lowest(*chunk) for chunk in chunks], np.int64)
        by_time = np.argsort(lowest, kind="stable")
        self._chunks = [(chunks[place], place) for place in by_time.tolist()]
        """Each with its place in the order of the sources, earliest first."""
        self._ahead = np.append(lowest[by_time], _NEVER)
        """Smallest instant of this chunk and all behind it."""
        self._next = 0
        self._waiting: list[tuple[int, Rows, Rows]] = []
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
        return not self._n_waiting and bool(self._ahead[self._next] == _NEVER)

    def watermark(self) -> int:
        """Up to which instant all rows would be known after one more chunk; the largest int64 at the end."""
        ahead = min(self._next + 1, len(self._chunks))
        while ahead < len(self._chunks) and self._ahead[ahead] <= self._ahead[self._next]:
            ahead += 1  # they begin at one instant, and belong together
        return int(self._ahead[ahead])

    def take_until(self, end_ns: int) -> tuple[Rows, Rows]:
        """(rows in the order of the file, their instants) of all that lies before `end_ns` and was not given out."""
        while self._ahead[self._next] < end_ns:
            chunk, place = self._chunks[self._next]
            rows, times = self._read(*chunk)
            self._waiting.append((place, rows, times))
            self._n_waiting += rows.size
            self._next += 1
            self._check_waiting()
        due, waiting = [], []
        for place, rows, times in sorted(self._waiting, key=_place):
            is_due = times < end_ns
            if is_due.all():
                due.append((rows, times))
                continue
            due.append((rows[is_due], times[is_due]))
            waiting.append((place, rows[~is_due], times[~is_due]))
        self._waiting, self._n_waiting = waiting, sum(rows.size for _, rows, _ in waiting)
        nothing = np.zeros(0, np.int64)
        return tuple(np.concatenate([nothing, *(pair[side] for pair in due)]) for side in (0, 1))  # type: ignore[return-value]

    def _check_waiting(self) -> None:
        """Too many rows wait for those of the next chunk: the first of these lies too far from them."""
        if self._n_waiting <= MAX_WAITING_ROWS or self._ahead[self._next] == _NEVER:
            return
        rows, times = self._read(*self._chunks[self._next][0])
        raise self._refuse(int(rows[times == self._ahead[self._next]][0]))


def _place(waiting: tuple[int, Rows, Rows]) -> int:
    return waiting[0]


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
