"""Kinds 14 to 17, 21 and 22: zones, summer time, serials, day and month, clocks set back, jitter."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.messy.notation_cases import epoch
from tests.messy.plant import ISO_Z, Case, Stamp, Style, instants, printed
from tests.messy.writing import Wide, case

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")


def _end_of_day(pattern: str, zone: str) -> Stamp:
    """Midnight as 24:00 of the day before."""

    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        if local.hour or local.minute or local.second:
            return local.strftime(pattern)
        return (local - timedelta(days=1)).strftime(pattern.replace("%H", "24"))

    return stamp


def summer_time() -> Iterator[Case]:
    """Kind 14: through the missing and the doubled hour."""
    zones = {
        "oslo": (OSLO, "%Y-%m-%d %H:%M", datetime(2025, 3, 28, 23, tzinfo=UTC), datetime(2025, 10, 25, 22, tzinfo=UTC)),
        "berlin": (BERLIN, "%d.%m.%Y %H:%M:%S", datetime(2024, 3, 30, 20, tzinfo=UTC), datetime(2024, 10, 26, 20, tzinfo=UTC)),
        "london": (
            "Europe/London",
            "%d/%m/%Y %H:%M",
            datetime(2025, 3, 28, 20, tzinfo=UTC),
            datetime(2025, 10, 25, 20, tzinfo=UTC),
        ),
        "chicago": (
            "America/Chicago",
            "%m/%d/%Y %I:%M %p",
            datetime(2025, 3, 8, 20, tzinfo=UTC),
            datetime(2025, 11, 1, 20, tzinfo=UTC),
        ),
        "sydney": (
            "Australia/Sydney",
            "%d/%m/%Y %H:%M:%S",
            datetime(2025, 10, 4, 8, tzinfo=UTC),
            datetime(2025, 4, 5, 8, tzinfo=UTC),
        ),
        "santiago": (
            "America/Santiago",
            "%d-%m-%Y %H:%M:%S",
            datetime(2025, 9, 6, 20, tzinfo=UTC),
            datetime(2025, 4, 5, 20, tzinfo=UTC),
        ),
        "lord_howe": (
            "Australia/Lord_Howe",
            "%Y-%m-%d %H:%M:%S",
            datetime(2025, 10, 4, 8, tzinfo=UTC),
            datetime(2025, 4, 5, 8, tzinfo=UTC),
        ),
    }
    for name, (zone, pattern, spring, autumn) in zones.items():
        for season, start in (("spring", spring), ("autumn", autumn)):
            for minutes in (60, 10, 1):
                if name != "oslo" and minutes == 1:
                    continue
                even = ["DAY_MONTH_AMBIGUOUS"]  # the even steps tell, and it is said
                n = min(4000, 40 * 60 // minutes) if minutes < 60 else 80
                yield case(
                    f"14_{name}_{season}_{minutes}",
                    14,
                    Wide(times=instants(n, 60 * minutes, start), stamp=printed(pattern, zone)),
                    zone,
                    questions=even,
                )
    stamp = printed("%d.%m.%Y %H:%M", BERLIN)
    both = [*instants(288, 900, zones["oslo"][2]), *instants(288, 900, zones["oslo"][3])]
    whole = case("14_spring_and_autumn", 14, Wide(times=both, stamp=stamp, sep=";"), BERLIN)
    head, *rows = next(iter(whole.files.values())).decode().splitlines(keepends=True)
    parts = {"herbst.csv": rows[288:], "fruehjahr.csv": rows[:288]}
    yield whole.but(whole.name, {name: "".join([head, *part]).encode() for name, part in parts.items()})
    yield from _zone_told()


def _zone_told() -> Iterator[Case]:
    start = datetime(2025, 10, 25, 20, tzinfo=UTC)
    yield case(
        "14_words", 14, Wide(times=instants(100, 600, start), stamp=printed("%d.%m.%Y %H:%M:%S %Z", BERLIN), sep=";", style=SEMI)
    )
    column = (printed("%d.%m.%Y %H:%M:%S", BERLIN), printed("%Z", BERLIN))
    yield case(
        "14_zone_column", 14, Wide(times=instants(100, 600, start), stamp=column, time_name=("Zeit", "Zone"), sep=";", style=SEMI)
    )
    flag = Wide(
        times=instants(100, 600, start),
        stamp=printed("%Y-%m-%d %H:%M", OSLO),
        extra=[("DST", _is_summer(instants(100, 600, start)))],
    )
    yield case("14_flag_beside", 14, flag, OSLO)
    from_inside = instants(60, 600, datetime(2025, 10, 26, 0, 30, tzinfo=UTC))
    yield case("14_from_inside", 14, Wide(times=from_inside, stamp=printed("%Y-%m-%d %H:%M", OSLO)), OSLO)
    to_midnight = instants(96, 1800, datetime(2026, 3, 5, 20, tzinfo=UTC))
    yield case("14_24h", 14, Wide(times=to_midnight, stamp=_end_of_day("%d.%m.%Y %H:%M", OSLO), sep=";", style=SEMI), OSLO)


def _is_summer(times: list[datetime]) -> Callable[[int], str]:
    def cell(row: int) -> str:
        return "1" if times[row].astimezone(ZoneInfo(OSLO)).dst() else "0"

    return cell


def _by_thirds(stamps: list[Stamp], n: int, times: list[datetime]) -> Stamp:
    """Another notation for each part of the rows."""
    place = {instant: row for row, instant in enumerate(times)}

    def stamp(instant: datetime) -> str:
        return stamps[min(place[instant] * len(stamps) // n, len(stamps) - 1)](instant)

    return stamp


def mixed_offsets() -> Iterator[Case]:
    """Kind 15."""
    times = instants(300, 60, datetime(2026, 7, 8, 6, tzinfo=UTC))
    mixes = {
        "z_offset_naive": ([ISO_Z, printed("%Y-%m-%dT%H:%M:%S+02:00", BERLIN), printed("%Y-%m-%d %H:%M:%S", BERLIN)], BERLIN),
        "offset_without_colon": (
            [printed("%Y-%m-%d %H:%M:%S%z", OSLO), printed("%Y-%m-%d %H:%M:%S Z"), printed("%Y-%m-%dT%H:%M:%S", OSLO)],
            OSLO,
        ),
        "words": (
            [printed("%d.%m.%Y %H:%M:%S %Z", BERLIN), printed("%d.%m.%Y %H:%M:%S UTC"), printed("%d.%m.%Y %H:%M:%S", BERLIN)],
            BERLIN,
        ),
        "offsets": (
            [printed("%Y-%m-%dT%H:%M:%S-05:00", "Etc/GMT+5"), printed("%Y-%m-%dT%H:%M:%S+05:30", "Asia/Kolkata"), ISO_Z],
            None,
        ),
        "short_offset": (
            [printed("%Y-%m-%dT%H:%M:%S+02", "Etc/GMT-2"), printed("%Y-%m-%dT%H:%M:%S.%f3+02:00", "Etc/GMT-2"), ISO_Z],
            None,
        ),
        "iso_and_epoch": ([ISO_Z, epoch(1)], None),
        "epoch_then_iso": ([epoch(1), printed("%Y-%m-%dT%H:%M:%S+02:00", "Etc/GMT-2"), epoch(1000)], None),
        "iso_and_german": ([printed("%Y-%m-%d %H:%M:%S", BERLIN), printed("%d.%m.%Y %H:%M:%S", BERLIN)], BERLIN),
        "with_and_without_seconds": ([printed("%d.%m.%Y %H:%M", BERLIN), printed("%d.%m.%Y %H:%M:%S", BERLIN)], BERLIN),
    }
    for name, (stamps, zone) in mixes.items():
        yield case(f"15_{name}", 15, Wide(times=times, stamp=_by_thirds(stamps, 300, times)), zone)
    headers = {
        "Time (UTC)": "UTC",
        "Timestamp [UTC]": "UTC",
        "Zeit UTC": "UTC",
        "time_utc": "UTC",
        "Time (GMT+2)": "Etc/GMT-2",
        "Time (UTC-05:00)": "Etc/GMT+5",
        "Time [Europe/Oslo]": OSLO,
        "Horodatage (UTC+1)": "Etc/GMT-1",
        "Timestamp (Z)": "UTC",
    }
    for title, zone in headers.items():
        yield case(
            f"15_header_{title.replace('/', '-')}",
            15,
            Wide(times=times, stamp=printed("%Y-%m-%d %H:%M:%S", zone), time_name=title),
        )
    notes = {
        "# Timezone: UTC": "UTC",
        "Time zone;UTC+01:00": "Etc/GMT-1",
        "# All times in UTC": "UTC",
        "Zeitzone: Europe/Berlin": BERLIN,
        "# tz=GMT": "UTC",
        "Fuseau horaire;UTC+2": "Etc/GMT-2",
        "Alle Zeiten in UTC": "UTC",
    }
    for note, zone in notes.items():
        table = Wide(times=times, stamp=printed("%Y-%m-%d %H:%M:%S", zone), sep=";", before=("Station 7", note))
        yield case(f"15_note_{zone.replace('/', '-')}_{len(note)}", 15, table)


def _serial(start: datetime, zone: str, places: int, dec: str) -> Stamp:
    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
        return f"{(local - start) / timedelta(days=1):.{places}f}".replace(".", dec)

    return stamp


def serials() -> Iterator[Case]:
    """Kind 16: day numbers of spreadsheets in text; where both epochs lie in the past it must be asked."""
    from_1900, from_1904 = datetime(1899, 12, 30, tzinfo=UTC), datetime(1904, 1, 1, tzinfo=UTC)
    past = instants(240, 60, datetime(2019, 5, 6, 7, tzinfo=UTC))
    recent = instants(240, 60, datetime(2026, 2, 10, 7, tzinfo=UTC))
    for name, title, sep, dec in (
        ("tabs", "Time", "\t", "."),
        ("german", "Datum", ";", ","),
        ("french", "Horodatage", ";", ","),
        ("spanish", "Fecha", ";", ","),
        ("commas", "Timestamp", ",", "."),
    ):
        style = Style(dec=dec)
        for places in (5, 9):
            table = Wide(times=past, stamp=_serial(from_1900, OSLO, places, dec), time_name=title, sep=sep, style=style)
            yield case(f"16_{name}_{places}", 16, table, OSLO, expect="question", questions=["EPOCH_AMBIGUOUS"])
        table = Wide(times=recent, stamp=_serial(from_1900, OSLO, 8, dec), time_name=title, sep=sep, style=style)
        yield case(f"16_{name}_recent", 16, table, OSLO)
    table = Wide(times=recent, stamp=_serial(from_1904, OSLO, 8, "."), time_name="Time", sep="\t")
    yield case("16_from_1904", 16, table, OSLO, expect="question", questions=["EPOCH_AMBIGUOUS"])


def day_and_month() -> Iterator[Case]:
    """Kind 17: some days pass 12 (the file tells), or none does (it must be asked)."""
    many = instants(480, 3600, datetime(2016, 7, 4, tzinfo=UTC))
    few = instants(200, 60, datetime(2026, 5, 4, 8, tzinfo=UTC))
    for name, pattern in (
        ("dmy_hour", "%d/%m/%y %H"),
        ("dmy", "%d/%m/%Y %H:%M"),
        ("mdy", "%m/%d/%Y %H:%M"),
        ("dmy_dash", "%d-%m-%y %H:%M"),
        ("mdy_dash", "%m-%d-%Y %H:%M:%S"),
        ("mdy_two", "%m/%d/%y %H:%M"),
        ("ymd_two", "%y-%m-%d %H:%M"),
        ("ymd_slash", "%y/%m/%d %H:%M:%S"),
        ("dmy_blanks", "%d %m %Y %H:%M"),
    ):
        yield case(f"17_{name}", 17, Wide(times=many, stamp=printed(pattern)), None, notes=["ZONE_UNKNOWN"])
        if not name.startswith(("ymd", "dmy_blanks")):
            table = Wide(times=few, stamp=printed(pattern if "%M" in pattern else pattern + ":%M"))
            yield case(f"17_{name}_open", 17, table, "UTC", expect="question", questions=["DAY_MONTH_AMBIGUOUS"])
    dates_only = instants(90, 86_400, datetime(2026, 1, 1, tzinfo=UTC))
    for name, pattern in (
        ("date_dmy", "%d.%m.%Y"),
        ("date_iso", "%Y-%m-%d"),
        ("date_mdy", "%m/%d/%Y"),
        ("date_compact", "%Y%m%d"),
        ("date_slash", "%d/%m/%Y"),
    ):
        yield case(
            f"17_{name}", 17, Wide(times=dates_only, stamp=printed(pattern), time_name="Date"), None, notes=["ZONE_UNKNOWN"]
        )
    dotted = Wide(times=few, stamp=printed("%d.%m.%Y %H:%M:%S", OSLO), sep=";", style=SEMI)
    yield case("17_dots_are_day_first", 17, dotted, OSLO)


def clocks() -> Iterator[Case]:
    """Kinds 21 and 22: clocks set back, gaps, jitter, subsecond steps."""
    for name, pattern, zone in (("iso", "%Y-%m-%dT%H:%M:%SZ", "UTC"), ("german", "%d.%m.%Y %H:%M:%S", BERLIN)):
        times = instants(400, 5)
        times = [t + timedelta(seconds=247 * (row > 150) - 18 * (row > 220) - 63 * (row > 310)) for row, t in enumerate(times)]
        yield case(f"21_{name}", 21, Wide(times=times, stamp=printed(pattern, zone)), None if zone == "UTC" else zone)
    rng = random.Random(22)
    for name, base, jump in (("one_second", 1.0, 1.0), ("tenth", 0.1, 0.05), ("minute", 60.0, 45.0)):
        times, at = [], instants(1)[0]
        for _ in range(600):
            times.append(at)
            at += timedelta(seconds=base + (jump if rng.random() < 0.08 else 0))
        yield case(f"22_{name}", 22, Wide(times=times, stamp=printed("%Y-%m-%dT%H:%M:%S.%f3Z")))
