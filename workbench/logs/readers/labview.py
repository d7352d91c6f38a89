"""LabVIEW measurement files (.lvm): a head of keys, then for each section names, units and the start that X values count from.

Rewritten line by line to a table with a stamp in each row, which is read like any other. Absolute X values count from 1904 UTC
(NI, "Specification for the LabVIEW Measurement File"); others from the section's date and time, a clock without a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

MAGIC = "LabVIEW Measurement"
_END = "***End_of_Header***"
_FROM_1904_S = 2_082_844_800
_ABSOLUTE_FROM_S = 1e9
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{0,18})?(?:[eE][+-]?\d{1,3})?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,18}))?")
_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})")


@dataclass(slots=True)
class _Section:
    """What the head of a section says, by key; values of the first channel."""

    keys: dict[str, list[str]] = field(default_factory=dict)

    def start_ns(self) -> int | None:
        """Its date and time as a clock shows it, ns."""
        date = _DATE.match((self.keys.get("Date") or [""])[0].strip())
        clock = _CLOCK.match((self.keys.get("Time") or [""])[0].strip())
        if not date or not clock or not 1 <= int(date[2]) <= 12:
            return None
        months = (int(date[1]) - 1970) * 12 + int(date[2]) - 1
        days = int(np.datetime64(months, "M").astype("datetime64[D]").astype(np.int64)) + int(date[3]) - 1
        seconds = days * 86_400 + int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3])
        return seconds * 10**9 + int(f"{(clock[4] or '')[:9]:0<9}")

    def step_ns(self) -> int:
        """The distance of its rows, where they have no X of their own."""
        return _ns((self.keys.get("Delta_X") or ["1"])[0]) or 10**9


def labview_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """A row of names for each section, and its rows with a stamp in front."""
    section, head, x_columns, mark = _Section(), True, "One", "\t"
    is_first_head, number, n_names = True, 0, 0
    for line in lines:
        cells = line.rstrip("\r\n").split(mark)
        key = cells[0].strip()
        if key.startswith(_END):
            head, is_first_head, number = is_first_head and not section.keys.get("Channels"), False, 0
            continue
        if key == "Separator" and len(cells) == 1:
            mark = ","
        if head or key in ("Channels", "Samples"):
            if key == "Channels" and not head:
                section, head = _Section(), True
            section.keys[key] = cells[1:]
            x_columns = cells[1].strip() if key == "X_Columns" and len(cells) > 1 else x_columns
            continue
        if key == "X_Value":
            n_names = len(cells)
            yield ["time", *_titles(cells[1:], section.keys.get("Y_Unit_Label", []))]
            continue
        stamp = _stamp(section, cells[0], number, x_columns)
        number += 1
        yield [
            stamp,
            *(cell.strip() for cell in cells[1:]),
            *[""] * (n_names - len(cells)),
        ]  # a comment is left out where none is


def _titles(names: list[str], units: list[str]) -> list[str]:
    padded = [*units, *[""] * len(names)]
    return [
        f"{name.strip()} [{unit.strip()}]" if unit.strip() else name.strip() for name, unit in zip(names, padded, strict=False)
    ]


def _ns(text: str) -> int | None:
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    return round(Fraction(plain.replace(",", ".")) * 10**9)


def _stamp(section: _Section, x_value: str, number: int, x_columns: str) -> str:
    """The stamp of a row; its X as it stands where nothing can be made of it."""
    offset_ns = number * section.step_ns() if x_columns == "No" else _ns(x_value)
    if offset_ns is None:
        return x_value
    if offset_ns > _ABSOLUTE_FROM_S * 1e9:
        return f"{np.datetime64(offset_ns - _FROM_1904_S * 10**9, 'ns')}Z"
    start_ns = section.start_ns()
    return x_value if start_ns is None else f"{np.datetime64(start_ns + offset_ns, 'ns')}"
