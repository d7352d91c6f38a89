"""Which pump a log belongs to, from what looks like an equipment tag in file and channel names.

    P-2041A_2026-03.csv            → P-2041A
    PI-2041A, TI-2041A, II-2041A   → P-2041A (the loop number that most signal tags share)
    P2041_SUCT_P, P2041_FLOW       → P-2041
    F_PU1, S_PU1, F_PU2, S_PU2     → PU1 and PU2, two pumps of one table

Must not import anything but the standard library and word lists.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from workbench.logs.tables.words import MONTHS

_PUMP = re.compile(r"(?<![A-Za-z0-9])(P|PU|PMP|GA|PA|ESP)[-_ ]?(\d{2,5})([A-Z]?)(?![A-Za-z0-9])")
_NUMBERED = re.compile(
    r"(?<![A-Za-z0-9])(?:(PMP|PU|P)[-_ ]?(\d{1,2})|((?i:pump|pumpe|pompe|pompa|bomba|pumpa|pumppu))[-_ ]?(\d{1,2}|[A-F]))"
    r"(?![A-Za-z0-9])"
)
"""A pump without a tag of its own: PU1, Pump 2, Pumpe_A."""
_PLACE = re.compile(r"P ?\d")
_MACHINE = re.compile(
    r"amp|current|strom|courant|corriente|power|leistung|\bkw|speed|rpm|drehzahl|\bhz|run|status|start|motor|vib"
)
"""P1 may be where something is measured; what has a current, a speed or a status is a machine."""
_STATISTICS = frozenset(
    ("min", "max", "avg", "mean", "average", "sd", "std", "stdev", "last", "first", "value", "val", "pv", "raw")
)
_SIGNAL = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,5}[-_ ]?(\d{3,5}[A-Z]?)(?![A-Za-z0-9])")
_STAMP = re.compile(r"[ _.-]*(?:19|20)\d{2}[-_.]?\d{2}[-_.]?\d{2}[T _-]{0,2}\d{2}[-_:.h]?\d{2}[-_:.m]?\d{2}(?:[.,]\d{1,9})?s?Z?$")
_SHARE = 0.6
_LONGEST = 80
_TAG_DIGITS = 3
"""A number of fewer may be a count: PU10 beside PU1."""
_BLANKS = re.compile(r"(?<=\S)[ _\-]{2,}(?=\S)|  +")
_YEAR = r"(?:19|20)\d\d"
_CLOCK = r"(?:[-_ .T]*\d\d[-_.:h]?\d\d(?:[-_.:m]?\d\d)?(?!\d))?"
_MONTH = "|".join(sorted((word for word in MONTHS if len(word) > 2), key=len, reverse=True))
_DATES = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-_. ]?\d\d[-_. ]?\d\d|\d\d[-_. ]?\d\d[-_. ]?{_YEAR}|\d\d[-_.]\d\d[-_.]\d\d){_CLOCK}(?!\d)"
    rf"|(?<!\d){_YEAR}[-_. ]?(?:kw\d\d|w\d\d|0[1-9]|1[0-2])(?!\d)|(?<![a-z])(?:kw|week|w)[-_ ]?\d\d?(?!\d)"
    rf"|(?<![^\W\d_])(?:{_MONTH})(?![^\W\d_])[-_ ]?(?:{_YEAR})?|\d{{6,}}",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,7}$")
_COPY = re.compile(r"\s*\(\d{1,3}\)$")


def find_equipment_tag(text: str) -> str | None:
    """The first pump tag in a text, as P-2041A."""
    found = _PUMP.search(text)
    return f"{found[1]}-{found[2]}{found[3]}" if found else None


def find_tags(text: str) -> list[re.Match[str]]:
    """All pump and signal tags in a text, from left to right, none inside another."""
    found = sorted([*_PUMP.finditer(text), *_SIGNAL.finditer(text)], key=re.Match.start)
    return [match for number, match in enumerate(found) if number == 0 or match.start() >= found[number - 1].end()]


def find_pumps(channels: Sequence[str]) -> dict[str, str]:
    """The pump of each channel whose name says it, where the channels of one table are those of two pumps or more; else {}.

    A pump is a tag, or a word with its number (PU1) that only this table knows. Two names of one pump must differ in what
    they measure, and another pump must have one of the same: P-101 and P-102, once each or with min and max, may be pressures.
    """
    numbered = {match[1] for name in channels if (match := _NUMBERED.search(name)) and len(match[2] or "") == 1}
    measured: dict[str, dict[str, str]] = {}
    for name in channels:
        match = _PUMP.search(name) or _NUMBERED.search(name)
        words = re.findall(r"[^\W_]+", f"{name[: match.start()]} {name[match.end() :]}".casefold()) if match else []
        if match and set(words) - _STATISTICS:
            tag = None if match[1] in numbered and len(match[2]) < _TAG_DIGITS else find_equipment_tag(match[0])
            measured.setdefault(tag or re.sub(r"[-_ ]+", " ", match[0]), {})[name] = " ".join(words)
    kinds = Counter(kind for own in measured.values() for kind in set(own.values()))
    pumps = [
        pump
        for pump, own in measured.items()
        if len(set(own.values())) > 1 and any(kinds[kind] > 1 for kind in own.values())
        if not _PLACE.fullmatch(pump) or any(_MACHINE.search(kind) for kind in own.values())
    ]
    return {name: pump for pump in pumps for name in measured[pump]} if len(pumps) > 1 else {}


def asset_of_named(pump: str, asset: str) -> str:
    """The pump of a channel of `find_pumps`: its tag; a number stands behind the file's pump, as each station has a PU1."""
    return pump if find_equipment_tag(pump) == pump else f"{asset} {pump}"[:_LONGEST]


def mask_dates(path: PurePath) -> str:
    """A file's name with # where a date, a time, a week, a month or a long number stands; equipment tags stay."""
    stem = path.name.strip()
    while suffix := _SUFFIX.search(stem):
        stem = stem[: suffix.start()]
    stem = _COPY.sub("", stem)
    kept = [match.span() for match in find_tags(stem)]
    parts, at = [], 0
    for start, end in kept:
        parts += [_DATES.sub("#", stem[at:start]), stem[start:end]]
        at = end
    return "".join([*parts, _DATES.sub("#", stem[at:])])[:_LONGEST]


def default_asset(source: str, channels: Sequence[str]) -> str:
    """The pump's tag from the file's name, else from its channels, else the file's stem (a bare number: with its folder).

    Of 'book.xlsx: P-3101B' the sheet's tag comes first: the file's name may be about the station.
    """
    sheet = source.rpartition(": ")[2] if ": " in source else ""
    path = PurePath(source.replace("\\", "/"))
    stem = path.stem.strip()
    stem = _STAMP.sub("", stem) or stem  # a recorder's files differ by their time alone
    if not any(char.isalpha() for char in stem) and path.parent.name:
        stem = f"{path.parent.name}-{stem}"
    # the log of the next day belongs to the same pump: its date is no part of the name
    masked = mask_dates(PurePath(stem))
    is_dated = "#" in masked and any(char.isalpha() for char in path.stem)
    undated = masked.replace("#", " ").strip(" _-.,()") if is_dated else ""
    return (
        find_equipment_tag(sheet)
        or find_equipment_tag(stem)
        or _most_common(channels)
        or _BLANKS.sub(" ", undated)
        or stem[:_LONGEST]
        or "log"
    )


def asset_of_machine(machine: str, asset: str, *, is_given: bool) -> str:
    """The pump of rows that name a machine: its tag, else its name (behind the file's pump where that is given or needed)."""
    tag = find_equipment_tag(machine)
    says_little = sum(char.isalpha() for char in machine) < 3
    return tag or (f"{asset} {machine}" if is_given or says_little else machine)[:_LONGEST]


def _with_letter(counted: Counter[str]) -> Counter[str]:
    """A number without a letter (FI-2041, the line's flow) counts to the only pump that has one (P-2041A)."""
    merged = Counter(counted)
    lettered: dict[str, list[str]] = {}
    for tag in counted:
        if tag[-1].isalpha():
            lettered.setdefault(tag[:-1], []).append(tag)
    for tag in counted:
        if len(own := lettered.get(tag, [])) == 1:
            merged[own[0]] += merged.pop(tag)
    return merged


def _most_common(channels: Sequence[str]) -> str | None:
    """What most channels agree on: a pump's tag in them, else the number of their signal tags."""
    tags = Counter(tag for name in channels if (tag := find_equipment_tag(name)))
    loops = Counter(f"P-{found[1]}" for name in channels if (found := _SIGNAL.search(name)))
    for counted in (_with_letter(tags), _with_letter(loops)):
        for tag, n_channels in counted.most_common(1):
            if n_channels >= _SHARE * len(channels):
                return tag
    return None
