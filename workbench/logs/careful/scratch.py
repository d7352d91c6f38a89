"""Columns on disk while a log larger than memory is read: appended block by block, read and corrected piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error

Scalar = TypeVar("Scalar", bound=np.generic)
READ_ROWS = 1 << 18
_WAITING_ROWS = 2048
_SPREAD = 8
"""Rows that lie this many times thinner than a range are read one stretch after the other, not the range whole."""


class ScratchArray(Generic[Scalar]):
    """A column [n] in a file, in memory while it is short. No handle stays open, nothing stays mapped."""

    def __init__(self, path: Path, dtype: np.dtype[Scalar]) -> None:
        self._path = path
        self.dtype = dtype
        self.n_rows = 0
        self._waiting: list[NDArray[Scalar]] = []
        self._n_waiting = 0

    def __len__(self) -> int:
        return self.n_rows

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[Scalar]:
        if isinstance(rows, slice):
            first, end, _ = rows.indices(self.n_rows)
            return self.read(first, end)
        return self.take(rows)

    def append(self, values: NDArray[Scalar]) -> None:
        """Add rows at the end. Raises DiskFull."""
        self.n_rows += len(values)
        if len(values):
            self._waiting.append(np.array(values, self.dtype))
            self._n_waiting += len(values)
        if self._n_waiting >= _WAITING_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            waiting, self._waiting, self._n_waiting = self._waiting, [], 0
            self._write(np.concatenate(waiting), "ab", None)

    def _all_in_memory(self) -> NDArray[Scalar] | None:
        """The rows where none of them was written yet; None where some were, and then all of them are."""
        if self._n_waiting < self.n_rows:
            self._flush()
            return None
        if len(self._waiting) > 1:
            self._waiting = [np.concatenate(self._waiting)]
        return self._waiting[0]

    def write(self, first: int, values: NDArray[Scalar]) -> None:
        """Replace rows from `first` on. Raises DiskFull."""
        if not len(values):
            return
        held = self._all_in_memory()
        if held is not None:
            held[first : first + len(values)] = values
            return
        self._write(values, "r+b", first * self.dtype.itemsize)

    def _write(self, values: NDArray[Scalar], mode: str, offset: int | None) -> None:
        try:
            with self._path.open(mode) as stream:
                if offset is not None:
                    stream.seek(offset)
                stream.write(np.ascontiguousarray(values, self.dtype).data)
        except OSError as error:
            raise translate_os_error(error, self._path) from error

    def read(self, first: int, end: int) -> NDArray[Scalar]:
        """Rows `first` up to before `end`."""
        if end <= first:
            return np.zeros(0, self.dtype)
        held = self._all_in_memory()
        if held is not None:
            return held[first:end].copy()
        try:
            with self._path.open("rb") as stream:
                return np.fromfile(stream, self.dtype, end - first, offset=first * self.dtype.itemsize)
        except OSError as error:
            raise translate_os_error(error, self._path) from error

    def take(self, rows: NDArray[np.int64] | NDArray[np.intp]) -> NDArray[Scalar]:
        """These rows, in any order."""
        if not len(rows):
            return np.zeros(0, self.dtype)
        first, last = int(rows.min()), int(rows.max())
        if last - first < max(_SPREAD * len(rows), READ_ROWS):
            return self.read(first, last + 1)[rows - first]
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        out = np.empty(len(rows), self.dtype)
        for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(ordered) > READ_ROWS // 16) + 1):
            low = int(ordered[part[0]])
            out[order[part]] = self.read(low, int(ordered[part[-1]]) + 1)[ordered[part] - low]
        return out

    def pieces(self, first: int = 0, end: int | None = None) -> Iterator[tuple[int, NDArray[Scalar]]]:
        """(first row, rows) of one piece after the other."""
        end = self.n_rows if end is None else end
        for start in range(first, end, READ_ROWS):
            yield start, self.read(start, min(start + READ_ROWS, end))


class SparseCodes:
    """int16 codes [n] that are nearly always one value: a file is made only when a second one occurs."""

    def __init__(self, path: Path, usual: int) -> None:
        self._path = path
        self._usual = usual
        self._n_rows = 0
        self._array: ScratchArray[np.int16] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether all codes are the usual one."""
        return self._array is None

    def append(self, codes: NDArray[np.int16]) -> None:
        """Add rows at the end."""
        if self._array is None and (codes != self._usual).any():
            self._materialize()
        if self._array is not None:
            self._array.append(codes)
        self._n_rows += len(codes)

    def write(self, first: int, codes: NDArray[np.int16]) -> None:
        """Replace rows from `first` on."""
        if self._array is None:
            self._materialize()
        if self._array is not None:
            self._array.write(first, codes)

    def read(self, first: int, end: int) -> NDArray[np.int16]:
        """Rows `first` up to before `end`."""
        return np.full(end - first, self._usual, np.int16) if self._array is None else self._array.read(first, end)

    def take(self, rows: NDArray[np.int64] | NDArray[np.intp]) -> NDArray[np.int16]:
        """These rows."""
        return np.full(len(rows), self._usual, np.int16) if self._array is None else self._array.take(rows)

    def _materialize(self) -> None:
        self._array = ScratchArray(self._path, np.dtype(np.int16))
        for first in range(0, self._n_rows, READ_ROWS):
            self._array.append(np.full(min(READ_ROWS, self._n_rows - first), self._usual, np.int16))
