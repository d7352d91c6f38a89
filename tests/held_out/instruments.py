"""What real instruments and historians make of a signal: span, damping, noise, bits, dead band, swinging door, hold-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One measuring chain. `scale` is the reading at a signal of one, plus `offset`."""

    unit: str | None
    scale: float = 1.0
    offset: float = 0.0
    noise: float = 0.003
    """Standard deviation in shares of `scale`."""
    damping_s: float = 0.0
    bits: int = 0
    """Of a converter over 0 to 1.6 × scale; 0 is none."""
    digits: int = 3
    dead_band: float = 0.0
    """Exception reporting, in shares of scale."""
    door: float = 0.0
    """Swinging-door deviation, in shares of scale."""
    moves_noise: float = 0.0
    """Noise that the process makes, in proportion to the signal."""


def read(signal: np.ndarray, one: Instrument, step_s: float, rng: np.random.Generator) -> np.ndarray:
    """Readings of a signal [n]."""
    values = np.asarray(signal, float).copy()
    values += values * rng.normal(0, one.moves_noise, len(values)) if one.moves_noise else 0.0
    if one.damping_s > step_s / 3:
        values = _lag(values, min(step_s / one.damping_s, 1.0))
    values = one.offset + one.scale * values
    if one.unit not in (None, "state"):
        values = values + rng.normal(0, one.noise * abs(one.scale), len(values))
    if one.bits:
        lsb = 1.6 * abs(one.scale) / 2**one.bits
        values = np.round(values / lsb) * lsb
    if one.dead_band:
        values = _held(values, one.dead_band * abs(one.scale))
    if one.door:
        values = swinging_door(values, one.door * abs(one.scale))
    return np.round(values, one.digits)


def varied(one: Instrument, rng: np.random.Generator) -> Instrument:
    """The same chain by another vendor."""
    bits = int(rng.choice([0, 0, 8, 12, 12, 16]))
    noise = one.noise * float(np.exp(rng.normal(0, 0.6)))
    return replace(one, bits=bits, noise=noise, damping_s=float(rng.choice([0.0, 0.5, 3.0, 10.0])))


def _lag(values: np.ndarray, share: float) -> np.ndarray:
    out, state = np.empty(len(values)), float(values[0])
    for row, value in enumerate(values.tolist()):
        state += (value - state) * share
        out[row] = state
    return out


def _held(values: np.ndarray, band: float) -> np.ndarray:
    out, last = values.copy(), float(values[0])
    for row, value in enumerate(values.tolist()):
        if abs(value - last) > band:
            last = value
        out[row] = last
    return out


def swinging_door(values: np.ndarray, deviation: float) -> np.ndarray:
    """Keeps the ends of lines that pass all samples within `deviation`, read back by interpolation (Bristol 1990)."""
    kept, pivot, low, high = [0], 0, -np.inf, np.inf
    listed = values.tolist()
    for row in range(1, len(listed)):
        run = row - pivot
        low, high = (
            max(low, (listed[row] - deviation - listed[pivot]) / run),
            min(high, (listed[row] + deviation - listed[pivot]) / run),
        )
        if low > high:
            pivot = row - 1
            kept.append(pivot)
            low, high = listed[row] - deviation - listed[pivot], listed[row] + deviation - listed[pivot]
    kept.append(len(listed) - 1)
    return np.interp(np.arange(len(listed)), kept, values[kept])
