"""Dates that stand once a day (on lines of their own, in a preamble), that are bare digits, and times that lost their hours."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.messy.plant import Case, Signal, Style, instants, printed, pump
from tests.messy.writing import Wide, case

N = 260
_CLOCKS = {"s": "%H:%M:%S", "m": "%H:%M"}
_DATES: dict[str, Callable[[datetime], str]] = {
    "iso": lambda t: f"{t:%Y-%m-%d}",
    "dots": lambda t: f"{t:%d.%m.%Y}",
    "named": lambda t: f"Date: {t:%d.%m.%Y}",
    "german": lambda t: f"Datum {t:%d.%m.%Y}",
    "stars": lambda t: f"*** {t:%d %b %Y} ***",
    "rule": lambda t: f"----- {t:%Y/%m/%d} -----",
    "weekday": lambda t: f"{t:%A, %d %B %Y}",
    "comment": lambda t: f"# Date = {t:%Y-%m-%d}",
    "measured": lambda t: f"Messdatum: {t:%d.%m.%Y}",
    "report": lambda t: f"Daily report {t:%d-%b-%Y}",
    "midnight": lambda t: f"Start of recording: {t:%Y-%m-%d} 00:00:00",
}


def _table(rng: random.Random, clock: str, step_s: int, start: datetime) -> Wide:
    sep = rng.choice((";", "\t", ","))
    dec = "," if sep != "," and rng.random() < 0.5 else "."
    times = instants(N, step_s, start)
    name = rng.choice(("Time", "Uhrzeit", "Zeit"))
    return Wide(signals=pump(N), times=times, stamp=printed(_CLOCKS[clock]), time_name=name, sep=sep, style=Style(dec=dec))


def _days(made: Wide, lines_of_day: Callable[[datetime, str], list[str]]) -> bytes:
    """The file: what stands above each day, and the day's rows."""
    header, *rows = made.lines()
    found: list[str] = []
    last = None
    for instant, row in zip(made.times, rows, strict=True):
        if instant.date() != last:
            last = instant.date()
            found += lines_of_day(instant, header)
        found.append(row)
    return ("\n".join(found) + "\n").encode("utf-8")


def date_lines() -> Iterator[Case]:
    """Kind 20: a line with the date above each day's rows, the header once or each day."""
    for number, (name, date_of) in enumerate(_DATES.items()):
        for again in (False, True):
            rng = random.Random(f"{name}{again}")
            clock, step_s = rng.choice((("s", 240), ("m", 600), ("m", 1800), ("s", 900)))
            start = datetime(2026, 3, 13 + number, rng.randint(0, 23), 0, tzinfo=UTC)
            made = _table(rng, clock, step_s, start)
            below = again and rng.random() < 0.5
            data = _days(made, _Above(date_of, is_again=again, is_below=below))
            base = case(f"20_date_{name}_{'again' if again else 'once'}", 20, made, "UTC")
            yield base.but(base.name, {"log.txt": data})


class _Above:
    """What stands above the rows of a day: its date, with the header in front of it or behind, on each day or the first."""

    def __init__(self, date_of: Callable[[datetime], str], *, is_again: bool, is_below: bool) -> None:
        self._date_of, self._is_again, self._is_below = date_of, is_again, is_below
        self._is_first = True

    def __call__(self, instant: datetime, header: str) -> list[str]:
        """The lines above the first row of a day."""
        head = [header] if self._is_again or self._is_first else []
        self._is_first = False
        day = self._date_of(instant)
        return [day, *head] if self._is_below else [*head, day]


def preambles() -> Iterator[Case]:
    """Kind 10: the whole preamble each day, with its own date among others; one preamble for rows that pass midnight."""
    for name in ("named", "german", "measured", "midnight", "comment"):
        rng = random.Random(name)
        made = _table(rng, "m", 900, datetime(2026, 4, 14, 17, tzinfo=UTC))

        def above(instant: datetime, header: str, name: str = name) -> list[str]:
            return ["Station 12", "Serial no: 40231", "Calibration date: 2025-11-02", _DATES[name](instant), "", header]

        base = case(f"10_daily_{name}", 10, made, "UTC")
        yield base.but(base.name, {"log.txt": _days(made, above)})
        passing = _table(rng, "m", 600, datetime(2026, 4, 14, 17, tzinfo=UTC))
        passing.before = ("Logger 7", "Exported: 2026-05-02 11:20", _DATES[name](passing.times[0]))
        yield case(f"10_passing_{name}", 10, passing, "UTC", file="log.txt")
        exported = _table(rng, "s", 60, datetime(2026, 4, 14, 17, tzinfo=UTC))
        exported.before = ("Logger 7", rng.choice(("Exported: 2026-05-02 11:20", "Printed 02.05.2026", "Gedruckt am 02.05.2026")))
        yield case(f"10_export_only_{name}", 10, exported, "UTC", expect="question", questions=["TIME_RELATIVE"])
    elapsed = _table(random.Random(3), "s", 1, datetime(2026, 4, 14, 0, tzinfo=UTC))
    elapsed.before = ("Test bench 2", "Date: 14.04.2026", "Start time: 13:40:05")
    yield case("10_elapsed_below_a_date", 10, elapsed, "UTC", expect="question", questions=["TIME_RELATIVE"])


def bare_dates() -> Iterator[Case]:
    """Kind 7: yymmdd and ddmmyy in columns of a fixed width, in cells, and glued to the time of day."""
    orders = {"%y%m%d": "YYMMDD", "%d%m%y": "DDMMYY", "%m%d%y": "MMDDYY"}
    for pattern, spelled in orders.items():
        for clock in ("%H%M%S", "%H%M", "%H:%M:%S"):
            rng = random.Random(pattern + clock)
            start = datetime(2026, 3, rng.randint(13, 26), 21, 0, tzinfo=UTC)
            names = rng.choice((("DATE", "TIME"), ("Datum", "Uhrzeit")))
            stamps = (printed(pattern), printed(clock))
            made = Wide(signals=pump(N), times=instants(N, 1800, start), stamp=stamps, time_name=names)
            label = f"07_{spelled}_{len(clock)}"
            for sep in (",", "\t"):
                made.sep = sep
                yield case(f"{label}_{ord(sep)}", 7, made, "UTC")
            fixed = Wide(signals=_short(pump(N)), times=made.times, stamp=stamps, time_name=names, head="{name}", pad=9)
            yield case(f"{label}_fixed", 7, fixed, "UTC")
        start = datetime(2026, 3, 5, 6, tzinfo=UTC)
        told = Wide(times=instants(N, 60, start), stamp=(printed(pattern), printed("%H%M%S")), time_name=(spelled, "HHMMSS"))
        yield case(f"07_told_{spelled}", 7, told, "UTC")
        noted = Wide(times=told.times, stamp=told.stamp, time_name=(f"Date ({spelled.lower()})", "Time"), sep=";")
        yield case(f"07_noted_{spelled}", 7, noted, "UTC")
        unsure = Wide(times=told.times, stamp=told.stamp, time_name=("Date", "Time"))
        yield case(f"07_unsure_{spelled}", 7, unsure, "UTC", expect="question", questions=["DAY_MONTH_AMBIGUOUS"])
        tight = Wide(times=instants(N, 1800, start + timedelta(days=9)), stamp=printed(f"{pattern}%H%M%S"), sep=" ")
        tight.signals = _short(tight.signals)
        tight.head = "{name}"
        if spelled != "DDMMYY":
            yield case(f"07_tight_{spelled}", 7, tight, "UTC")


def _short(signals: list[Signal]) -> list[Signal]:
    """Channels whose units are not printed."""
    for one in signals:
        one.unit, one.shown = None, ""
    return signals


def lost_hours() -> Iterator[Case]:
    """Kind 7: mm:ss.0 as a spreadsheet shows and saves times; alone, beside a date, within one hour or many."""
    for step_s in (1, 10, 60):
        for name, stamps in (
            ("alone", (("Time",), ("%M:%S.0",))),
            ("dated", (("Date", "Time"), ("%d/%m/%Y", "%M:%S.0"))),
            ("stamp", (("timestamp",), ("%M:%S.0",))),
            ("comma", (("Datum", "Uhrzeit"), ("%d.%m.%Y", "%M:%S,0"))),
        ):
            made = Wide(times=instants(N, step_s), stamp=tuple(map(printed, stamps[1])), time_name=stamps[0], sep=";")
            yield case(f"07_lost_{name}_{step_s}", 7, made, "UTC", expect="error")
    whole = Wide(times=instants(N, 10), stamp=(printed("%Y-%m-%d %H:%M:%S"), printed("%M:%S.0")), time_name=("Time", "Shown"))
    whole_truth = case("07_minutes_beside_whole_times", 7, whole, "UTC")
    yield whole_truth
