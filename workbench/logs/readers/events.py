"""Files that came along with logs and hold events: windows in JSON. They are announced, not read as measurements."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from workbench.core.errors import LogFormatError
from workbench.logs.readers.json_series import find_series_rows, is_instant
from workbench.logs.readers.sources import Source
from workbench.logs.readers.typed_rows import is_number_column
from workbench.logs.tables.sniff import is_time_name
from workbench.logs.text.decode import decode_bytes
from workbench.logs.times.instants import parse_stamp

MAX_JSON_BYTES = 64 << 20
MAX_JOURNAL_LINES = 100_000
_MAX_NODES = 2_000_000
MIN_RECORDS = 3
MAX_NAMES = 5_000
_MAX_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """A file of events, and how many it holds."""

    name: str
    n_events: int


def begins_like_json(head: bytes) -> bool:
    """Whether a text that begins with `head` may be a JSON object or array."""
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"{", b"[{", b"[[", b"[\n", b"[\r", b"[ "))


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonRows:
    """Records as rows under their names, and how many lines at the end were cut short."""

    cells: list[list[object]]
    """What JSON holds; the names first."""
    n_cut_short: int = 0

    @property
    def rows(self) -> list[list[str]]:
        """The cells as they are printed."""
        return [[cell_text(cell) for cell in row] for row in self.cells]


def read_json(source: Source) -> EventFile | JsonRows:
    """Rows of a list of records with numbers, else the number of events. Raises LogFormatError for other JSON."""
    if len(source.data) > MAX_JSON_BYTES:
        raise _refused(source, f"has {len(source.data)} bytes of JSON")
    try:
        tree, n_cut_short = _load(decode_bytes(source.data, source.name).text)
    except (ValueError, RecursionError) as error:
        raise _refused(source, "begins like JSON, but is none") from error
    cells = _rows_of(_unwrapped(tree)) or find_series_rows(tree)
    if cells:
        return JsonRows(cells=cells, n_cut_short=n_cut_short)
    n_events = _count(tree)
    if n_events == 0:
        raise _refused(source, "is JSON without start and end times")
    return EventFile(name=source.name, n_events=n_events)


def find_events_in_text(source: Source) -> EventFile | None:
    """A journal: lines that begin with a date and go on in words. None for other text."""
    lines = [line for line in decode_bytes(source.data, source.name).text.splitlines()[:MAX_JOURNAL_LINES] if line.strip()]
    n_dated = sum(_begins_with_date(line) for line in lines)
    return EventFile(name=source.name, n_events=n_dated) if n_dated >= max(1, 0.5 * len(lines)) else None


def find_events_in_markup(source: Source) -> EventFile | None:
    """Events in XML: elements that say an instant, in an attribute or in an element of their own. None for other text."""
    text = decode_bytes(source.data, source.name).text
    if not text.lstrip().startswith("<"):
        return None
    dated = _Dated()
    dated.feed(text)
    dated.close()
    n_events = dated.n_elements or -(-dated.n_texts // 2)  # a start and an end each
    return EventFile(name=source.name, n_events=n_events) if n_events else None


class _Dated(HTMLParser):
    """Counts elements with an instant in an attribute, and instants that are an element's text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.n_elements = self.n_texts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's own form
        """An element begins."""
        self.n_elements += any(value and is_instant(value) for _, value in attrs)

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        self.n_texts += is_instant(data.strip())


def _begins_with_date(line: str) -> bool:
    words = line.strip().lstrip("-*[(").split(maxsplit=3)
    tried = [" ".join(words[:count]).rstrip(":,;])") for count in (1, 2, 3)]
    rest = re.sub(r"[^\w\s]|\d", " ", line).split()
    return len([word for word in rest if len(word) > 1]) > 1 and any(parse_stamp(text) is not None for text in tried)


def _load(text: str) -> tuple[object, int]:
    """One document, or one record a line; a last line that a power loss cut short is left out and counted."""
    try:
        return json.loads(text), 0
    except ValueError:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        records = [json.loads(line) for line in lines[:-1]]
        try:
            return [*records, json.loads(lines[-1])], 0
        except ValueError:
            if len(records) < MIN_RECORDS:
                raise
            return records, 1


def _unwrapped(tree: object) -> object:
    """The list of records in an object that holds one, with plain facts beside it ({"data": [{…}, …]}); others as they are."""
    lists = lists_of_records(tree)
    return lists[0] if len(lists) == 1 else tree


def lists_of_records(tree: object) -> list[list[object]]:
    """The lists in an object whose first item is an object again."""
    values = tree.values() if isinstance(tree, dict) else ()
    return [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]


def _rows_of(tree: object) -> list[list[object]]:
    """Header and rows of flat records in which a number stands beside a time; [] for anything else."""
    records = [flat_record(record) for record in tree] if isinstance(tree, list) else []
    flat = [
        record for record in records if isinstance(record, dict) and not any(isinstance(v, (dict, list)) for v in record.values())
    ]
    if not flat or len(flat) < len(records):
        return []
    names = list(dict.fromkeys(str(name) for record in flat for name in record))
    if len(names) > MAX_NAMES or len(names) * len(flat) > _MAX_CELLS:
        return []
    if not has_time_and_numbers(flat[0], _numbers_in(flat, names)):
        return []
    return [list(names), *([record.get(name) for name in names] for record in flat)]


def _numbers_in(records: Sequence[Mapping[str, object]], names: Sequence[str]) -> Iterator[str]:
    """The names that hold numbers, as far as anyone asks: those of numbers that are printed come last, as they take long."""
    typed = [name for name in names if any(isinstance(record.get(name), (int, float)) for record in records)]
    yield from typed
    known = set(typed)
    yield from (name for name in names if name not in known and is_number_column(record.get(name) for record in records))


def has_time_and_numbers(first: Mapping[str, object], numbers: Iterable[str]) -> bool:
    """Whether records are measurements, by the first of them and the names that hold a number in any."""
    n_stamps = sum(parse_stamp(str(value)) is not None for value in first.values())
    if n_stamps == 1:
        return any(True for _ in numbers)
    return n_stamps == 0 and any(map(is_time_name, numbers))


def flat_record(record: object) -> object:
    """A record with time beside groups of values ({"time": …, "fields": {"p": 3.2}}) without its groups; others as they are.

    What lies in a group keeps its own name where that is the only one, else the group's stands before it.
    """
    if not isinstance(record, dict) or not any(isinstance(value, dict) for value in record.values()):
        return record
    if not any(is_time_name(str(name)) and not isinstance(value, (dict, list)) for name, value in record.items()):
        return record
    groups = {str(name): value for name, value in record.items() if isinstance(value, dict)}
    plain = {str(name): value for name, value in record.items() if str(name) not in groups}
    seen = Counter([*plain, *(str(name) for group in groups.values() for name in group)])
    for group, values in groups.items():
        plain.update({str(name) if seen[str(name)] == 1 else f"{group}.{name}": value for name, value in values.items()})
    return plain


def cell_text(value: object) -> str:
    """A value as the text of a cell."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def _refused(source: Source, what: str) -> LogFormatError:
    hint = "Give logs in a format that the manual's page on logs lists, and events as JSON with start and end times."
    return LogFormatError(f"{source.name} {what}.", hint, path=str(source.path))


def _count(tree: object) -> int:
    n_events = n_nodes = 0
    waiting = [tree]
    while waiting and n_nodes < _MAX_NODES:
        node = waiting.pop()
        n_nodes += 1
        values = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
        stamps = [value for value in values if is_instant(value)]
        if len(stamps) >= 2 or (isinstance(node, dict) and len(stamps) == 1):
            n_events += 1
        else:
            waiting.extend(value for value in values if isinstance(value, (dict, list)))
    return n_events
