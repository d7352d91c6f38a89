"""Reads log files with care: everything in memory, every decision over all rows, every doubt said.

    paths -> sources (archives, folders) -> segments (readers) -> tables -> times, columns -> recordings and questions

Raises LogFormatError or EncodingError naming the file for what is no log. A question that blocks leaves its recording
there, read with the default, so that a person sees what is asked about; importing waits for the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import now_ns
from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs import questions
from workbench.logs.checks.quality import find_quality
from workbench.logs.checks.waveforms import find_in_waveform
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.registry import read_content
from workbench.logs.readers.signals import Signals
from workbench.logs.readers.sources import load_sources
from workbench.logs.readers.table import Segment, number_source
from workbench.logs.recordings.merge_trends import merge_trends
from workbench.logs.recordings.of_rows import ParsedRecording, build_recordings
from workbench.logs.recordings.of_signals import read_signals
from workbench.logs.recordings.rates import find_waveform
from workbench.logs.summary import Finding, Question
from workbench.logs.tables.cells import Cells, read_cell
from workbench.logs.tables.join import find_asset_column, split_by_asset, split_by_source
from workbench.logs.tables.long import read_long_logs
from workbench.logs.tables.roles import LongRoles, find_long, is_event_list
from workbench.logs.tables.segments import Table, build_tables, words_of
from workbench.logs.tables.sniff import is_time_name
from workbench.logs.tables.spoiled_times import StepCounts, check_exchanged, check_hours, check_steps
from workbench.logs.tables.wide import LogRows, read_wide
from workbench.logs.text.decode import clean_text
from workbench.logs.times.elapsed import told_rate
from workbench.logs.times.timing import StoredTimes, TimeAxis, TimeChoices, read_times
from workbench.logs.times.zones import load_zone

__all__ = ["ParseOptions", "ParsedLogs", "ParsedRecording", "parse_logs"]
MIN_GOOD_TIMES = 0.5


_LOOKS_LIKE_TIME = re.compile(r"(?=.*\d{1,2}[:h]\d{2})(?:\D*\d+){4,}\D*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """Zone of clock times (IANA name), answers (CODE[@CHANNEL]=VALUE), and whether files are joined (None: where they fit).

    `one_start` is False where these are some of several files that one answer to TIME_RELATIVE was given for.
    """

    zone: str | None = None
    answers: Sequence[str] = ()
    join: bool | None = None
    now_ns: int = field(default_factory=now_ns)
    one_start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLogs:
    """What the files hold, and what they leave open."""

    recordings: tuple[ParsedRecording, ...]
    questions: tuple[Question, ...]
    event_files: tuple[EventFile, ...] = ()


def parse_logs(
    paths: Sequence[Path | str], options: ParseOptions | None = None, progress: Callable[[float, str], None] | None = None
) -> ParsedLogs:  # fmt: skip
    """Read log files, folders and archives into recordings.

    Parameters
    ----------
    paths : sequence of paths
    options : ParseOptions, optional
    progress : callable (fraction 0..1, words), optional
        Also the place where a caller may cancel.

    Raises
    ------
    LogFormatError, EncodingError
        Naming the file that can't be read.
    RequestError
        An answer or a zone that is none.
    """
    options = options or ParseOptions()
    say = progress or _say_nothing
    answers = questions.AnswerBook(options.answers)
    if options.zone:
        load_zone(options.zone)
    segments, signals, events = _read_sources(paths, told_rate(answers), say)
    tables, more_events = without_events(build_tables(segments, join=options.join))
    events += more_events
    if not tables and not signals:
        raise only_events(events, paths)
    recordings: list[ParsedRecording] = []
    parts: dict[str, list[ParsedRecording]] = {}
    for number, table in enumerate(tables):
        say(0.5 + 0.5 * number / len(tables), table.sources[0])
        found = _read_table(table, options, answers)
        if isinstance(found, EventFile):
            events.append(found)
        else:
            recordings.extend(one for one in found if not table.part or one.facts.group == "waveform")
            parts.setdefault(table.sources[0], []).extend(one for one in found if table.part and one.facts.group == "trend")
    recordings = [*(merge_trends(found) for found in parts.values() if found), *recordings]
    choices = TimeChoices(zone=options.zone, answers=answers, now_ns=options.now_ns, one_start=options.one_start)
    recordings += read_signals(signals, choices, join=options.join)
    if not recordings:
        raise only_events(events, paths)
    asked = [
        questions.labels_elsewhere(event.name, event.n_events) for event in events if answers.find("LABELS_ELSEWHERE") is None
    ]
    asked += [question for recording in recordings for question in recording.facts.questions]
    return ParsedLogs(recordings=tuple(recordings), questions=_distinct(asked), event_files=tuple(events))


def only_events(events: Sequence[EventFile], paths: Sequence[Path | str]) -> LogFormatError:
    """The refusal of what is no log by itself."""
    name = events[0].name if events else str(paths[0])
    hint = "Give it together with the log it belongs to, or import it as labels."
    return LogFormatError(f"{name} holds events or labels, not measurements.", hint, path=name)


def _say_nothing(fraction: float, words: str) -> None:
    """Nobody listens."""


def _distinct(asked: Sequence[Question]) -> tuple[Question, ...]:
    return tuple({(question.code, question.channel, question.text): question for question in asked}.values())


def _read_sources(
    paths: Sequence[Path | str], rate: Fraction | None, say: Callable[[float, str], None]
) -> tuple[list[Segment], list[Signals], list[EventFile]]:  # fmt: skip
    segments: list[Segment] = []
    signals: list[Signals] = []
    events: list[EventFile] = []
    refused: list[WorkbenchError] = []
    optional: set[int] = set()
    n_sources = 0
    for number, source in enumerate(load_sources(tuple(str(path) for path in paths))):
        say(0.5 * number / (number + 2), source.name)
        try:
            content = read_content(replace(source, told_rate=rate))
        except WorkbenchError as error:
            if not source.is_optional:
                raise
            refused.append(error)
            continue
        if content.events is not None:
            events.append(content.events)
            continue
        titles: dict[str, int] = {}
        found = [*content.segments, *(one.as_segment() for one in content.signals if not one.is_waveform)]
        for segment in found:
            number_source(segment, titles, n_sources)
        n_sources += len(titles)
        if source.is_optional:
            optional.update(titles.values())
        segments.extend(found)
        signals.extend(one for one in content.signals if one.is_waveform)
    if not segments and not signals and not events and refused:
        raise refused[0]
    if any(segment.time.kind != "none" for segment in segments):
        # a remark that lies in the same folder or archive is no log of its own
        segments = [segment for segment in segments if segment.time.kind != "none" or segment.source_index not in optional]
    return segments, signals, events


def without_events(tables: list[Table]) -> tuple[list[Table], list[EventFile]]:
    """Logs, and lists of events."""
    logs: list[Table] = []
    events: list[EventFile] = []
    for table in tables:
        is_dated = table.layout == "wide" and table.time.kind in ("stamp", "date+clock")
        is_wide = is_dated and find_long(table.headers, table.columns, table.n_rows) is None
        if is_wide and is_event_list(table.headers, table.columns, table.time.header, table.n_rows):
            events.append(EventFile(name=table.sources[0], n_events=table.n_rows))
        else:
            logs.append(table)
    return logs, events


def _read_table(table: Table, options: ParseOptions, answers: questions.AnswerBook) -> list[ParsedRecording] | EventFile:
    roles = find_long(table.headers, table.columns, table.n_rows) if table.layout == "wide" else None
    axis = _read_axis(table, roles, options, answers)
    rows = _rows_in_order(table, axis)
    if roles is None:
        check_steps(table, table.time_cells, _count_steps(table, axis))
    if rows.size < max(1, MIN_GOOD_TIMES * table.n_rows):
        raise LogFormatError(
            f"Only {rows.size} of {table.n_rows} rows of {table.sources[0]} have a time that can be read.",
            "Check the time column, or export it with ISO 8601 times.",
            path=table.sources[0],
        )
    if roles:
        logs = read_long_logs(table, roles, axis.times_ns, rows, answers)
    else:
        logs = [read_wide(table, axis.times_ns, rows, answers)]
    has_columns = any(log.columns for log in logs)
    labels = [column for log in logs for column in log.labels]
    if not has_columns and labels:
        return EventFile(
            name=table.sources[0], n_events=int(sum(np.count_nonzero(np.nan_to_num(column.values)) for column in labels))
        )
    if not has_columns:
        raise LogFormatError(
            f"{table.sources[0]} has no column of measurements.", "Give a log with numbers.", path=table.sources[0]
        )
    findings = row_findings(table, int(np.count_nonzero(~axis.is_good)))
    parts = [part for log in logs for part in _split(log, table, axis, rows, join=options.join)]
    return [recording for part in parts for recording in _finish(part, axis, findings)]


def _split(log: LogRows, table: Table, axis: TimeAxis, rows: NDArray[np.intp], *, join: bool | None) -> list[LogRows]:
    """Machines that share a table come apart, then files that do not continue each other."""
    if log.is_sorted:
        return [log]
    index = find_asset_column(table, axis.times_ns, rows)
    parts = [log]
    column = table.columns[index] if index is not None else None
    if index is not None and isinstance(column, Cells):
        parts = split_by_asset(log, column.take(rows), table.headers[index].name)
    return parts if join else [one for part in parts for one in split_by_source(part)]


def _finish(log: LogRows, axis: TimeAxis, findings: list[Finding]) -> list[ParsedRecording]:
    return [_with_quality(recording) for recording in build_recordings(log, axis.questions, findings)]


def _with_quality(recording: ParsedRecording) -> ParsedRecording:
    """What is wrong with a trend; a waveform has other habits (it swings around zero, and rests between bursts)."""
    units = {channel.name: channel.unit for channel in recording.facts.channels}
    if recording.facts.group == "waveform":
        waveform = find_waveform(recording.times_ns)
        return (
            recording
            if waveform is None
            else recording.with_findings(find_in_waveform(waveform.axis(), recording.columns, units))
        )
    return recording.with_findings(find_quality(recording.times_ns, recording.columns, units))


def _read_axis(table: Table, roles: LongRoles | None, options: ParseOptions, answers: questions.AnswerBook) -> TimeAxis:
    check_hours(table, table.time_cells)
    check_exchanged(table, table.time_cells)
    if table.time.kind == "none":
        check_no_unread_time(table)
    choices = TimeChoices(zone=options.zone, answers=answers, now_ns=options.now_ns, words=words_of(table))
    stored = None if table.times_ns is None else StoredTimes(ns=table.times_ns, is_absolute=table.is_absolute)
    return read_times(stored or table.time_cells, table.n_rows, table.time, time_blocks(table, roles), choices)


def time_blocks(table: Table, roles: LongRoles | None) -> list[NDArray[np.intp]]:
    """Rows whose order is the order of time: those of a file, in a long table those of one tag in a file."""
    bounds = pairwise([*table.source_rows, table.n_rows])
    blocks = [np.arange(start, end) for start, end in bounds]
    tags = table.columns[roles.tag] if roles else None
    if not isinstance(tags, Cells):
        return blocks
    codes = tags.codes.astype(np.int64)
    machines = table.columns[roles.asset] if roles and roles.asset is not None else None
    if isinstance(machines, Cells):
        codes = codes * (len(machines.texts) + 1) + machines.codes
    return [part for block in blocks for part in _by_code(block, codes[block])]


def _by_code(rows: NDArray[np.intp], codes: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    order = np.argsort(codes, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(codes[order])) + 1)


def check_no_unread_time(table: Table) -> None:
    """A column that is called time, and holds text that is none, must not be passed over in silence."""
    for header, column in zip(table.headers, table.columns, strict=True):
        written = [text for text in column.used(50) if text.strip()] if isinstance(column, Cells) else []
        is_named = is_time_name(header.name) or (len(set(written)) > 2 and all(map(_LOOKS_LIKE_TIME.fullmatch, written)))
        if is_named and written and all(read_cell(text, ".").reason for text in written):
            raise LogFormatError(
                f"The times of {table.sources[0]} can't be read: '{clean_text(written[0])}' in '{header.name}'.",
                "Export it with ISO 8601 times.",
                path=table.sources[0],
            )


def _rows_in_order(table: Table, axis: TimeAxis) -> NDArray[np.intp]:
    """Rows with a time, files in the order of their first instant."""
    bounds = [*table.source_rows, table.n_rows]
    blocks = []
    for start, end in pairwise(bounds):
        rows = start + np.flatnonzero(axis.is_good[start:end])
        if rows.size:
            blocks.append(rows)
    blocks.sort(key=lambda rows: int(axis.times_ns[rows[0]]))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.intp)


def _count_steps(table: Table, axis: TimeAxis) -> StepCounts:
    counts = StepCounts()
    for start, end in pairwise([*table.source_rows, table.n_rows]):
        counts.add(axis.times_ns[start:end][axis.is_good[start:end]])
    return counts


def row_findings(table: Table, n_unread: int) -> list[Finding]:
    """What the reader said, and what happened to rows that were left out; `n_unread` have a time that can't be read."""
    found = list(table.findings)
    n_bad = n_unread + table.n_without_time
    if table.n_cut_short:
        found.append(Finding(code="ROWS_CUT_SHORT", text=f"{table.n_cut_short} lines were cut short and are left out."))
    if n_bad:
        found.append(Finding(code="ROWS_WITHOUT_TIME", text=f"{n_bad} rows have no time that can be read and are left out."))
    return found
