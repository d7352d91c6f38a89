"""A project with one pump known in closed form: two bursts with tones and a tachometer, and a trend beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.services.logs import ImportRequest, import_logs

PUMP = "P-7001A"
START_NS = parse_utc("2026-03-02T00:00:00Z")
RATE_HZ = 5120
SHAFT_HZ = 25.0
TONES = ((SHAFT_HZ, 2.0), (5 * SHAFT_HZ, 1.0), (700.0, 0.5))
"""(frequency Hz, peak m/s²): 1X, the pass of five vanes, and something else."""


def make_project(folder: Path) -> Path:
    """Import bursts and trend; returns the project's folder."""
    bursts, trend = folder / f"{PUMP}-bursts.csv", folder / f"{PUMP}.csv"
    bursts.write_text(burst_text(), encoding="utf-8")
    trend.write_text(trend_text(), encoding="utf-8")
    project = folder / "project"
    import_logs(ImportRequest(paths=(str(trend), str(bursts)), project=str(project)), Job())
    return project


def burst_text() -> str:
    """Two bursts of one second, an hour apart."""
    rows = [f"time,VT-{PUMP[2:]}-DE [m/s2],ST-{PUMP[2:]}-KEY [V]"]
    rng = np.random.default_rng(9)
    for burst in range(2):
        t = np.arange(RATE_HZ) / RATE_HZ
        values = sum(peak * np.sin(2 * np.pi * hz * t) for hz, peak in TONES) + rng.normal(0, 0.02, RATE_HZ)
        key = np.where((SHAFT_HZ * t + 0.3) % 1.0 < 0.05, 5.0, 0.0)
        for at_s, value, pulse in zip(t.tolist(), values.tolist(), key.tolist(), strict=True):
            at = format_utc(START_NS + burst * 3600 * NS_PER_S + round(at_s * NS_PER_S))
            rows.append(f"{at},{value:.5f},{pulse:.1f}")
    return "\n".join(rows) + "\n"


def trend_text(n_rows: int = 1440) -> str:
    """A day at one value a minute: the pump's head falls by 5 % in the second half; flow swings every two hours."""
    k = np.arange(n_rows)
    flow = 100.0 + 60.0 * np.sin(2 * np.pi * k / 120.0)
    head_m = (80.0 - 1.2e-3 * flow**2) * np.where(k < n_rows // 2, 1.0, 0.95)
    discharge = 1.0 + head_m * 998.2 * 9.80665 / 1e5
    power = flow * (head_m / (0.7 * (2 * flow / 110 - (flow / 110) ** 2))) * 998.2 * 9.80665 / 3.6e6 / 0.95
    rows = ["time,PI-7000A [bar],PI-7001A [bar],FI-7001A [m3/h],SI-7001A [rpm],JI-7001A [kW],VI-7001A-DE [mm/s]"]
    for row in k.tolist():
        at = format_utc(START_NS + row * 60 * NS_PER_S)
        rows.append(f"{at},1.0,{discharge[row]:.5f},{flow[row]:.4f},1500.0,{power[row]:.5f},{2.0 + 0.01 * (row % 7):.2f}")
    return "\n".join(rows) + "\n"
