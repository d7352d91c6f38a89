"""Envelope of a band of a waveform, and which band to take: where repeated impacts ring, they modulate the ringing.

Randall & Antoni 2011, Rolling element bearing diagnostics - a tutorial, MSSP 25(2): ch. 5.2 (envelope by the Hilbert transform of
a band), ch. 5.3 (spectral kurtosis and the kurtogram choose the band).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.logs.analysis.spectrum import Samples, Spectrum, SpectrumOptions, find_spectrum

Array = NDArray[np.float64]
LEAST_BAND_LINES = 16
_LEAST_ENVELOPE_SAMPLES = 96
_MOST_BANDS = 96
MOST_PIECES = 9
_LEAST_PIECES, _LEAST_PIECE_SAMPLES = 2, 24
"""A median of two is a mean; of fewer samples than these K is chance."""
_FADE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Limits in Hz; `kurtosis` of the envelope in it (0 for Gaussian noise), None when a person chose the band."""

    low_hz: float
    high_hz: float
    kurtosis: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kurtogram:
    """Spectral kurtosis of every band of every level: `levels` holds (bandwidth_hz, kurtosis [bands]); `best` is the proposal."""

    levels: tuple[tuple[float, Array], ...]
    best: Band

    def cells(self, highest_hz: float) -> list[Band]:
        """Every band of every level, from the widest on; none reaches beyond `highest_hz`."""
        return [
            Band(low_hz=number * width_hz, high_hz=min((number + 1) * width_hz, highest_hz), kurtosis=float(one))
            for width_hz, kurtosis in self.levels
            for number, one in enumerate(kurtosis)
        ]


def find_envelope(values: Samples, rate_hz: float, band: Band) -> tuple[Array, float]:
    """Envelope [m] of a band and its own sample rate: the analytic signal of the band, shifted down to 0 Hz.

    Only the band's lines of one FFT are kept (Randall & Antoni 2011, fig. 12), at twice the band's width, so that the squared
    envelope is not folded either; 2 % at each end fade and are left out. Raises InputError for a band that isn't there.
    """
    from scipy import fft

    n = len(values)
    check_band(band, n, rate_hz)
    spectrum = fft.rfft(_faded(values))
    first, last = int(np.ceil(band.low_hz * n / rate_hz)), int(np.floor(band.high_hz * n / rate_hz)) + 1
    kept = spectrum[max(first, 1) : min(last, len(spectrum))]
    size = fft.next_fast_len(2 * len(kept))
    analytic = fft.ifft(kept, size) * (2.0 * size / n)
    return np.abs(_middle(analytic)), rate_hz * size / n


def check_band(band: Band, n_samples: int, rate_hz: float) -> None:
    """Raises InputError where a band lies outside 0..rate/2 or holds too few lines."""
    if not 0 <= band.low_hz < band.high_hz <= rate_hz / 2:
        raise InputError(
            f"The band {band.low_hz:g} to {band.high_hz:g} Hz is not within 0 to {rate_hz / 2:g} Hz.", "Choose another band."
        )
    if (band.high_hz - band.low_hz) * n_samples / rate_hz < LEAST_BAND_LINES:
        raise InputError(f"The band {band.low_hz:g} to {band.high_hz:g} Hz is too narrow for this stretch.", "Widen the band.")


def find_envelope_spectrum(
    values: Samples, rate_hz: float, band: Band, unit: str, options: SpectrumOptions, *, is_squared: bool = False
) -> Spectrum:
    """Spectrum of the envelope (or of its square) without its mean, at frequencies up to the band's width.

    The squared envelope's lines are sums and differences of the band's lines only; the plain one is in the signal's unit
    (Randall & Antoni 2011, ch. 5.2).
    """
    envelope, envelope_hz = find_envelope(values, rate_hz, band)
    if is_squared:
        envelope = envelope**2
    found = find_spectrum([envelope - envelope.mean()], envelope_hz, unit, replace(options, motion="as measured"))
    width_hz = band.high_hz - band.low_hz
    is_in = found.frequency_hz <= width_hz
    return replace(
        found, frequency_hz=found.frequency_hz[is_in], mean_square=found.mean_square[is_in],
        unit=f"({unit})²" if is_squared else unit,
    )  # fmt: skip


def find_kurtogram(
    values: Samples, rate_hz: float, *, low_hz: float = 0.0, least_width_hz: float = 0.0, piece_s: float | None = None
) -> Kurtogram:
    """Spectral kurtosis over a tree of bands (halves and thirds at each level), and the band where impacts stand out most.

    After Antoni 2007, Fast computation of the kurtogram, MSSP 21(1), eq. 6: K = E|c|⁴ / (E|c|²)² − 2 of the complex envelope c;
    the tree is cut from one FFT instead of filtered, which is the simplification here. A band is proposed by K less twice its
    standard deviation for Gaussian noise, √(4/m) of m samples, so that a narrow band doesn't win by chance; bands below `low_hz`
    (shaft harmonics) and narrower than `least_width_hz` are not proposed.

    One knock in a stretch has the greatest kurtosis of all, and is no defect: what repeats is looked for (Antoni 2016, The
    infogram, MSSP 74, sec. 2, on single transients against series of them). With `piece_s` the stretch is cut into up to
    `MOST_PIECES` pieces of at least so long, and K of a band is the median of its pieces' K (the median of means of Nemirovsky &
    Yudin 1983, sec. 4.1): what rings in fewer than half of the pieces does not count.
    """
    from scipy import fft

    n = len(values)
    if n < 4 * _LEAST_ENVELOPE_SAMPLES:
        raise InputError(f"{n} samples are too few to propose a band.", "Choose a longer stretch, or type the band.")
    lines = fft.rfft(_faded(values))[1:]
    levels: list[tuple[float, Array]] = []
    best, best_score = Band(low_hz=low_hz, high_hz=rate_hz / 2, kurtosis=None), -np.inf
    for n_bands in _tree():
        per_band = len(lines) // n_bands
        width_hz = per_band * rate_hz / n
        if per_band < _LEAST_ENVELOPE_SAMPLES or width_hz < least_width_hz:
            break
        envelope = _middle(fft.ifft(lines[: n_bands * per_band].reshape(n_bands, per_band), axis=1))
        power = envelope.real**2 + envelope.imag**2
        kurtosis = _kurtosis(power, _n_pieces(n / rate_hz, piece_s, per_band))
        levels.append((width_hz, kurtosis))
        lows = np.arange(n_bands) * width_hz
        score = np.where(lows >= low_hz, kurtosis, -np.inf) - 2.0 * np.sqrt(4.0 / per_band)
        at = int(np.argmax(score))
        if score[at] > best_score:
            best_score = float(score[at])
            high_hz = min(float(lows[at] + width_hz), rate_hz / 2)
            best = Band(low_hz=float(lows[at]), high_hz=high_hz, kurtosis=float(kurtosis[at]))
    return Kurtogram(levels=tuple(levels), best=best)


def _n_pieces(length_s: float, piece_s: float | None, n_samples: int) -> int:
    if piece_s is None:
        return 1
    n_pieces = min(MOST_PIECES, int(length_s / piece_s), n_samples // _LEAST_PIECE_SAMPLES)
    return n_pieces if n_pieces > _LEAST_PIECES else 1


def _kurtosis(power: Array, n_pieces: int) -> Array:
    """K of each band [n bands] from its squared envelope [n bands, m]: the median over pieces."""
    length = power.shape[1] // n_pieces
    pieces = power[:, : n_pieces * length].reshape(len(power), n_pieces, length)
    mean = pieces.mean(axis=2)
    # Of a band without any signal nothing can be told: 0, as of noise.
    found = np.where(mean > 1e-140, (pieces**2).mean(axis=2) / np.maximum(mean, 1e-140) ** 2 - 2.0, 0.0)
    return np.asarray(np.median(found, axis=1))


def _faded(values: Samples) -> Array:
    """Without mean, and faded in and out: the step from the last sample to the first would be an impact in every band."""
    from scipy.signal.windows import tukey

    plain = np.asarray(values, np.float64)
    return np.asarray((plain - plain.mean()) * tukey(len(plain), 2.0 * _FADE))


def _middle(envelope: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Without the faded ends, along the last axis."""
    n_ends = int(np.ceil(_FADE * envelope.shape[-1]))
    return envelope[..., n_ends : envelope.shape[-1] - n_ends]


def _tree() -> list[int]:
    """1, 2, 3, 4, 6, 8, 12 … bands: Antoni's levels 0, 1, 1.6, 2, 2.6 …"""
    counts = sorted({2**level for level in range(8)} | {3 * 2**level for level in range(6)})
    return [count for count in counts if count <= _MOST_BANDS]
