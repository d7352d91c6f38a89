"""Reports that print the date once, beside the first time of day, and nothing below: each row gets the date above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.logs.times.instants import parse_clock, parse_stamp

_SEARCHED_COLUMNS = 3
_MIN_ROWS = 5
_CLOCK = re.compile(r"\s*\d{1,2}[:.h]\d{1,2}")


@dataclass(frozen=True, slots=True)
class SparseDates:
    """The column of dates; that of the times of day is right of it."""

    column: int

    def rows(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        """Rows with a date each, from the first date on."""
        last = ""
        for row in rows:
            if not self.has_clock(row):
                yield row
                continue
            last = row[self.column].strip() or last
            yield [*row[: self.column], last, *row[self.column + 1 :]]

    def has_clock(self, row: Sequence[str]) -> bool:
        """Whether a row has a time of day where it belongs."""
        return len(row) > self.column + 1 and _CLOCK.match(row[self.column + 1]) is not None


def find_sparse_dates(sample: Sequence[Sequence[str]]) -> SparseDates | None:
    """The column, where the first time of day has a date beside it and at least half of the others have nothing."""
    for column in range(_SEARCHED_COLUMNS):
        found = SparseDates(column)
        timed = [row for row in sample if found.has_clock(row) and parse_clock(row[column + 1]) is not None]
        dates = [row[column] for row in timed if row[column].strip()]
        is_sparse = len(timed) >= _MIN_ROWS and timed[0][column].strip() and 2 * len(dates) <= len(timed)
        if is_sparse and all((stamp := parse_stamp(text)) is not None and not stamp.has_clock for text in dates):
            return found
    return None
