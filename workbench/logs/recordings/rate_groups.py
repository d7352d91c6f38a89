"""Parts the columns of one table by rate: the trend, and each waveform rate by itself.

A table of several rates has rows that are due for some of its columns only: their other cells are absent or empty. Must
not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.logs.recordings.rates import SLOWEST_STEP_NS, Waveform, find_waveform
from workbench.logs.recordings.time_axis import Int64s, median_step_ns
from workbench.logs.tables.cells import ABSENT
from workbench.logs.tables.columns import Column

_DENSE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class RateGroup:
    """Columns of one rate: their rows among those of the table (None: all), instants ns [n], and the waveform if it is one."""

    columns: list[Column]
    times_ns: Int64s
    rows: NDArray[np.intp] | None = None
    waveform: Waveform | None = None
    is_first: bool = False


def part_by_rate(times_ns: Int64s, columns: Sequence[Column]) -> list[RateGroup]:
    """At least one group; the trend first. Cells keep their table's rows: the caller takes `rows` of them."""
    step_ns = median_step_ns(times_ns)
    if step_ns is None or step_ns >= SLOWEST_STEP_NS:
        return [RateGroup(columns=list(columns), times_ns=times_ns, is_first=True)]
    written = [_written(column) for column in columns]
    is_dense = [float(mask.mean()) >= _DENSE for mask in written]
    waveform = find_waveform(times_ns)
    if all(is_dense):
        even_ns = waveform.axis().all() if waveform else times_ns
        return [RateGroup(columns=list(columns), times_ns=even_ns, waveform=waveform, is_first=True)]
    return _part(times_ns, columns, written, [dense and waveform is not None for dense in is_dense])


def _part(
    times_ns: Int64s, columns: Sequence[Column], written: list[NDArray[np.bool_]], takes_all: list[bool]
) -> list[RateGroup]:  # fmt: skip
    """Columns of equal rows and rate together; all slow or uneven ones are the trend."""
    fast: dict[bytes, tuple[NDArray[np.intp], Waveform, list[Column]]] = {}
    slow: list[int] = []
    for index, (column, mask) in enumerate(zip(columns, written, strict=True)):
        rows = np.arange(times_ns.size) if takes_all[index] else np.flatnonzero(mask)
        key = rows.tobytes()
        waveform = fast[key][1] if key in fast else find_waveform(times_ns[rows])
        if waveform is None:
            slow.append(index)
        else:
            fast.setdefault(key, (rows, waveform, []))[2].append(column)
    groups = [
        RateGroup(columns=members, times_ns=waveform.axis().all(), rows=rows, waveform=waveform)
        for rows, waveform, members in fast.values()
    ]
    if slow:
        rows = np.flatnonzero(np.logical_or.reduce([written[index] for index in slow])) if fast else np.arange(times_ns.size)
        trend = RateGroup(columns=[columns[index] for index in slow], times_ns=times_ns[rows], rows=rows)
        groups.insert(0, trend)
    groups[0] = replace(groups[0], is_first=True)
    return groups


def _written(column: Column) -> NDArray[np.bool_]:
    """Cells that hold anything, be it bad."""
    empty = column.reasons.index("empty") + 1 if "empty" in column.reasons else ABSENT
    return np.asarray((column.codes != ABSENT) & (column.codes != empty))
