"""What decisions need to know of a column's texts, gathered over all rows of a log that is larger than memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.careful.texts import TextColumn, Texts, as_cells, has_char
from workbench.logs.tables.cells import Cells

MAX_TEXTS = 20_000
"""As many distinct texts as the in-memory reader weighs for a decimal mark; what has more is a measurement."""


@dataclass(frozen=True, slots=True)
class TalliedCells(Cells):
    """The first distinct texts of a column and how often each occurs.

    Its codes are one row for each text: whatever judges rows by their text gives the judgement of each text.
    """

    text_counts: NDArray[np.intp]
    n_tallied: int
    alternates: float
    is_many: bool
    """Whether there are more distinct texts than are kept."""
    has_both_marks: bool = False
    """Whether commas and points occur in its texts."""

    @property
    def n_rows(self) -> int:
        """Rows of the log."""
        return self.n_tallied

    def counts(self) -> NDArray[np.intp]:
        """How often each text occurs."""
        return self.text_counts

    def alternation(self) -> float:
        """Share of rows (0..1) whose cell differs from the one before."""
        return self.alternates


class Tally:
    """Counts the texts of one column block by block."""

    def __init__(self, max_texts: int = MAX_TEXTS) -> None:
        self._max_texts = max_texts
        self._index: dict[str, int] = {}
        self._counts: list[int] = []
        self._n_rows = self._n_changes = 0
        self._n_beyond = 0
        self._last: str | None = None
        self._has_mark = {",": False, ".": False}

    def add(self, column: Texts) -> None:
        """The next rows."""
        for mark, is_known in self._has_mark.items():
            if not is_known:
                self._has_mark[mark] = has_char(column, mark)
        if isinstance(column, TextColumn) and self._n_beyond and column.n_rows:
            self._add_measured(column)
            return
        cells = as_cells(column)
        n_rows = int(cells.codes.size)
        if not n_rows:
            return
        self._count_changes(cells)
        self._n_rows += n_rows
        counts = cells.counts().tolist()
        if self._n_beyond:  # a measurement: from here on only how much is written matters
            self._n_beyond += sum(counts) - sum(count for text, count in zip(cells.texts, counts, strict=True) if _is_blank(text))
            return
        for text, count in zip(cells.texts, counts, strict=True):
            at = self._index.get(text)
            if at is not None:
                self._counts[at] += count
            elif len(self._counts) < self._max_texts:
                self._index[text] = len(self._counts)
                self._counts.append(count)
            else:
                self._n_beyond += count

    def _add_measured(self, column: TextColumn) -> None:
        """More texts of a column that has too many of them: only how much is written matters, and how often it changes."""
        self._n_changes += column.changes() + int(column.text(0) != self._last)
        self._last = column.text(column.n_rows - 1)
        self._n_rows += column.n_rows
        self._n_beyond += column.n_rows - column.blank_rows()

    def _count_changes(self, cells: Cells) -> None:
        first, last = (cells.texts[code] if code >= 0 else None for code in (int(cells.codes[0]), int(cells.codes[-1])))
        self._n_changes += int(np.count_nonzero(np.diff(cells.codes))) + int(self._n_rows > 0 and first != self._last)
        self._last = last

    def finish(self) -> TalliedCells:
        """The column so far."""
        texts, counts = tuple(self._index), list(self._counts)
        if self._n_beyond:  # they are written all the same: one more text stands for them
            texts, counts = (*texts, f"{self._max_texts} more"), [*counts, self._n_beyond]
        return TalliedCells(
            texts, np.arange(len(texts), dtype=np.int32), np.array(counts, np.intp), self._n_rows,
            self._n_changes / (self._n_rows - 1) if self._n_rows > 1 else 0.0, bool(self._n_beyond),
            all(self._has_mark.values()),
        )  # fmt: skip


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
