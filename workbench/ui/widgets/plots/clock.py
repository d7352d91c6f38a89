"""Ticks of the shared time axis: day names at midnight, round hours, minutes or seconds between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo

from workbench.core.clock import NS_PER_S
from workbench.ui.format import day, instant

_STEPS_S = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10800, 21600, 43200, 86400, 172800, 604800, 1209600,
)  # fmt: skip
_STEPS_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH_S = 30.4 * 86400
_DAY_S = 86400
_TICK_PX = 90
_DAY_TICK_PX = 54
_DAYS_FROM_NS = 6 * _DAY_S * NS_PER_S
_YEARS_FROM_NS = 180 * _DAY_S * NS_PER_S
"""From this length on the cursor says its year: days come twice, or nearly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One tick; a day is written in bold at its midnight."""

    at_ns: int
    text: str
    is_day: bool


def clock_ticks(start_ns: int, end_ns: int, zone: tzinfo, n_most: int) -> list[Tick]:
    """Round local times in a range, at most about `n_most`, in order of time."""
    span_s = (end_ns - start_ns) / NS_PER_S
    step_s = next((step for step in _STEPS_S if span_s / step <= n_most), None)
    start = datetime.fromtimestamp(start_ns // NS_PER_S, zone)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if step_s is None:
        months = next((step for step in _STEPS_MONTHS if span_s / (step * _MONTH_S) <= n_most), _STEPS_MONTHS[-1])
        return _month_ticks(midnight, start_ns, end_ns, months)
    if step_s >= _DAY_S:
        return _day_ticks(midnight, end_ns, step_s)
    ticks = []
    first = math.floor(((start - midnight).total_seconds()) / step_s)
    for number in range(first, first + n_most + 3):
        moment = midnight + timedelta(seconds=number * step_s)
        at_ns = round(moment.timestamp() * 1e6) * 1000
        if start_ns <= at_ns <= end_ns:
            is_day = moment.hour == moment.minute == moment.second == moment.microsecond == 0
            ticks.append(Tick(at_ns=at_ns, text=day(at_ns, zone) if is_day else _clock(moment, step_s), is_day=is_day))
    return ticks


def ticks_that_fit(width_px: float, span_ns: int) -> int:
    """How many ticks a width has room for; days are short words."""
    return max(2, int(width_px / (_DAY_TICK_PX if span_ns > _DAYS_FROM_NS else _TICK_PX)))


def cursor_text(at_ns: int, zone: tzinfo, span_ns: int) -> str:
    """What the pill on the axis says: seconds only where the range is short enough to tell them apart."""
    if span_ns < 120 * NS_PER_S:
        digits = 1 if span_ns < 20 * NS_PER_S else 0
        if span_ns < 2 * NS_PER_S:  # a thousandth of what is shown, or ten
            digits = min(6, 3 + sum(span_ns < 2 * NS_PER_S // power for power in (10, 100, 1000)))
        step_ns = NS_PER_S // 10**digits
        at_ns = (at_ns + step_ns // 2) // step_ns * step_ns  # first, or 1.97 s would be said as 1.0
        moment = datetime.fromtimestamp(at_ns // NS_PER_S, zone)
        fraction = f"{at_ns % NS_PER_S / NS_PER_S:.{digits}f}"[1:] if digits else ""
        return f"{day(at_ns, zone)} {moment:%H:%M:%S}{fraction}"
    return instant(at_ns, zone, with_year=span_ns > _YEARS_FROM_NS, with_seconds=span_ns < 4 * 3600 * NS_PER_S)


def _day_ticks(midnight: datetime, end_ns: int, step_s: float) -> list[Tick]:
    step_days = round(step_s / _DAY_S)
    # Counted from a fixed day, so that ticks keep their places while one pans.
    offset = midnight.toordinal() % step_days
    moment = midnight + timedelta(days=(step_days - offset) % step_days)
    ticks = []
    while (at_ns := round(moment.timestamp()) * NS_PER_S) <= end_ns:
        ticks.append(Tick(at_ns=at_ns, text=day(at_ns, moment.tzinfo or midnight.tzinfo), is_day=True))  # type: ignore[arg-type]
        moment += timedelta(days=step_days)
    return ticks


def _month_ticks(midnight: datetime, start_ns: int, end_ns: int, step_months: int) -> list[Tick]:
    """Firsts of months, counted from January of the year 0: 'Mar 2014', or years alone where steps are whole years."""
    number = (midnight.year * 12 + midnight.month - 1) // step_months * step_months
    ticks: list[Tick] = []
    while number // 12 < MAXYEAR:
        moment = midnight.replace(year=max(1, number // 12), month=number % 12 + 1, day=1)
        at_ns = round(moment.timestamp()) * NS_PER_S
        if at_ns > end_ns:
            break
        if at_ns >= start_ns:
            month = day(at_ns, moment.tzinfo or UTC).split(" ")[-1]
            text = f"{moment.year}" if step_months % 12 == 0 else f"{month} {moment.year}"
            ticks.append(Tick(at_ns=at_ns, text=text, is_day=True))
        number += step_months
    return ticks


def _clock(moment: datetime, step_s: float) -> str:
    if step_s < 1:
        return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}"
    return f"{moment:%H:%M:%S}" if step_s < 60 else f"{moment:%H:%M}"
