"""A date beside a time of day, either in bare digits: 0830, 830, 083000; 260506. Both become one cell, as `06.05.2024 08:30`.

The digits alone could be a measurement or a number of a machine. A name tells them (Uhrzeit, hhmm), or leading zeros of one
width that rise through the day. Which of six digits are the day is left open (`26-05-06`) unless the name says it (yymmdd).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.core.errors import LogFormatError
from workbench.logs.tables.date_digits import is_bare_date, marked_date, order_in
from workbench.logs.tables.sniff import fold_name, is_time_name
from workbench.logs.tables.words import CLOCK_NAMES, DATE_NAMES, as_words
from workbench.logs.times.instants import parse_clock, parse_stamp, possible_orders

_DIGIT_NAMES = as_words("hhmm hhmmss hourmin hourminute hrmin timehhmm timehhmmss")
_SEARCHED_ROWS = 60
_MIN_SHARE = 0.9
_UTC = re.compile(r"utc|gmt", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDigits:
    """The column of the date; the digits stand right of it. `width` is 4 (hour, minute) or 6 (and second)."""

    date: int
    width: int
    header_row: int
    """-1 without one."""
    is_padded: bool
    order: str = ""
    """Of a date in bare digits, where its name says it: ymd, dmy or mdy."""

    def joined(self, number: int, row: Sequence[str]) -> list[str]:
        """The row with one cell in place of the two."""
        if len(row) <= self.date + 1:
            return list(row)
        day, digits = row[self.date].strip(), row[self.date + 1].strip()
        if number == self.header_row or (day and is_time_name(day) and not digits.isdigit()):
            cell = "time (UTC)" if _UTC.search(f"{day} {digits}") else "time"
        else:
            cell = f"{marked_date(day, self.order) or day} {self._clock(digits)}".strip()
        return [*row[: self.date], cell, *row[self.date + 2 :]]

    def _clock(self, digits: str) -> str:
        if not (digits.isascii() and digits.isdigit()):
            return digits
        if len(digits) > self.width and not self.is_padded:
            raise LogFormatError(
                f"A time of day is printed as {digits}, but the rows above it have hour and minute alone.",
                "Export the time with colons, or with a leading zero.",
            )
        text = digits.zfill(self.width)
        return ":".join(text[at : at + 2] for at in range(0, len(text), 2))


def find_clock_digits(sample: Sequence[Sequence[str]]) -> ClockDigits | None:
    """A date and digits beside it that are its time of day; None where there are none."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        for index in range(min(len(row) - 1, 20)):
            day, clock = fold_name(row[index]), fold_name(row[index + 1])
            is_dated = day in DATE_NAMES or is_time_name(row[index]) or order_in(row[index]) != ""
            is_named = is_dated and (clock in CLOCK_NAMES or clock in _DIGIT_NAMES)
            if is_named and (found := _of_columns(sample[number + 1 :], index, number, order_in(row[index]))):
                return found
    return _of_columns(sample, 0, -1)


def _of_columns(rows: Sequence[Sequence[str]], date: int, header_row: int, order: str = "") -> ClockDigits | None:
    beside = [(row[date].strip(), row[date + 1].strip()) for row in rows if len(row) > date + 1]
    is_bare = any(is_bare_date(day) for day, _ in beside)
    cells = [(day, digits) for day, digits in beside if _is_clock(digits, is_bare=is_bare) and _is_day(day, order)]
    if not cells or len(cells) < _MIN_SHARE * len([day for day, _ in beside if day]) - 3:
        return None
    lengths = {len(digits) for _, digits in cells if digits.isdigit()}
    width = 6 if max(lengths, default=4) > 4 else 4
    is_padded = lengths <= {width}
    found = ClockDigits(date=date, width=width, header_row=header_row, is_padded=is_padded, order=order)
    n_clocks = sum(len(digits.replace(":", "")) <= 6 and parse_clock(found._clock(digits)) is not None for _, digits in cells)
    if max(lengths, default=0) > 6 or n_clocks < _MIN_SHARE * len(cells) or len(set(cells)) < 2:
        return None
    return found if header_row >= 0 or (is_padded and _counts_up(cells)) else None


def _is_clock(text: str, *, is_bare: bool) -> bool:
    """Whether a time of day is one of bare digits; beside a date in bare digits it may have colons."""
    return (text.isascii() and text.isdigit()) or (is_bare and ":" in text and parse_clock(text) is not None)


def _is_day(text: str, order: str) -> bool:
    stamp = parse_stamp(marked_date(text, order) or text)
    return stamp is not None and not stamp.has_clock and (not stamp.is_open or bool(possible_orders([stamp])))


def _counts_up(cells: Sequence[tuple[str, str]]) -> bool:
    """Whether the digits rise all through each day, some of them with a zero in front."""
    rising = all(later > earlier for (day, earlier), (next_day, later) in pairwise(cells) if day == next_day)
    return rising and any(digits.startswith("0") for _, digits in cells) and len({day for day, _ in cells}) < len(cells)
