"""Lines in a spectrum: its peaks, the floor they stand on, and where the machine's own lines are to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_FLOOR_LINES = 61
_LEAST_DB = 13.0
"""Above the highest of some ten thousand lines of Gaussian noise (11 dB over their median)."""
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """A line that stands out; `above_floor_db` = 20 lg (amplitude / median of its surroundings)."""

    frequency: float
    amplitude: float
    above_floor_db: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a line is expected: name (1X, vane pass, BPFO …), frequency, and how far off it may lie."""

    name: str
    frequency: float
    tolerance: float = 0.0
    harmonic: int = 1
    sideband: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLevel:
    """What stands at a mark: the highest line within its tolerance, and how far above the floor around it."""

    mark: Mark
    frequency: float
    amplitude: float
    above_floor_db: float


def find_floor(amplitude: Array, n_lines: int = _FLOOR_LINES) -> Array:
    """Running median of the lines [k]: peaks don't lift it, a resonance's hill does."""
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(amplitude, size=min(n_lines, max(3, len(amplitude) // 4 * 2 + 1)), mode="nearest"))


def find_peaks(
    frequency: Array, amplitude: Array, n_most: int = 12, *, least_db: float = _LEAST_DB, is_hann: bool = False
) -> tuple[Peak, ...]:
    """The highest local maxima that stand above the floor, by falling amplitude.

    Amplitudes of a spectrum by a Hann window (`is_hann`): frequency and height from the ratio of the two highest lines, exact for
    a sine by itself (Grandke 1983, Interpolation algorithms for discrete Fourier transforms of weighted signals, eqs. 10-12).
    Others by a parabola through the logarithms of three lines (Gasior & Gonzalez 2004, eqs. 9-10).
    """
    from scipy.signal import find_peaks as find_maxima

    if len(amplitude) < 5:
        return ()
    floor = np.maximum(find_floor(amplitude), _TINY)
    decibel = 20.0 * np.log10(np.maximum(amplitude, _TINY) / floor)
    maxima, _ = find_maxima(amplitude)
    chosen = maxima[decibel[maxima] >= least_db]
    chosen = chosen[np.argsort(amplitude[chosen])[::-1][:n_most]]
    between = _between_hann if is_hann else _interpolated
    return tuple(between(frequency, amplitude, int(line), float(decibel[line])) for line in chosen)


def _between_hann(frequency: Array, amplitude: Array, line: int, decibel: float) -> Peak:
    step, at = float(frequency[1] - frequency[0]), float(amplitude[line])
    side = 1 if amplitude[line + 1] >= amplitude[line - 1] else -1
    ratio = float(amplitude[line + side]) / at
    away = max(2.0 * ratio - 1.0, 0.0) / (ratio + 1.0)  # lines, 0..0.5; less than half as high beside it is no sine off a line
    height = at * (1.0 - away**2) / float(np.sinc(away))
    return Peak(frequency=float(frequency[line]) + side * away * step, amplitude=height, above_floor_db=decibel)


def _interpolated(frequency: Array, amplitude: Array, line: int, decibel: float) -> Peak:
    step = float(frequency[1] - frequency[0])
    if amplitude[line - 1] <= 0 or amplitude[line + 1] <= 0:  # beside what a high-pass left empty there is no parabola
        return Peak(frequency=float(frequency[line]), amplitude=float(amplitude[line]), above_floor_db=decibel)
    before, at, after = np.log(amplitude[line - 1 : line + 2])
    bend = before - 2.0 * at + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return Peak(
        frequency=float(frequency[line] + shift * step), amplitude=float(np.exp(at - 0.25 * (before - after) * shift)),
        above_floor_db=decibel,
    )  # fmt: skip


def level_at(frequency: Array, amplitude: Array, mark: Mark) -> MarkLevel | None:
    """The highest line within a mark's tolerance (at least one line each way) against the median around it.

    The surroundings reach eight tolerances to either side, the line itself left out. None outside the spectrum.
    """
    step = float(frequency[1] - frequency[0])
    reach = max(mark.tolerance, 1.01 * step)
    if not frequency[0] < mark.frequency <= frequency[-1] - step:
        return None
    distance = np.abs(frequency - mark.frequency)
    near = np.flatnonzero(distance <= reach)
    around = amplitude[(distance > reach) & (distance <= max(8.0 * reach, 24.0 * step))]
    line = int(near[np.argmax(amplitude[near])])
    floor = max(float(np.median(around)) if len(around) else 0.0, _TINY)
    decibel = 20.0 * float(np.log10(max(float(amplitude[line]), _TINY) / floor))
    return MarkLevel(mark=mark, frequency=float(frequency[line]), amplitude=float(amplitude[line]), above_floor_db=decibel)


def machine_marks(shaft_hz: float | None, n_vanes: int | None, line_hz: float | None) -> tuple[Mark, ...]:
    """1X, 2X, 3X, vane pass and twice, mains and twice, as far as speed, vanes and mains are known.

    Vane pass = vanes × shaft speed; twice mains from magnetic pull (Bloch & Geitner 2012, ch. 5; ISO 13373-3, annex).
    """
    marks: list[Mark] = []
    if shaft_hz:
        marks += [Mark(name=f"{order}X", frequency=order * shaft_hz, harmonic=order) for order in (1, 2, 3)]
        if n_vanes:
            marks += [
                Mark(name="VP" if order == 1 else f"{order} VP", frequency=order * n_vanes * shaft_hz, harmonic=order)
                for order in (1, 2)
            ]
    if line_hz:
        marks += [Mark(name=name, frequency=times * line_hz) for name, times in (("Mains", 1), ("2 mains", 2))]
    return tuple(marks)


def harmonics(first: float, n_lines: int, limit: float) -> tuple[float, ...]:
    """first, 2 first, 3 first … within the limit: the harmonic cursor."""
    return tuple(number * first for number in range(1, n_lines + 1) if number * first <= limit) if first > 0 else ()


def sidebands(carrier: float, spacing: float, n_pairs: int, limit: float) -> tuple[float, ...]:
    """carrier ± k spacing within 0..limit, in order: the sideband cursor."""
    if spacing <= 0:
        return ()
    found = [carrier + number * spacing for number in range(-n_pairs, n_pairs + 1)]
    return tuple(value for value in found if 0 < value <= limit)


def marks_in(marks: Sequence[Mark], limit: float) -> tuple[Mark, ...]:
    """Those within the spectrum."""
    return tuple(mark for mark in marks if 0 < mark.frequency <= limit)
