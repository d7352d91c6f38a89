"""Cells of live text to numbers, with the importer's own rules: units in cells, thousands, words for bad, states."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.logs.live.plan import ColumnPlan
from workbench.logs.live.rows import Tally
from workbench.logs.tables.cells import Decimal, read_cell, read_plain, state_of
from workbench.logs.units import can_convert, conversion

_KEPT_TEXTS = 4096


class CellReader:
    """Reads the cells of one stream; what a cell says is remembered, so that a word is weighed once."""

    def __init__(self, decimal: Decimal, tally: Tally) -> None:
        self._decimal = decimal
        self._tally = tally
        self._known: dict[tuple[str, str | None, bool], tuple[float, str]] = {}

    def read_column(self, column: ColumnPlan, texts: Sequence[str]) -> list[float]:
        """The numbers of a column's cells; NaN and a counted reason where there is none."""
        plain = None if column.is_state else read_plain(texts, self._decimal)
        if plain is not None:
            return [float(value) for value in plain]
        return [self.read(column, text) for text in texts]

    def read(self, column: ColumnPlan, text: str) -> float:
        """One cell."""
        key = (text, column.unit, column.is_state)
        found = self._known.get(key)
        if found is None:
            found = self._weigh(column, text)
            if len(self._known) < _KEPT_TEXTS:
                self._known[key] = found
        value, reason = found
        if reason:
            self._tally.add_bad(column.name, reason)
        return value

    def _weigh(self, column: ColumnPlan, text: str) -> tuple[float, str]:
        if column.is_state:
            is_on = state_of(text)
            if is_on is not None:
                return float(is_on), ""
        reading = read_cell(text, self._decimal)
        if reading.reason or reading.unit is None or column.unit in (None, reading.unit):
            return reading.value, reading.reason
        if not can_convert(reading.unit, column.unit or ""):
            return math.nan, f"in {reading.unit}"
        factor, offset = conversion(reading.unit, column.unit or "")
        return reading.value * factor + offset, ""
