"""Printed times of a block, as bytes: stamps and counts that stand alike are read all at once, others one by one."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from workbench.logs.careful.texts import TextColumn
from workbench.logs.times.instants import DayOrder, Instants
from workbench.logs.times.scales import EARLIEST_UNIX_NS, LATEST_UNIX_NS, scaled
from workbench.logs.times.stamp_shapes import MAX_LENGTHS, no_instants, put, read_equal_lengths, read_many_stamps
from workbench.logs.times.timing import spread

_ZERO, _NINE, _DOT, _COMMA = (ord(char) for char in "09.,")
_MAX_DIGITS = 18


def read_stamp_column(column: TextColumn, order: DayOrder) -> Instants:
    """As `read_many_stamps`."""
    lengths = column.lengths()
    distinct = np.unique(lengths)
    if distinct.size > MAX_LENGTHS or not bool((column.raw() < 0x80).all()):
        cells = column.cells()
        return spread(read_many_stamps(cells.texts, order), cells)
    found = no_instants(column.n_rows)
    for length in distinct.tolist():
        rows = np.flatnonzero(lengths == length)
        put(found, rows, read_equal_lengths(_chars(column, rows, length), order, partial(_text_at, column, rows)))
    return found


def _text_at(column: TextColumn, rows: NDArray[np.intp], at: int) -> str:
    return column.text(int(rows[at]))


def _chars(column: TextColumn, rows: NDArray[np.intp], length: int) -> NDArray[np.uint8]:
    raw = column.raw()
    if rows.size == column.n_rows:
        return raw.reshape(rows.size, length)
    found: NDArray[np.uint8] = raw[column.ends()[rows][:, None] + np.arange(length)]
    return found


def scaled_column(column: TextColumn, scale_ns: int, zero_ns: int, *, is_absolute: bool, is_unix: bool = False) -> Instants:
    """As `scaled`: digits, with decimals of at most the nanosecond, at once."""
    lengths = column.lengths()
    distinct = np.unique(lengths)
    found = no_instants(column.n_rows)
    if distinct.size > MAX_LENGTHS:
        return _one_by_one(column, scale_ns, zero_ns, is_absolute=is_absolute, is_unix=is_unix)
    for length in distinct.tolist():
        rows = np.flatnonzero(lengths == length)
        counts = _exact_counts(_chars(column, rows, length), scale_ns) if length else None
        is_odd = counts is None or int(counts.max()) > 2**62 - abs(zero_ns) or (is_unix and _is_far(counts))
        if counts is None or is_odd:
            put(found, rows, _one_by_one(column.take(rows), scale_ns, zero_ns, is_absolute=is_absolute, is_unix=is_unix))
            continue
        found.ns[rows], found.is_absolute[rows], found.is_good[rows] = counts + zero_ns, is_absolute, True
    found.is_absolute[:] = is_absolute
    return found


def _is_far(counts: NDArray[np.int64]) -> bool:
    """Whether some counts since 1970 are of another unit than the others."""
    return int(counts.min()) < EARLIEST_UNIX_NS or int(counts.max()) > LATEST_UNIX_NS


def _one_by_one(column: TextColumn, scale_ns: int, zero_ns: int, *, is_absolute: bool, is_unix: bool) -> Instants:
    cells = column.cells()
    return spread(scaled(cells.texts, scale_ns, zero_ns, is_absolute=is_absolute, is_unix=is_unix), cells)


def _exact_counts(chars: NDArray[np.uint8], scale_ns: int) -> NDArray[np.int64] | None:
    """ns of counts whose digits stand alike; None where they don't, or are finer than a nanosecond."""
    is_digit = (chars >= _ZERO) & (chars <= _NINE)
    marks = np.flatnonzero(~is_digit[0])
    if marks.size > 1 or not bool((is_digit == is_digit[0]).all()) or chars.shape[1] - marks.size > _MAX_DIGITS:
        return None
    if marks.size and not (0 < marks[0] < chars.shape[1] - 1 and bool(np.isin(chars[:, marks[0]], (_DOT, _COMMA)).all())):
        return None
    n_decimals = chars.shape[1] - 1 - int(marks[0]) if marks.size else 0
    if scale_ns % 10**n_decimals:
        return None
    total = np.zeros(len(chars), np.int64)
    for at in range(chars.shape[1]):
        if at not in marks:
            total = total * 10 + (chars[:, at].astype(np.int64) - _ZERO)
    step_ns = scale_ns // 10**n_decimals
    return total * step_ns if int(total.max()) < 2**62 // step_ns else None
