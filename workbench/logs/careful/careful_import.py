"""Logs of any size, read with care in bounded memory: blocks on disk, decisions over all rows, columns, recordings.

    sources (`unpack`) → blocks (`fill`) → tables (`stream_table`) → numbers (`stream_wide`, `stream_long`) → files (`assemble`)

Same rules and same results as `parse_logs`; what it takes more of is disk: about twice the size of the file while it works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.core.errors import LogFormatError
from workbench.logs import questions
from workbench.logs.careful.assemble import write_stream
from workbench.logs.careful.assemble_signals import WaveLog
from workbench.logs.careful.feed import StreamLog
from workbench.logs.careful.fill import Filled, fill, share_of, small_file
from workbench.logs.careful.merge_parts import MergedLog, WrittenLog, merge_parts
from workbench.logs.careful.spool import Block
from workbench.logs.careful.stream_long import read_long_stream
from workbench.logs.careful.stream_table import bring_to_one_mark, build_stream_table
from workbench.logs.careful.stream_times import dates_of, first_times, plan_times
from workbench.logs.careful.stream_wide import read_wide_stream
from workbench.logs.parse import ParseOptions, check_no_unread_time, only_events, row_findings, without_events
from workbench.logs.readers.byte_stream import StreamSource, find_stream_sources
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.sources import files_in
from workbench.logs.readers.table import Segment
from workbench.logs.readers.unpack import unpack
from workbench.logs.recordings.of_signals import plan_signals
from workbench.logs.summary import Finding, Question, RecordingFacts
from workbench.logs.tables.roles import find_long
from workbench.logs.tables.segments import group_segments, words_of
from workbench.logs.tables.spoiled_times import check_exchanged, check_hours
from workbench.logs.times.elapsed import told_rate
from workbench.logs.times.timing import TimeChoices
from workbench.logs.times.zones import load_zone

Say = Callable[[float, str], None]
_FILL_SHARE = 0.5
_UNPACK_SHARE = 0.1
"""Of the time that an archive takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarefulLog:
    """One recording, read and decided, its numbers on disk."""

    log: StreamLog
    time_questions: tuple[Question, ...]
    findings: tuple[Finding, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is open about it."""
        return (*self.time_questions, *self.log.questions_of_all())

    def write(self, folder: Path, say: Say) -> RecordingFacts:
        """Write it as a recording into `folder`, which exists. Raises DiskFull, LogFormatError."""
        return write_stream(self.log, folder, self.time_questions, self.findings, say)


Written = CarefulLog | WaveLog | WrittenLog | MergedLog


@dataclass(frozen=True, slots=True, kw_only=True)
class CarefulLogs:
    """The recordings behind some files, and what came along; to be closed when they are written (`with … as found`)."""

    logs: tuple[Written, ...]
    questions: tuple[Question, ...]
    event_files: tuple[EventFile, ...] = ()
    files: ExitStack = field(default_factory=ExitStack)
    """Files that recordings are still to be written from."""

    @property
    def is_unread(self) -> bool:
        """Whether all samples are still in their files: writing is all of the work then."""
        return all(isinstance(log, WaveLog) for log in self.logs)

    def __enter__(self) -> CarefulLogs:
        return self

    def __exit__(self, *_: object) -> None:
        self.files.close()


def find_sources(paths: Sequence[Path]) -> list[StreamSource] | None:
    """The logs behind paths; None where there is anything that can't be streamed, so that another reader has to."""
    found: list[StreamSource] = []
    for path in paths:
        is_folder = path.is_dir()
        for file in files_in(path) if is_folder else [path]:
            try:
                sources = find_stream_sources(file, is_optional=is_folder) or small_file(file, is_optional=is_folder)
            except LogFormatError:  # a picture or a document that lies beside the logs
                if not is_folder:
                    raise
                continue
            if sources is None:
                return None
            found.extend(sources)
    return found or None


def read_carefully(sources: Sequence[StreamSource], options: ParseOptions, folder: Path, say: Say) -> CarefulLogs:
    """Read logs of any size.

    Parameters
    ----------
    sources : sequence of StreamSource
    options : ParseOptions
    folder : Path
        An empty folder on a disk with room for about twice the logs; the caller removes it when all is written.
    say : callable (fraction 0..1, words)
        May raise to cancel.

    Raises
    ------
    LogFormatError, EncodingError, InputError
        Naming the file that can't be read.
    RequestError
        An answer or a zone that is none.
    DiskFull
    """
    answers = questions.AnswerBook(options.answers)
    if options.zone:
        load_zone(options.zone)
    choices = TimeChoices(zone=options.zone, answers=answers, now_ns=options.now_ns, one_start=options.one_start)
    unpacked, blocks = folder / "unpacked", folder / "blocks"
    unpacked.mkdir()
    blocks.mkdir()
    packed = sum(source.size_bytes for source in sources if source.packing == "archive")
    unpack_share = _UNPACK_SHARE * packed / max(sum(source.size_bytes for source in sources), 1)
    sources = unpack(sources, unpacked, share_of(say, 0.0, unpack_share))
    filled = Filled(blocks, told_rate(answers))
    with ExitStack() as stack:
        stack.enter_context(filled.files)
        fill(filled, sources, share_of(say, unpack_share, _FILL_SHARE))
        found = _decide(filled, sources, options, choices, say)
        stack.pop_all()
        return found


def _decide(
    filled: Filled, sources: Sequence[StreamSource], options: ParseOptions, choices: TimeChoices, say: Say
) -> CarefulLogs:  # fmt: skip
    folder, answers = filled.folder, choices.answers
    # what stores its times as such, and what prints them, are read in different ways: they are never one log
    sorts = [[block for block in filled.blocks if block.has_times is has_times] for has_times in (False, True)]
    groups = [group for blocks in sorts for group in group_segments(blocks, join=options.join)]
    merged: list[Written] = []
    logs: list[Written] = []
    parts: dict[str, list[WrittenLog]] = {}
    for number, group in enumerate(groups):
        done, end = _share_of_rows(groups, number)
        part = share_of(say, _FILL_SHARE + (1.0 - _FILL_SHARE) * done, _FILL_SHARE + (1.0 - _FILL_SHARE) * end)
        mine = folder / f"log-{number:04d}"
        mine.mkdir()
        found = _read_group(group, filled, options, choices, mine, part)
        if group[0].part and _n_parts(groups, group[0].source) > 1:
            parts.setdefault(group[0].source, []).extend(_written(found, mine, part))
        else:
            logs.extend(found)
    for written in parts.values():
        first, *others = merge_parts(written)
        merged.append(first)
        logs.extend(others)
    logs = [*merged, *logs]
    logs.extend(WaveLog(log=log) for log in plan_signals(filled.signals, choices, join=options.join))
    if not logs:
        raise only_events(filled.events, [str(source.path) for source in sources])
    asked = [
        questions.labels_elsewhere(event.name, event.n_events)
        for event in filled.events
        if answers.find("LABELS_ELSEWHERE") is None
    ]
    asked += [question for log in logs for question in log.questions]
    distinct = {(question.code, question.channel, question.text): question for question in asked}
    return CarefulLogs(logs=tuple(logs), questions=tuple(distinct.values()), event_files=tuple(filled.events), files=filled.files)


def _n_parts(groups: Sequence[Sequence[Segment]], source: str) -> int:
    return sum(group[0].source == source and bool(group[0].part) for group in groups)


def _written(found: Sequence[CarefulLog], folder: Path, say: Say) -> list[WrittenLog]:
    """Groups of channels of one file, written where they can be merged from."""
    written = []
    for number, log in enumerate(found):
        target = folder / f"recording-{number}"
        target.mkdir()
        written.append(WrittenLog(target, log.write(target, say)))
    return written


def _share_of_rows(groups: Sequence[Sequence[Segment]], number: int) -> tuple[float, float]:
    """From where to where one log is of all of them, 0..1: by its cells."""
    cells = [sum(one.n_rows * max(len(one.columns), 1) for one in group) for group in groups]
    n_all, n_before = max(sum(cells), 1), sum(cells[:number])
    return n_before / n_all, (n_before + cells[number]) / n_all


def _read_group(
    group: Sequence[Segment], filled: Filled, options: ParseOptions, choices: TimeChoices, folder: Path, say: Say
) -> list[CarefulLog]:  # fmt: skip
    blocks = [block for block in group if isinstance(block, Block)]
    log = build_stream_table(blocks, share_of(say, 0.0, 0.2))
    if bring_to_one_mark(log):
        log = build_stream_table(blocks, share_of(say, 0.0, 0.2))
    tables, events = without_events([log.table])
    filled.events.extend(events)
    if not tables:
        return []
    table = log.table
    check_hours(table, first_times(blocks))
    dates = dates_of(blocks)
    check_exchanged(table, dates)
    if table.time.kind == "none":
        check_no_unread_time(table)
    plan = plan_times(blocks, replace(choices, words=words_of(table)), dates)
    part = share_of(say, 0.2, 1.0)
    roles = find_long(table.headers, table.columns, table.n_rows) if table.layout == "wide" else None
    if roles is None:
        logs, n_good = read_wide_stream(log, plan, choices, folder, part, join=options.join)
    else:
        if any(log.is_numeric(index) for index in range(len(table.columns))):  # tags and qualities are told by their texts
            log = build_stream_table(blocks, part, as_text=True)
        logs, n_good = read_long_stream(log, roles, plan, choices, folder, part)
    if all(not one.columns for one in logs):
        name = table.sources[0]
        if any(one.labels for one in logs):
            filled.events.append(EventFile(name=name, n_events=sum(label.runs.n_nonzero for one in logs for label in one.labels)))
            return []
        raise LogFormatError(f"{name} has no column of measurements.", "Give a log with numbers.", path=name)
    for block in blocks:
        block.path.unlink(missing_ok=True)
    findings = (*row_findings(table, table.n_rows - n_good), *filled.findings)
    return [CarefulLog(log=one, time_questions=tuple(plan.asked), findings=findings) for one in logs]
