"""What else is met: newest first, time in the last column, tags that are numbers, line ends in names, odd rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.messy.plant import Case, Signal, Style, bad_cells, instants, printed, pump, truth_of
from tests.messy.writing import Wide, case


def odd_tables() -> Iterator[Case]:
    """What else is met: newest first, time in the last column, tags that are numbers, line ends in names, odd rows."""
    newest = Wide(times=instants(240, 60)[::-1])
    yield case("31_newest_first", 31, newest)
    autumn = instants(120, 600, datetime(2025, 10, 25, 20, tzinfo=UTC))[::-1]
    yield case(
        "31_newest_first_autumn", 31, Wide(times=autumn, stamp=printed("%d.%m.%Y %H:%M", "Europe/Oslo"), sep=";"), "Europe/Oslo"
    )
    table = Wide(sep=";")
    lines = [";".join([*(cells := line.split(";"))[1:], cells[0]]) for line in table.lines()]
    yield Case(
        name="31_time_last", kind=31, files={"log.csv": "\n".join(lines).encode()}, truth=truth_of(table.times, table.signals)
    )
    yield case("31_numeric_tags", 31, Wide(signals=pump(120, ("4711", "4712", "4713")), head="{name} [{unit}]"))
    bare = pump(120, ("4711", "4712", "4713"))
    for one in bare:
        one.unit = None
    yield case("31_bare_numeric_tags", 31, Wide(signals=bare, head="{name}", sep=";"))
    broken = Wide(sep=";", head='"{name}\n[{unit}]"')
    yield case("31_line_end_in_names", 31, broken)
    first_cut = Wide(sep=";")
    lines = first_cut.lines()
    lines.insert(1, "3;5.99;38.1")
    yield Case(
        name="31_first_line_cut",
        kind=31,
        files={"log.csv": "\n".join(lines).encode()},
        truth=truth_of(first_cut.times, first_cut.signals),
    )
    resize = Wide(after=(",Resize to show all values,,",))
    yield case("31_datalink_resize", 31, resize)
    yield from _odd_columns()
    yield from _sections()
    yield from _clocks_of_digits()


def _odd_columns() -> Iterator[Case]:
    twice = pump(120, ("Pressure", "Pressure", "Motor"), ("m3/h", "bar", "A"))
    for one in twice[:2]:
        one.also = ("Pressure (2)",)
    yield case("31_equal_names_other_units", 31, Wide(signals=twice), notes=["DUPLICATE_CHANNEL"])
    blank = Wide(sep=";")
    spaced = [f"  {line.replace(';', '  ;   ')}  " for line in blank.lines()]
    yield Case(
        name="31_blanks_around",
        kind=31,
        files={"log.csv": "\n".join(spaced).encode()},
        truth=truth_of(blank.times, blank.signals),
    )
    nbsp = Wide(sep=";", signals=pump(120, ("FT\u00a0101", "PT\u00a0102", "IT\u00a0103")))
    for one in nbsp.signals:
        one.also = (one.name.replace("\u00a0", " "),)
    yield case("31_nbsp_in_names", 31, nbsp)
    empty = [
        *pump(200),
        Signal(
            name="Spare", shown="bar", unit="bar", plain=["0"] * 200, bad=bad_cells(dict.fromkeys(range(200), ""), {"": "empty"})
        ),
    ]
    yield case("31_empty_column", 31, Wide(signals=empty))
    few = Wide(signals=pump(3), times=instants(3))
    yield case("31_three_rows", 31, few)
    yield case("31_one_channel", 31, Wide(signals=pump(100)[:1]))
    grouped = Wide(head="{name}", before=(",Pump 1,,",), below=[])
    yield case("31_group_row_above", 31, grouped, **_without_units(grouped))
    whole = Signal(name="Drehzahl", shown="1/min", unit="rpm", plain=[str(1300 + row % 40) for row in range(120)])
    doubtful = Wide(signals=[whole], sep=";", style=Style(dec=",", thou="."))
    yield case("31_thousands_or_decimals", 31, doubtful, expect="question", questions=["DECIMAL_AMBIGUOUS"])


def _clocks_of_digits() -> Iterator[Case]:
    """A date beside hour and minute (and second) as bare digits, with and without zeros in front and names."""
    start = datetime(2026, 3, 25, 22, 10, tzinfo=UTC)
    for name, step_s, clock, title in (
        ("padded", 60, "%H%M", "Uhrzeit"),
        ("named_hhmm", 60, "%H%M", "hhmm"),
        ("short", 600, "%-H%M", "Uhrzeit"),
        ("seconds", 5, "%H%M%S", "Zeit"),
        ("hours", 3600, "%H%M", "klokkeslett"),
        ("unnamed", 60, "%H%M", None),
    ):
        day = printed("%d.%m.%Y")
        digits = printed(clock.replace("%-H", "%H"), change=_without_zeros if "%-H" in clock else None)
        signals = pump(240, ("column 2", "column 3", "column 4")) if title is None else pump(240)
        table = Wide(
            signals=signals, times=instants(240, step_s, start), sep=";", stamp=(day, digits), time_name=("Datum", title or "")
        )
        if title is None:
            _without_units(table)
        lines = table.lines()[title is None :]
        truth = truth_of(table.times, table.signals)
        yield Case(name=f"31_digits_{name}", kind=31, files={"log.csv": "\n".join(lines).encode()}, truth=truth, zone="UTC")


def _without_zeros(digits: str) -> str:
    return str(int(digits))


def _without_units(table: Wide) -> dict[str, object]:
    for one in table.signals:
        one.unit = None
    return {}


def _sections() -> Iterator[Case]:
    """Stamps that leave out what is zero: seconds, decimals, midnight."""
    times = instants(180, 20)

    def without_zero_seconds(instant: datetime) -> str:
        return f"{instant:%d.%m.%Y %H:%M}" if instant.second == 0 else f"{instant:%d.%m.%Y %H:%M:%S}"

    yield case("31_seconds_left_out", 31, Wide(times=times, stamp=without_zero_seconds, sep=";"), "UTC")
    tenths = instants(180, 0.25)

    def short_fraction(instant: datetime) -> str:
        return f"{instant:%Y-%m-%d %H:%M:%S}" + (f".{instant.microsecond:06d}".rstrip("0") if instant.microsecond else "")

    yield case("31_short_fractions", 31, Wide(times=tenths, stamp=short_fraction), "UTC")

    def midnight_left_out(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo("Europe/Berlin"))
        return f"{local:%d.%m.%Y}" if local.hour == local.minute == local.second == 0 else f"{local:%d.%m.%Y %H:%M:%S}"

    yield case(
        "31_midnight_left_out",
        31,
        Wide(times=instants(200, 1800), stamp=midnight_left_out, sep=";", style=Style(dec=",")),
        "Europe/Berlin",
    )
    steps = [later - earlier for earlier, later in pairwise(times)]
    assert len(set(steps)) == 1
