"""From a log file to blocks on disk: the one time that its bytes are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.careful.spool import Block, write_block
from workbench.logs.careful.text_lines import LineStream, ScannedText, sample_lines, scan_text
from workbench.logs.parse import read_source
from workbench.logs.readers.byte_stream import StreamSource, growing_file
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.lines import find_grammar
from workbench.logs.readers.markup import begins_like_markup
from workbench.logs.readers.sources import load_file
from workbench.logs.readers.table import Segment
from workbench.logs.readers.text import (
    SAMPLE_LINES,
    check_share,
    describe_segment,
    least_share,
    no_table,
    plan_rows,
    read_row_blocks,
)
from workbench.logs.sniff import DelimiterGuess
from workbench.logs.summary import Finding
from workbench.logs.text import Decoded

BLOCK_CELLS = 400_000
"""Cells in a block: some 80 MB while it is gathered."""
MAX_BLOCK_ROWS = 16_384
SMALL_BYTES = 4 << 20
"""Smaller files are read as always: they may be notes or lists of events that came along."""
Say = Callable[[float, str], None]


@dataclass(slots=True)
class Filled:
    """All blocks of the files of one import, and what came along that is no log."""

    folder: Path
    say: Say
    blocks: list[Block] = field(default_factory=list)
    events: list[EventFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    n_sources: int = 0
    n_files: int = 0

    def add(self, segment: Segment, first_line: int = 0, last_line: int = 0) -> None:
        """Write a block."""
        self.n_files += 1
        path = self.folder / f"block-{self.n_files:07d}.bin"
        self.blocks.append(write_block(path, segment, first_line, last_line))


def small_file(path: Path, *, is_optional: bool) -> list[StreamSource] | None:
    """A file of any format that is small enough to be read as always; None for a larger one."""
    size_bytes = path.stat().st_size
    if size_bytes >= SMALL_BYTES:
        return None
    return [StreamSource(name=path.name, path=path, packing="none", size_bytes=size_bytes, is_optional=is_optional)]


def fill(sources: Sequence[StreamSource], folder: Path, say: Say) -> Filled:
    """Read sources into blocks. Raises LogFormatError, EncodingError, InputError naming the file, DiskFull."""
    filled = Filled(folder, say)
    refused: list[WorkbenchError] = []
    optional: set[int] = set()
    for number, source in enumerate(sources):
        part = _Part(say, number / len(sources), (number + 1) / len(sources))
        try:
            if source.size_bytes >= SMALL_BYTES or source.packing != "none":
                _fill_text(filled, source, part)
            else:
                _fill_small(filled, source.path)
        except WorkbenchError as error:
            if not source.is_optional:
                raise
            refused.append(error)
        if source.is_optional:
            optional.add(filled.n_sources)
        filled.n_sources += 1
    if not filled.blocks and not filled.events and refused:
        raise refused[0]
    if any(block.time.kind != "none" for block in filled.blocks):
        # a remark that lies in the same folder or archive is no log of its own
        filled.blocks = [one for one in filled.blocks if one.time.kind != "none" or one.source_index not in optional]
    return filled


@dataclass(frozen=True, slots=True)
class _Part:
    """The share of the whole that one source is."""

    say: Say
    start: float
    end: float

    def __call__(self, fraction: float, words: str) -> None:
        self.say(self.start + (self.end - self.start) * fraction, words)


def _fill_small(filled: Filled, path: Path) -> None:
    for source in load_file(path):
        found = read_source(source)
        if isinstance(found, EventFile):
            filled.events.append(found)
            continue
        for segment in found:
            if segment.times_ns is not None:
                raise LogFormatError(
                    f"{source.name} stores its times as such; it can't be joined with text logs of this size.",
                    "Import it by itself, or with --separate.", path=source.name,
                )  # fmt: skip
            segment.source_index = filled.n_sources
            for first in range(0, segment.n_rows, MAX_BLOCK_ROWS):
                filled.add(_cut(segment, first))


def _cut(segment: Segment, first: int) -> Segment:
    rows = slice(first, first + MAX_BLOCK_ROWS)
    is_first = first == 0
    return replace(
        segment, columns=tuple(column.take(rows) for column in segment.columns),
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
    sample = list(grammar.rows(head))[:SAMPLE_LINES]
    layout = plan_rows(sample, source.name)
    n_rows = n_lost = 0
    stream = LineStream(scanned)
    rows = grammar.rows(stream.lines())
    block_rows = max(16, min(MAX_BLOCK_ROWS, BLOCK_CELLS // max(layout.n_cells, 1)))
    last_line = 0
    for segment in read_row_blocks(rows, sample, source.name, block_rows):
        n_rows += segment.n_rows
        n_lost += segment.n_cut_short + segment.n_not_rows
        _place(filled, segment, scanned, delimiter, (last_line + 1, stream.number))
        last_line = stream.number
        say(0.15 + 0.85 * stream.fraction, f"{source.name}: {n_rows:,} rows")
    check_share(layout, source.name, n_rows, n_lost, least_share(delimiter))
    if scanned.is_growing:
        filled.findings.append(growing_file(source.name))


def _place(filled: Filled, segment: Segment, scanned: ScannedText, delimiter: DelimiterGuess, lines: tuple[int, int]) -> None:
    if not segment.n_rows and not (segment.n_cut_short or segment.n_not_rows):
        return
    describe_segment(segment, Decoded(text="", encoding=scanned.encoding, confidence=scanned.confidence), delimiter)
    segment.source_index = filled.n_sources
    filled.add(segment, *lines)
