"""A plain CSV of any size straight to a recording: blocks in, columns out, memory flat.

The careful path (`parse_logs`) reads everything else; whatever here turns out not to be plain raises `NotPlain`. Must not
import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.core.clock import NS_PER_S
from workbench.logs.acquisition import Timing, band_of, how_acquired, how_detected
from workbench.logs.checks.flat_runs import Samples
from workbench.logs.checks.pressure_reference import Printed, find_absolute_pressures
from workbench.logs.checks.quality import find_quality
from workbench.logs.checks.waveforms import find_in_waveform
from workbench.logs.readers.byte_stream import FixedEndFile, growing_file
from workbench.logs.readers.csv_stream import NotPlain, PlainColumn, PlainFormat, find_plain_format, stream_plain_csv
from workbench.logs.recordings.format import ChannelInfo
from workbench.logs.recordings.rates import Waveform, find_waveform
from workbench.logs.recordings.time_axis import is_on_change
from workbench.logs.recordings.writer import ColumnStats, RecordingWriter, TimeStats
from workbench.logs.summary import CHECKS_VERSION, ChannelFacts, Finding, LeftOut, Question, RecordingFacts
from workbench.logs.tables.label_like import (
    BEHAVES_WHY,
    NAMED_WHY,
    SUSPECTED_WHY,
    behaves_like_label,
    is_two_state,
    names_a_state,
)

Progress = Callable[[float, str], None]
BLOCK_BYTES = 2 * 1024 * 1024
"""Small enough that the reader's look-ahead stays within some 80 MB, large enough to cost no speed."""
_INDEX_WHY = "running number"
_READ_SHARE = 0.9
_BYTES_PER_CELL = 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLog:
    """Plain CSV files that continue each other, in order of time, and how they are laid out."""

    paths: tuple[Path, ...]
    layout: PlainFormat

    @property
    def names(self) -> tuple[str, ...]:
        """File names."""
        return tuple(path.name for path in self.paths)

    def channels(self) -> list[PlainColumn]:
        """Columns that are inputs as far as their names tell."""
        return [column for column in self.layout.columns if column.role == "channel"]

    def labels(self) -> list[str]:
        """Columns whose names say that they are labels."""
        return [column.name for column in self.layout.columns if column.role == "label"]


def import_plain(log: PlainLog, folder: Path, progress: Progress) -> RecordingFacts:
    """Write the log into `folder` as a recording and return its facts.

    `progress(fraction, words)` is called once a block and may raise to cancel. Raises NotPlain, DiskFull.
    """
    channels = [ChannelInfo(name=column.name, unit=column.unit, quantity=column.quantity) for column in log.channels()]
    writer = RecordingWriter(folder, channels, log.labels())
    growing = _write_blocks(log, writer, progress)
    left_out = _set_labels_aside(log, writer)
    times = writer.close_times()
    progress(_READ_SHARE, "checking quality")
    instants_ns, columns = writer.view()
    waveform = find_waveform(instants_ns)
    units = {column.name: column.unit for column in log.channels()}
    findings = (
        find_in_waveform(waveform.axis(), columns, units)
        if waveform
        else find_quality(instants_ns, columns, units, lambda done: _say_quality(progress, done))
    )
    printed = [Printed(name=column.name, unit=column.unit, words=column.header) for column in log.channels()]
    absolute = find_absolute_pressures(printed, times.first_ns, times.last_ns)
    timing = timing_of(times, waveform)
    stats = writer.stats
    facts = RecordingFacts(
        checks=CHECKS_VERSION,
        source=log.names[0], sources=log.names, rows=times.rows, first_ns=times.first_ns, last_ns=times.last_ns,
        sample_period_s=times.sample_period_s, n_gaps=times.n_gaps, n_duplicates_dropped=0, n_backward_steps=0,
        findings=(*growing, *absolute, *findings), left_out=left_out, labels=writer.label_names, questions=_questions(log),
        channels=tuple(_facts_of(column, stats[column.name], timing) for column in log.channels() if column.name in stats),
        group=timing.group, rate_hz=waveform.rate_hz if waveform else None, n_bursts=timing.n_bursts,
    )  # fmt: skip
    writer.finish(facts)
    return facts


def _say_quality(progress: Progress, fraction: float) -> None:
    progress(_READ_SHARE + (1 - _READ_SHARE) * fraction, "checking quality")


def find_plain_log(paths: Sequence[Path], zone: str | None) -> PlainLog | None:
    """The files as one log; None where one is not plain, or columns differ. `zone` as in `find_plain_format`."""
    found = [(path, find_plain_format(path, zone)) for path in paths]
    layouts = [layout for _, layout in found if layout is not None]
    if not layouts or len(layouts) < len(paths) or any(layout != layouts[0] for layout in layouts):
        return None
    return PlainLog(paths=tuple(sorted(paths, key=lambda path: (_first_stamp(path, layouts[0]), path.name))), layout=layouts[0])


def _first_stamp(path: Path, layout: PlainFormat) -> str:
    """The first row's time as text; ISO 8601 stamps of one shape are in order as texts are."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stream.readline()
        return stream.readline().split(layout.delimiter)[layout.time_index]


def _write_blocks(log: PlainLog, writer: RecordingWriter, progress: Progress) -> tuple[Finding, ...]:
    size_bytes = max(sum(path.stat().st_size for path in log.paths), 1)
    labels = log.labels()
    row_bytes = _estimate_row_bytes(log.paths[0], len(log.layout.columns))
    last_ns: int | None = None
    growing: list[Finding] = []
    for path in log.paths:
        opened = FixedEndFile(path, whole_lines=True)
        for times_ns, columns in stream_plain_csv(path, log.layout, BLOCK_BYTES, opened):
            if last_ns is not None and times_ns[0] <= last_ns:
                raise NotPlain(f"{path.name} overlaps the file before it.", path=str(path))
            writer.append(times_ns, columns, {name: columns[name] for name in labels})
            last_ns = int(times_ns[-1])
            done = min(writer.n_rows * row_bytes / size_bytes, 1.0)
            progress(_READ_SHARE * done, f"{writer.n_rows:,} rows")
        if opened.is_growing:
            growing.append(growing_file(path.name))
    return tuple(growing)


def _estimate_row_bytes(path: Path, n_columns: int) -> float:
    with path.open("rb") as stream:
        stream.readline()
        head = stream.read(1 << 16)
    n_lines = head.count(b"\n")
    return len(head) / n_lines if n_lines else _BYTES_PER_CELL * (n_columns + 2)


def _set_labels_aside(log: PlainLog, writer: RecordingWriter) -> tuple[LeftOut, ...]:
    """What is no input: by name, and by behaviour now that all of it is written."""
    left_out = [LeftOut(channel=column.name, why=_INDEX_WHY) for column in log.layout.columns if column.role == "index"]
    left_out.extend(LeftOut(channel=name, why=NAMED_WHY) for name in log.labels())
    _, columns = writer.view()
    two_state = _two_state(columns, writer.stats)
    trailing = _trailing(log, two_state)
    for name in trailing:
        writer.set_aside(name)
        left_out.append(LeftOut(channel=name, why=BEHAVES_WHY))
    suspected = [name for name in two_state if name not in trailing and not names_a_state(name)]
    left_out.extend(LeftOut(channel=name, why=SUSPECTED_WHY) for name in suspected)
    return tuple(left_out)


def _two_state(columns: Mapping[str, Samples], stats: Mapping[str, ColumnStats]) -> dict[str, bool]:
    """Columns of only 0 and 1 in few runs → whether they behave like a label. Only those between -1 and 1 are read."""
    found: dict[str, bool] = {}
    for name, values in columns.items():
        if stats[name].minimum >= -1 and stats[name].maximum <= 1:
            copy = values[:].astype(np.float64)
            if is_label := behaves_like_label(copy) or is_two_state(copy):
                found[name] = is_label and behaves_like_label(copy)
    return found


def _trailing(log: PlainLog, two_state: Mapping[str, bool]) -> list[str]:
    names = [column.name for column in log.channels()]
    found: list[str] = []
    for name in reversed(names):
        if names_a_state(name) or not two_state.get(name, False):
            break
        found.append(name)
    return found if len(found) < len(names) else []


def timing_of(times: TimeStats, waveform: Waveform | None, filled: float = 1.0) -> Timing:
    """What a time axis tells about how channels were acquired; `filled` as in `is_on_change`."""
    span_s = ((times.last_ns or 0) - (times.first_ns or 0)) / NS_PER_S
    if waveform is not None:
        return Timing(group="waveform", n_bursts=len(waveform.first_rows), span_s=span_s, n_rows=times.rows)
    on_change = is_on_change(times.n_gaps, times.rows, filled)
    return Timing(span_s=span_s, is_on_change=on_change, is_even=not on_change, n_rows=times.rows)


def _facts_of(column: PlainColumn, stats: ColumnStats, timing: Timing) -> ChannelFacts:
    n_bad = timing.n_rows - stats.n_good
    has_good = stats.n_good > 0
    return ChannelFacts(
        name=column.name, unit=column.unit, quantity=column.quantity, n_good=stats.n_good, bad={"empty": n_bad} if n_bad else {},
        min=stats.minimum if has_good else None, max=stats.maximum if has_good else None, mean=stats.mean if has_good else None,
        acquired=how_acquired(column.header, timing),
        detected=how_detected(column.header, column.unit, column.quantity, timing.group),
        band_hz=band_of(column.header),
    )  # fmt: skip


def _questions(log: PlainLog) -> tuple[Question, ...]:
    if log.layout.is_absolute or log.layout.zone:
        return ()
    return (
        Question(
            code="ZONE_UNKNOWN", text=f"The stamps in {log.names[0]} have no zone; they are read as UTC.", choices=("UTC",),
            default="UTC",
        ),
    )  # fmt: skip
