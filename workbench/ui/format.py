"""Numbers, times and sizes as people read them: thin space in thousands, true minus, unit after a space, `–` for missing."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QCoreApplication

from workbench.core.clock import NS_PER_S, parse_utc

translate = QCoreApplication.translate  # under this name lupdate finds the texts
THIN_SPACE = "\u2009"
MINUS = "\u2212"
MISSING = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DIGITS = {
    "bar": 1, "mbar": 0, "kPa": 0, "MPa": 2, "psi": 0, "mm/s": 2, "in/s": 3, "g": 2, "°C": 1, "°F": 1, "K": 1,
    "m³/h": 0, "L/min": 0, "L/s": 1, "A": 0, "rpm": 0, "r/min": 0, "Hz": 1, "kW": 0, "V": 0, "%": 0,
}  # fmt: skip
_SPEED = re.compile(r"(?<![\w.])\d{4,}(?= rpm\b)")
_ISO = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)(?!\w)")
_NEGATIVE = re.compile(r"(?<![\w.)-])-(?=\d)")
_SLOWEST_RATE_S = 0.0101
_MINUTES_FROM_NS, _SECONDS_FROM_NS = 120 * NS_PER_S, 2 * NS_PER_S
_SIZES = (("B", 1), ("kB", 10**3), ("MB", 10**6), ("GB", 10**9), ("TB", 10**12))


def number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """'1 209 600', '−4.2 bar'; '–' for None and NaN."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}".replace(",", THIN_SPACE)
    is_negative = value < 0 and any(digit in text for digit in "123456789")
    return f"{MINUS if is_negative else ''}{text}{f' {unit}' if unit else ''}"


def as_window_says(text: str, zone: tzinfo = UTC) -> str:
    """A sentence of a service, which writes for every console, with its instants, speeds and minus signs as the window has them:
    '2026-03-16T10:52:33.5Z' as '16 Mar 2026 10:52:33.5', '2982 rpm' with its space, '-1.05 bar' with a true minus.
    """

    def shown(found: re.Match[str]) -> str:
        fraction = re.search(r"\.\d+", found[0])
        return instant(found[0], zone, with_year=True) + (fraction[0] if fraction else "")

    return _NEGATIVE.sub(MINUS, _SPEED.sub(_spaced, _ISO.sub(shown, text)))


def _spaced(found: re.Match[str]) -> str:
    return number(float(found[0]))


def quantity(value: float | None, unit: str) -> str:
    """A value with the digits that its unit deserves, without the unit."""
    return number(value, digits_of(unit, value))


def digits_of(unit: str, value: float | None = None) -> int:
    """Digits after the point for a unit, more where `value` is so small that it would lose its second significant digit;
    unknown units get three significant digits.
    """
    usual = _DIGITS.get(unit)
    if value is None or not math.isfinite(value) or value == 0:
        return 2 if usual is None else usual
    after_first = -math.floor(math.log10(abs(value)))
    return max(0, min(4, after_first + 2)) if usual is None else max(usual, min(4, after_first + 1))


def percent(fraction: float | None, digits: int = 0) -> str:
    """0.62 as '62 %'."""
    return MISSING if fraction is None else number(fraction * 100, digits, "%")


def size(size_bytes: float | None) -> str:
    """'412 kB', '1.1 GB': powers of ten, three digits at most."""
    if size_bytes is None or not math.isfinite(size_bytes):
        return MISSING
    unit, factor = next(((u, f) for u, f in reversed(_SIZES) if abs(size_bytes) >= f), _SIZES[0])
    amount = size_bytes / factor
    return number(amount, 1 if amount < 10 and factor > 1 else 0, unit)


def duration(seconds: float | None) -> str:
    """'8 s', '1 min 32 s', '3 h 10 min', '4 d 6 h'; below a second in ms, below one in µs with three digits."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    if seconds < 0:
        return MINUS + duration(-seconds)
    if 0 < seconds < 0.0009995:
        return number(seconds * 1e6, max(0, min(2, 2 - math.floor(math.log10(seconds * 1e6)))), "µs")
    if seconds < 0.9995:
        return number(seconds * 1000, 1 if 0 < seconds < 0.00995 else 0, "ms")
    whole = round(seconds)
    for big, big_unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= big:
            rest = whole % big // small
            return f"{whole // big} {big_unit}" + (f" {rest} {small_unit}" if rest else "")
    return f"{whole} s"


def rate(period_s: float | None) -> str:
    """How far apart samples are: '1 s', '20 ms'; more than a hundred a second as a frequency: '48 828 Hz'."""
    if period_s is None or not math.isfinite(period_s) or period_s <= 0:
        return MISSING
    if period_s > _SLOWEST_RATE_S:
        return duration(period_s)
    return number(1 / period_s, 0, "Hz")


def zone_of(name: str) -> tzinfo:
    """The zone of a settings value; UTC for '' and unknown names."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def instant(when: int | str | None, zone: tzinfo = UTC, *, with_year: bool = False, with_seconds: bool = True) -> str:
    """'16 Mar 10:52:33' of ns since 1970 or of an ISO text; '–' for None."""
    if when is None or when == "":
        return MISSING
    instant_ns = parse_utc(when) if isinstance(when, str) else when
    moment = datetime.fromtimestamp(instant_ns // NS_PER_S, zone)
    year = f" {moment.year}" if with_year else ""
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year} {moment:%H:%M:%S}" if with_seconds else (
        f"{moment.day} {_MONTHS[moment.month - 1]}{year} {moment:%H:%M}"
    )  # fmt: skip


def day(when: int | str | None, zone: tzinfo = UTC) -> str:
    """'16 Mar'."""
    return MISSING if when is None or when == "" else " ".join(instant(when, zone).split(" ")[:2])


def span(start: int | str | None, end: int | str | None, zone: tzinfo = UTC, *, with_year: bool = False) -> str:
    """'10 Mar 00:00 – 13 Mar 12:00'; the day is said once if it is one day, years where they differ (the one year they have
    only `with_year`), seconds below two minutes, and their fractions below two seconds.
    """
    if start in (None, "") or end in (None, ""):
        return f"{instant(start, zone, with_seconds=False)} – {instant(end, zone, with_seconds=False)}"
    ends = [parse_utc(when) if isinstance(when, str) else int(when or 0) for when in (start, end)]
    days = [instant(when, zone, with_year=True).rpartition(" ")[0] for when in ends]
    if days[0].split()[-1] != days[1].split()[-1]:
        return " – ".join(instant(when, zone, with_year=True, with_seconds=False) for when in ends)
    said = [[instant(when, zone, with_seconds=False) for when in ends], [instant(when, zone) for when in ends]]
    said += [[f"{instant(when, zone)}.{f'{when % NS_PER_S:09d}'[:digits]}" for when in ends] for digits in (3, 6, 9)]
    length_ns = ends[1] - ends[0]
    if 0 < length_ns < _MINUTES_FROM_NS:  # 10:59 – 11:00 may be two minutes or some seconds
        said = said[2:] if length_ns < _SECONDS_FROM_NS and any(when % NS_PER_S for when in ends) else said[1:]
    first, last = next((words for words in said if words[0] != words[1]), said[0])
    if days[0] == days[1]:
        last = last.split(" ")[-1]
    if with_year:
        first = f"{days[0]} {first.split(' ')[-1]}"
    return f"{first} – {last}"


def ago(when: int | str | None, now_ns: int, zone: tzinfo = UTC) -> str:
    """'2 h ago', 'yesterday' or the day."""
    if when is None or when == "":
        return MISSING
    instant_ns = parse_utc(when) if isinstance(when, str) else when
    seconds = (now_ns - instant_ns) / NS_PER_S
    if seconds < 60:
        return translate("Format", "just now")
    minutes, hours = translate("Format", "{n} min ago"), translate("Format", "{n} h ago")
    for limit_s, unit_s, words in ((3600, 60, minutes), (86400, 3600, hours)):
        if seconds < limit_s:
            return words.format(n=int(seconds // unit_s))
    return translate("Format", "yesterday") if seconds < 2 * 86400 else day(instant_ns, zone)


def left(seconds: float) -> str:
    """'1 min 20 s left'."""
    return translate("Format", "{time} left").format(time=duration(max(1.0, seconds)))


def short_hash(text: str, n_groups: int = 2) -> str:
    """'b41c 09e2': the first groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, 4 * n_groups, 4)) if text else MISSING


def count(value: int, one: str, many: str) -> str:
    """'1 pump', '8 pumps'."""
    return f"{number(value)} {one if value == 1 else many}"
