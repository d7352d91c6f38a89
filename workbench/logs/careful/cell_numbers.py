"""Texts of columns to numbers, a block at a time: plain numbers all at once, every other cell by `read_cell`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.careful.texts import TextColumn, from_buffers
from workbench.logs.tables.cells import COMMA_NUMBER, NUMBER, Cells, Decimal, Reading, read_cell

_MAX_NUMBER_CHARS = 60
_MAX_ODD_SHARE = 0.1
_ODD_LINES: dict[Decimal, re.Pattern[str]] = {
    ".": re.compile(r"^[^\n]*[^0-9.+\-\n][^\n]*$", re.MULTILINE),
    ",": re.compile(r"^[^\n]*[^0-9,+\-\n][^\n]*$", re.MULTILINE),
}
"""Texts of a column, one a line, that hold anything but digits, signs and the decimal mark."""
_PLAIN = np.zeros(256, np.bool_)
_PLAIN[[*range(ord("0"), ord("9") + 1), ord("-"), ord(".")]] = True


@dataclass(frozen=True, slots=True)
class OtherCells:
    """Cells that are no plain numbers: `rows` [m] where they stand, `cells` [m] what they print, `readings` of their texts."""

    rows: NDArray[np.intp]
    cells: Cells
    readings: list[Reading]

    def among(self, rows: NDArray[np.intp], n_rows: int) -> OtherCells:
        """Those that stand in `rows` (of a block of `n_rows`), counted within these."""
        if not self.rows.size:
            return self
        index = np.full(n_rows, -1, np.intp)
        index[self.rows] = np.arange(self.rows.size)
        mine = index[rows]
        where = np.flatnonzero(mine >= 0)
        cells = self.cells.take(mine[where])
        used = np.flatnonzero(cells.counts()).tolist()
        return OtherCells(where, cells.compact(), [self.readings[code] for code in used])


def read_column(column: TextColumn, mark: Decimal) -> tuple[NDArray[np.float64], OtherCells]:
    """Values [n] as `read_cell` reads each text, and all those that are no plain numbers.

    Arrow reads what consists of digits, minus and the decimal mark, rounded as Python does (both to the nearest double).
    """
    trimmed = _trimmed(column)
    plain, is_plain = _with_dots(trimmed, mark)
    values = np.full(column.n_rows, np.nan)
    if is_plain.all():
        found = _cast(plain)
        if found is not None:
            return found, OtherCells(np.zeros(0, np.intp), Cells.of(()), [])
    rows = np.flatnonzero(is_plain)
    found = _cast(plain.take(rows)) if rows.size else None
    if found is not None:
        values[rows] = found
        others = np.flatnonzero(~is_plain)
    else:
        others = np.arange(column.n_rows)
    cells = column.take(others).cells()
    read, odd = read_texts(cells.texts, mark)
    values[others] = read[cells.codes]
    return values, _only_odd(others, cells, odd)


def _only_odd(rows: NDArray[np.intp], cells: Cells, odd: dict[int, Reading]) -> OtherCells:
    is_odd = np.isin(cells.codes, list(odd))
    kept = cells.take(is_odd).compact()
    return OtherCells(rows[is_odd], kept, [odd[index] for index in sorted(odd)])


def _trimmed(column: TextColumn) -> TextColumn:
    import pyarrow.compute as pc

    return TextColumn(pc.utf8_trim_whitespace(column.array)) if bool((column.raw() == ord(" ")).any()) else column


def _with_dots(column: TextColumn, mark: Decimal) -> tuple[TextColumn, NDArray[np.bool_]]:
    """The texts with decimal dots, and which of them hold nothing but digits, minus and one kind of mark [n]."""
    raw, lengths = column.raw(), column.lengths()
    is_plain = (lengths > 0) & (lengths <= _MAX_NUMBER_CHARS)
    odd = ~_PLAIN[raw]
    if mark == ",":
        is_comma, is_dot = raw == ord(","), raw == ord(".")
        odd = (odd & ~is_comma) | is_dot
        raw = np.where(is_comma, np.uint8(ord(".")), raw)
    where = np.flatnonzero(odd)
    if where.size:
        is_plain[np.searchsorted(column.ends(), where, side="right") - 1] = False
    return from_buffers(column.n_rows, column.ends().data, raw.data), is_plain


def _cast(column: TextColumn) -> NDArray[np.float64] | None:
    """All texts as numbers; None where one is none (a lone sign, two marks)."""
    import pyarrow as pa

    try:
        numbers = column.array.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return np.frombuffer(numbers.buffers()[1], np.float64, len(numbers), numbers.offset * 8)


def read_texts(texts: Sequence[str], mark: Decimal) -> tuple[NDArray[np.float64], dict[int, Reading]]:
    """Values [n] of texts as `read_cell` reads them, and the readings of those that are no plain numbers (by index)."""
    found = _read_mostly_plain(texts, mark)
    if found is not None:
        return found
    pattern: re.Pattern[str] = COMMA_NUMBER if mark == "," else NUMBER
    values = np.full(len(texts), np.nan)
    others: dict[int, Reading] = {}
    for index, raw in enumerate(texts):
        text = raw.strip()
        if len(text) <= _MAX_NUMBER_CHARS and pattern.fullmatch(text):
            values[index] = float(text.replace(",", ".") if mark == "," else text)
        else:
            others[index] = read_cell(raw, mark)
    for index in np.flatnonzero(~np.isfinite(values)).tolist():
        others[index] = others.get(index) or read_cell(texts[index], mark)
    others = dict(sorted(others.items()))
    for index, reading in others.items():
        values[index] = reading.value
    return values, others


def _read_mostly_plain(texts: Sequence[str], mark: Decimal) -> tuple[NDArray[np.float64], dict[int, Reading]] | None:
    """All at once where nearly all texts are digits, signs and the mark; None for other columns. Four times as fast."""
    together = "\n".join(texts)
    odd = set(_ODD_LINES[mark].findall(together))
    if len(odd) > max(_MAX_ODD_SHARE * len(texts), 1) or max(map(len, texts), default=0) > _MAX_NUMBER_CHARS:
        return None
    others = (
        {index: read_cell(text, mark) for index, text in enumerate(texts) if text in odd or not text}
        if odd or "" in texts
        else {}
    )
    plain = [text for text in texts if text and text not in odd] if others else texts
    try:
        numbers = np.array(list(map(float, (text.replace(",", ".") for text in plain) if mark == "," else plain)), np.float64)
    except ValueError:  # a lone sign, two marks: the slow way says what it is
        return None
    if not np.isfinite(numbers).all():
        return None
    values = np.empty(len(texts))
    is_plain = np.ones(len(texts), np.bool_)
    is_plain[list(others)] = False
    values[is_plain] = numbers
    for index, reading in others.items():
        values[index] = reading.value
    return values, others
