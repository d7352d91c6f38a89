"""From a log file to blocks on disk: the one time that its bytes are read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

from workbench.core.errors import DiskFull, LogFormatError, WorkbenchError
from workbench.logs.careful.gather_blocks import BlockGatherer, RowBlock, block_of
from workbench.logs.careful.spool import Block, write_block
from workbench.logs.careful.text_lines import LineStream, ScannedText, sample_lines, scan_text
from workbench.logs.readers.byte_stream import UNPACKED, StreamSource, growing_file, is_growing, kept_archives
from workbench.logs.readers.date_parts import join_date_parts
from workbench.logs.readers.events import MAX_JSON_BYTES, EventFile
from workbench.logs.readers.gather import TableLayout
from workbench.logs.readers.json_stream import find_json_names, json_rows
from workbench.logs.readers.lazy import READ_ROWS
from workbench.logs.readers.lines import LineGrammar, find_grammar
from workbench.logs.readers.markup import begins_like_markup
from workbench.logs.readers.registry import opened_content, read_content, streams
from workbench.logs.readers.signals import Signals
from workbench.logs.readers.sources import Source, load_file
from workbench.logs.readers.table import Segment, StoredTable, number_source
from workbench.logs.readers.text import (
    MIN_SHARE,
    SAMPLE_LINES,
    check_share,
    describe_segment,
    is_odd,
    least_share,
    no_line_end,
    no_table,
    plan_rows,
    read_odd_blocks,
)
from workbench.logs.summary import Finding
from workbench.logs.tables.cells import Cells
from workbench.logs.tables.sniff import DelimiterGuess
from workbench.logs.text.decode import Decoded

BLOCK_CELLS = 400_000
"""Cells in a block: some 80 MB while it is gathered."""
MAX_BLOCK_ROWS = 16_384
SMALL_BYTES = 4 << 20
"""Smaller files are read as always: they may be notes or lists of events that came along."""
_NUMBER_CELLS = 1 << 21
_HEAD_ROWS = 64
_SMALL = "small"
"""Stands for the format of a file that is read as always, whatever it is."""
_BYTES_A_CELL = 20
"""On the disk: as a block, as a number on its way, and in the recording with its pyramid."""
Say = Callable[[float, str], None]


@dataclass(slots=True)
class Filled:
    """All blocks of the files of one import, and what came along that is no log."""

    folder: Path
    told_rate: Fraction | None = None
    blocks: list[Block] = field(default_factory=list)
    events: list[EventFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    signals: list[Signals] = field(default_factory=list)
    """Waveforms, whose samples are still in their files."""
    files: ExitStack = field(default_factory=ExitStack)
    """The files that have to stay open for them."""
    n_sources: int = 0
    n_files: int = 0

    def add(self, block: RowBlock, lines: tuple[int, int] = (0, 0)) -> None:
        """Write a block."""
        self.n_files += 1
        path = self.folder / f"block-{self.n_files:07d}.bin"
        self.blocks.append(write_block(path, block, lines))


def small_file(path: Path, *, is_optional: bool) -> list[StreamSource] | None:
    """A file of any format that is small enough to be read as always; None for a larger one."""
    size_bytes = path.stat().st_size
    if size_bytes >= SMALL_BYTES:
        return None
    return [StreamSource(name=path.name, path=path, packing="none", size_bytes=size_bytes, is_optional=is_optional, kind=_SMALL)]


def fill(filled: Filled, sources: Sequence[StreamSource], say: Say) -> None:
    """Read sources into blocks. Raises LogFormatError, EncodingError, InputError naming the file, DiskFull."""
    with kept_archives():
        _fill_each(filled, sources, say)


def _fill_each(filled: Filled, sources: Sequence[StreamSource], say: Say) -> None:
    refused: list[WorkbenchError] = []
    optional: set[int] = set()
    n_all, n_before = max(sum(map(_weight, sources)), 1), 0
    for source in sources:
        part = share_of(say, n_before / n_all, (n_before + _weight(source)) / n_all)
        n_before += _weight(source)
        first = filled.n_sources
        try:
            if streams(source.kind):
                _fill_stored(filled, source, part)
            elif source.kind == "text" and (source.size_bytes >= SMALL_BYTES or source.packing != "none"):
                _fill_text(filled, source, part)
            elif source.kind == "json" and source.size_bytes >= SMALL_BYTES:
                _fill_json(filled, source, part)
            else:
                _fill_small(filled, source)
                part(1.0, source.name)
        except WorkbenchError as error:
            if not source.is_optional:
                raise
            refused.append(error)
        filled.n_sources += 1
        if source.is_optional:
            optional.update(range(first, filled.n_sources))
    if not filled.blocks and not filled.events and not filled.signals and refused:
        raise refused[0]
    if any(block.time.kind != "none" for block in filled.blocks):
        # a remark that lies in the same folder or archive is no log of its own
        filled.blocks = [one for one in filled.blocks if one.time.kind != "none" or one.source_index not in optional]


def share_of(say: Say, start: float, end: float) -> Say:
    """Says 0..1 of a share of the whole."""

    def part(fraction: float, words: str) -> None:
        say(start + (end - start) * fraction, words)

    return part


def _weight(source: StreamSource) -> int:
    """How much of the work a source is, next to others."""
    return max(source.size_bytes, 1) * (1 if source.packing == "none" else UNPACKED)


def _fill_small(filled: Filled, small: StreamSource) -> None:
    titles: dict[str, int] = {}
    for source in load_file(small.path, name=small.name):
        content = read_content(replace(source, told_rate=filled.told_rate))
        if content.events is not None:
            filled.events.append(content.events)
        filled.signals.extend(signals for signals in content.signals if signals.is_waveform)
        for segment in [*content.segments, *(one.as_segment() for one in content.signals if not one.is_waveform)]:
            number_source(segment, titles, filled.n_sources)
            for first in range(0, segment.n_rows, MAX_BLOCK_ROWS):
                filled.add(block_of(_cut(segment, first)))
    filled.n_sources += max(len(titles) - 1, 0)


class _Said:
    """Says how far a file is, and says it again while its library works on, so that a cancel is heard; until all is read."""

    def __init__(self, say: Say, fraction: float, words: str) -> None:
        self._say: Say | None = say
        self._last = (fraction, words)

    def say(self, fraction: float, words: str) -> None:
        """Something new."""
        self._last = (fraction, words)
        self.again()

    def again(self) -> None:
        """What was said last."""
        if self._say is not None:
            self._say(*self._last)

    def end(self) -> None:
        """From now on others say how far they are."""
        self._say = None


def _fill_stored(filled: Filled, source: StreamSource, say: Say) -> None:
    """A file of measurements: its tables into blocks; its waveforms stay where they are until they are written."""
    said = _Said(say, 0.0, f"{source.name}: looking")
    found = Source(
        name=source.name, kind=source.kind, path=source.path, file=source.path, scratch=filled.folder,
        is_optional=source.is_optional, told_rate=filled.told_rate, pulse=said.again,
    )  # fmt: skip
    with ExitStack() as stack:
        content = stack.enter_context(opened_content(found))
        fast = [signals for signals in content.signals if signals.is_waveform]
        tables = [*content.tables, *(signals.as_table() for signals in content.signals if not signals.is_waveform)]
        check_room(filled.folder, content.n_cells * _BYTES_A_CELL, source.name)
        n_all, n_rows = max(sum(table.n_rows for table in tables), 1), 0
        titles: dict[str, int] = {}
        for table in tables:
            for segment in table.pieces(_rows_of_block(table)):
                n_rows += segment.n_rows
                number_source(segment, titles, filled.n_sources)
                filled.add(block_of(segment))
                said.say(n_rows / n_all, f"{source.name}: {n_rows:,} rows")
        said.end()
        filled.n_sources += max(len(titles) - 1, 0)
        if fast:
            filled.signals.extend(fast)
            filled.files.enter_context(stack.pop_all())


def _rows_of_block(table: StoredTable) -> int:
    """As many rows as are in memory at once: more where they are numbers than where they are texts."""
    head = next(iter(table.pieces(_HEAD_ROWS)), None)
    is_text = head is not None and any(isinstance(column, Cells) and column.texts for column in head.columns)
    most, cells = (MAX_BLOCK_ROWS, BLOCK_CELLS) if is_text else (READ_ROWS, _NUMBER_CELLS)
    return max(16, min(most, cells // max(table.n_columns, 1)))


def check_room(folder: Path, n_bytes: int, name: str) -> None:
    """Raise DiskFull before a disk is filled up with what can't fit."""
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise DiskFull(
            f"{name} needs about {n_bytes / 1e9:.1f} GB on the project's disk while it is read; {free / 1e9:.1f} GB are free.",
            "Free some space, or import parts of it.",
        )


def _cut(segment: Segment, first: int) -> Segment:
    rows = slice(first, first + MAX_BLOCK_ROWS)
    is_first = first == 0
    return replace(
        segment, columns=tuple(column.take(rows) for column in segment.columns),
        times_ns=None if segment.times_ns is None else segment.times_ns[rows], findings=segment.findings if is_first else (),
        n_cut_short=segment.n_cut_short if is_first else 0, n_not_rows=segment.n_not_rows if is_first else 0,
        n_without_time=segment.n_without_time if is_first else 0,
    )  # fmt: skip


def _fill_text(filled: Filled, source: StreamSource, say: Say) -> None:
    scanned = scan_text(source, lambda fraction: say(0.15 * fraction, f"{source.name}: looking"))
    head = sample_lines(scanned.head, SAMPLE_LINES + 1, is_cut=True)
    if begins_like_markup(scanned.head):
        raise LogFormatError(
            f"{source.name} is a web page or an XML spreadsheet of {source.size_bytes:,} bytes: too large to be read as such.",
            "Open it in a spreadsheet and save it as .xlsx or CSV, or export the log as CSV.", path=source.name,
        )  # fmt: skip
    grammar = find_grammar(head[:100], sample_lines(scanned.middle, 100, is_cut=True))
    delimiter = grammar.guess
    if not delimiter.delimiter:
        raise no_table(source.name)
    if len(head) == 1 and "\n" not in scanned.head and len(scanned.head) < source.size_bytes // 4:
        raise no_line_end(source.name, len(scanned.head))
    sample = list(grammar.rows(head))[:SAMPLE_LINES]
    layout = plan_rows(sample, source.name)
    n_rows = n_lost = 0
    stream = LineStream(scanned)
    last_line = 0
    for block in _blocks_of(stream, grammar, (sample, layout), source.name):
        n_rows += block.n_rows
        n_lost += block.segment.n_cut_short + block.segment.n_not_rows
        _place(filled, block, scanned, delimiter, (last_line + 1, stream.number))
        last_line = stream.number
        say(0.15 + 0.85 * stream.fraction, f"{source.name}: {n_rows:,} rows")
    check_share(layout, source.name, n_rows, n_lost, least_share(delimiter))
    if scanned.is_growing:
        filled.findings.append(growing_file(source.name))


def _blocks_of(
    stream: LineStream, grammar: LineGrammar, plan: tuple[list[list[str]], TableLayout], name: str
) -> Iterator[RowBlock]:  # fmt: skip
    lines, layout = plan
    if join_date_parts((), lines)[1] is lines and not is_odd(lines, layout):
        return BlockGatherer(layout, name, _block_rows(layout)).gather_blocks(stream, grammar)
    return _blocks_of_rows(grammar.rows(stream.lines()), plan, name)


def _blocks_of_rows(rows: Iterable[list[str]], plan: tuple[list[list[str]], TableLayout], name: str) -> Iterator[RowBlock]:
    """All rows, of which the first are in `plan`."""
    lines, layout = plan
    rows, sample = join_date_parts(rows, lines)
    odd = read_odd_blocks(rows, sample, layout, name, _block_rows(layout))
    return map(block_of, odd) if odd is not None else BlockGatherer(layout, name, _block_rows(layout)).gather_rows(rows)


def _block_rows(layout: TableLayout) -> int:
    return max(16, min(MAX_BLOCK_ROWS, BLOCK_CELLS // max(layout.n_cells, 1)))


def _fill_json(filled: Filled, source: StreamSource, say: Say) -> None:
    """Records as rows. Where they are none it may be anything that is read as always, unless it is too large for that."""
    names = find_json_names(source, lambda fraction: say(0.3 * fraction, f"{source.name}: looking"))
    if names is None:
        if source.size_bytes > MAX_JSON_BYTES:
            raise LogFormatError(
                f"{source.name} is JSON of {source.size_bytes:,} bytes, and not flat records with a time and numbers.",
                "Export it as one record a line, or as CSV.", path=str(source.path),
            )  # fmt: skip
        _fill_small(filled, source)
        return
    n_rows = n_lost = 0
    fraction = 0.0

    def read(now: float) -> None:
        nonlocal fraction
        fraction = now

    rows = json_rows(source, names, read)
    sample = list(islice(rows, SAMPLE_LINES))
    layout = plan_rows(sample, source.name)
    for block in _blocks_of_rows(chain(sample, rows), (sample, layout), source.name):
        n_rows += block.n_rows
        n_lost += block.segment.n_cut_short + block.segment.n_not_rows
        block.segment.source_index = filled.n_sources
        block.segment.n_cut_short += names.n_cut_short if n_rows == block.n_rows else 0
        filled.add(block)
        say(0.3 + 0.7 * fraction, f"{source.name}: {n_rows:,} rows")
    check_share(layout, source.name, n_rows, n_lost, MIN_SHARE)
    if is_growing(source):
        filled.findings.append(growing_file(source.name))


def _place(filled: Filled, block: RowBlock, scanned: ScannedText, delimiter: DelimiterGuess, lines: tuple[int, int]) -> None:
    segment = block.segment
    if not block.n_rows and not (segment.n_cut_short or segment.n_not_rows or segment.findings):
        return
    describe_segment(segment, Decoded(text="", encoding=scanned.encoding, confidence=scanned.confidence), delimiter)
    segment.source_index = filled.n_sources
    filled.add(block, lines)
