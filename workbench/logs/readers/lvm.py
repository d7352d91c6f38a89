"""LabVIEW measurement files (LVM, version 1 and 2): text with a header for the file and one for each burst.

The rate is exact in the header (`Delta_X`), the start is a clock's (`Date`, `Time`); the printed X values are only counted.
Source: NI, Specification for the LabVIEW Measurement File (.lvm), 2022.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.instants import read_iso
from workbench.logs.rates import MAX_RATE_HZ, exact_rate
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.sources import Source
from workbench.logs.text import clean_text, decode_bytes

_END = "***End_of_Header***"
_MAX_SEGMENTS = 10_000
_MAX_CHANNELS = 4096


class LvmReader:
    """LVM text files."""

    kind, name, suffixes, extra = "lvm", "LabVIEW measurement", (".lvm",), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """The first line."""
        return head.lstrip(b"\xef\xbb\xbf").startswith(b"LabVIEW Measurement")

    def read(self, source: Source) -> Content:
        """Every burst with its rate and start. Raises LogFormatError for a file without rows."""
        lines = decode_bytes(source.data, source.name).text.splitlines()
        try:
            groups = list(_groups_of(lines))
        except (ValueError, IndexError, OverflowError, ZeroDivisionError) as error:
            raise cant_read(source, self.name, error, "Export it again.") from error
        if not groups:
            raise LogFormatError(f"{source.name} holds no rows.", "Export it again.", path=str(source.path))
        return content_of(source, groups)


def _groups_of(lines: Sequence[str]) -> Iterator[ArrayGroup]:
    """The file's header first, then header and rows of each burst; one group for channels of equal start and step."""
    told, at = _header(lines, 0, "\t")
    mark = "," if told.get("Decimal_Separator", ["."])[0] == "," else "."
    delimiter = "," if told.get("Separator", ["Tab"])[0].casefold().startswith("comma") else "\t"
    for number in range(_MAX_SEGMENTS):
        own, at = _header(lines, at, delimiter)
        if not own or at >= len(lines):
            return
        names = [clean_text(name) for name in lines[at].rstrip().split(delimiter)]
        end = next((row for row in range(at + 1, len(lines)) if not _is_row(lines[row], delimiter)), len(lines))
        cells = [line.split(delimiter) for line in lines[at + 1 : end]]
        if "Date" in own:
            own["X0"] = ["0"]  # the burst's own clock says it; X0 may then count from 1904
        yield from _burst({**told, **own}, names, cells, mark, number)
        at = end


def _header(lines: Sequence[str], start: int, delimiter: str) -> tuple[dict[str, list[str]], int]:
    """Entries by name up to the next end mark, and the line after it; ({}, …) where there is none."""
    found: dict[str, list[str]] = {}
    is_special = False
    for row in range(start, len(lines)):
        name, *values = (cell.strip() for cell in lines[row].split(delimiter))
        if name.startswith(_END):
            return found, row + 1
        is_special = name == "***Start_Special***" or (is_special and name != "***End_Special***")
        if name and not is_special and not name.startswith("***"):
            found[name] = values
    return {}, len(lines)


def _is_row(line: str, delimiter: str) -> bool:
    """A line with a number in its first or second cell (the first is empty where no X is written)."""
    return any(re.match(r"\s*[+-]?[\d.,]", cell) for cell in line.split(delimiter)[:2])


def _burst(
    told: dict[str, list[str]], names: Sequence[str], cells: Sequence[Sequence[str]], mark: str, number: int
) -> Iterator[ArrayGroup]:  # fmt: skip
    columns = [index for index, name in enumerate(names) if name and not name.startswith(("X_Value", "Comment"))][:_MAX_CHANNELS]
    by_clock: dict[tuple[Fraction, int | None], list[NamedArray]] = {}
    for channel, index in enumerate(columns):
        step = float(_entry(told, "Delta_X", channel, "1").replace(",", "."))
        values = _numbers(cells, index, mark)
        if not step > 0 or 1 / step > MAX_RATE_HZ or not values.size:
            raise ValueError(f"a step of {step} s can't be")
        rate = exact_rate(1.0 / step)
        array = NamedArray(name=names[index], values=values, unit=_entry(told, "Y_Unit_Label", channel, ""))
        by_clock.setdefault((rate, _start_ns(told, channel)), []).append(array)
    for (rate, start_ns), arrays in by_clock.items():
        n_rows = max(len(array.values) for array in arrays)
        padded = tuple(replace(array, values=_padded(array.values, n_rows)) for array in arrays)
        yield ArrayGroup(arrays=padded, rate=rate, start_ns=start_ns, part=f"{rate}#{'' if start_ns else number}")


def _padded(values: object, n_rows: int) -> NDArray[np.float64]:
    """A channel that ended before the others, or in a line that was cut, is missing at the end."""
    out = np.full(n_rows, np.nan)
    known = np.asarray(values, np.float64)
    out[: known.size] = known
    return out


def _entry(told: dict[str, list[str]], name: str, channel: int, default: str) -> str:
    """A channel's entry of a header line; the last one stands for those that have none."""
    values = told.get(name) or []
    return (values[channel] if channel < len(values) else values[-1] if values else "") or default


def _numbers(cells: Sequence[Sequence[str]], index: int, mark: str) -> NDArray[np.float64]:
    """A column, up to where its cells end: channels of one burst may be of different lengths."""
    texts = [row[index].strip() if index < len(row) else "" for row in cells]
    while texts and not texts[-1]:
        texts.pop()
    return np.array([float(text.replace(mark, ".")) if text else np.nan for text in texts], np.float64)


def _start_ns(told: dict[str, list[str]], channel: int) -> int | None:
    """The clock's time of a channel's first sample; X0 counts from the file's start where the burst has no time of its own."""
    date = re.sub(r"[^0-9]", "-", _entry(told, "Date", channel, ""))
    clock = _entry(told, "Time", channel, "").replace(",", ".")
    whole, _, fraction = clock.partition(".")
    found = read_iso([f"{date}T{whole}.{(fraction or '0')[:9]}"])
    if found is None or not found.is_good[0]:
        return None
    offset = Fraction(_entry(told, "X0", channel, "0").replace(",", "."))
    return int(found.ns[0]) + round(offset * 1_000_000_000)
