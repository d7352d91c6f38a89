"""Dates in columns of their own that `times.parts` does not take: the day of the year, hour and minute as one number, no hour.

Loggers of the array kind print them (2026, 45, 1310); a date of three columns may stand beside a clock. The columns become one
cell, so that all else reads the table as any other. Names tell the columns, and numbers below must be able to be what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from workbench.logs.readers.clock_digits import find_clock_digits
from workbench.logs.readers.date_lines import find_date_lines
from workbench.logs.readers.hours_across import find_hours_across
from workbench.logs.readers.scope_export import find_scope_export
from workbench.logs.readers.serial_pairs import find_serial_pair
from workbench.logs.readers.sparse_dates import find_sparse_dates
from workbench.logs.readers.tag_blocks import find_tag_blocks
from workbench.logs.readers.tight_stamps import find_tight_stamps
from workbench.logs.readers.times_across import find_times_across
from workbench.logs.tables.sniff import fold_name
from workbench.logs.tables.words import as_words
from workbench.logs.text.recall import recalled
from workbench.logs.times.parts import NAMES

_NAMES = {
    **NAMES,
    "yearday": as_words("doy jday julianday julian dayofyear yearday dayno tagdesjahres jourdelannée"),
    "clock": as_words("hhmm hourmin hourminute hrmin hoursminutes"),
}
"""'clock' is hour and minute as one number (1310)."""
_SEARCHED_ROWS = 60
_LIMITS = {
    "year": (1970, 2100), "month": (1, 12), "day": (1, 31), "yearday": (1, 366), "hour": (0, 24), "minute": (0, 59),
    "second": (0, 60), "clock": (0, 2400),
}  # fmt: skip
_TITLE = "time"


class _Joiner(Protocol):
    """What puts the parts of a row's time into one cell."""

    def joined(self, number: int, row: Sequence[str]) -> list[str]:
        """The row, which is that of this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateParts:
    """The column of each part (year, month, day or yearday, hour, minute, second or clock), and the row of their names."""

    columns: Mapping[str, int]
    header_row: int

    def joined(self, number: int, row: Sequence[str]) -> list[str]:
        """The row with one cell in place of the parts: a stamp, their name, or nothing."""
        taken = set(self.columns.values())
        rest = [cell for index, cell in enumerate(row) if index not in taken]
        at = sum(index < min(taken) for index in range(len(row)) if index not in taken)
        stamp = self._stamp(row)
        if stamp is None:
            is_title = number == self.header_row or self._is_title(row)
            if not is_title and len(row) <= max(taken):
                return list(row)
            stamp = _TITLE if is_title else ""
        return [*rest[:at], stamp, *rest[at:]]

    def _is_title(self, row: Sequence[str]) -> bool:
        return _parts_of(row) == self.columns

    def _stamp(self, row: Sequence[str]) -> str | None:
        parts: dict[str, str] = {}
        for part, index in self.columns.items():
            text = row[index].strip() if index < len(row) else ""
            if not _can_be(part, text):
                return None
            parts[part] = text
        day = _day_of(parts)
        if "hour" not in parts and "clock" not in parts:
            return day
        hour, minute = _clock_of(parts)
        whole, _, fraction = parts.get("second", "0").replace(",", ".").partition(".")
        return f"{day} {hour:02d}:{minute:02d}:{int(whole):02d}{'.' + fraction if fraction.strip('0') else ''}"


def join_date_parts(rows: Iterable[list[str]], sample: Sequence[list[str]]) -> tuple[Iterable[list[str]], Sequence[list[str]]]:
    """Rows and sample with their dates in one cell, and with the tag of their block; as they came where there are no such."""
    change = (
        find_tag_blocks(sample)
        or find_sparse_dates(sample)
        or find_times_across(sample)
        or find_hours_across(sample)
        or find_date_lines(sample)
    )
    if change is not None:
        return change.rows(rows), list(change.rows(sample))
    found: _Joiner | None = find_scope_export(sample) or find_date_parts(sample) or find_serial_pair(sample)
    found = found or find_clock_digits(sample) or find_tight_stamps(sample)
    if found is None:
        return rows, sample
    return _joined(found, rows), [found.joined(number, row) for number, row in enumerate(sample)]


def _joined(found: _Joiner, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        yield found.joined(number, row)


def find_date_parts(sample: Sequence[Sequence[str]]) -> DateParts | None:
    """The parts of a date, where a row names them and most rows below hold such numbers."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        columns = _parts_of(row)
        if columns is None:
            continue
        below = [other for other in sample[number + 1 :] if len(other) > max(columns.values())]
        n_dated = sum(all(_can_be(part, other[index].strip()) for part, index in columns.items()) for other in below)
        if below and n_dated >= 0.8 * len(below) - 2:
            return DateParts(columns=columns, header_row=number)
    return None


def _parts_of(row: Sequence[str]) -> dict[str, int] | None:
    """Columns of the parts; None without a whole date. Parts must stand side by side."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(row[:20]):
        part = next((part for part in _called(cell) if part not in columns), None)
        if part and (not columns or index == max(columns.values()) + 1):
            columns[part] = index
    if "day" in columns and "month" not in columns and "yearday" not in columns:
        columns = {"yearday" if part == "day" else part: index for part, index in columns.items()}
    if "yearday" not in columns and "clock" not in columns and "hour" in columns:
        return None  # each part for itself: `find_parts` knows them
    has_day = "yearday" in columns or {"month", "day"} <= set(columns)
    return columns if "year" in columns and has_day else None


@recalled
def _called(cell: str) -> tuple[str, ...]:
    """The parts that a header may name, in whole or before a last word of the logger's own: Hour_Minute_RTM."""
    texts = filter(None, (cell, cell.rpartition("_")[0]))
    return tuple(part for text in texts for part, names in _NAMES.items() if fold_name(text) in names)


def _can_be(part: str, text: str) -> bool:
    whole, _, fraction = text.replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 4 and (not fraction or fraction.isdigit())):
        return False
    low, high = _LIMITS[part]
    return low <= int(whole) <= high and (part == "second" or not fraction.strip("0"))


def _day_of(parts: Mapping[str, str]) -> str:
    """The day as it is printed: one that its year does not have (31 April, day 366) is for the reader of times to refuse."""
    year = int(float(parts["year"]))
    if "yearday" not in parts:
        return f"{year}-{int(float(parts['month'])):02d}-{int(float(parts['day'])):02d}"
    number = int(float(parts["yearday"]))
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return f"{day}" if day.year == year else f"{year}-{number}"


def _clock_of(parts: Mapping[str, str]) -> tuple[int, int]:
    if "clock" in parts:
        return divmod(int(float(parts["clock"])), 100)
    return int(float(parts.get("hour", "0"))), int(float(parts.get("minute", "0")))
