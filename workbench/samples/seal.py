"""Barrier-fluid pot of a dual mechanical seal (API 682, plan 53): slow use, leak, and refilling by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
NORMAL_USE_L_PER_H = 0.01
"""Weep of a healthy pair of seals, a few ml an hour each (API 682 allows 5.6 g/h a seal)."""
LEAK_L_PER_H = 0.9
"""At severity 1: a worn inner face."""
EXPANSION_PER_K = 7.0e-4
REFILL_AT_PERCENT = 71.2
FULL_PERCENT = 72.4


def pot_level_percent(pot_l: float, severity: Array, is_running: NDArray[np.bool_], temperature_c: Array, grid: Array) -> Array:
    """Level in % of span [n].

    The volume falls with use and leak (a standing seal leaks a third), thermal expansion moves it, and an operator tops it up on
    the next round of a shift after it has passed a mark; `grid` is the time in s.
    """
    share = np.where(is_running, 1.0, 0.33)
    use_l_per_h = share * (NORMAL_USE_L_PER_H + LEAK_L_PER_H * severity**1.5)
    step_h = np.diff(grid, prepend=grid[0]) / 3600.0
    lost_l = np.cumsum(use_l_per_h * step_h)
    level = _refilled(FULL_PERCENT - 0.3 - lost_l / pot_l * 100.0, grid)
    return np.asarray(level * (1.0 + EXPANSION_PER_K * (temperature_c - temperature_c[0])))


def _refilled(level: Array, grid: Array) -> Array:
    level = level.copy()
    start = 0
    while True:
        below = np.flatnonzero(level[start:] < REFILL_AT_PERCENT)
        if below.size == 0:
            return np.maximum(level, 2.0)
        round_s = (np.floor(grid[start + below[0]] / 43200.0) + 1.0) * 43200.0 + 5400.0
        start = int(np.searchsorted(grid, round_s))
        if start >= level.size:
            return np.maximum(level, 2.0)
        # Topped up by eye: a little more or less, told by the level itself so that no dice are needed.
        by_eye = 0.8 * np.sin(7.0 * level[start])
        level[start:] += FULL_PERCENT + by_eye - level[start]
