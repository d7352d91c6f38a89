"""Features of 5 million rows × 8 channels, windows of 256 every 128: the exported float64 graph against plain numpy and pandas.

The numpy peer computes the same features in float32 in blocks, as one would write it, on one thread. The goal of 3 × numba
in float32 is .75 × of that peer by the figures measured for both (.16 s and .64 s), so it is checked without a compiler.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.table import Row, interleaved, skipped
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.features.catalogue import FEATURE_NAMES
from workbench.features.graph import build_feature_graph, extract

NAME = "features"
_FULL_ROWS = 5_000_000
_CHANNELS = 8
_WINDOW = 256
_HOP = 128
_BLOCK = 32
_THREADS = min(2, os.cpu_count() or 1)
_PANDAS_SHARE = 0.1
_NUMPY_GOAL = 0.75
_PANDAS_GOAL = 0.2

Windows = NDArray[np.float32]


def run(size: float) -> list[Row]:
    """`size` is the share of 5 million rows."""
    values = _make_data(max(4 * _WINDOW, round(_FULL_ROWS * size)))
    windows = np.lib.stride_tricks.sliding_window_view(values, _WINDOW, axis=0)[::_HOP].swapaxes(1, 2)
    spec = ScoringSpec(
        task="anomaly", channels=tuple(ChannelSpec(name=f"PI-{index}") for index in range(_CHANNELS)), sample_period_s=1,
        window_samples=_WINDOW, stride_samples=_HOP, hold_limit_s=0,
    )  # fmt: skip
    model = build_feature_graph(spec, FEATURE_NAMES).SerializeToString()
    started = time.process_time()
    extract(model, windows, n_threads=_THREADS)
    cpu_s = time.process_time() - started

    def ours() -> None:
        extract(model, windows, n_threads=_THREADS)

    def row(peer_name: str, times: tuple[float, float], goal: float | None, n_samples: int = values.size) -> Row:
        ratio = times[0] / times[1]
        rate = n_samples / times[0] / 1e6
        return Row(
            name=f"features: {n_samples / 1e6:.1f} M samples", ratio=ratio,
            ours=f"{times[0]:.3f} s, {rate:.0f} M/s, {_THREADS} threads (CPU {cpu_s:.2f})",
            peer=f"{peer_name} {times[1]:.3f} s", goal="" if goal is None else f"<= {goal:g}",
            held=None if goal is None else ratio <= goal,
        )  # fmt: skip

    rows = [
        row("numpy float32, same features", interleaved(ours, lambda: _in_blocks(windows, _numpy_features)), _NUMPY_GOAL),
        row("one rFFT alone", interleaved(ours, lambda: _in_blocks(windows, _only_rfft)), None),
    ]
    if find_spec("pandas") is None:
        return [*rows, skipped("features", "pandas not installed")]
    share = values[: max(4 * _WINDOW, round(len(values) * _PANDAS_SHARE))]
    few = windows[: (len(share) - _WINDOW) // _HOP + 1]
    times = interleaved(lambda: extract(model, few, n_threads=_THREADS), lambda: _pandas_features(share), repeats=3)
    return [*rows, row(f"pandas rolling, 6 features, {_PANDAS_SHARE:.0%} of the rows,", times, _PANDAS_GOAL, share.size)]


def _make_data(n_rows: int) -> Windows:
    return np.random.default_rng(4).normal(size=(n_rows, _CHANNELS)).astype(np.float32)


def _in_blocks(windows: Windows, compute: Callable[[Windows], object]) -> None:
    for at in range(0, len(windows), _BLOCK):
        compute(np.ascontiguousarray(windows[at : at + _BLOCK].swapaxes(1, 2)))


def _only_rfft(x: Windows) -> NDArray[np.complex64]:
    return np.fft.rfft(x, axis=2)


def _numpy_features(x: Windows) -> Windows:
    """[n, channel, time] float32 → [n, channel, 19], as one would write it."""
    n = x.shape[2]
    mean = x.mean(axis=2, keepdims=True)
    d = x - mean
    d2 = d * d
    variance = d2.mean(axis=2)
    std = np.sqrt(variance)
    low, high = x.min(axis=2), x.max(axis=2)
    t = np.arange(n, dtype=np.float32) - np.float32((n - 1) / 2)
    taper = np.float32(0.5) - np.float32(0.5) * np.cos(np.arange(n, dtype=np.float32) * np.float32(2 * np.pi / n))
    lines = np.fft.rfft(d * taper, axis=2)[:, :, 1:]
    power = (lines.real**2 + lines.imag**2).reshape(*x.shape[:2], 8, -1).sum(axis=3)
    parts = [
        mean[:, :, 0], std, np.sqrt(variance + mean[:, :, 0] ** 2), low, high, high - low, (d2 * d).mean(axis=2) / std**3,
        (d2 * d2).mean(axis=2) / variance**2, np.maximum(high - mean[:, :, 0], mean[:, :, 0] - low) / std, d @ t,
        np.abs(np.diff(x, axis=2)).mean(axis=2),
    ]  # fmt: skip
    return np.concatenate([np.stack(parts, axis=2), np.sqrt(power)], axis=2)


def _pandas_features(values: Windows) -> None:
    import pandas as pd

    rolling = pd.DataFrame(values).rolling(_WINDOW, step=_HOP)
    for name in ("mean", "std", "min", "max", "skew", "kurt"):
        getattr(rolling, name)()
