"""Lines of separated values, as they come: one row a line, a header now and then, and lines that noise has spoiled.

A line that has not the plan's number of values is no row, whatever it looks like. The first line after the port was opened
may be the tail of one that nobody saw whole: it counts only when it proves that it is whole (a header, a checksum).
"""

from __future__ import annotations

from workbench.logs.live.device_time import DeviceTime
from workbench.logs.live.plan import ColumnPlan, TextPlan
from workbench.logs.live.rows import Rows, make_rows
from workbench.logs.live.text_guess import header_columns, is_header, split_checksum
from workbench.logs.live.text_parser import JOINED_LATE, WRONG_CHECKSUM, TextParser, channel_of
from workbench.logs.tables.header_rows import strip_trailing
from workbench.logs.tables.sniff import split_line

HEADER_AGAIN = "header again"
SPOILED_HEADER = "words in the place of values"
_Line = tuple[list[str], int]


class CsvParser(TextParser):
    """See `rows.Parser`."""

    def __init__(self, plan: TextPlan, time: DeviceTime | None = None, *, starts_inside: bool = True) -> None:
        super().__init__(plan, time, starts_inside=starts_inside)
        self._columns = plan.columns
        self._met: tuple[ColumnPlan, ...] = ()
        self._n_lines = 0

    def feed(self, data: bytes) -> list[Rows]:
        """See Parser."""
        found: list[Rows] = []
        batch: list[_Line] = []
        for text, end in self._lines.feed(data):
            self._n_lines += 1
            cells = self._cells_of(text)
            if cells is None:
                continue
            if is_header(cells):
                self._meet_header(cells)
                continue
            if self._is_confirmed_by(cells):
                found.extend(self._rows_of(batch))
                batch = []
                self._columns = tuple(_known_as(column, self.plan.columns) for column in self._met)
            self._met = ()
            if len(cells) == len(self._columns):
                batch.append((cells, end))
            else:
                self.tally.problems[f"{len(cells)} values where {len(self._columns)} are due"] += 1
        return [*found, *self._rows_of(batch)]

    def _cells_of(self, text: str) -> list[str] | None:
        """The line's values, None for a line that is no row."""
        is_proven = False
        if self.plan.has_checksum:
            body = split_checksum(text)
            if body is None:
                self._lines.accept_first()
                self.tally.problems[WRONG_CHECKSUM] += 1
                return None
            text, is_proven = body, True
        cells = [cell.strip() for cell in split_line(text, self.plan.delimiter)]
        if len(cells) > len(self._columns):
            cells = [*cells[: len(self._columns)], *strip_trailing(cells[len(self._columns) :])]
        is_first = self._lines.is_first
        self._lines.accept_first()
        if is_first and not is_proven and not is_header(cells):
            self.tally.problems[JOINED_LATE] += 1
            return None
        return cells

    def _meet_header(self, cells: list[str]) -> None:
        """The device has begun anew: the same header is only counted; another one has to be followed by values that fit."""
        columns = header_columns(cells)
        known = {column.name for column in self._columns}
        n_known = sum(column.name in known for column in columns)
        if n_known == len(columns) == len(self._columns):
            if self._n_lines > 1:
                self.tally.problems[HEADER_AGAIN] += 1
        elif n_known >= 0.5 * len(columns) and len(columns) == len(self._columns):
            self.tally.problems[SPOILED_HEADER] += 1
        else:
            self._met = columns

    def _is_confirmed_by(self, cells: list[str]) -> bool:
        """Whether a header that was met takes effect: noise that looks like words is not followed by a row of its length."""
        if self._met and len(cells) != len(self._met):
            self.tally.problems[SPOILED_HEADER] += 1
        return bool(self._met) and len(cells) == len(self._met)

    def _rows_of(self, batch: list[_Line]) -> list[Rows]:
        if not batch:
            return []
        stamps = ([cells[k] for k in self.plan.time.indexes if k < len(cells)] or [""] for cells, _ in batch)
        batch, device_ns = self._timed(batch, stamps)
        picked = [(k, column) for k, column in enumerate(self._columns) if column.role == "channel"]
        values = [self._cells.read_column(column, [cells[k] for cells, _ in batch]) for k, column in picked]
        channels = [channel_of(column) for _, column in picked]
        rows = list(zip(*values, strict=True)) if values else [()] * len(batch)
        return [make_rows(channels, (end for _, end in batch), rows, device_ns)]


def _known_as(column: ColumnPlan, known: tuple[ColumnPlan, ...]) -> ColumnPlan:
    """What was settled about a column of this name before; else as its header says."""
    return next((one for one in known if one.name == column.name), column)
