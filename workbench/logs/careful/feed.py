"""Finished rows of a log on disk, one an instant, in the order of time, a bounded stretch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.logs import questions
from workbench.logs.careful.numbers import FinishedColumn
from workbench.logs.careful.order import OrderedRows, Refuse, Rows, split_stretch, stretches
from workbench.logs.careful.scratch import ScratchArray
from workbench.logs.careful.stream_times import GOOD, Series
from workbench.logs.recordings.conflicts import Conflicts, conflicting_rows
from workbench.logs.recordings.of_rows import find_order, merge_column
from workbench.logs.summary import Finding, LeftOut, Question
from workbench.logs.tables.columns import Column

STRETCH_CELLS = 1 << 20
"""Cells that are in memory at once while rows are put in order."""
CHUNK_ROWS = 1 << 16
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Instants [n] strictly increasing, and the columns' cells at them."""

    times_ns: Rows
    columns: list[Column]


@dataclass(slots=True)
class Counted:
    """What happened to rows on the way."""

    n_duplicates: int = 0
    n_backward: int = 0
    conflicts: Conflicts = field(default_factory=Conflicts)


class Feed(Protocol):
    """Rows of one recording; `counted` holds when `stretches` has ended."""

    counted: Counted

    def stretches(self) -> Iterator[Stretch]:
        """One stretch after the other."""


@dataclass(slots=True, kw_only=True)
class StreamLog:
    """One recording that is ready to be written."""

    sources: tuple[str, ...]
    columns: list[FinishedColumn]
    labels: list[FinishedColumn]
    feed: Feed
    n_rows: int
    """Rows that the feed reads, for the progress."""
    left_out: tuple[LeftOut, ...] = ()
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    conflicts: Callable[[Conflicts, int], Finding] = conflicting_rows
    """What is said about so many values that others stand before."""
    machine: str = ""

    def questions_of_all(self) -> tuple[Question, ...]:
        """What is open about the log and its columns."""
        asked = [*self.questions, *(question for column in self.columns for question in column.questions)]
        without_unit = [column.name for column in self.columns if column.unit is None and not column.is_state]
        return (*asked, questions.unit_unknown(without_unit)) if without_unit else tuple(asked)


class Copies:
    """Which rows of a series copy another one: a bit a row, made when there is one."""

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._bits: NDArray[np.uint8] | None = None

    def add(self, rows: Rows) -> None:
        """These are copies."""
        if not rows.size:
            return
        if self._bits is None:
            self._bits = np.zeros(self._n_rows // 8 + 1, np.uint8)
        np.bitwise_or.at(self._bits, rows >> 3, (1 << (rows & 7)).astype(np.uint8))

    def is_copy(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these rows are."""
        if self._bits is None:
            return np.zeros(rows.size, np.bool_)
        return np.asarray(self._bits[rows >> 3] >> (rows & 7) & 1 > 0)


def count_backward(series: Series, spans: Sequence[Span], copies: Copies, chosen: Chosen | None = None) -> int:
    """Steps back in the order of the file, copies left out."""
    total = 0
    last = np.zeros(0, np.int64)
    for first, end in spans:
        for start, ns, flags in series.pieces(first, end):
            rows = start + np.flatnonzero(flags & GOOD)
            rows = rows[~copies.is_copy(rows)]
            if chosen is not None:
                rows = rows[chosen.mask(rows)]
            times = np.concatenate([last, ns[rows - start]])
            total += int(np.count_nonzero(np.diff(times) < 0))
            last = times[-1:]
    return total


@dataclass(frozen=True, slots=True)
class Chosen:
    """Only rows that name this machine: `codes` of the column that tells them apart, and its code."""

    codes: ScratchArray[np.int16]
    code: int

    def mask(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these rows are chosen."""
        return np.asarray(self.codes.take(rows) == self.code)


@dataclass(slots=True)
class WideFeed:
    """Rows of a wide table."""

    series: Series
    spans: Sequence[Span]
    columns: Sequence[FinishedColumn]
    refuse: Refuse
    chosen: Chosen | None = None
    counted: Counted = field(default_factory=Counted)

    def stretches(self) -> Iterator[Stretch]:
        """One stretch after the other."""
        limit = max(STRETCH_CELLS // max(len(self.columns), 1), 16)
        copies = Copies(len(self.series.ns))
        ordered = OrderedRows(self.series, self.spans, min(CHUNK_ROWS, limit), self.refuse)
        for rows, times in stretches(ordered):
            mine = slice(None) if self.chosen is None else self.chosen.mask(rows)
            for part_rows, part_times in split_stretch(rows[mine], times[mine], limit):
                if part_rows.size:
                    yield self._merge(part_rows, part_times, copies)
        self.counted.n_backward += count_backward(self.series, self.spans, copies, self.chosen)

    def _merge(self, rows: Rows, times: Rows, copies: Copies) -> Stretch:
        columns = [read_rows(column, rows) for column in self.columns]
        order = find_order(times, columns)
        copies.add(rows[order.is_copy])
        self.counted.n_duplicates += int(order.is_copy.sum())
        self.counted.conflicts.add(order.conflicts_ns)
        return Stretch(times[order.kept], [merge_column(column, times, order.kept) for column in columns])


def read_rows(column: FinishedColumn, rows: Rows) -> Column:
    """Cells of a column at some rows, in memory."""
    return Column(
        name=column.name, unit=column.unit, quantity=column.quantity, values=column.numbers.values.take(rows),
        codes=column.numbers.codes.take(rows), reasons=column.reasons, is_state=column.is_state,
    )  # fmt: skip
