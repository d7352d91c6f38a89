"""The instrument layer: between what happens in the pump and what the log says.

Span, 4-20 mA limits, damping, resolution, calibration error, scan jitter, a clock that runs ppm off, and what a failed
transmitter leaves in a log (sentinel values, blanks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.samples.wander import lag

Array = NDArray[np.float64]
SENTINEL = -9999.0
_UNDER_RANGE = -0.0125
_OVER_RANGE = 1.03125
_ADC_STEPS = 4000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One transmitter with its channel in the logger. `decimals` is how the historian prints it."""

    tag: str
    unit: str
    low: float
    high: float
    damping_s: float
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One individual's error: zero in share of span and gain; they stay until somebody recalibrates."""

    zero_share: float
    gain: float

    @classmethod
    def draw(cls, rng: np.random.Generator, *, is_digital: bool) -> Calibration:
        """Within about 0.25 % of span, typical of a field transmitter; what counts or is digital has no zero error."""
        zero, gain = float(rng.normal(0.0, 0.0012)), float(rng.normal(0.0, 0.0015))
        return cls(zero_share=0.0 if is_digital else zero, gain=1.0 + gain)


def read_instrument(
    instrument: Instrument, calibration: Calibration, truth: Array, step_s: float, shift: Array | float = 0.0
) -> Array:
    """What the logger stores, before dropouts; [n].

    `shift` is an offset in engineering units (after a repair). Limits are 3.8 and 20.5 mA of 4-20 mA (NAMUR NE 43); a converter
    of 4000 steps over the span quantises.
    """
    span = instrument.high - instrument.low
    value = lag(truth, step_s, instrument.damping_s) if instrument.damping_s > 0.2 * step_s else truth
    share = (value + shift - instrument.low) / span * calibration.gain + calibration.zero_share
    share = np.clip(np.round(share * _ADC_STEPS) / _ADC_STEPS, _UNDER_RANGE, _OVER_RANGE)
    return np.asarray(np.round(instrument.low + share * span, instrument.decimals))


def failed_spans(n: int, step_s: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Index spans in which one transmitter is lost, about one in three weeks, minutes to an hour long."""
    count = int(rng.poisson(n * step_s / (21.0 * 86400.0)))
    starts = rng.integers(0, n, count)
    lengths = np.maximum(rng.lognormal(np.log(900.0), 0.9, count) / step_s, 1.0).astype(int)
    return [(int(start), int(min(start + length, n))) for start, length in zip(starts, lengths, strict=True)]


def logger_outages(n: int, step_s: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Rows that the logger never wrote (restarts, full buffers), about one span in ten days; True = written."""
    written = np.ones(n, dtype=bool)
    for _ in range(int(rng.poisson(n * step_s / (10.0 * 86400.0)))):
        start = int(rng.integers(0, n))
        written[start : start + max(int(rng.lognormal(np.log(600.0), 0.8) / step_s), 2)] = False
    written[[0, -1]] = True
    return written


def stamps_ns(start_ns: int, t_s: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Time stamps of the logger's clock, to the millisecond, strictly increasing.

    The clock runs up to 30 ppm off and is set back to time each night at 03:00; scans come up to some 40 ms late.
    """
    drift = float(rng.uniform(-30e-6, 30e-6))
    since_sync = (t_s - 3.0 * 3600.0) % 86400.0
    late = rng.gamma(2.0, 0.009, t_s.size)
    ms = np.round((t_s + drift * since_sync + late) * 1000.0).astype(np.int64)
    rows = np.arange(ms.size)
    strictly_later = np.maximum.accumulate(ms - rows) + rows
    return np.asarray(start_ns + strictly_later * 1_000_000, dtype=np.int64)
