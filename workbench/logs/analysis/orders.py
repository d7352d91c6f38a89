"""Order tracking: a waveform resampled by the shaft's angle, so that what follows the shaft stays in place while it speeds up.

Computed order tracking: Fyfe & Munck 1997, Analysis of computed order tracking, Mechanical Systems and Signal Processing 11(2).
Where only one mean speed is known, the frequency axis is divided by it, which is no tracking and must be said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.logs.analysis.spectrum import Samples, Spectrum, SpectrumOptions, find_spectrum, piece_lines

Array = NDArray[np.float64]
LEAST_RPM = 30.0
_MOST_PER_REVOLUTION = 8192
_MOST_GROWTH = 8
_LEAST_REVOLUTIONS = 2.0
_MOST_CHANGE = 0.3
"""Logarithm of the ratio of two pulse intervals that follow each other."""
_ROOM = 1.5
"""Distance between the highest order shown and the filter's corner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AngleSamples:
    """A waveform at even steps of shaft angle: values [n], samples a revolution, and the instant of each in s [n]."""

    values: Array
    per_revolution: int
    at_s: Array


def angle_of_speed(speed_s: Array, speed_rpm: Array, at_s: Array) -> Array:
    """Shaft angle in revolutions [n] at `at_s` [n]: the integral of a speed signal (linear between its samples, by trapezes)."""
    rpm = np.interp(at_s, speed_s, speed_rpm)
    steps = np.diff(at_s) * (rpm[1:] + rpm[:-1]) / 120.0
    return np.concatenate([[0.0], np.cumsum(steps)])


def angle_of_pulses(pulse_s: Array, per_revolution: int, at_s: Array) -> Array:
    """Shaft angle in revolutions at `at_s` [n] from a tachometer's pulses [p]: a cubic spline through them.

    Fyfe & Munck assume constant acceleration between pulses (eq. 1); a spline does so piecewise and keeps the speed smooth.
    Raises InputError with fewer than four pulses.
    """
    from scipy.interpolate import CubicSpline

    if len(pulse_s) < 4:
        raise InputError(f"{len(pulse_s)} tachometer pulses are too few.", "Four are needed; choose a longer stretch.")
    spline = CubicSpline(pulse_s, np.arange(len(pulse_s)) / per_revolution)
    return np.asarray(spline(np.clip(at_s, pulse_s[0], pulse_s[-1])))


def find_pulses(values: Samples, rate_hz: float) -> Array:
    """Instants in s of a tachometer's rising edges: crossings of the middle level, linear between samples, with hysteresis.

    None where most steps from one edge to the next differ by more than a third: a shaft can't do that, the noise of one that
    stands does.
    """
    low, high = np.percentile(values, [1, 99])
    middle, dead = (low + high) / 2.0, (high - low) / 8.0
    if dead <= 0:
        return np.zeros(0)
    state = np.where(values > middle + dead, 1, np.where(values < middle - dead, -1, 0))
    known = np.flatnonzero(state)
    rises = known[1:][(state[known][1:] > 0) & (state[known][:-1] < 0)]
    before = rises - 1
    share = (middle - values[before]) / np.where(values[rises] == values[before], 1.0, values[rises] - values[before])
    pulses = np.asarray((before + np.clip(share, 0.0, 1.0)) / rate_hz)
    return pulses if _is_of_a_shaft(pulses) else np.zeros(0)


def _is_of_a_shaft(pulse_s: Array) -> bool:
    if len(pulse_s) < 4:
        return True
    changes = np.abs(np.diff(np.log(np.maximum(np.diff(pulse_s), 1e-12))))
    return float(np.median(changes)) < _MOST_CHANGE


def resample_by_angle(values: Samples, rate_hz: float, angle_rev: Array, most_order: float | None = None) -> AngleSamples:
    """Take a waveform [n] at even steps of its shaft angle [n] by cubic splines.

    As many samples a revolution as the slowest turn had, so that nothing is folded down (Fyfe & Munck 1997, ch. 2.3:
    interpolation of high order, and a rate above twice the highest order at the lowest speed). With `most_order` what lies beyond
    it at the fastest turn is filtered away first (forwards and backwards, no phase), which needs fewer samples. Raises InputError
    where the shaft hardly turns.
    """
    from scipy.ndimage import map_coordinates

    turned = float(angle_rev[-1] - angle_rev[0])
    slowest = float(np.min(np.diff(angle_rev))) * rate_hz if len(angle_rev) > 1 else 0.0
    if turned < _LEAST_REVOLUTIONS or slowest * 60.0 < LEAST_RPM:
        raise InputError(
            f"The shaft turns {turned:.1f} times in this stretch, at {slowest * 60:.0f} rpm at the slowest.",
            f"Order tracking needs {_LEAST_REVOLUTIONS:.0f} turns above {LEAST_RPM:.0f} rpm: choose another stretch.",
        )
    cut_hz = _ROOM * most_order * float(np.max(np.diff(angle_rev))) * rate_hz if most_order else rate_hz
    is_filtered = 4.0 * cut_hz < rate_hz
    if is_filtered:
        values = _low_passed(values, rate_hz, cut_hz)
    needed = 4.0 * cut_hz / slowest if is_filtered else rate_hz / slowest
    per_revolution = int(min(_MOST_PER_REVOLUTION, np.ceil(needed), _MOST_GROWTH * len(values) // turned))
    grid = angle_rev[0] + np.arange(int(turned * per_revolution)) / per_revolution
    at = np.interp(grid, angle_rev, np.arange(len(values), dtype=np.float64))
    resampled = map_coordinates(np.asarray(values, np.float64), [at], order=3, mode="nearest")
    return AngleSamples(values=resampled, per_revolution=per_revolution, at_s=at / rate_hz)


def _low_passed(values: Samples, rate_hz: float, cut_hz: float) -> Array:
    """Butterworth of order 8, forwards and backwards: 0.2 % at two thirds of `cut_hz`, 96 dB at twice it."""
    from scipy.signal import butter, sosfiltfilt

    sections = butter(8, cut_hz, fs=rate_hz, output="sos")
    return np.asarray(sosfiltfilt(sections, np.asarray(values, np.float64)), np.float64)


def find_order_spectrum(samples: AngleSamples, unit: str, options: SpectrumOptions) -> Spectrum:
    """Spectrum over orders (multiples of shaft speed): `frequency_hz` of the result counts orders.

    `options.resolution_hz` is then in orders; motion must stay as measured, as ω is not one number in a sweep.
    """
    return find_spectrum([samples.values], float(samples.per_revolution), unit, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMap:
    """RMS float32 [m, k] at `orders` [k] for the mean speed `rpm` [m] at `at_s` [m]."""

    orders: Array
    at_s: Array
    rpm: Array
    rms: NDArray[np.float32]


def find_order_map(samples: AngleSamples, options: SpectrumOptions) -> OrderMap:
    """Short spectra over revolutions: one row for each piece of angle, with its time and mean speed."""
    n_piece = len(samples.values)
    if options.resolution_hz:
        n_piece = max(16, min(n_piece, round(samples.per_revolution / options.resolution_hz)))
    lines, middles = piece_lines(samples.values, float(samples.per_revolution), n_piece, options)
    middle = np.minimum(np.round(middles * samples.per_revolution).astype(np.int64), len(samples.at_s) - 1)
    first = np.maximum(middle - n_piece // 2, 0)
    last = np.minimum(middle + n_piece // 2, len(samples.at_s) - 1)
    turns = (last - first) / samples.per_revolution
    rpm = 60.0 * turns / np.maximum(samples.at_s[last] - samples.at_s[first], 1e-9)
    return OrderMap(
        orders=np.arange(lines.shape[0]) * samples.per_revolution / n_piece, at_s=samples.at_s[middle], rpm=rpm,
        rms=np.sqrt(lines).T.astype(np.float32),
    )  # fmt: skip
