"""Limits from the reference itself, so that a healthy channel keeps quiet whatever its autocorrelation.

Every statistic is computed on windows of the reference exactly as it will be later; its limit lies above all of them. How far a
wandering channel may wander on is taken from how it wandered in the reference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.drift.chunks import (
    Chunks,
    ReferenceShape,
    WindowEffects,
    window_effects,
    window_means,
    window_missing,
    window_roughness,
)

Array = NDArray[np.float64]
STEP_SPANS = ((2, 3), (4, 6))
"""Windows that must all have moved, and windows before them that they are compared with."""
LONG_WINDOWS = 5
_MARGIN = 1.6
_MARGIN_CAP = 0.6
_LEAST_STEP = 0.5
_LEAST_EFFECT = 0.3
_LEAST_ROUGHNESS = 0.45
_LEAST_MISSING = 0.2
_LEAST_FLAT_WINDOWS = 0.4
_FLAT_MARGIN = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What is watched of one channel at each chunk's end, [k] each, signed where there is a direction; NaN = can't tell."""

    steps: tuple[Array, ...]
    roughness: Array
    missing: Array
    flat_s: Array
    effects: WindowEffects


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each statistic may reach. `effect` holds at the reference's end and grows as (1 + 2 t / reference)^`growth`."""

    steps: tuple[float, ...]
    roughness: float
    missing: float
    flat_s: float
    effect: float
    growth: float
    psi: float
    ks: float
    js: float
    wasserstein: float
    usual_roughness: float


def statistics_of(chunks: Chunks, n_chunks: int, shape: ReferenceShape) -> Statistics:
    """All statistics on windows of `n_chunks` chunks, and on five times that for the distances."""
    means = window_means(chunks, n_chunks, shape)
    return Statistics(
        steps=tuple(lasting_step(means, n_chunks, n_last, n_before) for n_last, n_before in STEP_SPANS),
        roughness=window_roughness(chunks, n_chunks),
        missing=window_missing(chunks, n_chunks),
        flat_s=chunks.flat_s,
        effects=window_effects(chunks, n_chunks * LONG_WINDOWS, shape),
    )


def lasting_step(means: Array, n_chunks: int, n_last: int, n_before: int) -> Array:
    """How far the last `n_last` windows *all* lie, in one direction, from the mean of the `n_before` windows before them; [k].

    The smallest of them counts: a knock that is over within one window is no step, and slow wandering cancels out.
    """
    windows = [_shifted(means, n_chunks * i) for i in range(n_last + n_before)]
    moved = np.asarray(windows[:n_last]) - np.mean(windows[n_last:], axis=0)
    low, high = moved.min(axis=0), moved.max(axis=0)
    return np.asarray(np.where(low > 0.0, low, np.where(high < 0.0, high, 0.0 * low)))


def lasting(values: Array, n_chunks: int) -> Array:
    """The smaller (in size) of the present and the previous window's value where both have one sign, else 0; NaN stays."""
    before = _shifted(values, n_chunks)
    smaller = np.sign(values) * np.minimum(np.abs(values), np.abs(before))
    return np.asarray(np.where(values * before > 0.0, smaller, 0.0 * values * before))


def calibrate(reference: Statistics, means: Array, flat_s: Array, n_chunks: int, every_s: float) -> Limits:
    """Limits from the statistics of the reference's own windows; `means` are its window means [k]."""
    usual = _median(reference.roughness)
    roughness = _largest(lasting(reference.roughness - usual, n_chunks))
    effects = reference.effects
    window_s = n_chunks * every_s
    return Limits(
        steps=tuple(max(_above(_largest(step)), _LEAST_STEP) for step in reference.steps),
        roughness=max(_MARGIN * roughness, _LEAST_ROUGHNESS),
        missing=max(_LEAST_MISSING, 1.5 * _largest(reference.missing)),
        flat_s=max(_FLAT_MARGIN * _largest(flat_s), _LEAST_FLAT_WINDOWS * window_s),
        effect=max(_above(_largest(effects.effect)), _LEAST_EFFECT),
        growth=wander_exponent(means, n_chunks),
        psi=_MARGIN * _largest(effects.psi),
        ks=min(_MARGIN * _largest(effects.ks), 1.0),
        js=min(_MARGIN * _largest(effects.js), 1.0),
        wasserstein=_MARGIN * _largest(effects.wasserstein),
        usual_roughness=usual,
    )


def wander_exponent(means: Array, n_chunks: int) -> float:
    """How the channel's typical movement grows with time, movement ~ t^h, from its structure function; 0 .. 1.

    h is the slope of ln E|m(t + τ) − m(t)| against ln τ between a tenth and six tenths of the reference (first-order structure
    function, Kolmogorov 1941). Below 0.15 the channel is taken as stationary (0); else at least as a random walk (0.5).
    """
    means = means[np.isfinite(means)][::n_chunks]
    if means.size < 10:
        return 0.5
    lags = np.unique(np.round(np.linspace(max(means.size // 10, 2), int(0.6 * means.size), 8)).astype(int))
    moves = np.asarray([np.mean(np.abs(means[lag:] - means[:-lag])) for lag in lags])
    if np.any(moves <= 0.0):
        return 0.0
    slope = float(np.polyfit(np.log(lags), np.log(moves), 1)[0])
    return 0.0 if slope < 0.15 else float(np.clip(slope, 0.5, 1.0))


def effect_limit(limits: Limits, since_reference: Array) -> Array:
    """The effect's limit at times after the reference's end, given in reference lengths; [k]."""
    return np.asarray(limits.effect * (1.0 + 2.0 * np.maximum(since_reference, 0.0)) ** limits.growth)


def _above(largest: float) -> float:
    """A margin of 60 % above what the reference reached, but never more than 0.6 reference sd."""
    return min(_MARGIN * largest, largest + _MARGIN_CAP)


def _largest(values: Array) -> float:
    good = np.abs(values[np.isfinite(values)])
    return float(good.max()) if good.size else 0.0


def _median(values: Array) -> float:
    good = values[np.isfinite(values)]
    return float(np.median(good)) if good.size else 0.0


def _shifted(values: Array, n: int) -> Array:
    out = np.full(values.size, np.nan)
    out[n:] = values[: values.size - n]
    return out
