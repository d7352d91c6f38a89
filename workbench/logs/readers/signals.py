"""Signals of one even rate as a measurement file stores them: numbers with units, a rate, and a start where it is known.

They need no reading of cells. What is slow (up to 10 Hz) is handed on as a table, so that labels, sentinels and quality are
looked for as in any trend.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.cells import Cells
from workbench.logs.rates import NS, SLOWEST_STEP_NS, step_of
from workbench.logs.readers.table import Header, NumberCells, Segment, TimeColumns
from workbench.logs.summary import Finding, Question
from workbench.logs.time_axis import Int64s, RunsAxis

MAX_SAMPLES = 100_000_000
"""Samples of all channels of a file together: float32 and one time axis stay below a gigabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One channel: values float32 or float64 [n], NaN = bad or missing; `hint` is what is printed about it."""

    name: str
    unit: str | None
    values: NDArray[np.floating]
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
    is_absolute: bool = True
    """Whether the start is UTC; else it is a clock's, of a zone that is asked for."""
    notes: str = ""
    """Text that may name the zone."""
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    source_index: int = 0
    part: str = ""

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

    def instants(self, start_ns: int) -> Int64s:
        """Instants of the samples, int64 ns [n]."""
        whole, rest, parts = step_of(self.rate)
        zero = np.zeros(1, np.int64)
        axis = RunsAxis(
            n_rows=self.n_rows, step_ns=whole, step_rest=rest, step_parts=parts, first_rows=zero, first_ns=zero + start_ns
        )
        return axis.all()

    def as_segment(self) -> Segment:
        """The same as a table; without a known start its time is elapsed seconds."""
        headers = tuple(Header(name=one.name, unit=one.unit, printed=one.hint) for one in self.channels)
        headers = (Header(name="time", unit="s" if self.start_ns is None else None), *headers)
        numbers = tuple(NumberCells(channel.values.astype(np.float64)) for channel in self.channels)
        if self.start_ns is not None:
            time = TimeColumns(kind="stamp", indexes=(0,), header="", notes=self.notes)
            return Segment(
                source=self.source, layout="wide", headers=headers, columns=(Cells.of([]), *numbers),
                time=time, decimal=".", times_ns=self.instants(self.start_ns), is_absolute=self.is_absolute,
                source_index=self.source_index, part=self.part, findings=self.findings,
            )  # fmt: skip
        elapsed = Cells.of(f"{ns // NS}.{ns % NS:09d}" for ns in self.instants(0).tolist())
        time = TimeColumns(kind="relative", indexes=(0,), header="time [s]")
        return Segment(
            source=self.source, layout="wide", headers=headers, columns=(elapsed, *numbers), time=time,
            decimal=".", source_index=self.source_index, part=self.part, findings=self.findings,
        )  # fmt: skip


def check_samples(name: str, n_samples: int, path: str) -> None:
    """Raise LogFormatError for more samples than fit into memory with care."""
    if n_samples > MAX_SAMPLES:
        raise LogFormatError(
            f"{name} holds {n_samples} samples; at most {MAX_SAMPLES} are read from one file.", "Split it.", path=path
        )
