"""Years that are not counted from our era, rewritten: Japanese eras, the Republic of China, the solar Hijri calendar of Iran.

Each is told by its marks or by years that no log of our era has. Must not import anything but the standard library.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_DIGIT = re.compile(r"\d")
_ERA = re.compile(r"(令和|平成|R|H)\s?(\d{1,2}|元)(?=[年./])")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
"""The year before the first of each Japanese era."""
_REPUBLIC = re.compile(r"^(?:(?:中華)?民[國国]\s?)?(1[0-4]\d)(?=(?P<sep>[/年])\s?\d{1,2}(?:(?P=sep)|月)\s?\d{1,2})")
_REPUBLIC_YEARS = 1911
_SOLAR_HIJRI = re.compile(r"^(1[34]\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?=[ T,،]|$)")
_FIRST_HIJRI, _LAST_HIJRI = 1380, 1420
"""2001 to 2041; the lunar calendar had these years before there were loggers."""
_LEAP = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
"""Leap years of the cycle of 33 years, as observed from 1343 to 1472."""
_NEW_YEAR_1404 = date(2025, 3, 21)


def in_common_era(text: str) -> str:
    """The stamp with a date of our era, in ASCII digits."""
    text = text if text.isascii() else _DIGIT.sub(lambda match: str(int(match[0])), text)
    text = _ERA.sub(lambda match: str(_ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))), text)
    text = _REPUBLIC.sub(lambda match: str(int(match[1]) + _REPUBLIC_YEARS), text)
    return _SOLAR_HIJRI.sub(_of_iran, text)


def _of_iran(match: re.Match[str]) -> str:
    year, month, day = int(match[1]), int(match[3]), int(match[4])
    if not _FIRST_HIJRI <= year <= _LAST_HIJRI or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        return match[0]
    years = range(1404, year) if year >= 1404 else range(year, 1404)
    days = sum(365 + _is_leap(passed) for passed in years)
    start = _NEW_YEAR_1404 + timedelta(days=days if year >= 1404 else -days)
    return (start + timedelta(days=sum(_days_in(year, passed) for passed in range(1, month)) + day - 1)).isoformat()


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP


def _days_in(year: int, month: int) -> int:
    return 31 if month <= 6 else 30 if month <= 11 or _is_leap(year) else 29
