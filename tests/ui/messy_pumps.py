"""Pumps of a messy station, each with one fault that the checks know, as logs that a historian might have written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from tests.unit.quality_injections import exceptions, swinging_door
from workbench.core.clock import NS_PER_S, parse_utc

START_NS = parse_utc("2026-03-28T00:00:00Z")
"""Before the last Sunday of March, so that a local clock's jump is in the log."""
STEP_NS = 30 * NS_PER_S
N_ROWS = 6000
HEADER = (
    "PI-{n}10 (bar),PI-{n}11 (bar),FI-{n}10 (m3/h),II-{n}10 (A),TI-{n}10-DE (°C),TI-{n}10-NDE (°C),VI-{n}10-DE (mm/s),"
    "VI-{n}10-NDE (mm/s),LI-{n}10 (%)"
)
SUCTION, DISCHARGE, FLOW, CURRENT, DE, NDE, VIBRATION, OTHER, LEVEL = range(9)
Pump = tuple[np.ndarray, list[np.ndarray]]
"""Instants [n] ns and nine channels [n]."""


def healthy(seed: int) -> Pump:
    """Two days of a pump that runs, with noise in all its channels."""
    rng, rows = np.random.default_rng(seed), np.arange(N_ROWS)
    load = np.sin(rows / 300) + 0.4 * np.sin(rows / 71)
    level = [1.5, 6.2, 300.0, 40.0, 62.0, 55.0, 2.0, 1.7, 60.0]
    swing = [0.05, 0.15, 6.0, 0.6, 0.6, 0.4, 0.05, 0.04, 5.0]
    noise = [0.02, 0.05, 2.0, 0.3, 0.15, 0.15, 0.08, 0.08, 0.4]
    columns = [a + b * load + rng.normal(0, c, N_ROWS) for a, b, c in zip(level, swing, noise, strict=True)]
    columns[NDE] = columns[NDE] + 0.5 * np.sin(rows / 190)  # a bearing of its own
    return START_NS + rows.astype(np.int64) * STEP_NS, columns


def _put(channel: int, rows: slice | list[int], value: float) -> Callable[[Pump], Pump]:
    def change(pump: Pump) -> Pump:
        pump[1][channel][rows] = value
        return pump

    return change


def _gap(pump: Pump) -> Pump:
    keep = np.r_[0:3000, 3400:N_ROWS]
    return pump[0][keep], [values[keep] for values in pump[1]]


def _cut_off(pump: Pump) -> Pump:
    pump[1][FLOW] = np.minimum(pump[1][FLOW], np.quantile(pump[1][FLOW], 0.7))
    return pump


def _coarse(pump: Pump) -> Pump:
    pump[1][DISCHARGE] = np.round(pump[1][DISCHARGE] / 0.2) * 0.2
    return pump


def _hour_lost(pump: Pump) -> Pump:
    jump = np.searchsorted(pump[0], parse_utc("2026-03-29T01:00:00Z"))
    times_ns = pump[0].copy()
    times_ns[jump:] += 3600 * NS_PER_S
    return times_ns, pump[1]


def _twice(pump: Pump) -> Pump:
    rows = np.insert(np.arange(N_ROWS), 3000, np.arange(2900, 3000))
    columns = [values[rows].copy() for values in pump[1]]
    columns[FLOW][3000:3100] += 50
    return pump[0][rows], columns


def _to_psi(pump: Pump) -> Pump:
    pump[1][DISCHARGE][3000:] *= 14.5037738
    return pump


def _swap(pump: Pump) -> Pump:
    de, nde = pump[1][DE].copy(), pump[1][NDE].copy()
    pump[1][DE][3000:], pump[1][NDE][3000:] = nde[3000:], de[3000:]
    return pump


def _copy(pump: Pump) -> Pump:
    pump[1][NDE] = pump[1][DE].copy()
    return pump


def _historian(pump: Pump) -> Pump:
    pump[1][DISCHARGE] = swinging_door(pump[1][DISCHARGE], 0.12)
    pump[1][SUCTION] = exceptions(pump[1][SUCTION], 0.1)
    return pump


def _loose(pump: Pump) -> Pump:
    pump[1][VIBRATION][3000:] *= 0.1
    return pump


def _plugged(pump: Pump) -> Pump:
    smooth = np.convolve(np.pad(pump[1][DISCHARGE], 60, mode="edge"), np.ones(121) / 121, mode="valid")
    pump[1][DISCHARGE][2000:5000] = smooth[2000:5000]
    return pump


def _block(pump: Pump) -> Pump:
    pump[1][DISCHARGE][4600:5200] = pump[1][DISCHARGE][3000:3600]
    return pump


def _bias(pump: Pump) -> Pump:
    noise = np.random.default_rng(9).normal(0, 0.01, N_ROWS)
    pump[1][SUCTION] = pump[1][DISCHARGE] + 0.03 + noise
    pump[1][SUCTION][3500:] += 0.2
    return pump


FAULTS: dict[str, tuple[Callable[[Pump], Pump], str, int | None, str, slice]] = {
    "gap": (_gap, "GAP", None, "No samples for 3 h 20 min from 29 Mar 00:59:30", slice(3000, 3400)),
    "flat line": (_put(FLOW, slice(3000, 4000), 301.0), "FLAT_LINE", FLOW, "at 301 m3/h", slice(3000, 4000)),
    "saturation": (_cut_off, "SATURATED", FLOW, "at 303.349 m3/h", slice(4066, 4174)),
    "spike": (_put(DISCHARGE, [3000], 14.0), "SPIKE", DISCHARGE, "A single sample of 14 bar", slice(3000, 3001)),
    "quantization": (_coarse, "QUANTIZED", DISCHARGE, "0.2 bar", slice(0, N_ROWS)),
    "clock jump": (_hour_lost, "CLOCK_FORWARD", None, "", slice(3000, 3001)),
    "duplicate": (_twice, "CONFLICTING_ROWS", None, "100 rows repeat an instant", slice(2900, 3000)),
    "unit jump": (_to_psi, "UNIT_JUMP", DISCHARGE, "from bar to psi", slice(3000, N_ROWS)),
    "swapped": (_swap, "SWAPPED", DE, "", slice(3000, N_ROWS)),
    "redundant": (_copy, "REDUNDANT", NDE, "one sensor, logged twice", slice(0, N_ROWS)),
    "NE 43": (_put(LEVEL, slice(3000, 3020), 107.0), "NE43_FAILURE", LEVEL, "by NE 43", slice(3000, 3020)),
    "historian compression": (_historian, "COMPRESSED", DISCHARGE, "straight lines", slice(0, N_ROWS)),
    "loose accelerometer": (_loose, "LOOSE_SENSOR", VIBRATION, "", slice(3000, N_ROWS)),
    "plugged impulse line": (_plugged, "PLUGGED_LINE", DISCHARGE, "a plugged impulse line", slice(2000, 5000)),
    "impossible physics": (
        _put(DISCHARGE, slice(3000, 3200), 0.0), "ZERO_SUSPECTED", DISCHARGE, "No pressure (0 bar) with the motor at load",
        slice(3000, 3200),
    ),
    "repeated block": (_block, "REPEATED_BLOCK", DISCHARGE, "600 samples from", slice(4600, 5200)),
    "twin bias": (_bias, "TWIN_BIAS", None, "don't tell which", slice(3500, N_ROWS)),
}  # fmt: skip
"""Fault → how it is made, the finding's code, its channel (None: any), some of its words, its rows."""


def tag(kind: str) -> str:
    """The pump that has this fault."""
    return f"P-{list(FAULTS).index(kind) + 10}10"


def write_logs(folder: Path) -> list[Path]:
    """A Parquet file for each fault."""
    paths = []
    for number, (kind, (change, *_)) in enumerate(FAULTS.items(), 10):
        times_ns, columns = change(healthy(number))
        names = HEADER.format(n=number).split(",")
        table = {"time": pa.array(times_ns, pa.timestamp("ns", "UTC"))}
        table |= {name: np.round(values, 3) for name, values in zip(names, columns, strict=True)}
        paths.append(folder / f"{tag(kind)}.parquet")
        parquet.write_table(pa.table(table), paths[-1])
    return paths
