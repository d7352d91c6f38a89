"""What the head of an instrument's text export says about all rows: sampling, start, unit, name.

    Sample rate:<tab>48828          "Date","2024/05/01"          Abtastrate;48828 Hz          fs [Hz] = 25600

An entry is a name that instruments use (`sampling_words`) with a value behind it; all other lines are left for whoever looks for
names of columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from workbench.logs.readers.sampling_words import (
    CLOCK_KEYS,
    DATE_KEYS,
    NAME_KEYS,
    START_KEYS,
    UNIT_KEYS,
    fold_key,
    told_rate,
)
from workbench.logs.recordings.rates import MAX_RATE_HZ, exact_rate
from workbench.logs.text.decode import clean_text
from workbench.logs.times.instants import parse_clock, parse_stamp
from workbench.logs.units import find_unit

_COMMENT = re.compile(r"^\s*(?:#+|//|%|!|\*+|;;)\s*")
_ENTRY = re.compile(r"(?P<key>[^=:;\t,]{1,60}?)\s*(?:[=:;\t,]+|(?<=\S)\s+(?=\d))\s*(?P<value>.*)")
_BRACKETS = re.compile(r"[\[(]\s*([^\])]{1,16})\s*[\])]")
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
    starts, days, clocks = list[str](), list[str](), list[str]()
    for line in lines:
        plain = _COMMENT.sub("", unicodedata.normalize("NFKC", line)).strip()
        match = _ENTRY.fullmatch(plain)
        key = (match["key"] if match else "").strip(_ENDS)
        value = (match["value"] if match else "").strip(_ENDS)
        bracketed = _BRACKETS.search(key)
        folded = fold_key(_BRACKETS.sub("", key))
        values = tuple(clean_text(cell.strip(_ENDS)) for cell in re.split(r"[;\t,]", value) if cell.strip(_ENDS))
        first = re.split(r"[;\t]", value)[0].strip(_ENDS)
        rate = told_rate(_BRACKETS.sub("", key), first, bracketed[1] if bracketed else "")
        if rate is not None and rate < MAX_RATE_HZ:
            rates.append(rate)
        elif folded in START_KEYS and _is_instant(value):
            starts.append(value)
        elif folded in DATE_KEYS | START_KEYS and parse_stamp(value) is not None:
            days.append(value)
        elif folded in CLOCK_KEYS | START_KEYS and parse_clock(value.replace(",", ".")) is not None:
            clocks.append(value.replace(",", "."))
        elif folded in UNIT_KEYS and values and all(map(find_unit, values)):
            facts.units = values
        elif folded in NAME_KEYS and values and not any(_is_number(cell) for cell in values):
            facts.names = values
        else:
            facts.rest.append(line)
    facts.rate = exact_rate(float(rates[0])) if rates else None
    if starts:
        facts.start = starts[0]
    elif days and _is_instant(days[0]):
        facts.start = days[0]
    elif days and clocks:
        facts.start = f"{days[0]} {clocks[0]}"
    return facts


def _is_instant(text: str) -> bool:
    stamp = parse_stamp(text)
    return stamp is not None and stamp.has_clock


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", text) is not None
