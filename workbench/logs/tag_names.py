"""What a signal tag probably measures, and of which pump: from its unit, words, ISA-5.1 letters, KKS codes and values.

Every guess has a confidence (0..1) and its reason. A unit is never guessed. Sources: ANSI/ISA-5.1-2009, table 4.1 (letters);
VGB-B 105 (KKS): in 10LAC11CP001 the system is 10LAC11, C a direct measurement, P pressure, T temperature, F flow, L level,
S speed, Y vibration, E electrical, G position. Must not import anything but the standard library and this domain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.logs.equipment import asset_of_named, find_equipment_tag, find_pumps
from workbench.logs.tables.words import ISA_LETTERS
from workbench.logs.units import find_quantity

DOUBTFUL = 0.6
"""A suggestion that is less sure than this is asked."""
_KKS = re.compile(r"(?<![A-Z0-9])(\d{0,2}[A-Z]{3}\d{2})\s*(?:(AP|AN|AH)\d{3})?[A-Z]?\s*C([A-Z])(\d{3})", re.IGNORECASE)
_KKS_LETTERS = {
    "P": "pressure", "T": "temperature", "F": "flow", "L": "level", "S": "speed", "Y": "vibration", "E": "electrical",
    "G": "position",
}  # fmt: skip
_ISA = re.compile(r"(?:^|[^A-Za-z])([A-Z])D?[ITECRYSXKV]{1,3}[-_ ]?(\d{1,5})([A-Z]?)(?![A-Za-z0-9])")
_CARD = re.compile(r"(?:^|[^A-Za-z])[AD][IO][-_ ]?\d")
"""An input of a card (AI_77), not an analysis indicator."""
_WHERE = (
    ("suction", r"suct|saug|zulauf|eintritt|inlet|aspira|suge|\bin\b"),
    ("discharge", r"disch|delivery|druckseit|druckstutzen|austritt|outlet|refoul|mandata|trykkside|impuls|\bdis\b|\bout\b"),
    ("differential", r"differ|\bdp\b|delta ?p|differenz"),
    ("seal", r"\bseal|dichtung|garniture|tenuta|pakning"),
    ("oil", r"\boil\b|\böl|huile|\bolio\b|\bolje"),
    ("winding", r"winding|wicklung|enroul|avvolg|vikling"),
    ("bearing", r"bear|\blager|palier|cuscin|rodam|\bbrg|łożysk"),
    ("motor", r"motor|moteur|motore|drive"),
    ("ambient", r"ambient|umgebung|omgivel"),
)
_ENDS = (("DE", r"(?<![a-z])de(?![a-z])|drive end|a-seite|antriebsseit"), ("NDE", r"(?<![a-z])nde(?![a-z])|non.drive|b-seite"))
_SYNCHRONOUS_RPM = (500, 600, 750, 900, 1000, 1200, 1500, 1800, 3000, 3600)
_MAX_SLIP = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFacts:
    """What is known of a tag before anything is guessed: as printed, and some of its values."""

    tag: str
    unit: str | None = None
    description: str = ""
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSuggestion:
    """What a tag probably is; '' where there is no idea. `confidence` is the smallest of the two guesses that matter."""

    tag: str
    channel: str
    quantity: str
    unit: str
    asset: str
    confidence: float
    why: str

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look at it."""
        return self.confidence < DOUBTFUL


def suggest_tags(tags: Sequence[TagFacts], asset: str = "") -> list[TagSuggestion]:
    """A suggestion for each tag, in order; `asset` is the pump that the whole file belongs to, as far as that is known."""
    loops = Counter(match[2] for one in tags if (match := _ISA.search(one.tag)))
    systems = Counter(match[1].upper() for one in tags if (match := _KKS.search(one.tag)))
    pumps = find_pumps([one.tag for one in tags])
    found = [_suggest(one, _machine_of(one.tag, pumps, asset), loops, systems) for one in tags]
    return _with_distinct_names(found)


def _machine_of(tag: str, pumps: Mapping[str, str], asset: str) -> str:
    """The pump that is stored under at import, where a tag names one of several."""
    return asset_of_named(pumps[tag], asset) if asset and tag in pumps else asset


def _suggest(one: TagFacts, asset: str, loops: Mapping[str, int], systems: Mapping[str, int]) -> TagSuggestion:
    quantity, sure_of_quantity, why = _quantity_of(one)
    pump, sure_of_pump, why_pump = _asset_of(one.tag, asset, loops, systems)
    words = _words_of(f"{one.tag} {one.description}")
    channel = " ".join(filter(None, (*words, quantity))) if quantity and words else ""
    reasons = "; ".join(filter(None, (why, why_pump)))
    return TagSuggestion(
        tag=one.tag, channel=channel, quantity=quantity, unit=one.unit or "", asset=pump,
        confidence=round(min(sure_of_quantity, sure_of_pump), 2), why=reasons,
    )  # fmt: skip


def _quantity_of(one: TagFacts) -> tuple[str, float, str]:
    if one.unit and (by_unit := find_quantity(one.unit, "")):
        return by_unit, 0.95, f"unit {one.unit}"
    kks = _KKS.search(one.tag)
    if kks and kks[3].upper() in _KKS_LETTERS:
        return _KKS_LETTERS[kks[3].upper()], 0.85, f"KKS code C{kks[3].upper()}"
    isa = None if _CARD.search(one.tag) else _ISA.search(one.tag)
    # in small letters, so that only words count and not the letters of a tag
    if by_words := find_quantity(None, f"{one.tag} {one.description}".casefold()):
        return by_words, 0.85, "words in its name"
    if isa and isa[1] in ISA_LETTERS:
        return ISA_LETTERS[isa[1]], 0.75, f"ISA-5.1 letter {isa[1]}"
    return _by_values(one.values)


def _by_values(values: Sequence[float]) -> tuple[str, float, str]:
    """A shaft speed is known by its number; nothing else is."""
    top = max(values, default=0.0)
    for speed in _SYNCHRONOUS_RPM:
        if speed * (1 - _MAX_SLIP) <= top <= speed and all(value == 0 or value > 0.2 * speed for value in values):
            return "speed", 0.4, f"values near {speed} as of a motor's speed"
    return "", 0.2, "nothing in its name tells what it measures"


def _asset_of(tag: str, asset: str, loops: Mapping[str, int], systems: Mapping[str, int]) -> tuple[str, float, str]:
    named = find_equipment_tag(tag)
    if named:
        return named, 0.95, f"{named} in its name"
    kks = _KKS.search(tag)
    if kks:
        pump = f"{kks[1].upper()}AP001"
        return pump, 0.7 if systems[kks[1].upper()] > 1 else 0.55, f"KKS system {kks[1].upper()}"
    isa = _ISA.search(tag)
    if isa and loops[isa[2]] > 1:
        return f"P-{isa[2]}{isa[3]}", 0.7, f"loop {isa[2]} of {loops[isa[2]]} tags"
    if asset:
        return asset, 0.8, ""
    return "", 0.3, "no pump in its name"


def _words_of(text: str) -> list[str]:
    folded = re.sub(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])", " ", text)
    folded = re.sub(r"[_.\-/:]+", " ", folded).casefold()
    found = [word for word, pattern in _WHERE if re.search(pattern, folded)]
    return [*found, *(word for word, pattern in _ENDS if re.search(pattern, folded))]


def _with_distinct_names(found: list[TagSuggestion]) -> list[TagSuggestion]:
    """Two tags of one pump must not become one channel: then both keep their tags."""
    from dataclasses import replace

    names = Counter((one.asset, one.channel) for one in found if one.channel)
    return [replace(one, channel="") if names[one.asset, one.channel] > 1 else one for one in found]
