"""What the columns of a table of events mean: guessed from names in several languages and from cells, with a confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.logs.events.alarm_words import codes_of, transition_of
from workbench.logs.events.date_names import date_role, is_aside
from workbench.logs.events.dates import are_serials, share_of_dates
from workbench.logs.events.failure_words import ACTIONS, MECHANISMS, MODES, find_code, is_code
from workbench.logs.events.tables import EventTable

Role = Literal[
    "ignore", "asset", "name", "description", "start", "end", "last_good", "found", "reported", "fixed", "work_start", "mode",
    "mechanism", "action", "as_found", "as_left", "author", "order", "type", "state", "alarm", "alarm_state", "priority",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
DATE_ROLES: tuple[Role, ...] = ("start", "end", "last_good", "found", "reported", "fixed", "work_start")
_ONLY_DATE = 0.4
"""A date of which nothing else is known is when it was found, where no other date is understood."""
_NAMED_DATE = 0.95
_UNKNOWN_PUMPS = 0.5
"""At most this much speaks for a column of pumps of which none is known."""
_SENTENCE = 2
"""A number of an order has fewer words than this; 'Meldung' is one, or the text of an alarm."""
_MOST_SURE = 0.99
"""1 is what a person said."""
_SINGLE = frozenset(ROLES) - {"ignore", "description", "alarm"}
_WHEN = (
    "time", "timestamp", "datetime", "date", "when", "eventtime", "utc", "zeit", "zeitstempel", "zeitpunkt", "datum", "tid",
    "tidspunkt", "dato", "horodatage", "heure", "fecha", "hora", "fechahora", "data", "datahora", "tijd", "tijdstip",
)  # fmt: skip
"""Names of a column that says when, and no more."""
_GENERIC = frozenset(("name", "value", "id", "code", "text", "description", "tag", "title", "label", "key"))
_GROUPS = frozenset(("template", "templatename", "eventframetemplate"))
"""Names that many events share say more than one that each event has for itself."""
_NUMBER_OF = re.compile(r"^(n[°ºo]\.?|nr\.?|num(ero|éro|ber)?\.?|no\.)\s+", re.IGNORECASE)

_NAMES: dict[Role, tuple[str, ...]] = {
    "asset": (
        "asset", "equipment", "equipmenttag", "equipmentno", "tag", "tagno", "tagnumber", "pump", "functionallocation",
        "functloc", "funcloc", "assetnum", "machine", "utstyr", "utstyrsnr", "anlegg", "funksjonsplass", "objekt", "ausrüstung",
        "anlage", "technischerplatz", "störort", "utrustning", "anläggning", "udstyr", "impianto", "apparecchiatura", "macchina",
        "primaryreferencedelement", "referencedelement", "element", "objectid", "objectno", "locationtag", "equipo",
        "equipement", "équipement", "repère", "equipamento", "activo", "installatie",
        "source", "sourcename", "location",
    ),
    "description": (
        "description", "shorttext", "text", "longtext", "title", "summary", "problem", "beskrivelse", "tekst",
        "kurztext", "beschreibung", "langtext", "beschrijving", "libellé", "descripción", "descripcion", "descrição",
        "descricao", "désignation", "descrizione", "omschrijving", "beskrivning", "opis", "popis", "kuvaus", "shorttxt",
        "faultdescription", "comment", "comments", "remark", "remarks", "details", "feilbeskrivelse",
    ),
    "name": (
        "template", "templatename", "eventframetemplate", "name", "event", "label", "fault", "what", "hendelse", "feil",
        "ereignis", "evento", "événement", "störung",
    ),
    "mode": (
        "failuremode", "mode", "failmode", "damagecode", "symptomcode", "problemcode", "failurecode", "feilmodus", "feilkode",
        "sviktmodus", "symptom", "felmod", "felkod", "faalwijze", "mododiguasto", "schadensbild", "fehlerart", "ausfallart",
        "modededéfaillance", "mododefallo", "mododefalha",
    ),
    "mechanism": (
        "failuremechanism", "mechanism", "cause", "causecode", "failurecause", "rootcause", "feilmekanisme", "årsak", "orsak",
        "oorzaak", "reason", "reasoncode",
        "feilårsak", "ursache", "schadensursache", "mécanisme", "causa", "mecanismo", "mécanismededéfaillance",
    ),
    "action": (
        "action", "activity", "activitycode", "component", "objectpart", "part", "maintainableitem", "remedy", "remedycode",
        "komponent", "aktivitet", "tiltak", "objektteil", "bauteil", "maßnahme", "composant", "componente", "acción", "ação",
        "arbeidpå", "workedon", "item", "partreplaced", "performedaction", "åtgärd", "maatregel", "azione",
    ),
    "as_found": ("asfound", "conditionfound", "somfunnet", "tilstandfør", "zustandvorher", "vorgefunden", "étattrouvé"),
    "as_left": ("asleft", "conditionleft", "somforlatt", "tilstandetter", "zustandnachher", "verlassen", "étatlaissé"),
    "author": (
        "intervenant", "enteredby", "raisedby", "loggedby", "technicien", "tecnico", "técnico", "anmäldav", "gemelddoor",
        "utførtav", "ausführender", "ejecutor", "executante",
        "author", "reportedby", "createdby", "who", "operator", "technician", "personresponsible", "rapportertav",
        "opprettetav", "meldtav", "gemeldetvon", "erfasser", "autor", "auteur", "reportéspar", "reportadopor",
    ),
    "order": (
        "melding", "meldingsnr", "aviso", "avis", "arbetsorder", "odl", "ordinedilavoro", "orden", "ordem", "ordine", "zlecenie",
        "workorder", "wonum", "wo", "order", "orderno", "ordernumber", "notification", "notificationno", "ordre",
        "arbeidsordre", "ordrenr", "auftrag", "auftragsnummer", "meldung", "meldungsnummer", "ordredetravail", "ot", "bt",
        "ordendetrabajo", "ordemdeserviço", "os", "werkorder", "worequest", "id",
    ),
    "type": (
        "typedintervention", "natureintervention", "maintactivitytype", "wtype",
        "type", "ordertype", "worktype", "wotype", "maintenancetype", "activitytype", "jobtype", "vedlikeholdstype", "ordretype",
        "auftragsart", "meldungsart", "nature", "typ", "soort", "tipologia", "arbetstyp", "instandhaltungsart", "art",
        "typedetravail", "tipo", "tipodetrabajo", "tipodemanutenção", "category",
    ),
    "state": ("label state", "judged", "isreal"),
    "alarm": (
        "point", "attribute", "displaypath", "msgtext", "pointname", "tagname", "alarmpoint",
        "alarm", "alarmtag", "alarmname", "message", "msg", "conditionname", "condition", "alarmtext", "melding", "alarmid",
        "meldetext", "meldung", "mensaje", "mensagem", "alarmmessage",
    ),
    "alarm_state": (
        "alarmstate", "state", "status", "eventtype", "action", "transition", "tilstand", "zustand", "statut", "estado",
        "alarmstatus", "stateafter", "statusafter", "acked", "activestate", "change",
    ),
    "priority": ("priority", "severity", "prioritet", "priorität", "priorité", "prioridad", "prioridade"),
}  # fmt: skip


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
    dated = date_role(name)
    if share_of_dates(cells) > 0.8 or (dated is not None and (not cells or are_serials(cells))):
        return _date_scores(name, dated)
    name = _leaf(_NUMBER_OF.sub("", name))
    full, short = re.sub(r"[^\w]|_", "", name.casefold()), fold(name)
    bare = re.sub(r"(number|nummer|num|nr|no)$", "", full)
    for role, names in _NAMES.items():
        if {full, short, bare} & set(names):
            scores[role] = 0.9 + 0.05 * (full in names) + 0.03 * (full in _GROUPS)
        elif any(len(one) > 4 and one in full for one in names) and role not in {"name", "alarm"}:
            scores[role] = 0.6
    if "status" in full and "description" in scores:
        del scores["description"]
    if cells:
        _weigh_cells(name, scores, cells, assets)
    return scores


def _date_scores(name: str, dated: Role | None) -> dict[Role, float]:
    """A column of dates: what its name says, else 'found', the more so where it says no more than when."""
    full, leaf = (re.sub(r"[^\w]|_", "", one.casefold()) for one in (name, _leaf(name)))
    if dated is not None and full not in _WHEN:
        return {dated: _NAMED_DATE}
    if {full, leaf, fold(_leaf(name))} & set(_WHEN):
        return {"found": 0.7}
    return {} if is_aside(name) else {"found": _ONLY_DATE}


def _weigh_cells(name: str, scores: dict[Role, float], cells: list[str], assets: Sequence[str]) -> None:
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
        scores["mode"] = scores.get("mode", 0.7) + 0.3
    if sum(is_code(MECHANISMS, cell) and "." in cell for cell in cells) > 0.5 * n:
        scores["mechanism"] = scores.get("mechanism", 0.5) + 0.3
    says_change = sum(bool(transition_of(cell)) and len(cell) < 24 for cell in cells) > 0.9 * n
    if codes_of(name, cells) is not None or (says_change and len(set(cells)) <= 12):
        scores["alarm_state"] = scores.get("alarm_state", 0.3) + (0.3 if len(set(cells)) > 1 else 0)  # one word is no change
    elif "alarm_state" in scores:
        del scores["alarm_state"]
    if "action" in scores and not any(find_code(ACTIONS, cell) for cell in cells[:50]):
        scores["action"] -= 0.4
    if "order" in scores and len(set(cells)) < 0.5 * n:
        del scores["order"]
    if "order" in scores and words >= _SENTENCE:
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
    if len(parts) < 2 or " " in name.strip():
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
