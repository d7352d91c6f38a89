"""Dates of work orders and journals: printed in any notation, often without time of day, day and month in either order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from workbench.core.clock import EPOCH, NS_PER_DAY, NS_PER_S
from workbench.logs.times.instants import DayOrder, Stamp, days_of, parse_stamp, possible_orders

_EXCEL_DAYS = (20_000.0, 60_000.0)
_EXCEL_EPOCH_DAYS = 25_569
_NO_DATE = re.compile(
    r"(0001-01-01|1900-01-01|1970-01-01|9999-12-31|0000-00-00|00\.00\.0000|0?1[./]0?1[./](0001|1900|1970|9999)|31[./]12[./]9999|"
    r"12/31/9999)([ T]+(0?0|12|23):[\d:.]+(\s*[AP]M)?)?(Z|[+-]00:?00)?$",
    re.IGNORECASE,
)
"""What programs write for 'no date', with the first or last instant of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A printed date: its first and last instant, ns UTC. A date without time of day is a whole day."""

    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRules:
    """Which number is the day, and the zone of the clock."""

    order: DayOrder
    zone: ZoneInfo


def share_of_dates(cells: Sequence[str]) -> float:
    """How many of the cells are dates, 0 to 1."""
    listed = [cell for cell in cells if cell and not _NO_DATE.match(cell)]
    return sum(_is_date(cell) for cell in listed) / len(listed) if listed else 0.0


def are_serials(cells: Sequence[str]) -> bool:
    """Whether all cells are day numbers of a workbook."""
    return bool(cells) and all(_serial(cell) is not None for cell in cells)


def orders_of(cells: Iterable[str]) -> list[DayOrder]:
    """Orders of day and month in which all dates exist; more than one means that somebody must say."""
    stamps = [stamp for cell in set(cells) if cell and (stamp := parse_stamp(cell)) is not None]
    open_ones = [stamp for stamp in stamps if stamp.is_open]
    return possible_orders(open_ones) if open_ones else ["dmy"]


def has_no_zone(cells: Iterable[str]) -> bool:
    """Whether any date leaves its zone open."""
    stamps = (parse_stamp(cell) for cell in set(cells) if cell)
    return any(stamp is not None and stamp.offset_ns is None for stamp in stamps)


def read_moment(cell: str, rules: DateRules) -> Moment | None:
    """What a cell says; None for none, and for what stands for none."""
    if not cell or _NO_DATE.match(cell):
        return None
    days = _serial(cell)
    if days is not None:
        local_ns = round((days - _EXCEL_EPOCH_DAYS) * 86_400) * NS_PER_S
        return _moment(local_ns, rules, is_day=days == int(days), offset_ns=None)
    stamp = parse_stamp(cell)
    day = days_of(stamp, rules.order) if stamp is not None else None
    if stamp is None or day is None:
        return None
    return _moment(day * NS_PER_DAY + stamp.clock_ns, rules, is_day=not stamp.has_clock, offset_ns=_offset(stamp))


def _offset(stamp: Stamp) -> int | None:
    return stamp.offset_ns


def _moment(local_ns: int, rules: DateRules, *, is_day: bool, offset_ns: int | None) -> Moment:
    last_ns = local_ns + (NS_PER_DAY - NS_PER_S if is_day else 0)
    if offset_ns is not None:
        return Moment(first_ns=local_ns - offset_ns, last_ns=last_ns - offset_ns)
    return Moment(first_ns=_to_utc(local_ns, rules.zone), last_ns=_to_utc(last_ns, rules.zone))


def _to_utc(local_ns: int, zone: ZoneInfo) -> int:
    """A clock time that occurs twice is the first one."""
    seconds, rest = divmod(local_ns, NS_PER_S)
    local = (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=zone)
    return int((local - EPOCH).total_seconds()) * NS_PER_S + rest


def _is_date(cell: str) -> bool:
    return parse_stamp(cell) is not None


def _serial(cell: str) -> float | None:
    """A day number of a workbook, from 1900."""
    try:
        days = float(cell.replace(",", "."))
    except ValueError:
        return None
    return days if _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1] else None
