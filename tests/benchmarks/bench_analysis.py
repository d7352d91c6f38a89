"""What a change of a parameter costs on 10 s of vibration at 25.6 kHz (goal 100 ms), and 60 s at 51.2 kHz beside a bare FFT.

The peer is one real FFT of the same samples (scipy, double precision): the least that any spectrum of all of them takes.
"""

from __future__ import annotations

import numpy as np
from scipy import fft

from tests.benchmarks.table import Row, interleaved
from workbench.logs.analysis.envelope import Band, find_envelope_spectrum, find_kurtogram
from workbench.logs.analysis.maps import Stretch, find_spectrogram
from workbench.logs.analysis.orders import angle_of_speed, find_order_spectrum, resample_by_angle
from workbench.logs.analysis.spectrum import Samples, SpectrumOptions, find_spectrum

NAME = "analysis"
_GOAL_MS = 100.0


def run(size: float) -> list[Row]:
    """`size` is the share of both lengths."""
    return [*_rows(25_600.0, 10.0 * size, goal_ms=_GOAL_MS), *_rows(51_200.0, 60.0 * size, goal_ms=None)]


def _rows(rate_hz: float, seconds: float, goal_ms: float | None) -> list[Row]:
    n = max(2048, round(rate_hz * seconds))
    values: Samples = np.random.default_rng(1).normal(size=n).astype(np.float32)
    at_s = np.arange(n) / rate_hz
    angle = angle_of_speed(np.array([0.0, at_s[-1]]), np.array([2400.0, 3000.0]), at_s)
    band = Band(low_hz=2000.0, high_hz=4000.0)

    def spectrum() -> object:
        return find_spectrum([values], rate_hz, "g", SpectrumOptions(resolution_hz=1.0))

    def spectrogram() -> object:
        return find_spectrogram([Stretch(start_ns=0, rate_hz=rate_hz, values=values)], "g", SpectrumOptions(resolution_hz=20.0))

    def envelope() -> object:
        return find_envelope_spectrum(values, rate_hz, band, "g", SpectrumOptions(resolution_hz=1.0))

    def proposal() -> object:
        return find_kurtogram(values, rate_hz, low_hz=500.0, least_width_hz=400.0)

    def orders() -> object:
        return find_order_spectrum(resample_by_angle(values, rate_hz, angle, 40.0), "g", SpectrumOptions(resolution_hz=0.1))

    def plain_fft() -> object:
        return fft.rfft(values.astype(np.float64))

    work = {
        "spectrum": spectrum, "spectrogram": spectrogram, "envelope": envelope, "band proposal": proposal, "orders": orders,
    }  # fmt: skip
    rows = []
    for name, ours in work.items():
        ours_s, peer_s = interleaved(ours, plain_fft, repeats=3)
        rows.append(
            Row(
                name=f"{name}: {seconds:g} s at {rate_hz / 1000:g} kHz", ours=f"{1000 * ours_s:.0f} ms",
                peer=f"scipy rfft {1000 * peer_s:.0f} ms", ratio=ours_s / peer_s,
                goal="" if goal_ms is None else f"<= {goal_ms:g} ms", held=None if goal_ms is None else 1000 * ours_s <= goal_ms,
            )
        )  # fmt: skip
    return rows
