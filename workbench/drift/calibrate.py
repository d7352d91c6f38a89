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
_LEAST_MARGIN = 1.5
_STEP_IN_RMS = (3.2, 2.6)
_LONG_MEMORY_WINDOWS = 4.0
_EFFECT_IN_SD = 4.5
_LEAST_STEP = 0.5
_LEAST_EFFECT = 0.3
_LEAST_ROUGHNESS = 0.55
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


def statistics_of(chunks: Chunks, n_chunks: int, n_long: int, shape: ReferenceShape) -> Statistics:
    """All statistics on windows of `n_chunks` chunks, the distances on `n_long` chunks."""
    means = window_means(chunks, n_chunks, shape)
    return Statistics(
        steps=tuple(lasting_step(means, n_chunks, n_last, n_before) for n_last, n_before in STEP_SPANS),
        roughness=window_roughness(chunks, n_chunks, shape),
        missing=window_missing(chunks, n_chunks),
        flat_s=chunks.flat_s,
        effects=window_effects(chunks, n_long, shape),
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
    margin = margin_of(means.size // n_chunks)
    usual = _median(reference.roughness)
    roughness = _largest(lasting(reference.roughness - usual, n_chunks))
    effects = reference.effects
    memory, growth = memory_windows(means, n_chunks), wander_exponent(means, n_chunks)
    return Limits(
        steps=tuple(_step_limit(step, means, n_chunks, span) for step, span in zip(reference.steps, STEP_SPANS, strict=True)),
        roughness=max(margin * roughness, _LEAST_ROUGHNESS),
        missing=max(_LEAST_MISSING, 1.5 * _largest(reference.missing)),
        flat_s=max(_FLAT_MARGIN * _largest(flat_s), _LEAST_FLAT_WINDOWS * n_chunks * every_s),
        effect=_effect_limit(effects.effect, margin, memory),
        growth=growth,
        psi=margin * _largest(effects.psi),
        ks=min(margin * _largest(effects.ks), 1.0),
        js=min(margin * _largest(effects.js), 1.0),
        wasserstein=margin * _largest(effects.wasserstein),
        usual_roughness=usual,
    )


def _step_limit(step: Array, means: Array, n_chunks: int, span: tuple[int, int]) -> float:
    """Above the largest lasting step of the reference, and above what its movements in general (their RMS) let expect."""
    n_last, n_before = span
    windows = [_shifted(means, n_chunks * i) for i in range(n_last + n_before)]
    moved = np.mean(windows[:n_last], axis=0) - np.mean(windows[n_last:], axis=0)
    usual = (
        _STEP_IN_RMS[STEP_SPANS.index(span)] * float(np.sqrt(np.mean(np.square(moved[np.isfinite(moved)]))))
        if np.isfinite(moved).any()
        else 0.0
    )
    return max(_above(_largest(step), margin_of(means.size // n_chunks)), usual, _LEAST_STEP)


def _effect_limit(effect: Array, margin: float, memory: float) -> float:
    """As for steps; more where the reference held few independent windows, so has seen few of the channel's ways."""
    good = effect[np.isfinite(effect)]
    usual = float(np.mean(good) + _EFFECT_IN_SD * np.std(good)) if good.size else 0.0
    unseen = float(np.clip(1.0 + 0.15 * (memory - 1.0), 1.0, 1.6))
    return max(_above(_largest(effect), margin), usual, _LEAST_EFFECT) * unseen


def margin_of(n_windows: int) -> float:
    """How far above the largest of n reference windows a limit lies: the fewer there were, the less their largest is worth."""
    return _LEAST_MARGIN + 5.0 / max(n_windows, 1)


def memory_windows(means: Array, n_chunks: int) -> float:
    """Integrated correlation time in windows, 1 + 2 Σ ρ_k up to the first ρ ≤ 0.05 (Sokal 1997, sec. 3); at least 1."""
    means = means[np.isfinite(means)][::n_chunks]
    centred = means - means.mean() if means.size else means
    variance = float(np.mean(centred**2)) if means.size else 0.0
    memory = 1.0
    for lag in range(1, means.size // 2):
        correlation = float(np.mean(centred[lag:] * centred[:-lag])) / max(variance, 1e-300)
        if correlation <= 0.05:
            break
        memory += 2.0 * correlation
    return memory


def wander_exponent(means: Array, n_chunks: int) -> float:
    """How the channel's typical movement grows with time, movement ~ t^h, from its structure function; 0 .. 1.

    h is the slope of ln E|m(t + τ) − m(t)| against ln τ between a tenth and six tenths of the reference (first-order structure
    function, Kolmogorov 1941). Below 0.15 and with a memory of under four windows the channel is taken as stationary (0); else
    at least as a random walk (0.5).
    """
    is_long = memory_windows(means, n_chunks) >= _LONG_MEMORY_WINDOWS
    means = means[np.isfinite(means)][::n_chunks]
    if means.size < 10:
        return 0.5
    lags = np.unique(np.round(np.linspace(max(means.size // 10, 2), int(0.6 * means.size), 8)).astype(int))
    moves = np.asarray([np.mean(np.abs(means[lag:] - means[:-lag])) for lag in lags])
    if np.any(moves <= 0.0):
        return 0.0
    slope = float(np.polyfit(np.log(lags), np.log(moves), 1)[0])
    return float(np.clip(slope, 0.5, 1.0)) if is_long or slope >= 0.15 else 0.0


def effect_limit(limits: Limits, since_reference: Array) -> Array:
    """The effect's limit at times after the reference's end, given in reference lengths; [k]."""
    return np.asarray(limits.effect * (1.0 + 2.0 * np.maximum(since_reference, 0.0)) ** limits.growth)


def _above(largest: float, margin: float) -> float:
    """The margin as a factor, but where the reference itself moved by sds, no more than that part of one sd."""
    return min(margin * largest, largest + margin - 1.0)


def _largest(values: Array) -> float:
    good = np.abs(values[np.isfinite(values)])
    return float(good.max()) if good.size else 0.0


def _median(values: Array) -> float:
    good = values[np.isfinite(values)]
    return float(np.median(good)) if good.size else 0.0


def _shifted(values: Array, n: int) -> Array:
    out = np.full(values.size, np.nan)
    out[n:] = values[: max(values.size - n, 0)]
    return out
