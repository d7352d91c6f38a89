"""Word lists of the importer: what plants, loggers and languages print. Data only; the rules are elsewhere."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ISA_LETTERS = {
    "A": "analysis", "E": "voltage", "F": "flow", "H": "hand", "I": "current", "J": "power", "L": "level",
    "P": "pressure", "S": "speed", "T": "temperature", "V": "vibration", "W": "weight", "Z": "position",
}  # fmt: skip

QUANTITY_WORDS = (
    ("vibration", r"\bvib|accel|schwing|erschütter|velocity rms|\brms acc|vibr"),
    ("temperature", r"temp|thermo|\bdeg c\b|wärme|\btsa\b"),
    ("flow", r"flow|durchfl|förderstrom|volumenstrom|\bdebit|débit|rate of flow|mengenstrom"),
    ("pressure", r"press|druck|\bpdis\b|\bpsuc|suction|discharge p|\bnpsh|prykk|trykk"),
    ("current", r"current|strom\b|amp\b|amps\b|motorstrom|\bcurr\b|courant|\bi motor\b"),
    ("voltage", r"volt|spannung|batt"),
    ("power", r"power|leistung|\bkw\b|puissance|effekt"),
    ("speed", r"speed|\brpm\b|drehzahl|vitesse|turtall"),
    ("level", r"level|füllstand|niveau|nivå|\btank\b"),
    ("position", r"valve|ventil|position|opening|stellung"),
    ("torque", r"torque|drehmoment"),
    ("frequency", r"freq"),
)

TIME_NAMES = _words("""
    time timestamp datetime date_time date-time date/time t ts zeit zeitpunkt zeitstempel datum uhrzeit date tid tidspunkt
    tidsstempel dato klokkeslett horodatage heure fecha hora tiempo data ora tijd tijdstip datumtijd instant when localtime utc
    sampletime samplingtime timeutc timelocal datetimeutc timestamputc epoch unixtime unix unixtimestamp epochtime eventtime
    logtime recordtime sourcetimestamp servertimestamp
""")
DATE_NAMES = _words("date datum dato fecha data day tag jour")
CLOCK_NAMES = _words("time zeit uhrzeit klokkeslett heure hora ora tid tijd clock")
MILLISECOND_NAMES = _words("ms msec millisec millisecond milliseconds millis millitm millisekunden millisekunde")
RELATIVE_NAMES = ("elapsed", "relative", "laufzeit", "seconds", "sekunden", "runtime")
TAG_NAMES = _words("""
    tag tagname tagid name point pointname pointid signal signalname channel sensor sensorname variable varname item itemid
    parameter messstelle kanal metric measurement field series key nodeid browsename attribute path bezeichnung variablenname kks
""")
VALUE_NAMES = _words("value wert val reading numericvalue floatvalue verdi valeur valor messwert pv vvalue")
UNIT_NAMES = _words("unit units uom einheit einheiten engunit engunits engineeringunits enhet unite unité eu")
QUALITY_NAMES = (
    "quality", "qualität", "qualitaet", "qualite", "kvalitet", "qualitydetail", "opcquality", "status", "statuscode", "qual",
    "qlty", "qc", "q", "validity", "valid", "güte", "state", "flag", "flags", "isgood", "good", "sts", "stat", "confidence",
)  # fmt: skip
INDEX_NAMES = _words("""
    record rn rec recnum recno recordno recordnumber index idx id row rowno rownum rownumber no nr num number seq sequence
    sequenceno lfdnr laufnummer zeile line lineno # sample sampleno samplenumber scan rowid
""")
ANNOTATION_NAMES = _words("""
    comment comments note notes remark remarks bemerkung kommentar annotation annotations annotated message meldung text
    description beschreibung operator event user beskrivelse merknad remarque shift schicht
""")
SURE_LABEL_PATTERN = r"anomal|outlier|\blabels?\b|ground ?truth|change ?point|\battack|\batt flag\b|\brul\b|remaining useful"
"""Names that nothing but a label has."""
LABEL_PATTERN = (
    r"anomal|outlier|\blabels?\b|\btarget\b|ground ?truth|change ?point|\bfaults?\b|\bfaulty\b|\bfailures?\b|\battack"
    r"|\batt flag\b|\bflag\b|\brul\b|remaining useful|\bis (abnormal|normal|bad)\b"
    r"|\babnormal\b|\bdefect|\bleak y\b|\by\b$|\bclass\b"
)

ON_WORDS = _words("""
    on running run yes true ein ja wahr läuft laeuft laufend open opened start started active aktiv enabled på oui vrai marche
    betrieb in_betrieb offen auf .t. t y high
""")
OFF_WORDS = _words("""
    off stopped stop no false aus nein falsch steht stillstand closed close inactive inaktiv disabled av nei non faux arrêt
    arret halt geschlossen zu .f. f n low idle
""")
EMPTY_WORDS = _words("- -- --- – — nan -nan +nan null (null) <null> none nil . 1.#qnan -1.#qnan 1.#ind -1.#ind \\n") | {""}
INFINITE_WORDS = _words("""
    inf +inf -inf infinity +infinity -infinity posinf neginf 1.#inf -1.#inf +1.#inf ∞ -∞ +∞ infinite
""")
BAD_PATTERN = (
    r"bad|no[ _]?data|nodata|missing|time ?out|scan ?off|configure|pt created|fail|error|err\b|#n/?a|#value|#ref|#div|#num|#name"
    r"|over|under|range|off ?line|comm|shutdown|unknown|questionable|uncertain|not connect|disconnect|out of serv|oos"
    r"|inactive|invalid|calc|ungültig|fehler|störung|kein wert|keine daten|defekt|ugyldig|feil|no result|no value|no sample|trip"
    r"|arc off|snapshot|intf|interface|equip|stale|not available|n/?a\b|unavailable|\*+|doubtful|filtered|digital state|no good"
    r"|sensor|wire|broken|open loop|short"
)

QUALITY_WORD_PATTERN = (
    r"good|bad|ok\b|uncertain|doubtful|questionable|poor|substitut|annotat|gut|schlecht|unsicher|invalid|valid|not good|no data"
    r"|stale|error|fail|suspect|comm|sensor|last ?known|last ?usable|out of service|config|not connected|device|unknown|manual"
    r"|raw|interpolat|simul|limit|maint|overflow|range"
)
GOOD_WORD_PATTERN = r"(good|ok|gut|valid|gültig|god|bon)(\b|_|$)"

MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9, "sept": 9,
    "october": 10, "november": 11, "december": 12,
    "jän": 1, "januar": 1, "februar": 2, "mär": 3, "mrz": 3, "maer": 3, "märz": 3, "mai": 5, "juni": 6, "juli": 7, "okt": 10,
    "oktober": 10, "dez": 12, "dezember": 12, "mars": 3, "des": 12, "desember": 12, "janv": 1, "févr": 2, "fevr": 2, "avr": 4,
    "juin": 6, "juil": 7, "août": 8, "aout": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12, "gen": 1, "mag": 5, "giu": 6,
    "lug": 7, "set": 9, "ott": 10, "maj": 5, "mei": 5, "mrt": 3, "fev": 2, "out": 10,
}  # fmt: skip

ZONE_OFFSETS_MIN = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180,
    "bst": 60, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "msk": 180, "jst": 540, "aest": 600, "aedt": 660, "awst": 480,
}  # fmt: skip
"""Zone abbreviations printed beside each stamp."""
