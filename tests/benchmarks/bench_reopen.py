"""Opening a recording of a project, ready to plot: every channel mapped and its first envelope drawn, against Parquet.

The peer reads the same columns from a Parquet file of float32, as a plot needs them in memory.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row, interleaved, skipped
from workbench.logs.recordings.recording import open_recording, write_recording
from workbench.logs.summary import ChannelFacts, RecordingFacts

NAME = "reopen"
_FULL_ROWS = 5_000_000
_CHANNELS = 8
_PIXELS = 1920
_GOAL_S = 0.020
_PIXEL_ROWS, _PIXEL_CHANNELS, _PIXEL_GOAL_S = 100_000_000, 10, 1.0
_START_NS = 1_767_225_600_000_000_000
_STEP_NS = 1_000_000_000


def run(size: float) -> list[Row]:
    """`size` is the share of 5 million rows × 8 channels."""
    n_rows = max(2000, round(_FULL_ROWS * size))
    rng = np.random.default_rng(3)
    columns = {f"PI-{number}": rng.standard_normal(n_rows, np.float32) for number in range(_CHANNELS)}
    times_ns = _START_NS + np.arange(n_rows, dtype=np.int64) * _STEP_NS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_recording(folder / "recording", facts_of(tuple(columns), n_rows), times_ns, columns)
        _write_parquet(folder / "log.parquet", columns)

        def ours() -> None:
            recording = open_recording(folder / "recording")
            for channel in recording.channels:
                recording.envelope(channel.name, int(times_ns[0]), int(times_ns[-1]), _PIXELS)

        def peer() -> None:
            import pyarrow.parquet as pq

            table = pq.ParquetFile(folder / "log.parquet").read(use_threads=False)
            for column in table.columns:
                np.frombuffer(column.combine_chunks().buffers()[1], np.float32)

        ours_s, peer_s = interleaved(ours, peer)
    a_channel_s = ours_s / _CHANNELS
    return [
        Row(
            name=f"reopen: {n_rows / 1e6:.1f} M rows × {_CHANNELS}", ours=f"{1e3 * a_channel_s:.2f} ms a channel",
            peer=f"Parquet float32 into memory {1e3 * peer_s / _CHANNELS:.1f} ms", ratio=ours_s / peer_s,
            goal="≤ 20 ms a channel", held=a_channel_s <= _GOAL_S,
        ),
        first_pixels_row(size),
    ]  # fmt: skip


def first_pixels_row(size: float) -> Row:
    """Ten channels of 100 million samples (times `size`): from files on disk to the first picture of the stacked plots."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    name = "reopen: first pixels"
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        return skipped(name, f"Qt can't be loaded: {error}")
    from workbench.services.log_views import AssetLogs, RecordingInfo
    from workbench.ui.theme import ThemeSource
    from workbench.ui.widgets.plots.stack import StackedPlots

    application = QApplication.instance() or QApplication([])
    n_rows = max(20_000, round(_PIXEL_ROWS * size))
    values = np.cumsum(np.random.default_rng(5).standard_normal(n_rows, np.float32), dtype=np.float32)
    times_ns = _START_NS + np.arange(n_rows, dtype=np.int64) * _STEP_NS
    names = tuple(f"PI-{number}" for number in range(_PIXEL_CHANNELS))
    theme = ThemeSource(Path("resources"))
    with tempfile.TemporaryDirectory() as folder:
        write_recording(Path(folder), facts_of(names, n_rows), times_ns, dict.fromkeys(names, values))
        del values

        def ours() -> None:
            info = RecordingInfo(id="1", name="log", first_ns=int(times_ns[0]), last_ns=int(times_ns[-1]), rows=n_rows)
            logs = AssetLogs("P-1", [(info, open_recording(Path(folder)))], (), ())
            plots = StackedPlots(theme)
            plots.resize(1920, 1080)
            plots.show_logs(logs)
            plots.show_channels(names)
            plots.grab()
            plots.deleteLater()

        ours_s = statistics.median(_seconds(ours) for _ in range(3))
    del application
    return Row(
        name=f"{name}, {n_rows / 1e6:.1f} M × {_PIXEL_CHANNELS}", ours=f"{ours_s:.3f} s", peer="", ratio=None,
        goal=f"≤ {_PIXEL_GOAL_S:.0f} s", held=ours_s <= _PIXEL_GOAL_S,
    )  # fmt: skip


def _seconds(work: Callable[[], None]) -> float:
    started_s = time.perf_counter()
    work()
    return time.perf_counter() - started_s


def facts_of(names: tuple[str, ...], n_rows: int) -> RecordingFacts:
    """The least that a recording needs to say of itself."""
    channels = tuple(ChannelFacts(name=name, unit="bar", n_good=n_rows, bad={}, min=None, max=None, mean=None) for name in names)
    return RecordingFacts(
        source="log.csv", rows=n_rows, first_ns=None, last_ns=None, sample_period_s=1.0, channels=channels, n_gaps=0,
        n_duplicates_dropped=0, n_backward_steps=0,
    )  # fmt: skip


def _write_parquet(path: Path, columns: dict[str, np.ndarray]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)
