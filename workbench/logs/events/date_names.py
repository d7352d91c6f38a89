"""What a column of dates in a work order or an alarm list says, from its name: the edge of a fault, of the work, a report.

Names are folded (no accents, CamelCase apart) and looked through for stems of some ten languages; the rules below stand in the
order in which they count, for 'Act. start' is about the work whatever else it says. Must not import anything.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

DateRole = Literal["start", "end", "last_good", "found", "reported", "fixed", "work_start"]

_FOLDED = str.maketrans({"ø": "o", "æ": "ae", "ł": "l", "đ": "d"})
_SUFFIX = r"(?:e|ed|s)?(?:time|date|datetime|zeit|uhrzeit|datum|tid|dato|utc|tidspunkt|termin|at)?\b"
_GOOD = re.compile(
    r"last ?(known ?)?(good|ok|inspect)|\b(sist|sidst|senast|laatst|laatste) ?(ok|kjent|inspe|kontrol|goed|i orden)|"
    r"letzte ?(pruf|pruef|inspe|kontrol)|zuletzt ?(in ?ordnung|io|gut)|derniere? ?(inspe|visite|controle)|"
    r"ultim[ao] ?(inspe|ispe|revis)"
)
_ASIDE = re.compile(
    r"\b(ack|quit|kvitt|acquit|reconoc|modif|chang|andr|geand|updat|status|print|export|due|targ|plan(?!t)|geplant|sched|basic|"
    r"bas\b|req\b|required|soll|eck(start|end)|frist|forfall|prevu|previst|prevision|programad|next|neste|nasta|nachst|proch|prox)"
)
"""What was only planned, or is about the record and not about the pump."""
_WORK = re.compile(
    r"\b(act|actual|ist|tatsachl\w*|work|job|repair|arbeit\w*|arbeid\w*|arbete\w*|ausfuhr\w*|durchfuhr\w*|intervent\w*|repar\w*|"
    r"travaux|trabajo|trabalho|ejecuc\w*|execuc\w*|lavor\w*|utfor\w*|werk\w*|uitvoer\w*)\b|\b(act|ist)(start|strt|end|fin)"
)
_END = re.compile(
    rf"(?:end|ende|einde|slutt?|stopp?){_SUFFIX}|\bfin\b|\b(fine|fim|koniec|konec|loppu|to|til|till|tot|bis|until|hasta|jusqu|ate|"
    rf"latest)\b|restart|wiederanlauf|gjenstart|omstart|redemarr|\b(rtn|return|clear|clr|normal|inactiv|inaktiv|gegangen|geht|went|"
    rf"gone|disparition|desactiv|recover)\w*|^(off|out)( time)?$"
)
_BEGIN = re.compile(
    r"start|strt|begin|anfang|debut|inici|inizi|onset|poczatek|aanvang|alku|\b(from|fra|fran|von|van|desde|depuis|since|dal|earliest)\b|"
    r"gekommen|kommt|apparition|^alarm( time)?$|^active( time)?$|activation|^(on|in)( time)?$"
)
_FIXED = re.compile(
    r"fixed|complet|\bclos|finish|\bfin\b|repair|repar|resol|risol|behob|beheb|erledig|abschluss|abgeschl|fertig|utfort|ferdig|utbedr|udbedr|avslut|"
    r"afslut|afgesl|afgerond|lukket|clotur|cierre|cerrad|terminad|conclus|conclui|fech(ad|am)|encerr|chius|riparat|gereed|hersteld|"
    r"atgard|\bklar\b|stangd|zakoncz|korjat|\bdone\b"
)
_FOUND = re.compile(
    r"found|detect|discover|occur|constat|oppdag|funnet|fundet|upptack|entdeck|festgestell|gefunden|encontr|rilev|riscontr|gevonden|"
    r"vastgest|observ|notice|wykry"
)
_REPORTED = re.compile(
    r"report|notif|creat|raised|\bopen|logged|request|demand|signal|declar|emiss|rapport|meld|angelegt|erfass|erstell|oppret|opret|"
    r"anmal|registr|skapad|segnal|richiest|apert|abert|aviso|solicit|cread|aangem|zglosz|submit"
)
_FAULT = re.compile(
    r"fault|fail|malf|breakdown|downtime|outage|defect|incident|event|stor(ung|ing)|stoer|ausfall|stillstand|schaden|panne|defaill|"
    r"averia|fallo|falla|falha|avaria|guasto|fermo|feil|fejl|\bfel\b|havari|haveri|awari"
)


def date_role(name: str) -> DateRole | None:
    """What the column's dates are; None where its name does not say, or says that they are none of the fault's.

    'Störende' → 'end', 'Act. start' → 'work_start', 'Basic fin. date' → None.
    """
    text = _fold(name)
    if _GOOD.search(text):
        return "last_good"
    if _ASIDE.search(text):
        return None
    is_work = _WORK.search(text) is not None
    if is_work and _BEGIN.search(text):
        return "work_start"
    if is_work and (_END.search(text) or _FIXED.search(text)):
        return "fixed"
    rules: tuple[tuple[re.Pattern[str], DateRole], ...] = (
        (_END, "end"), (_BEGIN, "start"), (_FIXED, "fixed"), (_FOUND, "found"), (_REPORTED, "reported"), (_FAULT, "found"),
    )  # fmt: skip
    return next((role for pattern, role in rules if pattern.search(text)), None)


def is_aside(name: str) -> bool:
    """Whether a column's dates were only planned, or are about the record ('Changed on')."""
    text = _fold(name)
    return _ASIDE.search(text) is not None and _GOOD.search(text) is None


def _fold(name: str) -> str:
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", name).casefold().translate(_FOLDED)
    plain = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z]+", plain))
