"""Text logs: CSV and its relatives, tables with several header rows, name-value lines, files that were glued together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from workbench.core.errors import LogFormatError
from workbench.logs.readers.date_parts import join_date_parts
from workbench.logs.readers.gather import Gatherer, TableLayout, is_data_like
from workbench.logs.readers.lines import find_grammar
from workbench.logs.readers.markup import begins_like_markup, read_markup
from workbench.logs.readers.named_pairs import find_named_pairs, pick_pairs
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import ColumnEncoder, Header, Segment, TimeColumns, build_headers
from workbench.logs.readers.tag_times import find_tag_times, read_tag_times
from workbench.logs.tables.header_rows import HeaderGuess, find_header, strip_trailing
from workbench.logs.tables.sniff import (
    WHITESPACE,
    DelimiterGuess,
    cell_kind,
    find_time,
    is_time_name,
    may_be_name,
)
from workbench.logs.text.decode import Decoded, clean_text, decode_bytes
from workbench.logs.times.elapsed import has_time_unit
from workbench.logs.times.instants import parse_clock, parse_stamp, unix_ns
from workbench.logs.times.parts import joined
from workbench.logs.units import find_unit

MAX_LINE_CHARS = 1_000_000
MAX_COLUMNS = 16_384
MIN_ROWS_WITHOUT_TIME = 20
MIN_SHARE = 0.5
MIN_SHARE_BLANKS = 0.7
"""Words between blanks are a table only by accident: more of the lines must be rows."""
SAMPLE_LINES = 400
_HEAD_ROWS = 30
_HEAD_CELLS = 64
_DATED = ("stamp", "date+clock", "epoch")
_PAIR = re.compile(r"\s*([^\s=:;,]{1,80}|[^\W\d][^=;,]{0,79}?(?=\s*=))\s*[=:]\s*([^=]{0,80}?)\s*")
Rows = Sequence[list[str]]


def read_text(source: Source) -> list[Segment]:
    """The segments of a text file. Raises LogFormatError or EncodingError naming the file."""
    _check_has_lines(source)
    decoded = decode_bytes(source.data, source.name)
    if begins_like_markup(decoded.text):
        table = read_markup(decoded.text, source.name)
        return read_rows(table, table[:SAMPLE_LINES], source.name)
    lines = split_lines(decoded.text, source.name)
    middle = max(100, len(lines) // 2)
    grammar = find_grammar(lines[:100], lines[middle : middle + 100])
    if not grammar.guess.delimiter:
        raise no_table(source.name)
    sample = list(islice(grammar.rows(lines), SAMPLE_LINES))
    segments = read_rows(grammar.rows(lines), sample, source.name, min_share=least_share(grammar.guess))
    for segment in segments:
        describe_segment(segment, decoded, grammar.guess)
    return segments


def least_share(guess: DelimiterGuess) -> float:
    """The share of lines that must be rows of a table."""
    return MIN_SHARE_BLANKS if guess.delimiter == WHITESPACE else MIN_SHARE


def _check_has_lines(source: Source) -> None:
    """Refuse an endless first line before it is decoded."""
    head = source.data[: 4 * MAX_LINE_CHARS]
    if len(head) == 4 * MAX_LINE_CHARS and b"\n" not in head and b"\r" not in head and b"\x00" not in head[:4096]:
        raise no_line_end(source.name, len(head))


def no_line_end(name: str, n_chars: int) -> LogFormatError:
    """The refusal of one endless line."""
    hint = "It is damaged or no log; export it again."
    return LogFormatError(f"{name} has no line end in its first {n_chars} characters.", hint, path=name, line=1)


def describe_segment(segment: Segment, decoded: Decoded, delimiter: DelimiterGuess) -> None:
    """Note how a segment's text was read."""
    segment.encoding = decoded.encoding
    segment.delimiter = delimiter.delimiter
    segment.confidence = {"encoding": decoded.confidence, "delimiter": delimiter.confidence}


def no_table(name: str) -> LogFormatError:
    """The refusal of a text in which no rows with numbers are found."""
    return LogFormatError(
        f"{name} holds no table of times and numbers.",
        "Give a log with a time column and measurements, one row a line.",
        path=name,
    )


def split_lines(text: str, name: str) -> list[str]:
    """Lines that hold anything; a quoted cell may go over several lines. Raises LogFormatError for an endless line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line and not line.isspace()]
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_CHARS:
            raise LogFormatError(
                f"Line {number} of {name} has {len(line)} characters; at most {MAX_LINE_CHARS} are read.",
                "It is damaged or no log; export it again.",
                path=name,
                line=number,
            )
    return list(join_quoted(lines)) if '"' in text else lines


_QUOTED = re.compile(r'(^|[,;\t| ])"(?:[^"]|"")*"(?=[,;\t| ]|$)')
_OPENS = re.compile(r'(?:^|[,;\t| ])"')


class QuoteJoiner:
    """Joins lines while a quote is open, at most ten: a lost quote must not swallow the file."""

    def __init__(self) -> None:
        self._held: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether a line waits for the end of its quote."""
        return bool(self._held)

    def add(self, line: str) -> list[str]:
        """What is complete with this line."""
        self._held.append(line)
        if not _waits(" ".join(self._held)):
            return [" ".join(self.rest())]
        return self.rest() if len(self._held) >= 10 else []

    def rest(self) -> list[str]:
        """What waits, as it is."""
        held, self._held = self._held, []
        return held


def _waits(text: str) -> bool:
    """Whether a quote is open at the end: one in front of a cell, which inches (5") and Hebrew abbreviations are not."""
    return text.count('"') % 2 == 1 and _OPENS.search(_QUOTED.sub(r"\1", text)) is not None


def join_quoted(lines: Iterable[str]) -> Iterator[str]:
    """Lines with what a quoted cell has below them."""
    joiner = QuoteJoiner()
    for line in lines:
        yield from joiner.add(line)
    yield from joiner.rest()


def read_rows(rows: Iterable[list[str]], sample: Rows, name: str, min_share: float = MIN_SHARE) -> list[Segment]:
    """Segments from rows of cells (text lines or a sheet); `sample` are the first of them."""
    rows, sample = join_date_parts(rows, sample)
    layout = _plan_joined(sample, name)
    groups = find_tag_times(sample[layout.first_row :], layout.header.names)
    if groups:
        segments = [read_tag_times(rows, layout, groups, name)]
    else:
        segments = [_read_pairs(rows, layout, name)] if layout.is_pairs else Gatherer(layout, name).gather(rows)
    for segment in segments:
        segment.head = tuple(tuple(clean_text(cell) for cell in row) for row in sample[:_HEAD_ROWS])
    n_rows = sum(segment.n_rows for segment in segments)
    n_lost = sum(segment.n_cut_short + segment.n_not_rows for segment in segments)
    check_share(layout, name, n_rows, n_lost, min_share)
    return [segment for segment in segments if segment.n_rows]


def read_odd_blocks(
    rows: Iterable[list[str]], sample: Rows, layout: TableLayout, name: str, block_rows: int
) -> Iterator[Segment] | None:  # fmt: skip
    """Rows that are no plain table (name and value, a time for each tag) in segments of `block_rows` rows; None for a table."""
    if not is_odd(sample, layout):
        return None
    groups = find_tag_times(sample[layout.first_row :], layout.header.names)
    return _read_odd(iter(rows), layout, groups, name, block_rows)


def is_odd(sample: Rows, layout: TableLayout) -> bool:
    """Whether rows are no plain table: names and values, or a time for each tag."""
    return layout.is_pairs or bool(find_tag_times(sample[layout.first_row :], layout.header.names))


def _read_odd(
    stream: Iterator[list[str]], layout: TableLayout, groups: list[tuple[int, int, int | None]], name: str, block_rows: int
) -> Iterator[Segment]:  # fmt: skip
    while block := list(islice(stream, block_rows)):
        yield read_tag_times(block, layout, groups, name) if groups else _read_pairs(block, layout, name)
        layout = replace(layout, first_row=0)


def plan_rows(sample: Rows, name: str) -> TableLayout:
    """How rows are to be taken, from the first of them. Raises LogFormatError where they are no table."""
    return _plan_joined(join_date_parts((), sample)[1], name)


def _plan_joined(sample: Rows, name: str) -> TableLayout:
    layout = find_layout(sample)
    if layout is None:
        raise no_table(name)
    _check_header_fits(sample, layout, name)
    if layout.n_cells > MAX_COLUMNS:
        raise LogFormatError(f"{name} has {layout.n_cells} columns; at most {MAX_COLUMNS} are read.", "Split it.", path=name)
    return layout


def check_share(layout: TableLayout, name: str, n_rows: int, n_lost: int, min_share: float) -> None:
    """Raises LogFormatError where too few of the lines are rows of the table."""
    is_undated = layout.time.kind == "none" and not any(map(is_time_name, layout.header.names or ()))
    is_too_small = is_undated and n_rows < MIN_ROWS_WITHOUT_TIME
    if n_rows == 0 or n_rows < min_share * (n_rows + n_lost) or is_too_small:
        raise no_table(name)


def _check_header_fits(sample: Rows, layout: TableLayout, name: str) -> None:
    """A row of names that has not as many cells as the data must not be passed over in silence."""
    above = sample[layout.first_row - 1] if layout.first_row else []
    if layout.header.names is None and not layout.is_pairs and len(above) > 1 and any(map(is_time_name, above)):
        raise LogFormatError(
            f"The header of {name} has {len(above)} names, but its rows have {layout.n_cells} cells.",
            "The decimal mark may be the delimiter too; export it again with semicolons.",
            path=name,
            line=layout.first_row,
        )


def find_layout(sample: Rows) -> TableLayout | None:
    """Find the first data row, the header above it and the time columns; None when there is no table."""
    likely = [row for row in sample if is_data_like(row)]
    if not likely:
        return None
    usual = Counter(len(row) for row in likely).most_common(1)[0][0]
    body = [row for row in likely if len(row) >= 0.5 * usual]
    time = find_time(body, None)
    is_dated = [len(row) >= 0.5 * usual and is_data_like(row) and _has_time(row, time) for row in sample]
    first = _find_first_row(sample, is_dated, body)
    if first is None:
        return None
    data = [row for row in sample[first:] if is_data_like(row)]
    header = _match_row_names(find_header(sample[:first], data, time.indexes), data, time)
    # the header's words settle what the numbers alone can't: epochs, elapsed time, UTC
    time = find_time(data, header.names, header.notes)
    time = replace(time, notes=header.notes, header=_name_with_unit(time, header.units))
    pairs = find_named_pairs(header.names or ()) if time.kind in _DATED else ()
    if pairs:
        return TableLayout(time=time, header=header, first_row=first, n_cells=0, is_pairs=True, pairs=pairs)
    if header.names is None and _is_pairs(data, time):
        return TableLayout(time=time, header=header, first_row=first, n_cells=0, is_pairs=True)
    n_written = Counter(len(strip_trailing(row)) for row in data[:50])
    n_cells = max(n_written)
    if header.names:  # the last of them may have a name or not: what most rows write below an empty one is a column
        n_cells = max(len(strip_trailing(header.names)), min(len(header.names), n_written.most_common(1)[0][0]))
        if all(len(row) < n_cells for row in data[1:50]):  # the first row alone says something more (a serial number)
            n_cells = max(len(row) for row in data[1:50]) if len(data) > 1 else n_cells
    return TableLayout(time=time, header=header, first_row=first, n_cells=n_cells)


def _name_with_unit(time: TimeColumns, units: Sequence[str] | None) -> str:
    """The name of an elapsed time with the unit that a row of units gives it, where the name has none."""
    unit = units[time.indexes[0]].strip(" []()") if time.kind == "relative" and units and time.indexes[0] < len(units) else ""
    named = f"{time.header} [{unit}]"
    return named if has_time_unit(named) and not has_time_unit(time.header) else time.header


def _find_first_row(sample: Rows, is_dated: Sequence[bool], body: Rows) -> int | None:
    """Where data begins: a preamble has dates too (start, end of the measurement), but not in cells like those of the rows."""
    dated = [index for index, is_one in enumerate(is_dated) if is_one]
    if not dated:
        return None
    columns = [Counter(map(cell_kind, column)) for column in zip_longest(*(row[:_HEAD_CELLS] for row in body), fillvalue="")]
    first = next((index for index in dated if _is_alike(sample[index], columns)), dated[0])
    while first and is_dated[first - 1]:
        first -= 1
    return first


def _is_alike(row: Sequence[str], columns: Sequence[Counter[str]]) -> bool:
    """Whether most cells of a row are of a kind that their column often holds."""
    kinds = list(zip(map(cell_kind, row), columns, strict=False))
    return 2 * sum(kind == "e" or usual[kind] >= 0.1 * usual.total() for kind, usual in kinds) > len(kinds)


def _match_row_names(header: HeaderGuess, data: Rows, time: TimeColumns) -> HeaderGuess:
    """A header one cell short of every row, as some programs write when rows have names, gets an empty name in front."""
    if header.names is None or header.units is not None:
        return header
    n_names = len(strip_trailing(header.names))
    one_more = all(len(strip_trailing(row)) == n_names + 1 for row in data[:50])
    if time.kind == "stamp" and time.indexes[0] < n_names and is_time_name(header.names[time.indexes[0]]):
        return header  # the names fit as they are
    if one_more and (not is_time_name(header.names[0]) or _is_time_after_names(header.names, time)):
        return replace(header, names=("", *header.names))
    return header


def _is_time_after_names(names: Sequence[str], time: TimeColumns) -> bool:
    """Whether the name of the time stands one column before the stamps."""
    first = time.indexes[0] if time.kind == "stamp" else 0
    return 1 <= first <= len(names) and is_time_name(names[first - 1])


def _has_time(row: Sequence[str], time: TimeColumns) -> bool:
    if time.kind in ("none", "relative", "epoch"):
        return True
    if max(time.indexes) >= len(row):
        return False
    if time.parts:
        return parse_stamp(joined([row[index] for index in time.indexes], time.parts)) is not None
    day, *clock = (row[index].strip() for index in time.indexes[:2])
    if time.kind != "date+clock" or parse_stamp(day) is None:
        return parse_stamp(day) is not None or unix_ns(day) is not None  # a column may go over from counts to stamps
    return parse_clock(clock[0]) is not None or parse_stamp(f"{day} {clock[0]}") is not None  # 06.30.00 is one beside a date only


def _is_pairs(data: Rows, time: TimeColumns) -> bool:
    """Whether rows are time, name, value, name, value …, or time, name=value, name=value …"""
    if time.kind not in _DATED:
        return False
    start = max(time.indexes) + 1
    n_pairs = n_rows = 0
    names: set[str] = set()
    for row in data:
        cells = strip_trailing(row[start:])
        if len(cells) < 2 and not (cells and _PAIR.fullmatch(cells[0])):
            continue
        n_rows += 1
        found = _pairs_of(cells)
        if found:
            n_pairs += 1
            names.update(name for name, _ in found)
    return n_rows > 0 and n_pairs >= 0.9 * n_rows and len(names) <= max(64, n_rows)


def _pairs_of(cells: Sequence[str]) -> list[tuple[str, str]] | None:
    """(name, value) of the cells after the time; None when they are no pairs."""
    assigned = [_PAIR.fullmatch(cell) for cell in cells]
    # what has an equals sign is no time, and no number: by far the most pairs are told by that
    if cells and all(assigned) and all("=" in cell or cell_kind(cell) not in "tn" for cell in cells):
        return [(match[1], match[2]) for match in assigned if match]
    for step in (2, 3):
        if len(cells) % step or not cells:
            continue
        names, values, units = cells[0::step], cells[1::step], cells[2::step] if step == 3 else ()
        if all(map(may_be_name, names)) and all(cell_kind(value) in "ne" for value in values) and all(map(find_unit, units)):
            titles = [f"{name.strip()} [{unit.strip()}]" for name, unit in zip(names, units, strict=False)]
            return list(zip(titles or [name.strip() for name in names], values, strict=True))
    return None


def _read_pairs(rows: Iterable[list[str]], layout: TableLayout, name: str) -> Segment:
    """Pivot name-value lines: a column for each name, absent where a line does not mention it."""
    start = max(layout.time.indexes) + 1
    times = [ColumnEncoder() for _ in layout.time.indexes]
    columns: dict[str, ColumnEncoder] = {}
    n_rows = n_cut = n_not_rows = 0
    for row in rows:
        if not _has_time(row, layout.time):
            n_not_rows += 1
            continue
        pairs = pick_pairs(row, layout.pairs) if layout.pairs else _pairs_of(strip_trailing(row[start:]))
        if not pairs:
            n_cut += 1
            continue
        for encoder, index in zip(times, layout.time.indexes, strict=True):
            encoder.extend([row[index]])
        for key, value in pairs:
            columns.setdefault(key, ColumnEncoder()).place(n_rows, value)
        n_rows += 1
    headers = (*(Header(name="time") for _ in times), *build_headers(list(columns)))
    cells = (*(encoder.finish() for encoder in times), *(encoder.finish(n_rows) for encoder in columns.values()))
    time = replace(layout.time, indexes=tuple(range(len(times))))
    return Segment(
        source=name, layout="pairs", headers=headers, columns=cells, time=time, n_cut_short=n_cut, n_not_rows=n_not_rows
    )
