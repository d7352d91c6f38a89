"""5 million rows × 8 channels of CSV → recording on disk with quality findings and pyramid, against a bare pyarrow read.

Each turn runs in a process of its own, ours and the peer's by turns: CPU seconds and peak memory are the process's. The peer
only reads the text into float32 columns; it finds nothing, stores nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row

NAME = "import"
_FULL_ROWS = 5_000_000
_CHANNELS = 8
_REPEATS = 5
_BLOCK_ROWS = 50_000
_LEVELS = (6.0, 37.0, 54.0, 290.0, 1450.0, 3.0, 12.0, 80.0)
_CPU_GOAL = 1.5
_PEAK_GOAL_MIB = 600

_REPORT = "\nimport time\nprint(time.process_time() - started, _peak_mib())"
_PEAK = """
import sys, time
from pathlib import Path
def _peak_mib():
    if sys.platform == "win32":
        import psutil
        return psutil.Process().memory_info().peak_wset / 2**20
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
path = Path(sys.argv[1])
"""
_OURS = (
    _PEAK
    + """
from workbench.logs.plain_import import find_plain_log, import_plain
import pyarrow.csv
folder = Path(sys.argv[2])
folder.mkdir()
started = time.process_time()
import_plain(find_plain_log([path], None), folder, lambda fraction, words: None)
"""
    + _REPORT
)
_PYARROW = (
    _PEAK
    + """
import pyarrow as pa
from pyarrow import csv
with path.open(encoding="utf-8") as stream:
    time_name, *names = stream.readline().strip().split(",")
types = {time_name: pa.timestamp("ns", "UTC"), **{name: pa.float32() for name in names}}
started = time.process_time()
table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))
"""
    + _REPORT
)


def run(size: float) -> list[Row]:
    """`size` is the share of 5 million rows."""
    n_rows = max(2000, round(_FULL_ROWS * size))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_csv(folder / "log.csv", n_rows)
        half = write_csv(folder / "half.csv", n_rows // 2)
        pairs = [(_turn(_OURS, path, folder / f"r{turn}"), _turn(_PYARROW, path, folder)) for turn in range(_REPEATS)]
        half_mib = _turn(_OURS, half, folder / "half")[1]
        size_mb = path.stat().st_size / 1e6
    ours_s, peer_s = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    ours_mib, peer_mib = (statistics.median(pair[side][1] for pair in pairs) for side in (0, 1))
    is_full = size >= 1
    return [
        Row(
            name=f"import: {size_mb:.0f} MB of CSV", ours=f"{ours_s:.2f} CPU s, stored and checked",
            peer=f"pyarrow, bare float32 read {peer_s:.2f}", ratio=ours_s / peer_s, goal=f"≤ {_CPU_GOAL} of its CPU",
            held=ours_s <= _CPU_GOAL * peer_s if is_full else None,
        ),
        Row(
            name="import: peak memory", ours=f"{ours_mib:.0f} MiB ({half_mib:.0f} for half the file)",
            peer=f"pyarrow {peer_mib:.0f}", ratio=ours_mib / peer_mib, goal=f"≤ {_PEAK_GOAL_MIB} MiB, flat",
            held=ours_mib <= _PEAK_GOAL_MIB and ours_mib < 1.2 * half_mib if is_full else None,
        ),
    ]  # fmt: skip


def write_csv(path: Path, n_rows: int) -> Path:
    """A plain log of `n_rows` seconds, six significant digits, from a seed."""
    rng = np.random.default_rng(7)
    start = np.datetime64("2026-01-01T00:00:00", "ms")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("time," + ",".join(f"PI-{2041 + channel}A [bar]" for channel in range(_CHANNELS)) + "\n")
        for first in range(0, n_rows, _BLOCK_ROWS):
            n_block = min(_BLOCK_ROWS, n_rows - first)
            values = rng.standard_normal((n_block, _CHANNELS)) + np.array(_LEVELS)
            stamps = np.datetime_as_string(start + np.arange(first, first + n_block) * np.timedelta64(1000, "ms"), unit="ms")
            template = "%sZ" + ",%.6g" * _CHANNELS
            lines = [template % (stamp, *row) for stamp, row in zip(stamps.tolist(), values.tolist(), strict=True)]
            stream.write("\n".join(lines) + "\n")
    return path


def _turn(script: str, path: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of one run in a process of its own."""
    out = subprocess.check_output([sys.executable, "-c", script, str(path), str(folder)], text=True)
    cpu_s, peak_mib = map(float, out.split())
    return cpu_s, peak_mib
