"""Many small things: files of one log, logs of their own, channels. Each against half as many: twice is linear, four is a square.

CPU seconds of a whole `logs import`, start of the program included, each in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row

NAME = "many"
_FULL_FILES, _FULL_LOGS, _FULL_CHANNELS = 3000, 1000, 10_000
_FEWEST = 20
_GOAL = 2.5
_IMPORT = """
import sys, time
from workbench.core.jobs import Job
from workbench.services.logs import ImportRequest, import_logs
import_logs(ImportRequest(paths=(sys.argv[1],), project=sys.argv[2]), Job())
print(time.process_time())
"""


def run(size: float) -> list[Row]:
    """`size` is the share of 3,000 files, 1,000 logs, 10,000 channels."""
    made = (("files of one log", _FULL_FILES, _days), ("logs", _FULL_LOGS, _pumps), ("channels", _FULL_CHANNELS, _wide))
    return [_row(words, max(_FEWEST, round(full * size)), write, is_full=size >= 1) for words, full, write in made]


def _row(words: str, number: int, write: Callable[[Path, int], Path], *, is_full: bool) -> Row:
    with tempfile.TemporaryDirectory() as name:
        half_s, all_s = (_cpu_s(write(Path(name), n), Path(name) / f"project-{n}") for n in (number // 2, number))
    return Row(
        name=f"import: {number:,} {words}", ours=f"{all_s:.1f} CPU s", peer=f"half of them {half_s:.1f}", ratio=all_s / half_s,
        goal=f"≤ {_GOAL}, linear", held=all_s <= _GOAL * half_s if is_full else None,
    )  # fmt: skip


def _days(folder: Path, number: int) -> Path:
    """A file a day."""
    place = folder / f"days-{number}"
    place.mkdir()
    for day in range(number):
        _write(place / f"P-2041A_{day:05d}.csv", ("PI-2041A [bar]", "FI-2041A [m3/h]"), day, 24)
    return place


def _pumps(folder: Path, number: int) -> Path:
    """A file a pump."""
    place = folder / f"pumps-{number}"
    place.mkdir()
    for pump in range(number):
        _write(place / f"P-{1000 + pump}.csv", (f"PI-{1000 + pump} [bar]", f"FI-{1000 + pump} [m3/h]"), 0, 48)
    return place


def _wide(folder: Path, number: int) -> Path:
    """A column a channel."""
    path = folder / f"wide-{number}.csv"
    _write(path, tuple(f"TAG-{channel:05d} [bar]" for channel in range(number)), 0, 50)
    return path


def _write(path: Path, names: tuple[str, ...], day: int, n_rows: int) -> None:
    rng = np.random.default_rng(7 + day)
    start = np.datetime64("2017-01-01T00:00:00") + np.timedelta64(day, "D")
    stamps = np.datetime_as_string(start + np.arange(n_rows) * np.timedelta64(1, "h"))
    cells = rng.normal(50.0, 5.0, (n_rows, len(names)))
    lines = [f"{stamp}Z," + ",".join(f"{value:.3f}" for value in row) for stamp, row in zip(stamps, cells.tolist(), strict=True)]
    path.write_text("\n".join(("time," + ",".join(names), *lines, "")), encoding="utf-8")


def _cpu_s(path: Path, project: Path) -> float:
    out = subprocess.check_output([sys.executable, "-c", _IMPORT, str(path), str(project)], text=True)
    return float(out.split()[-1])
