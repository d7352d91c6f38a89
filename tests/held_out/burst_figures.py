"""How often overloads in bursts are found, and healthy bursts left in peace: `python -m tests.held_out.burst_figures 101 102`.

The bursts are those of sample pumps that no threshold was chosen on; what is put in recovers as a knock does, steps as a bad
connector does, or swings as a cable does, so many standard deviations of the burst's own vibration high.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from pyarrow import parquet

from workbench.core.jobs import Job
from workbench.logs.checks.waveforms import find_in_waveform, find_overloads
from workbench.logs.recordings.rates import find_waveform
from workbench.logs.recordings.time_axis import RunsAxis
from workbench.services.samples import SampleRequest, write_samples

SIZES = (3, 5, 10, 30)
EVERY = 5


def shapes(rng: np.random.Generator, t_s: np.ndarray) -> dict[str, np.ndarray]:
    """Disturbances of height one, at a random place in the burst."""
    since = t_s - rng.uniform(0.05, 0.6) * t_s[-1]
    fading = np.where(since >= 0, np.exp(-np.clip(since, 0, None) / rng.uniform(0.08, 0.6)), 0.0)
    return {"knock": fading, "step": (since >= 0).astype(float), "cable": fading * np.cos(2 * np.pi * 3 * since)}


def measure(seeds: list[int]) -> None:
    """Print the table."""
    found: Counter[tuple[str, int]] = Counter()
    tried: Counter[tuple[str, int]] = Counter()
    n_healthy = n_false = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        with tempfile.TemporaryDirectory() as folder:
            write_samples(SampleRequest(out=folder, pumps=3, days=7, seed=seed, burst_every_h=6), Job())
            for path in sorted(Path(folder).glob("*.parquet")):
                table = parquet.read_table(path)
                waveform = find_waveform(table.column(0).to_numpy().astype(np.int64))
                assert waveform is not None
                n = int(waveform.lengths[0])
                for name in (one for one in table.column_names if one.endswith("[g]")):
                    values = table[name].to_numpy().astype(float)
                    n_healthy += len(waveform.lengths)
                    n_false += len(find_in_waveform(waveform.axis(), {name: values}, {name: "g"}))
                    for burst in values.reshape(-1, n)[::EVERY]:
                        _try(burst, waveform.rate_hz, rng, (found, tried))
    print(f"{n_false} of {n_healthy} healthy bursts")
    for kind, size in tried:
        print(f"{kind}, {size} standard deviations: {found[kind, size]} of {tried[kind, size]}")


def _try(burst: np.ndarray, rate_hz: float, rng: np.random.Generator, counts: tuple[Counter, Counter]) -> None:
    step_ns, rest = divmod(round(2e9 / rate_hz), 2)
    axis = RunsAxis(
        n_rows=len(burst), step_ns=step_ns, step_rest=rest, step_parts=2, first_rows=np.zeros(1, np.int64),
        first_ns=np.zeros(1, np.int64),
    )  # fmt: skip
    for kind, shape in shapes(rng, np.arange(len(burst)) / rate_hz).items():
        for size in SIZES:
            counts[1][kind, size] += 1
            changed = burst + size * float(np.std(burst)) * shape
            counts[0][kind, size] += bool(find_overloads(axis, {"a": changed}, {"a": "g"}))


if __name__ == "__main__":
    measure([int(text) for text in sys.argv[1:]] or [101])
