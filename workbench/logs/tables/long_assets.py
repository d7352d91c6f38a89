"""Long tables about several machines: one tag beside two of them is two signals, and every machine is a recording of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.readers.table import Header
from workbench.logs.summary import LeftOut
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.join import MAX_ASSETS
from workbench.logs.tables.roles import LongRoles
from workbench.logs.tables.sniff import fold_name
from workbench.logs.tables.words import ASSET_NAMES
from workbench.logs.text.decode import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LongAssets:
    """The machines of a long table: `names` in the order of the file, '' last for rows that name none."""

    column: int
    header: str
    names: tuple[str, ...]
    number_of: Mapping[str, int]
    """The machine of each printed text."""

    def of_rows(self, cells: Cells) -> NDArray[np.int32]:
        """The machine [n] of each row."""
        none = len(self.names) - 1
        return np.array([*(self.number_of.get(text, none) for text in cells.texts), none], np.int32)[cells.codes]

    def sources(self, sources: Sequence[str], number: int) -> tuple[str, ...]:
        """Names of the sources of one machine's recording."""
        name = self.names[number]
        return tuple(f"{source}: {name}" if name else source for source in sources)

    def left_out(self, roles: LongRoles) -> tuple[LeftOut, ...]:
        """What is left out, the column itself with the right reason."""
        return tuple(_reason(item, self.header) for item in roles.left_out)


def _reason(item: LeftOut, header: str) -> LeftOut:
    """The column of machines is no remark."""
    return LeftOut(channel=item.channel, why="equipment") if item.channel == header else item


def find_assets(
    headers: Sequence[Header], roles: LongRoles, cells: Cells, rows: Iterable[tuple[Cells, Cells]]
) -> LongAssets | None:  # fmt: skip
    """The machines of a long table; None where it is about one, or names none.

    `cells` are the texts of the column `roles.asset`; `rows` gives (machines, tags), a block at a time. They are read only
    where the column's name leaves open whether it names machines or the transmitter of each tag.
    """
    if roles.asset is None:
        return None
    used = [text for text in cells.used() if clean_text(text).strip()]
    distinct = list(dict.fromkeys(clean_text(text).strip() for text in used))
    if not 2 <= len(distinct) <= MAX_ASSETS:
        return None
    number = {name: index for index, name in enumerate(distinct)}
    header = headers[roles.asset]
    found = LongAssets(
        column=roles.asset, header=header.name or f"column {roles.asset + 1}", names=(*distinct, ""),
        number_of={text: number[clean_text(text).strip()] for text in used},
    )  # fmt: skip
    return found if fold_name(header.name) in ASSET_NAMES or _is_shared(found, rows) else None


def _is_shared(assets: LongAssets, rows: Iterable[tuple[Cells, Cells]]) -> bool:
    """Whether any tag stands beside two machines."""
    machine_of: dict[str, int] = {}
    none = len(assets.names) - 1
    for machines, tags in rows:
        pairs = np.unique(np.stack([tags.codes, assets.of_rows(machines)], axis=1), axis=0)
        for code, machine in pairs.tolist():
            if code >= 0 and machine != none and machine_of.setdefault(tags.texts[code], machine) != machine:
                return True
    return False
