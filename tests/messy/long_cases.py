"""Kind 12: long tables of tags and values, as historians of many makes and languages export them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.messy.plant import ISO_Z, START, Case, Signal, Stamp, Style, instants, printed, signal, truth_of
from tests.messy.quality_cases import CODES, verdicts

BERLIN, OSLO = "Europe/Berlin", "Europe/Oslo"
SEMI = Style(dec=",")
US = printed("%m/%d/%Y %I:%M:%S %p", "America/Chicago")


def _oslo() -> Stamp:
    return printed("%Y-%m-%d %H:%M:%S.%f3", OSLO)


@dataclass(kw_only=True)
class Long:
    """A long table: a row a tag and instant, tags of different rates."""

    columns: Sequence[tuple[str, str]] = (("TagName", "tag"), ("DateTime", "time"), ("Value", "value"), ("Quality", "quality"))
    codes: str = "da"
    stamp: Stamp = field(default_factory=_oslo)
    sep: str = ","
    style: Style = field(default_factory=Style)
    tags: Sequence[str] = ("P41_Flow", "P41_DisP", "P41_BrgT")
    units: Sequence[tuple[str, str]] = (("m3/h", "m3/h"), ("bar", "bar"), ("°C", "degC"))
    by_tag: bool = False
    quote_all: bool = False
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    enc: str = "utf-8"
    fixed: dict[str, str] = field(default_factory=dict)


def long_case(name: str, long: Long, zone: str | None, **truth: object) -> Case:
    """A case of kind 12."""
    n = 300
    times = instants(n, 10)
    has_unit = any(role == "unit" for _, role in long.columns)
    has_quality = any(role == "quality" for _, role in long.columns)
    every = (1, 2, 5)
    signals = []
    cells: list[Callable[[int], str]] = []
    for shift, (tag, (shown, unit), (centre, spread, places)) in enumerate(
        zip(long.tags, long.units, ((292.0, 2.0, 2), (5.4, 0.04, 3), (51.0, 0.2, 2)), strict=True)
    ):
        one = signal(tag, shown, unit if has_unit else None, centre, spread, places, n)
        cells.append(verdicts(one, CODES[long.codes], shift) if has_quality else str)
        one.plain = [digits if row % every[shift] == 0 else None for row, digits in enumerate(one.plain)]
        one.quality_bad = frozenset(row for row in one.quality_bad if row % every[shift] == 0)
        signals.append(one)
    order = [(row, shift) for row in range(n) for shift in range(3) if row % every[shift] == 0]
    if long.by_tag:
        order.sort(key=lambda place: (place[1], place[0]))
    lines = [long.sep.join(f'"{title}"' if long.quote_all else title for title, _ in long.columns)]
    for row, shift in order:
        lines.append(
            long.sep.join(
                _long_cell(long, role, title, row, signals[shift], cells[shift], times[row]) for title, role in long.columns
            )
        )
    data = ("\n".join([*long.before, *lines, *long.after]) + "\n").encode(long.enc)
    found = truth_of(times, signals, n_backward_steps=0, **truth)
    return Case(name=name, kind=12, files={"log.csv": data}, truth=found, zone=zone)


def _long_cell(long: Long, role: str, title: str, row: int, one: Signal, quality: Callable[[int], str], instant: datetime) -> str:
    texts = {
        "tag": one.name,
        "time": long.stamp(instant),
        "value": long.style.number(one.plain[row] or "0"),
        "unit": one.shown,
        "quality": quality(row),
        "fixed": long.fixed.get(title, ""),
        "number": str(row),
        "date": instant.strftime("%d.%m.%Y"),
        "clock": instant.strftime("%H:%M:%S"),
        "serial": f"{((instant - START).total_seconds() / 86400 + 46106.333333333) * 1e6:.5f}".replace(".", long.style.dec),
    }
    text = texts[role]
    return f'"{text}"' if (long.quote_all and role in ("tag", "time", "unit")) or long.sep in text else text


def long_tables() -> Iterator[Case]:
    """Kind 12 in the shapes of historians."""
    yield long_case("12_wonderware", Long(), OSLO)
    yield long_case("12_by_tag", Long(by_tag=True), OSLO)
    german = printed("%d.%m.%Y %H:%M:%S", BERLIN)
    wincc = (("VarName", "tag"), ("TimeString", "time"), ("VarValue", "value"), ("Validity", "quality"), ("Time_ms", "serial"))
    stop = ['"$RT_OFF$";"25.03.2026 09:50:00";0;2;46106370833,33333']
    yield long_case("12_wincc", Long(columns=wincc, stamp=german, sep=";", style=SEMI, codes="flag_one", quote_all=True), BERLIN)
    yield long_case(
        "12_wincc_stop",
        Long(columns=wincc, stamp=german, sep=";", style=SEMI, codes="flag_one", quote_all=True, after=stop),
        BERLIN,
    )
    yield long_case(
        "12_german",
        Long(
            columns=(
                ("Messstelle", "tag"),
                ("Zeitstempel", "time"),
                ("Messwert", "value"),
                ("Einheit", "unit"),
                ("Qualität", "quality"),
            ),
            stamp=german,
            sep=";",
            style=SEMI,
            codes="german",
        ),
        BERLIN,
    )
    yield from _romance_long()
    yield from _other_tongues_long()
    yield from _vendors_long()


def _romance_long() -> Iterator[Case]:
    yield long_case(
        "12_french",
        Long(
            columns=(("Repère", "tag"), ("Horodate", "time"), ("Valeur", "value"), ("Unité", "unit"), ("Qualité", "quality")),
            stamp=printed("%d/%m/%Y %H:%M:%S", "Europe/Paris"),
            sep=";",
            style=SEMI,
            codes="french",
            enc="cp1252",
        ),
        "Europe/Paris",
    )
    yield long_case(
        "12_spanish",
        Long(
            columns=(("Señal", "tag"), ("Fecha", "time"), ("Valor", "value"), ("Unidad", "unit"), ("Calidad", "quality")),
            stamp=printed("%d/%m/%Y %H:%M:%S", "Europe/Madrid"),
            sep=";",
            style=SEMI,
            codes="spanish",
        ),
        "Europe/Madrid",
    )
    yield long_case(
        "12_italian",
        Long(
            columns=(("Variabile", "tag"), ("Data ora", "time"), ("Valore", "value"), ("Unità", "unit"), ("Qualità", "quality")),
            stamp=printed("%d/%m/%Y %H:%M:%S", "Europe/Rome"),
            sep=";",
            style=SEMI,
            codes="italian",
        ),
        "Europe/Rome",
    )
    yield long_case(
        "12_portuguese",
        Long(
            columns=(
                ("Variável", "tag"),
                ("Data/hora", "time"),
                ("Valor", "value"),
                ("Unidade", "unit"),
                ("Qualidade", "quality"),
            ),
            stamp=printed("%d/%m/%Y %H:%M:%S", "America/Sao_Paulo"),
            sep=";",
            style=SEMI,
            codes="portuguese",
        ),
        "America/Sao_Paulo",
    )


def _other_tongues_long() -> Iterator[Case]:
    yield long_case(
        "12_dutch",
        Long(
            columns=(
                ("Meetpunt", "tag"),
                ("Tijdstip", "time"),
                ("Waarde", "value"),
                ("Eenheid", "unit"),
                ("Kwaliteit", "quality"),
            ),
            stamp=printed("%d-%m-%Y %H:%M:%S", "Europe/Amsterdam"),
            sep=";",
            style=SEMI,
            codes="dutch",
        ),
        "Europe/Amsterdam",
    )
    yield long_case(
        "12_norwegian",
        Long(
            columns=(("Målepunkt", "tag"), ("Tidspunkt", "time"), ("Verdi", "value"), ("Enhet", "unit"), ("Kvalitet", "quality")),
            stamp=printed("%d.%m.%Y %H:%M:%S", OSLO),
            sep=";",
            style=SEMI,
            codes="norwegian",
        ),
        OSLO,
    )
    yield long_case(
        "12_polish",
        Long(
            columns=(("Nazwa", "tag"), ("Czas", "time"), ("Wartość", "value"), ("Jednostka", "unit"), ("Jakość", "quality")),
            stamp=printed("%Y-%m-%d %H:%M:%S", "Europe/Warsaw"),
            sep=";",
            style=SEMI,
            codes="polish",
        ),
        "Europe/Warsaw",
    )
    yield long_case(
        "12_russian",
        Long(
            columns=(("Тег", "tag"), ("Время", "time"), ("Значение", "value"), ("Ед. изм.", "unit"), ("Качество", "quality")),
            stamp=printed("%d.%m.%Y %H:%M:%S", "Europe/Moscow"),
            sep=";",
            style=SEMI,
            codes="russian",
        ),
        "Europe/Moscow",
    )
    yield long_case(
        "12_chinese",
        Long(
            columns=(("位号", "tag"), ("时间", "time"), ("值", "value"), ("单位", "unit"), ("质量", "quality")),
            stamp=printed("%Y-%m-%d %H:%M:%S", "Asia/Shanghai"),
            codes="chinese",
        ),
        "Asia/Shanghai",
    )


def _vendors_long() -> Iterator[Case]:
    yield long_case(
        "12_proficy",
        Long(
            columns=(("Tagname", "tag"), ("TimeStamp", "time"), ("Value", "value"), ("DataQuality", "quality")),
            stamp=US,
            codes="da_long",
            sep="\t",
        ),
        "America/Chicago",
    )
    yield long_case(
        "12_phd",
        Long(
            columns=(("TAGNAME", "tag"), ("TIMESTAMP", "time"), ("VALUE", "value"), ("CONFIDENCE", "quality")),
            stamp=US,
            codes="percent",
        ),
        "America/Chicago",
    )
    yield long_case(
        "12_ip21",
        Long(
            columns=(("NAME", "tag"), ("TS", "time"), ("VALUE", "value"), ("STATUS", "quality")),
            codes="da_long",
            stamp=printed("%d-%b-%y %H:%M:%S.0", OSLO),
        ),
        OSLO,
    )
    yield long_case(
        "12_kepware",
        Long(columns=(("NUMERICID", "tag"), ("VALUE", "value"), ("TIMESTAMP", "time"), ("QUALITY", "quality")), stamp=ISO_Z),
        None,
    )
    yield long_case(
        "12_ignition",
        Long(
            columns=(("tagpath", "tag"), ("floatvalue", "value"), ("dataintegrity", "quality"), ("t_stamp", "time")),
            tags=("[default]P41/Flow", "[default]P41/DisP", "[default]P41/BrgT"),
            stamp=_epoch_ms,
        ),
        None,
    )
    yield from _vendors_of_other_columns()
    yield from _databases_of_series()


def _vendors_of_other_columns() -> Iterator[Case]:
    yield long_case(
        "12_pi_questionable",
        Long(
            columns=(
                ("Name", "tag"),
                ("Timestamp", "time"),
                ("Value", "value"),
                ("UnitsAbbreviation", "unit"),
                ("Good", "quality"),
                ("Annotated", "fixed"),
            ),
            codes="true_false",
            stamp=ISO_Z,
            fixed={"Annotated": "False"},
        ),
        None,
    )
    rockwell = (
        ("Date", "date"),
        ("Time", "clock"),
        ("Millitm", "fixed"),
        ("TagIndex", "tag"),
        ("Value", "value"),
        ("Status", "fixed"),
        ("Marker", "fixed"),
    )
    yield long_case(
        "12_rockwell",
        Long(columns=rockwell, sep=";", tags=("Flow", "DisP", "BrgT"), fixed={"Millitm": "000", "Marker": " ", "Status": ""}),
        "UTC",
    )
    deltav = (("Module/Parameter", "tag"), ("Date/Time", "time"), ("Value", "value"), ("Status", "quality"), ("Units", "unit"))
    yield long_case(
        "12_deltav",
        Long(columns=deltav, stamp=US, codes="da_long", tags=("FIC-41/PV", "PIC-41/PV", "TI-41/PV")),
        "America/Chicago",
    )
    points = (("Point Address", "tag"), ("When", "time"), ("Raw Count", "number"), ("Present Value", "value"))
    yield long_case("12_points", Long(columns=points, sep=";", tags=("Range 1", "Short 2", "Sensor 3")), OSLO)
    citect = (("Variable Tag", "tag"), ("Date", "date"), ("Time", "clock"), ("Value", "value"), ("Quality", "quality"))
    yield long_case("12_citect", Long(columns=citect, sep="\t", codes="da_long"), "UTC")


def _databases_of_series() -> Iterator[Case]:
    influx = (("name", "fixed"), ("time", "time"), ("tag", "tag"), ("value", "value"))
    yield long_case("12_influx", Long(columns=influx, stamp=_epoch_ns, fixed={"name": "pump"}), None)
    note = [
        "#datatype,string,long,dateTime:RFC3339,double,string,string",
        "#group,false,false,false,false,true,true",
        "#default,_result,,,,,",
    ]
    flux = (
        ("", "fixed"),
        ("result", "fixed"),
        ("table", "number"),
        ("_time", "time"),
        ("_value", "value"),
        ("_field", "tag"),
        ("_measurement", "fixed"),
    )
    yield long_case("12_flux", Long(columns=flux, stamp=ISO_Z, before=note, by_tag=True, fixed={"_measurement": "pump"}), None)
    entities = (("Entity ID", "tag"), ("State", "value"), ("Last Changed", "time"), ("Context", "number"))
    names = ("sensor.p41_flow", "sensor.p41_over_pressure", "sensor.wire_temp")
    yield long_case("12_entities", Long(columns=entities, stamp=ISO_Z, by_tag=True, tags=names), None)


def _epoch_ms(instant: datetime) -> str:
    return str(round(instant.timestamp() * 1000))


def _epoch_ns(instant: datetime) -> str:
    return str(round(instant.timestamp()) * 10**9)
