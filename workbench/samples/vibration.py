"""Vibration as waveform bursts at three places (drive end, non-drive end, axial), and the trend values taken from them.

A burst is acceleration in m/s²: tones that follow the shaft, turbulence, cavitation and bearing impacts. Trend values come
from the burst's spectrum as in a vibration monitor: velocity RMS 10 Hz to 1 kHz (ISO 10816-1, ISO 20816-1), and
acceleration RMS above 1 kHz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import STANDARD_GRAVITY_M_PER_S2
from workbench.samples import bearing
from workbench.samples.bearing import Defect, ImpactTrain
from workbench.samples.makers import PumpType

FloatBlock = NDArray[np.float32]
Array = NDArray[np.float64]
RATE_HZ = 5120.0
BURST_SAMPLES = 1024
PLACES = ("DE", "NDE", "AX")
_BLOCK = 256
_BANK_SAMPLES = 1 << 18
_HOUSING_HZ = 4500.0
_ROTOR_TO_TOTAL_MASS = 0.35
IMPACT_SHARES = (1.0, 0.12, 0.2)
CAVITATION_SHARES = (0.9, 1.0, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstConditions:
    """What shakes the machine at each burst, arrays [b]: shaft speed, tones' velocity amplitudes, and noise levels.

    `tones_mm_per_s` [b, 3 places, 4]: peak velocity of 1X, 2X, 3X and vane pass; `hum_m_per_s2` is twice line frequency; the RMS
    values are accelerations in m/s².
    """

    shaft_hz: Array
    tones_mm_per_s: Array
    hum_m_per_s2: Array
    turbulence_m_per_s2: Array
    cavitation_m_per_s2: Array
    impacts_m_per_s2: Array
    defect: Defect


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstTrends:
    """Per burst and place: velocity RMS mm/s [b, 3], and high-frequency acceleration RMS g [b, 3]."""

    velocity_mm_per_s: Array
    acceleration_g: Array


def unbalance_velocity_mm_per_s(pump: PumpType, shaft_hz: Array, unbalance_ratio: Array) -> Array:
    """Casing's 1X peak velocity, [b].

    X/(m e/M) = r²/√((1−r²)² + (2ζr)²), rotating unbalance of one degree of freedom (Rao, Mechanical Vibrations, 5th ed. 2011,
    ch. 3.7); e from the balance grade e·ω (ISO 21940-11) at rated speed; `unbalance_ratio` 1 = as balanced.
    """
    structure = pump.structure
    rated_hz = 100.0 / pump.motor.n_poles
    r = shaft_hz / structure.resonance_hz
    gain = r**2 / np.sqrt((1.0 - r**2) ** 2 + (2.0 * structure.damping_ratio * r) ** 2)
    eccentricity = structure.balance_mm_per_s / (2.0 * np.pi * rated_hz)
    motion = _ROTOR_TO_TOTAL_MASS * structure.support_ratio * eccentricity * unbalance_ratio * gain
    return np.asarray(motion * 2.0 * np.pi * shaft_hz)


def off_design_ratio(q: Array) -> Array:
    """Broadband and vane-pass excitation against flow q = Q/Q_bep: 1 at BEP, rising both ways, steeply in recirculation.

    Shape after Gülich 2014, ch. 10 (lowest near BEP; suction recirculation below about 0.5 to 0.6).
    """
    recirculation = 1.6 / (1.0 + np.exp((q - 0.45) / 0.05))
    return np.asarray(1.0 + 2.2 * (q - 1.0) ** 2 + recirculation)


def noise_bank(tilt: float, low_hz: float, rng: np.random.Generator, rate_hz: float = RATE_HZ) -> FloatBlock:
    """A long stretch of noise whose amplitude rises with f^tilt above `low_hz`; bursts are cut from it at random.

    Its RMS is 1 up to half of `RATE_HZ`; a higher rate shows more of it, falling beyond some kHz as housings pass less there.
    """
    from scipy import fft

    frequency = fft.rfftfreq(_BANK_SAMPLES, 1.0 / rate_hz)
    shape = (np.maximum(frequency, 1.0) / 1000.0) ** tilt / (1.0 + (low_hz / np.maximum(frequency, 1.0)) ** 4)
    if rate_hz > RATE_HZ:
        shape /= 1.0 + (frequency / _HOUSING_HZ) ** 4
    spectrum = shape * (rng.standard_normal(frequency.size) + 1j * rng.standard_normal(frequency.size))
    wave = fft.irfft(spectrum, _BANK_SAMPLES)
    share = 1.0 if rate_hz == RATE_HZ else _power_share(spectrum, frequency <= RATE_HZ / 2)
    return np.asarray(wave / (np.std(wave) * np.sqrt(share)), dtype=np.float32)


def _power_share(spectrum: NDArray[np.complex128], is_inside: NDArray[np.bool_]) -> float:
    power = np.abs(spectrum) ** 2
    return float(power[is_inside].sum() / power.sum())


class BurstMaker:
    """Makes bursts of one pump, in blocks; the random state is its own generator."""

    def __init__(
        self, pump: PumpType, rng: np.random.Generator, *, rate_hz: float = RATE_HZ, n_samples: int = BURST_SAMPLES
    ) -> None:
        self._pump = pump
        self._rng = rng
        self._rate_hz = rate_hz
        self._n_samples = n_samples
        self._block = max(1, _BLOCK * BURST_SAMPLES // n_samples)
        self._turbulence = noise_bank(0.3, 8.0, rng, rate_hz)
        self._cavitation = noise_bank(0.15, 450.0, rng, rate_hz)
        self._phases = rng.uniform(0, 2 * np.pi, (len(PLACES), 4))
        structure = pump.structure
        self._kernel = bearing.ring_kernel(structure.ring_hz, structure.ring_damping_ratio, rate_hz, n_samples // 4)
        self._orders = bearing.defect_orders(pump.bearing)
        self.start_phase: FloatBlock = np.zeros((0, 1), np.float32)
        """The shaft's angle at the first sample of each burst of the last block, rad [block, 1]."""

    def trends(self, conditions: BurstConditions) -> BurstTrends:
        """The monitor's values for every burst."""
        n = conditions.shaft_hz.size
        velocity, acceleration = np.empty((n, len(PLACES))), np.empty((n, len(PLACES)))
        for block, wave in self.waves(conditions):
            velocity[block], acceleration[block] = trend_values(wave)
        return BurstTrends(velocity_mm_per_s=velocity, acceleration_g=acceleration)

    def waves(self, conditions: BurstConditions) -> Iterator[tuple[slice, FloatBlock]]:
        """Blocks of waveforms, m/s² [block, 3, n_samples], with the bursts they belong to."""
        for start in range(0, conditions.shaft_hz.size, self._block):
            block = slice(start, min(start + self._block, conditions.shaft_hz.size))
            wave = self._tones(conditions, block)
            self._add_noise(wave, conditions.turbulence_m_per_s2[block], self._turbulence, (1.0, 0.85, 0.6))
            if conditions.cavitation_m_per_s2[block].max() > 0.02:
                self._add_noise(wave, conditions.cavitation_m_per_s2[block], self._cavitation, CAVITATION_SHARES)
            if conditions.impacts_m_per_s2[block].max() > 0.02:
                self._add_impacts(wave, conditions, block)
            yield block, wave

    def _tones(self, conditions: BurstConditions, block: slice) -> FloatBlock:
        shaft_hz = conditions.shaft_hz[block]
        order = np.array([1.0, 2.0, 3.0, float(self._pump.n_vanes)])
        omega = 2.0 * np.pi * shaft_hz[:, None] * order
        peak = conditions.tones_mm_per_s[block] * 1e-3 * omega[:, None, :]
        cosine = np.concatenate(
            [peak * np.cos(self._phases), conditions.hum_m_per_s2[block, None, None] * np.ones((1, 3, 1))], axis=2
        )
        sine = peak * np.sin(self._phases)
        coefficients = np.concatenate([cosine, sine], axis=2).astype(np.float32)
        return np.asarray(np.matmul(coefficients, self._basis(shaft_hz)), dtype=np.float32)

    def _basis(self, shaft_hz: Array) -> FloatBlock:
        """cos of 1X, 2X, 3X, vane pass, twice line; sin of the four shaft orders: [block, 9, n_samples]."""
        t = np.arange(self._n_samples, dtype=np.float32) / np.float32(self._rate_hz)
        self.start_phase = start = self._rng.uniform(0, 2 * np.pi, (shaft_hz.size, 1)).astype(np.float32)
        theta = (2.0 * np.pi * shaft_hz[:, None]).astype(np.float32) * t + start
        basis = np.empty((shaft_hz.size, 9, self._n_samples), dtype=np.float32)
        c1, s1 = np.cos(theta), np.sin(theta)
        basis[:, 0], basis[:, 5] = c1, s1
        before_c, before_s, c, s = np.ones_like(c1), np.zeros_like(s1), c1, s1
        for k in range(2, self._pump.n_vanes + 1):
            # Chebyshev: cos kx = 2 cos x cos (k−1)x − cos (k−2)x, and the same for sine.
            before_c, c = c, 2.0 * c1 * c - before_c
            before_s, s = s, 2.0 * c1 * s - before_s
            if k <= 3:
                basis[:, k - 1], basis[:, k + 4] = c, s
        basis[:, 3], basis[:, 8] = c, s
        basis[:, 4] = np.cos(np.float32(2.0 * np.pi * 100.0) * t + start)
        return basis

    def _add_noise(self, wave: FloatBlock, rms: Array, bank: FloatBlock, shares: tuple[float, ...]) -> None:
        cuts = np.lib.stride_tricks.sliding_window_view(bank, self._n_samples)
        for place, share in enumerate(shares):
            offsets = self._rng.integers(0, cuts.shape[0], rms.size)
            wave[:, place] += cuts[offsets] * (share * rms[:, None]).astype(np.float32)

    def _add_impacts(self, wave: FloatBlock, conditions: BurstConditions, block: slice) -> None:
        rms = conditions.impacts_m_per_s2[block]
        chosen = np.flatnonzero((rms > 0.02) & (conditions.shaft_hz[block] > 1.0))
        if chosen.size == 0:
            return
        per_turn, modulation = bearing.impact_order(self._orders, conditions.defect)
        shaft_hz = conditions.shaft_hz[block][chosen]
        train = ImpactTrain(
            impact_hz=per_turn * shaft_hz, modulation_hz=modulation * shaft_hz,
            n_samples=self._n_samples, rate_hz=self._rate_hz, kernel=self._kernel,
        )  # fmt: skip
        impacts = bearing.impact_bursts(train, self._rng) * rms[chosen, None].astype(np.float32)
        for place, share in enumerate(IMPACT_SHARES):
            wave[chosen, place] += np.float32(share) * impacts


def trend_values(wave: FloatBlock) -> tuple[Array, Array]:
    """Velocity RMS 10..1000 Hz in mm/s and acceleration RMS above 1 kHz in g of bursts [..., 1024].

    By Parseval on the Hann-windowed spectrum (window power 3/8); velocity is acceleration over ω.
    """
    from scipy import fft

    n = wave.shape[-1]
    window = np.hanning(n).astype(np.float32)
    spectrum = fft.rfft(wave * window, axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    frequency = fft.rfftfreq(n, 1.0 / RATE_HZ)
    scale = 2.0 / (n * float(np.sum(window**2)))
    in_velocity = (frequency >= 10.0) & (frequency <= 1000.0)
    weights = np.zeros((frequency.size, 2), dtype=np.float32)
    weights[in_velocity, 0] = scale * 1e6 / (2.0 * np.pi * frequency[in_velocity]) ** 2
    weights[frequency > 1000.0, 1] = scale / STANDARD_GRAVITY_M_PER_S2**2
    both = np.sqrt(power @ weights)
    return both[..., 0], both[..., 1]
