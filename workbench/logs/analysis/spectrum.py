"""Spectra of waveforms: Welch's average or the peak hold of overlapping pieces, in the amplitude and motion that are asked for.

A spectrum holds the mean square of each line; everything else (RMS, peak, density, overall level) is read from that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.logs.units import can_convert, conversion

Array = NDArray[np.float64]
Samples = NDArray[np.floating]
Window = Literal["hann", "flat-top"]
Averaging = Literal["linear", "peak hold"]
Amplitude = Literal["rms", "peak", "peak to peak", "density"]
Motion = Literal["as measured", "acceleration", "velocity", "displacement"]
AMPLITUDE_FACTORS = {"rms": 1.0, "peak": float(np.sqrt(2.0)), "peak to peak": float(np.sqrt(8.0))}
_SCIPY_WINDOWS = {"hann": "hann", "flat-top": "flattop"}
_MOTIONS = ("acceleration", "velocity", "displacement")
_BASE_UNITS = {"acceleration": ("m/s2", 1.0), "velocity": ("mm/s", 1e-3), "displacement": ("um", 1e-6)}
"""Shown unit of each motion, and what one of it is in m/s², m/s or m."""
LEAST_SAMPLES = 16
MOST_SAMPLES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectrumOptions:
    """`resolution_hz` is the spacing of lines (None: as fine as the piece allows); `overlap` 0..0.95 of a piece."""

    window: Window = "hann"
    resolution_hz: float | None = None
    overlap: float = 0.5
    averaging: Averaging = "linear"
    motion: Motion = "as measured"
    high_pass_hz: float = 2.0
    """Below it nothing is kept after an integration, which would lift the sensor's drift without bound."""
    most_samples: int = MOST_SAMPLES
    """Longest piece where no spacing is asked for: a long stream is averaged instead of split into a million lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """One-sided: `mean_square` [k] in unit² at `frequency_hz` [k]; `noise_bandwidth_hz` is the window's (Harris 1978, eq. 11)."""

    frequency_hz: Array
    mean_square: Array
    unit: str
    resolution_hz: float
    noise_bandwidth_hz: float
    n_averages: int

    def amplitude(self, kind: Amplitude) -> Array:
        """Lines [k] as RMS, peak or peak to peak of a sine, or as density in unit²/Hz."""
        if kind == "density":
            return np.asarray(self.mean_square / self.noise_bandwidth_hz)
        return np.asarray(np.sqrt(self.mean_square) * AMPLITUDE_FACTORS[kind])

    def overall_rms(self, low_hz: float = 0.0, high_hz: float = float("inf")) -> float:
        """RMS of what lies in a band: √(Σ S Δf), by Parseval's theorem (Bendat & Piersol 2010, eq. 5.66)."""
        is_in = (self.frequency_hz >= low_hz) & (self.frequency_hz <= high_hz)
        return float(np.sqrt(self.mean_square[is_in].sum() * self.resolution_hz / self.noise_bandwidth_hz))


def find_spectrum(bursts: Sequence[Samples], rate_hz: float, unit: str, options: SpectrumOptions) -> Spectrum:
    """The spectrum of one stretch or, over several bursts of one rate, their average or peak hold.

    Welch 1967, The use of fast Fourier transform for the estimation of power spectra, IEEE Trans. AU-15. Values that are missing
    (NaN) within a burst leave that burst out. Raises InputError when nothing is long enough.
    """
    good = [np.asarray(burst, np.float64) for burst in bursts if len(burst) >= LEAST_SAMPLES and np.isfinite(burst).all()]
    if not good:
        longest = max((len(burst) for burst in bursts), default=0)
        raise InputError(
            f"No stretch without missing values has {LEAST_SAMPLES} samples (the longest has {longest}).",
            "Choose a longer stretch of the waveform.",
        )
    n_piece = piece_samples(min(len(burst) for burst in good), rate_hz, options)
    found = [_pieces(burst, rate_hz, n_piece, options) for burst in good]
    counts = np.array([count for _, count in found], np.float64)
    lines = np.stack([mean_square for mean_square, _ in found])
    is_hold = options.averaging == "peak hold"
    mean_square = lines.max(axis=0) if is_hold else np.average(lines, axis=0, weights=counts)
    resolution_hz = rate_hz / n_piece
    spectrum = Spectrum(
        frequency_hz=np.arange(len(mean_square), dtype=np.float64) * resolution_hz, mean_square=mean_square, unit=unit,
        resolution_hz=resolution_hz, noise_bandwidth_hz=resolution_hz * noise_bandwidth_lines(options.window, n_piece),
        n_averages=int(counts.sum()),
    )  # fmt: skip
    return in_motion(spectrum, options.motion, options.high_pass_hz)


def piece_samples(n_samples: int, rate_hz: float, options: SpectrumOptions) -> int:
    """Samples of a piece with the spacing of lines asked for, at most all of them."""
    if options.resolution_hz is None or options.resolution_hz <= 0:
        return min(n_samples, options.most_samples)
    return max(LEAST_SAMPLES, min(n_samples, round(rate_hz / options.resolution_hz)))


def noise_bandwidth_lines(window: Window, n_piece: int) -> float:
    """Equivalent noise bandwidth in lines, n Σw²/(Σw)²: 1.5 for Hann, 3.77 for flat-top (Harris 1978, table I; ISO 18431-2)."""
    from scipy.signal import get_window

    weights = get_window(_SCIPY_WINDOWS[window], n_piece)
    return float(n_piece * np.sum(weights**2) / np.sum(weights) ** 2)


def piece_lines(values: Array, rate_hz: float, n_piece: int, options: SpectrumOptions) -> tuple[Array, Array]:
    """Mean squares [k, m] of every piece, and the pieces' middles in s [m]: what a spectrogram draws."""
    from scipy.signal import spectrogram

    n_overlap = min(n_piece - 1, round(n_piece * options.overlap))
    _, middles_s, lines = spectrogram(
        values, rate_hz, window=_SCIPY_WINDOWS[options.window], nperseg=n_piece, noverlap=n_overlap, detrend="constant",
        scaling="spectrum", mode="psd",
    )  # fmt: skip
    return lines, middles_s


def _pieces(values: Array, rate_hz: float, n_piece: int, options: SpectrumOptions) -> tuple[Array, int]:
    from scipy.signal import welch

    n_overlap = min(n_piece - 1, round(n_piece * options.overlap))
    count = 1 + (len(values) - n_piece) // (n_piece - n_overlap)
    if options.averaging == "peak hold":
        lines, _ = piece_lines(values, rate_hz, n_piece, options)
        return lines.max(axis=1), count
    _, mean_square = welch(
        values, rate_hz, window=_SCIPY_WINDOWS[options.window], nperseg=n_piece, noverlap=n_overlap, detrend="constant",
        scaling="spectrum",
    )  # fmt: skip
    return mean_square, count


def motion_of(unit: str) -> Motion | None:
    """Which motion a unit measures; None where it is none."""
    bases: tuple[tuple[Motion, str], ...] = (("acceleration", "m/s2"), ("velocity", "mm/s"), ("displacement", "um"))
    return next((motion for motion, base in bases if can_convert(unit, base)), None)


def motion_gain(frequency_hz: Array, unit: str, motion: Motion, high_pass_hz: float) -> tuple[Array, str]:
    """Factor on amplitudes [k] and the unit after it: each integration divides a sine by ω = 2πf (a = ω v = ω² d).

    Randall 2011, Vibration-based condition monitoring, ch. 3. Raises InputError where the unit measures no motion.
    """
    measured = motion_of(unit)
    if motion == "as measured" or (measured == motion and can_convert(unit, _BASE_UNITS[motion][0])):
        return np.ones_like(frequency_hz), unit
    if measured is None:
        raise InputError(f"'{unit or 'no unit'}' measures no motion, so it can't become {motion}.", "Show it as measured.")
    base, to_si = _BASE_UNITS[measured]
    factor, _ = conversion(unit, base)
    n_integrations = _MOTIONS.index(motion) - _MOTIONS.index(measured)
    shown, shown_si = _BASE_UNITS[motion]
    is_kept = (frequency_hz >= high_pass_hz) & (frequency_hz > 0)
    omega = 2.0 * np.pi * np.where(is_kept, frequency_hz, 1.0)
    gain = factor * to_si / shown_si * omega ** (-float(n_integrations))
    return np.where(is_kept, gain, 0.0), shown


def in_motion(spectrum: Spectrum, motion: Motion, high_pass_hz: float) -> Spectrum:
    """The same vibration as acceleration, velocity or displacement; lines below the high-pass become 0 when it is integrated."""
    gain, unit = motion_gain(spectrum.frequency_hz, spectrum.unit, motion, high_pass_hz)
    return replace(spectrum, mean_square=spectrum.mean_square * gain**2, unit=unit)
