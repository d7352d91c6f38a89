"""LabVIEW measurement files (LVM, version 1 and 2): text with a header for the file and one for each burst.

The rate is exact in the header (`Delta_X`), the start is a clock's (`Date`, `Time`); the printed X values are rounded, and only
counted unless they rise in other steps than the header says.
Source: NI, Specification for the LabVIEW Measurement File (.lvm), 2022.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from io import TextIOWrapper
from typing import TextIO

import numpy as np

from workbench.core.clock import NS_PER_S
from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.lazy import READ_ROWS, Numbers, mapped
from workbench.logs.readers.reader import Content, ReadGuard, Streaming
from workbench.logs.readers.sources import Source
from workbench.logs.readers.spill import Spill, SpilledColumn
from workbench.logs.recordings.rates import MAX_RATE_HZ, exact_rate
from workbench.logs.text.decode import clean_text, find_encoding
from workbench.logs.times.counts import exact_count
from workbench.logs.times.instants import read_iso

_CLOCK = "X_Value"
_END = "***End_of_Header***"
_MAX_SEGMENTS = 10_000
_MAX_CHANNELS = 4096
_HEAD_BYTES = 200_000
_ROWS_AT_ONCE = 20_000
_LATEST_NS = 2**62
MAX_LINE_CHARS = 1 << 20


class LvmReader(Streaming):
    """LVM text files."""

    kind, name, suffixes, extra = "lvm", "LabVIEW measurement", (".lvm",), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """The first line, in any encoding."""
        return head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"").startswith(b"LabVIEW Measurement")

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Every burst with its rate and start. Raises LogFormatError for a file without rows."""
        encoding, _ = find_encoding(source.head(_HEAD_BYTES))
        trouble = (ValueError, IndexError, OverflowError, ZeroDivisionError)
        guard = ReadGuard(source, self.name, trouble, "Export it again.")
        with Spill(source.scratch) as spill, source.open() as raw, TextIOWrapper(raw, encoding, "replace") as text:
            with guard():
                groups = list(_groups_of(_Lines(text, source), spill))
            if not groups:
                raise LogFormatError(f"{source.name} holds no rows.", "Export it again.", path=str(source.path))
            yield content_of(source, groups)


class _Lines:
    """The lines of a file one by one; one that was read too far can be given back."""

    def __init__(self, text: TextIO, source: Source) -> None:
        self._text = text
        self._pulse = source.pulse
        self._back: list[str] = []
        self._number = 0

    def next(self) -> str | None:
        """The next line without its end; None behind the last one."""
        if self._back:
            return self._back.pop()
        line = self._text.readline(MAX_LINE_CHARS)
        self._number += 1
        if self._number % _ROWS_AT_ONCE == 0:
            self._pulse()
        return line.rstrip("\r\n").removeprefix("\ufeff") if line else None

    def give_back(self, line: str) -> None:
        """`next` gives it again."""
        self._back.append(line)


def _groups_of(lines: _Lines, spill: Spill) -> Iterator[ArrayGroup]:
    """The file's header first, then header and rows of each burst; one group for channels of equal start and step."""
    told = _header(lines, "\t") or {}
    mark = "," if told.get("Decimal_Separator", ["."])[0] == "," else "."
    delimiter = "," if told.get("Separator", ["Tab"])[0].casefold().startswith("comma") else "\t"
    for number in range(_MAX_SEGMENTS):
        own = _header(lines, delimiter)
        names = lines.next() if own else None
        if own is None or names is None:
            return
        titles = [clean_text(name) for name in names.rstrip().split(delimiter)]
        columns = _columns(titles, spill)
        clocks = {index: spill.column() for index, title in enumerate(titles) if title == _CLOCK}
        _read_rows(lines, delimiter, mark, {**columns, **clocks})
        if "Date" in own:
            own["X0"] = ["0"]  # the burst's own clock says it; X0 may then count from 1904
        yield from _burst({**told, **own}, titles, columns, clocks, number)


def _header(lines: _Lines, delimiter: str) -> dict[str, list[str]] | None:
    """Entries by name up to the next end mark; None where there is none."""
    found: dict[str, list[str]] = {}
    is_special = False
    while (line := lines.next()) is not None:
        name, *values = (cell.strip() for cell in line.split(delimiter))
        if name.startswith(_END):
            return found
        is_special = name == "***Start_Special***" or (is_special and name != "***End_Special***")
        if name and not is_special and not name.startswith("***"):
            found[name] = values
    return None


def _columns(names: Sequence[str], spill: Spill) -> dict[int, SpilledColumn]:
    wanted = [index for index, name in enumerate(names) if name and not name.startswith((_CLOCK, "Comment"))]
    return {index: spill.column() for index in wanted[:_MAX_CHANNELS]}


def _read_rows(lines: _Lines, delimiter: str, mark: str, columns: dict[int, SpilledColumn]) -> None:
    """The rows of a burst, up to the first line that is none."""
    cells: list[list[str]] = []
    while (line := lines.next()) is not None:
        if not _is_row(line, delimiter):
            lines.give_back(line)
            break
        cells.append(line.split(delimiter))
        if len(cells) >= _ROWS_AT_ONCE:
            _append(cells, mark, columns)
            cells = []
    if cells:
        _append(cells, mark, columns)


def _append(cells: Sequence[Sequence[str]], mark: str, columns: dict[int, SpilledColumn]) -> None:
    for index, column in columns.items():
        texts = (row[index].strip() if index < len(row) else "" for row in cells)
        column.append(np.array([float(text.replace(mark, ".")) if text else np.nan for text in texts], np.float64))


def _is_row(line: str, delimiter: str) -> bool:
    """A line with a number in its first or second cell (the first is empty where no X is written)."""
    return any(re.match(r"\s*[+-]?[\d.,]", cell) for cell in line.split(delimiter)[:2])


def _burst(
    told: dict[str, list[str]], names: Sequence[str], columns: dict[int, SpilledColumn], clocks: dict[int, SpilledColumn],
    number: int,
) -> Iterator[ArrayGroup]:  # fmt: skip
    """Channels of one burst may be of different lengths: one that ended before the others is missing at the end."""
    by_clock: dict[tuple[Fraction, int | None, int], list[tuple[NamedArray, SpilledColumn]]] = {}
    uneven: dict[int, bool] = {}
    for channel, (index, column) in enumerate(columns.items()):
        step = float(_entry(told, "Delta_X", channel, "1").replace(",", "."))
        if not step > 0 or 1 / step > MAX_RATE_HZ or not column.n_written:
            raise ValueError(f"a step of {step} s can't be")
        array = NamedArray(name=names[index], values=[], unit=_entry(told, "Y_Unit_Label", channel, ""))
        at = max((clock for clock in clocks if clock < index), default=-1)
        if at not in uneven:
            uneven[at] = at >= 0 and _is_of_other_steps(clocks[at], step)
        key = exact_rate(1.0 / step), _start_ns(told, channel), at if uneven[at] else -1
        by_clock.setdefault(key, []).append((array, column))
    for (rate, start_ns, at), found in by_clock.items():
        n_rows = max(column.n_written for _, column in found)
        arrays = tuple(replace(array, values=column.values(n_rows)) for array, column in found)
        part = f"{rate}#{'' if start_ns else number}"
        if at < 0:
            yield ArrayGroup(arrays=arrays, rate=rate, start_ns=start_ns, part=part)
            continue
        since = NamedArray(name=_CLOCK, values=_since_first(clocks[at], n_rows), unit="s")
        yield ArrayGroup(arrays=(since, *arrays), start_ns=start_ns, part=f"{part}#{at}")


def _is_of_other_steps(clock: SpilledColumn, step_s: float) -> bool:
    """Whether printed X values all rise, but not by the step of the header."""
    values = clock.values(clock.n_written)
    last, furthest_s, origin = -np.inf, 0.0, float(values[:1][0]) if len(values) else 0.0
    for first in range(0, len(values), READ_ROWS):
        piece = values[first : first + READ_ROWS]
        if not bool((np.diff(piece, prepend=last) > 0).all()):
            return False
        expected = origin + step_s * np.arange(first, first + len(piece))
        last, furthest_s = float(piece[-1]), max(furthest_s, float(np.abs(piece - expected).max()))
    return furthest_s > 0.5 * step_s


def _since_first(clock: SpilledColumn, n_rows: int) -> Numbers:
    """X values from the first one on, s: the clock in the header is that of the first."""
    values = clock.values(n_rows)
    first = float(values[:1][0])
    return mapped(values, np.dtype(np.float64), lambda piece: np.asarray(piece - first))


def _entry(told: dict[str, list[str]], name: str, channel: int, default: str) -> str:
    """A channel's entry of a header line; the last one stands for those that have none."""
    values = told.get(name) or []
    return (values[channel] if channel < len(values) else values[-1] if values else "") or default


def _start_ns(told: dict[str, list[str]], channel: int) -> int | None:
    """The clock's time of a channel's first sample; X0 counts from the file's start where the burst has no time of its own."""
    date = re.sub(r"[^0-9]", "-", _entry(told, "Date", channel, ""))
    clock = _entry(told, "Time", channel, "").replace(",", ".")
    whole, _, fraction = clock.partition(".")
    found = read_iso([f"{date}T{whole}.{(fraction or '0')[:9]}"])
    if found is None or not found.is_good[0]:
        return None
    printed = _entry(told, "X0", channel, "0")
    offset = exact_count(printed)
    start_ns = None if offset is None else int(found.ns[0]) + round(offset * NS_PER_S)
    if start_ns is None or abs(start_ns) > _LATEST_NS:
        raise ValueError(f"a first X of '{printed[:40]}' can't be")
    return start_ns
