"""A log on disk as the table that decisions are made about: headers, and of each column what is known of all its texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.careful.numbers import UnitSource
from workbench.logs.careful.spool import Block, key_column, key_texts
from workbench.logs.careful.tally import MAX_TEXTS, TalliedCells, Tally
from workbench.logs.careful.texts import Texts, as_cells
from workbench.logs.readers.table import Header, NumberCells
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.columns import UnitRows
from workbench.logs.tables.mark_stretches import Key, find_comma_rows
from workbench.logs.tables.segments import Table, column_keys, find_key, time_of_all

_NUMBERS = NumberCells(np.zeros(0))
"""Stands for a column of numbers: nothing is decided by what they are."""

_TEXTS_IN_ALL = 1_000_000
"""Distinct texts of all columns that are kept: some 100 MB."""
_LEAST_TEXTS = 1000


@dataclass(slots=True, kw_only=True)
class StreamTable:
    """`table` has a tally for each column; the rows lie in `blocks`, `keys` name their columns."""

    table: Table
    blocks: list[Block]
    keys: list[Key]
    units: list[UnitSource]
    source_numbers: list[int]
    """The source of each block, counted from 0 in the order of the table's sources."""

    def tally(self, index: int) -> TalliedCells:
        """What is known of a column's texts."""
        column = self.table.columns[index]
        assert isinstance(column, TalliedCells)
        return column

    def is_numeric(self, index: int) -> bool:
        """Whether a column is numbers in all of its files already."""
        return isinstance(self.table.columns[index], NumberCells)

    def cells(self, index: int, block: Block) -> Cells:
        """A block's cells of a column, as texts."""
        return as_cells(self.texts(index, block))

    def texts(self, index: int, block: Block) -> Texts:
        """A block's cells of a column, as texts, kept as they are where they hardly repeat."""
        return key_texts(block, self.keys[index])

    def numbers(self, index: int, block: Block) -> NumberCells:
        """A block's cells of a column of numbers; NaN where the block has no such column."""
        column = key_column(block, self.keys[index])
        return column if isinstance(column, NumberCells) else NumberCells(np.full(block.n_rows, np.nan))

    def rows_of_texts(self, index: int, first: int, end: int) -> Iterator[tuple[slice, Cells]]:
        """(where in first..end, cells) of a column's rows, block by block."""
        for block in self.blocks:
            low, high = max(block.first_row, first), min(block.first_row + block.n_rows, end)
            if low < high:
                cells = self.cells(index, block)
                rows = slice(low - block.first_row, high - block.first_row)
                yield slice(low - first, high - first), cells.take(rows)

    def where(self, row: int) -> str:
        """File and line of a row, for a person."""
        block = next(one for one in reversed(self.blocks) if one.first_row <= row)
        n_lines = block.last_line - block.first_line + 1
        if not block.last_line:
            return f"{block.source}, row {row + 1:,}"
        line = block.first_line + round((row - block.first_row) * max(n_lines - block.n_rows, 0) / max(block.n_rows, 1))
        line += row - block.first_row
        return f"{block.source}, line {line:,}" if n_lines == block.n_rows else f"{block.source}, about line {line:,}"


def bring_to_one_mark(log: StreamTable) -> bool:
    """Note in blocks which rows have decimal commas where others have points; whether there are any. Raises LogFormatError."""
    mixed = [key for index, key in enumerate(log.keys) if not log.is_numeric(index) and log.tally(index).has_both_marks]
    found = find_comma_rows(log.blocks, mixed, log.keys, _printed)
    if found is None:
        return False
    for block, spans in zip(log.blocks, found.spans, strict=True):
        block.comma_rows, block.as_printed = spans, found.as_printed
    return True


def _printed(block: Block, key: Key) -> Cells | None:
    column = key_column(block, key)
    return None if column is None or isinstance(column, NumberCells) else as_cells(column)


def build_stream_table(blocks: Sequence[Block], say: Callable[[float, str], None], *, as_text: bool = False) -> StreamTable:
    """Tally the columns of the blocks of one log; `as_text` also those that are numbers already."""
    order: dict[Key, Header] = {}
    row = 0
    for block in blocks:
        block.first_row = row
        row += block.n_rows
        headers = [header for index, header in enumerate(block.headers or ()) if index not in block.time.indexes]
        for key, header in zip(column_keys(block), headers, strict=True):
            order.setdefault(key, header)
    keys = list(order)
    max_texts = min(MAX_TEXTS, max(_TEXTS_IN_ALL // max(len(keys), 1), _LEAST_TEXTS))
    tallies = [None if not as_text and _is_numeric(blocks, key) else Tally(max_texts) for key in keys]
    for number, block in enumerate(blocks):
        say(number / len(blocks), "weighing")
        for key, tally in zip(keys, tallies, strict=True):
            if tally is not None:
                tally.add(key_texts(block, key))
    sources, numbers = _sources_of(blocks)
    first = blocks[0]
    columns = tuple(_NUMBERS if tally is None else tally.finish() for tally in tallies)
    table = Table(
        layout=first.layout, sources=tuple(name for name, _ in sources), source_rows=tuple(start for _, start in sources),
        n_rows=row, headers=tuple(order.values()), columns=columns,
        units=(UnitRows.constant(None, 0),) * len(keys), time=time_of_all(blocks), time_cells=None, times_ns=None,
        is_absolute=first.is_absolute, delimiter=first.delimiter,
        n_cut_short=sum(block.n_cut_short for block in blocks),
        n_not_rows=sum(block.n_not_rows for block in blocks), n_without_time=sum(block.n_without_time for block in blocks),
        has_header=not first.headers or first.headers[0].name != "column 1", part=first.part,
        findings=tuple(finding for block in blocks for finding in block.findings),
    )  # fmt: skip
    units = [_units_of(blocks, key) for key in keys]
    return StreamTable(table=table, blocks=list(blocks), keys=keys, units=units, source_numbers=numbers)


def _is_numeric(blocks: Sequence[Block], key: Key) -> bool:
    found = ((block, find_key(block, key)) for block in blocks)
    return all(index is None or index in block.numeric for block, index in found)


def _sources_of(blocks: Sequence[Block]) -> tuple[list[tuple[str, int]], list[int]]:
    sources: list[tuple[str, int]] = []
    numbers = []
    last = -1
    for block in blocks:
        if block.source_index != last:
            last = block.source_index
            sources.append((block.source, block.first_row))
        numbers.append(len(sources) - 1)
    return sources, numbers


def _units_of(blocks: Sequence[Block], key: Key) -> UnitSource:
    names: list[str] = []
    codes = []
    for block in blocks:
        index = find_key(block, key)
        unit = block.headers[index].unit if index is not None and block.headers else None
        if unit and unit not in names:
            names.append(unit)
        codes.append(names.index(unit) if unit else -1)
    if len(set(codes)) == 1:
        return UnitSource(names=tuple(names))
    of_block, starts = np.array(codes, np.int16), np.array([block.first_row for block in blocks])

    def read(first: int, end: int) -> NDArray[np.int16]:
        return of_block[np.searchsorted(starts, np.arange(first, end), side="right") - 1]

    return UnitSource(names=tuple(names), read=read)
