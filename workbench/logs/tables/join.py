"""Which rows are one recording: files that continue or repeat each other, not two pumps side by side or in one table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_DAY
from workbench.logs.summary import LeftOut
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.columns import take_rows
from workbench.logs.tables.segments import Table
from workbench.logs.tables.sniff import fold_name
from workbench.logs.tables.wide import LogRows
from workbench.logs.tables.words import CLOCK_NAMES
from workbench.logs.text.decode import clean_text
from workbench.logs.units import find_unit

MAX_GAP_DURATIONS = 10.0
MAX_GAP_NS = 366 * NS_PER_DAY
"""A pump that is logged two hours a day, tested once a month, or looked at in spring and autumn, has one log."""
MAX_OVERLAP = 0.02
MAX_ASSETS = 500
MAX_DISTINCT_INSTANTS = 0.6
MIN_DISTINCT_PAIRS = 0.98


def split_by_source(log: LogRows) -> list[LogRows]:
    """Recordings of a log of several files; rows are in the order of the files' first instants."""
    order = _distinct_in_order(log.source_of_row)
    if len(order) < 2:
        return [log]
    rows = _rows_of_sources(log.source_of_row)
    longest_ns = max(int(np.ptp(log.times_ns[mine])) for mine in rows.values())
    groups: list[list[int]] = []
    ends_ns: list[int] = []
    for source in order:
        numbers = reversed(range(len(groups)))
        home = next((at for at in numbers if _continues(log, rows, (groups[at], ends_ns[at]), source, longest_ns)), None)
        end_ns = int(log.times_ns[rows[source]].max())
        if home is None:
            groups.append([source])
            ends_ns.append(end_ns)
        else:
            groups[home].append(source)
            ends_ns[home] = max(ends_ns[home], end_ns)
    if len(groups) == 1:
        return [log]
    return [_take(log, np.concatenate([rows[source] for source in group])) for group in groups]


def _rows_of_sources(source_of_row: NDArray[np.int32]) -> dict[int, NDArray[np.intp]]:
    """The rows of each source, in their order."""
    order = np.argsort(source_of_row, kind="stable")
    sources, firsts = np.unique(source_of_row[order], return_index=True)
    return dict(zip(sources.tolist(), np.split(order, firsts[1:]), strict=True))


def _distinct_in_order(sources: NDArray[np.int32]) -> list[int]:
    _, first = np.unique(sources, return_index=True)
    return [int(sources[index]) for index in sorted(first.tolist())]


def _continues(
    log: LogRows, rows: dict[int, NDArray[np.intp]], group: tuple[list[int], int], source: int, longest_ns: int
) -> bool:  # fmt: skip
    """Whether a source goes on with a group: its sources, and its last instant."""
    sources, end_ns = group
    mine = rows[source]
    start_ns = int(log.times_ns[mine].min())
    if start_ns > end_ns:
        return continues_after(start_ns - end_ns, longest_ns)
    inside = mine[log.times_ns[mine] <= end_ns]
    if inside.size <= max(3, MAX_OVERLAP * mine.size):
        return True
    before = np.concatenate([rows[other] for other in sources])
    return _n_repeated(log, before, inside) >= 0.5 * inside.size


def continues_after(gap_ns: int, longest_ns: int) -> bool:
    """Whether a file that begins so long after another still goes on with it; `longest_ns` is the length of the longest file."""
    return gap_ns <= max(MAX_GAP_DURATIONS * longest_ns, MAX_GAP_NS)


def _n_repeated(log: LogRows, before: NDArray[np.intp], inside: NDArray[np.intp]) -> int:
    """How many rows of `inside` stand in `before` with equal instant and equal values."""
    order = before[np.argsort(log.times_ns[before], kind="stable")]
    at = np.clip(np.searchsorted(log.times_ns[order], log.times_ns[inside]), 0, order.size - 1)
    same = log.times_ns[order[at]] == log.times_ns[inside]
    for column in log.columns:
        first, second = column.values[order[at]], column.values[inside]
        same &= (first == second) | (np.isnan(first) & np.isnan(second))
    return int(np.count_nonzero(same))


def find_asset_column(table: Table, times_ns: NDArray[np.int64], rows: NDArray[np.intp]) -> int | None:
    """The column that tells machines apart where most instants occur once for each machine; None in an ordinary log."""
    instants = times_ns[rows]
    n_instants = np.unique(instants).size
    if rows.size < 4 or n_instants < 2 or n_instants > MAX_DISTINCT_INSTANTS * rows.size:
        return None
    for index, column in enumerate(table.columns):
        if not isinstance(column, Cells):
            continue
        codes = column.codes[rows]
        n_codes = np.unique(codes).size
        title = table.headers[index].name
        is_name = fold_name(title) not in CLOCK_NAMES and not find_unit(title)
        # a text that differs from row to row names no machine, whatever it is
        if 2 <= n_codes <= min(MAX_ASSETS, rows.size // 2) and codes.min() >= 0 and is_name:
            pairs = np.unique(np.stack([instants, codes.astype(np.int64)], axis=1), axis=0)
            if len(pairs) >= MIN_DISTINCT_PAIRS * rows.size and n_instants * n_codes <= 2 * rows.size:
                return index
    return None


def split_by_asset(log: LogRows, cells: Cells, name: str) -> list[LogRows]:
    """One log for each machine that `cells` [n] name; the column itself is no channel."""
    columns = tuple(column for column in log.columns if column.name != name)
    left = (*(item for item in log.left_out if item.channel != name), LeftOut(channel=name, why="equipment"))
    rest = replace(log, columns=columns, left_out=left)
    parts = []
    for code in np.unique(cells.codes).tolist():
        asset = clean_text(cells.texts[code])
        part = _take(rest, np.flatnonzero(cells.codes == code))
        parts.append(replace(part, sources=tuple(f"{source}: {asset}" for source in log.sources), machine=asset))
    return parts


def _take(log: LogRows, rows: NDArray[np.intp]) -> LogRows:
    return replace(
        log,
        source_of_row=log.source_of_row[rows],
        times_ns=log.times_ns[rows],
        columns=tuple(take_rows(column, rows) for column in log.columns),
        labels=tuple(take_rows(column, rows) for column in log.labels),
    )
