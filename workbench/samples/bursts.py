"""Vibration bursts beside a sample pump's log: acceleration at both bearings and a key-phase pulse, as a monitor stores them.

The bursts come from the same conditions as the trend values: a bearing defect, cavitation or unbalance is in them at the
times at which it is in the log. Bearing geometry: `resources/pumps/*.toml`.
"""

from __future__ import annotations

import io
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S, parse_utc
from workbench.core.codec import write_atomic
from workbench.core.constants import STANDARD_GRAVITY_M_PER_S2
from workbench.samples.fleet import PumpTruth
from workbench.samples.train import BURST_PERIOD_S, Surroundings, burst_samples
from workbench.samples.vibration import BurstConditions, BurstMaker
from workbench.samples.wander import Streams

FloatBlock = NDArray[np.float32]
START_UTC = "2026-03-02T00:00:00Z"
RATE_HZ = 25_600
N_SAMPLES = 25_600
_NOISE_G = 0.0008
_PULSE_SHARE = 0.02
"""The key's share of a turn: a slot of some 7 degrees."""
_PULSE_V = 5.0
_RANGE_G = 50.0
_STANDS = 0.02
_LEVELS = 1 << 16


def write_bursts(path: Path, truth: PumpTruth, around: Surroundings, every_s: float, streams: Streams) -> None:
    """Write the bursts of one pump as Parquet: UTC instants in ns, acceleration in g, key-phase pulse in V."""
    import pyarrow as pa
    from pyarrow import parquet

    every = max(1, round(every_s / BURST_PERIOD_S))
    chosen = np.arange(every // 2, truth.train.shaking.shaft_hz.size, every)  # in the middle of each period
    at = burst_samples(around)[chosen]
    turns = truth.state.r[at] > _STANDS
    waves, pulses = _waves(truth, _take(truth.train.shaking, chosen), turns, streams.of(truth.name, "waveforms"))
    starts_ns = parse_utc(START_UTC) + np.round(around.t_s[at] * NS_PER_S).astype(np.int64)
    offsets_ns = np.arange(N_SAMPLES, dtype=np.int64) * NS_PER_S // RATE_HZ
    tag = f"{truth.number}{truth.letter}"
    columns = {
        "time_utc": pa.array((starts_ns[:, None] + offsets_ns).ravel(), pa.timestamp("ns", "UTC")),
        f"VT-{tag}-DE [g]": pa.array(waves[:, 0].ravel()),
        f"VT-{tag}-NDE [g]": pa.array(waves[:, 1].ravel()),
        f"ST-{tag}-KEY [V]": pa.array(pulses.ravel()),
    }
    out = io.BytesIO()
    options = {"row_group_size": N_SAMPLES, "use_dictionary": False, "compression": "zstd", "column_encoding": None}
    parquet.write_table(pa.table(columns), out, **options)
    write_atomic(path, out.getvalue())


def _take(conditions: BurstConditions, chosen: NDArray[np.int64]) -> BurstConditions:
    arrays = {field.name: getattr(conditions, field.name)[chosen] for field in fields(conditions) if field.name != "defect"}
    return replace(conditions, **arrays)


def _waves(
    truth: PumpTruth, conditions: BurstConditions, turns: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[FloatBlock, FloatBlock]:
    """Acceleration in g [b, 2 places, n] as a 16-bit converter of ±50 g reads it, and key-phase pulses in V [b, n].

    A pump that stands (`turns` [b] false) gives no pulses; it is still shaken by its neighbour.
    """
    n_bursts = conditions.shaft_hz.size
    waves = np.empty((n_bursts, 2, N_SAMPLES), np.float32)
    pulses = np.empty((n_bursts, N_SAMPLES), np.float32)
    maker = BurstMaker(truth.pump, rng, rate_hz=float(RATE_HZ), n_samples=N_SAMPLES)
    quantum = 2.0 * _RANGE_G / _LEVELS
    t = np.arange(N_SAMPLES) / RATE_HZ
    for block, wave in maker.waves(conditions):
        noise = rng.normal(0.0, _NOISE_G, (wave.shape[0], 2, N_SAMPLES))
        read = np.clip(wave[:, :2] / STANDARD_GRAVITY_M_PER_S2 + noise, -_RANGE_G, _RANGE_G)
        waves[block] = np.round(read / quantum) * quantum
        angle = conditions.shaft_hz[block, None] * t + maker.start_phase / (2.0 * np.pi)
        key = _PULSE_V * ((angle % 1.0 < _PULSE_SHARE) & turns[block, None]) + rng.normal(0.0, 0.01, angle.shape)
        pulses[block] = np.round(key, 3)
    return waves, pulses
