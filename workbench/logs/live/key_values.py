"""Lines of names and values: `P1=3.20 bar, Q=120.5`, `T: 59.9; RUN: ON`, or one JSON object a line.

A name that appears for the first time on the way becomes a channel from there on; one that is missing in a line is missing
in that row only.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

from workbench.logs.live.device_time import DeviceTime
from workbench.logs.live.plan import ColumnPlan, TextPlan
from workbench.logs.live.rows import Rows, make_rows
from workbench.logs.live.text_guess import split_checksum
from workbench.logs.live.text_parser import JOINED_LATE, WRONG_CHECKSUM, TextParser, channel_of
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_quantity, find_unit, split_unit

NO_PAIRS = "no name with a value"
_PAIR = re.compile(
    r"(?P<name>[^\W\d][\w.\-/%# ]{0,40}?(?:\s*[\[(][^\])=:]{0,16}[\])])?)\s*[=:]\s*"
    r"(?P<value>\"[^\"]*\"|[^,;|\t=\s]+(?:\s+(?![^\W\d][\w.\-/%#]*(?:\s*[\[(][^\])]*[\])])?\s*[=:])[^,;|\t=\s]+)?)"
)
_MAX_NAMES = 512


def read_pairs(text: str) -> dict[str, str]:
    """Names and values of a line, as printed; empty where it holds none. Nested JSON gives dotted names."""
    text = text.strip()
    if text.startswith("{"):
        try:
            found = json.loads(text)
        except ValueError:
            return {}
        return dict(_flat("", found)) if isinstance(found, dict) else {}
    return {clean_text(match["name"].strip()): match["value"].strip().strip('"') for match in _PAIR.finditer(text)}


def _flat(prefix: str, found: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in found.items():
        whole = clean_text(f"{prefix}{name}")
        if isinstance(value, dict):
            pairs.extend(_flat(f"{whole}.", value))
        elif isinstance(value, bool):
            pairs.append((whole, "1" if value else "0"))
        elif isinstance(value, (int, float, str)) or value is None:
            pairs.append((whole, "" if value is None else str(value)))
    return pairs


class KeyValueParser(TextParser):
    """See `rows.Parser`."""

    def __init__(self, plan: TextPlan, time: DeviceTime | None = None, *, starts_inside: bool = True) -> None:
        super().__init__(plan, time, starts_inside=starts_inside)
        self._columns = {column.name: column for column in plan.columns}

    def feed(self, data: bytes) -> list[Rows]:
        """See Parser."""
        lines = [(pairs, end) for text, end in self._lines.feed(data) if (pairs := self._pairs_of(text))]
        if not lines:
            return []
        lines, device_ns = self._timed(lines, ([pairs.get(self.plan.time.name, "")] for pairs, _ in lines))
        for pairs, _ in lines:
            self._meet(pairs)
        columns = [column for column in self._columns.values() if column.role == "channel"]
        values = [[self._value(column, pairs) for column in columns] for pairs, _ in lines]
        return [make_rows([channel_of(column) for column in columns], (end for _, end in lines), values, device_ns)]

    def _value(self, column: ColumnPlan, pairs: Mapping[str, str]) -> float:
        return self._cells.read(column, pairs[column.name]) if column.name in pairs else math.nan

    def _pairs_of(self, text: str) -> dict[str, str]:
        is_first, is_proven = self._lines.is_first, text.startswith("{")
        self._lines.accept_first()
        if self.plan.has_checksum:
            body = split_checksum(text)
            if body is None:
                self.tally.problems[WRONG_CHECKSUM] += 1
                return {}
            text, is_proven = body, True
        if is_first and not is_proven:
            self.tally.problems[JOINED_LATE] += 1
            return {}
        pairs = {split_unit(name)[0]: value for name, value in read_pairs(text).items()}
        if not pairs:
            self.tally.problems[NO_PAIRS] += 1
        return pairs

    def _meet(self, pairs: Mapping[str, str]) -> None:
        for name, value in pairs.items():
            if name not in self._columns and len(self._columns) < _MAX_NAMES:
                self._columns[name] = column_of(name, None, value)


def column_of(name: str, unit: str | None, value: str) -> ColumnPlan:
    """A new column from its name and first value."""
    printed = re.search(r"[^\d.,+\-eE\s].*$", value)
    unit = unit or (find_unit(printed[0]) if printed and value[:1] in "+-.0123456789" else None)
    return ColumnPlan(name=name, unit=unit, quantity=find_quantity(unit, name))
