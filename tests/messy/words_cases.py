"""Kinds 1 to 6: state words among numbers, errors of spreadsheets, vendors' keywords, gated zeros, quality columns."""

from __future__ import annotations

from collections.abc import Iterator

from tests.messy.plant import Case, Signal, Style, bad_cells, printed, pump, signal
from tests.messy.writing import Wide, case

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")

STATE_WORDS = {
    "english": [
        "Bad Input",
        "I/O Timeout",
        "No Data",
        "Pt Created",
        "Scan Off",
        "Configure",
        "Over Range",
        "Under Range",
        "Equip Fail",
        "Comm Fail",
        "Intf Shut",
        "Arc Off-line",
        "Not Connect",
        "Out of Serv",
        "No Sample",
        "Unit Down",
        "Manual",
        "Set to Bad",
    ],
    "german": [
        "Ausfall",
        "Störung",
        "Ungültig",
        "Keine Daten",
        "Drahtbruch",
        "Kurzschluss",
        "Messbereich überschritten",
        "Wartung",
        "Gesperrt",
        "Nicht verbunden",
        "Kein Wert",
        "Überlauf",
        "Außer Betrieb",
    ],
    "french": [
        "Défaut",
        "Hors service",
        "Invalide",
        "Pas de données",
        "Rupture fil",
        "Hors échelle",
        "Mauvais",
        "Aucune donnée",
        "Non connecté",
        "Panne",
        "Dépassement",
    ],
    "spanish": [
        "Fallo",
        "Sin datos",
        "Fuera de rango",
        "Malo",
        "Error de comunicación",
        "Desconectado",
        "Avería",
        "No válido",
        "Fuera de servicio",
    ],
    "portuguese": ["Falha", "Sem dados", "Inválido", "Fora de serviço", "Ruim", "Erro de comunicação", "Fora da faixa"],
    "italian": ["Guasto", "Fuori scala", "Non valido", "Nessun dato", "Errore", "Fuori servizio", "Scollegato"],
    "dutch": ["Storing", "Geen data", "Buiten bereik", "Ongeldig", "Slecht", "Niet verbonden", "Uitgeschakeld"],
    "norwegian": ["Feil", "Ingen data", "Utenfor område", "Ugyldig", "Brudd", "Ikke tilkoblet", "Dårlig"],
    "swedish": ["Fel", "Saknas", "Ogiltig", "Avbrott", "Inga data", "Larm"],
    "danish": ["Fejl", "Ingen forbindelse", "Ugyldig", "Mangler"],
    "polish": ["Błąd", "Brak danych", "Awaria", "Poza zakresem", "Nieprawidłowy"],
    "russian": ["Нет данных", "Ошибка", "Обрыв", "Отказ", "Недостоверно", "Нет связи"],
    "chinese": ["无数据", "故障", "超量程", "通讯中断", "坏值"],
    "czech": ["Chyba", "Porucha", "Neplatné"],
    "unseen": ["Zxqv Blorp", "Fnord", "Sonda Kaputt 7x"],
}


def spread_words(signals: list[Signal], words: list[str], every: int = 11) -> None:
    """Each word a few times, in different signals."""
    n = len(signals[0].plain)
    for number, word in enumerate(words):
        one = signals[number % len(signals)]
        rows = range(5 + 3 * number, n, every * len(words) // 2)
        one.bad.update(bad_cells({row: word for row in rows if row not in one.bad}))


def states() -> Iterator[Case]:
    """Kind 1."""
    shapes = {
        "english": (Wide(stamp=printed("%d-%b-%Y %H:%M:%S", OSLO), time_name="Timestamp"), OSLO),
        "german": (
            Wide(stamp=printed("%d.%m.%Y %H:%M:%S", BERLIN), time_name="Zeitstempel", sep=";", style=SEMI, enc="cp1252"),
            BERLIN,
        ),
        "french": (
            Wide(stamp=printed("%d/%m/%Y %H:%M:%S", PARIS), time_name="Horodatage", sep=";", style=SEMI, enc="utf-8-sig"),
            PARIS,
        ),
        "spanish": (Wide(stamp=printed("%d/%m/%Y %H:%M:%S", MADRID), time_name="Fecha y hora", sep="\t", style=SEMI), MADRID),
        "portuguese": (
            Wide(stamp=printed("%d/%m/%Y %H:%M", "America/Sao_Paulo"), time_name="Data/Hora", sep=";", style=SEMI),
            "America/Sao_Paulo",
        ),
        "italian": (
            Wide(stamp=printed("%d/%m/%Y %H.%M.%S", "Europe/Rome"), time_name="Data e ora", sep=";", style=SEMI),
            "Europe/Rome",
        ),
        "dutch": (
            Wide(stamp=printed("%d-%m-%Y %H:%M:%S", "Europe/Amsterdam"), time_name="Datum/tijd", sep=";", style=SEMI),
            "Europe/Amsterdam",
        ),
        "norwegian": (Wide(stamp=printed("%d.%m.%Y %H:%M:%S", OSLO), time_name="Tidspunkt", sep=";", style=SEMI), OSLO),
        "swedish": (
            Wide(stamp=printed("%Y-%m-%d %H:%M:%S", "Europe/Stockholm"), time_name="Tidpunkt", sep="\t", style=SEMI),
            "Europe/Stockholm",
        ),
        "danish": (
            Wide(stamp=printed("%d-%m-%Y %H:%M:%S", "Europe/Copenhagen"), time_name="Tidspunkt", sep=";", style=SEMI),
            "Europe/Copenhagen",
        ),
        "polish": (
            Wide(stamp=printed("%Y-%m-%d %H:%M:%S", "Europe/Warsaw"), time_name="Data i godzina", sep=";", style=SEMI),
            "Europe/Warsaw",
        ),
        "russian": (
            Wide(stamp=printed("%d.%m.%Y %H:%M:%S", "Europe/Moscow"), time_name="Дата и время", sep=";", style=SEMI),
            "Europe/Moscow",
        ),
        "chinese": (Wide(stamp=printed("%Y/%m/%d %H:%M:%S", "Asia/Shanghai"), time_name="时间"), "Asia/Shanghai"),
        "czech": (
            Wide(stamp=printed("%d.%m.%Y %H:%M:%S", "Europe/Prague"), time_name="Datum a čas", sep=";", style=SEMI),
            "Europe/Prague",
        ),
        "unseen": (Wide(), None),
    }
    for language, (table, zone) in shapes.items():
        spread_words(table.signals, STATE_WORDS[language])
        yield case(f"01_states_{language}", 1, table, zone)
    yield from _mostly_words()


def _mostly_words() -> Iterator[Case]:
    """Channels that are bad most of the time, or always: they stay channels."""
    for language in ("english", "german", "french", "russian"):
        words = STATE_WORDS[language]
        signals = pump(240)
        signals[0].bad = bad_cells({row: words[row // 40 % 4] for row in range(240) if row % 9})
        signals[1].bad = bad_cells(dict.fromkeys(range(240), words[0]))
        yield case(f"01_mostly_{language}", 1, Wide(signals=signals))


def spreadsheet_errors() -> Iterator[Case]:
    """Kind 2."""
    words = {
        "english": [
            "#N/A",
            "#VALUE!",
            "#REF!",
            "#DIV/0!",
            "#NAME?",
            "#NUM!",
            "Calc Failed",
            "[-11059] No Good Data For Calculation",
            "[-11101] All data events are filtered in summary calculation",
            "Tag not found",
            "#NULL!",
        ],
        "german": ["#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#DIV/0!", "#NAME?"],
        "french": ["#N/A", "#VALEUR!", "#NOM?", "#NOMBRE!", "#DIV/0!"],
        "spanish": ["#N/D", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡REF!"],
        "dutch": ["#N/B", "#WAARDE!", "#DEEL/0!", "#NAAM?", "#GETAL!"],
        "norwegian": ["#I/T", "#VERDI!", "#DIV/0!", "#NAVN?", "#REF!"],
        "italian": ["#N/D", "#VALORE!", "#DIV/0!", "#NOME?", "#RIF!"],
        "polish": ["#N/D", "#ARG!", "#LICZBA!", "#ADR!"],
        "russian": ["#Н/Д", "#ЗНАЧ!", "#ДЕЛ/0!", "#ССЫЛКА!"],
    }
    for language, errors in words.items():
        is_english = language == "english"
        table = Wide(
            head="{name} ({unit})" if is_english else "{name} [{unit}]",
            sep="," if is_english else ";",
            style=Style() if is_english else SEMI,
            stamp=printed("%Y-%m-%d %H:%M:%S"),
            time_name="Time (UTC)",
        )
        spread_words(table.signals, errors)
        yield case(f"02_errors_{language}", 2, table)


def keywords() -> Iterator[Case]:
    """Kind 3."""
    vendors = {
        "stpro": ["MISSING", "BAD", "NODATA", "No Data"],
        "panel": ["---.-", "OVLD", "UNDR", "O.L", "OPEN", "Err", "HHHH", "LLLL"],
        "stars": ["*****", "######", "????", ">>>>", "<<<<"],
        "brackets": ["<Bad>", "(bad)", "[No Data]", "<Communication Error>", "{null value}"],
        "german": ["k.A.", "n.v.", "entfällt", "unbek."],
        "french": ["n.d.", "N/D", "s.o."],
        "english": [
            "n/a",
            "N/A",
            "n.a.",
            "not avail.",
            "unknown",
            "UNCERTAIN",
            "BadPV",
            "ERR",
            "E-04 fault",
            "Error 12",
            "Fault #3",
        ],
    }
    for vendor, words in vendors.items():
        table = Wide(stamp=printed("%m/%d/%Y %H:%M:%S", "America/Chicago"), time_name="Time", head="{name}")
        for one in table.signals:
            one.unit = None
        spread_words(table.signals, words)
        yield case(f"03_keywords_{vendor}", 3, table, "America/Chicago")
    signals = pump(240)
    infinite = ["INF", "-INF", "+Inf", "Infinity", "-Infinity", "POSINF", "NEGINF", "1.#INF", "-1.#INF", "∞", "1.#INF00", "inf."]
    for number, word in enumerate(infinite):
        signals[number % 3].bad.update({10 + 7 * number: (word, "inf")})
    empty = [
        "NaN",
        "nan",
        "NULL",
        "null",
        "None",
        "-",
        "--",
        "1.#QNAN",
        "-1.#IND",
        "(null)",
        "<null>",
        "NAN",
        "1.#QNAN0",
        "-1.#IND00",
    ]
    for number, word in enumerate(empty):
        signals[number % 3].bad.update({120 + 7 * number: (word, "empty")})
    yield case("03_infinite_and_empty", 3, Wide(signals=signals), notes=())


def gated_zeros() -> Iterator[Case]:
    """Kind 4: a running pump at zero pressure, flow and temperature; the numbers stay, a finding says so."""
    shapes = {
        "citect": (
            Wide(
                signals=_gated(("SUCT_P", "DISC_P", "BRG_T", "MOTOR_I")),
                stamp=(printed("%d/%m/%Y", OSLO), printed("%H:%M:%S", OSLO)),
                time_name=("Date", "Time"),
                head="{name} ({unit})",
            ),
            OSLO,
        ),
        "german": (
            Wide(
                signals=_gated(("Saugdruck", "Förderdruck", "Lagertemperatur", "Motorstrom")),
                sep=";",
                style=SEMI,
                stamp=(printed("%d.%m.%Y", BERLIN), printed("%H:%M:%S", BERLIN)),
                time_name=("Datum", "Uhrzeit"),
            ),
            BERLIN,
        ),
        "spanish": (
            Wide(
                signals=_gated(("Presión aspiración", "Presión descarga", "Temperatura cojinete", "Corriente motor")),
                sep=";",
                style=SEMI,
                stamp=(printed("%d/%m/%Y", MADRID), printed("%H:%M:%S", MADRID)),
                time_name=("Fecha", "Hora"),
            ),
            MADRID,
        ),
        "norwegian": (
            Wide(
                signals=_gated(("Sugetrykk", "Utløpstrykk", "Lagertemperatur", "Motorstrøm")),
                sep="\t",
                style=SEMI,
                stamp=(printed("%d.%m.%Y", OSLO), printed("%H:%M:%S", OSLO)),
                time_name=("Dato", "Klokkeslett"),
            ),
            OSLO,
        ),
        "one_stamp": (Wide(signals=_gated(("PT1", "PT2", "TT3", "IT4"))), None),
    }
    for name, (table, zone) in shapes.items():
        flagged = [one.name for one in table.signals[:3]]
        yield case(
            f"04_zeros_{name}", 4, table, zone, flags=[(flagged, ("ZERO_SUSPECTED", "FLAT_LINE"))], questions=["ZERO_SUSPECTED"]
        )


def _gated(names: tuple[str, str, str, str]) -> list[Signal]:
    n = 720
    made = [
        signal(names[0], "bar", "bar", 1.11, 0.01, 2, n),
        signal(names[1], "bar", "bar", 6.05, 0.04, 2, n),
        signal(names[2], "°C", "degC", 54.2, 0.1, 2, n),
        signal(names[3], "A", "A", 37.2, 0.3, 2, n),
    ]
    for row in [*range(200, 236), *range(500, 507)]:
        for one in made[:3]:
            one.plain[row] = "0.00"
    return made
