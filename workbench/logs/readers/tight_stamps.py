"""Stamps of ten or twelve digits without any mark, the year short: 260506083000, 2605060830. They become `26-05-06 08:30:00`.

Which of the first six digits are the day is left open, as in any date with a short year, unless the column's name spells it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workbench.logs.tables.date_digits import marked_date, order_in
from workbench.logs.times.instants import parse_stamp, possible_orders

_SEARCHED_COLUMNS = 2
_MIN_ROWS = 5
_MIN_SHARE = 0.9
_DIGITS = re.compile(r"\d{12}|\d{10}", re.ASCII)
_LATEST_UNIX = "20"
"""Ten digits from here on would be seconds after 2033."""


@dataclass(frozen=True, slots=True)
class TightStamps:
    """The column, and the order that its name spells ('' for none)."""

    column: int
    order: str

    def joined(self, _number: int, row: Sequence[str]) -> list[str]:
        """The row with marks in its stamp."""
        text = row[self.column].strip() if len(row) > self.column else ""
        if not _DIGITS.fullmatch(text):
            return list(row)
        return [*row[: self.column], _with_marks(text, self.order), *row[self.column + 1 :]]


def find_tight_stamps(sample: Sequence[Sequence[str]]) -> TightStamps | None:
    """The first column whose cells can be nothing but such stamps, and rise."""
    for column in range(_SEARCHED_COLUMNS):
        cells = [row[column].strip() for row in sample if len(row) > column + 1]
        digits = [cell for cell in cells if _DIGITS.fullmatch(cell)]
        if len(digits) < _MIN_ROWS or len({len(cell) for cell in digits}) > 1:
            continue
        order = next((found for cell in cells[:60] if (found := order_in(cell))), "")
        below = cells[cells.index(digits[0]) :]
        is_other = parse_stamp(digits[0]) is not None or (len(digits[0]) == 10 and digits[0] < _LATEST_UNIX and not order)
        is_rising = sum(later >= earlier for earlier, later in pairwise(digits)) >= _MIN_SHARE * (len(digits) - 1)
        if len(digits) < _MIN_SHARE * len(below) or is_other or not (is_rising or order) or digits[0] == digits[-1]:
            continue
        stamps = [parse_stamp(_with_marks(cell, order)) for cell in digits]
        known = [stamp for stamp in stamps if stamp is not None]
        if len(known) == len(stamps) and (order or possible_orders(known)):
            return TightStamps(column, order)
    return None


def _with_marks(text: str, order: str) -> str:
    clock = ":".join(text[at : at + 2] for at in range(6, len(text), 2))
    return f"{marked_date(text[:6], order)} {clock}"
