"""Blocks of rows as they were printed, on disk: one file a block, each column readable by itself.

Texts that repeat are kept once each, with a code a row, as in memory (`Cells`), others as they are (`TextColumn`); reading a log,
and unpacking it, happens once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.logs.careful.gather_blocks import RowBlock
from workbench.logs.careful.texts import Column, TextColumn, Texts, as_cells, from_buffers
from workbench.logs.readers.table import NumberCells, Segment
from workbench.logs.tables.cells import Cells, absent_cells
from workbench.logs.tables.mark_stretches import Key, Span
from workbench.logs.tables.segments import find_key, time_cells, with_points

MARK = "\x00"
"""Between texts: decoding takes it out of every text log."""
_ENTRY = 4
_NUMBERS = -1
"""Stands for the count of texts where a column holds numbers."""
_AS_THEY_ARE = -2
"""Stands for it where texts are kept as they are, with where each ends."""
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
    comma_rows: tuple[Span, ...] = ()
    """Rows (first, end) whose numbers have decimal commas, where others of its log have points."""
    as_printed: frozenset[Key] = frozenset()
    """Columns to which that does not apply."""

    @property
    def n_rows(self) -> int:
        """Rows of the block."""
        return self.n_cells_rows


def write_block(path: Path, block: RowBlock, lines: tuple[int, int]) -> Block:
    """Write cells that stand in `lines` (first, last; 0 where nobody knows); returns their stand-in. Raises DiskFull."""
    segment = block.segment
    n_columns = len(block.columns)
    entries = np.zeros((n_columns + 1, _ENTRY), np.int64)
    parts: list[bytes | memoryview] = []
    offset = entries.nbytes
    for number, column in enumerate(block.columns):
        cells, n_texts, codes = _parts_of(column)
        entries[number] = (offset, len(cells), n_texts, len(codes))
        parts += [cells, codes]
        offset += len(cells) + len(codes)
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
        time=segment.time, delimiter=segment.delimiter, encoding=segment.encoding,
        source_index=segment.source_index, n_cut_short=segment.n_cut_short, n_not_rows=segment.n_not_rows,
        n_without_time=segment.n_without_time, path=path, n_cells_rows=block.n_rows, first_line=lines[0], last_line=lines[1],
        numeric=frozenset(k for k, column in enumerate(block.columns) if isinstance(column, NumberCells)),
        has_times=segment.times_ns is not None, is_absolute=segment.is_absolute, part=segment.part, findings=segment.findings,
    )  # fmt: skip


def _parts_of(column: Column) -> tuple[memoryview, int, memoryview]:
    """(texts, how many, codes) of cells; (texts, -2, ends) of texts that are kept as they are; (numbers, -1, nothing)."""
    if isinstance(column, NumberCells):
        return np.ascontiguousarray(column.values, np.float64).view(np.uint8).data, _NUMBERS, memoryview(b"")
    if isinstance(column, TextColumn):
        return column.raw().data, _AS_THEY_ARE, column.ends().view(np.uint8).data
    texts = MARK.join(column.texts).encode("utf-8", "surrogatepass")
    return memoryview(texts), len(column.texts), np.ascontiguousarray(column.codes, np.int32).view(np.uint8).data


@cache
def _no_columns(count: int) -> tuple[Cells, ...]:
    return (_NO_CELLS,) * count


def read_column(block: Block, index: int) -> Column:
    """One column as it was stored."""
    try:
        with block.path.open("rb") as stream:
            stream.seek(index * _ENTRY * 8)
            offset, n_bytes, n_texts, n_code_bytes = np.frombuffer(stream.read(_ENTRY * 8), np.int64).tolist()
            stream.seek(offset)
            texts = stream.read(n_bytes)
            codes = stream.read(n_code_bytes)
    except OSError as error:
        raise translate_os_error(error, block.path) from error
    if n_texts == _NUMBERS:
        return NumberCells(np.frombuffer(texts, np.float64))
    if n_texts == _AS_THEY_ARE:
        return from_buffers(block.n_rows, codes, texts)
    return Cells(tuple(texts.decode("utf-8", "surrogatepass").split(MARK)) if n_texts else (), np.frombuffer(codes, np.int32))


def read_instants(block: Block) -> NDArray[np.int64]:
    """Instants that the file stores as such, ns [n]; the smallest int64 where there is none."""
    column = read_column(block, len(block.columns))
    assert isinstance(column, NumberCells)
    return column.values.view(np.int64)


def key_column(block: Block, key: tuple[str, int]) -> Column | None:
    """A column by its name, as it was stored; None where the block has no such column."""
    index = find_key(block, key)
    return None if index is None else read_column(block, index)


def key_texts(block: Block, key: tuple[str, int]) -> Texts:
    """A column by its name, as texts; absent ones where the block has no such column. Decimal marks are those of its log."""
    column = key_column(block, key)
    if column is None:
        return absent_cells(block.n_rows)
    if isinstance(column, NumberCells):
        return as_cells(column)
    is_changed = bool(block.comma_rows) and key not in block.as_printed
    return with_points(as_cells(column), block.comma_rows) if is_changed else column


def block_times(block: Block) -> Texts | None:
    """The printed time of each row."""
    loaded: list[Cells | NumberCells] = [_NO_CELLS] * len(block.columns)
    for index in block.time.indexes:
        column = read_column(block, index)
        if isinstance(column, TextColumn) and len(block.time.indexes) == 1:
            return column
        loaded[index] = as_cells(column) if isinstance(column, TextColumn) else column
    return time_cells(_with_columns(block, loaded))


def _with_columns(block: Block, columns: Sequence[Cells | NumberCells]) -> Segment:
    return Segment(source=block.source, layout=block.layout, headers=block.headers, columns=tuple(columns), time=block.time)
