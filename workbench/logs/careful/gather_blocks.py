"""The rows of a text log in blocks: regular rows as a whole, all others one by one, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbench.logs.careful.regular_rows import RegularRows, RowShape, split_piece
from workbench.logs.careful.text_lines import LineStream
from workbench.logs.careful.texts import Column, stack
from workbench.logs.readers.gather import Gatherer, TableLayout
from workbench.logs.readers.lines import KEYED, LineGrammar
from workbench.logs.readers.table import NumberCells, Segment, TimeColumns
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.header_rows import HeaderGuess

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Rows under one header: `segment` says all but the cells, which are in `columns`."""

    segment: Segment
    columns: tuple[Column, ...]

    @property
    def n_rows(self) -> int:
        """Rows."""
        if self.segment.times_ns is not None or not self.columns:
            return self.segment.n_rows
        first = self.columns[0]
        return len(first.values) if isinstance(first, NumberCells) else first.n_rows


def block_of(segment: Segment) -> RowBlock:
    """A segment with its cells."""
    return RowBlock(segment, segment.columns)


class BlockGatherer(Gatherer):
    """As `Gatherer`, but rows leave it in blocks of at most `block_rows`, and regular ones enter it many at once."""

    def __init__(self, layout: TableLayout, name: str, block_rows: int) -> None:
        self._block_rows = block_rows
        self._n_above = layout.first_row
        self._pieces: list[list[pa.StringArray]] = []
        self._n_gathered = 0
        self._blocks: list[RowBlock] = []
        super().__init__(layout, name)

    def gather_blocks(self, stream: LineStream, grammar: LineGrammar) -> Iterator[RowBlock]:
        """All rows from the first data row on."""
        if not self._is_shaped(grammar):
            yield from self._take_lines(grammar.rows(stream.lines()))
        else:
            for number, piece in enumerate(stream.pieces()):
                # the first piece holds the head, whose lines are told apart one by one
                yield from (
                    self._take_lines(grammar.rows(stream.written(piece.split("\n"))))
                    if number == 0
                    else self._take_piece(piece, stream, replace(grammar, is_told=False))
                )
            yield from self._take_lines(replace(grammar, is_told=False).rows(stream.rest()))
        self._end()
        yield from self._hand_out()

    def gather_rows(self, rows: Iterable[list[str]]) -> Iterator[RowBlock]:
        """All rows from the first data row on, of lines that were taken apart elsewhere."""
        yield from self._take_lines(rows)
        self._end()
        yield from self._hand_out()

    def _is_shaped(self, grammar: LineGrammar) -> bool:
        """Whether lines come apart by one character alone, and begin to be rows with a time."""
        delimiter = grammar.guess.delimiter
        is_plain = not grammar.is_framed and delimiter != KEYED
        return is_plain and len(delimiter) == 1 and delimiter.isascii() and bool(self._time.indexes)

    def _take_lines(self, rows: Iterable[list[str]]) -> Iterator[RowBlock]:
        for row in rows:
            if self._n_above:
                self._n_above -= 1
                continue
            self._take(row)
            if len(self._batch) + self._n_gathered >= self._block_rows:
                self._cut()
            if self._blocks:
                yield from self._hand_out()

    def _take_piece(self, text: str, stream: LineStream, grammar: LineGrammar) -> Iterator[RowBlock]:
        while text:
            shape = RowShape(grammar.guess.delimiter, self._n_cells, self._time.indexes[0])
            piece = None if self._n_above or stream.is_joining else split_piece(text, shape)
            if piece is None:
                yield from self._take_lines(grammar.rows(stream.written(text.split("\n"))))
                return
            text = ""
            for run, after in piece.runs():
                if isinstance(run, RegularRows):
                    yield from self._take_many(run, stream)
                    continue
                yield from self._take_lines(grammar.rows(stream.written(run)))
                if (self._n_cells, self._time.indexes[0]) != (shape.n_cells, shape.time_index):
                    text = piece.rest(after)  # a header met on the way: what stands below it comes apart in another way
                    break

    def _begin(self, header: HeaderGuess, n_cells: int, time: TimeColumns) -> None:
        super()._begin(header, n_cells, time)
        self._encoders = []
        self._pieces, self._n_gathered = [[] for _ in range(n_cells)], 0

    def _take_many(self, rows: RegularRows, stream: LineStream) -> Iterator[RowBlock]:
        self._flush()
        self._is_below_header = False
        self._n_long += rows.n_long
        first = 0
        while first < rows.n_rows:
            n_rows = min(rows.n_rows - first, self._block_rows - self._n_gathered)
            for pieces, column in zip(self._pieces, rows.columns, strict=True):
                pieces.append(column[first : first + n_rows])
            first += n_rows
            stream.number += n_rows
            self._n_gathered += n_rows
            if self._n_gathered >= self._block_rows:
                self._cut()
                yield from self._hand_out()

    def _hand_out(self) -> Iterator[RowBlock]:
        done, self._blocks = self._blocks, []
        yield from done

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._batch:
            return
        for pieces, column in zip(self._pieces, zip(*self._batch, strict=False), strict=False):
            pieces.append(pa.array(column, pa.string()))
        self._n_gathered += len(self._batch)
        self._batch = []

    def _cut(self) -> int:
        self._flush()
        n_rows, pieces = self._n_gathered, self._pieces
        empty: tuple[Column, ...] = tuple(Cells.of(()) for _ in range(self._n_cells))
        columns = tuple(stack(column) for column in pieces) if n_rows else empty
        self._blocks.append(RowBlock(self._new_segment(()), columns))
        self._pieces, self._n_gathered = [[] for _ in range(self._n_cells)], 0
        self._n_before += n_rows
        return n_rows
