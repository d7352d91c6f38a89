"""Writes a recording block by block: samples, level 0 of each pyramid and running facts, with flat memory.

No file stays open between blocks, so a log of a thousand channels needs no thousand handles. A folder that was not
finished has no `meta.json` and is no recording. Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import format_utc
from workbench.core.codec import encode_pretty, translate_os_error
from workbench.core.errors import InputError
from workbench.logs.checks.flat_runs import Samples
from workbench.logs.recordings.format import (
    DTYPES,
    GAPS_FILE,
    INT64,
    META_FILE,
    RUNS_FILE,
    TIMES_FILE,
    ChannelInfo,
    FileArray,
    LabelInfo,
    RecordingMeta,
    StoredType,
    label_file,
    pyramid_file,
    values_file,
)
from workbench.logs.recordings.precision import is_exact_in_float32, restore_float64
from workbench.logs.recordings.pyramid import BASE, Floats, append_levels, reduce_samples
from workbench.logs.recordings.rates import exact_rate, find_waveform
from workbench.logs.recordings.time_axis import (
    AxisInstants,
    Instants,
    Int64s,
    RunsAxis,
    find_gaps,
    find_runs,
    gaps_between,
    median_step_ns,
)
from workbench.logs.summary import RecordingFacts

BLOCK_ROWS = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnStats:
    """Facts of a column that gather while it is written; `minimum`, `maximum` and `mean` are NaN without good samples."""

    n_good: int = 0
    minimum: float = float("nan")
    maximum: float = float("nan")
    total: float = 0.0

    @property
    def mean(self) -> float:
        """Mean of the good samples."""
        return self.total / self.n_good if self.n_good else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStats:
    """Facts of the time axis once all rows are written."""

    rows: int
    first_ns: int | None
    last_ns: int | None
    sample_period_s: float | None
    n_gaps: int


class RecordingWriter:
    """Appends blocks of rows to `folder` (which exists), then `finish`es it into a recording.

    Parameters
    ----------
    folder : Path
        Where to write; the caller removes it when something fails.
    channels : sequence of ChannelInfo
        Their `dtype` is where they start: a float32 channel becomes float64 when a block needs it.
    labels : sequence of str
        Names of label-like columns.
    even : RunsAxis, optional
        The time axis where it is known beforehand: then instants are neither asked for nor written row by row.
    """

    def __init__(
        self, folder: Path, channels: Sequence[ChannelInfo], labels: Sequence[str] = (), even: RunsAxis | None = None
    ) -> None:
        self._even = even
        self._times_path = folder / TIMES_FILE
        self._folder = folder
        self._channels = list(channels)
        self._columns = [
            _Column(folder / values_file(k), folder / pyramid_file(k), info.dtype) for k, info in enumerate(channels)
        ]
        self._labels = list(labels)
        self._label_columns = [_Column(folder / label_file(k), None, "float32") for k in range(len(labels))]
        self._n_rows = 0
        self._first_ns: int | None = None
        self._last_ns: int | None = None
        self._time_stats: TimeStats | None = None
        self._gaps: Int64s = np.zeros((0, 2), np.int64)

    @property
    def n_rows(self) -> int:
        """Rows written so far."""
        return self._n_rows

    @property
    def label_names(self) -> tuple[str, ...]:
        """Columns that are kept aside."""
        return tuple(self._labels)

    @property
    def stats(self) -> dict[str, ColumnStats]:
        """What is known of each channel so far."""
        return {info.name: column.stats for info, column in zip(self._channels, self._columns, strict=True)}

    def append(
        self,
        times_ns: Int64s,
        columns: Mapping[str, NDArray[np.floating]],
        labels: Mapping[str, NDArray[np.floating]] | None = None,
    ) -> None:
        """Append rows: `times_ns` int64 [n] strictly increasing, each channel float32 or float64 [n], NaN = bad or missing.

        float64 values are stored as float32 where that loses no printed digit. Raises InputError when time does not
        increase, DiskFull when the disk is full.
        """
        for first in range(0, len(times_ns), BLOCK_ROWS):
            rows = slice(first, first + BLOCK_ROWS)
            self._check_order(times_ns[rows])
            _append(self._times_path, np.asarray(times_ns[rows], INT64))
            self._append_rows(rows, columns, labels or {}, len(times_ns[rows]))

    def append_even(self, columns: Mapping[str, NDArray[np.floating]], labels: Mapping[str, NDArray[np.floating]]) -> None:
        """Append rows on the axis that is known. Raises DiskFull."""
        n_rows = len(next(iter((*columns.values(), *labels.values()))))
        for first in range(0, n_rows, BLOCK_ROWS):
            end = min(first + BLOCK_ROWS, n_rows)
            self._append_rows(slice(first, end), columns, labels, end - first)
        if self._even is not None and self._n_rows:
            ends = self._even.take(np.array([0, self._n_rows - 1]))
            self._first_ns, self._last_ns = int(ends[0]), int(ends[1])

    def _append_rows(
        self, rows: slice, columns: Mapping[str, NDArray[np.floating]], labels: Mapping[str, NDArray[np.floating]], n_rows: int
    ) -> None:  # fmt: skip
        for info, column in zip(self._channels, self._columns, strict=True):
            column.append(columns[info.name][rows])
        for name, column in zip(self._labels, self._label_columns, strict=True):
            column.append(labels[name][rows])
        self._n_rows += n_rows

    def _check_order(self, times_ns: Int64s) -> None:
        is_after = np.diff(times_ns) > 0
        if not is_after.all():
            row = int(np.argmin(is_after)) + 1
        elif self._last_ns is not None and times_ns[0] <= self._last_ns:
            row = 0
        else:
            self._first_ns = int(times_ns[0]) if self._first_ns is None else self._first_ns
            self._last_ns = int(times_ns[-1])
            return
        raise InputError(
            f"Row {self._n_rows + row + 1} ({format_utc(int(times_ns[row]))}) is not after the row before it.",
            "Sort the log by time and remove doubled rows.",
        )

    def set_aside(self, name: str) -> None:
        """Make a channel a label column: what it is shows only when all of it is written. Call it before `finish`."""
        number = next(k for k, info in enumerate(self._channels) if info.name == name)
        self._channels.pop(number)
        column = self._columns.pop(number)
        column.move(self._folder / label_file(len(self._labels)), None)
        self._labels.append(name)
        self._label_columns.append(column)
        for k in range(number, len(self._columns)):
            self._columns[k].move(self._folder / values_file(k), self._folder / pyramid_file(k))

    def view(self) -> tuple[Instants, dict[str, Samples]]:
        """What is written so far, to be read piece by piece: instants int64 ns [n], and channels [n] by name."""
        columns = zip(self._channels, self._columns, strict=True)
        return self._times(), {info.name: column.view() for info, column in columns}

    def _times(self) -> Instants:
        if self._even is not None:
            return AxisInstants(self._even)
        return FileArray(self._times_path, INT64, self._n_rows)

    def close_times(self) -> TimeStats:
        """End the time axis (no more rows) and say what it is like; `finish` does it where the caller did not."""
        if self._time_stats is not None:
            return self._time_stats
        if not self._n_rows and self._even is None:
            _append(self._times_path, np.empty(0, INT64))
        if self._even is not None:
            step_ns: float | None = self._even.step
            self._gaps = gaps_between(self._even)
        else:
            times_ns = self._times()
            step_ns = median_step_ns(times_ns)
            self._gaps = find_gaps(times_ns, step_ns)
        self._time_stats = TimeStats(
            rows=self._n_rows, first_ns=self._first_ns, last_ns=self._last_ns,
            sample_period_s=None if step_ns is None else step_ns / 1e9, n_gaps=len(self._gaps),
        )  # fmt: skip
        return self._time_stats

    def finish(self, facts: RecordingFacts) -> None:
        """Complete pyramids and time axis and write `meta.json` with `facts`: only now it is a recording."""
        self.close_times()
        runs = self._runs(facts.rate_hz)
        try:
            for column in (*self._columns, *self._label_columns):
                column.close()
            _write(self._folder / GAPS_FILE, self._gaps.astype(INT64).tobytes())
            if runs is not None:
                _write(self._folder / RUNS_FILE, np.stack([runs.first_rows, runs.first_ns], axis=1).astype(INT64).tobytes())
                self._times_path.unlink(missing_ok=True)
        except OSError as error:
            raise translate_os_error(error, self._folder / META_FILE) from error
        channels = tuple(
            msgspec.structs.replace(info, dtype=column.kind) for info, column in zip(self._channels, self._columns, strict=True)
        )
        labels = tuple(
            LabelInfo(name=name, dtype=column.kind) for name, column in zip(self._labels, self._label_columns, strict=True)
        )
        meta = RecordingMeta(
            rows=self._n_rows, step_ns=runs.step_ns if runs else None, n_runs=len(runs.first_rows) if runs else 0,
            n_gaps=len(self._gaps), channels=channels, labels=labels, facts=facts,
            step_rest=runs.step_rest if runs else 0, step_parts=runs.step_parts if runs else 1,
        )  # fmt: skip
        _write(self._folder / META_FILE, encode_pretty(meta))

    def _runs(self, rate_hz: float | None) -> RunsAxis | None:
        """The axis as runs where that is shorter: of a waveform, its bursts."""
        if self._even is not None:
            return self._even
        if rate_hz is None:
            return find_runs(self._times())
        waveform = find_waveform(self._times(), exact_rate(rate_hz))
        return waveform.axis() if waveform else None


def write_recording(
    folder: Path,
    facts: RecordingFacts,
    times_ns: Int64s,
    columns: Mapping[str, NDArray[np.floating]],
    labels: Mapping[str, NDArray[np.floating]] | None = None,
) -> None:
    """Write a recording that is in memory: names, units and quantities from `facts`, arrays [n] as in `append`."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {channel.name: channel for channel in facts.channels}
    channels = [
        ChannelInfo(name=name, unit=known[name].unit, quantity=known[name].quantity) if name in known else ChannelInfo(name=name)
        for name in columns
    ]
    writer = RecordingWriter(folder, channels, tuple(labels or ()))
    writer.append(times_ns, columns, labels)
    writer.finish(facts)


class _Column:
    """One column on its way to disk; samples that don't fill a bucket yet wait in `_rest`."""

    def __init__(self, path: Path, pyramid_path: Path | None, kind: StoredType) -> None:
        self._path = path
        self._pyramid_path = pyramid_path
        self.kind: StoredType = kind
        self._n_good = 0
        self._total = 0.0
        self._low = self._high = float("nan")
        self._n_samples = 0
        self._rest: Floats = np.empty(0, np.float32)

    def append(self, values: NDArray[np.floating]) -> None:
        if (
            self.kind == "float32"
            and values.dtype == np.float64
            and not is_exact_in_float32(values.astype(np.float64, copy=False))
        ):
            self._widen()
        stored: Floats = np.ascontiguousarray(values, DTYPES[self.kind])
        _append(self._path, stored)
        self._n_samples += len(stored)
        self._grow(stored, values)

    @property
    def stats(self) -> ColumnStats:
        """Facts so far; extremes as they were printed."""
        low = float(np.fmin.reduce(self._rest, initial=self._low))
        high = float(np.fmax.reduce(self._rest, initial=self._high))
        if self.kind == "float32":
            low, high = restore_float64(np.array([low, high], np.float32)).tolist()
        return ColumnStats(n_good=self._n_good, total=self._total, minimum=low, maximum=high)

    def close(self) -> None:
        """Write the last, partial bucket and the upper levels."""
        if not self._n_samples:
            _append(self._path, np.empty(0, DTYPES[self.kind]))
        if self._pyramid_path is None:
            return
        _append(self._pyramid_path, reduce_samples(self._rest.astype(DTYPES[self.kind]), BASE))
        append_levels(self._pyramid_path, self._n_samples, DTYPES[self.kind])

    def move(self, path: Path, pyramid_path: Path | None) -> None:
        """Go on under other names; without a pyramid when `pyramid_path` is None."""
        try:
            if self._path.exists():
                self._path.rename(path)
            if self._pyramid_path is not None and self._pyramid_path.exists():
                if pyramid_path is None:
                    self._pyramid_path.unlink()
                else:
                    self._pyramid_path.rename(pyramid_path)
        except OSError as error:
            raise translate_os_error(error, path) from error
        self._path, self._pyramid_path = path, pyramid_path

    def view(self) -> Samples:
        """The samples so far [n]."""
        return FileArray(self._path, DTYPES[self.kind], self._n_samples)

    def _grow(self, stored: Floats, values: Floats) -> None:
        together = np.concatenate([self._rest, stored]) if len(self._rest) else stored
        n_whole = len(together) // BASE * BASE
        buckets = reduce_samples(together[:n_whole], BASE)
        self._rest = together[n_whole:].copy()
        if self._pyramid_path is not None:
            _append(self._pyramid_path, buckets)
        self._count(values, buckets)

    def _count(self, values: Floats, buckets: Floats) -> None:
        total, n_good = float(values.sum(dtype=np.float64)), len(values)
        if np.isnan(total):
            is_good = ~np.isnan(values)
            total, n_good = float(values[is_good].sum(dtype=np.float64)), int(np.count_nonzero(is_good))
        self._total += total
        self._n_good += n_good
        self._low = float(np.fmin(self._low, np.fmin.reduce(buckets[:, 0], initial=np.nan)))
        self._high = float(np.fmax(self._high, np.fmax.reduce(buckets[:, 1], initial=np.nan)))

    def _widen(self) -> None:
        """From here on float64; what was written is printed decimals, so their float64 can be restored."""
        self.kind = "float64"
        self._rest = restore_float64(self._rest.astype(np.float32))
        for path in (self._path, self._pyramid_path):
            if path is not None and path.exists():
                _rewrite_as_float64(path)


def _rewrite_as_float64(path: Path) -> None:
    narrow = FileArray(path, DTYPES["float32"], path.stat().st_size // 4)
    wide_path = path.with_suffix(".wide")
    for first in range(0, len(narrow), BLOCK_ROWS):
        _append(wide_path, restore_float64(narrow[first : first + BLOCK_ROWS]).astype(DTYPES["float64"]))
    if wide_path.exists():
        wide_path.replace(path)


def _write(path: Path, data: bytes) -> None:
    """The folder has no name yet that anyone knows; whoever stores it waits until all of it is on the disk."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise translate_os_error(error, path) from error


def _append(path: Path, values: NDArray[np.generic]) -> None:
    try:
        with path.open("ab") as stream:
            stream.write(np.ascontiguousarray(values).data)
    except OSError as error:
        raise translate_os_error(error, path) from error
