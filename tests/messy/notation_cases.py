"""Kind 7: notations of date and time, and delimiters that go with decimal commas."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.messy.plant import ISO_Z, Case, Stamp, Style, instants, printed
from tests.messy.writing import Wide, case

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")
MONTHS = {
    "de": ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
    "de_dot": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    "de_full": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "fr_full": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
    "es_full": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "it": ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    "it_full": [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    "pt": ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
    "pt_full": [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    "nl": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "nl_full": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "no": ["jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."],
    "no_full": [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ],
    "sv": ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "da_full": [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "pl": ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
    "pl_full": [
        "stycznia",
        "lutego",
        "marca",
        "kwietnia",
        "maja",
        "czerwca",
        "lipca",
        "sierpnia",
        "września",
        "października",
        "listopada",
        "grudnia",
    ],
    "ru": ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    "ru_full": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "cs_full": [
        "ledna",
        "února",
        "března",
        "dubna",
        "května",
        "června",
        "července",
        "srpna",
        "září",
        "října",
        "listopadu",
        "prosince",
    ],
}


def _month(language: str, pattern: str, zone: str) -> Stamp:
    """`%B` becomes the month's name in a language."""

    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        return local.strftime(pattern.replace("%B", MONTHS[language][local.month - 1]))

    return stamp


def _twelve(pattern: str, am: str, pm: str, zone: str) -> Stamp:
    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        return local.strftime(pattern.replace("%p", am if local.hour < 12 else pm))

    return stamp


def epoch(scale: float, places: int = 0) -> Stamp:
    def stamp(instant: datetime) -> str:
        micros = round((instant - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
        return f"{micros * scale / 1e6:.{places}f}" if places else str(round(micros * scale) // 10**6)

    return stamp


def _no_zeros(pattern: str, zone: str) -> Stamp:
    """Day, month and hour without leading zeros."""

    def stamp(instant: datetime) -> str:
        local = instant.astimezone(ZoneInfo(zone))
        return pattern.format(
            d=local.day, m=local.month, y=local.year, H=local.hour, M=local.minute, S=local.second, yy=local.year % 100
        )

    return stamp


NOTATIONS: dict[str, tuple[Stamp, str | None]] = {
    "iso_t": (ISO_Z, None),
    "iso_ms": (printed("%Y-%m-%dT%H:%M:%S.%f3Z"), None),
    "iso_offset": (printed("%Y-%m-%dT%H:%M:%S%z", OSLO), None),
    "iso_basic": (printed("%Y%m%dT%H%M%SZ"), None),
    "iso_basic_local": (printed("%Y%m%d %H%M%S", OSLO), OSLO),
    "iso_ordinal": (printed("%Y-%jT%H:%M:%SZ"), None),
    "iso_week": (printed("%G-W%V-%uT%H:%M:%SZ"), None),
    "iso_utc_word": (printed("%Y-%m-%d %H:%M:%S UTC"), None),
    "iso_utc_offset": (printed("%Y-%m-%d %H:%M:%S +0000 UTC"), None),
    "iso_comma_ms": (printed("%Y-%m-%d %H:%M:%S,%f3", OSLO), OSLO),
    "slash_ymd": (printed("%Y/%m/%d %H:%M:%S", OSLO), OSLO),
    "dot_ymd": (printed("%Y.%m.%d %H:%M:%S", OSLO), OSLO),
    "hungarian": (printed("%Y. %m. %d. %H:%M:%S", "Europe/Budapest"), "Europe/Budapest"),
    "chinese": (printed("%Y年%m月%d日 %H:%M:%S", "Asia/Shanghai"), "Asia/Shanghai"),
    "chinese_units": (printed("%Y年%m月%d日 %H时%M分%S秒", "Asia/Shanghai"), "Asia/Shanghai"),
    "german": (printed("%d.%m.%Y %H:%M:%S", BERLIN), BERLIN),
    "german_uhr": (printed("%d.%m.%Y %H:%M Uhr", BERLIN), BERLIN),
    "german_comma": (printed("%d.%m.%Y, %H:%M:%S", BERLIN), BERLIN),
    "german_um": (printed("%d.%m.%Y um %H:%M", BERLIN), BERLIN),
    "german_zone": (printed("%d.%m.%Y %H:%M:%S %Z", BERLIN), None),
    "german_mez": (printed("%d.%m.%Y %H:%M:%S MEZ", "Etc/GMT-1"), None),
    "german_two": (printed("%d.%m.%y %H:%M:%S", BERLIN), BERLIN),
    "german_plain": (_no_zeros("{d}.{m}.{y} {H}:{M:02d}", BERLIN), BERLIN),
    "german_weekday": (printed("Mi, %d.%m.%Y %H:%M:%S", BERLIN), BERLIN),
    "german_offset": (printed("%d.%m.%Y %H:%M:%S %z", BERLIN), None),
    "dot_clock": (printed("%d.%m.%Y %H.%M.%S", "Europe/Helsinki"), "Europe/Helsinki"),
    "dot_clock_short": (printed("%d.%m.%Y %H.%M", "Europe/Helsinki"), "Europe/Helsinki"),
    "norwegian_kl": (printed("%d.%m.%Y kl. %H.%M", OSLO), OSLO),
    "norwegian_kl_bare": (printed("%d.%m.%Y kl %H:%M:%S", OSLO), OSLO),
    "french": (printed("%d/%m/%Y %H:%M:%S", PARIS), PARIS),
    "french_h": (printed("%d/%m/%Y %Hh%M", PARIS), PARIS),
    "french_h_s": (printed("%d/%m/%Y %Hh%Mm%Ss", PARIS), PARIS),
    "french_a": (printed("%d/%m/%Y à %H:%M:%S", PARIS), PARIS),
    "italian": (printed("%d/%m/%Y %H.%M.%S", "Europe/Rome"), "Europe/Rome"),
    "dutch": (printed("%d-%m-%Y %H:%M:%S", "Europe/Amsterdam"), "Europe/Amsterdam"),
    "dutch_om": (printed("%d-%m-%Y om %H:%M", "Europe/Amsterdam"), "Europe/Amsterdam"),
    "russian_g": (printed("%d.%m.%Y г. %H:%M:%S", "Europe/Moscow"), "Europe/Moscow"),
    "us": (printed("%m/%d/%Y %H:%M:%S", "America/Chicago"), "America/Chicago"),
    "us_pm": (printed("%m/%d/%Y %I:%M:%S %p", "America/Chicago"), "America/Chicago"),
    "us_pm_ms": (printed("%m/%d/%Y %I:%M:%S.%f3 %p", "America/Chicago"), "America/Chicago"),
    "us_pm_short": (printed("%m/%d/%y %I:%M %p", "America/Chicago"), "America/Chicago"),
    "us_pm_tight": (printed("%m/%d/%Y %I:%M:%S%p", "America/Chicago"), "America/Chicago"),
    "us_month": (printed("%b %d, %Y %I:%M:%S %p", "America/Chicago"), "America/Chicago"),
    "us_month_long": (printed("%B %d, %Y %H:%M:%S", "America/Chicago"), "America/Chicago"),
    "us_zone": (printed("%m/%d/%Y %H:%M:%S %Z", "America/Chicago"), None),
    "us_at": (printed("%b %d, %Y @ %H:%M:%S.%f3", "America/Chicago"), "America/Chicago"),
    "spanish_am": (_twelve("%d/%m/%Y %I:%M:%S %p", "a. m.", "p. m.", MADRID), MADRID),
    "spanish_am_nbsp": (_twelve("%d/%m/%Y %I:%M:%S %p", "a.\u00a0m.", "p.\u00a0m.", MADRID), MADRID),
    "us_nnbsp": (_twelve("%m/%d/%Y, %I:%M:%S\u202f%p", "AM", "PM", "America/Chicago"), "America/Chicago"),
    "chinese_am": (_twelve("%Y/%m/%d %p %I:%M:%S", "上午", "下午", "Asia/Shanghai"), "Asia/Shanghai"),
    "pi": (printed("%d-%b-%y %H:%M:%S", OSLO), OSLO),
    "pi_tenths": (printed("%d-%b-%Y %H:%M:%S.0", OSLO), OSLO),
    "tight_month": (printed("%d%b%Y %H:%M:%S", OSLO), OSLO),
    "sas": (printed("%d%b%Y:%H:%M:%S", OSLO), OSLO),
    "apache": (printed("%d/%b/%Y:%H:%M:%S %z", OSLO), None),
    "rfc2822": (printed("%a, %d %b %Y %H:%M:%S %z", OSLO), None),
    "ctime": (printed("%a %b %d %H:%M:%S %Y", OSLO), OSLO),
    "java": (printed("%a %b %d %H:%M:%S %Z %Y", OSLO), None),
    "iana": (printed("%Y-%m-%dT%H:%M:%S%z[Europe/Oslo]", OSLO), None),
    "iana_tail": (printed("%Y-%m-%d %H:%M:%S Europe/Oslo", OSLO), None),
    "underscore": (printed("%Y-%m-%d_%H-%M-%S", OSLO), OSLO),
    "underscore_colon": (printed("%Y-%m-%d_%H:%M:%S", OSLO), OSLO),
    "compact": (printed("%Y%m%d%H%M%S", OSLO), OSLO),
    "compact_ms": (printed("%Y%m%d%H%M%S.%f3", OSLO), OSLO),
    "compact_minutes": (printed("%Y%m%d%H%M", OSLO), OSLO),
    "colon_date": (printed("%Y:%m:%d %H:%M:%S", OSLO), OSLO),
    "iec_dt": (printed("DT#%Y-%m-%d-%H:%M:%S", OSLO), OSLO),
    "quoted": (printed("'%Y-%m-%d %H:%M:%S'", OSLO), OSLO),
    "bracketed": (printed("[%Y-%m-%d %H:%M:%S]", OSLO), OSLO),
    "seconds": (epoch(1), None),
    "seconds_point": (epoch(1, 3), None),
    "millis": (epoch(1e3), None),
    "micros": (epoch(1e6), None),
    "nanos": (epoch(1e9), None),
    **{
        f"month_{name}": (_month(name, "%d-%B-%Y %H:%M:%S", OSLO), OSLO)
        for name in ("de", "es", "it", "pt", "nl", "sv", "pl", "ru")
    },
    **{
        f"month_{name}": (_month(name, "%d %B %Y %H:%M:%S", OSLO), OSLO)
        for name in ("fr", "no", "fr_full", "it_full", "nl_full", "da_full", "pl_full", "ru_full", "cs_full")
    },
    **{f"month_{name}": (_month(name, "%d. %B %Y %H:%M:%S", OSLO), OSLO) for name in ("de_full", "de_dot", "no_full")},
    **{f"month_{name}": (_month(name, "%d de %B de %Y %H:%M:%S", OSLO), OSLO) for name in ("es_full", "pt_full")},
}


def notations() -> Iterator[Case]:
    """Kind 7 and 17: one log in every notation, with the decimal mark that goes with it; a month's end is passed."""
    for name, (stamp, zone) in NOTATIONS.items():
        is_comma = "," not in stamp(datetime(2026, 1, 1, tzinfo=UTC)) and name.split("_")[0] not in ("us", "iso", "chinese")
        table = Wide(
            times=instants(90, 900, datetime(2026, 5, 12, 8, tzinfo=UTC)),
            stamp=stamp,
            sep=";",
            style=SEMI if is_comma else Style(),
        )
        yield case(f"07_{name}", 7, table, zone)


def decimal_commas() -> Iterator[Case]:
    """Kind 7: milliseconds behind a comma, and delimiters that go with decimal commas."""
    jitter = random.Random(7)
    times = [instant + timedelta(milliseconds=jitter.randrange(0, 90)) for instant in instants(240, 2)]
    for sep, title in ((";", "Zeitpunkt"), ("\t", "Zeit"), ("|", "Datum/Uhrzeit")):
        table = Wide(times=times, stamp=printed("%d.%m.%Y %H:%M:%S,%f3", BERLIN), time_name=title, sep=sep, style=SEMI)
        yield case(f"07_comma_ms_{ord(sep)}", 7, table, BERLIN)
    yield case(
        "07_quoted_commas", 7, Wide(times=times, stamp=printed("%d.%m.%Y %H:%M:%S,%f3", BERLIN), sep=",", style=SEMI), BERLIN
    )
    yield case(
        "07_all_quoted",
        7,
        Wide(times=times, stamp=printed("%d/%m/%Y %H:%M:%S,%f3", PARIS), sep=";", style=SEMI, quote_all=True),
        PARIS,
    )
    two = (printed("%d.%m.%Y", BERLIN), printed("%H:%M:%S,%f3", BERLIN))
    yield case("07_two_columns", 7, Wide(times=times, stamp=two, time_name=("Datum", "Uhrzeit"), sep=";", style=SEMI), BERLIN)
    three = (printed("%d.%m.%Y", BERLIN), printed("%H:%M:%S", BERLIN), printed("%f3", BERLIN))
    yield case(
        "07_three_columns", 7, Wide(times=times, stamp=three, time_name=("Datum", "Zeit", "ms"), sep=";", style=SEMI), BERLIN
    )
    clock_first = (printed("%H:%M:%S", BERLIN), printed("%d.%m.%Y", BERLIN))
    yield case("07_clock_first", 7, Wide(stamp=clock_first, time_name=("Uhrzeit", "Datum"), sep=";", style=SEMI), BERLIN)
    us = (printed("%m/%d/%Y", "America/Chicago"), printed("%I:%M:%S %p", "America/Chicago"))
    yield case("07_two_columns_pm", 7, Wide(stamp=us, time_name=("Date", "Time")), "America/Chicago")
    blanks = (printed("%Y-%m-%d"), printed("%H:%M:%S"))
    yield case("07_blanks", 7, Wide(stamp=blanks, time_name=("Date", "Time_UTC"), sep=" ", head="{name}[{unit}]"))
    fixed = Wide(stamp=blanks, time_name=("Date", "Time_UTC"), sep=" ", head="{name}[{unit}]", pad=20)
    yield case("07_fixed_width", 7, fixed)
