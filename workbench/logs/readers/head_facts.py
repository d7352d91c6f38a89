"""What the head of an instrument's text export says about all rows: sampling, start, units, names.

    Sample rate:<tab>48828     Abtastrate;48828 Hz     X,CH1,Start,Increment
    "Date","2024/05/01"        ; dx = 0.0008 s         0,Volt,-6.0e-02,1.0e-04

An entry is a name that instruments use (`sampling_words`) with a value behind it, or below it; all other lines are left for
whoever looks for names of columns.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workbench.logs.readers.sampling_words import is_name_key, is_unit_key, tells_start, told_rate
from workbench.logs.recordings.rates import MAX_RATE_HZ, exact_rate
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import parse_clock, parse_stamp
from workbench.logs.units import find_unit

_COMMENT = re.compile(r"^\s*(?:#+(?!\d)|//|%|!|\*+|;+)\s*")
_AFTER_KEY = re.compile(r"\s*(?:[=\t;]|:(?!\d\d\b)|:\s)\s*")
_DELTA = re.compile(r"\b(?:delta|dx|dt|increment)\s*[=:]?\s*([+]?\d[\d.,]*(?:[eE][+-]?\d+)?)\s*([a-zµμ]{1,3}\b)?", re.IGNORECASE)
_DAY = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?|\d{1,2}[-/.]\s?(?:\d{1,2}|[^\W\d]{3,9}\.?)[-/.]\s?\d{2,4}"
    r"|\d{1,2}\.? [^\W\d]{3,12}\.? \d{4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4}"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s*[AaPp]\.?[Mm]\b\.?)?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2})\b)?")
_DOTTED = re.compile(r"\b(?:klo|kl)\.? (\d{1,2})\.(\d{2})(?:\.(\d{2}))?")
"""A clock with dots behind the word for it, as in the Nordic countries: 'klo 9.10.11'."""
_BRACKETS = re.compile(r"[\[(]\s*([^\])]{1,16})\s*[\])]")
_KEY_UNIT = re.compile(r",\s*([^\W\d_]{1,3})$")
_ENDS = " \t\"';,"


@dataclass(slots=True)
class HeadFacts:
    """What is told. `rate` in samples a second; `start` as printed, one date with a clock; `rest` are lines that told nothing."""

    rate: Fraction | None = None
    start: str = ""
    units: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rest: list[str] = field(default_factory=list)


def read_head(lines: Sequence[str]) -> HeadFacts:
    """The entries of a head, line by line."""
    facts = HeadFacts()
    rates: list[Fraction] = []
    stamps: dict[int, list[str]] = {1: [], 2: []}
    days: dict[int, list[str]] = {1: [], 2: []}
    clocks: dict[int, list[str]] = {1: [], 2: []}
    for number, line in enumerate(lines):
        is_told = False
        for key, value in _entries(line):
            is_told |= _take(key, value, facts, rates, (stamps, days, clocks))
        for key, value in _below(line, lines[number + 1]) if number + 1 < len(lines) else ():
            _take_sampling(key, value, rates, (stamps, days, clocks))  # the line stays: it may name columns too
        if not is_told:
            facts.rest.append(line)
    facts.rate = exact_rate(float(rates[0])) if rates else None
    both = [f"{(days[2] or days[1])[0]} {(clocks[2] or clocks[1])[0]}"] if any(days.values()) and any(clocks.values()) else []
    facts.start = next(iter([*stamps[2], *both, *stamps[1]]), "")
    return facts


def _entries(line: str) -> Iterator[tuple[str, str]]:
    """Names with the values behind them."""
    plain = unicodedata.normalize("NFKC", _COMMENT.sub("", line)).strip()
    match = _AFTER_KEY.search(plain)
    cells = _cells(plain)
    if match and match.start() and not (plain.startswith('"') and match[0].strip() == ":"):
        yield plain[: match.start()], plain[match.end() :]
        if "," in plain[: match.start()] and len(cells) > 1:  # 'Vertical Units,CH1:V,CH2:V'
            yield cells[0], ",".join(cells[1:])
    elif len(cells) > 1:
        yield cells[0], cells[1] if len(cells) == 2 else ",".join(cells[1:])
    elif (words := re.fullmatch(r"([^\W\d]+)\s+(\d.*)", plain)) is not None:
        yield words[1], words[2]
    for part in re.split(r"\s+;\s+|\s{2,}", plain)[1:]:
        if (inner := _AFTER_KEY.search(part)) is not None and inner.start():
            yield part[: inner.start()], part[inner.end() :]
    if (delta := _DELTA.search(plain)) is not None:
        yield "dx", f"{delta[1]} {delta[2] or ''}"


def _below(line: str, below: str) -> list[tuple[str, str]]:
    """Names in a row of cells with the values below them."""
    upper, lower = (_cells(unicodedata.normalize("NFKC", text).strip()) for text in (line, below))
    if len(upper) == 1:
        return [(upper[0], below.strip())]  # '*INTERVAL' over '0,625 ms'
    if len(upper) == 2 or len(upper) != len(lower):
        return []  # two cells are a name and its value
    return [(key, value) for key, value in zip(upper, lower, strict=True) if key and value]


def _cells(plain: str) -> list[str]:
    delimiter = next((mark for mark in "\t;," if mark in plain), ",")
    return [cell.strip() for cell in next(csv.reader([plain], delimiter=delimiter, skipinitialspace=True), [])]


def _take(key: str, value: str, facts: HeadFacts, rates: list[Fraction], when: tuple[dict[int, list[str]], ...]) -> bool:
    """Keep what an entry tells; whether it told anything."""
    if _take_sampling(key, value, rates, when):
        return True
    bare = _KEY_UNIT.sub("", _BRACKETS.sub("", key.strip(_ENDS)))
    cells = _values(value)
    if is_unit_key(bare) and len(cells) == 1 and re.fullmatch(r"[^\W\d]{1,6}", cells[0]):
        facts.units = cells  # also one that no table knows, such as mg
        return True
    if is_unit_key(bare) and cells and all(_unit_of(cell) for cell in cells):
        facts.units = tuple(map(_unit_of, cells))
        return True
    if is_name_key(bare) and cells and not any(re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", cell) or find_unit(cell) for cell in cells):
        facts.names = cells
        return True
    return False


def _values(value: str) -> tuple[str, ...]:
    return tuple(clean_text(cell.strip(_ENDS)) for cell in _cells(value.strip(_ENDS)) if cell.strip(_ENDS))


def _take_sampling(key: str, value: str, rates: list[Fraction], when: tuple[dict[int, list[str]], ...]) -> bool:
    """Keep a rate, a step or a start that an entry tells; whether it told one."""
    key, value = key.strip(_ENDS), value.strip(_ENDS)
    bracketed = _BRACKETS.search(key) or _KEY_UNIT.search(key)
    bare = _KEY_UNIT.sub("", _BRACKETS.sub("", key))
    cells = _values(value)
    first = cells[0] if cells and ("," not in value or len(cells) > 2 or not re.fullmatch(r"\d+,\d+\D*", value)) else value
    rate = told_rate(bare, first, bracketed[1] if bracketed else "")
    if rate is not None and rate < MAX_RATE_HZ:
        rates.append(rate)
        return True
    rank = tells_start(bare)
    tried = (value, value.replace(",", "."), first)
    printed = next((text for text in tried if parse_stamp(text) or parse_clock(text)), value)
    return bool(rank) and _take_time(printed, rank, *when)


def _take_time(
    value: str, rank: int, stamps: dict[int, list[str]], days: dict[int, list[str]], clocks: dict[int, list[str]]
) -> bool:
    stamp = parse_stamp(value)
    if stamp is not None and stamp.has_clock:
        stamps[rank].append(value)
        return True
    value = _DOTTED.sub(lambda found: ":".join(filter(None, found.groups())), value)
    day, clock = _DAY.search(value), _CLOCK.search(value)
    written = f"{day[0]} {clock[0].replace(',', '.')}" if day and clock else ""
    if written and (parsed := parse_stamp(written)) is not None and parsed.has_clock:
        stamps[rank].append(written)
    elif day and not clock and parse_stamp(day[0]) is not None:
        days[rank].append(day[0])
    elif clock and not day and len(clock[0]) >= len(value.strip()) - 5:
        clocks[rank].append(clock[0].replace(",", "."))
    else:
        return False
    return True


def _unit_of(cell: str) -> str:
    """A unit, also behind the channel that it is of ('CH1:V'); '' for none."""
    plain = cell.rpartition(":")[2].strip()
    return plain if find_unit(plain) else ""
