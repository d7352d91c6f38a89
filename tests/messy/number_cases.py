"""Kinds 23 to 25: rails and numbers for nothing, thousands, units in cells, states in words, running numbers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.messy.plant import Case, Signal, Style, bad_cells, printed, pump, signal, state, truth_of
from tests.messy.writing import Wide, case

OSLO, BERLIN, PARIS, MADRID = "Europe/Oslo", "Europe/Berlin", "Europe/Paris", "Europe/Madrid"
SEMI = Style(dec=",")
DE = printed("%d.%m.%Y %H:%M:%S", BERLIN)


def rails() -> Iterator[Case]:
    """Kind 23: stuck, pinned, and numbers that stand for nothing."""
    n = 1000
    for name, values in (
        ("int16", ("32767", "-32768")),
        ("nines", ("-9999", "-999")),
        ("tenths", ("3276.7", "-3276.8")),
        ("uint16", ("65535", "6553.5")),
        ("german", ("-9999", "-999,9")),
        ("hundredths", ("-99.99", "655.35")),
    ):
        signals = [
            signal("Flow", "L/min", "L/min", 28.0, 0.6, 0, n),
            signal("Suction", "bar", "bar", 1.15, 0.01, 3, n),
            signal("Level", "%", "%", 62.0, 2.0, 1, n),
            signal("Vibration", "mm/s", "mm/s", 1.5, 0.1, 2, n),
            signal("Bearing", "°C", "degC", 50.8, 0.1, 1, n),
        ]
        for row in range(400, 800):
            signals[1].plain[row] = signals[1].plain[400]
        for row in range(100, 160):
            signals[2].plain[row] = "-25.0"
        signals[3].bad = bad_cells(dict.fromkeys(range(50, 900, 211), values[0]), {values[0]: "sentinel"})
        signals[4].bad = bad_cells(dict.fromkeys(range(10, 900, 41), values[1]), {values[1]: "sentinel"})
        style = SEMI if name == "german" else Style()
        flags = [(["Suction"], ("FLAT_LINE",)), (["Level"], ("SATURATED", "FLAT_LINE"))]
        table = Wide(signals=signals, sep=";" if name == "german" else ",", style=style)
        yield case(f"23_{name}", 23, table, flags=flags)


def thousands() -> Iterator[Case]:
    """Kind 24: thousands separators, units in the cells, words for on and off."""
    yield from _separators()
    yield from _on_and_off()
    yield from _units_in_cells()
    yield from _odd_numbers()
    yield from _units_mixed()


def _separators() -> Iterator[Case]:
    marks = {
        "dot": (".", ",", ";"),
        "blank": (" ", ",", ";"),
        "nbsp": ("\u00a0", ",", ";"),
        "thin": ("\u2009", ",", "\t"),
        "narrow": ("\u202f", ",", ";"),
        "apostrophe": ("'", ".", ";"),
        "swiss": ("’", ".", ";"),
        "comma": (",", ".", ";"),
        "comma_quoted": (",", ".", ","),
        "comma_tabs": (",", ".", "\t"),
    }
    for name, (thou, dec, sep) in marks.items():
        n = 200
        signals = [
            signal("Durchfluss", "l/min", "L/min", 4792.0, 30.0, 1, n),
            signal("Druck", "", "bar", 5.5, 0.1, 1, n, suffix=" bar"),
            signal("Drehzahl", "U/min", "rpm", 1310.0, 3.0, 0, n),
        ]
        table = Wide(signals=signals, stamp=printed("%Y-%m-%d %H:%M", BERLIN), sep=sep, style=Style(dec=dec, thou=thou))
        yield case(f"24_thousands_{name}", 24, table, BERLIN)


def _on_and_off() -> Iterator[Case]:
    words = {
        "english": ("OFF", "ON"),
        "german": ("AUS", "EIN"),
        "norwegian": ("AV", "PÅ"),
        "french": ("ARRÊT", "MARCHE"),
        "spanish": ("APAGADO", "ENCENDIDO"),
        "italian": ("SPENTO", "ACCESO"),
        "portuguese": ("DESLIGADO", "LIGADO"),
        "dutch": ("UIT", "AAN"),
        "swedish": ("FRÅN", "TILL"),
        "polish": ("WYŁ", "ZAŁ"),
        "russian": ("ВЫКЛ", "ВКЛ"),
        "chinese": ("停止", "运行"),
        "running": ("Stopped", "Running"),
        "german_run": ("Halt", "Betrieb"),
        "yes": ("No", "Yes"),
        "ja": ("Nein", "Ja"),
        "oui": ("Non", "Oui"),
        "true": ("FALSE", "TRUE"),
        "wahr": ("FALSCH", "WAHR"),
        "vrai": ("FAUX", "VRAI"),
        "open": ("Closed", "Open"),
        "si": ("No", "Sí"),
        "sim": ("Não", "Sim"),
        "da": ("Нет", "Да"),
        "tak": ("Nie", "Tak"),
        "vero": ("FALSO", "VERO"),
        "verdadero": ("FALSO", "VERDADERO"),
        "drift": ("Stopp", "Drift"),
        "enabled": ("Disabled", "Enabled"),
        "standby": ("Steht", "Läuft"),
        "dutch_run": ("Gestopt", "In bedrijf"),
        "french_run": ("À l'arrêt", "En marche"),
        "spanish_run": ("Parado", "En marcha"),
        "italian_run": ("Fermo", "In marcia"),
        "german_on": ("ausgeschaltet", "eingeschaltet"),
        "russian_run": ("Остановлен", "В работе"),
        "polish_run": ("Postój", "Praca"),
        "activated": ("Inactive", "Active"),
        "started": ("Stopped", "Started"),
    }
    for name, pair in words.items():
        signals = [
            signal("Flow", "m3/h", "m3/h", 280.0, 2.0, 1, 200),
            state("Pumpe 1", pair, 200),
            state("Alarm 2", pair, 200, on=_rare),
        ]
        yield case(f"24_words_{name}", 24, Wide(signals=signals, sep=";"))


def _units_in_cells() -> Iterator[Case]:
    suffixes = {
        "tight": "bar",
        "nbsp": "\u00a0bar",
        "square": " [bar]",
        "two": " kgf/cm²",
        "degrees": " °C",
        "percent": " %",
        "tight_percent": "%",
        "flow": " m³/h",
    }
    units = {"two": "kgf/cm2", "degrees": "degC", "percent": "%", "tight_percent": "%", "flow": "m3/h"}
    for name, suffix in suffixes.items():
        for dec in ".,":
            one = signal("X", "", units.get(name, "bar"), 55.0, 1.0, 1, 100, suffix=suffix)
            yield case(f"24_suffix_{name}_{ord(dec)}", 24, Wide(signals=[one, *pump(100)], sep=";", style=Style(dec=dec)))


def _odd_numbers() -> Iterator[Case]:
    odd = {
        "minus": ("−5.25", "-5.25"),
        "plus": ("+5.25", "5.25"),
        "exponent": ("5.25E+00", "5.25"),
        "exponent_small": ("5.25e-01", "0.525"),
        "bracket": ("(5.25)", "-5.25"),
        "trailing_minus": ("5.25-", "-5.25"),
        "no_zero": (".525", "0.525"),
        "bare_dot": ("525.", "525"),
        "spaces": ("  5.25 ", "5.25"),
        "quotes": ("'5.25", "5.25"),
        "d_exponent": ("5.25D+00", "5.25"),
    }
    for name, (shown, digits) in odd.items():
        one = Signal(
            name="X", unit="bar", shown="bar", plain=[digits if row % 9 == 4 else f"{5 + row % 7 / 10:.2f}" for row in range(100)]
        )
        table = Wide(signals=[one, *pump(100)], sep=";")
        lines = table.lines()
        for row in range(4, 100, 9):
            cells = lines[row + 1].split(";")
            lines[row + 1] = ";".join([cells[0], shown, *cells[2:]])
        made = truth_of(table.times, table.signals)
        yield Case(name=f"24_odd_{name}", kind=24, files={"log.csv": "\n".join(lines).encode()}, truth=made)


def _units_mixed() -> Iterator[Case]:
    mixed = signal("P", "", "bar", 5.5, 0.1, 3, 200)
    table = Wide(signals=[mixed, *pump(200)], sep=";")
    lines = [table.line(table.header())]
    for row in range(200):
        cells = table.row(row)
        bar = float(cells[1])
        cells[1] = f"{bar:.3f} bar" if row < 120 else f"{bar * 100:.1f} kPa"
        lines.append(";".join(cells))
    yield Case(
        name="24_units_mixed",
        kind=24,
        files={"log.csv": "\n".join(lines).encode()},
        truth=truth_of(table.times, table.signals, questions=["UNIT_MIXED"]),
    )


def _rare(row: int) -> bool:
    return row % 60 in (10, 11)


def indexes() -> Iterator[Case]:
    """Kind 25: running numbers, blanks in names, doubled names, -999 among good values."""
    for title, sep in (
        ("", ","),
        ("Index", ","),
        ("#", ";"),
        ("No.", ";"),
        ("Nr", ";"),
        ("Lfd. Nr.", ";"),
        ("N°", ";"),
        ("Unnamed: 0", ","),
        ("№", ";"),
        ("序号", ","),
        ("Record", "\t"),
        ("Sample", ","),
        ("row", ","),
        ("Zeile", ";"),
        ("Ligne", ";"),
        ("id", ","),
        ("Lp.", ";"),
        ("Nº", ";"),
        ("N.", ";"),
        ("N.º", ";"),
        ("Número", ";"),
        ("Řádek", ";"),
        ("Satır No", ";"),
    ):
        yield case(f"25_index_{title or 'none'}", 25, Wide(index=title, sep=sep))
    signals = pump(300, ("Pressure", "Pressure", "Oil_temperature"))
    signals[1].also = ("Pressure (2)", "Pressure.1")
    signals[2].bad = bad_cells(dict.fromkeys(range(4, 300, 31), "-999"), {"-999": "sentinel"})
    for one in signals:
        one.unit = None
    table = Wide(signals=signals, index="", head="{name}", stamp=printed("%Y-%m-%d %H:%M:%S"), extra=[("label", _unlabelled)])
    lines = table.lines()
    lines[0] = ",timestamp, Pressure ,Pressure,  Oil_temperature,label"
    made = truth_of(table.times, signals, notes=["DUPLICATE_CHANNEL", "ZONE_UNKNOWN"])
    yield Case(name="25_metro", kind=25, files={"log.csv": "\n".join(lines).encode()}, truth=made)
    three = pump(120, ("P", "P", "P"))
    for number, one in enumerate(three):
        one.also = (f"P ({number + 1})",)
    yield case("25_three", 25, Wide(signals=three), notes=["DUPLICATE_CHANNEL"])


def _unlabelled(row: int) -> str:
    return "-999"
