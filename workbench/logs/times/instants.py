"""Printed instants: one reader for the notations that logs use, and what they leave open (day or month first, epoch).

Times are integers, ns: never a float, so that no stamp moves by a rounding. A reading says whether a stamp is absolute
(offset, Z, Unix epoch) or a clock time that still needs a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.logs.tables.words import MONTHS, ZONE_OFFSETS_MIN
from workbench.logs.text.recall import recalled
from workbench.logs.times.month_names import as_in_croatia
from workbench.logs.times.notations import clock_to_common, padded_clock, to_common

DayOrder = Literal["dmy", "mdy", "ymd"]
FIRST_YEAR, LAST_YEAR = 1900, 2200
BUDDHIST_YEARS, FIRST_BUDDHIST, LAST_BUDDHIST = 543, 2443, 2743
"""Thai years of 1900 to 2200: no log is from the years 2443 to 2743 of the common era."""
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = (
    r"(?:(?P<y>\d{4})(?P<ysep>[-/.]?)(?P<m>\d{2}|(?<=[-/.])\d)(?P=ysep)(?P<d>\d{2}|(?<=[-/.])\d)"
    r"|(?P<a>\d{1,2})(?P<xsep>[-/. ])(?P<b>\d{1,2})(?P=xsep)(?P<c>\d{4}|\d{2})"
    rf"|(?P<d2>\d{{1,2}})\.?[-/ .]?(?P<mon2>{_MONTH})\.?[-/ .,]+(?P<y2>\d{{4}}|\d{{2}})"
    rf"|(?P<mon3>{_MONTH})\.?[- /]+(?P<d3>\d{{1,2}}),?[- /](?P<y3>\d{{4}})"
    rf"|(?P<y4>\d{{4}})[-/ ](?P<mon4>{_MONTH})[-/ ](?P<d4>\d{{1,2}}))"
)
_CLOCK = (
    r"(?:(?P<H>\d{1,2})(?:[:.h](?P<M>\d{2})(?:[:.m](?P<S>\d{2})s?(?:[.,:](?P<f>\d{1,12}))?)?)?"
    r"|(?P<H2>\d{2})(?P<M2>\d{2})(?P<S2>\d{2})(?:[.,](?P<f2>\d{1,12}))?)"
    r"(?:\s*(?P<ap>[ap])\.?m\.?|\s*uhr)?"
)
_ZONE = (
    r"(?:\s*(?P<zone>z|(?:utc|gmt)?\s*[+-]\d{1,2}(?::?\d{2})?(?::\d{2})?|[a-z]{3,10}/[a-z_/]{2,30}|[a-z]{2,5})(?:\[[\w/+-]+\])?)?"
)
_WEEKDAY = r"(?:(?:mon?|tue?|wed?|thu?|fri?|sat?|sun?|mo|di|mi|do|fr|sa|so)[a-z]*[.,]*\s+)?"
STAMP_PATTERN = re.compile(rf"{_WEEKDAY}{_DATE}(?:(?:T|\s*[,;_ ]\s*|-|\s-\s){_CLOCK}{_ZONE})?", re.IGNORECASE)
_TIME_ONLY = re.compile(rf"{_CLOCK}{_ZONE}", re.IGNORECASE)
_CTIME = re.compile(
    r"(?P<head>[a-z]{3} [a-z]{3} +\d{1,2}) (?P<clock>[\d:.]+)(?P<zone> [A-Z]{2,5})? (?P<year>\d{4})", re.IGNORECASE
)
_HAS_CLOCK = re.compile(r"\d(?:[:：h]\d\d|:\d:)|\d\s?[時时点點시]\s?\d|\d\sh\s\d\d")
_ISO_SHAPE = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z?")
_UNIX = re.compile(r"(?P<s>1\d{9})(?:(?P<fine>\d{3}|\d{6}|\d{9})|[.,](?P<f>\d{1,9}))?")
_MAX_CHARS = 64
_CLASHING = 2
_DECIMAL = re.compile(r"\d{1,5}[.,]\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One stamp taken apart: `parts` year, month, day (or three numbers whose order is open), time of day, offset."""

    parts: tuple[int, int, int]
    is_open: bool
    """Whether the order of `parts` depends on day-first or month-first."""
    has_short_year: bool
    has_clock: bool
    clock_ns: int
    offset_ns: int | None
    sep: str = ""


@dataclass(frozen=True, slots=True)
class Instants:
    """Stamps as arrays [n]: `ns` int64, `is_absolute` bool (ns is UTC, else clock time), `is_good` bool."""

    ns: NDArray[np.int64]
    is_absolute: NDArray[np.bool_]
    is_good: NDArray[np.bool_]


@recalled
def parse_stamp(text: str) -> Stamp | None:
    """Take one date (with or without time of day) apart; None when it is none."""
    text = text.strip().removeprefix("=").strip("'\"")
    if not 6 <= len(text) <= _MAX_CHARS or not (text[0].isdigit() or text[0].isalpha() or text[0] in "[(</"):
        return None
    if _DECIMAL.fullmatch(text):
        return None  # by far the most cells are such numbers
    if len(text) == 14 and text.isdigit():
        text = f"{text[:8]}T{text[8:]}"
    match = STAMP_PATTERN.fullmatch(text)
    found = _stamp_of(match) if match else None
    if found is None and (match is None or match["zone"] or match["y"]):  # the year may be of another calendar
        swapped = _CTIME.fullmatch(text)
        common = f"{swapped['head']} {swapped['year']} {swapped['clock']}{swapped['zone'] or ''}" if swapped else to_common(text)
        match = STAMP_PATTERN.fullmatch(common) if common else None
        found = _stamp_of(match) if match else None
    if found is None and (elsewhere := as_in_croatia(text)) != text:
        return parse_stamp(elsewhere)  # 31 lis: November has no such day
    return found


def parse_clock(text: str) -> tuple[int, int | None] | None:
    """A time of day alone: (ns since midnight, offset ns or None); None when it is none."""
    text = text.strip().strip("'\"")
    if not 1 < len(text) <= _MAX_CHARS or not _HAS_CLOCK.search(text):
        return None
    text = padded_clock(text)
    for form in (text, clock_to_common(text)):
        match = _TIME_ONLY.fullmatch(form) if form else None
        if match is not None:
            clock_ns, offset = _clock_of(match), offset_of(match["zone"])
            if clock_ns is not None and offset is not False:
                return clock_ns, offset
    return None


def _stamp_of(match: re.Match[str]) -> Stamp | None:
    clock_ns = _clock_of(match)
    offset = offset_of(match["zone"])
    if clock_ns is None or offset is False:
        return None
    if match["xsep"] == " " and (len(match["c"]) != 4 or match["M"] is None):
        return None  # numbers between blanks are a date only with a full year and a time of day
    parts = _date_of(match)
    is_open = match["a"] is not None
    if not is_open and not _is_date(*parts):
        return None
    if match["y"] and not match["ysep"] and match["H"] is not None and match["M"] is None:
        return None  # 20260112 06 is not a notation in use, but a number and another
    return Stamp(
        parts=parts,
        is_open=is_open,
        has_short_year=bool(match["c"] and len(match["c"]) == 2),
        has_clock=match["H"] is not None or match["H2"] is not None,
        clock_ns=clock_ns,
        offset_ns=offset,
        sep=match["xsep"] or "",
    )


def _date_of(match: re.Match[str]) -> tuple[int, int, int]:
    if match["y"]:
        return _common_era(int(match["y"])), int(match["m"]), int(match["d"])
    if match["a"]:
        return int(match["a"]), int(match["b"]), int(match["c"])
    for index in ("2", "3", "4"):
        if match[f"mon{index}"]:
            return _full_year(int(match[f"y{index}"])), MONTHS[match[f"mon{index}"].lower()], int(match[f"d{index}"])
    return 0, 0, 0


def _full_year(year: int) -> int:
    """Two digits: 70 to 99 are of the last century."""
    return _common_era(year) if year > 99 else year + (2000 if year < 70 else 1900)


def _common_era(year: int) -> int:
    """Thai years are counted from 543 BC."""
    return year - BUDDHIST_YEARS if FIRST_BUDDHIST <= year <= LAST_BUDDHIST else year


def _clock_of(match: re.Match[str]) -> int | None:
    """ns since midnight; None when no such time exists."""
    groups = match.groupdict()
    hour, minute = int(groups["H"] or groups["H2"] or 0), int(groups["M"] or groups["M2"] or 0)
    second, fraction = int(groups["S"] or groups["S2"] or 0), groups["f"] or groups["f2"] or ""
    if groups["ap"]:
        if hour > 12:  # Japan counts from 0
            return None
        hour = hour % 12 + (12 if groups["ap"].lower() == "p" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return None
    return (hour * 3600 + minute * 60 + second) * NS_PER_S + int(f"{fraction[:9]:0<9}")


def offset_of(zone: str | None) -> int | Literal[False] | None:
    """Offset in ns, None when there is none, False when the word is no zone."""
    if not zone:
        return None
    folded = re.sub(r"\s+", "", zone.lower())
    if "/" in folded:
        return None  # an IANA name: the clock's zone, which the whole column shares
    if folded in ZONE_OFFSETS_MIN:
        return ZONE_OFFSETS_MIN[folded] * 60 * NS_PER_S
    match = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?(?::(\d{2}))?", folded)
    if not match or int(match[2]) > 15:
        return False
    seconds = int(match[2]) * 3600 + int(match[3] or 0) * 60 + int(match[4] or 0)
    return (seconds if match[1] == "+" else -seconds) * NS_PER_S


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR


def civil_of(stamp: Stamp, order: DayOrder) -> tuple[int, int, int]:
    """Year, month and day of a stamp with this order."""
    if not stamp.is_open:
        return stamp.parts
    first, second, third = stamp.parts
    if order == "ymd":
        return _full_year(first), second, third
    return (_full_year(third), second, first) if order == "dmy" else (_full_year(third), first, second)


def days_of(stamp: Stamp, order: DayOrder) -> int | None:
    """Days since 1970-01-01, None when there is no such day."""
    year, month, day = civil_of(stamp, order)
    return date(year, month, day).toordinal() - EPOCH_ORDINAL if _is_date(year, month, day) else None


def possible_orders(stamps: Iterable[Stamp]) -> list[DayOrder]:
    """Orders under which every date exists; dots always mean day first."""
    candidates: list[DayOrder] = ["dmy", "mdy", "ymd"]
    distinct = {(stamp.parts, stamp.has_short_year, stamp.sep): stamp for stamp in stamps if stamp.is_open}
    for stamp in distinct.values():
        allowed: list[DayOrder] = ["dmy"] if stamp.sep == "." else ["dmy", "mdy"]
        if stamp.has_short_year:
            allowed.append("ymd")
        candidates = [order for order in candidates if order in allowed and days_of(stamp, order) is not None]
    return candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashingDates:
    """Dates of one column that exist in no common order: the order that more of them have, and an example of each where
    there are several of both (one damaged date is no clash)."""

    better: DayOrder
    examples: tuple[str, str] | None = None


def clashing_dates(stamps: Iterable[Stamp]) -> ClashingDates:
    """Where some dates exist with the day first alone, and others with the month first alone."""
    distinct = {stamp.parts: stamp for stamp in stamps if stamp.is_open}
    sides: dict[DayOrder, list[Stamp]] = {"dmy": [], "mdy": []}
    for stamp in distinct.values():
        exists = [order for order in sides if days_of(stamp, order) is not None and (order == "dmy" or stamp.sep != ".")]
        if len(exists) == 1:
            sides[exists[0]].append(stamp)
    better: DayOrder = "dmy" if len(sides["dmy"]) >= len(sides["mdy"]) else "mdy"
    if min(map(len, sides.values())) < _CLASHING:
        return ClashingDates(better=better)
    day_first, month_first = ("{}{sep}{}{sep}{}".format(*side[0].parts, sep=side[0].sep) for side in sides.values())
    return ClashingDates(better=better, examples=(day_first, month_first))


def read_iso(texts: Sequence[str]) -> Instants | None:
    """The common case in one go: all ISO 8601 with or without Z. None when any text is of another kind."""
    if not texts or not _ISO_SHAPE.fullmatch(texts[0]) or not all(map(_ISO_SHAPE.fullmatch, texts)):
        return None
    is_absolute = np.fromiter((text.endswith("Z") for text in texts), dtype=np.bool_, count=len(texts))
    try:
        stamps = np.array([text.removesuffix("Z") for text in texts], dtype="datetime64[ns]")
    except ValueError:
        return None
    return Instants(stamps.astype(np.int64), is_absolute, np.ones(len(texts), np.bool_))


def read_stamps(texts: Sequence[str], order: DayOrder) -> Instants:
    """Instants of printed stamps; what is none is marked as not good."""
    return read_iso(texts) or _read_each(texts, _stamp_reader(order))


def unix_ns(text: str) -> int | None:
    """A count of s, ms, µs or ns since 1970 that stands among printed stamps (2001 to 2033); None for other text."""
    match = _UNIX.fullmatch(text.strip())
    if match is None:
        return None
    return int(match["s"]) * NS_PER_S + int(f"{match['fine'] or match['f'] or '':0<9}")


def _stamp_reader(order: DayOrder) -> Callable[[str], tuple[int, bool] | None]:
    def read(text: str) -> tuple[int, bool] | None:
        stamp = parse_stamp(text)
        days = days_of(stamp, order) if stamp else None
        if stamp is None or days is None:
            count_ns = unix_ns(text)
            return None if count_ns is None else (count_ns, True)
        return days * NS_PER_DAY + stamp.clock_ns - (stamp.offset_ns or 0), stamp.offset_ns is not None

    return read


def _read_each(texts: Sequence[str], read: Callable[[str], tuple[int, bool] | None]) -> Instants:
    ns = np.zeros(len(texts), np.int64)
    is_absolute, is_good = np.zeros(len(texts), np.bool_), np.zeros(len(texts), np.bool_)
    for index, text in enumerate(texts):
        found = read(text)
        if found:
            ns[index], is_absolute[index] = found
            is_good[index] = True
    return Instants(ns, is_absolute, is_good)
