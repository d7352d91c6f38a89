"""Exports of the TwinCAT oscilloscope: a start, a block of rows about each channel, then milliseconds and value for each of them.

Every channel has its own milliseconds, so a row means nothing. They become the stamps of a table in which every tag has times
of its own (`tag_times`). The start is counted in 100 ns since 1601, UTC (Beckhoff, TE13xx Scope View, export of CSV).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from workbench.logs.tables.columns import unique_names
from workbench.logs.text.decode import clean_text

_START = "starttime of export"
_FILETIME_OF_1970 = 116_444_736_000_000_000
_TICKS_PER_S = 10_000_000
_TICKS_PER_MS = 10_000
_SEARCHED_ROWS = 60
_MS = re.compile(r"\d{1,12}(?:[.,]\d{1,9})?")
_NO_UNIT = frozenset({"", "(none)", "none", "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeExport:
    """Start in 100 ns since 1970, the channels as they are to be headed, and the first row of samples."""

    start_ticks: int
    titles: tuple[str, ...]
    first_row: int

    def joined(self, number: int, row: Sequence[str]) -> list[str]:
        """The row with stamps in place of milliseconds; the channels' names in the last row above them, nothing before."""
        if number < self.first_row:
            return [cell for title in self.titles for cell in (title, "")] if number == self.first_row - 1 else [""]
        cells: list[str] = []
        for at in range(0, 2 * len(self.titles), 2):
            printed = row[at].strip() if at + 1 < len(row) else ""
            cells += [self._stamp(printed), row[at + 1]] if _MS.fullmatch(printed) else ["", ""]
        return cells

    def _stamp(self, printed: str) -> str:
        ticks = self.start_ticks + int(Decimal(printed.replace(",", ".")) * _TICKS_PER_MS)
        whole = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ticks // _TICKS_PER_S)
        return f"{whole:%Y-%m-%dT%H:%M:%S}.{ticks % _TICKS_PER_S:07d}Z"


def find_scope_export(sample: Sequence[Sequence[str]]) -> ScopeExport | None:
    """The export that these first rows begin; None for anything else."""
    head = sample[:_SEARCHED_ROWS]
    start = next((number for number, row in enumerate(head) if row and row[0].strip().casefold() == _START), None)
    if start is None or len(head[start]) < 2 or not head[start][1].strip().isdigit():
        return None
    about = [(number, [clean_text(cell) for cell in row]) for number, row in enumerate(head) if number > start]
    names = next((row for _, row in about if row[0].casefold() == "name" and len(row) > 1), None)
    first = next((number for number, row in about if len(row) > 1 and _MS.fullmatch(row[0]) and row[1].strip()), None)
    if names is None or first is None:
        return None
    units = next((row for number, row in about if number < first and row[0].casefold() in ("unit", "einheit")), [])
    tags, _ = unique_names([name for name in names[1::2] if name])
    shown = [units[at] if at < len(units) and units[at].casefold() not in _NO_UNIT else "" for at in range(1, 2 * len(tags), 2)]
    titles = tuple(f"{tag} [{unit}]" if unit else tag for tag, unit in zip(tags, shown, strict=True))
    ticks = int(head[start][1]) - _FILETIME_OF_1970
    return ScopeExport(start_ticks=ticks, titles=titles, first_row=first) if 0 < ticks < 2**62 else None
