"""When a log of elapsed times began, where its head says so in words: 'Start: 2026-03-17 10:15:30,500'."""

from __future__ import annotations

import re

from workbench.logs.times.instants import parse_stamp, possible_orders

_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
_CLOCK = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?"
_SAID = re.compile(rf"(?<![^\W\d_])(?P<label>[^\W\d_]+(?:[ ]?[^\W\d_]+){{0,3}})\s*[:=]\s*(?P<stamp>{_DATE}[T ]+{_CLOCK})")
_START = re.compile(
    r"(?i)\b(?:start|started|begin|began|beginn|beginning|trigger|acquisition|first sample|anfang|messbeginn|début|debut|inicio"
    r"|comienzo|inizio|avvio|início|hasiera|inici|aanvang|početak|pocetak|začátek|zacatek|początek|poczatek|alku|kezdet"
    r"|başlangıç|baslangic|начало|початок|开始|開始|시작)\b"
)


def said_start(notes: str) -> str | None:
    """The one stamp of a head that is called a start; None where there is none, or several, or it can be read in two ways."""
    found = {match["stamp"] for match in _SAID.finditer(notes) if _START.search(match["label"])}
    if len(found) != 1:
        return None
    text = found.pop()
    stamp = parse_stamp(text)
    if stamp is None or (stamp.is_open and possible_orders([stamp]) != ["dmy"]):
        return None
    return text
