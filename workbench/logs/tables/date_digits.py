"""Dates in bare digits (260506, 06052026), and what a column's name says about them (yymmdd, TTMMJJ)."""

from __future__ import annotations

import re

from workbench.logs.times.instants import parse_stamp
from workbench.logs.times.spelled_order import spelled_order

_DIGITS = re.compile(r"\d{6}|\d{8}", re.ASCII)


def is_bare_date(text: str) -> bool:
    """Whether a text may be a date of bare digits."""
    return _DIGITS.fullmatch(text) is not None


def marked_date(text: str, order: str) -> str | None:
    """A date of six digits, or of eight with the year behind, with marks between its parts; None for any other text.

    `order` is ymd, dmy or mdy, or '' where nobody knows: then the marks leave it open.
    """
    if not is_bare_date(text) or (len(text) == 8 and parse_stamp(text) is not None):
        return None
    first, second, third = text[:2], text[2:4], text[4:]
    if order == "ymd" and len(text) == 6:
        return f"20{first}-{second}-{third}"
    if order in ("dmy", "mdy"):
        day, month = (first, second) if order == "dmy" else (second, first)
        return f"{day}.{month}.{third}"
    return f"{first}-{second}-{third}"


def order_in(name: str) -> str:
    """The order of day, month and year that a name spells (ymd, dmy, mdy); '' where it spells none."""
    return spelled_order(name) or ""
