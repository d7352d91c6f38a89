"""Rows that come apart alike, a piece of text at a time: as many cells in each line, a time that begins with a digit.

Such lines are cut by Arrow all at once. Lines of any other kind (headers met again, remarks, cells with line ends) are handed
back for the reader of single lines, in their place. Same cells as `LineGrammar.rows` gives, some thirty times as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.logs.readers.line_marks import has_held_marks
from workbench.logs.readers.text import MAX_LINE_CHARS
from workbench.logs.tables.sniff import WHITESPACE

if TYPE_CHECKING:
    import pyarrow as pa

_LINE_END, _QUOTE = ord("\n"), ord('"')
_MAX_RUNS = 200
"""More changes between regular and other lines in one piece: it is read line by line."""
_ODD_BLANKS = re.compile(rb"[\x0b\x0c\x1c-\x1f\x80-\xff]")
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RowShape:
    """What makes a line regular: `delimiter` (one character of ASCII), cells, and which of them is the time."""

    delimiter: str
    n_cells: int
    time_index: int


@dataclass(frozen=True, slots=True)
class RegularRows:
    """Columns [n] of texts, those beyond the header left out; `n_long` rows have something written there."""

    columns: list[pa.StringArray]
    n_rows: int
    n_long: int


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where lines and delimiters are in a piece."""

    raw: NDArray[np.uint8]
    starts: Rows
    ends: Rows
    marks: Rows
    first_mark: Rows
    """For each line, and once more at the end, how many delimiters stand before it."""


class Piece:
    """Regular rows and other lines of a piece of text, in their order."""

    def __init__(self, data: bytes, shape: RowShape, lines: _Lines, is_regular: NDArray[np.bool_], n_cells: int) -> None:
        self._data = data
        self._shape = shape
        self._lines = lines
        self._is_regular = is_regular
        self._n_cells = n_cells

    def runs(self) -> Iterator[tuple[RegularRows | list[str], int]]:
        """(rows or lines that follow each other, where `rest` goes on)."""
        bounds = [0, *(np.flatnonzero(np.diff(self._is_regular)) + 1).tolist(), self._is_regular.size]
        spans = [(int(self._lines.starts[first]), int(self._lines.ends[end - 1])) for first, end in pairwise(bounds)]
        regular = [span for number, span in enumerate(spans) if self._is_regular[bounds[number]]]
        columns = self._cut(self._data if len(spans) == 1 else b"\n".join(self._data[start:end] for start, end in regular))
        at = 0
        for number, (start, end) in enumerate(spans):
            if self._is_regular[bounds[number]]:
                n_rows = bounds[number + 1] - bounds[number]
                yield _slice(columns, at, n_rows, self._shape.n_cells), end + 1
                at += n_rows
            else:
                yield self._data[start:end].decode("utf-8").split("\n"), end + 1

    def rest(self, start: int) -> str:
        """What is left of the text, '' at its end."""
        return self._data[start:].decode("utf-8")

    def _cut(self, data: bytes) -> list[pa.StringArray]:
        import pyarrow as pa
        from pyarrow import csv

        names = [str(index) for index in range(self._n_cells)]
        has_quotes = self._shape.delimiter != WHITESPACE and b'"' in data
        table = csv.read_csv(
            pa.BufferReader(data),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1024),
            csv.ParseOptions(delimiter=self._shape.delimiter, quote_char='"' if has_quotes else False),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        return [column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks) for column in table.columns]


def split_piece(text: str, shape: RowShape) -> Piece | None:
    """Find the regular rows of whole lines; None where all have to be read one by one."""
    if has_held_marks(text):
        return None
    data = text.encode("utf-8")
    if shape.delimiter == WHITESPACE:
        if b'"' in data or _ODD_BLANKS.search(data):
            return None
        data = _single_blanks(data)
    mark = ord(shape.delimiter)
    lines = _find_lines(data, mark)
    n_marks = np.diff(lines.first_mark)
    usual = int(np.bincount(n_marks).argmax())
    if usual < shape.n_cells - 1 or usual > 2 * shape.n_cells + 8:
        return None
    is_regular = (n_marks == usual) & (lines.ends - lines.starts <= MAX_LINE_CHARS)
    if shape.delimiter != WHITESPACE and b'"' in data and not _check_quotes(lines, mark, is_regular):
        return None
    _check_times(lines, shape.time_index, is_regular)
    if not is_regular.any() or np.count_nonzero(np.diff(is_regular)) > _MAX_RUNS:
        return None
    return Piece(data, shape, lines, is_regular, usual + 1)


def _single_blanks(data: bytes) -> bytes:
    data = data.replace(b"\t", b" ")
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data.replace(b" \n", b"\n").replace(b"\n ", b"\n").strip(b" ")


def _find_lines(data: bytes, mark: int) -> _Lines:
    raw = np.frombuffer(data, np.uint8)
    line_ends = np.flatnonzero(raw == _LINE_END)
    starts = np.concatenate([[0], line_ends + 1])
    ends = np.append(line_ends, raw.size)
    marks = np.flatnonzero(raw == mark)
    first_mark = np.append(np.searchsorted(marks, starts), marks.size)
    return _Lines(raw, starts, ends, marks, first_mark)


def _check_times(lines: _Lines, time_index: int, is_regular: NDArray[np.bool_]) -> None:
    """Take away lines whose time begins with anything but a digit."""
    rows = np.flatnonzero(is_regular)
    begins = lines.starts[rows] if time_index == 0 else lines.marks[lines.first_mark[rows] + time_index - 1] + 1
    raw = np.append(lines.raw, np.zeros(2, np.uint8))
    begins = begins + (raw[begins] == _QUOTE)
    is_regular[rows] = (raw[begins] >= ord("0")) & (raw[begins] <= ord("9"))


def _check_quotes(lines: _Lines, mark: int, is_regular: NDArray[np.bool_]) -> bool:
    """Take away lines whose quotes are anything but around whole cells; False where a line leaves one open."""
    quotes = np.flatnonzero(lines.raw == _QUOTE)
    line = np.searchsorted(lines.ends, quotes)
    first_quote = np.append(np.searchsorted(quotes, lines.starts), quotes.size)
    if (np.diff(first_quote) % 2).any():
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    line = line[0::2]
    raw = np.append(lines.raw, np.uint8(_LINE_END))
    begins = (opening == lines.starts[line]) | (raw[opening - 1] == mark)
    ends = (closing == lines.ends[line]) | (raw[closing + 1] == mark) | (raw[closing + 1] == _LINE_END)
    is_one_cell = np.searchsorted(lines.marks, opening) == np.searchsorted(lines.marks, closing)
    is_regular[line[~(begins & ends & is_one_cell)]] = False
    return True


def _slice(columns: list[pa.StringArray], first: int, n_rows: int, n_cells: int) -> RegularRows:
    import pyarrow.compute as pc

    mine = [column[first : first + n_rows] for column in columns]
    n_long = 0
    if len(mine) > n_cells:
        written = [pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0) for column in mine[n_cells:]]
        for other in written[1:]:
            written[0] = pc.or_(written[0], other)
        n_long = int(pc.sum(written[0]).as_py() or 0)
    return RegularRows(mine[:n_cells], n_rows, n_long)
