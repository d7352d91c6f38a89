"""5 million rows × 8 channels of CSV → recording on disk with quality findings and pyramid, against bare reads.

Each turn runs in a process of its own, ours and the peers' by turns: CPU seconds and peak memory are the process's. The peers
(pyarrow, pandas, polars) only read the text into float32 columns; they find nothing, store nothing. A tenth of the rows also in a
dialect that needs care (semicolons, decimal commas, day first, bad words) and as a long table of tags, against pandas that is
told how to read it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row, skipped

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
    if sys.platform == "linux":  # of this program alone: ru_maxrss begins with that of the process that started it
        return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 2**10
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


_PANDAS = (
    _PEAK
    + """
import pandas
started = time.process_time()
head = pandas.read_csv(path, nrows=0)
table = pandas.read_csv(path, dtype=dict.fromkeys(head.columns[1:], "float32"), parse_dates=[head.columns[0]])
"""
    + _REPORT
)
_POLARS = (
    _PEAK
    + """
import polars
started = time.process_time()
names = polars.read_csv(path, n_rows=0).columns
table = polars.read_csv(path, schema_overrides=dict.fromkeys(names[1:], polars.Float32))
table = table.with_columns(polars.col(names[0]).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="ns"))
"""
    + _REPORT
)
_CAREFUL = (
    _PEAK
    + """
from workbench.logs.careful.careful_import import find_sources, read_carefully
from workbench.logs.parse import ParseOptions
folder = Path(sys.argv[2])
(folder / "work").mkdir(parents=True)
(folder / "recording").mkdir()
started = time.process_time()
say = lambda fraction, words: None
logs = read_carefully(find_sources([path]), ParseOptions(zone="Europe/Oslo"), folder / "work", say)
logs.logs[0].write(folder / "recording", say)
"""
    + _REPORT
)
_PANDAS_TOLD = (
    _PEAK
    + """
import pandas
started = time.process_time()
table = pandas.read_csv(path, sep=";", decimal=",", na_values=["Bad Input"])
table[table.columns[0]] = pandas.to_datetime(table[table.columns[0]], format="%d.%m.%Y %H:%M:%S")
"""
    + _REPORT
)
_PANDAS_LONG = (
    _PEAK
    + """
import pandas
started = time.process_time()
table = pandas.read_csv(path, na_values=["Bad Input"])
table["Timestamp"] = pandas.to_datetime(table["Timestamp"], format="%m/%d/%Y %I:%M:%S %p")
table = table.pivot_table(index="Timestamp", columns="Tag", values="Value", aggfunc="first")
"""
    + _REPORT
)
_CAREFUL_SHARE = 0.1
_CAREFUL_PEAK_GOAL_MIB = 400


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
        others = [
            _peer_row(name, script, path, folder, ours=[pair[0] for pair in pairs])
            for name, script in (("pandas", _PANDAS), ("polars", _POLARS))
        ]
        careful = _careful_rows(folder, max(2000, round(n_rows * _CAREFUL_SHARE)), is_full=size >= 1)
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
        *others,
        *careful,
    ]  # fmt: skip


def _peer_row(name: str, script: str, path: Path, folder: Path, ours: list[tuple[float, float]]) -> Row:
    """Ours against another bare reader of the same file."""
    title = f"import: against {name}"
    if find_spec(name) is None:
        return skipped(title, f"{name} is not installed")
    turns = [_turn(script, path, folder) for _ in range(min(_REPEATS, 3))]
    ours_s, peer_s = statistics.median(turn[0] for turn in ours), statistics.median(turn[0] for turn in turns)
    peer_mib = statistics.median(turn[1] for turn in turns)
    return Row(
        name=title, ours=f"{ours_s:.2f} CPU s, {statistics.median(turn[1] for turn in ours):.0f} MiB",
        peer=f"{name}, bare float32 read {peer_s:.2f}, {peer_mib:.0f} MiB", ratio=ours_s / peer_s, goal="", held=None,
    )  # fmt: skip


def _careful_rows(folder: Path, n_rows: int, *, is_full: bool) -> list[Row]:
    """Dialects that have to be found out, in bounded memory; pandas is told them."""
    return [
        _careful_row(folder, "with care", write_messy, _PANDAS_TOLD, n_rows, is_full=is_full),
        _careful_row(folder, "of a long table", write_long, _PANDAS_LONG, n_rows, is_full=is_full),
    ]


def _careful_row(
    folder: Path, words: str, write: Callable[[Path, int], Path], peer_script: str, n_rows: int, *, is_full: bool
) -> Row:  # fmt: skip
    name = write.__name__
    path, half = write(folder / f"{name}.csv", n_rows), write(folder / f"{name}-half.csv", n_rows // 2)
    ours_s, ours_mib = _turn(_CAREFUL, path, folder / name)
    half_mib = _turn(_CAREFUL, half, folder / f"{name}-half")[1]
    size_mb = path.stat().st_size / 1e6
    ours = f"{ours_s:.2f} CPU s ({size_mb / ours_s:.1f} MB/s), {ours_mib:.0f} MiB ({half_mib:.0f} for half)"
    held = ours_mib <= _CAREFUL_PEAK_GOAL_MIB and ours_mib < 1.2 * half_mib if is_full else None
    ratio, peer = None, "pandas is not installed"
    if find_spec("pandas") is not None:
        peer_s, peer_mib = _turn(peer_script, path, folder)
        ratio, peer = ours_s / peer_s, f"pandas, told the dialect {peer_s:.2f} ({size_mb / peer_s:.1f} MB/s), {peer_mib:.0f} MiB"
    goal = f"≤ {_CAREFUL_PEAK_GOAL_MIB} MiB, flat"
    return Row(name=f"import: {size_mb:.0f} MB {words}", ours=ours, peer=peer, ratio=ratio, goal=goal, held=held)


def write_long(path: Path, n_rows: int) -> Path:
    """The same log as a historian exports it: a row a tag and second, month first, AM and PM."""
    rng = np.random.default_rng(7)
    start = np.datetime64("2026-01-13T00:00:00")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("Tag,Timestamp,Value\n")
        for first in range(0, n_rows, _BLOCK_ROWS):
            seconds = np.arange(first, min(first + _BLOCK_ROWS, n_rows))
            stamps = (start + seconds * np.timedelta64(1, "s")).tolist()
            values = rng.standard_normal((seconds.size, _CHANNELS)) + np.array(_LEVELS)
            for stamp, row in zip(stamps, values.tolist(), strict=True):
                printed = f"{stamp:%m/%d/%Y %I:%M:%S %p}"
                stream.writelines(f"PI-{2041 + channel}A,{printed},{value:.6g}\n" for channel, value in enumerate(row))
    return path


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


def write_messy(path: Path, n_rows: int) -> Path:
    """The same kind of log as a control room in Europe exports it, a bad word here and there."""
    rng = np.random.default_rng(7)
    start = np.datetime64("2026-01-01T00:00:00")
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("Zeit;" + ";".join(f"PI-{2041 + channel}A [bar]" for channel in range(_CHANNELS)) + "\n")
        for first in range(0, n_rows, _BLOCK_ROWS):
            n_block = min(_BLOCK_ROWS, n_rows - first)
            values = rng.standard_normal((n_block, _CHANNELS)) + np.array(_LEVELS)
            stamps = (start + np.arange(first, first + n_block) * np.timedelta64(1, "s")).tolist()
            template = ";%.6g" * _CHANNELS
            cells = [(template % tuple(row)).replace(".", ",") for row in values.tolist()]
            text = "\n".join(f"{stamp:%d.%m.%Y %H:%M:%S}{row}" for stamp, row in zip(stamps, cells, strict=True))
            stream.write(_spoil(text) + "\n")
    return path


def _spoil(text: str) -> str:
    """One cell in some thousand says why it holds no number."""
    lines = text.split("\n")
    for number in range(7, len(lines), 1000):
        stamp, first, rest = lines[number].split(";", 2)
        lines[number] = f"{stamp};Bad Input;{rest}" if first else lines[number]
    return "\n".join(lines)


def _turn(script: str, path: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of one run in a process of its own."""
    out = subprocess.check_output([sys.executable, "-c", script, str(path), str(folder)], text=True)
    cpu_s, peak_mib = map(float, out.split())
    return cpu_s, peak_mib
