"""A small fleet in a project: pumps with tags of their own, two days at one sample a minute, two faults each."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.core.clock import NS_PER_S, format_utc, parse_utc
from workbench.core.jobs import Job
from workbench.logs.recordings.recording import write_recording
from workbench.logs.summary import ChannelFacts, RecordingFacts
from workbench.project.acts import Act, Item
from workbench.project.store import Project
from workbench.services.labels import Event, LabelsSaveRequest, save_labels

START_NS = parse_utc("2026-03-02T00:00:00Z")
PERIOD_S = 60
N = 2880
RECIPE = """
families = ["mahalanobis", "boosted_trees"]
window_s = 1200
stride_s = 600
params = { boosted_trees = { rounds = 10 } }
"""


def make_fleet(folder: Path, n_pumps: int = 4, *, n_days: int = 2, are_labelled: bool = True) -> tuple[str, ...]:
    """Write the project; returns the assets."""
    assets = tuple(f"P-{1001 + 10 * number}A" for number in range(n_pumps))
    for number, asset in enumerate(assets):
        add_pump(folder, asset, seed=number, n=n_days * N // 2, are_labelled=are_labelled)
    return assets


def add_pump(folder: Path, asset: str, *, seed: int, n: int = N, first_ns: int = START_NS, are_labelled: bool = True) -> None:
    """One recording with faults at a third and at two thirds of its time, and their labels."""
    number = asset.removeprefix("P-")
    rng = np.random.default_rng(seed)
    speed = np.full(n, 2970.0) + rng.normal(0, 3, n)
    flow, pressure = 120 + 0.4 * rng.normal(size=n), 12 + 0.05 * rng.normal(size=n)
    vibration = 1.5 + 0.05 * rng.normal(size=n)
    spans = [("blockage", n // 3, n // 3 + 150), ("bearing growth", 2 * n // 3, 2 * n // 3 + 150)]
    flow[spans[0][1] : spans[0][2]] -= 6
    vibration[spans[1][1] : spans[1][2]] += 0.8
    columns = {f"SI-{number}": speed, f"FI-{number}": flow, f"PI-{number}": pressure, f"VI-{number}-DE": vibration}
    times_ns = first_ns + np.arange(n, dtype=np.int64) * PERIOD_S * NS_PER_S
    _store(folder, asset, times_ns, columns, rng.integers(0, 2, n).astype(float))
    if are_labelled:
        events = tuple(
            Event(
                id=f"{asset}-{first_ns}-{name}".replace(" ", "-"), asset=asset, name=name, state="real",
                start_utc=format_utc(int(times_ns[first])), end_utc=format_utc(int(times_ns[last])),
            )
            for name, first, last in spans
        )  # fmt: skip
        save_labels(LabelsSaveRequest(project=str(folder), asset=asset, events=events), Job())


def write_csv(path: Path, asset: str, *, seed: int, n: int = N) -> Path:
    """A log of the same kind as a file, without labels."""
    number = asset.removeprefix("P-")
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n, 4)) * [3, 0.4, 0.05, 0.05] + [2970, 120, 12, 1.5]
    table[n // 2 : n // 2 + 200, 1] -= 6
    rows = [f"{format_utc(START_NS + row * PERIOD_S * NS_PER_S)},{','.join(f'{v:.4f}' for v in table[row])}" for row in range(n)]
    header = f"time_utc,SI-{number} [rpm],FI-{number} [m3/h],PI-{number} [bar],VI-{number}-DE [mm/s]"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def _store(folder: Path, asset: str, times_ns: np.ndarray, columns: dict[str, np.ndarray], labels: np.ndarray) -> None:
    units = {"SI": "rpm", "FI": "m3/h", "PI": "bar", "VI": "mm/s"}
    quantities = {"SI": "speed", "FI": "flow", "PI": "pressure", "VI": "vibration"}
    facts = RecordingFacts(
        source=f"{asset}.csv", rows=len(times_ns), first_ns=int(times_ns[0]), last_ns=int(times_ns[-1]),
        sample_period_s=float(PERIOD_S), n_gaps=0, n_duplicates_dropped=0, n_backward_steps=0, labels=("anomaly",),
        channels=tuple(
            ChannelFacts(
                name=name, unit=units[name[:2]], quantity=quantities[name[:2]], n_good=len(times_ns), bad={}, min=0.0, max=0.0,
                mean=0.0,
            )
            for name in columns
        ),
    )  # fmt: skip
    with Project.open(folder, who="test") as project:
        with project.objects.staging("recording") as staged:
            write_recording(staged, facts, times_ns, columns, {"anomaly": labels})
            tree = project.objects.put_tree("recording", staged)
        project.record(Act(act="import", on=asset, what="Imported", item=Item(kind="recording", id=tree, asset=asset)))
