"""Months that mean another month in a neighbour's language: lip, srp, lis and listopad are a month earlier in Croatia.

`instants` reads them as Poland and Czechia do. Which language a column is in is decided over all its stamps: each month and
weekday must be one of that language, each date must exist, none may lie in the future, and no month be left out; then by words
and letters of the file, then by the zone that a person gave. What still fits two readings is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.logs.text.recall import recalled
from workbench.logs.times.instants import days_of, parse_stamp
from workbench.logs.times.month_names import as_in_croatia, folded_name, is_croatian

CROATIAN = "croatian"
_MONTHS = {
    CROATIAN: (
        "sij siječanj siječnja velj veljača veljače ožu ožujak ožujka tra travanj travnja svi svibanj svibnja lip "
        "lipanj lipnja srp srpanj srpnja kol kolovoz kolovoza ruj rujan rujna lis listopad listopada stu studeni "
        "studenoga studenog pro prosinac prosinca"
    ),
    "polish": (
        "sty styczeń stycznia lut luty lutego mar marzec marca kwi kwiecień kwietnia maj maja cze czerwiec czerwca "
        "lip lipiec lipca sie sierpień sierpnia wrz wrzesień września paź październik października lis listopad "
        "listopada gru grudzień grudnia"
    ),
    "czech": (
        "led leden ledna úno únor února bře březen března dub duben dubna kvě květen května čvn čer červen června čvc "
        "červenec července srp srpen srpna zář září říj říjen října lis listopad listopadu pro prosinec prosince"
    ),
}
_EARLIER = {"lip": 6, "srp": 7, "lis": 10, "listopad": 10, "listopada": 10}
"""In Croatia; elsewhere a month later."""
_WEEKDAYS = {
    CROATIAN: "pon ponedjeljak uto utorak sri srijeda čet četvrtak pet petak sub subota ned nedjelja",
    "polish": "pon poniedziałek wt wto wtorek śr śro środa czw czwartek pt pią piątek sob so sobota ndz nd niedz nie niedziela",
    "czech": "po pon pondělí út úte úterý st stř středa čt čtv čtvrtek pá pát pátek so sob sobota ne ned neděle",
}
_WORDS = {
    CROATIAN: (
        "vrijeme tlak protok razina pumpa crpka crpke crpna crpni stanica stanice brzina struja snaga ležaj ležaja "
        "ulaz ulazni izlaz izlazni tlačni usis usisni vibracije vibracija stanje napon kvaliteta otvorenost "
        "frekvencija izvoz zapis mjerenje mjerna postaja uređaj pogon radi stoji uključeno isključeno vodovod voda "
        "vode hrvatske"
    ),
    "polish": (
        "czas ciśnienie ciśn przepływ poziom pompa pompy pompownia przepompownia stacja obroty prędkość prąd moc "
        "łożysko łożyska wlot wylot ssanie tłoczenie drgania stan napięcie jakość częstotliwość eksport zapis pomiar "
        "pomiary obiekt urządzenie praca postój włączony wyłączony zał wył wodociągi woda"
    ),
    "czech": (
        "čas tlak průtok hladina čerpadlo čerpadla čerpací stanice otáčky rychlost proud výkon ložisko ložiska vstup "
        "výstup sání výtlak vibrace stav napětí kvalita frekvence vývoz záznam měření zařízení běží stojí zapnuto "
        "vypnuto vodárna voda teplota"
    ),
}
_LETTERS = {CROATIAN: "đĐ", "polish": "łąęńśźżŁĄĘŃŚŹŻ", "czech": "ěřůťňýĚŘŮŤŇÝ"}
_ZONES = {
    CROATIAN: ("Europe/Zagreb", "Europe/Sarajevo"),
    "polish": ("Europe/Warsaw", "Poland"),
    "czech": ("Europe/Prague", "Europe/Bratislava"),
}
_WORD = re.compile(r"[^\W\d_]+")
_DATE_CHARS = 14
_MAX_STAMPS = 5_000
_CLEARLY_LARGER = 5


def _folded(names: str) -> frozenset[str]:
    return frozenset(map(folded_name, names.split()))


_STAMP_WORDS = {tongue: _folded(_MONTHS[tongue]) | _folded(_WEEKDAYS[tongue]) for tongue in _MONTHS}
_FILE_WORDS = {tongue: _folded(_WORDS[tongue]) | _folded(_MONTHS[tongue]) for tongue in _MONTHS}
_KNOWN = frozenset().union(*_STAMP_WORDS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTongue:
    """How the months of a column are read, and the readings (languages) among which a person has to choose, if any."""

    is_croatian: bool = False
    choices: tuple[str, ...] = ()
    example: str = ""

    def read(self, texts: Sequence[str]) -> Sequence[str]:
        """Stamps with the months of Croatia in English; as they are where they are read as elsewhere."""
        return tuple(map(as_in_croatia, texts)) if self.is_croatian else texts


PLAIN = MonthTongue()


def is_tongue(answer: str) -> bool:
    """Whether an answer names a language of months."""
    return answer.casefold() in _MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class TongueEvidence:
    """What tells the language of a column's months besides its stamps."""

    words: Iterable[str]
    """Of the file: names, notes, states."""
    zone: str | None
    now_ns: int
    largest_step: Callable[[MonthTongue], float]
    """Largest step between rows, ns, in a reading."""


def find_month_tongue(texts: Iterable[str], evidence: TongueEvidence, answer: str | None) -> MonthTongue:
    """The reading of a column of stamps; `answer` is a language."""
    stamps = _of_each_date(texts)
    unsure = [text for text in stamps if _unsure(text)]
    if not unsure:
        return PLAIN
    if answer and is_tongue(answer):
        return MonthTongue(is_croatian=answer.casefold() == CROATIAN)
    left = _by_stamps(stamps, unsure, evidence.now_ns)
    if len(_readings(left)) > 1:
        left = _by_regularity(left, evidence.largest_step)
    if len(_readings(left)) > 1:
        left = _by_words(left, evidence.words)
    if len(_readings(left)) > 1:
        left = [tongue for tongue in left if evidence.zone in _ZONES[tongue]] or left
    if len(_readings(left)) == 1:
        return MonthTongue(is_croatian=left[0] == CROATIAN)
    return MonthTongue(choices=tuple(left), example=unsure[0])


def _of_each_date(texts: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(text[:_DATE_CHARS], text)
        if len(found) >= _MAX_STAMPS:
            break
    return list(found.values())


@recalled
def _unsure(text: str) -> tuple[str, ...]:
    """Its months that are others elsewhere."""
    if is_croatian(text):
        return ()
    return tuple(word for word in map(folded_name, _WORD.findall(text)) if word in _EARLIER)


def _readings(tongues: Iterable[str]) -> set[bool]:
    return {tongue == CROATIAN for tongue in tongues}


def _by_stamps(stamps: Sequence[str], unsure: Sequence[str], now_ns: int) -> list[str]:
    """Languages that have all the words of the stamps, and in which all dates exist and are past."""
    if any(map(is_croatian, stamps)):
        return [CROATIAN]
    said = {word for text in stamps for word in map(folded_name, _WORD.findall(text))} & _KNOWN
    left = [tongue for tongue, known in _STAMP_WORDS.items() if said <= known]
    if not left:
        left = [tongue for tongue, known in _STAMP_WORDS.items() if said & known & set(_EARLIER)]
    possible = [tongue for tongue in left if _are_dates(unsure, now_ns, is_croatian=tongue == CROATIAN)]
    return possible or left


def _are_dates(stamps: Sequence[str], now_ns: int, *, is_croatian: bool) -> bool:
    latest = now_ns // NS_PER_DAY + 2
    for text in stamps:
        stamp = parse_stamp(as_in_croatia(text) if is_croatian else text)
        days = days_of(stamp, "dmy") if stamp is not None else None
        if stamp is None or days is None or days > latest:
            return False
        if not is_croatian and stamp.parts[1] in map(_EARLIER.__getitem__, _unsure(text)):
            return False  # the day exists in Croatia alone
    return True


def _by_regularity(tongues: Sequence[str], largest_step: Callable[[MonthTongue], float]) -> list[str]:
    """Languages in which rows follow each other evenly, where others leave out a month."""
    steps = {is_one: largest_step(MonthTongue(is_croatian=is_one)) for is_one in (False, True)}
    best = steps[True] < steps[False]
    is_sure = steps[not best] > _CLEARLY_LARGER * max(steps[best], NS_PER_S)
    return [tongue for tongue in tongues if (tongue == CROATIAN) is best] if is_sure else list(tongues)


def _by_words(tongues: Sequence[str], words: Iterable[str]) -> list[str]:
    """Languages for which words or letters speak, where they speak for one reading alone."""
    texts = list(words)
    said = {word for text in texts for word in map(folded_name, _WORD.findall(text))}
    letters = set().union(*map(set, texts)) if texts else set()
    worth = {}
    for tongue in tongues:
        others = [other for other in tongues if (other == CROATIAN) != (tongue == CROATIAN)]
        elsewhere = frozenset().union(*(_FILE_WORDS[other] for other in others))
        worth[tongue] = len((said & _FILE_WORDS[tongue]) - elsewhere) + len(letters & set(_LETTERS[tongue]))
    spoken = [tongue for tongue in tongues if worth[tongue]]
    if len(_readings(spoken)) == 1:
        return spoken
    # a plant's own name in a neighbour's language is one word among many
    best = max(worth.values(), default=0)
    clear = [tongue for tongue in spoken if worth[tongue] == best]
    rest = max((value for tongue, value in worth.items() if (tongue == CROATIAN) not in _readings(clear)), default=0)
    return clear if len(_readings(clear)) == 1 and best >= 3 * rest else list(tongues)
