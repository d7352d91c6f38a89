"""Columns of a text file that are gathered while it is read, on the disk where there is a scratch folder, else in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.logs.readers.lazy import LazyArray

_FLOAT = np.dtype(np.float64)


class Spill:
    """One scratch file for all columns of a file that is read; closed and removed at the end."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / f"spill-{uuid4().hex}"
        self._stream: BinaryIO | None = None
        self._n_bytes = 0

    def __enter__(self) -> Self:
        if self._path is not None:
            self._stream = self._path.open("w+b")
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None and self._path is not None:
            self._stream.close()
            self._path.unlink(missing_ok=True)

    def column(self) -> SpilledColumn:
        """A new, empty column."""
        return SpilledColumn(self)

    def put(self, values: NDArray[np.float64]) -> NDArray[np.float64] | int:
        """Lay values down; where they are, or themselves. Raises DiskFull."""
        if self._stream is None:
            return values
        at = self._n_bytes
        try:
            self._stream.seek(at)
            self._stream.write(values.tobytes())
        except OSError as error:
            raise translate_os_error(error, self._path or Path()) from error
        self._n_bytes += values.nbytes
        return at

    def get(self, place: NDArray[np.float64] | int, count: int) -> NDArray[np.float64]:
        """What was put."""
        if not isinstance(place, int) or self._stream is None:
            return np.asarray(place)
        self._stream.seek(place)
        return np.frombuffer(self._stream.read(count * _FLOAT.itemsize), _FLOAT)


class SpilledColumn:
    """Numbers float64 [n], NaN where nothing was written; `n_written` rows up to the last one that was."""

    def __init__(self, spill: Spill) -> None:
        self._spill = spill
        self._places: list[NDArray[np.float64] | int] = []
        self._firsts: list[int] = []
        self._n_rows = 0
        self.n_written = 0

    def append(self, values: NDArray[np.float64]) -> None:
        """The next rows."""
        there = np.flatnonzero(~np.isnan(values))
        if there.size:
            self.n_written = self._n_rows + int(there[-1]) + 1
        self._firsts.append(self._n_rows)
        self._places.append(self._spill.put(values))
        self._n_rows += len(values)

    def values(self, n_rows: int) -> LazyArray:
        """The first rows."""
        return LazyArray(n_rows, _FLOAT, self._read)

    def _read(self, first: int, end: int) -> NDArray[Any]:
        return np.concatenate([*self._pieces(first, end)])

    def _pieces(self, first: int, end: int) -> Iterator[NDArray[np.float64]]:
        for number in range(bisect_right(self._firsts, first) - 1, len(self._firsts)):
            start = self._firsts[number]
            if start >= end:
                return
            count = (self._firsts[number + 1] if number + 1 < len(self._firsts) else self._n_rows) - start
            yield self._spill.get(self._places[number], count)[max(first - start, 0) : end - start]
