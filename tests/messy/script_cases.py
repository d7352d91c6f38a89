"""Kind 18: names and units of many scripts, in the encodings that their machines write."""

from __future__ import annotations

from collections.abc import Iterator

from tests.messy.plant import Case, Style, printed, signal
from tests.messy.writing import Wide, case

OSLO = "Europe/Oslo"
SEMI = Style(dec=",")


SETS = {
    "american": (
        (("Flow", "gpm", "gpm"), ("Discharge", "psi", "psi"), ("Bearing", "°F", "degF")),
        "Time",
        ("cp1252", "mac-roman"),
    ),
    "german": (
        (("Durchfluss Öl", "m³/h", "m3/h"), ("Förderdruck", "bar", "bar"), ("Lagertemperatur größte", "°C", "degC")),
        "Zeit",
        ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp850", "cp437", "mac-roman"),
    ),
    "french": (
        (
            ("Débit refoulé", "m³/h", "m3/h"),
            ("Pression d'aspiration à l'entrée", "bar", "bar"),
            ("Température", "°C", "degC"),
        ),
        "Horodatage",
        ("utf-8", "utf-16", "cp1252", "cp850", "mac-roman"),
    ),
    "norwegian": (
        (("Strømning", "m³/h", "m3/h"), ("Trykk utløp", "bar", "bar"), ("Lager høyre på", "°C", "degC")),
        "Tidspunkt",
        ("utf-8", "cp1252", "cp850", "utf-16-be"),
    ),
    "spanish": (
        (("Caudal impulsión", "m³/h", "m3/h"), ("Presión", "bar", "bar"), ("Señal cojinete", "°C", "degC")),
        "Fecha",
        ("utf-8", "cp1252", "cp850"),
    ),
    "portuguese": (
        (("Vazão", "m³/h", "m3/h"), ("Pressão sucção", "bar", "bar"), ("Rotação", "rpm", "rpm")),
        "Data/Hora",
        ("cp1252", "cp850", "utf-16"),
    ),
    "polish": (
        (("Przepływ", "m³/h", "m3/h"), ("Ciśnienie tłoczenia", "bar", "bar"), ("Łożysko", "°C", "degC")),
        "Czas",
        ("utf-8", "cp1250", "iso8859-2", "utf-16"),
    ),
    "czech": (
        (("Průtok", "m³/h", "m3/h"), ("Tlak na výtlaku", "bar", "bar"), ("Ložisko přední", "°C", "degC")),
        "Čas",
        ("utf-8", "cp1250", "utf-16"),
    ),
    "russian": (
        (("Расход", "м³/ч", "m3/h"), ("Давление нагнетания", "бар", "bar"), ("Температура подшипника", "°C", "degC")),
        "Время",
        ("utf-8", "utf-16", "utf-16-le"),
    ),
    "russian_old": (
        (("Расход", "м3/ч", "m3/h"), ("Давление нагнетания", "бар", "bar"), ("Ток двигателя", "А", "A")),
        "Время",
        ("cp1251", "cp866", "koi8-r"),
    ),
    "chinese": (
        (("流量", "m³/h", "m3/h"), ("出口压力", "bar", "bar"), ("轴承温度", "℃", "degC")),
        "时间",
        ("utf-8", "utf-16"),
    ),
    "chinese_old": (
        (("流量", "m3/h", "m3/h"), ("出口压力", "bar", "bar"), ("轴承温度", "℃", "degC")),
        "时间",
        ("gbk", "gb18030"),
    ),
}
"""Names with their units, the title of the time, and encodings."""


def encodings() -> Iterator[Case]:
    """Kind 18: names and units of many scripts in the encodings that their machines write."""
    for language, (names, title, encodings_) in SETS.items():
        for encoding in encodings_:
            signals = [signal(name, shown, unit, 50.0, 1.0, 2, 120) for name, shown, unit in names]
            try:
                table = Wide(
                    signals=signals,
                    time_name=title,
                    sep="\t" if "16" in encoding else ";",
                    style=SEMI,
                    enc=encoding,
                    nl="\r\n",
                    stamp=printed("%Y-%m-%d %H:%M:%S", OSLO),
                )
                made = case(f"18_{language}_{encoding}", 18, table, OSLO)
            except UnicodeEncodeError:
                for one in signals:
                    one.shown = one.shown.replace("³", "3")
                made = case(f"18_{language}_{encoding}", 18, table, OSLO)
            yield made
