"""Serial days and day fractions in columns of their own, as a spreadsheet saves a date and a clock without their formats.

Both become one serial: 43845 and 0,25 as 43845,25. Names tell the columns, and numbers below must be able to be what they say;
whether the days count from 1900 or 1904 stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.logs.tables.sniff import fold_name, is_time_name
from workbench.logs.tables.words import CLOCK_NAMES, DATE_NAMES

_SEARCHED_ROWS = 60
_MIN_SHARE = 0.9
_FIRST_DAY, _LAST_DAY = 20_000, 80_000
"""1954 to 2119, from 1900 on."""
_FRACTION = re.compile(r"(?:0?[.,]\d{1,17}|[01]|\d(?:[.,]\d{1,17})?[eE]-\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPair:
    """The column of the days; the fractions stand right of it."""

    day: int
    header_row: int

    def joined(self, number: int, row: Sequence[str]) -> list[str]:
        """The row with one cell in place of the two."""
        if len(row) <= self.day + 1:
            return list(row)
        day, fraction = row[self.day].strip(), row[self.day + 1].strip()
        is_pair = number != self.header_row and _is_pair(day, fraction)
        cell = _serial(day, fraction) if is_pair else f"{day} {fraction}".strip()
        return [*row[: self.day], cell, *row[self.day + 2 :]]


def find_serial_pair(sample: Sequence[Sequence[str]]) -> SerialPair | None:
    """Days and fractions side by side under the names of a date and a clock; None where there are none."""
    for number, row in enumerate(sample[:_SEARCHED_ROWS]):
        for index in range(min(len(row) - 1, 20)):
            is_date = fold_name(row[index]) in DATE_NAMES or is_time_name(row[index])
            if is_date and fold_name(row[index + 1]) in CLOCK_NAMES and _are_pairs(sample[number + 1 :], index):
                return SerialPair(day=index, header_row=number)
    return None


def _are_pairs(rows: Sequence[Sequence[str]], day: int) -> bool:
    beside = [(row[day].strip(), row[day + 1].strip()) for row in rows if len(row) > day + 1 and row[day].strip()]
    n_pairs = sum(_is_pair(*pair) for pair in beside)
    return n_pairs >= max(2, _MIN_SHARE * len(beside) - 1) and any(fraction not in ("0", "1") for _, fraction in beside)


def _is_pair(day: str, fraction: str) -> bool:
    is_day = day.isascii() and day.isdigit() and len(day) == 5 and _FIRST_DAY <= int(day) <= _LAST_DAY
    return is_day and _FRACTION.fullmatch(fraction) is not None


def _serial(day: str, fraction: str) -> str:
    total = Decimal(day) + Decimal(fraction.replace(",", "."))
    return f"{total:f}".replace(".", "," if "," in fraction else ".")
