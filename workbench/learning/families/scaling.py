"""Centre and gain of each feature, robust against a few odd windows in the reference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Of a normal distribution, the interquartile range is 2 × 0.6745 standard deviations.
_IQR_TO_SD = 1 / 1.349
_SMALLEST_RELATIVE_SD = 1e-7


def robust_scaling(table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median [k] and gain [k] = 1 / spread of each column of `table` [n, k].

    The spread is the larger of the scaled interquartile range and a tenth of the standard deviation, so that a feature
    which rests on one value most of the time doesn't explode. A column that never moves gets gain 0: it says nothing.
    """
    centre = np.median(table, axis=0)
    low, high = np.percentile(table, [25, 75], axis=0)
    spread = np.maximum((high - low) * _IQR_TO_SD, 0.1 * table.std(axis=0))
    return centre, _gain(spread, np.abs(centre))


def plain_scaling(table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean [k] and gain [k] = 1 / standard deviation of each column; gain 0 for a column that never moves."""
    centre = table.mean(axis=0)
    return centre, _gain(table.std(axis=0), np.abs(centre))


def _gain(spread: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    moves = spread > _SMALLEST_RELATIVE_SD * size + 1e-12
    return np.where(moves, 1 / np.where(moves, spread, 1), 0.0)
