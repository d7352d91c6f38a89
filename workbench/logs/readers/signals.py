"""Signals of one even rate as a measurement file stores them: numbers with units, a rate, and a start where it is known.

They need no reading of cells. What is slow (up to 10 Hz) is handed on as a table, so that labels, sentinels and quality are
looked for as in any trend.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.lazy import LazyArray
from workbench.logs.readers.table import Header, NumberCells, Segment, StoredTable, TimeColumns
from workbench.logs.recordings.rates import NS, SLOWEST_STEP_NS, step_of
from workbench.logs.recordings.time_axis import RunsAxis
from workbench.logs.summary import Finding, Question
from workbench.logs.tables.cells import Cells

MAX_SAMPLES = 100_000_000
"""Samples of all channels of a file that is read at once: float32 and one time axis stay below a gigabyte."""
_MAX_SAMPLES_A_BYTE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One channel: values float32 or float64 [n], NaN = bad or missing; `hint` is what is printed about it."""

    name: str
    unit: str | None
    values: NDArray[np.floating] | LazyArray
    hint: str = ""
    band_hz: tuple[float, float] | None = None
    is_share: bool = False
    """Whether values are shares of a full scale that nobody told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Channels of equal length that were sampled together."""

    source: str
    channels: tuple[Signal, ...]
    rate: Fraction
    start_ns: int | None
    """First instant, ns since 1970; None where the file doesn't say."""
    start_text: str = ""
    """The first instant as printed, where its date can be read in several ways: the day's place is asked."""
    is_absolute: bool = True
    """Whether the start is UTC; else it is a clock's, of a zone that is asked for."""
    notes: str = ""
    """Text that may name the zone."""
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    source_index: int = 0
    part: str = ""
    file: tuple[str, str] = ("", "")
    """Name and place of the file; what has the same one began together."""
    is_named_start: bool = False
    """Whether the start is from the file's name, since the file itself doesn't say."""

    @property
    def is_begun(self) -> bool:
        """Whether a start is known, or printed so that its date is asked about."""
        return self.start_ns is not None or bool(self.start_text)

    @property
    def n_rows(self) -> int:
        """Samples of each channel."""
        return len(self.channels[0].values) if self.channels else 0

    @property
    def is_waveform(self) -> bool:
        """Whether the rate is above that of a trend."""
        return Fraction(NS) / self.rate < SLOWEST_STEP_NS

    def head(self, n_rows: int) -> Signals:
        """The first samples alone."""
        channels = tuple(replace(channel, values=channel.values[:n_rows]) for channel in self.channels)
        return replace(self, channels=channels)

    def loaded(self) -> Signals:
        """The same with all samples in memory."""
        return self.head(self.n_rows)

    def axis(self, start_ns: int) -> RunsAxis:
        """The time axis of the samples."""
        whole, rest, parts = step_of(self.rate)
        zero = np.zeros(1, np.int64)
        return RunsAxis(
            n_rows=self.n_rows, step_ns=whole, step_rest=rest, step_parts=parts, first_rows=zero, first_ns=zero + start_ns
        )

    def as_table(self) -> StoredTable:
        """The same as a table, its rows still in the file."""

        def pieces(most: int) -> Iterator[Segment]:
            for first in range(0, self.n_rows, most):
                yield self._segment(first, min(first + most, self.n_rows))

        return StoredTable(n_rows=self.n_rows, n_columns=len(self.channels), pieces=pieces)

    def as_segment(self) -> Segment:
        """The same as a table in memory."""
        return self._segment(0, self.n_rows)

    def _segment(self, first: int, end: int) -> Segment:
        """Some rows as a table; without a known start its time is elapsed seconds."""
        headers = tuple(Header(name=one.name, unit=one.unit, printed=one.hint) for one in self.channels)
        headers = (Header(name="time", unit="s" if self.start_ns is None else None), *headers)
        numbers = tuple(NumberCells(channel.values[first:end].astype(np.float64)) for channel in self.channels)
        times_ns = self.axis(self.start_ns or 0).take(np.arange(first, end, dtype=np.int64))
        findings = self.findings if first == 0 else ()
        if self.start_ns is not None:
            time = TimeColumns(kind="stamp", indexes=(0,), header="", notes=self.notes)
            return Segment(
                source=self.source, layout="wide", headers=headers, columns=(Cells.of([]), *numbers),
                time=time, times_ns=times_ns, is_absolute=self.is_absolute,
                source_index=self.source_index, part=self.part, findings=findings,
            )  # fmt: skip
        elapsed = Cells.of(f"{ns // NS}.{ns % NS:09d}" for ns in times_ns.tolist())
        time = TimeColumns(kind="relative", indexes=(0,), header="time [s]")
        return Segment(
            source=self.source, layout="wide", headers=headers, columns=(elapsed, *numbers), time=time,
            source_index=self.source_index, part=self.part, findings=findings,
        )  # fmt: skip


def check_samples(name: str, n_samples: int, path: str) -> None:
    """Raise LogFormatError for more samples than fit into memory with care."""
    if n_samples > MAX_SAMPLES:
        raise LogFormatError(f"{name} holds {n_samples} samples; at most {MAX_SAMPLES} are read at once.", "Split it.", path=path)


def check_claim(name: str, n_samples: int, size_bytes: int, path: str) -> None:
    """Raise LogFormatError where a few bytes claim to be more samples than any log packs into them."""
    if n_samples > MAX_SAMPLES and n_samples > _MAX_SAMPLES_A_BYTE * size_bytes:
        raise LogFormatError(
            f"{name} holds {n_samples} samples in {size_bytes} bytes: that is no log.", "Export it again.", path=path
        )
