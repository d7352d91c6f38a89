"""From a family's raw score to the score that everyone sees: monotone, 0..1, exactly 0.5 at the threshold.

score = ½ + ½ d / (1 + |d|) with d = (raw − threshold) / scale. Only +, −, ×, ÷ in float64, which IEEE 754 rounds the same
everywhere, so that this numpy form and the exported graph agree bit for bit; and it saturates slowly, so that large raw
scores still differ. Where rounding to float32 would cross the threshold, the side that `raw >= threshold` says wins.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import SCORE_THRESHOLD

RAW_LIMIT = float(np.finfo(np.float32).max)
SMALLEST_SCALE = 1e-30
JUST_BELOW = np.nextafter(np.float32(SCORE_THRESHOLD), np.float32(0))


def score_of_raw(raw: NDArray[np.floating], threshold_raw: float, scale: float) -> NDArray[np.float32]:
    """Scores float32 [n] in 0..1 of raw scores [n], which are rounded to float32 first, as a device has them; NaN stays."""
    threshold, scale = check_map(threshold_raw, scale)
    narrow = np.clip(np.asarray(raw, np.float64), -RAW_LIMIT, RAW_LIMIT).astype(np.float32)
    distance = (narrow.astype(np.float64) - float(threshold)) / scale
    score = (0.5 + 0.5 * (distance / (1 + np.abs(distance)))).astype(np.float32)
    is_alarm = narrow >= threshold
    at_least, at_most = np.maximum(score, np.float32(SCORE_THRESHOLD)), np.minimum(score, JUST_BELOW)
    found: NDArray[np.float32] = np.where(is_alarm, at_least, at_most)
    return found


def check_map(threshold_raw: float, scale: float) -> tuple[np.float32, float]:
    """Threshold as float32 and scale; raises ModelError unless both are finite and the scale is positive."""
    if not (math.isfinite(threshold_raw) and abs(threshold_raw) <= RAW_LIMIT):
        raise ModelError(f"The threshold {threshold_raw} is not a float32 number.", "Calibrate the model on other data.")
    if not (math.isfinite(scale) and scale >= SMALLEST_SCALE):
        raise ModelError(f"The scale {scale} of the score is not a positive number.", "Calibrate the model on other data.")
    return np.float32(threshold_raw), scale
