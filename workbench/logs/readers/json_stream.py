"""Records of a JSON file of any size, one a line or in a list, which may lie in a wrapper, one after the other in bounded memory.

Same rows as `read_json` gives of a file in memory. The file is gone through twice: a name may stand in its last record only.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from workbench.core.errors import LogFormatError
from workbench.logs.readers.byte_stream import StreamSource, open_source
from workbench.logs.readers.events import (
    MAX_NAMES,
    MIN_RECORDS,
    cell_text,
    flat_record,
    has_time_and_numbers,
    lists_of_records,
)
from workbench.logs.readers.typed_rows import is_number
from workbench.logs.tables.cells import without_mark
from workbench.logs.tables.sniff import is_time_name

MAX_RECORD_CHARS = 4 << 20
_BETWEEN = re.compile(r"[\s,]*")
_LIST = re.compile(r"\[\s*\{")
_HEAD_BYTES = 4096
_BATCH_RECORDS = 512
Say = Callable[[float], None]


class _NoRecords(Exception):  # noqa: N818 - no error: another reader may know what it is
    """What is read is no flat record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonNames:
    """What the first pass found: names of all records, and how many at the end were cut short."""

    names: tuple[str, ...]
    n_cut_short: int


def find_json_names(source: StreamSource, say: Say) -> JsonNames | None:
    """Go through all records; None where they are not flat, without time or without numbers. Raises LogFormatError."""
    reading = _Reading(source)
    names: dict[str, None] = {}
    numbers: set[str] = set()
    first: dict[str, object] = {}
    is_measured = False
    try:
        for record in reading.records(say):
            first = first or record
            names.update(dict.fromkeys(record))
            if not is_measured and len(numbers) < len(names):  # more numbers change nothing
                numbers.update(name for name, value in record.items() if isinstance(value, (int, float)) or is_number(value))
                is_measured = has_time_and_numbers(first, numbers)
            if len(names) > MAX_NAMES:
                return None
    except _NoRecords:
        return None
    if not is_measured:
        return None
    return JsonNames(names=tuple(names), n_cut_short=reading.n_cut_short)


def json_rows(source: StreamSource, names: JsonNames, say: Say) -> Iterator[list[str]]:
    """The names, then each record as a row of cells under them. Raises LogFormatError where the file was changed meanwhile."""
    yield list(names.names)
    records = _Reading(source).records(say)
    try:
        while batch := list(islice(records, _BATCH_RECORDS)):
            columns = (_texts([record.get(name) for record in batch], is_time=is_time_name(name)) for name in names.names)
            yield from map(list, zip(*columns, strict=True))
    except _NoRecords as error:
        raise LogFormatError(f"{source.name} was changed while it was read.", "Import it again.", path=source.name) from error


def _texts(cells: Sequence[object], *, is_time: bool) -> list[str]:
    """The cells of one name as they are printed; numbers so that they can be read with either decimal mark."""
    if set(map(type, cells)) == {float} and not is_time:
        return list(map(without_mark, map(repr, cells)))
    if set(map(type, cells)) == {str}:
        return list(map(str, cells))
    return [without_mark(repr(cell)) if isinstance(cell, float) and not is_time else cell_text(cell) for cell in cells]


def find_list(start: str) -> int:
    """Where the list of records begins, in a text that begins with `start` (no blanks in front); -1 for one record a line.

    It is the text itself, or a list in an object ({"site": "A", "data": [{…}, …]}) in front of which little is said.
    """
    if not start.startswith("{"):
        return 0 if start.startswith("[") else -1
    scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # what `raw_decode` calls, without its errors
    at = 1
    try:
        while True:
            _, at = scan(start, _BETWEEN.match(start, at).end())  # type: ignore[union-attr] # matches always
            at = _BETWEEN.match(start, start.index(":", at) + 1).end()  # type: ignore[union-attr]
            if _LIST.match(start, at):
                return at
            _, at = scan(start, at)
    except (StopIteration, ValueError, RecursionError):
        return -1


class _Reading:
    """One reading of a file, from its beginning."""

    def __init__(self, source: StreamSource) -> None:
        self._source = source
        self._n_records = 0
        self._is_list = False
        self._before = ""
        """What a wrapper says in front of the list of records."""
        self.n_cut_short = 0

    def records(self, say: Say) -> Iterator[dict[str, object]]:
        """Flat records. Raises _NoRecords at one that is not, LogFormatError where the text is no JSON."""
        for value in self._values(say):
            record = value if isinstance(value, dict) else None
            if record is not None and not {dict, list}.isdisjoint(map(type, record.values())):
                found = flat_record(record)
                record = found if isinstance(found, dict) and {dict, list}.isdisjoint(map(type, found.values())) else None
            if record is None:
                raise _NoRecords
            self._n_records += 1
            yield record

    def _values(self, say: Say) -> Iterator[object]:
        scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # what `raw_decode` calls, without its errors
        text, at = "", 0
        for piece in self._pieces(say):
            text, at = text[at:] + piece, 0
            while True:
                at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr] # matches always
                if at == len(text) or (self._is_list and text[at] == "]"):
                    break
                try:
                    value, at = scan(text, at)
                except (StopIteration, ValueError):
                    break  # it goes on in the next piece
                except RecursionError:
                    raise self._refused() from None
                yield value
            if len(text) - at > MAX_RECORD_CHARS:
                raise _NoRecords if self._before else self._refused()
        self._check_end(text[at:].strip())

    def _pieces(self, say: Say) -> Iterator[str]:
        decoder: codecs.IncrementalDecoder | None = None
        with open_source(self._source) as opened:
            for chunk in opened.chunks():
                if decoder is None:
                    decoder = codecs.getincrementaldecoder(json.detect_encoding(chunk[:_HEAD_BYTES]))("replace")
                    start = decoder.decode(chunk).removeprefix("\ufeff").lstrip()
                    at = find_list(start)
                    self._is_list = at >= 0
                    self._before = start[: max(at, 0)]
                    yield start[at + 1 :]
                else:
                    yield decoder.decode(chunk)
                say(opened.fraction)

    def _check_end(self, rest: str) -> None:
        """A last line that a power loss cut short is left out and counted; a wrapper has to be whole."""
        if self._before and rest.startswith("]"):
            self._check_wrapper(rest)
            return
        if rest == ("]" if self._is_list else ""):
            return
        if self._is_list or "\n" in rest or self._n_records < MIN_RECORDS:
            raise self._refused()
        self.n_cut_short = 1

    def _check_wrapper(self, rest: str) -> None:
        """Raises _NoRecords where it was none, but a line with a list in it, or where it holds another list of records."""
        try:
            is_other = bool(lists_of_records(json.loads(f"{self._before}[{rest}")))
        except (ValueError, RecursionError):
            is_other = True
        if is_other:
            raise _NoRecords

    def _refused(self) -> LogFormatError:
        where = f"after {self._n_records:,} records it is none" if self._n_records else "is none"
        return LogFormatError(
            f"{self._source.name} begins like JSON, but {where}.", "Export it again.", path=str(self._source.path)
        )
