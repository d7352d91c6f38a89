"""How a waveform is written as text: where its rows begin, what stands in front of them, and what its head says.

See `wave_text`, which reads it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.logs.readers.head_facts import HeadFacts, read_head
from workbench.logs.readers.sampling_words import fold_key
from workbench.logs.tables.header_rows import find_header, is_unit_row
from workbench.logs.tables.sniff import is_time_name
from workbench.logs.text.decode import find_encoding
from workbench.logs.times.elapsed import RELATIVE_UNITS, relative_scale
from workbench.logs.units import find_unit, is_no_unit, split_unit

_LEAST_ROWS = 20
_MOST_COLUMNS = 256
_LAYOUTS = (("\t", "."), ("\t", ","), (";", "."), (";", ","), (" ", "."), (" ", ","), (",", "."), ("", "."), ("", ","))
"""Delimiter and decimal mark, in the order in which they are tried."""
_NUMBER = {mark: re.compile(rf"[+-]?(?:\d+[{mark}]?\d*|[{mark}]\d+)(?:[eE][+-]?\d+)?|nan|NaN") for mark in ".,"}
_COMMENT = re.compile(r"^\s*(?:#+|//|%|!|\*+|;+)\s*")
_UNIT_NAMES = {
    ("millis", "milliseconds", "timems", "tms", "ms", "millisec", "msec"): "ms",
    ("micros", "microseconds", "timeus", "tus", "us", "usec"): "us",
    ("seconds", "second", "sec", "secs"): "s",
}
_TOLERANCE = 0.01
_NS = 10**9
_SLOWEST_WAVE_S = 0.1
_LATEST_EPOCH, _EARLIEST_SERIAL, _LATEST_SERIAL = 1e8, 20_000.0, 80_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveLayout:
    """How the rows are written, and what was found above them. `lead` are columns in front that count, not measure."""

    delimiter: str
    mark: str
    n_cells: int
    first_line: int
    facts: HeadFacts
    names: tuple[str, ...]
    units: tuple[str, ...]
    lead: tuple[str, ...] = ()
    """'empty', 'index' or 'seconds' for each of them."""
    start_s: float = 0.0
    """The first of seconds that are counted and not read: before the trigger they are negative."""
    has_beside: bool = False
    """Whether the head stands at the left of the first rows (Tektronix), in the cells that are empty farther down."""
    clock: str = ""
    """The name of the seconds where they have to be read, as no rate is told."""

    def cells(self, line: str) -> list[str]:
        """A line taken apart."""
        if not self.delimiter:
            return [line.strip().strip('"')]
        parts = line.split() if self.delimiter == " " else line.split(self.delimiter)
        return [cell.strip().strip('"') for cell in parts]

    def numbers(self, line: str) -> list[str] | None:
        """The cells of a row of plain numbers, with decimal dots; None for any other line."""
        cells = self.cells(line)
        cells = cells[:-1] if len(cells) == self.n_cells + 1 and not cells[-1] else cells
        n_empty = self.lead.count("empty")
        if len(cells) != self.n_cells or (any(cells[:n_empty]) and not self.has_beside):
            return None
        if not all(map(_NUMBER[self.mark].fullmatch, cells[n_empty:])):
            return None
        return [cell.replace(",", ".") for cell in cells]


def find_layout(head: bytes) -> WaveLayout | None:
    """How the rows of a file that begins with `head` are written; None where they are no waveform's."""
    encoding, _ = find_encoding(head)
    try:
        text = head.decode(encoding, "replace").removeprefix("\ufeff")
    except LookupError:
        return None
    if "\x00" in text:
        return None
    lines = text.splitlines()
    if not text.endswith(("\n", "\r")):
        lines = lines[:-1]  # where the head is cut, its last line may be
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for delimiter, mark in _LAYOUTS:
        found = _rows_at_end(lines[:end], delimiter, mark)
        if found is not None:
            first_line, n_empty, n_cells = found
            plain = WaveLayout(
                delimiter=delimiter, mark=mark, n_cells=n_cells, first_line=first_line, facts=HeadFacts(), names=(), units=(),
                lead=("empty",) * n_empty,
            )  # fmt: skip
            plain, above = _with_head_beside(plain, lines[:first_line])
            return _with_head(plain, above, lines[plain.first_line : end])
    return None


def _rows_at_end(lines: Sequence[str], delimiter: str, mark: str) -> tuple[int, int, int] | None:
    """(first line, empty cells in front, cells) of the rows that the lines end with; None where they are none, or too few."""
    probe = WaveLayout(delimiter=delimiter, mark=mark, n_cells=1, first_line=0, facts=HeadFacts(), names=(), units=())
    if not lines:
        return None
    last = probe.cells(lines[-1])
    n_empty = next((number for number, cell in enumerate(last) if cell), len(last))
    n_cells = len(last) - 1 if len(last) > 1 and not last[-1] else len(last)
    if not n_empty < n_cells <= _MOST_COLUMNS or (delimiter and n_cells < 2):
        return None
    layout = replace(probe, n_cells=n_cells, lead=("empty",) * n_empty)
    first = len(lines)
    while first and layout.numbers(lines[first - 1]) is not None:
        first -= 1
    if len(lines) - first < _LEAST_ROWS:
        return None
    rows = [layout.cells(line) for line in lines[first:]]
    if delimiter == "," and n_cells == 2 and not n_empty and _is_decimal_comma(rows):
        return None  # one column with decimal commas, as a later layout has it
    return first, n_empty, n_cells


def _with_head_beside(layout: WaveLayout, above: Sequence[str]) -> tuple[WaveLayout, Sequence[str]]:
    """The layout and the head; a head at the left of the first rows is taken away from them."""
    n_empty = len(layout.lead)
    beside = replace(layout, has_beside=True)
    if not n_empty or not above or any(beside.numbers(line) is None for line in above):
        return layout, above
    head = [layout.delimiter.join(cell for cell in layout.cells(line)[:n_empty] if cell) for line in above]
    return replace(beside, first_line=0), head


def _is_decimal_comma(rows: Sequence[Sequence[str]]) -> bool:
    """Whether two whole numbers with a comma between are one with decimals: '-0,176', '0,05', '-1,4986E+00'."""
    if all(re.fullmatch(r"[+-]?\d", row[0]) and re.fullmatch(r"\d+[eE][+-]?\d+", row[1]) for row in rows):
        return True
    if any(not re.fullmatch(r"[+-]?\d+", cell) for row in rows for cell in row[:2]):
        return False
    return any(row[0] in ("-0", "+0") or (len(row[1]) > 1 and row[1].startswith("0")) for row in rows)


def _with_head(layout: WaveLayout, above: Sequence[str], body: Sequence[str]) -> WaveLayout | None:
    """The layout with what the head says; None where that makes it no waveform."""
    facts = read_head(above)
    n_empty = len(layout.lead)
    texts = [numbers for line in body if (numbers := layout.numbers(line)) is not None]
    values = np.array([[float(cell) for cell in row[n_empty:]] for row in texts], np.float64)
    lead = list(layout.lead)
    if values.shape[1] > 1 and _counts(values[:, 0]):
        lead.append("index")
    at = len(lead) - n_empty
    is_even = at < values.shape[1] - 1 and _is_even(values[:, at])
    names, units = _titles(layout, facts, texts, (len(lead),) if is_even else ())
    if values.shape[1] == 1:
        return replace(layout, facts=facts, names=names, units=units)
    name = names[at + n_empty] if at + n_empty < len(names) else ""
    unit = units[at + n_empty] if at + n_empty < len(units) else ""
    called, told = _named_unit(name)
    told = told or find_unit(unit) or unit
    clock = f"time [{told or 's'}]"
    found = replace(layout, facts=facts, names=names, units=units, lead=tuple(lead))
    if is_even:
        is_named = is_time_name(called) or told in RELATIVE_UNITS
        if told == "Hz" or _is_dated(values[:, at], name):
            return None
        if facts.rate is not None and _agrees(values[:, at], clock, facts.rate):
            start_s = float(values[0, at]) * relative_scale(clock) / _NS
            return replace(found, lead=(*lead, "seconds"), start_s=start_s)
        is_fast = _step_s(values[:, at], clock) < _SLOWEST_WAVE_S
        return replace(found, clock=clock) if is_named and (facts.start or is_fast) else None
    swings = bool(((values.min(axis=0) < 0) & (values.max(axis=0) > 0)).all())
    return found if facts.rate is not None or swings else None


def _titles(
    layout: WaveLayout, facts: HeadFacts, rows: Sequence[Sequence[str]], time_indexes: Sequence[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names, units) of all columns as the head has them, '' where it has none."""
    n_cells, n_empty = layout.n_cells, len(layout.lead)
    if n_cells == 1:
        above = facts.rest[-1].strip().strip('"') if facts.rest and facts.rest[-1].strip() else ""
        name = above if len(above) < 60 and not re.search(r"[:=;]", above) else ""
        return (name or (facts.names[0] if len(facts.names) == 1 else ""),), facts.units if len(facts.units) == 1 else ()
    n_values = n_cells - n_empty
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    if not n_empty:  # else the first cells of the rows above are names of what stands in them
        split = [row[:n_cells] for row in map(layout.cells, _lines_above(facts.rest))]
        titles = [row for row in split if not row[0].endswith((":", "=")) and not any(map(_NUMBER[layout.mark].fullmatch, row))]
        found = find_header(titles, rows, time_indexes)
        names, units = tuple(found.names or ()), tuple(found.units or ())
        if names and not units and is_unit_row(names, ()) and all(find_unit(cell) or is_no_unit(cell) for cell in names):
            at = next((number for number, row in enumerate(split) if tuple(row) == names), 0)
            over = split[at - 1] if at else []
            is_named = len(over) == len(names) and all(map(str.isdecimal, over[1:]))  # 'x-axis', '1' over 'second', 'Volt'
            names, units = tuple(over) if is_named else (), names
    if not names and 0 < len(facts.names) <= n_values:
        names = (*[""] * (n_cells - len(facts.names)), *facts.names)
    if not units and facts.units:
        units = (*[""] * (n_cells - len(facts.units)), *facts.units) if len(facts.units) > 1 else facts.units * n_cells
    return names, units


def _lines_above(rest: Sequence[str]) -> list[str]:
    """The lines next to the rows, or those above an empty line next to them; comments only where there is nothing else."""
    near = next((number for number, line in enumerate(reversed(rest)) if not line.strip()), len(rest))
    near = near or next((number for number, line in enumerate(reversed(rest[:-1])) if not line.strip()), 0)
    lines = [line for line in rest[len(rest) - near :] if line.strip()]
    plain = [line for line in lines if not _COMMENT.match(line)]
    return plain or [_COMMENT.sub("", line) for line in lines]


def _named_unit(name: str) -> tuple[str, str]:
    """(name, unit) of seconds: 'Time (ms)', 'Zeit in ms', 'millis'; the unit is '' where none is said."""
    bare, unit = split_unit(name)
    folded = fold_key(name)
    inner = re.fullmatch(r"(.+?)\s+(?:in|en|em|w|v|i|в)\s+(ms|s|us|µs|мс|с)", name.strip())
    if unit is None and inner:
        bare, unit = inner[1], inner[2]
    if unit is None:
        unit = next((found for words, found in _UNIT_NAMES.items() if folded in words), None)
    return bare, {"sec": "s", "msec": "ms", "с": "s", "мс": "ms"}.get(unit or "", unit or "")


def _counts(values: NDArray[np.float64]) -> bool:
    """Whether a column is a running number."""
    return bool((np.diff(values) == 1).all()) and values[0] in (0, 1)


def _is_even(values: NDArray[np.float64]) -> bool:
    """Whether a column rises by one step, as far as its digits tell."""
    steps = np.diff(values)
    if not (steps > 0).all():
        return False
    step = (values[-1] - values[0]) / (values.size - 1)
    return bool(np.abs(values - values[0] - step * np.arange(values.size)).max() < 0.75 * step)


def _is_dated(values: NDArray[np.float64], name: str) -> bool:
    """Whether a rising column counts from an epoch: seconds since 1970 or days since 1900."""
    first = float(values[0])
    return first > _LATEST_EPOCH or (_EARLIEST_SERIAL < first < _LATEST_SERIAL and is_time_name(name))


def _agrees(values: NDArray[np.float64], header: str, rate: Fraction) -> bool:
    """Whether a column of seconds (or what its header says) rises by the step of the rate."""
    return abs(_step_s(values, header) * float(rate) - 1) < _TOLERANCE


def _step_s(values: NDArray[np.float64], header: str) -> float:
    return float((values[-1] - values[0]) / (values.size - 1) * relative_scale(header) / _NS)
