"""Tables with the times across: a row of stamps, and below it one row a tag. They become one row a tag and instant.

Spreadsheets of historians are laid out so. Words stand in front of the stamps (tag, description, unit); their names tell them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workbench.logs.tables.header_rows import strip_trailing
from workbench.logs.tables.sniff import cell_kind, fold_name
from workbench.logs.tables.words import TAG_NAMES, UNIT_NAMES
from workbench.logs.times.instants import parse_stamp

_SEARCHED_ROWS = 30
_MOST_IN_FRONT = 6
_FEWEST_STAMPS = 5
_HEADER = ("time", "tag", "unit", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesAcross:
    """The row of the stamps, the first of them, and the columns of tag and unit (-1: none)."""

    header_row: int
    first_stamp: int
    tag: int
    unit: int

    def rows(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        """A header, then each cell that is written as a row of its own."""
        stamps: Sequence[str] = ()
        for number, row in enumerate(rows):
            if number == self.header_row:
                stamps = strip_trailing(row)[self.first_stamp :]
                yield list(_HEADER)
            if number <= self.header_row or len(row) <= self.first_stamp:
                continue
            unit = row[self.unit].strip() if self.unit >= 0 else ""
            for stamp, cell in zip(stamps, row[self.first_stamp :], strict=False):
                if cell.strip():
                    yield [stamp, row[self.tag].strip(), unit, cell]


def find_times_across(sample: Sequence[Sequence[str]]) -> TimesAcross | None:
    """Where the times stand across, with mostly numbers below them; None in any other table."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        cells = strip_trailing(row)
        first = next((at for at, cell in enumerate(cells[: _MOST_IN_FRONT + 1]) if _is_stamp(cell)), 0)
        if not first or len(cells) - first < _FEWEST_STAMPS or not all(map(_is_stamp, cells[first:])):
            continue
        names = [fold_name(cell) for cell in cells[:first]]
        below = [other for other in sample[number + 1 :] if strip_trailing(other)]
        kinds = [cell_kind(cell) for other in below for cell in other[first:] if cell.strip()]
        if len(set(cells[first:])) == len(cells) - first and kinds and kinds.count("n") >= 0.5 * len(kinds):
            tag = next((at for at, name in enumerate(names) if name in TAG_NAMES), 0)
            unit = next((at for at, name in enumerate(names) if name in UNIT_NAMES and at != tag), -1)
            return TimesAcross(header_row=number, first_stamp=first, tag=tag, unit=unit)
    return None


def _is_stamp(cell: str) -> bool:
    stamp = parse_stamp(cell)
    return stamp is not None and stamp.has_clock
