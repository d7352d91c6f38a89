"""Failure modes, mechanisms and actions: codes of ISO 14224 with plain words, and how they are recognised in work orders.

Codes follow ISO 14224:2016 (failure modes of rotating equipment, annex B.2.6; failure mechanisms, annex B.2.2). The
words shown here are our own. Must not import anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A code, what it means, and stems (lower case, several languages) that speak for it."""

    code: str
    words: str
    stems: tuple[str, ...]


def _table(*rows: tuple[str, str, str]) -> tuple[Word, ...]:
    """Rows of code, words and stems between bars; a blank at a stem's end is part of it."""
    return tuple(Word(code=code, words=words, stems=tuple(filter(None, stems.split("|")))) for code, words, stems in rows)


MODES = _table(
    ("ELP", "process leak", "seal leak|leak|lekkasje|lekk|leckage|undicht|tropf|fuite|fuga|vazamento|perdita|läck|lek |drip"),
    ("ELU", "utility leak", "oil leak|oljelekk|ölleck|fuite d'huile|grease leak"),
    ("INL", "internal leak", "internal leak|wear ring|slitering|spaltring|intern lekk"),
    ("VIB", "vibration", "vibration|vibrasjon|schwing|vibracion|vibración|vibração|vibrazion|trilling|vib "),
    ("NOI", "noise", "noise|støy|lärm|geräusch|bruit|ruido|ruído|rumore|geluid|oljud|støj|rattl"),
    ("OHE", "overheating", (
        "overheat|hot bearing|varmgang|overopphet|heiß|überhitz|surchauffe|sobrecalent|superaquec|surriscald|"
        "oververhit|överhett"
    )),
    ("STD", "structural deficiency", "crack|sprekk|riss im|fissure|grieta|corros|korros|loose"),
    ("PLU", "plugged or choked", (
        "plug|choke|clog|block|tett|verstopf|bouch|obstru|entup|intasa|igensatt|verstopt|strainer|fouled"
    )),
    ("LOO", "low output", (
        "low output|low flow|low head|loss of head|lav leveranse|minderleistung|faible débit|bajo caudal|cavitat|"
        "cavitac|cavitaç|cavitaz|kavita"
    )),
    ("HIO", "high output", "high output|overspeed"),
    ("ERO", "erratic output", "erratic|hunting|unstable|ustabil|schwankt|instable"),
    ("FTS", "failure to start on demand", (
        "fail to start|failed to start|won't start|does not start|starter ikke|startet nicht|ne démarre|no arranca|"
        "não parte"
    )),
    ("STP", "failure to stop on demand", "fail to stop|failed to stop|stopper ikke|stoppt nicht"),
    ("UST", "spurious stop", "trip|spurious stop|unplanned stop|utilsiktet stopp|abschalt|déclench|disparo|desarm"),
    ("BRD", "breakdown", "breakdown|seized|havari|havarert|broke down|festgefressen|grippé|avería|quebra|shaft broke"),
    ("PDE", "parameter deviation", "deviation|high temperature|low pressure|avvik|abweichung|écart|desviación"),
    ("AIR", "abnormal instrument reading", "instrument|sensor|transmitter|false reading|giver|messwert|capteur"),
    ("SER", "minor in-service problem", "minor|mindre|kleinere|mineur"),
    ("OTH", "other", ""),
    ("UNK", "unknown", ""),
)  # fmt: skip

MECHANISMS = _table(
    ("1", "mechanical failure, general", ""),
    ("1.1", "leakage", "leak|lekk|undicht|fuite"),
    ("1.2", "vibration", "vibration|vibrasjon"),
    ("1.3", "clearance or alignment", "align|oppretting|ausricht|clearance|lignage"),
    ("1.4", "deformation", "bent|deform|bøyd|verbog"),
    ("1.5", "looseness", "loose|løs|locker|desserr"),
    ("1.6", "sticking", "stuck|seized|sticking|festgefressen|grippé"),
    ("2", "material failure, general", ""),
    ("2.1", "cavitation", "cavitat|cavitac|cavitaç|cavitaz|kavita"),
    ("2.2", "corrosion", "corros|korros|rust"),
    ("2.3", "erosion", "erosion|erosjon"),
    ("2.4", "wear", "wear|worn|slitasje|slitt|verschl|usure|desgaste|usura|slitage|slijtage"),
    ("2.5", "breakage", "broke|brudd|bruch|rupture|rotura"),
    ("2.6", "fatigue", "fatigue|utmatting|ermüd"),
    ("2.7", "overheating", "overheat|varmgang|überhitz"),
    ("2.8", "burst", "burst|sprengt|geplatzt"),
    ("3", "instrument failure, general", "sensor|transmitter|instrument|giver"),
    ("3.3", "out of adjustment", "calibrat|kalibr|drift"),
    ("4", "electrical failure, general", "electric|elektr|winding|motor fault"),
    ("5", "external influence, general", ""),
    ("5.1", "blockage or plugging", "plug|clog|block|tett|verstopf|bouch"),
    ("5.2", "contamination", "contamin|forurens|verschmutz|sand|water in oil"),
    ("6", "miscellaneous", ""),
    ("6.1", "no cause found", "no fault found|no cause|ingen feil|ohne befund"),
    ("6.4", "other", ""),
    ("6.5", "unknown", ""),
)  # fmt: skip

ACTIONS = _table(
    ("impeller", "impeller", "impeller|løpehjul|laufrad|roue|rodete|impulsor|girante|waaier|pumphjul|løbehjul|rotor replaced"),
    ("seal", "seal", "seal|tetning|gleitring|dichtung|garniture|sello|selo|tenuta|tätning|pakning|packing"),
    ("bearing", "bearing", "bearing|lager|roulement|palier|rodamiento|cojinete|rolamento|mancal|cuscinett"),
    ("alignment", "alignment", "align|oppretting|ausricht|lignage|alineac|alinham"),
    ("sensor", "sensor", "sensor|transmitter|instrument|giver|capteur|accelerometer|calibrat"),
    ("other", "other", ""),
)  # fmt: skip

_WORKED = re.compile(
    r"\b(replac|chang|renew|exchang|overhaul|repair|refit|install|adjust|re?-?align|calibrat|byttet|skift|overhalt|reparert|"
    r"ersetzt|gewechsel|getauscht|"
    r"bytt|udskift|vervang|sostitu|"
    r"austausch|utført|performed|carried out|durchgeführt|effectu|realizad|remplac|chang[ée]|reempla|cambi|substitu|troca)",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(prevent|planned|scheduled|periodic|pm\b|forebygg|planlagt|vorbeug|geplant|wartung|préventi|preventi|"
    r"programad|planejad|programmat|förebygg|planerat|gepland|ppm\b)",
    re.IGNORECASE,
)
_CHECKED = re.compile(r"check|inspect|kontroll|prüf|verif|contr[oô]l", re.IGNORECASE)
_UNPLANNED = re.compile(r"\b(unplanned|unscheduled|ikke planlagt|ungeplant|non planifi|não planejad|no programad)", re.IGNORECASE)


def is_code(words: tuple[Word, ...], code: str) -> bool:
    """Whether a code is one of these."""
    return any(word.code == code for word in words)


def words_of(words: tuple[Word, ...], code: str) -> str:
    """'VIB' → 'vibration'; an unknown code stays as it is."""
    return next((word.words for word in words if word.code == code), code)


def find_code(words: tuple[Word, ...], text: str) -> str:
    """The code that a cell means: itself as a code, its words, or the longest stem in it; '' if none."""
    cell = text.strip()
    first = re.split(r"[\s:,;–-]+", cell, maxsplit=1)[0]
    for word in words:
        if cell.casefold() in {word.code.casefold(), word.words.casefold()} or first.casefold() == word.code.casefold():
            return word.code
    folded = f" {cell.casefold()} "
    found = [
        (len(stem), -number, word.code) for number, word in enumerate(words) for stem in word.stems if stem.casefold() in folded
    ]
    return max(found)[2] if found else ""


def is_replacement(text: str) -> bool:
    """Whether a description says that something was worked on, and not only that it went wrong."""
    return _WORKED.search(text) is not None


def is_aligning(text: str) -> bool:
    """Whether planned work was an alignment: the word is the work, unless it was only checked."""
    return find_code(ACTIONS, text) == "alignment" and _CHECKED.search(text) is None


def is_planned(text: str) -> bool:
    """Whether a text (an order type, a description) says that the work was planned ahead."""
    return _PLANNED.search(text) is not None and _UNPLANNED.search(text) is None
