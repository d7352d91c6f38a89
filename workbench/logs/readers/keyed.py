"""Lines of names and values as loggers, terminals and databases print them: 'time flow=275.3 pdis: 5.15', line protocol.

A line becomes its stamp and one cell 'name=value' for each pair, which the reader of name-value rows takes from there. Words
between the time and the first pair (a level, a device) are passed over. Must not import anything but this domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from workbench.logs.readers.series_lines import SeriesNames, read_series_line
from workbench.logs.tables.sniff import cell_kind, is_time_name
from workbench.logs.times.instants import parse_stamp, unix_ns

_NAME = r"[^\W\d][\w.\-/%#$]{0,79}(?:[\[(][^\])\s]{1,12}[\])])?"
_START = rf"(?:(?<=^)|(?<=[\s;,|\[{{(]))\"?(?P<name>{_NAME})\"?\s{{0,3}}(?P<mark>[=:])\s{{0,3}}"
_NEXT = rf"(?=[\s;,|]+\"?{_NAME}\"?\s{{0,3}}[=:]|[\s;,|\]}})]*$)"
_PAIR = re.compile(rf"{_START}(?P<value>\"[^\"]{{0,80}}\"|[^=;|\"]{{0,40}}?){_NEXT}")
_CELL = re.compile(r"\s*([^\W\d][^=;|\t\"]{0,79}?)\s*=\s*([^=;|\t\"]{0,40})")
"""A pair that fills a cell: its name may have blanks."""
_YEARLESS = re.compile(r"[A-Za-z]{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}(?=[\s.,]|$)")
"""As system logs print it; who reads it refuses it for its year."""
_MAX_LINE = 4000
_MAX_NAMES = 256
_SHARE = 0.9
_ONE_SERIES = SeriesNames()


def split_keyed(line: str, names: SeriesNames = _ONE_SERIES) -> list[str] | None:
    """[stamp, 'name=value', …] of one line; None when it is no such line."""
    if len(line) > _MAX_LINE:
        return None
    series = read_series_line(line)
    if series:
        return names.cells(series)
    if "=" not in line and ":" not in line:
        return None
    cells = [cell for cell in re.split(r"[;\t|]", line) if cell.strip()]
    filled = [match for match in map(_CELL.fullmatch, cells[1:]) if match]
    first = _stamp_in(cells[0]) if filled and len(filled) == len(cells) - 1 and "=" not in cells[0] else None
    if first is not None:
        return [first, *(f"{match[1]}={match[2].strip()}" for match in filled)]
    pairs = [pair for pair in _PAIR.finditer(line) if pair["value"] or pair["mark"] == "="]  # 'P7:' is a device, no pair
    if not pairs:
        return None
    prefix = line[: pairs[0].start()].strip()
    if not prefix and is_time_name(pairs[0]["name"]):
        stamp: str | None = _stamp_in(pairs[0]["value"].strip('" '))
        pairs = pairs[1:]
    else:
        stamp = _stamp_in(prefix)
    if stamp is None or not pairs:
        return None
    return [stamp, *(f"{pair['name']}={pair['value'].strip(chr(34) + ' ')}" for pair in pairs)]


def is_keyed(lines: Sequence[str], names: SeriesNames = _ONE_SERIES) -> bool:
    """Whether nearly all of these lines are stamps with names and values, most of them numbers."""
    lines = [line for line in lines if not line.startswith("#")]
    found = [row for line in lines if (row := split_keyed(line, names))]
    if len(lines) < 3 or len(found) < _SHARE * len(lines):
        return False
    cells = [cell.partition("=") for row in found for cell in row[1:]]
    keys = {name for name, _, _ in cells}
    words = {name for name, _, value in cells if cell_kind(value) not in "ne"}
    n_numbers = sum(cell_kind(value) in "ne" for _, _, value in cells)
    # a level, a caller and a message may stand beside few measurements, which are numbers in every line
    is_measured = n_numbers >= 0.5 * len(cells) or (n_numbers >= 0.25 * len(cells) and bool(keys - words))
    return len(keys) <= min(_MAX_NAMES, max(8, len(found))) and is_measured


def _stamp_in(text: str) -> str | None:
    """The longest run of words at the beginning that is a stamp."""
    if yearless := _YEARLESS.match(text):
        return yearless[0]
    words = [word.strip("[](){}<>,;|\"'") for word in text.split()[:6]]
    words = [word for word in words if word]
    for count in range(len(words), 0, -1):
        tried = " ".join(words[:count])
        if parse_stamp(tried) is not None:
            return tried
        counted_ns = unix_ns(tried)
        if counted_ns is not None:
            return f"{np.datetime64(counted_ns, 'ns')}Z"
    return None
