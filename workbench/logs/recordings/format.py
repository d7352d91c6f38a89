"""How a recording lies on disk: one folder, `meta.json` and plain little-endian columns.

    meta.json                facts, channels, kind of time axis
    times.bin | runs.bin     int64 ns [rows] | int64 [runs, 2] of (first row, first instant)
    gaps.bin                 int64 ns [gaps, 2]
    0000.values              float32 or float64 [rows]
    0000.pyramid             same type [sum of the level sizes, 2]
    label-0000.values        columns that look like labels: never inputs

The same content gives the same bytes. Must not import anything but numpy and core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record, decode_strict, translate_os_error
from workbench.core.errors import ObjectCorrupt
from workbench.logs.summary import RecordingFacts

META_FILE = "meta.json"
TIMES_FILE = "times.bin"
RUNS_FILE = "runs.bin"
GAPS_FILE = "gaps.bin"
INT64 = np.dtype("<i8")
StoredType = Literal["float32", "float64"]
DTYPES: dict[StoredType, np.dtype[np.floating]] = {"float32": np.dtype("<f4"), "float64": np.dtype("<f8")}
Scalar = TypeVar("Scalar", bound=np.generic)
Count = Annotated[int, msgspec.Meta(ge=0)]


class ChannelInfo(Record, frozen=True, kw_only=True):
    """One channel: signal tag, printed unit (None if none), quantity ('' if unknown), stored type."""

    name: str
    unit: str | None = None
    quantity: str = ""
    dtype: StoredType = "float32"


class LabelInfo(Record, frozen=True, kw_only=True):
    """One label-like column, kept aside."""

    name: str
    dtype: StoredType = "float32"


class RecordingMeta(Record, frozen=True, kw_only=True):
    """`meta.json`. `step_ns` is the constant step of `runs.bin`, or None where `times.bin` holds every instant.

    A waveform's step has a fraction: `step_ns + step_rest / step_parts`.
    """

    format_version: Literal[1] = 1
    rows: Count
    step_ns: Annotated[int, msgspec.Meta(ge=1)] | None
    n_runs: Count
    n_gaps: Count
    channels: tuple[ChannelInfo, ...]
    labels: tuple[LabelInfo, ...]
    facts: RecordingFacts
    step_rest: Count = 0
    step_parts: Annotated[int, msgspec.Meta(ge=1)] = 1


def values_file(number: int) -> str:
    """File of a channel's samples."""
    return f"{number:04d}.values"


def pyramid_file(number: int) -> str:
    """File of a channel's pyramid."""
    return f"{number:04d}.pyramid"


def label_file(number: int) -> str:
    """File of a label column."""
    return f"label-{number:04d}.values"


def load_meta(folder: Path) -> RecordingMeta:
    """Read `meta.json`; raises InputError naming it."""
    path = folder / META_FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise translate_os_error(error, path) from error
    return decode_strict(data, RecordingMeta, what=str(path))


_STRETCH_ROWS = 1 << 17
"""Rows that are read at once for those among them that are asked for, but where these lie further apart than `_SPARSE`."""
_SPARSE = 256


class FileArray(Generic[Scalar]):
    """A column in a file [n], read piece by piece: nothing of it stays in memory or mapped between two pieces.

    A memory map of a column that is read from end to end counts as memory of the process until it is closed; a log larger
    than memory must not.
    """

    def __init__(self, path: Path, dtype: np.dtype[Scalar], n_rows: int) -> None:
        self._path = path
        self._dtype = dtype
        self._n_rows = n_rows

    def __len__(self) -> int:
        return self._n_rows

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[Scalar]:
        if isinstance(rows, slice):
            first, end, step = rows.indices(self._n_rows)
            if step == 1:
                return self._read(first, max(end - first, 0))
            rows = np.arange(first, end, step, dtype=np.int64)
        out = np.empty(len(rows), self._dtype.newbyteorder("="))
        # the narrowest integers are sorted by their digits, in one pass
        stretch = (rows // _STRETCH_ROWS).astype(np.min_scalar_type(self._n_rows // _STRETCH_ROWS))
        order = np.argsort(stretch, kind="stable")
        for mine in np.split(order, np.flatnonzero(np.diff(stretch[order])) + 1) if len(order) else ():
            low, high = int(rows[mine].min()), int(rows[mine].max())
            if high - low < _SPARSE * len(mine):
                out[mine] = self._read(low, high + 1 - low)[rows[mine] - low]
            else:
                out[mine] = self._pick(rows[mine])
        return out

    def _pick(self, rows: NDArray[np.int64]) -> NDArray[Scalar]:
        """Rows far apart: one opening of the file for all of them, and no map, which would take room by the file's length."""
        size = self._dtype.itemsize
        try:
            with self._path.open("rb", buffering=0) as stream:
                cells = []
                for row in rows.tolist():
                    stream.seek(row * size)
                    cells.append(stream.read(size))
        except OSError as error:
            raise translate_os_error(error, self._path) from error
        if any(len(cell) != size for cell in cells):
            raise ObjectCorrupt(f"{self._path} ends before row {int(rows.max())}.", "Import the log again.")
        return np.asarray(np.frombuffer(b"".join(cells), self._dtype), self._dtype.newbyteorder("="))

    def _read(self, first: int, count: int) -> NDArray[Scalar]:
        """A stretch, without the cost of a map: quality looks at thousands of short ones."""
        try:
            piece = np.fromfile(self._path, self._dtype, count, offset=first * self._dtype.itemsize) if count else None
        except OSError as error:
            raise translate_os_error(error, self._path) from error
        if piece is None:
            return np.empty(0, self._dtype.newbyteorder("="))
        if len(piece) != count:
            raise ObjectCorrupt(
                f"{self._path} ends after row {first + len(piece)}, not {first + count}.", "Import the log again."
            )
        return np.asarray(piece, self._dtype.newbyteorder("="))


def map_array(path: Path, dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> NDArray[np.generic]:
    """A read-only memory map of a whole file; raises ObjectCorrupt when its size is not what the shape needs."""
    wanted = int(np.prod(shape)) * dtype.itemsize
    try:
        found = path.stat().st_size
        if found == wanted and wanted:
            return np.memmap(path, dtype, "r", 0, shape)
    except OSError as error:
        raise translate_os_error(error, path) from error
    if found != wanted:
        raise ObjectCorrupt(f"{path} has {found} bytes where {wanted} are due.", "Import the log again.")
    empty = np.empty(shape, dtype)
    empty.flags.writeable = False
    return empty
