"""Kinds 5, 6 and 12: quality columns beside values and in long tables, in the codes and words of many systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tests.messy.plant import Case, Signal, Style, printed, pump
from tests.messy.writing import Wide, case

BERLIN, OSLO = "Europe/Berlin", "Europe/Oslo"
SEMI = Style(dec=",")
CODES: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "da": (["192", "192", "192", "216", "192"], ["0", "24", "64", "68", "8", "28", "80", "20", "4"]),
    "da_float": (["192.0", "192.0", "216.0"], ["0.0", "24.0", "64.0"]),
    "da_hex": (["0xC0", "0xC0", "0xD8"], ["0x00", "0x18", "0x40", "0x44"]),
    "da_text": (["192 (Good)", "192 (Good)"], ["24 (Bad, Comm Failure)", "64 (Uncertain)", "0 (Bad)"]),
    "da_long": (
        ["GOOD", "Good", "Good, non-specific", "Good NonSpecific"],
        ["Bad, not connected", "BAD", "Uncertain, sub normal", "Bad NonSpecific"],
    ),
    "ua_hex": (["0x00000000", "0x00000000", "0x00960000"], ["0x80000000", "0x808A0000", "0x40900000", "0x80310000"]),
    "ua_decimal": (["0", "0", "0"], ["2147483648", "2156527616", "1083179008"]),
    "ua_words": (
        ["Good", "Good", "GoodLocalOverride"],
        ["BadNoCommunication", "UncertainLastUsableValue", "BadWaitingForInitialData", "Bad_SensorFailure"],
    ),
    "ua_both": (
        ["Good (0x00000000)", "Good (0x00000000)"],
        ["BadNoCommunication (0x80310000)", "UncertainInitialValue (0x40920000)"],
    ),
    "german": (["Gut", "gut", "GUT"], ["Schlecht", "Unsicher", "Ungültig", "Gestört"]),
    "french": (["Bon", "Bonne"], ["Mauvais", "Douteux", "Incertain", "Mauvaise"]),
    "spanish": (["Buena", "Bueno"], ["Mala", "Incierta", "Malo", "Dudoso"]),
    "italian": (["Buono", "Buona"], ["Cattivo", "Incerto", "Cattiva"]),
    "portuguese": (["Bom", "Boa"], ["Ruim", "Incerto", "Má", "Mau"]),
    "dutch": (["Goed", "Goed"], ["Slecht", "Onzeker", "Twijfelachtig"]),
    "norwegian": (["God", "God"], ["Dårlig", "Usikker", "Tvilsom"]),
    "swedish": (["Bra", "God"], ["Dålig", "Osäker"]),
    "polish": (["Dobra", "Dobry"], ["Zła", "Niepewna", "Zły"]),
    "russian": (["Хорошее", "Хорошо", "Норма"], ["Плохое", "Недостоверно", "Сомнительное"]),
    "chinese": (["良好", "好"], ["坏", "不确定", "差"]),
    "letters": (["G", "G"], ["B", "U", "Q"]),
    "valid": (["valid", "VALID"], ["invalid", "questionable"]),
    "ok_nok": (["OK", "OK"], ["NOK", "NOT OK", "ERROR", "Not good"]),
    "true_false": (["TRUE", "True"], ["FALSE", "False"]),
    "flag_one": (["1", "1"], ["0"]),
    "flag_zero": (["0", "0"], ["1", "2", "8"]),
    "percent": (["100", "100"], ["0"]),
    "braces": (["{ok}", "{ok}"], ["{down}", "{fault}", "{down,stale}"]),
    "strange": (["OK", "ok"], ["HLD", "Cable?", "ERR", "FROZEN"]),
}
NAMES: dict[str, tuple[str, str, str]] = {
    # value header, quality header, second name the channel may have
    "dot": ("{name}.Value", "{name}.Quality", "{name}.Value"),
    "tail": ("{name}", "{name}_Quality", ""),
    "short": ("{name}", "{name}_Q", ""),
    "square": ("{name} [{unit}]", "{name} Quality", ""),
    "status": ("{name}.PV", "{name}.Status", "{name}.PV"),
    "sts": ("{name}_VAL", "{name}_STS", "{name}_VAL"),
    "german": ("{name} [{unit}]", "{name} Qualität", ""),
    "german_state": ("{name} Wert", "{name} Status", "{name} Wert"),
    "french": ("{name} ({unit})", "{name} Qualité", ""),
    "spanish": ("{name} valor", "{name} calidad", "{name} valor"),
    "italian": ("{name} Valore", "{name} Qualità", "{name} Valore"),
    "portuguese": ("{name} Valor", "{name} Qualidade", "{name} Valor"),
    "dutch": ("{name} waarde", "{name} kwaliteit", "{name} waarde"),
    "polish": ("{name} Wartość", "{name} Jakość", "{name} Wartość"),
    "russian": ("{name} Значение", "{name} Качество", "{name} Значение"),
    "chinese": ("{name} 值", "{name} 质量", "{name} 值"),
    "bare": ("{name}", "Quality", ""),
    "bare_status": ("{name}", "Status", ""),
    "bare_german": ("{name} [{unit}]", "Qualität", ""),
    "in_front": ("{name}", "Quality {name}", ""),
    "in_front_q": ("{name}", "Q_{name}", ""),
    "round": ("{name} (Value)", "{name} (Quality)", "{name} (Value)"),
    "square_kind": ("{name} [Value]", "{name} [Quality]", "{name} [Value]"),
    "validity": ("{name}", "{name} Validity", ""),
    "confidence": ("{name}", "{name} Confidence", ""),
    "opc": ("{name}", "{name}.OPCQuality", ""),
    "code": ("{name}.value", "{name}.statuscode", "{name}.value"),
}
PAIRS = [
    ("da", "dot"),
    ("da", "tail"),
    ("da", "short"),
    ("da", "bare"),
    ("da", "square"),
    ("da", "in_front"),
    ("da", "in_front_q"),
    ("da", "round"),
    ("da", "square_kind"),
    ("da_float", "dot"),
    ("da_hex", "tail"),
    ("da_text", "tail"),
    ("da_long", "status"),
    ("da_long", "dot"),
    ("ua_hex", "code"),
    ("ua_decimal", "code"),
    ("ua_words", "dot"),
    ("ua_both", "status"),
    ("german", "german"),
    ("german", "german_state"),
    ("german", "bare_german"),
    ("french", "french"),
    ("spanish", "spanish"),
    ("italian", "italian"),
    ("portuguese", "portuguese"),
    ("dutch", "dutch"),
    ("norwegian", "tail"),
    ("swedish", "tail"),
    ("polish", "polish"),
    ("russian", "russian"),
    ("chinese", "chinese"),
    ("letters", "short"),
    ("valid", "validity"),
    ("ok_nok", "sts"),
    ("ok_nok", "bare_status"),
    ("true_false", "validity"),
    ("flag_one", "validity"),
    ("flag_zero", "status"),
    ("percent", "confidence"),
    ("da", "opc"),
    ("da_long", "bare"),
    ("strange", "sts"),
    ("strange", "german_state"),
]


def verdicts(one: Signal, codes: tuple[Sequence[str], Sequence[str]], shift: int = 0) -> Callable[[int], str]:
    """The quality cell of a row, which marks the signal's bad rows on the way."""
    good, bad = codes
    n = len(one.plain)
    rows = sorted({*range(20 + 7 * shift, n, 37), *range(100, 112 + shift)})
    one.quality_bad = frozenset(row for row in rows if row < n)
    order = {row: bad[place % len(bad)] for place, row in enumerate(rows)}

    def cell(row: int) -> str:
        return order.get(row) or good[row % len(good)]

    return cell


def beside() -> Iterator[Case]:
    """Kind 5: a quality column beside each value."""
    for codes, names in PAIRS:
        value, quality, also = NAMES[names]
        signals = pump(240)
        cells = {}
        for shift, one in enumerate(signals):
            cells[one.name] = verdicts(one, CODES[codes], shift)
            one.also = (also.format(name=one.name), one.name) if also else ()
            if "unit" not in value:
                one.unit = None
        table = Wide(signals=signals, value_name=value, quality=_cell_of(cells), quality_name=quality)
        yield case(f"05_{codes}_{names}", 5, table)


def _cell_of(cells: dict[str, Callable[[int], str]]) -> Callable[[Signal, int], str]:
    def cell(one: Signal, row: int) -> str:
        return cells[one.name](row)

    return cell


def one_for_all() -> Iterator[Case]:
    """Kind 5: a single quality at the end of the row speaks about all of it; and a machine's state that is none."""
    for codes, title in (
        ("da", "Quality"),
        ("german", "Qualität"),
        ("da_long", "OPC Quality"),
        ("spanish", "Calidad"),
        ("braces", "Status"),
    ):
        signals = pump(240)
        cell = verdicts(signals[0], CODES[codes])
        for one in signals[1:]:
            one.quality_bad = signals[0].quality_bad
        yield case(f"05_all_{codes}", 5, Wide(signals=signals, extra=[(title, cell)]))


def holds_last() -> Iterator[Case]:
    """Kind 6: a bad quality carries the last good value on."""
    for codes, names in (
        ("ua_words", "tail"),
        ("da_long", "tail"),
        ("german", "german"),
        ("ua_hex", "code"),
        ("french", "french"),
    ):
        value, quality, also = NAMES[names]
        signals = pump(400)
        cells = {}
        for shift, one in enumerate(signals):
            cells[one.name] = verdicts(one, CODES[codes], shift)
            one.also = (also.format(name=one.name), one.name) if also else ()
            one.unit = one.unit if "unit" in value else None
            for row in sorted(one.quality_bad):
                one.plain[row] = one.plain[row - 1]
        table = Wide(
            signals=signals,
            value_name=value,
            quality=_cell_of(cells),
            quality_name=quality,
            stamp=printed("%Y-%m-%dT%H:%M:%S.000000000Z"),
        )
        yield case(f"06_{codes}_{names}", 6, table)
