"""Counts that stand for instants: which epochs there are, and what a printed count of each is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.core.clock import NS_PER_DAY, NS_PER_S
from workbench.logs.times.counts import exact_ns
from workbench.logs.times.instants import Instants, unix_ns

_EXCEL_1900_DAYS = -25_569
"""1899-12-30 in days from 1970-01-01: Excel's serial 1 with its 29 February 1900 that never was."""
_EXCEL_1904_DAYS = -24_107
_LABVIEW_NS = -2_082_844_800 * NS_PER_S
_FILETIME_NS = -11_644_473_600 * NS_PER_S
_TICKS_NS = -62_135_596_800 * NS_PER_S
_MATLAB_DAYS = -719_529
SCALES: dict[str, tuple[int, int]] = {
    # ns in one count, ns of the count's zero
    "unix_s": (NS_PER_S, 0),
    "unix_ms": (1_000_000, 0),
    "unix_us": (1_000, 0),
    "unix_ns": (1, 0),
    "excel1900": (NS_PER_DAY, _EXCEL_1900_DAYS * NS_PER_DAY),
    "excel1904": (NS_PER_DAY, _EXCEL_1904_DAYS * NS_PER_DAY),
    "labview": (NS_PER_S, _LABVIEW_NS),
    "filetime": (100, _FILETIME_NS),
    "ticks": (100, _TICKS_NS),
    "matlab": (NS_PER_DAY, _MATLAB_DAYS * NS_PER_DAY),
}
EARLIEST_UNIX_NS, LATEST_UNIX_NS = 315_532_800 * NS_PER_S, 3_155_760_000 * NS_PER_S
"""1980 and 2070: a count outside is of another unit than the others."""
CLOCK_EPOCHS = frozenset({"excel1900", "excel1904", "matlab", "ticks"})
"""Serials that count a clock on the wall, not an instant."""


def scaled(texts: Sequence[str], scale_ns: int, zero_ns: int, *, is_absolute: bool, is_unix: bool = False) -> Instants:
    """Instants of printed counts of `scale_ns` from `zero_ns`; Unix counts may go over to another unit (s to ms)."""
    ns = np.zeros(len(texts), np.int64)
    is_good = np.zeros(len(texts), np.bool_)
    for index, text in enumerate(texts):
        count_ns = exact_ns(text, scale_ns)
        if count_ns is not None:
            instant = count_ns + zero_ns
            if is_unix and not EARLIEST_UNIX_NS <= instant <= LATEST_UNIX_NS:
                instant = next((told for told in (unix_ns(text),) if told is not None), instant)
            if abs(instant) < 2**62:
                ns[index] = instant
                is_good[index] = True
    if scale_ns == NS_PER_DAY:
        ns = (ns + 500_000) // 1_000_000 * 1_000_000  # a serial carries no more than the millisecond
    return Instants(ns, np.full(len(texts), is_absolute), is_good)
