"""Columns of texts that are nearly all different, as Arrow keeps them: one run of bytes and where each text ends.

Nothing in them is a Python object, so that a block of measurements is cut, stored, weighed and read as a whole. Whoever needs the
texts one by one takes `cells`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.logs.readers.table import NumberCells
from workbench.logs.tables.cells import Cells, without_mark

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE_ROWS = 1024
_MOSTLY_DIFFERENT = 0.5
_SPACE, _ASCII_END = ord(" "), 0x80


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of texts [n] (Arrow string, no nulls, from its buffers' beginning)."""

    array: pa.StringArray

    @property
    def n_rows(self) -> int:
        """Rows."""
        return len(self.array)

    def ends(self) -> NDArray[np.int32]:
        """Where each text ends in `raw` [n + 1], the first 0."""
        return np.frombuffer(self.array.buffers()[1], np.int32, self.n_rows + 1)

    def raw(self) -> NDArray[np.uint8]:
        """The texts' bytes (UTF-8), one after the other."""
        data = self.array.buffers()[2]
        n_bytes = int(self.ends()[-1])
        return np.frombuffer(data, np.uint8, n_bytes) if n_bytes else np.zeros(0, np.uint8)

    def lengths(self) -> NDArray[np.int32]:
        """Bytes of each text [n]."""
        return np.diff(self.ends())

    def cells(self) -> Cells:
        """Each distinct text once, in order of appearance, and a code a row."""
        coded = self.array.dictionary_encode()
        return Cells(tuple(coded.dictionary.to_pylist()), _codes_of(coded.indices))

    def text(self, row: int) -> str:
        """One text."""
        return str(self.array[row].as_py())

    def take(self, rows: NDArray[np.intp]) -> TextColumn:
        """These rows."""
        return TextColumn(from_start(self.array.take(_indices(rows))))

    def blank_rows(self) -> int:
        """How many texts are empty or hold blanks alone."""
        import pyarrow.compute as pc

        n_empty = int(np.count_nonzero(self.lengths() == 0))
        raw = self.raw()
        if bool(((raw > _SPACE) & (raw < _ASCII_END)).all()):
            return n_empty
        return n_empty + int(pc.sum(pc.utf8_is_space(self.array)).as_py() or 0)

    def first_of_each(self, n_chars: int, n_chars_of_words: int) -> Cells:
        """The first text of each beginning of so many characters; of the other number where a text begins with no digit."""
        import pyarrow.compute as pc

        is_digit = pc.match_substring_regex(self.array, r"^\pN")
        short, long = (pc.utf8_slice_codeunits(self.array, 0, count) for count in (n_chars, n_chars_of_words))
        codes = _codes_of(pc.if_else(is_digit, short, long).dictionary_encode().indices)
        return self.take(np.sort(np.unique(codes, return_index=True)[1])).cells()

    def all_hold(self, word: str) -> bool:
        """Whether a word stands in every text."""
        import pyarrow.compute as pc

        return bool(pc.all(pc.match_substring(self.array, word)).as_py())

    def changes(self) -> int:
        """How many texts differ from the one above."""
        import pyarrow.compute as pc

        if self.n_rows < 2:
            return 0
        return int(pc.sum(pc.not_equal(self.array[1:], self.array[:-1])).as_py())


Texts = Cells | TextColumn
Column = Texts | NumberCells


def has_char(column: Texts, char: str) -> bool:
    """Whether a character of ASCII occurs in a column."""
    if isinstance(column, TextColumn):
        return bool((column.raw() == ord(char)).any())
    return any(char in text for text in column.texts)


def as_cells(column: Column) -> Cells:
    """A column's cells, numbers as text."""
    if isinstance(column, NumberCells):
        return Cells.of("" if np.isnan(value) else without_mark(repr(value)) for value in column.values.tolist())
    return column.cells() if isinstance(column, TextColumn) else column


def _codes_of(indices: pa.Int32Array) -> NDArray[np.int32]:
    if not len(indices):
        return np.zeros(0, np.int32)
    return np.frombuffer(indices.buffers()[1], np.int32, len(indices), indices.offset * 4)


def _indices(rows: NDArray[np.intp]) -> pa.Int64Array:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows, np.int64))])


def from_buffers(n_rows: int, ends: bytes | memoryview, raw: bytes | memoryview) -> TextColumn:
    """A column of its parts as `ends` and `raw` give them."""
    import pyarrow as pa

    return TextColumn(pa.StringArray.from_buffers(n_rows, pa.py_buffer(ends), pa.py_buffer(raw)))


def from_start(array: pa.StringArray) -> pa.StringArray:
    """The same texts in buffers that begin with the first of them."""
    import pyarrow as pa

    if not len(array):
        return pa.StringArray.from_buffers(0, pa.py_buffer(bytes(4)), pa.py_buffer(b""))
    offsets = np.frombuffer(array.buffers()[1], np.int32, len(array) + 1, array.offset * 4)
    if array.offset == 0 and offsets[0] == 0:
        return array
    data = array.buffers()[2]
    first, end = int(offsets[0]), int(offsets[-1])
    part = data.slice(first, end - first) if data is not None else pa.py_buffer(b"")
    return pa.StringArray.from_buffers(len(array), pa.py_buffer(offsets - offsets[0]), part)


def stack(pieces: Sequence[pa.StringArray]) -> Texts:
    """Pieces one below the other: with codes where texts repeat, else as they are."""
    import pyarrow as pa

    whole = from_start(pa.concat_arrays(pieces) if len(pieces) != 1 else pieces[0])
    sample = whole[:SAMPLE_ROWS]
    if len(sample.unique()) >= _MOSTLY_DIFFERENT * len(sample) and len(whole) >= SAMPLE_ROWS:
        return TextColumn(whole)
    coded = whole.dictionary_encode()
    if len(coded.dictionary) > _MOSTLY_DIFFERENT * len(whole) and len(whole) >= SAMPLE_ROWS:
        return TextColumn(whole)
    return Cells(tuple(coded.dictionary.to_pylist()), _codes_of(coded.indices))
