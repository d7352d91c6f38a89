"""What every reader delivers: segments of equal header, with cells as they were printed.

Nothing is interpreted here beyond which row is a header and which column holds the time. A file whose header changes on
the way gives several segments.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.logs.summary import Finding
from workbench.logs.tables.cells import Cells
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_unit, split_unit

Layout = Literal["wide", "long", "pairs"]
TimeKind = Literal["stamp", "date+clock", "epoch", "relative", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One column's header: name without unit, unit as it is spelled here, and a description where a row gives one."""

    name: str
    unit: str | None = None
    description: str = ""
    printed: str = ""
    """The header and its unit as printed: 'RMS' and 'pk-pk' stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumns:
    """Which columns hold the time and how it is written; `header` and `notes` may say UTC or a zone."""

    kind: TimeKind
    indexes: tuple[int, ...] = ()
    epoch: str = ""
    """For kind epoch: unix_s, unix_ms, unix_us, unix_ns, excel, excel1900, excel1904, labview, filetime, ticks, matlab."""
    header: str = ""
    notes: str = ""
    confidence: float = 1.0
    n_fraction: int = 0
    """Digits of the second's fraction that the last of `indexes` holds alone: 3 for milliseconds, 6 for microseconds."""
    parts: tuple[str, ...] = ()
    """What each of `indexes` holds where they hold no more than parts: ('year', 'month', 'day', 'hour') or ('date', 'hour')."""


@dataclass(frozen=True, slots=True)
class NumberCells:
    """A column that is numbers in the file already (Parquet): float64 [n], NaN = null."""

    values: NDArray[np.float64]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> NumberCells:
        """The cells of these rows."""
        return NumberCells(self.values[rows])


@dataclass(slots=True, kw_only=True)
class Segment:
    """Rows of one file under one header. `headers` is None where the file has none. All columns have the same length."""

    source: str
    layout: Layout
    headers: tuple[Header, ...] | None
    columns: tuple[Cells | NumberCells, ...]
    time: TimeColumns
    delimiter: str = ""
    encoding: str = ""
    times_ns: NDArray[np.int64] | None = None
    """Instants where the format stores them as such (Parquet)."""
    is_absolute: bool = False
    source_index: int = 0
    part: str = ""
    """Which of several tables of one file this is that share their machine (a group of channels), '' for the only one."""
    findings: tuple[Finding, ...] = ()
    """What the reader has to say about the file."""
    n_cut_short: int = 0
    n_not_rows: int = 0
    n_without_time: int = 0
    head: tuple[tuple[str, ...], ...] = ()
    """The first rows as text, for the preview."""
    confidence: dict[str, float] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Rows under this header."""
        if self.times_ns is not None:
            return int(self.times_ns.size)
        return len(column_codes(self.columns[0])) if self.columns else 0


def number_source(segment: Segment, titles: dict[str, int], first: int) -> None:
    """Count what has a title of its own in a file (a sheet, a table) as a source of its own, from number `first` on.

    Two sheets of equal header may be two pumps; only their instants tell, as of two files. `titles` is filled for one file.
    """
    segment.source_index = titles.setdefault(segment.source, first + len(titles))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """A table whose rows are still in the file: `pieces(most)` reads them, in order, as segments of at most so many rows."""

    n_rows: int
    n_columns: int
    pieces: Callable[[int], Iterator[Segment]]
    n_printed: int = 0
    """Times that are stored as text."""


def column_codes(column: Cells | NumberCells) -> NDArray[np.int32] | NDArray[np.float64]:
    """The array behind a column, for its length."""
    return column.codes if isinstance(column, Cells) else column.values


def build_headers(
    names: Sequence[str], units: Sequence[str] | None = None, descriptions: Sequence[str] | None = None
) -> tuple[Header, ...]:
    """Headers from the name row and, where there are, unit and description rows."""
    headers = []
    for index, text in enumerate(names):
        title = clean_text(text)
        quoted = len(title) > 2 and title[0] == title[-1] and title[0] in "'\""
        name, unit = split_unit(title[1:-1] if quoted else title)
        printed = units[index].strip() if units is not None and index < len(units) else ""
        description = clean_text(descriptions[index]) if descriptions is not None and index < len(descriptions) else ""
        headers.append(Header(name=name, unit=unit or find_unit(printed), description=description, printed=f"{title} {printed}"))
    return tuple(headers)


class ColumnEncoder:
    """Gathers one column's texts as codes while rows come in."""

    def __init__(self, n_absent: int = 0) -> None:
        self._index: dict[str, int] = {}
        self._codes = array("i", [-1]) * n_absent

    def extend(self, texts: Sequence[str]) -> None:
        """Append cells."""
        index = self._index
        self._codes.extend([index.setdefault(text, len(index)) for text in texts])

    def place(self, row: int, text: str) -> None:
        """Write one cell at a row at or after the end; rows between stay absent."""
        if len(self._codes) <= row:
            self._codes.extend([-1] * (row - len(self._codes) + 1))
        self._codes[row] = self._index.setdefault(text, len(self._index))

    def finish(self, n_rows: int | None = None) -> Cells:
        """The column, filled up with absent cells to `n_rows`."""
        if n_rows is not None and n_rows > len(self._codes):
            self._codes.extend([-1] * (n_rows - len(self._codes)))
        return Cells(
            tuple(self._index), np.frombuffer(self._codes, dtype=np.int32).copy() if self._codes else np.zeros(0, np.int32)
        )
