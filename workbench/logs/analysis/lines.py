"""Lines in a spectrum: its peaks, the floor they stand on, and where the machine's own lines are to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from workbench.logs.analysis.spectrum import SCIPY_WINDOWS, Window

Array = NDArray[np.float64]
_FLOOR_LINES = 61
_LEAST_DB = 13.0
"""Above the highest of some ten thousand lines of Gaussian noise (11 dB over their median)."""
_TINY = 1e-300
_LOBE_STEPS = 256
_LIFTED = 4
_FARTHEST = 0.75
"""Lines between a sine and the highest line near it: half of one, and a little where a flat top leaves open which is highest."""


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
    frequency: Array,
    amplitude: Array,
    n_most: int = 12,
    *,
    least_db: float = _LEAST_DB,
    window: Window = "hann",
    gain: Array | None = None,
) -> tuple[Peak, ...]:
    """The highest local maxima that stand above the floor, by falling amplitude (RMS, peak or peak to peak; no density).

    Hann: frequency and height from the ratio of the two highest lines, exact for a sine by itself (Grandke 1983, Interpolation
    algorithms for discrete Fourier transforms of weighted signals, eqs. 10-12). Flat-top: the line's own height, which the
    window is made for, and the frequency from the ratio of the lines beside it. `gain` [k] is what an integration multiplied
    the lines by: it is undone before lines are compared, for it bends the shape that a window gives a sine.
    """
    from scipy.signal import find_peaks as find_maxima

    if len(amplitude) < 5:
        return ()
    floor = np.maximum(find_floor(amplitude), _TINY)
    decibel = 20.0 * np.log10(np.maximum(amplitude, _TINY) / floor)
    maxima, _ = find_maxima(amplitude)
    chosen = maxima[decibel[maxima] >= least_db]
    chosen = chosen[np.argsort(amplitude[chosen])[::-1][:n_most]]
    found = []
    for line in chosen.tolist():
        at_hz, height = _between(frequency, amplitude, line, window, gain)
        found.append(Peak(frequency=at_hz, amplitude=height, above_floor_db=float(decibel[line])))
    return tuple(sorted(found, key=attrgetter("amplitude"), reverse=True))


def _between(frequency: Array, amplitude: Array, line: int, window: Window, gain: Array | None) -> tuple[float, float]:
    """Frequency and height of the sine whose highest line this is."""
    step, near = float(frequency[1] - frequency[0]), slice(max(line - _LIFTED, 0), line + _LIFTED + 1)
    factors = np.ones_like(amplitude[near]) if gain is None else gain[near]
    own = line - near.start
    if factors[own - 1 : own + 2].min() <= 0:  # beside what a high-pass left empty nothing tells where between two lines it is
        return float(frequency[line]), float(amplitude[line])
    lines = np.divide(amplitude[near], factors, out=np.zeros_like(factors), where=factors > 0)
    # An integration lifts the lower flank of a wide line: the highest one of what was measured may be a neighbour.
    while own > 1 and lines[own - 1] > lines[own]:
        own -= 1
    while own + 2 < len(lines) and lines[own + 1] > lines[own]:
        own += 1
    at_hz = float(frequency[near][own])
    shift, height = (_in_hann if window == "hann" else _in_flat_top)(*lines[own - 1 : own + 2].tolist())
    found_hz = at_hz + shift * step
    # It multiplies by a power of the frequency, which is a line between logarithms.
    power = np.log(factors[own + 1] / factors[own]) / np.log1p(step / at_hz)
    return found_hz, height * float(factors[own] * (found_hz / at_hz) ** power)


def _in_hann(before: float, at: float, after: float) -> tuple[float, float]:
    """How many lines beside the highest one a sine lies, and its height."""
    side = 1 if after >= before else -1
    ratio = max(after, before) / at
    # 0..0.5; less than half as high beside it is no sine off a line
    away = min(max(2.0 * ratio - 1.0, 0.0) / (ratio + 1.0), 0.5)
    return side * away, at * (1.0 - away**2) / float(np.sinc(away))


def _in_flat_top(before: float, at: float, after: float) -> tuple[float, float]:
    """As `_in_hann`."""
    ratios, shifts, heights = _flat_top_lobe()
    shift = float(np.interp(after / max(before, _TINY), ratios, shifts))
    return shift, at / float(np.interp(shift, shifts, heights))


@lru_cache(maxsize=1)
def _flat_top_lobe() -> tuple[Array, Array, Array]:
    """[m] each: rising ratios of the lines after and before the highest, the sine's shift, and that line's height."""
    from scipy.signal import get_window

    n_window = 512
    weights = get_window(SCIPY_WINDOWS["flat-top"], n_window)
    lobe = np.abs(np.fft.rfft(weights, n_window * _LOBE_STEPS))[: 2 * _LOBE_STEPS] / weights.sum()
    away = np.arange(-round(_FARTHEST * _LOBE_STEPS), round(_FARTHEST * _LOBE_STEPS) + 1)
    ratios = lobe[np.abs(_LOBE_STEPS - away)] / lobe[_LOBE_STEPS + away]
    return ratios, away / _LOBE_STEPS, lobe[np.abs(away)]


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
