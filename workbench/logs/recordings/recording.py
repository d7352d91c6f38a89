"""An imported log on disk, read-only and memory-mapped: opening it reads a few kilobytes whatever its size.

    recording = open_recording(folder)
    recording.times_ns, recording.values("PI-2041A"), recording.envelope("PI-2041A", start_ns, end_ns, 1200)

Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import InputError
from workbench.logs.recordings.format import (
    DTYPES,
    GAPS_FILE,
    INT64,
    RUNS_FILE,
    TIMES_FILE,
    ChannelInfo,
    FileArray,
    RecordingMeta,
    label_file,
    load_meta,
    map_array,
    pyramid_file,
    values_file,
)
from workbench.logs.recordings.pyramid import Envelope, Floats, Pyramid, View, envelopes, level_sizes
from workbench.logs.recordings.time_axis import Int64s, PlainAxis, RunsAxis, TimeAxis, is_on_change
from workbench.logs.recordings.writer import RecordingWriter, write_recording
from workbench.logs.summary import Group, RecordingFacts

__all__ = ["Burst", "ChannelInfo", "Envelope", "Recording", "RecordingWriter", "open_recording", "write_recording"]

_FIRST_LOOK_BACK = 4096


class Burst(NamedTuple):
    """A stretch of a waveform without a break: first instant, samples a second, values float32 or float64 [n] (read-only)."""

    start_ns: int
    rate_hz: float
    values: Floats


class Recording:
    """One rate group of a log: one time axis and its channels. Arrays are read-only; nothing is read before it is asked for."""

    def __init__(self, folder: Path, meta: RecordingMeta) -> None:
        self.folder = folder
        self._meta = meta
        self._numbers = {channel.name: number for number, channel in enumerate(meta.channels)}
        self._pyramids: dict[str, Pyramid] = {}

    @property
    def summary(self) -> RecordingFacts:
        """Source, rows, facts of each channel, findings, what was left out."""
        return self._meta.facts

    @property
    def channels(self) -> tuple[ChannelInfo, ...]:
        """Name, unit, quantity and stored type of each channel."""
        return self._meta.channels

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self._meta.rows

    @cached_property
    def axis(self) -> TimeAxis:
        """The time axis, for finding rows without reading all instants."""
        if self._meta.step_ns is None:
            return PlainAxis(times_ns=self._int64(TIMES_FILE, (self.rows,)))
        runs = self._int64(RUNS_FILE, (self._meta.n_runs, 2))
        return RunsAxis(
            n_rows=self.rows, step_ns=self._meta.step_ns, first_rows=np.ascontiguousarray(runs[:, 0]),
            first_ns=np.ascontiguousarray(runs[:, 1]), step_rest=self._meta.step_rest, step_parts=self._meta.step_parts,
        )  # fmt: skip

    @property
    def times_ns(self) -> Int64s:
        """Instants int64 [rows], ns since 1970 UTC, strictly increasing."""
        return self.axis.all()

    def values(self, name: str) -> Floats:
        """Samples of a channel, float32 or float64 [rows]; NaN = bad or missing. Raises InputError if there is none."""
        return self._pyramid(name).values

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """A copy of several channels, float64 [rows, len(names)]."""
        out = np.empty((self.rows, len(names)))
        for column, name in enumerate(names):
            out[:, column] = self.values(name)
        return out

    @property
    def group(self) -> Group:
        """Whether this is a trend or a waveform."""
        return self._meta.facts.group

    @property
    def rate_hz(self) -> float | None:
        """Exact samples a second of a waveform; None for a trend."""
        return self._meta.facts.rate_hz

    def bursts(self, name: str, start_ns: int, end_ns: int) -> Iterator[Burst]:
        """The stretches without a break of a waveform that reach into [start_ns, end_ns), cut to it; none for a trend."""
        axis, rate_hz = self.axis, self.rate_hz
        if rate_hz is None or not isinstance(axis, RunsAxis):
            return
        values = self.values(name)
        low, high = axis.index_at(start_ns, after=False), axis.index_at(end_ns, after=False)
        ends = np.append(axis.first_rows[1:], axis.n_rows)
        first = int(np.searchsorted(ends, low, side="right"))
        for run in range(first, len(ends)):
            begin, end = max(int(axis.first_rows[run]), low), min(int(ends[run]), high)
            if begin >= end:
                return
            yield Burst(int(axis.take(np.array([begin]))[0]), rate_hz, values[begin:end])

    def column(self, name: str) -> FileArray[np.floating]:
        """Samples of a channel to be read piece by piece: nothing of it stays mapped. Raises InputError if there is none."""
        number = self._number(name)
        return FileArray(self.folder / values_file(number), DTYPES[self.channels[number].dtype], self.rows)

    @cached_property
    def labels(self) -> dict[str, Floats]:
        """Label-like columns, float [rows]: kept aside, never inputs."""
        return {
            label.name: map_array(self.folder / label_file(number), DTYPES[label.dtype], (self.rows,)).view(label.dtype)
            for number, label in enumerate(self._meta.labels)
        }

    def envelope(self, name: str, start_ns: int, end_ns: int, n_pixels: int) -> Envelope:
        """What to draw of a channel between two instants on `n_pixels`: exact extremes of every column of samples."""
        return self.envelopes((name,), start_ns, end_ns, n_pixels)[0]

    def envelopes(self, names: Sequence[str], start_ns: int, end_ns: int, n_pixels: int) -> list[Envelope]:
        """The same of several channels, faster than one by one: which samples make up a column is found once for all."""
        view = View(start_ns=start_ns, end_ns=end_ns, n_pixels=n_pixels)
        are_sparse = [self.is_on_change or name in self._with_absent for name in names]
        pyramids = [self._pyramid(name) for name in names]
        return envelopes(pyramids, self.axis, view, gaps=self._shown_gaps, are_sparse=are_sparse)

    def excluded(self, name: str) -> list[tuple[int, int]]:
        """Stretches of a channel that a correction takes out; none of a recording as it was read."""
        del name
        return []

    def shown_ns(self, own_ns: int) -> int:
        """What the clock shows for an instant of the recording; the instant itself unless the clock is corrected."""
        return own_ns

    def last_known(self, name: str, at_ns: int) -> tuple[float, int] | None:
        """The last good value at or before an instant and when it was measured; None where there is none."""
        values = self.values(name)
        end = self.axis.index_at(at_ns, after=True)
        span = _FIRST_LOOK_BACK
        while end > 0:
            first = max(end - span, 0)
            good = np.flatnonzero(~np.isnan(values[first:end]))
            if len(good):
                row = first + int(good[-1])
                return float(values[row]), int(self.axis.take(np.array([row]))[0])
            end, span = first, span * 4
        return None

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Spans without samples: (last instant before, first instant after), ns. A gap is over three median steps."""
        return [(int(start), int(end)) for start, end in self._gaps]

    @property
    def is_on_change(self) -> bool:
        """Whether so many steps are long that they are the log's nature (a value is written when it changes)."""
        return is_on_change(self._meta.n_gaps, self.rows, self.summary.filled)

    @cached_property
    def _gaps(self) -> Int64s:
        return self._int64(GAPS_FILE, (self._meta.n_gaps, 2))

    @cached_property
    def _with_absent(self) -> frozenset[str]:
        """Channels that were not due at every instant (several rates on one time axis)."""
        return frozenset(channel.name for channel in self.summary.channels if channel.n_absent)

    @property
    def _shown_gaps(self) -> Int64s:
        return self._gaps[:0] if self.is_on_change else self._gaps

    def _pyramid(self, name: str) -> Pyramid:
        if name not in self._pyramids:
            number = self._number(name)
            kind = self.channels[number].dtype
            buckets = (sum(level_sizes(self.rows)), 2)
            self._pyramids[name] = Pyramid(
                values=map_array(self.folder / values_file(number), DTYPES[kind], (self.rows,)).view(kind),
                buckets=map_array(self.folder / pyramid_file(number), DTYPES[kind], buckets).view(kind),
            )
        return self._pyramids[name]

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            known = ", ".join(self._numbers) or "none"
            raise InputError(f"There is no channel '{name}' in {self.summary.source}.", f"There are: {known}.")
        return self._numbers[name]

    def _int64(self, file: str, shape: tuple[int, ...]) -> Int64s:
        return map_array(self.folder / file, INT64, shape).view(np.int64)


def open_recording(folder: Path) -> Recording:
    """Open a recording that was finished; raises InputError where `folder` holds none."""
    return Recording(folder, load_meta(folder))
