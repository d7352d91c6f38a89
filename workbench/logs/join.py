"""Which files of equal header are one recording: those that continue or repeat each other, not two pumps side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.logs.columns import Column, take_rows
from workbench.logs.wide import LogRows

_MAX_GAP_DURATIONS = 10.0
_MAX_OVERLAP = 0.02


def split_by_source(log: LogRows) -> list[LogRows]:
    """Recordings of a log of several files; rows are in the order of the files' first instants."""
    order = _distinct_in_order(log.source_of_row)
    if len(order) < 2:
        return [log]
    rows = {source: np.flatnonzero(log.source_of_row == source) for source in order}
    longest_ns = max(int(np.ptp(log.times_ns[rows[source]])) for source in order)
    groups: list[list[int]] = []
    for source in order:
        home = next((group for group in reversed(groups) if _continues(log, rows, group, source, longest_ns)), None)
        if home is None:
            groups.append([source])
        else:
            home.append(source)
    if len(groups) == 1:
        return [log]
    return [_take(log, np.concatenate([rows[source] for source in group])) for group in groups]


def _distinct_in_order(sources: NDArray[np.int32]) -> list[int]:
    _, first = np.unique(sources, return_index=True)
    return [int(sources[index]) for index in sorted(first.tolist())]


def _continues(log: LogRows, rows: dict[int, NDArray[np.intp]], group: list[int], source: int, longest_ns: int) -> bool:
    before = np.concatenate([rows[other] for other in group])
    mine = rows[source]
    end_ns, start_ns = int(log.times_ns[before].max()), int(log.times_ns[mine].min())
    if start_ns > end_ns:
        return start_ns - end_ns <= _MAX_GAP_DURATIONS * max(longest_ns, 1)
    inside = mine[log.times_ns[mine] <= end_ns]
    if inside.size <= max(3, _MAX_OVERLAP * mine.size):
        return True
    return _n_repeated(log, before, inside) >= 0.5 * inside.size


def _n_repeated(log: LogRows, before: NDArray[np.intp], inside: NDArray[np.intp]) -> int:
    """How many rows of `inside` stand in `before` with equal instant and equal values."""
    order = before[np.argsort(log.times_ns[before], kind="stable")]
    at = np.clip(np.searchsorted(log.times_ns[order], log.times_ns[inside]), 0, order.size - 1)
    same = log.times_ns[order[at]] == log.times_ns[inside]
    for column in log.columns:
        first, second = column.values[order[at]], column.values[inside]
        same &= (first == second) | (np.isnan(first) & np.isnan(second))
    return int(np.count_nonzero(same))


def _take(log: LogRows, rows: NDArray[np.intp]) -> LogRows:
    return replace(
        log,
        source_of_row=log.source_of_row[rows],
        times_ns=log.times_ns[rows],
        columns=tuple(_written(take_rows(column, rows)) for column in log.columns),
        labels=tuple(take_rows(column, rows) for column in log.labels),
    )


def _written(column: Column) -> Column:
    return column
