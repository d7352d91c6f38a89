"""Tables with a day down and its times of day across (Date; 00:00; 01:00 …): each cell becomes a row of its own.

Books of water works and power plants are laid out so. Only clocks tell the times (00:00, 00:15, H00, 0h): numbers from 1 to 24
may be the beginning of an hour or its end, and stay columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from workbench.logs.tables.header_rows import strip_trailing
from workbench.logs.tables.sniff import cell_kind
from workbench.logs.times.instants import parse_stamp

_SEARCHED_ROWS = 30
_MOST_IN_FRONT = 5
_FEWEST_TIMES = 12
_MOST_BEHIND = 3
"""Sums and means of the day."""
_CLOCK = re.compile(r"(?:(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d)|\s?h)|[Hh](?:our|r)?[\s_]?(?P<named>\d{1,2}))")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursAcross:
    """The row of the times of day, the first of them, which they are, and the column of the date."""

    header_row: int
    first: int
    clocks: tuple[str, ...]
    date: int

    def rows(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        """A header, then each cell that is written as a row of its own, with what stands in front of it beside."""
        for number, row in enumerate(rows):
            if number < self.header_row:
                continue
            others = [cell for index, cell in enumerate(row[: self.first]) if index != self.date]
            if number == self.header_row:
                yield ["time", *others, "value"]
                continue
            day = row[self.date].strip() if len(row) > self.first else ""
            if not _is_day(day):
                continue
            for clock, cell in zip(self.clocks, row[self.first :], strict=False):
                if cell.strip():
                    yield [f"{day} {clock}", *others, cell]


def find_hours_across(sample: Sequence[Sequence[str]]) -> HoursAcross | None:
    """Where times of day stand across in even steps, with dates in front and mostly numbers below; None in any other table."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        cells = strip_trailing(row)
        first = next((at for at, cell in enumerate(cells[: _MOST_IN_FRONT + 1]) if _minute_of(cell) is not None), 0)
        told = takewhile(lambda found: found is not None, map(_minute_of, cells[first:])) if first else ()
        minutes = [minute for minute in told if minute is not None]
        is_short = len(minutes) < _FEWEST_TIMES or len(cells) - first - len(minutes) > _MOST_BEHIND
        if is_short or (not cells[first][:1].isdigit() and minutes != list(range(0, _DAY_MINUTES, 60))):
            continue  # H01 to H12 may be levels: only a whole day of H00 to H23 is one
        steps = {later - earlier for earlier, later in pairwise(minutes)}
        below = [other for other in sample[number + 1 :] if len(other) > first]
        date = next((at for at in range(first) if below and all(_is_day(other[at].strip()) for other in below[:50])), None)
        kinds = [cell_kind(cell) for other in below[:50] for cell in other[first:] if cell.strip()]
        is_even = len(steps) == 1 and min(steps) > 0 and minutes[-1] < _DAY_MINUTES
        if is_even and date is not None and kinds.count("n") >= 0.5 * max(len(kinds), 1):
            clocks = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
            return HoursAcross(header_row=number, first=first, clocks=clocks, date=date)
    return None


def _minute_of(cell: str) -> int | None:
    match = _CLOCK.fullmatch(cell.strip())
    return None if match is None else int(match["hour"] or match["named"]) * 60 + int(match["minute"] or 0)


def _is_day(text: str) -> bool:
    stamp = parse_stamp(text) if text else None
    return stamp is not None and not stamp.has_clock
