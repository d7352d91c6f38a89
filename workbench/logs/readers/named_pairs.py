"""Rows of names and values under a header that numbers them: register1, name1, value1, register2, name2, value2 …"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.logs.tables.sniff import fold_name, is_tag_name
from workbench.logs.tables.words import UNIT_NAMES, VALUE_NAMES

Pairs = tuple[tuple[int, int, int | None], ...]
_MIN_PAIRS = 2


def find_named_pairs(names: Sequence[str]) -> Pairs:
    """(name, value, unit or None) columns; () where a header does not repeat a name and a value."""
    folded = [fold_name(name).rstrip("0123456789") for name in names]
    tags = [index for index, name in enumerate(folded) if is_tag_name(name) and name not in VALUE_NAMES]
    values = [index for index, name in enumerate(folded) if name in VALUE_NAMES]
    bounds = [*tags[1:], len(names)]
    if len(tags) < _MIN_PAIRS or len(values) != len(tags):
        return ()
    if not all(tag < value < end for tag, value, end in zip(tags, values, bounds, strict=True)):
        return ()
    units = [
        next((index for index in range(tag, end) if folded[index] in UNIT_NAMES), None)
        for tag, end in zip(tags, bounds, strict=True)
    ]
    return tuple(zip(tags, values, units, strict=True))


def pick_pairs(row: Sequence[str], pairs: Pairs) -> list[tuple[str, str]]:
    """(name, value) of a row, a unit behind its name; what has no name is left out."""
    found = []
    for tag, value, unit in pairs:
        name = row[tag].strip() if value < len(row) else ""
        printed = row[unit].strip() if unit is not None and unit < len(row) else ""
        if name:
            found.append((f"{name} [{printed}]" if printed else name, row[value]))
    return found
