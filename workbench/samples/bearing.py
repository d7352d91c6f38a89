"""Rolling bearing: defect frequencies from geometry, and the impacts of a defect that ring the housing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.samples.makers import BearingType

FloatBlock = NDArray[np.float32]
Array = NDArray[np.float64]
Defect = Literal["outer race", "inner race", "ball"]
SLIP_SHARE = 0.012
"""Random slip of the rolling elements, 1 to 2 % (Randall & Antoni 2011)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectOrders:
    """Multiples of shaft speed: outer race, inner race, ball spin, cage."""

    bpfo: float
    bpfi: float
    bsf: float
    ftf: float


def defect_orders(bearing: BearingType) -> DefectOrders:
    """BPFO = n/2 (1 − g), BPFI = n/2 (1 + g), BSF = D/2d (1 − g²), FTF = ½ (1 − g), g = d/D cos β.

    Randall & Antoni 2011, Rolling element bearing diagnostics - a tutorial, MSSP 25, eqs. 1-4 (outer race fixed).
    """
    g = bearing.ball_mm / bearing.pitch_mm * np.cos(np.deg2rad(bearing.contact_deg))
    half = bearing.n_balls / 2.0
    return DefectOrders(
        bpfo=float(half * (1 - g)),
        bpfi=float(half * (1 + g)),
        bsf=float(bearing.pitch_mm / (2 * bearing.ball_mm) * (1 - g**2)),
        ftf=float(0.5 * (1 - g)),
    )


def impact_order(orders: DefectOrders, defect: Defect) -> tuple[float, float]:
    """Impacts per revolution, and the order that modulates their strength (load zone: shaft for inner race, cage for a ball)."""
    if defect == "outer race":
        return orders.bpfo, 0.0
    if defect == "inner race":
        return orders.bpfi, 1.0
    return 2.0 * orders.bsf, orders.ftf


def ring_kernel(ring_hz: float, damping_ratio: float, rate_hz: float, n: int) -> FloatBlock:
    """Unit-energy decaying sine: a single-mode housing's answer to an impulse (McFadden & Smith 1984)."""
    t = np.arange(n) / rate_hz
    kernel = np.exp(-2 * np.pi * ring_hz * damping_ratio * t) * np.sin(2 * np.pi * ring_hz * np.sqrt(1 - damping_ratio**2) * t)
    return np.asarray(kernel / np.sqrt(np.sum(kernel**2)), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactTrain:
    """A batch of bursts with one defect: impacts per second [b], modulating frequency Hz [b], rate, and the ringing kernel."""

    impact_hz: Array
    modulation_hz: Array
    n_samples: int
    rate_hz: float
    kernel: FloatBlock


def impact_bursts(train: ImpactTrain, rng: np.random.Generator) -> FloatBlock:
    """Waveforms [b, n] of ringing impacts with unit RMS expected at modulation 0.

    Intervals jitter by the slip (a cyclostationary, not periodic, train: Antoni & Randall 2003), strength is modulated by the
    load zone, and the kernel is convolved by FFT.
    """
    n_bursts = train.impact_hz.size
    duration_s = train.n_samples / train.rate_hz
    n_impacts = int(np.ceil(train.impact_hz.max(initial=1.0) * duration_s * 1.1)) + 2
    steps = rng.normal(1.0, SLIP_SHARE, (n_bursts, n_impacts)) / train.impact_hz[:, None]
    times = np.cumsum(steps, axis=1) - rng.random((n_bursts, 1)) / train.impact_hz[:, None]
    strength = 1.0 + 0.9 * np.cos(2 * np.pi * train.modulation_hz[:, None] * times + rng.uniform(0, 2 * np.pi, (n_bursts, 1)))
    strength = np.where(train.modulation_hz[:, None] > 0, strength, 1.0) * rng.lognormal(0.0, 0.25, (n_bursts, n_impacts))
    index = np.floor(times * train.rate_hz).astype(np.int64)
    is_inside = (index >= 0) & (index < train.n_samples)
    flat = np.zeros(n_bursts * train.n_samples, dtype=np.float32)
    rows = np.broadcast_to(np.arange(n_bursts)[:, None], index.shape)
    np.add.at(flat, (rows * train.n_samples + index)[is_inside], strength[is_inside].astype(np.float32))
    return _convolve(flat.reshape(n_bursts, train.n_samples), train)


def _convolve(impulses: FloatBlock, train: ImpactTrain) -> FloatBlock:
    from scipy import fft

    size = 2 * train.n_samples
    spectrum = fft.rfft(impulses, size, axis=1) * fft.rfft(train.kernel, size)
    wave = fft.irfft(spectrum, size, axis=1)[:, : train.n_samples]
    expected_rms = np.sqrt(np.maximum(train.impact_hz / train.rate_hz, 1e-9))
    return np.asarray(wave / expected_rms[:, None], dtype=np.float32)
