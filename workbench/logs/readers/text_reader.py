"""The readers of text: tables of times and numbers, JSON records, and journals that are announced as events."""

from __future__ import annotations

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.readers.events import (
    EventFile,
    begins_like_json,
    find_events_in_markup,
    find_events_in_text,
    read_json,
)
from workbench.logs.readers.reader import Content
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Segment
from workbench.logs.readers.text import read_text
from workbench.logs.readers.typed_rows import read_typed_rows
from workbench.logs.tables.sniff import WHITESPACE, cell_kind

MAX_JOURNAL_BYTES = 4 << 20


class JsonReader:
    """JSON: a list of flat records, or one record a line. Windows with start and end are events."""

    kind, name, suffixes, extra = "json", "JSON", (".json", ".jsonl", ".ndjson"), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:
        """An object or an array of them."""
        return begins_like_json(head)

    def read(self, source: Source) -> Content:
        """Records as rows under their names, or events. Raises LogFormatError for other JSON."""
        try:
            found = read_json(source)
        except LogFormatError as refusal:
            try:
                return Content(segments=tuple(read_text(source)))  # a table whose first line merely looks like JSON
            except WorkbenchError:
                raise refusal from None
        if isinstance(found, EventFile):
            return Content(events=found)
        segments = read_typed_rows(found.cells, found.rows, source.name)
        segments[-1].n_cut_short += found.n_cut_short
        return Content(segments=tuple(segments))


class TextReader:
    """CSV and its relatives; a diary with dates is announced as events. Takes whatever no other reader knows."""

    kind, name, suffixes, extra = "text", "CSV or text", (".csv", ".txt", ".tsv", ".dat", ".asc", ".log"), ""
    needs: tuple[str, ...] = ()

    def recognises(self, head: bytes) -> bool:  # noqa: ARG002 - text is what is left when nobody else knows it
        """Anything: whether it is text is seen when it is read."""
        return True

    def read(self, source: Source) -> Content:
        """Tables, or events. Raises LogFormatError or EncodingError for what is neither."""
        try:
            segments = read_text(source)
        except LogFormatError:
            events = _find_journal(source)
            if events is None:
                raise
            return Content(events=events)
        events = _find_journal(source) if _is_prose(segments[0]) else None
        return Content(events=events) if events else Content(segments=tuple(segments))


def _find_journal(source: Source) -> EventFile | None:
    if len(source.data) >= MAX_JOURNAL_BYTES:
        return None
    return find_events_in_text(source) or find_events_in_markup(source)


def _is_prose(segment: Segment) -> bool:
    """Words between blanks are a table only by accident."""
    cells = [cell for row in segment.head for cell in row if cell]
    return segment.delimiter == WHITESPACE and segment.layout == "wide" and sum(map(_is_word, cells)) > 0.4 * len(cells)


def _is_word(cell: str) -> bool:
    return cell_kind(cell) == "x"
