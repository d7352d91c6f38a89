"""Months whose names mean another month next door (lip, srp, lis), told by what else the file says, or asked about."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.messy.plant import Case, Stamp, Style, instants, pump
from tests.messy.writing import Wide, case

N = 130
_MONTHS = {
    "croatian": ["sij", "velj", "ožu", "tra", "svi", "lip", "srp", "kol", "ruj", "lis", "stu", "pro"],
    "polish": ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
    "czech": ["led", "úno", "bře", "dub", "kvě", "čvn", "čvc", "srp", "zář", "říj", "lis", "pro"],
}
_HEADERS = {
    "croatian": ("Vrijeme", ("Protok", "Tlak na izlazu", "Struja")),
    "polish": ("Czas", ("Przepływ", "Ciśnienie", "Prąd silnika")),
    "czech": ("Čas", ("Průtok", "Výtlak", "Proud motoru")),
}
_ENGLISH = ("Time", ("FT-1", "PT-2", "IT-3"))
_UNSURE = {"croatian": (6, 7, 10), "polish": (7, 11), "czech": (8, 11)}
_PATTERNS = ("{d:02}-{m}-{y} {c}", "{d} {m} {y} {c}", "{d:02}.{m}.{y} {c}", "{d:02}/{m}/{y} {c}", "{y}-{m}-{d:02} {c}")
_ZONES = {"croatian": "Europe/Zagreb", "polish": "Europe/Warsaw", "czech": "Europe/Prague"}


def _stamp(pattern: str, names: list[str]) -> Stamp:
    return lambda t: pattern.format(d=t.day, m=names[t.month - 1], y=t.year, c=f"{t:%H:%M:%S}")


def _table(tongue: str, month: int, rng: random.Random, *, is_named: bool, step_s: int = 60) -> Wide:
    time_name, names = _HEADERS[tongue] if is_named else _ENGLISH
    stamp = _stamp(rng.choice(_PATTERNS), _MONTHS[tongue])
    times = instants(N, step_s, datetime(2025, month, rng.randint(2, 20), 9, tzinfo=UTC))
    style = Style(dec=",")
    return Wide(signals=pump(N, names), times=times, stamp=stamp, time_name=time_name, sep=";", style=style, enc="utf-8")


def neighbour_months() -> Iterator[Case]:
    """Kind 7: one month alone with the file's words, with the zone, with neither; several months; a day that only one has."""
    for tongue, months in _UNSURE.items():
        for month in months:
            rng = random.Random(f"{tongue}{month}")
            yield case(f"07_words_{tongue}_{month}", 7, _table(tongue, month, rng, is_named=True), "UTC")
            clocks = _table(tongue, month, rng, is_named=False)
            noted = _table(tongue, month, rng, is_named=False)
            noted.before = (
                {"croatian": "Crpna stanica Zapad", "polish": "Pompownia Południe", "czech": "Čerpací stanice"}[tongue],
            )
            yield case(f"07_note_{tongue}_{month}", 7, noted, "UTC")
            yield case(f"07_bare_{tongue}_{month}", 7, clocks, "UTC", expect="question", questions=["DAY_MONTH_AMBIGUOUS"])
            zone = _ZONES[tongue]
            local = _table(tongue, month, rng, is_named=False)
            names, pattern = _MONTHS[tongue], rng.choice(_PATTERNS)
            local.stamp = _in_zone(zone, _stamp(pattern, names))
            yield case(f"07_zone_{tongue}_{month}", 7, local, zone)
            long = _table(tongue, month, rng, is_named=False, step_s=8 * 3600)
            yield case(f"07_months_{tongue}_{month}", 7, long, "UTC")
    for tongue, month, day in (("croatian", 10, 31), ("polish", 7, 31)):
        table = _table(tongue, month, random.Random(day), is_named=False)
        table.times = instants(N, 60, datetime(2025, month, day, 9, tzinfo=UTC))
        yield case(f"07_day_31_{tongue}", 7, table, "UTC")
    for tongue, word, day in (("croatian", "sri", 16), ("polish", "śr", 16), ("czech", "st", 13)):
        table = _table(tongue, 7 if tongue != "czech" else 8, random.Random(day), is_named=False)
        month = 7 if tongue != "czech" else 8
        table.times = instants(N, 60, datetime(2025, month, day, 9, tzinfo=UTC))
        name = _MONTHS[tongue][month - 1]
        table.stamp = lambda t, word=word, name=name: f"{word} {t.day} {name} {t.year} {t:%H:%M:%S}"
        yield case(f"07_weekday_{tongue}", 7, table, "UTC")


def _in_zone(zone: str, stamp: Stamp) -> Stamp:
    return lambda t: stamp(t.astimezone(ZoneInfo(zone)))
