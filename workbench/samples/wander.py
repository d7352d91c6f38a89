"""Things that wander: seeded streams and coloured random processes; nothing in a plant is white noise."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]


class Streams:
    """Independent random generators by name, so that adding a pump doesn't change the others."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *names: str) -> np.random.Generator:
        """The generator of this name under this seed (PCG64, SeedSequence of seed and the names' CRC-32)."""
        keys = [zlib.crc32(name.encode("utf-8")) for name in names]
        return np.random.default_rng(np.random.SeedSequence([self._seed, *keys]))


def ornstein_uhlenbeck(n: int, step_s: float, time_constant_s: float, rng: np.random.Generator) -> Array:
    """Mean-reverting noise of unit variance, exactly discretised (Uhlenbeck & Ornstein 1930; Gillespie 1996, eq. 3.1); [n]."""
    decay = np.exp(-step_s / time_constant_s)
    shocks = rng.standard_normal(n) * np.sqrt(1.0 - decay**2)
    start = rng.standard_normal()
    return np.asarray(lfilter([1.0], [1.0, -decay], shocks, zi=np.array([decay * start]))[0])


def pinkish(n: int, step_s: float, rng: np.random.Generator) -> Array:
    """Unit variance, about 1/f between 3 s and 6 h: a sum of OU processes at octaves of time (van der Ziel 1950)."""
    constants = (3.0, 30.0, 300.0, 3000.0, 20000.0)
    weights = (0.75, 0.5, 0.4, 0.3, 0.25)
    parts = [w * ornstein_uhlenbeck(n, step_s, tau, rng) for w, tau in zip(weights, constants, strict=True)]
    return np.asarray(np.sum(parts, axis=0) / np.sqrt(np.sum(np.square(weights))))


def lag(values: Array, step_s: float, time_constant_s: float) -> Array:
    """First-order lag dx/dt = (u − x)/τ, started in balance; [n]."""
    decay = np.exp(-step_s / time_constant_s)
    return np.asarray(lfilter([1.0 - decay], [1.0, -decay], values, zi=np.array([decay * values[0]]))[0])
