"""What the stamps of one column leave to their surroundings: the language of months, zones of two places, bare milliseconds.

Decided once over a column; its texts are then rewritten to what `instants` reads. CST is six hours behind UTC in Chicago and
eight ahead in Shanghai; IST is the time of India, Israel and Ireland. A logger that prints milliseconds without zeros in front
(`.7` is 7 ms, `.70` is 70 ms) is told by zeros at the end of fractions of different length, which no fraction of a second has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workbench.core.errors import RequestError
from workbench.logs.text.encodings import scripts_of
from workbench.logs.times.month_tongues import PLAIN as PLAIN_MONTHS
from workbench.logs.times.month_tongues import MonthTongue
from workbench.logs.times.zones import load_zone

_PLACES: dict[str, dict[str, int]] = {
    # minutes from UTC; the first is what is read where nothing tells
    "cst": {"Chicago": -360, "Shanghai": 480},
    "ist": {"India": 330, "Israel": 120, "Ireland": 60},
    "est": {"New York": -300, "Sydney": 600},
    "edt": {"New York": -240, "Sydney": 660},
}
_ASKED = frozenset({"cst", "ist"})
"""Of the others one place is by far the likeliest."""
_SCRIPTS = {("cst", "EAST"): "Shanghai", ("ist", "HEBREW"): "Israel", ("ist", "DEVANAGARI"): "India"}
_AMERICAN = re.compile(r"\b(?:psi|psig|psia|gpm|usgpm|degF|inHg)\b|°F", re.IGNORECASE)
_ABBREVIATION = re.compile(rf"(?<=[\d\s])(?P<zone>{'|'.join(_PLACES)})(?P<year>\s+\d{{4}})?\s*$", re.IGNORECASE)
"""Behind the stamp, or before the year as `date` prints it."""
_CLOCK_AND_YEAR = re.compile(r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(?P<offset>[+-]\d{2}:\d{2})(?P<year>\s+\d{4})$")
_FRACTION = re.compile(r"(?<=:\d\d)[.,](?P<digits>\d{1,3})(?!\d)")
_LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StampDialect:
    """How the stamps of a column are rewritten before they are read, and the zone that nothing tells ('' for none)."""

    months: MonthTongue = PLAIN_MONTHS
    offsets: dict[str, str] = field(default_factory=dict)
    """Zones by their letters, as offsets: {'cst': '+08:00'}."""
    has_bare_ms: bool = False
    unknown_zone: str = ""

    @property
    def rewrites(self) -> bool:
        """Whether any stamp is changed."""
        return self.months.is_croatian or self.has_bare_ms or bool(self.offsets)

    def read(self, texts: Sequence[str]) -> Sequence[str]:
        """The stamps as `instants` reads them."""
        if not self.rewrites:
            return texts
        found = self.months.read(texts)
        if self.has_bare_ms:
            found = [_FRACTION.sub(_padded, text) for text in found]
        if self.offsets:
            found = [_CLOCK_AND_YEAR.sub(_year_first, _ABBREVIATION.sub(self._as_offset, text)) for text in found]
        return found

    def _as_offset(self, match: re.Match[str]) -> str:
        return self.offsets.get(match["zone"].casefold(), match["zone"]) + (match["year"] or "")


def _year_first(match: re.Match[str]) -> str:
    return f"{match['year'].strip()} {match['clock']} {match['offset']}"


PLAIN = StampDialect()


def find_dialect(texts: Sequence[str], months: MonthTongue, words: Iterable[str], zone: str | None) -> StampDialect:
    """The dialect of a column, of whose stamps `texts` are the first; `words` are those of its file, `zone` what is known."""
    texts = texts[:_LOOKED_AT]
    used = {match["zone"].casefold() for text in texts if (match := _ABBREVIATION.search(text))}
    offsets, unknown = _offsets_of(used, texts, list(words), zone) if used else ({}, "")
    return StampDialect(months=months, offsets=offsets, has_bare_ms=has_bare_ms(texts), unknown_zone=unknown)


def has_bare_ms(texts: Iterable[str]) -> bool:
    """Whether fractions of seconds are milliseconds without zeros in front."""
    found = {match["digits"] for text in texts if (match := _FRACTION.search(text))}
    lengths = {len(digits) for digits in found}
    has_zero_in_front = any(len(digits) > 1 and digits[0] == "0" for digits in found)
    return len(lengths) > 1 and not has_zero_in_front and any(len(digits) > 1 and digits[-1] == "0" for digits in found)


def _padded(match: re.Match[str]) -> str:
    return f".{match['digits']:0>3}"


def _offsets_of(used: set[str], texts: Sequence[str], words: Sequence[str], zone: str | None) -> tuple[dict[str, str], str]:
    """({letters: offset}, letters that nothing tells)."""
    scripts = scripts_of(words)
    is_american = any(map(_AMERICAN.search, words)) or any(re.search(r"\bcdt\s*$", text, re.IGNORECASE) for text in texts)
    in_zone = _minutes_in(zone) if zone else set()
    offsets, unknown = {}, ""
    for letters in sorted(used):
        places = _PLACES[letters]
        fitting = [place for place, minutes in places.items() if minutes in in_zone]
        fitting = fitting or [place for (name, script), place in _SCRIPTS.items() if name == letters and script in scripts]
        if len(fitting) == 1:
            offsets[letters] = _offset_text(places[fitting[0]])
            continue
        offsets[letters] = _offset_text(next(iter(places.values())))
        is_told = zone is not None or (letters == "cst" and is_american)
        unknown = letters.upper() if letters in _ASKED and not is_told else unknown
    return offsets, unknown


def _minutes_in(zone: str) -> set[int]:
    """Offsets of a zone in winter and summer, minutes."""
    try:
        loaded: ZoneInfo = load_zone(zone)
    except RequestError:
        return set()
    days = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 7))
    return {round(offset.total_seconds() / 60) for day in days if (offset := day.astimezone(loaded).utcoffset()) is not None}


def _offset_text(minutes: int) -> str:
    return f" {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def places_of(letters: str) -> tuple[str, ...]:
    """Where a zone of these letters is in force."""
    return tuple(_PLACES[letters.casefold()])
