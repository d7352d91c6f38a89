"""Lines of series as databases and monitors print them: InfluxDB, Prometheus, Graphite, OpenTSDB.

    pump,site=north,asset=P1 flow=275.3,run=true 1772419495000000000
    flow{pump="P1"} 275.3 1772419495000
    pump.flow 275.3 1772419495
    put pump.flow 1772419495 275.3 pump=P1

Fields alone name the channels where all lines are of one series; where there are several, what tells them apart (the
measurement, the tags that differ) stands in front, so that no series overwrites another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.logs.tables.words import VALUE_NAMES

_KEY = r"(?:\\.|[^\s,={}\\])+"
_VALUE = r'(?:"(?:\\.|[^"\\]){0,400}"|(?:\\.|[^\s,=\\"])+)'
"""Blanks, commas and equals signs stand behind a backslash, or between the quotes of a text."""
_PAIR = re.compile(rf"({_KEY})=({_VALUE})")
_PROTOCOL = re.compile(
    rf"(?P<name>{_KEY})(?P<tags>(?:,{_KEY}={_VALUE})*)\s(?P<fields>{_KEY}={_VALUE}(?:,{_KEY}={_VALUE})*)\s(?P<time>\d{{10,19}})"
)
_EXPOSED = re.compile(
    r"(?P<name>[A-Za-z_:][\w:./-]{0,79})(?:\{(?P<tags>[^{}]{0,400})\})?\s+(?P<value>[+-]?[\w.+-]{1,30})\s+(?P<time>\d{10,19})"
)
_PUT = re.compile(
    r"put\s+(?P<name>\S{1,80})\s+(?P<time>\d{10,19})\s+(?P<value>[+-]?[\w.+-]{1,30})(?P<tags>(?:\s+[^\s=]+=[^\s=]+)*)"
)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesLine:
    """One line: what is measured, of what, its (field, value) pairs, and a count since 1970."""

    name: str
    tags: dict[str, str]
    fields: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesNames:
    """What a channel's name needs besides the field: the measurement, and these tags."""

    needs_measurement: bool = False
    tags: tuple[str, ...] = ()

    def cells(self, line: SeriesLine) -> list[str]:
        """[stamp, 'name=value', …]."""
        front = [line.tags[tag] for tag in self.tags if tag in line.tags]
        pairs = []
        for name, value in line.fields:
            is_mere_value = name.casefold() in VALUE_NAMES
            measured = [line.name] if self.needs_measurement or not name else []
            inner = [] if not name or (measured and is_mere_value) else [name]
            pairs.append(f"{_plain('.'.join([*front, *measured, *inner]))}={value}")
        return [stamp_of_count(line.count), *pairs]


def _plain(name: str) -> str:
    return re.sub(r"[\s=:;,]+", "_", name)


def read_series_line(line: str) -> SeriesLine | None:
    """One line taken apart; None when it is none of a series."""
    found = _PROTOCOL.fullmatch(line.strip())
    if found:
        pairs = tuple((_bare(name), re.sub(r"(?<=\d)[iu]$", "", _bare(value))) for name, value in _PAIR.findall(found["fields"]))
        tags = {_bare(name): _bare(value) for name, value in _PAIR.findall(found["tags"])}
        return SeriesLine(name=_bare(found["name"]), tags=tags, fields=pairs, count=int(found["time"]))
    put = _PUT.fullmatch(line.strip())
    shown = put or _EXPOSED.fullmatch(line.strip())
    if shown is None:
        return None
    tags = dict(tag.split("=", 1) for tag in put["tags"].split()) if put else dict(_LABEL.findall(shown["tags"] or ""))
    return SeriesLine(name=shown["name"], tags=tags, fields=(("", shown["value"]),), count=int(shown["time"]))


def _bare(text: str) -> str:
    """A name or a value without its quotes and backslashes."""
    return re.sub(r"\\(.)", r"\1", text.removeprefix('"').removesuffix('"'))


def find_series_names(lines: Sequence[str]) -> SeriesNames:
    """What tells the series of sample lines apart."""
    found = [line for line in map(read_series_line, lines) if line]
    keys = {key for line in found for key in line.tags}
    varying = tuple(sorted(key for key in keys if len({line.tags.get(key) for line in found}) > 1))
    return SeriesNames(needs_measurement=len({line.name for line in found}) > 1, tags=varying)


def stamp_of_count(count: int) -> str:
    """A count of seconds, ms, µs or ns since 1970, told by its digits, as a stamp."""
    n_digits = len(str(count))
    scale = next((scale for limit, scale in ((11, 10**9), (14, 10**6), (17, 10**3)) if n_digits < limit), 1)
    return f"{np.datetime64(count * scale, 'ns')}Z"
