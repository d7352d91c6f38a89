"""Numbers that instruments and historians write for "no value": -999, -9999, 32767, 65535 and their tenths and hundredths.

They count only where they stand far outside the rest of the column. What is outside, but not far, is a question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WHOLE = (-999.0, -9999.0, 32767.0, -32767.0, -32768.0, 65535.0)
CANDIDATES = np.array(sorted({round(value / scale, 2) for value in _WHOLE for scale in (1, 10, 100)}))
_FAR_WHOLE, _FAR_SCALED = 0.5, 3.0


@dataclass(frozen=True, slots=True)
class SentinelCells:
    """`is_sentinel` bool [n]; `doubtful` the values that are outside the rest, but not far."""

    is_sentinel: NDArray[np.bool_]
    doubtful: tuple[float, ...]


def find_sentinels(values: NDArray[np.float64]) -> SentinelCells | None:
    """Sentinels among values [n] (NaN = missing); None when there are none and none in doubt.

    Far: by more than half the range of the rest for the plain numbers, three times the range for their tenths and hundredths.
    """
    if values.size == 0 or not _may_hold(float(np.fmin.reduce(values)), float(np.fmax.reduce(values))):
        return None
    is_candidate = is_near_candidate(values)
    if not is_candidate.any():
        return None
    rest = values[~is_candidate & np.isfinite(values)]
    if rest.size == 0:
        return None
    sure, doubtful = judge_candidates(np.unique(values[is_candidate]).tolist(), float(rest.min()), float(rest.max()))
    return SentinelCells(np.isin(values, sure), doubtful) if sure or doubtful else None


def is_near_candidate(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values [n] are a candidate to six decimals; what is too large to be rounded is none."""
    with np.errstate(over="ignore"):
        return np.isin(np.round(values, 6), CANDIDATES)


def judge_candidates(candidates: Sequence[float], low: float, high: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(surely no values, doubtful) of candidates that occur beside a rest from `low` to `high`."""
    span = max(high - low, 0.05 * max(abs(low), abs(high)), 1e-9)
    sure, doubtful = [], []
    for value in candidates:
        distance = max(low - value, value - high)
        limit = _FAR_WHOLE if abs(value) in (999.0, 9999.0, 32767.0, 32768.0, 65535.0) else _FAR_SCALED
        if distance > limit * span:
            sure.append(value)
        elif distance > 0 and limit == _FAR_WHOLE:
            doubtful.append(value)
    return tuple(sure), tuple(doubtful)


def _may_hold(low: float, high: float) -> bool:
    """Only what lies outside the rest counts, so the smallest or the largest value must itself be a candidate."""
    if math.isinf(low) or math.isinf(high):
        return True
    return bool(is_near_candidate(np.array([low, high])).any())
