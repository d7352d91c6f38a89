"""A pump by its curve, for tests of states: H = 1.25 − 0.25 q², P = 0.5 + 0.5 q (shares of the usual), affinity laws."""

from __future__ import annotations

import numpy as np

NS = 1_000_000_000
START_NS = 1_772_409_600 * NS
UNITS = {"SI-1": "rpm", "PI-0": "bar", "PI-1": "bar", "FI-1": "m3/h", "II-1": "A", "TI-1": "degC"}


def pump_log(
    duty: list[tuple[int, float, float, float]], step_s: float = 10.0, seed: int = 0
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """`duty`: (rows, speed share, flow share of the usual, density share) one after the other; returns instants and channels."""
    speed = np.concatenate([np.full(rows, share) for rows, share, _, _ in duty])
    flow = np.concatenate([np.full(rows, share) for rows, _, share, _ in duty])
    density = np.concatenate([np.full(rows, share) for rows, _, _, share in duty])
    rng = np.random.default_rng(seed)
    n = np.abs(speed)
    noise = {name: rng.normal(0, 1, len(n)) for name in UNITS}
    with np.errstate(divide="ignore", invalid="ignore"):
        q = np.where(n > 0, flow / n, 0.0)
    is_dry = density < 0.2
    head = np.where(n > 0, n**2 * density * (1.25 - 0.25 * q**2), 0.0)
    power = np.where(speed > 0, n**3 * density * (0.5 + 0.5 * q) + np.where(is_dry, 0.3, 0.0), 0.0)
    on = n > 0
    columns = {
        "SI-1": 2980.0 * speed + np.where(on, noise["SI-1"], 0), "PI-0": 1.0 + 0.005 * noise["PI-0"],
        "PI-1": 1.0 + 10 * head + np.where(on, 0.03, 0.005) * noise["PI-1"],
        "FI-1": 300.0 * flow + np.where(flow != 0, 1.0, 0.2) * noise["FI-1"],
        "II-1": np.where(speed > 0, 80 * power + 0.3 * noise["II-1"], 0.0),
        "TI-1": 25 + 40 * np.where(on, 1.0, 0.0) + 0.1 * noise["TI-1"],
    }  # fmt: skip
    return START_NS + (np.arange(len(n)) * step_s * NS).astype(np.int64), columns
