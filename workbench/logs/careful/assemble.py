"""Writes a log on disk as a recording, stretch by stretch, and gathers its facts meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.careful.feed import StreamLog
from workbench.logs.careful.numbers import FinishedColumn
from workbench.logs.checks.pressure_reference import Printed, find_absolute_pressures
from workbench.logs.checks.quality import find_quality
from workbench.logs.checks.waveforms import find_in_waveform
from workbench.logs.plain_import import timing_of
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.of_rows import EVEN_SHARE, MOSTLY
from workbench.logs.recordings.rates import Waveform, find_waveform
from workbench.logs.recordings.time_axis import Instants
from workbench.logs.recordings.writer import RecordingWriter, TimeStats
from workbench.logs.summary import CHECKS_VERSION, ChannelFacts, Finding, LeftOut, Question, RecordingFacts
from workbench.logs.tables.cells import ABSENT
from workbench.logs.tables.columns import GOOD, Column
from workbench.logs.tables.label_like import NAMED_WHY

Say = Callable[[float, str], None]
_WRITE_SHARE = 0.85
_STEP_ROWS = 1 << 18


@dataclass(slots=True)
class _Totals:
    """A channel's facts as they gather."""

    n_good: int = 0
    n_absent: int = 0
    low: float = float("nan")
    high: float = float("nan")
    total: float = 0.0
    bad: dict[int, int] | None = None

    def add(self, column: Column) -> None:
        codes = column.codes
        good = column.values[codes == GOOD]
        self.n_good += int(good.size)
        if good.size:
            self.low, self.high = float(np.fmin(self.low, good.min())), float(np.fmax(self.high, good.max()))
            self.total += float(good.sum())
        if good.size == codes.size:
            return
        self.n_absent += int(np.count_nonzero(codes == ABSENT))
        self.bad = self.bad or {}
        for code, count in zip(*np.unique(codes[codes > GOOD], return_counts=True), strict=True):
            self.bad[int(code)] = self.bad.get(int(code), 0) + int(count)

    def facts(self, column: FinishedColumn, timing: Timing) -> ChannelFacts:
        bad = self.bad or {}
        has_good = self.n_good > 0
        return ChannelFacts(
            name=column.name, unit=column.unit, quantity=column.quantity, n_good=self.n_good, n_absent=self.n_absent,
            bad={reason: bad[code + 1] for code, reason in enumerate(column.reasons) if code + 1 in bad},
            min=self.low if has_good else None, max=self.high if has_good else None,
            mean=self.total / self.n_good if has_good else None, acquired=how_acquired(column.hint, timing),
            detected=how_detected(column.hint, column.unit, column.quantity, timing.group),
            band_hz=band_of(column.hint),
        )  # fmt: skip


def write_stream(
    log: StreamLog, folder: Path, time_questions: Sequence[Question], findings: Sequence[Finding], say: Say
) -> RecordingFacts:  # fmt: skip
    """Write a recording into `folder` (which exists) and return its facts. Raises DiskFull, LogFormatError."""
    infos = [ChannelInfo(name=column.name, unit=column.unit, quantity=column.quantity) for column in log.columns]
    writer = RecordingWriter(folder, infos, [column.name for column in log.labels])
    totals = [_Totals() for _ in log.columns]
    n_channels = len(log.columns)
    for stretch in log.feed.stretches():
        channels, labels = stretch.columns[:n_channels], stretch.columns[n_channels:]
        named = [{column.name: column.values for column in columns} for columns in (channels, labels)]
        writer.append(stretch.times_ns, *named)
        for total, column in zip(totals, channels, strict=True):
            total.add(column)
        say(_WRITE_SHARE * min(writer.n_rows / max(log.n_rows, 1), 1.0), f"{writer.n_rows:,} rows in order")
    facts = _gather(log, writer, totals, (time_questions, findings), say)
    writer.finish(facts)
    return facts


def _gather(
    log: StreamLog, writer: RecordingWriter, totals: Sequence[_Totals],
    said: tuple[Sequence[Question], Sequence[Finding]], say: Say,
) -> RecordingFacts:  # fmt: skip
    times = writer.close_times()
    say(_WRITE_SHARE, "checking quality")
    instants_ns, columns = writer.view()
    waveform = find_waveform(instants_ns)
    units = {column.name: column.unit for column in log.columns}
    quality = (
        find_in_waveform(waveform.axis(), columns, units)
        if waveform
        else find_quality(instants_ns, columns, units, lambda done: _say_quality(say, done))
    )
    filled = float(np.median([1.0 - total.n_absent / max(times.rows, 1) for total in totals])) if totals else 1.0
    timing = _timing(times, waveform, instants_ns, filled)
    counted = log.feed.counted
    found = [*said[1], *log.findings]
    if counted.conflicts.n:
        found.append(log.conflicts(counted.conflicts, counted.n_backward))
    found += [finding for column in log.columns for finding in column.findings]
    printed = [Printed(name=column.name, unit=column.unit, words=column.hint) for column in log.columns]
    found += find_absolute_pressures(printed, times.first_ns, times.last_ns)
    asked = (*said[0], *log.questions_of_all())
    told = {item.channel for item in log.left_out}
    named = tuple(column.name for column in log.labels)
    return RecordingFacts(
        checks=CHECKS_VERSION,
        source=log.sources[0], sources=log.sources, rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns,
        sample_period_s=times.sample_period_s, n_gaps=times.n_gaps, n_duplicates_dropped=counted.n_duplicates,
        n_backward_steps=counted.n_backward,
        channels=tuple(total.facts(column, timing) for total, column in zip(totals, log.columns, strict=True)),
        findings=(*found, *quality), questions=asked, labels=named,
        left_out=(*log.left_out, *(LeftOut(channel=name, why=NAMED_WHY) for name in named if name not in told)),
        group=timing.group, rate_hz=waveform.rate_hz if waveform else None, n_bursts=timing.n_bursts,
        machine=log.machine,
    )  # fmt: skip


def _say_quality(say: Say, fraction: float) -> None:
    say(_WRITE_SHARE + (1 - _WRITE_SHARE) * fraction, "checking quality")


def _timing(times: TimeStats, waveform: Waveform | None, instants_ns: Instants, filled: float) -> Timing:
    timing = timing_of(times, waveform, filled)
    if waveform is not None or times.sample_period_s is None:
        return timing
    step_ns = times.sample_period_s * 1e9
    n_even = 0
    for first in range(0, times.rows - 1, _STEP_ROWS):
        steps = np.diff(instants_ns[first : first + _STEP_ROWS + 1])
        n_even += int(np.count_nonzero(np.abs(steps - step_ns) < EVEN_SHARE * step_ns))
    is_even = n_even / max(times.rows - 1, 1) > MOSTLY
    return Timing(span_s=timing.span_s, is_on_change=timing.is_on_change, is_even=is_even, n_rows=timing.n_rows)
