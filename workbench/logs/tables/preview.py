"""What the importer takes a file for, from its head alone: format guesses with confidence, and a role for each column.

Fast at any size: at most `HEAD_BYTES` of a text file and `HEAD_ROWS` of what is read in blocks. Workbooks are read whole, up to
a limit.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs import questions
from workbench.logs.parse import ParseOptions, time_blocks, without_events
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.heads import first_records, packed_heads
from workbench.logs.readers.packed import SUFFIXES
from workbench.logs.readers.registry import opened_content, reader_of, streams
from workbench.logs.readers.signals import Signals
from workbench.logs.readers.sources import Source, find_kind, load_file
from workbench.logs.readers.table import NumberCells, Segment
from workbench.logs.recordings.of_signals import read_signals
from workbench.logs.summary import ChannelFacts, Question
from workbench.logs.tables.cells import Cells, with_mark
from workbench.logs.tables.columns import read_cells
from workbench.logs.tables.decimals import Marks
from workbench.logs.tables.label_like import is_label_name
from workbench.logs.tables.roles import LongRoles, assign_roles, find_long
from workbench.logs.tables.segments import Table, build_tables, words_of
from workbench.logs.tables.wide import mark_columns
from workbench.logs.text.decode import clean_text
from workbench.logs.times.elapsed import tells_start, told_rate
from workbench.logs.times.timing import StoredTimes, TimeAxis, TimeChoices, read_times
from workbench.logs.units import find_quantity

HEAD_BYTES = 512 * 1024
HEAD_ROWS = 20_000
MAX_ROWS = 30
WHOLE_JSON_BYTES = 4 << 20
"""Of a larger JSON file of records only those in its head are looked at."""
WHOLE_ARCHIVE_BYTES = 16 << 20
"""Of a larger archive only the heads of its members are unpacked."""
_DELIMITER_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", " ": "blanks", "": "none"}
_ENCODINGS = ("utf-8", "cp1252", "utf-16", "latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatGuess:
    """One guess: its name, value, confidence 0..1 and what else it could be."""

    name: str
    value: str
    confidence: float
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuess:
    """What a column is taken for."""

    name: str
    role: str
    unit: str | None
    quantity: str
    confidence: float
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPreview:
    """Guesses, columns, first rows as text, and the questions that the head alone leaves open."""

    guesses: tuple[FormatGuess, ...]
    columns: tuple[ColumnGuess, ...]
    rows: tuple[tuple[str, ...], ...]
    questions: tuple[Question, ...]


def preview_file(path: Path, options: ParseOptions) -> LogPreview:
    """Guess the format of one file, or of the first log in it. Raises LogFormatError or EncodingError naming it."""
    other: LogPreview | None = None
    for _, found in preview_each(path, options):
        if found.columns:
            return found
        other = other or found
    if other is None:
        raise _no_logs(path)
    return other


def preview_each(path: Path, options: ParseOptions) -> Iterator[tuple[str, LogPreview]]:
    """The logs of one file, each with its name; without columns where there are events alone.

    Raises LogFormatError or EncodingError naming the file where none of them can be read.
    """
    refused: WorkbenchError | None = None
    n_found = 0
    for source in _heads(path):
        try:
            found = _preview_source(source, options)
        except WorkbenchError as error:
            refused = refused or error
            if not source.is_optional:
                break
            continue
        n_found += len(found)
        yield from found
    if not n_found:
        raise refused or _no_logs(path)


def _preview_source(source: Source, options: ParseOptions) -> list[tuple[str, LogPreview]]:
    """What the logs of one source (sheets, tables) are taken for; one without columns where it holds events alone."""
    told = told_rate(questions.AnswerBook(options.answers))
    with opened_content(replace(source, told_rate=told)) as opened:
        content = opened.head(HEAD_ROWS)
    if content.events is not None:
        return [(source.name, _only_events([content.events]))]
    slow = [*content.segments, *(signals.as_segment() for signals in content.signals if not signals.is_waveform)]
    waves = [signals for signals in content.signals if signals.is_waveform]
    tables, events = without_events(build_tables(slow, join=False))
    # tables that are parts of one log are shown as one
    logs = [tables] if tables and tables[0].part else [[table] for table in tables]
    names = [log[0].sources[0] for log in logs]
    found = [_preview_tables(log, slow, source, options) for log in logs]
    if waves:  # beside what is slow in the same file
        found[:1] = [_together([*found[:1], _preview_waves(waves, source, options)])]
    return list(zip(names or [source.name], found, strict=True)) if found else [(source.name, _only_events(events))]


def _together(found: Sequence[LogPreview]) -> LogPreview:
    return LogPreview(
        guesses=tuple({guess.name: guess for part in found for guess in part.guesses}.values()),
        columns=tuple(column for part in found for column in part.columns), rows=found[0].rows,
        questions=tuple({(one.code, one.channel, one.text): one for part in found for one in part.questions}.values()),
    )  # fmt: skip


def _only_events(events: Sequence[EventFile]) -> LogPreview:
    asked = tuple(questions.labels_elsewhere(one.name, one.n_events) for one in events)
    return LogPreview(guesses=(), columns=(), rows=(), questions=asked)


def _preview_waves(waves: list[Signals], source: Source, options: ParseOptions) -> LogPreview:
    """Channels of waveforms with their rates; nothing of their millions of samples is turned into text but the first."""
    answers = questions.AnswerBook(options.answers)
    choices = TimeChoices(zone=options.zone, answers=answers, now_ns=options.now_ns, one_start=options.one_start)
    heads = [signals.head(MAX_ROWS) for signals in waves]
    found = read_signals(heads, choices, join=False)
    asked = [one for recording in found for one in recording.facts.questions]
    columns = tuple(
        _wave_column(facts, recording.columns[facts.name]) for recording in found for facts in recording.facts.channels
    )
    rates = ", ".join(dict.fromkeys(f"{float(signals.rate):,.6g} Hz" for signals in waves))
    is_dated = all(signals.start_ns is not None for signals in waves)
    is_named = any(signals.is_named_start for signals in waves)
    is_told = tells_start(answers) and options.one_start
    otherwise = "as answered" if is_told else "in the file's name" if is_dated else "not known"
    start = "in the file" if is_dated and not is_named else otherwise
    guesses = (
        FormatGuess(name="format", value=reader_of(source.kind).name, confidence=1.0),
        FormatGuess(name="waveform rate", value=rates, confidence=1.0),
        FormatGuess(name="waveform start", value=start, confidence=0.3 if start == "not known" else 1.0),
    )
    names = tuple(found[0].columns)
    rows = [
        tuple(f"{value:g}" for value in row) for row in zip(*(one.tolist() for one in found[0].columns.values()), strict=True)
    ]
    return LogPreview(guesses=guesses, columns=columns, rows=(names, *rows), questions=tuple(asked))


def _wave_column(facts: ChannelFacts, values: NDArray[np.floating]) -> ColumnGuess:
    sample = tuple(f"{value:g}" for value in values[:3].tolist())
    return ColumnGuess(name=facts.name, role="channel", unit=facts.unit, quantity=facts.quantity, confidence=1.0, sample=sample)


def _heads(path: Path) -> Iterator[Source]:
    """The file, or one after the other what is packed in it; only the head of text."""
    if path.exists() and not path.is_file():
        raise LogFormatError(f"{path.name} is not a file.", "Choose a log file.", path=str(path))
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        raise translate_os_error(error, path) from error
    kind = find_kind(path.name, head) if head else "text"
    if kind == "gzip":
        inner = _inflate_head(head)
    if kind == "gzip" and find_kind(path.name, inner or b"\n") == "text":
        yield _text_source(path.name.removesuffix(".gz"), inner, path)
    elif kind == "text":
        if not head.strip():
            raise LogFormatError(f"{path.name} is empty.", "Export it again, or leave it out.", path=str(path))
        yield _text_source(path.name, head, path)
    elif streams(kind):
        yield Source(name=clean_text(path.name), kind=kind, path=path, file=path, head_rows=HEAD_ROWS)
    elif kind == "json" and path.stat().st_size > WHOLE_JSON_BYTES and (records := first_records(head)):
        yield Source(name=clean_text(path.name), kind=kind, path=path, data=records)
    elif kind in ("zip", "tar", *SUFFIXES) and path.stat().st_size > WHOLE_ARCHIVE_BYTES:
        yield from _packed_heads(path, kind)
    else:
        for source in load_file(path):
            yield replace(source, data=_cut(source.data)) if source.kind == "text" else source


def _packed_heads(path: Path, kind: str) -> Iterator[Source]:
    """What is text or holds records in a large archive, by its head; all else would have to be unpacked first."""
    for name, head in packed_heads(path, kind, HEAD_BYTES):
        inner = ""
        with suppress(LogFormatError):  # a picture or a document that lies beside the logs
            inner = find_kind(name, head) if head.strip() else ""
        if inner == "text":
            yield replace(_text_source(name, head, path), is_optional=True)
        elif inner == "json" and (records := first_records(head)):
            yield Source(name=name, kind=inner, path=path, data=records, is_optional=True)


def _no_logs(path: Path) -> LogFormatError:
    hint = "Give a log in a format that the manual's page on logs lists."
    return LogFormatError(f"{path.name} holds no log files.", hint, path=str(path))


def _text_source(name: str, data: bytes, path: Path) -> Source:
    return Source(name=clean_text(name), kind="text", data=_cut(data), path=path)


def _cut(data: bytes) -> bytes:
    """The head up to its last whole line."""
    head = data[:HEAD_BYTES]
    if len(data) < HEAD_BYTES:
        return head
    end = head.rfind(b"\n")
    return head[: end + 1 + (end + 1) % 2] if end > 0 else head


def _inflate_head(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(io.BytesIO(head).read(), HEAD_BYTES)
    except zlib.error:
        return b""


def _preview_tables(tables: list[Table], segments: list[Segment], source: Source, options: ParseOptions) -> LogPreview:
    answers = questions.AnswerBook(options.answers)
    table, *others = tables
    first = next(segment for segment in segments if segment.source == table.sources[0])
    choices = TimeChoices(zone=options.zone, answers=answers, now_ns=options.now_ns, words=words_of(table))
    stored = None if table.times_ns is None else StoredTimes(ns=table.times_ns, is_absolute=table.is_absolute)
    long = find_long(table.headers, table.columns, table.n_rows) if table.layout == "wide" else None
    axis = read_times(stored or table.time_cells, table.n_rows, table.time, time_blocks(table, long), choices)
    marks = mark_columns(table, answers)
    columns = _long_columns(table, long) if long else _wide_columns(table, marks.marks)
    for other in others if table.part else ():
        columns += _wide_columns(other, mark_columns(other, answers).marks)
    unnamed = "none" if table.time.kind == "none" else "first column" if table.times_ns is None else "in the file"
    time_name = table.time.header or unnamed
    time_column = ColumnGuess(
        name=time_name, role="time", unit=None, quantity="time", confidence=table.time.confidence, sample=_time_sample(table)
    )
    guesses = (
        *_text_guesses(first, source),
        *_mark_guess(table, marks),
        FormatGuess(name="layout", value="long" if long else table.layout, confidence=0.9, choices=("wide", "long", "pairs")),
        FormatGuess(name="time column", value=time_name, confidence=table.time.confidence, choices=_headers(first)),
        _format_guess(axis),
        FormatGuess(name="zone", value=_zone_text(axis), confidence=0.3 if "not known" in axis.zone else 1.0),
    )
    return LogPreview(
        guesses=guesses,
        columns=(time_column, *columns),
        rows=_titled(first) or _first_rows(table),
        questions=(*axis.questions, *marks.questions),
    )


def _mark_guess(table: Table, marks: Marks) -> tuple[FormatGuess, ...]:
    """The decimal mark of a text; what stores numbers has none."""
    if all(isinstance(column, NumberCells) for column in table.columns):
        return ()
    return (FormatGuess(name="decimal mark", value=marks.file_mark, confidence=round(marks.confidence, 2), choices=(".", ",")),)


def _titled(segment: Segment) -> tuple[tuple[str, ...], ...]:
    """The first rows below their names; what has none gets the names that its columns are called by."""
    is_named = segment.layout != "pairs"
    if not segment.head or (is_named and segment.headers is not None):
        return segment.head[:MAX_ROWS]
    width = max(map(len, segment.head))
    names = ["time" if place in segment.time.indexes else f"column {place + 1}" if is_named else "" for place in range(width)]
    return (tuple(names), *segment.head[: MAX_ROWS - 1])


def _first_rows(table: Table) -> tuple[tuple[str, ...], ...]:
    """Names and first cells of what is not stored as text."""
    columns = [_sample(column) for column in table.columns]
    names = tuple(header.name for header in table.headers)
    return (names, *zip(*columns, strict=False))


def _headers(segment: Segment) -> tuple[str, ...]:
    return tuple(header.name for header in segment.headers or () if header.name)[:100]


def _text_guesses(segment: Segment, source: Source) -> tuple[FormatGuess, ...]:
    if source.kind != "text":
        return (FormatGuess(name="format", value=reader_of(source.kind).name, confidence=1.0),)
    sure = segment.confidence
    return (
        FormatGuess(name="encoding", value=segment.encoding, confidence=sure.get("encoding", 0.5), choices=_ENCODINGS),
        FormatGuess(
            name="delimiter",
            value=_DELIMITER_NAMES.get(segment.delimiter, segment.delimiter),
            confidence=round(sure.get("delimiter", 0.5), 2),
            choices=tuple(name for name in _DELIMITER_NAMES.values() if name != "none"),
        ),
    )


def _format_guess(axis: TimeAxis) -> FormatGuess:
    open_codes = {question.code: question for question in axis.questions}
    doubt = open_codes.get("DAY_MONTH_AMBIGUOUS") or open_codes.get("EPOCH_AMBIGUOUS")
    confidence = float(axis.is_good.mean()) if axis.is_good.size else 0.0
    if doubt:
        confidence = 0.5 if doubt.blocks else 0.8
    return FormatGuess(
        name="time format", value=axis.notation, confidence=round(confidence, 2), choices=doubt.choices if doubt else ()
    )


def _zone_text(axis: TimeAxis) -> str:
    return "as printed" if axis.zone == "printed" else axis.zone


def _time_sample(table: Table) -> tuple[str, ...]:
    return tuple(clean_text(text) for text in table.time_cells.rows(3)) if table.time_cells else ()


def _wide_columns(table: Table, marks: Sequence[str]) -> list[ColumnGuess]:
    reads = [read_cells(column, "," if mark == "," else ".") for column, mark in zip(table.columns, marks, strict=True)]
    roles = assign_roles(table.headers, table.columns, reads)
    quality = {item.index for item in roles.quality}
    why = {item.channel: item.why for item in roles.left_out}
    result = []
    for index, (header, column, read) in enumerate(zip(table.headers, table.columns, reads, strict=True)):
        role = "channel" if index in roles.channels else why.get(header.name or f"column {index + 1}", "annotation").split(":")[0]
        role = "quality" if index in quality else "annotation" if role in ("text", "unit") else role
        said = read.n_number + read.n_text + read.n_known_bad
        confidence = read.n_number / said if role == "channel" and said else 0.9
        unit = header.unit or (read.unit_names[0] if read.unit_names else None)
        quantity = find_quantity(unit, header.name, header.description) if role == "channel" else ""
        guess = ColumnGuess(
            name=header.name, role=role, unit=unit, quantity=quantity, confidence=round(confidence, 2), sample=_sample(column)
        )
        result.append(guess)
    return result


def _long_columns(table: Table, roles: LongRoles) -> list[ColumnGuess]:
    result = []
    machines = {item.channel for item in roles.left_out if item.machine}
    for index, (header, column) in enumerate(zip(table.headers, table.columns, strict=True)):
        role = "equipment" if header.name in machines else "annotation"
        if index in (roles.tag, roles.value):
            role = "tag" if index == roles.tag else "value"
        elif index in roles.quality:
            role = "quality"
        result.append(
            ColumnGuess(name=header.name, role=role, unit=header.unit, quantity="", confidence=0.9, sample=_sample(column))
        )
    tags = table.columns[roles.tag]
    for tag in tags.texts[:200] if isinstance(tags, Cells) else ():
        name = clean_text(tag)
        role = "label" if is_label_name(name) else "channel"
        result.append(ColumnGuess(name=name, role=role, unit=None, quantity=find_quantity(None, name), confidence=0.8))
    return result


def _sample(column: Cells | NumberCells) -> tuple[str, ...]:
    if isinstance(column, NumberCells):
        return tuple(f"{value:g}" for value in column.values[:3].tolist())
    return tuple(clean_text(with_mark(text)) for text in column.rows(3))
