"""Columns that stay in their file until a stretch of them is asked for, so that a file larger than memory can be read in blocks.

A `LazyArray` looks like an array of numbers or instants, `LazyTexts` like a list of texts; both read what is asked for and keep
nothing. They hold as long as their file is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

READ_ROWS = 1 << 17
"""Rows that are read at once where a whole column is looked through."""
Read = Callable[[int, int], NDArray[np.generic]]
Guard = Callable[[], AbstractContextManager[None]]
"""Makes of a library's errors while it reads what is said of the file."""


class LazyArray:
    """Numbers or instants [n] of one type; `read(first, end)` gives those rows."""

    def __init__(self, n_rows: int, dtype: np.dtype[Any], read: Read, guard: Guard = nullcontext) -> None:
        self._n_rows = n_rows
        self._read = read
        self._guard = guard
        self.dtype = dtype

    def __len__(self) -> int:
        return self._n_rows

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[Any]:
        if isinstance(rows, slice):
            first, end, step = rows.indices(self._n_rows)
            return self.read(first, max(first, end))[::step]
        return self._take(np.asarray(rows))

    def read(self, first: int, end: int) -> NDArray[Any]:
        """Rows `first` up to before `end`. Raises what the guard makes of it where the file gives fewer."""
        if end <= first:
            return np.zeros(0, self.dtype)
        with self._guard():
            found = np.asarray(self._read(first, end))
            if len(found) != end - first:
                raise ValueError(f"it ends after {first + len(found)} of {self._n_rows} samples")
            return found.astype(self.dtype, copy=False)

    def _take(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Rows in any order, each stretch of the file read once."""
        out = np.empty(len(rows), self.dtype)
        stretch = rows // READ_ROWS
        for number in np.unique(stretch).tolist():
            first = number * READ_ROWS
            mine = stretch == number
            out[mine] = self.read(first, min(first + READ_ROWS, self._n_rows))[rows[mine] - first]
        return out


class LazyTexts(Sequence[str]):
    """Texts [n]; `read(first, end)` gives those rows."""

    def __init__(self, n_rows: int, read: Callable[[int, int], list[str]], guard: Guard = nullcontext) -> None:
        self._n_rows = n_rows
        self._read = read
        self._guard = guard

    def __len__(self) -> int:
        return self._n_rows

    def __getitem__(self, rows: int | slice) -> Any:
        if isinstance(rows, slice):
            first, end, step = rows.indices(self._n_rows)
            with self._guard():
                return self._read(first, max(first, end))[::step]
        return self[rows : rows + 1][0]


Numbers = NDArray[Any] | LazyArray
Texts = list[str] | LazyTexts


def mapped(values: Numbers, dtype: np.dtype[Any], change: Callable[[NDArray[Any]], NDArray[Any]]) -> Numbers:
    """Each value changed: at once where they are in memory, else when they are read."""
    if not isinstance(values, LazyArray):
        return change(values).astype(dtype, copy=False)
    inner = values

    def read(first: int, end: int) -> NDArray[Any]:
        return change(inner.read(first, end))

    return LazyArray(len(values), dtype, read)


class Together:
    """Columns [n] that lie side by side in a file: rows read once serve all of them, as they are read one after the other.

    `read(first, end)` gives rows in any form; `pick` takes a column out of them.
    """

    def __init__(self, n_rows: int, read: Callable[[int, int], Any], guard: Guard = nullcontext) -> None:
        self._n_rows = n_rows
        self._read = read
        self._guard = guard
        self._held: tuple[int, int, Any] | None = None

    def _rows(self, first: int, end: int) -> Any:
        if self._held is None or self._held[:2] != (first, end):
            self._held = (first, end, self._read(first, end))
        return self._held[2]

    def column(self, dtype: np.dtype[Any], pick: Callable[[Any], Any]) -> LazyArray:
        """A column of numbers or instants."""

        def read(first: int, end: int) -> NDArray[Any]:
            return np.ascontiguousarray(pick(self._rows(first, end)))

        return LazyArray(self._n_rows, dtype, read, self._guard)

    def texts(self, pick: Callable[[Any], list[str]]) -> LazyTexts:
        """A column of texts."""
        return LazyTexts(self._n_rows, lambda first, end: pick(self._rows(first, end)), self._guard)


def multiplied(values: Numbers, factor: float) -> Numbers:
    """Each value times a factor, reckoned in float64 and kept in its own type."""

    def scaled(piece: NDArray[Any]) -> NDArray[Any]:
        return (piece.astype(np.float64) * factor).astype(piece.dtype)

    return mapped(values, values.dtype, scaled)


def held_by(piece_rows: int, n_rows: int, read: Read) -> Read:
    """Reads by way of whole pieces of `piece_rows`, the last of which are held: for what is unpacked piece by piece."""
    held: dict[int, NDArray[Any]] = {}

    def piece(number: int) -> NDArray[Any]:
        if number not in held:
            held.clear()
            held[number] = np.asarray(read(number * piece_rows, min((number + 1) * piece_rows, n_rows)))
        return held[number]

    def read_rows(first: int, end: int) -> NDArray[Any]:
        parts = []
        for number in range(first // piece_rows, -(-end // piece_rows)):
            start = number * piece_rows
            parts.append(piece(number)[max(first - start, 0) : end - start])
        return np.concatenate(parts)

    return read_rows
