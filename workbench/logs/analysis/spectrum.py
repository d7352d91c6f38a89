"""Spectra of waveforms: Welch's average or the peak hold of overlapping pieces, in the amplitude and motion that are asked for.

A spectrum holds the mean square of each line; everything else (RMS, peak, density, overall level) is read from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.logs.units import can_convert, conversion

Array = NDArray[np.float64]
Samples = NDArray[np.floating]
Tick = Callable[[float], None]
Window = Literal["hann", "flat-top"]
Averaging = Literal["linear", "peak hold"]
Amplitude = Literal["rms", "peak", "peak to peak", "density"]
Motion = Literal["as measured", "acceleration", "velocity", "displacement"]
AMPLITUDE_FACTORS = {"rms": 1.0, "peak": float(np.sqrt(2.0)), "peak to peak": float(np.sqrt(8.0))}
SCIPY_WINDOWS: dict[Window, str] = {"hann": "hann", "flat-top": "flattop"}
_MOTIONS = ("acceleration", "velocity", "displacement")
_BASE_UNITS = {"acceleration": ("m/s2", 1.0), "velocity": ("mm/s", 1e-3), "displacement": ("um", 1e-6)}
"""Shown unit of each motion, and what one of it is in m/s², m/s or m."""
LEAST_SAMPLES = 16
MOST_SAMPLES = 65_536
MOST_PIECE = 1 << 23
"""Longest piece of all, whatever spacing is asked for: an FFT of more than 8 million samples needs too much memory."""
_BLOCK_SAMPLES = 1 << 20


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
    gain: Array | None = None
    """What an integration multiplied the amplitudes by [k]; 0 below the high-pass."""
    averaged: Array | None = None
    """Of a peak hold: the mean square of all pieces [k], for held lines come from pieces that never were at once."""

    def amplitude(self, kind: Amplitude) -> Array:
        """Lines [k] as RMS, peak or peak to peak of a sine, or as density in unit²/Hz."""
        if kind == "density":
            return np.asarray(self.mean_square / self.noise_bandwidth_hz)
        return np.asarray(np.sqrt(self.mean_square) * AMPLITUDE_FACTORS[kind])

    def height(self, rms: float, kind: Amplitude) -> float:
        """The height of a line of this RMS, as in `amplitude`."""
        return rms**2 / self.noise_bandwidth_hz if kind == "density" else rms * AMPLITUDE_FACTORS[kind]

    def overall_rms(self, low_hz: float = 0.0, high_hz: float = float("inf")) -> float:
        """RMS of what lies in a band: √(Σ S Δf), by Parseval's theorem (Bendat & Piersol 2010, eq. 5.66).

        Of all pieces averaged, under a peak hold too.
        """
        is_in = (self.frequency_hz >= low_hz) & (self.frequency_hz <= high_hz)
        lines = self.mean_square if self.averaged is None else self.averaged
        return float(np.sqrt(lines[is_in].sum() * self.resolution_hz / self.noise_bandwidth_hz))


def no_tick(_fraction: float) -> None:
    """Says nothing."""


def find_spectrum(
    bursts: Sequence[Samples], rate_hz: float, unit: str, options: SpectrumOptions, tick: Tick = no_tick
) -> Spectrum:
    """The spectrum of one stretch or, over several bursts of one rate, their average or peak hold.

    Welch 1967, The use of fast Fourier transform for the estimation of power spectra, IEEE Trans. AU-15. Pieces with
    missing values (NaN) are left out. Read in blocks of a million samples: a waveform of any length needs the memory of one
    of them; `tick(fraction)` is called between them and may raise to cancel. Raises InputError when nothing is long enough.
    """
    long_enough = [burst for burst in bursts if len(burst) >= LEAST_SAMPLES]
    n_piece = piece_samples(min((len(burst) for burst in long_enough), default=LEAST_SAMPLES), rate_hz, options)
    total = sum(_count_pieces(burst, n_piece, options) for burst in long_enough)
    is_hold = options.averaging == "peak hold"
    total_square, held = np.zeros(n_piece // 2 + 1), np.zeros(n_piece // 2 + 1)
    count, n_done = 0, 0
    for burst in long_enough:
        for values in _blocks(burst, n_piece, options):
            tick(n_done / total)
            lines = _whole_pieces(values, rate_hz, n_piece, options)
            n_done += _count_pieces(values, n_piece, options)
            count += lines.shape[1]
            total_square += lines.sum(axis=1)
            if is_hold:
                held = np.maximum(held, lines.max(axis=1, initial=0.0))
    if not count:
        longest = max((len(burst) for burst in bursts), default=0)
        raise InputError(
            f"No stretch without missing values has {LEAST_SAMPLES} samples (the longest has {longest}).",
            "Choose a longer stretch of the waveform.",
        )
    resolution_hz = rate_hz / n_piece
    average = total_square / count
    spectrum = Spectrum(
        frequency_hz=np.arange(len(average), dtype=np.float64) * resolution_hz,
        mean_square=held if is_hold else average, unit=unit, resolution_hz=resolution_hz,
        noise_bandwidth_hz=resolution_hz * noise_bandwidth_lines(options.window, n_piece), n_averages=count,
        averaged=average if is_hold else None,
    )  # fmt: skip
    return in_motion(spectrum, options.motion, options.high_pass_hz)


def piece_step(n_piece: int, options: SpectrumOptions) -> int:
    """Samples from one piece's start to the next one's."""
    return n_piece - min(n_piece - 1, round(n_piece * options.overlap))


def _count_pieces(values: Samples, n_piece: int, options: SpectrumOptions) -> int:
    return 1 + (len(values) - n_piece) // piece_step(n_piece, options)


def _blocks(burst: Samples, n_piece: int, options: SpectrumOptions) -> Iterator[Array]:
    """Runs of whole pieces, as float64 [n]; each piece is in one of them."""
    step = piece_step(n_piece, options)
    n_all = _count_pieces(burst, n_piece, options)
    a_block = max(1, _BLOCK_SAMPLES // n_piece)
    for first in range(0, n_all, a_block):
        last = min(first + a_block, n_all)
        yield np.asarray(burst[first * step : (last - 1) * step + n_piece], np.float64)


def _whole_pieces(values: Array, rate_hz: float, n_piece: int, options: SpectrumOptions) -> Array:
    """Mean squares [k, m] of the pieces in which no sample is missing."""
    if np.isfinite(values).all():
        return piece_lines(values, rate_hz, n_piece, options)[0]
    with np.errstate(invalid="ignore"):
        lines, _ = piece_lines(values, rate_hz, n_piece, options)
    return np.asarray(lines[:, np.isfinite(lines).all(axis=0)])


def piece_samples(n_samples: int, rate_hz: float, options: SpectrumOptions) -> int:
    """Samples of a piece with the spacing of lines asked for, at most all of them."""
    if options.resolution_hz is None or options.resolution_hz <= 0:
        return min(n_samples, options.most_samples)
    return max(LEAST_SAMPLES, min(n_samples, MOST_PIECE, round(rate_hz / options.resolution_hz)))


def noise_bandwidth_lines(window: Window, n_piece: int) -> float:
    """Equivalent noise bandwidth in lines, n Σw²/(Σw)²: 1.5 for Hann, 3.77 for flat-top (Harris 1978, table I; ISO 18431-2)."""
    from scipy.signal import get_window

    weights = get_window(SCIPY_WINDOWS[window], n_piece)
    return float(n_piece * np.sum(weights**2) / np.sum(weights) ** 2)


def piece_lines(values: Array, rate_hz: float, n_piece: int, options: SpectrumOptions) -> tuple[Array, Array]:
    """Mean squares [k, m] of every piece, and the pieces' middles in s [m]: what a spectrogram draws."""
    from scipy.signal import spectrogram

    n_overlap = n_piece - piece_step(n_piece, options)
    _, middles_s, lines = spectrogram(
        values, rate_hz, window=SCIPY_WINDOWS[options.window], nperseg=n_piece, noverlap=n_overlap, detrend="constant",
        scaling="spectrum", mode="psd",
    )  # fmt: skip
    return lines, middles_s


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
    averaged = None if spectrum.averaged is None else spectrum.averaged * gain**2
    return replace(spectrum, mean_square=spectrum.mean_square * gain**2, averaged=averaged, unit=unit, gain=gain)
