"""KS, PSI, Wasserstein and JS of 50 channels, 100k against 100k samples, against scipy; unequal counts; the import."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from tests.benchmarks.table import Row, interleaved

NAME = "drift"
_CHANNELS = 50
_SAMPLES = 100_000
_GOAL = 1.0 / 15.0
_IMPORT_GOAL_S = 0.3


def run(size: float) -> list[Row]:
    """`size` is the share of 100,000 samples a channel."""
    n = max(round(_SAMPLES * size), 200)
    return [_measures("equal counts", n, n), _measures("unequal counts", n, max(n * 7 // 10, 100)), _import_row()]


def _measures(what: str, n: int, m: int) -> Row:
    rng = np.random.default_rng(7)
    reference = rng.normal(50.0, 3.0, (_CHANNELS, n))
    analysis = rng.normal(50.5, 3.3, (_CHANNELS, m))
    ours_s, peer_s = interleaved(lambda: _ours(reference, analysis), lambda: _scipy(reference, analysis))
    cpu_s = _cpu_seconds(lambda: _ours(reference, analysis))
    ratio = ours_s / peer_s
    return Row(
        name=f"drift: {_CHANNELS} channels, {n} against {m}, {what}", ours=f"{ours_s:.3f} s (CPU {cpu_s:.3f})",
        peer=f"scipy {peer_s:.2f} s", ratio=ratio, goal="<= 1/15", held=ratio <= _GOAL,
    )  # fmt: skip


def _ours(reference: np.ndarray, analysis: np.ndarray) -> list[object]:
    from workbench.drift.measures import measure_distances

    return [measure_distances(first, second) for first, second in zip(reference, analysis, strict=True)]


def _scipy(reference: np.ndarray, analysis: np.ndarray) -> list[tuple[float, float, float, float]]:
    """What one writes with scipy: its KS, its Wasserstein, and PSI and JS on ten quantile bins."""
    from scipy import stats
    from scipy.spatial.distance import jensenshannon

    rows = []
    for first, second in zip(reference, analysis, strict=True):
        edges = np.quantile(first, np.linspace(0.1, 0.9, 9))
        p = np.bincount(np.searchsorted(edges, first), minlength=10) + 0.5
        q = np.bincount(np.searchsorted(edges, second), minlength=10) + 0.5
        p, q = p / p.sum(), q / q.sum()
        ks = float(stats.ks_2samp(first, second, method="asymp").statistic)
        psi = float(np.sum((p - q) * np.log(p / q)))
        rows.append((ks, float(stats.wasserstein_distance(first, second)), psi, float(jensenshannon(p, q, base=2))))
    return rows


def _import_row() -> Row:
    """Process time of importing the measures, less that of numpy alone."""
    ours_s, bare_s = _import_seconds("import workbench.drift.over_time"), _import_seconds("import numpy")
    seconds = max(ours_s - bare_s, 0.0)
    return Row(
        name="drift: import", ours=f"{seconds:.3f} s over numpy", peer=f"numpy {bare_s:.3f} s", ratio=ours_s / bare_s,
        goal=f"<= {_IMPORT_GOAL_S:g} s", held=seconds <= _IMPORT_GOAL_S,
    )  # fmt: skip


def _import_seconds(statement: str) -> float:
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    runs = [float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout) for _ in range(3)]
    return sorted(runs)[1]


def _cpu_seconds(work: Callable[[], object]) -> float:
    started_s = time.process_time()
    work()
    return time.process_time() - started_s
