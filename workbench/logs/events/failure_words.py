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
    stems: tuple[str, ...] = ()


MODES: tuple[Word, ...] = (
    Word(
        code="ELP",
        words="process leak",
        stems=(
            "seal leak",
            "leak",
            "lekkasje",
            "lekk",
            "leckage",
            "undicht",
            "tropf",
            "fuite",
            "fuga",
            "vazamento",
            "perdita",
            "läck",
            "lek ",
            "drip",
        ),
    ),
    Word(
        code="ELU",
        words="utility leak",
        stems=("oil leak", "oljelekk", "ölleck", "fuite d'huile", "grease leak"),
    ),
    Word(code="INL", words="internal leak", stems=("internal leak", "wear ring", "slitering", "spaltring", "intern lekk")),
    Word(
        code="VIB",
        words="vibration",
        stems=("vibration", "vibrasjon", "schwing", "vibracion", "vibración", "vibração", "vibrazion", "trilling", "vib "),
    ),
    Word(
        code="NOI",
        words="noise",
        stems=("noise", "støy", "lärm", "geräusch", "bruit", "ruido", "ruído", "rumore", "geluid", "oljud", "støj", "rattl"),
    ),
    Word(
        code="OHE",
        words="overheating",
        stems=(
            "overheat",
            "hot bearing",
            "varmgang",
            "overopphet",
            "heiß",
            "überhitz",
            "surchauffe",
            "sobrecalent",
            "superaquec",
            "surriscald",
            "oververhit",
            "överhett",
        ),
    ),
    Word(
        code="STD",
        words="structural deficiency",
        stems=("crack", "sprekk", "riss im", "fissure", "grieta", "corros", "korros", "loose"),
    ),
    Word(
        code="PLU",
        words="plugged or choked",
        stems=(
            "plug",
            "choke",
            "clog",
            "block",
            "tett",
            "verstopf",
            "bouch",
            "obstru",
            "entup",
            "intasa",
            "igensatt",
            "verstopt",
            "strainer",
            "fouled",
        ),
    ),
    Word(
        code="LOO",
        words="low output",
        stems=(
            "low output",
            "low flow",
            "low head",
            "loss of head",
            "lav leveranse",
            "minderleistung",
            "faible débit",
            "bajo caudal",
            "cavitat",
            "cavitac",
            "cavitaç",
            "cavitaz",
            "kavita",
        ),
    ),
    Word(code="HIO", words="high output", stems=("high output", "overspeed")),
    Word(code="ERO", words="erratic output", stems=("erratic", "hunting", "unstable", "ustabil", "schwankt", "instable")),
    Word(
        code="FTS",
        words="failure to start on demand",
        stems=(
            "fail to start",
            "failed to start",
            "won't start",
            "does not start",
            "starter ikke",
            "startet nicht",
            "ne démarre",
            "no arranca",
            "não parte",
        ),
    ),
    Word(code="STP", words="failure to stop on demand", stems=("fail to stop", "failed to stop", "stopper ikke", "stoppt nicht")),
    Word(
        code="UST",
        words="spurious stop",
        stems=("trip", "spurious stop", "unplanned stop", "utilsiktet stopp", "abschalt", "déclench", "disparo", "desarm"),
    ),
    Word(
        code="BRD",
        words="breakdown",
        stems=(
            "breakdown",
            "seized",
            "havari",
            "havarert",
            "broke down",
            "festgefressen",
            "grippé",
            "avería",
            "quebra",
            "shaft broke",
        ),
    ),
    Word(
        code="PDE",
        words="parameter deviation",
        stems=("deviation", "high temperature", "low pressure", "avvik", "abweichung", "écart", "desviación"),
    ),
    Word(
        code="AIR",
        words="abnormal instrument reading",
        stems=("instrument", "sensor", "transmitter", "false reading", "giver", "messwert", "capteur"),
    ),
    Word(code="SER", words="minor in-service problem", stems=("minor", "mindre", "kleinere", "mineur")),
    Word(code="OTH", words="other"),
    Word(code="UNK", words="unknown"),
)

MECHANISMS: tuple[Word, ...] = (
    Word(code="1", words="mechanical failure, general"),
    Word(code="1.1", words="leakage", stems=("leak", "lekk", "undicht", "fuite")),
    Word(code="1.2", words="vibration", stems=("vibration", "vibrasjon")),
    Word(code="1.3", words="clearance or alignment", stems=("align", "oppretting", "ausricht", "clearance", "lignage")),
    Word(code="1.4", words="deformation", stems=("bent", "deform", "bøyd", "verbog")),
    Word(code="1.5", words="looseness", stems=("loose", "løs", "locker", "desserr")),
    Word(code="1.6", words="sticking", stems=("stuck", "seized", "sticking", "festgefressen", "grippé")),
    Word(code="2", words="material failure, general"),
    Word(code="2.1", words="cavitation", stems=("cavitat", "cavitac", "cavitaç", "cavitaz", "kavita")),
    Word(code="2.2", words="corrosion", stems=("corros", "korros", "rust")),
    Word(code="2.3", words="erosion", stems=("erosion", "erosjon")),
    Word(
        code="2.4",
        words="wear",
        stems=("wear", "worn", "slitasje", "slitt", "verschl", "usure", "desgaste", "usura", "slitage", "slijtage"),
    ),
    Word(code="2.5", words="breakage", stems=("broke", "brudd", "bruch", "rupture", "rotura")),
    Word(code="2.6", words="fatigue", stems=("fatigue", "utmatting", "ermüd")),
    Word(code="2.7", words="overheating", stems=("overheat", "varmgang", "überhitz")),
    Word(code="2.8", words="burst", stems=("burst", "sprengt", "geplatzt")),
    Word(code="3", words="instrument failure, general", stems=("sensor", "transmitter", "instrument", "giver")),
    Word(code="3.3", words="out of adjustment", stems=("calibrat", "kalibr", "drift")),
    Word(code="4", words="electrical failure, general", stems=("electric", "elektr", "winding", "motor fault")),
    Word(code="5", words="external influence, general"),
    Word(code="5.1", words="blockage or plugging", stems=("plug", "clog", "block", "tett", "verstopf", "bouch")),
    Word(code="5.2", words="contamination", stems=("contamin", "forurens", "verschmutz", "sand", "water in oil")),
    Word(code="6", words="miscellaneous"),
    Word(code="6.1", words="no cause found", stems=("no fault found", "no cause", "ingen feil", "ohne befund")),
    Word(code="6.4", words="other"),
    Word(code="6.5", words="unknown"),
)

ACTIONS: tuple[Word, ...] = (
    Word(
        code="impeller",
        words="impeller",
        stems=(
            "impeller",
            "løpehjul",
            "laufrad",
            "roue",
            "rodete",
            "impulsor",
            "girante",
            "waaier",
            "pumphjul",
            "løbehjul",
            "rotor replaced",
        ),
    ),
    Word(
        code="seal",
        words="seal",
        stems=(
            "seal",
            "tetning",
            "gleitring",
            "dichtung",
            "garniture",
            "sello",
            "selo",
            "tenuta",
            "tätning",
            "pakning",
            "packing",
        ),
    ),
    Word(
        code="bearing",
        words="bearing",
        stems=("bearing", "lager", "roulement", "palier", "rodamiento", "cojinete", "rolamento", "mancal", "cuscinett"),
    ),
    Word(code="alignment", words="alignment", stems=("align", "oppretting", "ausricht", "lignage", "alineac", "alinham")),
    Word(
        code="sensor",
        words="sensor",
        stems=("sensor", "transmitter", "instrument", "giver", "capteur", "accelerometer", "calibrat"),
    ),
    Word(code="other", words="other"),
)

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
