"""What the columns of a table of events mean: guessed from names in several languages and from cells, with a confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.logs.event_dates import are_serials, share_of_dates
from workbench.logs.event_tables import EventTable
from workbench.logs.failure_words import ACTIONS, MECHANISMS, MODES, find_code, is_code

Role = Literal[
    "ignore", "asset", "name", "description", "start", "end", "last_good", "found", "reported", "fixed", "mode", "mechanism",
    "action", "as_found", "as_left", "author", "order", "type", "state", "alarm", "alarm_state", "priority",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
DATE_ROLES: tuple[Role, ...] = ("start", "end", "last_good", "found", "reported", "fixed")
_ONLY_DATE = 0.4
"""A date of which nothing else is known is when it was found, where no other date is understood."""
_UNKNOWN_PUMPS = 0.5
"""At most this much speaks for a column of pumps of which none is known."""
_MOST_SURE = 0.99
"""1 is what a person said."""
_SINGLE = frozenset(ROLES) - {"ignore", "description", "alarm"}
_WHEN = (
    "time", "timestamp", "datetime", "date", "when", "eventtime", "utc", "zeit", "zeitstempel", "zeitpunkt", "datum", "tid",
    "tidspunkt", "dato", "horodatage", "heure", "fecha", "hora", "fechahora", "data", "datahora", "tijd", "tijdstip",
)  # fmt: skip
"""Names of a column that says when, and no more."""
_WORK_START = re.compile(r"(act|actual|sched|targ|basic|plan|planned|arbeids|eck|ist|soll|work)\w*(start|begin|anfang|beginn)")
"""When the repair began: the pump was ill before."""
_GENERIC = frozenset(("name", "value", "id", "code", "text", "description", "tag", "title", "label", "key"))
_NUMBER_OF = re.compile(r"^(n[°ºo]\.?|nr\.?|num(ero|éro|ber)?\.?|no\.)\s+", re.IGNORECASE)

_NAMES: dict[Role, tuple[str, ...]] = {
    "asset": (
        "asset", "equipment", "equipmenttag", "equipmentno", "tag", "tagno", "tagnumber", "pump", "functionallocation",
        "functloc", "funcloc", "assetnum", "machine", "utstyr", "utstyrsnr", "anlegg", "funksjonsplass", "objekt", "ausrüstung",
        "anlage", "technischerplatz", "equipo", "equipement", "équipement", "repère", "equipamento", "activo", "installatie",
        "source", "sourcename", "location",
    ),
    "description": (
        "description", "shorttext", "text", "longtext", "title", "summary", "problem", "symptom", "beskrivelse", "tekst",
        "kurztext", "beschreibung", "langtext", "beschrijving", "libellé", "descripción", "descripcion", "descrição",
        "descricao", "désignation", "comment", "comments", "remark", "remarks", "details", "feilbeskrivelse",
    ),
    "name": ("name", "event", "label", "fault", "what", "hendelse", "feil", "ereignis", "evento", "événement", "störung"),
    "start": (
        "start", "starttime", "startutc", "from", "begin", "malfunctionstart", "malfstart", "breakdownstart", "downtimestart",
        "störungsbeginn", "beginn", "fra", "feilstart", "début", "debut", "inicio", "início", "earliestutc", "onset",
    ),
    "end": (
        "feilslutt", "feilstopp",
        "end", "endtime", "endutc", "to", "until", "malfunctionend", "malfend", "downtimeend", "störungsende", "ende", "til",
        "fin", "fim", "latestutc", "stop",
    ),
    "last_good": (
        "lastgood", "lastknowngood", "lastok", "lastinspection", "lastinspected", "sistok", "sistekjentgod", "letzteprüfung",
        "zuletztinordnung", "dernièreinspection", "últimainspección", "últimainspeção",
    ),
    "found": (
        "constat", "datedeconstat", "fechadeteccion", "datadeteccao", "feiltidspunkt",
        "found", "founddate", "detected", "detectiondate", "discovered", "dateoffailure", "failuredate", "failuretime",
        "occurred", "eventdate", "funnet", "oppdaget", "feildato", "entdeckt", "festgestellt", "störungsdatum", "détecté",
        "constaté", "dateconstat", "detectado", "encontrado", "gefunden", "ausfalldatum",
    ),
    "reported": (
        "reported", "reporteddate", "reportdate", "reportedon", "notificationdate", "notifdate", "created", "createdon",
        "creationdate", "dateraised", "raised", "opened", "rapportert", "meldt", "meldingsdato", "opprettet", "gemeldet",
        "meldedatum", "meldungsdatum", "angelegtam", "signalé", "datecréation", "notificado", "reportado", "fechaaviso",
        "datadeabertura", "datedesignalement", "actualstartrequested", "statusdate", "gemeldetam",
    ),
    "fixed": (
        "fixed", "fixeddate", "completed", "completeddate", "completion", "completiondate", "closed", "closeddate", "finished",
        "actualfinish", "actfinish", "basicfinish", "repaired", "utført", "ferdig", "ferdigdato", "reparert", "avsluttet",
        "erledigt", "behoben", "abschlussdatum", "fertiggestellt", "réparé", "clôture", "datedefin", "reparado", "cerrado",
        "fechacierre", "datadeconclusão", "concluído", "datedecloture", "erledigtam", "afgesloten",
    ),
    "mode": (
        "failuremode", "mode", "failmode", "damagecode", "symptomcode", "problemcode", "failurecode", "feilmodus", "feilkode",
        "sviktmodus", "schadensbild", "fehlerart", "ausfallart", "modededéfaillance", "mododefallo", "mododefalha",
    ),
    "mechanism": (
        "failuremechanism", "mechanism", "cause", "causecode", "failurecause", "rootcause", "feilmekanisme", "årsak",
        "feilårsak", "ursache", "schadensursache", "mécanisme", "causa", "mecanismo", "mécanismededéfaillance",
    ),
    "action": (
        "action", "activity", "activitycode", "component", "objectpart", "part", "maintainableitem", "remedy", "remedycode",
        "komponent", "aktivitet", "tiltak", "objektteil", "bauteil", "maßnahme", "composant", "componente", "acción", "ação",
        "item", "partreplaced",
    ),
    "as_found": ("asfound", "conditionfound", "somfunnet", "tilstandfør", "zustandvorher", "vorgefunden", "étattrouvé"),
    "as_left": ("asleft", "conditionleft", "somforlatt", "tilstandetter", "zustandnachher", "verlassen", "étatlaissé"),
    "author": (
        "intervenant", "utførtav", "ausführender", "ejecutor", "executante",
        "author", "reportedby", "createdby", "who", "operator", "technician", "personresponsible", "rapportertav",
        "opprettetav", "meldtav", "gemeldetvon", "erfasser", "autor", "auteur", "reportéspar", "reportadopor",
    ),
    "order": (
        "melding", "meldingsnr", "aviso", "avis",
        "workorder", "wonum", "wo", "order", "orderno", "ordernumber", "notification", "notificationno", "ordre",
        "arbeidsordre", "ordrenr", "auftrag", "auftragsnummer", "meldung", "meldungsnummer", "ordredetravail", "ot", "bt",
        "ordendetrabajo", "ordemdeserviço", "os", "werkorder", "worequest", "id",
    ),
    "type": (
        "typedintervention", "natureintervention", "maintactivitytype", "wtype",
        "type", "ordertype", "worktype", "wotype", "maintenancetype", "activitytype", "jobtype", "vedlikeholdstype", "ordretype",
        "auftragsart", "instandhaltungsart", "art", "typedetravail", "tipo", "tipodetrabajo", "tipodemanutenção", "category",
    ),
    "state": ("label state", "judged", "isreal"),
    "alarm": (
        "point", "pointname", "tagname", "alarmpoint",
        "alarm", "alarmtag", "alarmname", "message", "msg", "conditionname", "condition", "alarmtext", "melding", "alarmid",
        "meldetext", "mensaje", "mensagem", "alarmmessage",
    ),
    "alarm_state": (
        "alarmstate", "state", "status", "eventtype", "action", "transition", "tilstand", "zustand", "statut", "estado",
        "alarmstatus", "acked", "activestate", "change",
    ),
    "priority": ("priority", "severity", "prioritet", "priorität", "priorité", "prioridad", "prioridade"),
}  # fmt: skip
_ALARM_WORDS = re.compile(
    r"\b(k|g|q|kq|gq|alarm|act(ive)?|unack|ack(ed|nowledged)?|rtn|ret(urn(ed)?)?|clr|clear(ed)?|norm(al)?|inactive|alm|in|out|kommt|geht|quit\w*|"
    r"aktiv|kvittert|normal|apparition|disparition|activ[ao]|inactiv[ao]|reconocid[ao]|set|reset|on|off|come|go|raised)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuess:
    """What one column is taken for, how sure that is (0..1), and some of its cells."""

    name: str
    role: Role
    confidence: float
    sample: tuple[str, ...]


def guess_columns(table: EventTable, assets: Sequence[str] = ()) -> tuple[ColumnGuess, ...]:
    """The role of each column; one role is given once (but for descriptions), to the column that speaks loudest for it."""
    cells = [[cell for cell in table.column(place) if cell][:400] for place in range(len(table.columns))]
    offers: list[tuple[float, int, Role]] = []
    for place, name in enumerate(table.columns):
        offers.extend((score, -place, role) for role, score in _scores(name, cells[place], assets).items() if score > 0)
    if any(score > _ONLY_DATE and role in DATE_ROLES for score, _, role in offers):
        offers = [offer for offer in offers if offer[0] != _ONLY_DATE or offer[2] != "found"]
    if any(find_asset(cell, assets) is not None for column in cells for cell in column[:100]):
        offers = [offer for offer in offers if offer[2] != "asset" or offer[0] > _UNKNOWN_PUMPS]
    roles: dict[int, tuple[Role, float]] = {}
    given: set[Role] = set()
    for score, place, role in sorted(offers, reverse=True):
        if -place not in roles and (role not in given or role not in _SINGLE):
            roles[-place] = (role, min(_MOST_SURE, score))
            given.add(role)
    return tuple(
        ColumnGuess(name=name, role=roles.get(place, ("ignore", 0.5))[0], confidence=roles.get(place, ("ignore", 0.5))[1],
                    sample=tuple(dict.fromkeys(cells[place]))[:3])
        for place, name in enumerate(table.columns)
    )  # fmt: skip


def fold(name: str) -> str:
    """A header for comparing: letters and digits of any alphabet, lower case, without '(UTC)', 'date' and 'time' at its end."""
    bare = re.sub(r"[\(\[].*?[\)\]]", "", name.casefold())
    bare = re.sub(r"[^\w]|_", "", bare)
    return re.sub(r"(utc|datetime|timestamp|dato|datum|zeit|tid|date|time|at|on)$", "", bare) or bare


def _scores(name: str, cells: list[str], assets: Sequence[str]) -> dict[Role, float]:
    """How much speaks for each role: the name up to 1, then what the cells say for or against it."""
    scores: dict[Role, float] = {}
    name = _leaf(_NUMBER_OF.sub("", name))
    full, short = re.sub(r"[^\w]|_", "", name.casefold()), fold(name)
    for role, names in _NAMES.items():
        if full in names or short in names:
            scores[role] = 0.9 + 0.05 * (full in names)
        elif any(len(one) > 4 and one in full for one in names):
            scores[role] = 0.6
    if "start" in scores and _WORK_START.search(full):
        del scores["start"]
    is_date = share_of_dates(cells) > 0.8 or (bool(set(scores) & set(DATE_ROLES)) and are_serials(cells))
    for role in list(scores):
        if (role in DATE_ROLES) != is_date and cells:
            del scores[role]
    if is_date and not scores and not re.search(r"(ack|chang|modif|plan|due|targ|sched|required|actstart|basic)", full):
        scores["found"] = 0.7 if full in _WHEN or short in _WHEN else _ONLY_DATE
    if not is_date and cells:
        _weigh_cells(scores, cells, assets)
    return scores


def _weigh_cells(scores: dict[Role, float], cells: list[str], assets: Sequence[str]) -> None:
    n = len(cells)
    words = sum(len(cell.split()) for cell in cells) / n
    n_assets = sum(find_asset(cell, assets) is not None for cell in cells) if assets else 0
    if n_assets > 0.3 * n:
        scores["asset"] = scores.get("asset", 0.5 if words < 3 else 0.1) + 0.3
    elif assets and not n_assets and "asset" in scores:
        scores["asset"] -= 0.5  # still what it says it is, unless another column names pumps that are known
    if "alarm" in scores and not any(re.search(r"[^\W\d]{2}", cell) for cell in cells[:50]):
        del scores["alarm"]
    known = sum(is_code(MODES, cell) for cell in cells)
    if known > 0.5 * n:
        scores["mode"] = scores.get("mode", 0.5) + 0.3
    if sum(is_code(MECHANISMS, cell) and "." in cell for cell in cells) > 0.5 * n:
        scores["mechanism"] = scores.get("mechanism", 0.5) + 0.3
    if (
        sum(_ALARM_WORDS.search(cell.replace("_", " ")) is not None and len(cell) < 24 for cell in cells) > 0.9 * n
        and len(set(cells)) <= 12
    ):
        scores["alarm_state"] = scores.get("alarm_state", 0.3) + 0.3
    elif "alarm_state" in scores:
        del scores["alarm_state"]
    if "action" in scores and not any(find_code(ACTIONS, cell) for cell in cells[:50]):
        scores["action"] -= 0.4
    if "order" in scores and len(set(cells)) < 0.5 * n:
        del scores["order"]
    if words > 3:
        scores["description"] = scores.get("description", 0.3) + 0.2


def find_asset(text: str, assets: Sequence[str]) -> str | None:
    """The pump that a cell names: itself, or the longest tag that stands in it ('SITE-20-P-2041A', 'P 2041 A')."""
    squeezed = _squeeze(text)
    fits = [asset for asset in assets if asset and _squeeze(asset) and _stands_in(_squeeze(asset), squeezed)]
    return max(fits, key=len, default=None)


def _leaf(name: str) -> str:
    """Of a flattened record's name what says most: 'type.name' is about the type, 'asset.tag' about the asset."""
    parts = [part for part in name.split(".") if part.strip()]
    if len(parts) < 2:
        return name
    return parts[-2] if parts[-1].casefold() in _GENERIC else parts[-1]


def _stands_in(tag: str, text: str) -> bool:
    """Not inside a longer number: P-204 is not P-2041."""
    for match in re.finditer(re.escape(tag), text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if not (tag[0].isdigit() and before.isdigit()) and not (tag[-1].isdigit() and after.isdigit()):
            return True
    return False


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
