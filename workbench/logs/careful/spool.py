"""Blocks of rows as they were printed, on disk: one file a block, each column readable by itself.

The texts of a block are kept once each, with a code a row, as in memory (`Cells`); reading a log, and unpacking it, happens once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.logs.cells import Cells, absent_cells
from workbench.logs.readers.table import NumberCells, Segment
from workbench.logs.tables import find_key, time_cells

MARK = "\x00"
"""Between texts: decoding takes it out of every text log."""
_ENTRY = 4
_NUMBERS = -1
"""Stands for the count of texts where a column holds numbers."""
_NO_CELLS = Cells((), np.zeros(0, np.int32))


@dataclass(slots=True, kw_only=True)
class Block(Segment):
    """A segment whose cells lie in a file; `columns` are empty and only as many as there are."""

    path: Path
    n_cells_rows: int
    first_row: int = 0
    """Its first row in the table of its log."""
    first_line: int = 0
    last_line: int = 0
    numeric: frozenset[int] = frozenset()
    """Columns that are numbers in the file already."""
    has_times: bool = False
    """Whether the file stores instants as such: they stand behind the columns."""

    @property
    def n_rows(self) -> int:
        """Rows of the block."""
        return self.n_cells_rows


def write_block(path: Path, segment: Segment, first_line: int, last_line: int) -> Block:
    """Write a segment's cells; returns its stand-in. Raises DiskFull."""
    n_columns = len(segment.columns)
    entries = np.zeros((n_columns + 1, _ENTRY), np.int64)
    parts: list[bytes] = []
    offset = entries.nbytes
    for number, column in enumerate(segment.columns):
        if isinstance(column, Cells):
            texts = MARK.join(column.texts).encode("utf-8", "surrogatepass")
            codes = np.ascontiguousarray(column.codes, np.int32).tobytes()
            entries[number] = (offset, len(texts), len(column.texts), len(codes))
            parts += [texts, codes]
        else:
            numbers = np.ascontiguousarray(column.values, np.float64).tobytes()
            entries[number] = (offset, len(numbers), _NUMBERS, 0)
            parts.append(numbers)
        offset += int(entries[number, 1] + entries[number, 3])
    if segment.times_ns is not None:
        times = np.ascontiguousarray(segment.times_ns, np.int64).tobytes()
        entries[n_columns] = (offset, len(times), _NUMBERS, 0)
        parts.append(times)
    try:
        with path.open("wb") as stream:
            stream.write(entries.tobytes())
            stream.writelines(parts)
    except OSError as error:
        raise translate_os_error(error, path) from error
    return Block(
        source=segment.source, layout=segment.layout, headers=segment.headers, columns=_no_columns(n_columns),
        time=segment.time, delimiter=segment.delimiter, encoding=segment.encoding, decimal=segment.decimal,
        source_index=segment.source_index, n_cut_short=segment.n_cut_short, n_not_rows=segment.n_not_rows,
        n_without_time=segment.n_without_time, path=path, n_cells_rows=segment.n_rows, first_line=first_line, last_line=last_line,
        numeric=frozenset(k for k, column in enumerate(segment.columns) if isinstance(column, NumberCells)),
        has_times=segment.times_ns is not None, is_absolute=segment.is_absolute, part=segment.part, findings=segment.findings,
    )  # fmt: skip


@cache
def _no_columns(count: int) -> tuple[Cells, ...]:
    return (_NO_CELLS,) * count


def _as_text(column: NumberCells) -> Cells:
    return Cells.of("" if np.isnan(value) else repr(value) for value in column.values.tolist())


def read_column(block: Block, index: int) -> Cells | NumberCells:
    """One column's cells."""
    try:
        with block.path.open("rb") as stream:
            stream.seek(index * _ENTRY * 8)
            offset, n_bytes, n_texts, n_code_bytes = np.frombuffer(stream.read(_ENTRY * 8), np.int64).tolist()
            stream.seek(offset)
            if n_texts == _NUMBERS:
                return NumberCells(np.frombuffer(stream.read(n_bytes), np.float64))
            texts = stream.read(n_bytes).decode("utf-8", "surrogatepass")
            codes = np.frombuffer(stream.read(n_code_bytes), np.int32)
    except OSError as error:
        raise translate_os_error(error, block.path) from error
    return Cells(tuple(texts.split(MARK)) if n_texts else (), codes)


def read_instants(block: Block) -> NDArray[np.int64]:
    """Instants that the file stores as such, ns [n]; the smallest int64 where there is none."""
    column = read_column(block, len(block.columns))
    assert isinstance(column, NumberCells)
    return column.values.view(np.int64)


def key_column(block: Block, key: tuple[str, int]) -> Cells | NumberCells | None:
    """The cells of a column by its name, as they are in the block; None where it has no such column."""
    index = find_key(block, key)
    return None if index is None else read_column(block, index)


def key_cells(block: Block, key: tuple[str, int]) -> Cells:
    """The cells of a column by its name, as texts; absent ones where the block has no such column."""
    column = key_column(block, key)
    if column is None:
        return absent_cells(block.n_rows)
    return column if isinstance(column, Cells) else _as_text(column)


def block_time_cells(block: Block) -> Cells | None:
    """The printed time of each row."""
    loaded: list[Cells | NumberCells] = [_NO_CELLS] * len(block.columns)
    for index in block.time.indexes:
        loaded[index] = read_column(block, index)
    return time_cells(_with_columns(block, loaded))


def _with_columns(block: Block, columns: Sequence[Cells | NumberCells]) -> Segment:
    return Segment(source=block.source, layout=block.layout, headers=block.headers, columns=tuple(columns), time=block.time)
