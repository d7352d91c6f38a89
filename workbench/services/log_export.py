"""Writes what the plots show as CSV: every raw sample, or lowest and highest value of each pixel column as drawn.

Instants are ISO 8601 UTC, to the nanosecond where samples need it; values have the fewest digits that read back the same. The
first row names channel and unit. Names that a spreadsheet would take for a formula are quoted.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import format_utc, format_utc_ns, parse_utc
from workbench.core.codec import check_out_file, translate_os_error
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.logs.text.spreadsheet import plain_cell
from workbench.services.common import ProjectFolder
from workbench.services.log_statistics import blocks_of
from workbench.services.log_views import AssetLogs, open_logged
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, rows_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SLICE_ROWS = 50_000
MOST_COLUMNS = 100_000


class ExportLogsRequest(Request, frozen=True, kw_only=True):
    """Write channels over a stretch of time to a CSV file."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    out: Annotated[str, parameter("File to write.", path=True)]
    channel: Annotated[tuple[str, ...], parameter("Only these channels.")] = ()
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC; else the log's first.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC; else the log's last.")] = None
    columns: Annotated[
        int, parameter("Instead of raw samples: lowest and highest value of so many columns, as a plot of that width.", ge=0)
    ] = 0
    regimes: RegimeNames = ()


class ExportLogsResult(Result, frozen=True, kw_only=True):
    """What was written."""

    path: str
    rows: int
    channels: tuple[str, ...]
    start_utc: str
    end_utc: str
    regimes: tuple[str, ...] = ()


def export_logs(request: ExportLogsRequest, job: Job) -> ExportLogsResult:
    """Write the file whole or not at all. Raises InputError for a channel that is not there, DiskFull."""
    check_out_file(Path(request.out))
    logs = open_logged(request.project, request.asset, job)
    start_ns = parse_utc(request.start) if request.start else logs.first_ns
    end_ns = parse_utc(request.end) if request.end else logs.last_ns
    known = {channel.name: channel.unit for channel in logs.channels}
    names = request.channel or tuple(known)
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise InputError(f"{request.asset} has no channel '{missing}'.", f"There are: {', '.join(known) or 'none'}.")
    if end_ns < start_ns or request.columns > MOST_COLUMNS:
        raise InputError("The stretch ends before it starts, or has too many columns.", f"At most {MOST_COLUMNS} columns.")
    heads = [f"{name} [{known[name]}]" if known[name] else name for name in names]
    spans = find_spans(request.project, request.asset, request.regimes)
    if request.columns:
        found = _extremes(logs, names, (start_ns, end_ns), request.columns, spans)
        table = _drawn(found, (start_ns, end_ns), [_stored(logs, name) for name in names])
        heads = [f"{head} {side}" for head in heads for side in ("min", "max")]
    else:
        table = _raw(logs, names, (start_ns, end_ns), spans)
    n_rows = _write(Path(request.out), ["time_utc", *heads], table, _Check(job, start_ns, end_ns))
    return ExportLogsResult(
        path=request.out, rows=n_rows, channels=names, start_utc=format_utc(start_ns), end_utc=format_utc(end_ns),
        regimes=request.regimes,
    )  # fmt: skip


Rows = Iterator[tuple[int, list[str]]]


def _raw(logs: AssetLogs, names: tuple[str, ...], range_ns: tuple[int, int], spans: Spans | None) -> Rows:
    """Every instant at which one of the channels has a sample, stretch by stretch so that memory stays flat."""
    import numpy as np

    start_ns, end_ns = range_ns[0], range_ns[1] + 1
    n_rows = max((part.recording.rows for name in names for part in logs.parts(name)), default=1)
    n_slices = max(1, n_rows // _SLICE_ROWS)
    edges = [start_ns + (end_ns - start_ns) * number // n_slices for number in range(n_slices + 1)]
    for first_ns, last_ns in itertools.pairwise(edges):
        found = {name: logs.stored_samples(name, first_ns, last_ns) for name in names}
        instants = [times for pieces in found.values() for times, _, _ in pieces]
        if not instants:
            continue
        times_ns = np.unique(np.concatenate(instants))
        cells = [_cells(times_ns, found[name]) for name in names]
        keep = np.ones(len(times_ns), np.bool_) if spans is None else rows_within(times_ns, spans)
        for row in np.flatnonzero(keep).tolist():
            yield int(times_ns[row]), [column[row] for column in cells]


def _cells(times_ns: NDArray[np.int64], pieces: list[tuple[NDArray[np.int64], NDArray[np.floating], str]]) -> list[str]:
    import numpy as np

    from workbench.logs.text.numbers import value_texts

    cells = np.full(len(times_ns), "", dtype=object)
    for times, values, stored in reversed(pieces):  # where two have one instant, the first counts
        texts = np.array(value_texts(values, stored), dtype=object)
        is_there = ~np.isnan(values)
        cells[np.searchsorted(times_ns, times[is_there])] = texts[is_there]
    return [str(cell) for cell in cells]


Pieces = Iterator[tuple["NDArray[np.int64]", "NDArray[np.floating]", "NDArray[np.floating]"]]


def _pieces(logs: AssetLogs, name: str, range_ns: tuple[int, int], n_columns: int, spans: Spans | None) -> Pieces:
    """(instants, lowest, highest): columns as they are drawn; of some states alone the samples, which no pyramid knows apart."""
    if spans is None:
        for one in logs.envelopes_of((name,), *range_ns, n_columns)[name]:
            yield one.times_ns, one.minimum, one.maximum
        return
    for times_ns, values in blocks_of(logs, name, range_ns, spans)():
        yield times_ns, values, values


def _extremes(
    logs: AssetLogs, names: tuple[str, ...], range_ns: tuple[int, int], n_columns: int, spans: Spans | None
) -> NDArray[np.float64]:
    """Lowest and highest value [n_columns, 2 × names] of each column of a plot; NaN in a column without samples."""
    import numpy as np

    start_ns, end_ns = range_ns
    step_ns = max((end_ns - start_ns) / n_columns, 1.0)
    table = np.full((n_columns, 2 * len(names)), np.nan)
    for number, name in enumerate(names):
        for times_ns, lowest, highest in _pieces(logs, name, range_ns, n_columns, spans):
            column = np.clip((times_ns - start_ns) / step_ns, -1, n_columns - 1).astype(np.int64)
            good = (times_ns >= start_ns) & (times_ns <= end_ns) & np.isfinite(lowest)
            np.fmin.at(table[:, 2 * number], column[good], lowest[good].astype(np.float64))
            np.fmax.at(table[:, 2 * number + 1], column[good], highest[good].astype(np.float64))
    return table


def _stored(logs: AssetLogs, name: str) -> str:
    """The type in which all recordings store a channel; '' where they differ."""
    found = {one.dtype for part in logs.parts(name) for one in part.recording.channels if one.name == part.name}
    return found.pop() if len(found) == 1 else ""


def _drawn(table: NDArray[np.float64], range_ns: tuple[int, int], stored: list[str]) -> Rows:
    """A row for each column of the plot that has samples; `stored` are the types of the channels, two columns each."""
    import numpy as np

    from workbench.logs.text.numbers import value_texts

    start_ns, end_ns = range_ns
    step_ns = max((end_ns - start_ns) / len(table), 1.0)
    texts = [value_texts(table[:, column], stored[column // 2]) for column in range(table.shape[1])]
    for row in np.flatnonzero(np.isfinite(table).any(axis=1)).tolist():
        yield start_ns + round(row * step_ns), [column[row] for column in texts]


class _Check:
    def __init__(self, job: Job, start_ns: int, end_ns: int) -> None:
        self._job = job
        self._start_ns = start_ns
        self._length_ns = max(end_ns - start_ns, 1)

    def __call__(self, at_ns: int) -> None:
        self._job.progress((at_ns - self._start_ns) / self._length_ns, format_utc(at_ns))
        self._job.checkpoint()


def _write(path: Path, head: list[str], table: Rows, check: Callable[[int], None]) -> int:
    making = path.with_name(f"{path.name}.{os.getpid()}.part")
    n_rows = 0
    try:
        with making.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([plain_cell(name) for name in head])
            for at_ns, cells in table:
                if n_rows % 5000 == 0:
                    check(at_ns)
                writer.writerow([format_utc_ns(at_ns), *cells])
                n_rows += 1
            stream.flush()
            _sync(stream)
        making.replace(path)
    except OSError as error:
        raise translate_os_error(error, path) from error
    finally:
        making.unlink(missing_ok=True)
    return n_rows


def _sync(stream: io.TextIOWrapper) -> None:
    os.fsync(stream.fileno())
