"""Puts segments together: which belong to one log (equal or growing headers), and their rows one below the other.

Nothing is read here yet: decimal marks, day order and units are decided later over all the rows of a log. Only where its mark
changes on the way (programs of two languages wrote it), the texts are brought to one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.logs.readers.table import Header, Layout, NumberCells, Segment, TimeColumns
from workbench.logs.summary import Finding
from workbench.logs.tables.cells import Cells, absent_cells, concat_cells, without_mark
from workbench.logs.tables.columns import UnitRows
from workbench.logs.tables.mark_stretches import Key, Span, find_comma_rows
from workbench.logs.times.parts import MARKS, padded

_Shape = tuple[str, int, tuple[int, ...], str]
"""Layout, number of columns, those of the time, delimiter."""
_WORDS_OF_COLUMN = 20
_HALF_BEFORE = re.compile(r"\s*([ap]\.?m\.?)(\.\d+)$", re.IGNORECASE)
"""08:00:00 AM.250: the half of the day stands behind the fraction."""
_NUMBER = re.compile(r"\s*[+\-\u2212]?,?\d")
_THOUSANDS = re.compile(r"(?<=\d)(?<!^0)\.(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of all segments of one log, in the order of the files, as printed."""

    layout: Layout
    sources: tuple[str, ...]
    source_rows: tuple[int, ...]
    """First row of each source."""
    n_rows: int
    headers: tuple[Header, ...]
    columns: tuple[Cells | NumberCells, ...]
    """Without the time columns."""
    units: tuple[UnitRows, ...]
    time: TimeColumns
    time_cells: Cells | None
    times_ns: NDArray[np.int64] | None
    is_absolute: bool
    delimiter: str
    n_cut_short: int
    n_not_rows: int
    n_without_time: int
    has_header: bool
    part: str = ""
    findings: tuple[Finding, ...] = ()


def build_tables(segments: Sequence[Segment], *, join: bool | None) -> list[Table]:
    """Group segments into logs and stack them."""
    return [_stack(_with_one_mark(group)) for group in group_segments(segments, join=join)]


def _with_one_mark(group: list[Segment]) -> list[Segment]:
    """A log whose numbers have decimal commas in some rows and points in others: all with points."""
    keys = list(dict.fromkeys(key for segment in group for key in column_keys(segment)))
    places = [key_indexes(segment) for segment in group]
    columns = {
        key: [(segment.columns[place[key]] if key in place else None) for segment, place in zip(group, places, strict=True)]
        for key in keys
    }
    mixed = [key for key in keys if _has_both_marks([cells for cells in columns[key] if isinstance(cells, Cells)])]
    if not mixed:
        return group
    numbers = {id(segment): number for number, segment in enumerate(group)}

    def cells_of(segment: Segment, key: Key) -> Cells | None:
        column = columns[key][numbers[id(segment)]]
        return column if isinstance(column, Cells) else None

    found = find_comma_rows(group, mixed, keys, cells_of)
    if found is None:
        return group
    return [
        _with_points(segment, spans, {place[key] for key in found.as_printed if key in place})
        for segment, spans, place in zip(group, found.spans, places, strict=True)
    ]


def _has_both_marks(columns: Sequence[Cells]) -> bool:
    return all(any(mark in text for column in columns for text in column.texts) for mark in ",.")


def _with_points(segment: Segment, spans: Sequence[Span], as_printed: set[int]) -> Segment:
    if not spans:
        return segment
    kept = as_printed | set(segment.time.indexes)
    columns = tuple(
        with_points(column, spans) if isinstance(column, Cells) and index not in kept else column
        for index, column in enumerate(segment.columns)
    )
    return replace(segment, columns=columns)


def with_points(cells: Cells, spans: Sequence[Span]) -> Cells:
    """Cells whose numbers have decimal commas in these rows (first, end), with points."""
    codes = cells.codes.copy()
    for first, end in spans:
        codes[first:end][codes[first:end] >= 0] += len(cells.texts)
    changed = Cells((*cells.texts, *map(_with_point, cells.texts)), codes).compact()
    return concat_cells([changed, absent_cells(0)])  # 1,5 and 1.5 become one text


def _with_point(text: str) -> str:
    """A number with a decimal comma (1.284,5) with a point (1284.5); other texts as they are."""
    return _THOUSANDS.sub("", text).replace(",", ".") if _NUMBER.match(text) else text


def words_of(table: Table) -> tuple[str, ...]:
    """What a log says besides its times: names of its files, headers, and the first texts of its columns that are no numbers."""
    headers = (f"{header.name} {header.printed} {header.description}" for header in table.headers)
    texts = (text for column in table.columns if isinstance(column, Cells) for text in column.texts[:_WORDS_OF_COLUMN])
    return (*table.sources, *headers, *(text for text in texts if text[:1].isalpha()))


def group_segments(segments: Sequence[Segment], *, join: bool | None) -> list[list[Segment]]:
    """Segments that belong to one log each, all with headers."""
    groups = _Groups(join=join)
    named: dict[_Shape, Segment] = {}
    for segment in segments:
        if segment.headers is not None:
            named.setdefault(_shape_of(segment), segment)
    for segment in segments:
        groups.add(_with_headers(segment, named.get(_shape_of(segment))))
    return groups.found


class _Groups:
    """Logs as far as their segments are known. Of thousands of files only those groups are compared that share a name."""

    def __init__(self, *, join: bool | None) -> None:
        self.found: list[list[Segment]] = []
        self._join = join
        self._keys: list[set[Key]] = []
        """Of each group, the keys of all its segments."""
        self._with_key: dict[Key, list[int]] = {}
        self._without_keys: list[int] = []
        self._ending_with: dict[int, set[int]] = {}
        """The groups whose newest segment is of a source."""

    def add(self, segment: Segment) -> None:
        """Put a segment into the first group that it belongs to, else into one of its own."""
        keys = set(column_keys(segment))
        near = set(self._ending_with.get(segment.source_index, ())) | set(self._without_keys if not keys else ())
        near.update(number for key in keys for number in self._with_key.get(key, ()))
        home = next(
            (at for at in sorted(near) if _belongs(segment, self.found[at], (keys, self._keys[at]), join=self._join)), None
        )
        if home is None:
            home = len(self.found)
            self.found.append([segment])
            self._keys.append(set())
            if not keys:
                self._without_keys.append(home)
        else:
            self._ending_with[self.found[home][-1].source_index].discard(home)
            self.found[home].append(segment)
        self._ending_with.setdefault(segment.source_index, set()).add(home)
        for key in keys - self._keys[home]:
            self._with_key.setdefault(key, []).append(home)
        self._keys[home] |= keys


def _shape_of(segment: Segment) -> _Shape:
    return segment.layout, len(segment.columns), tuple(segment.time.indexes), segment.delimiter


def _with_headers(segment: Segment, named: Segment | None) -> Segment:
    """A segment without header takes that of another of its shape (rotating files), else gets numbered names."""
    if segment.headers is not None:
        return segment
    if named is not None:
        time = replace(segment.time, header=named.time.header, notes=named.time.notes)
        return _copy(segment, named.headers or (), time)
    names = tuple(
        Header(name="time" if index in segment.time.indexes else f"column {index + 1}") for index in range(len(segment.columns))
    )
    return _copy(segment, names, segment.time)


def _copy(segment: Segment, headers: tuple[Header, ...], time: TimeColumns) -> Segment:
    return replace(segment, headers=headers, time=time)


def column_keys(segment: Segment) -> list[Key]:
    """Names without the time, numbered where they repeat."""
    return list(key_indexes(segment))


def _belongs(segment: Segment, group: list[Segment], keys: tuple[set[Key], set[Key]], *, join: bool | None) -> bool:
    """`keys` are the segment's and the group's."""
    first = group[0]
    if segment.part != first.part:
        return False
    if segment.source_index == group[-1].source_index and segment.layout == first.layout and segment.source == group[-1].source:
        return True
    if join is False or segment.layout != first.layout or (segment.time.kind == "none") != (first.time.kind == "none"):
        return False
    if segment.time.kind == "none" or segment.time.kind == "relative" or not _fit_in_time(segment.time, first.time):
        return False
    mine, theirs = keys
    if segment.layout == "pairs":
        return bool(mine & theirs)
    shared = len(mine & theirs)
    return mine == theirs or (shared >= 0.5 * max(len(mine), len(theirs)) and (mine <= theirs or theirs <= mine))


def _fit_in_time(time: TimeColumns, other: TimeColumns) -> bool:
    """Whether times can be read in one way: of stamps and counts since 1970 each says what it is, of serials none does."""
    return (time.kind, time.epoch) == (other.kind, other.epoch) or (_says_itself(time) and _says_itself(other))


def _says_itself(time: TimeColumns) -> bool:
    return time.kind in ("stamp", "date+clock") or time.epoch.startswith("unix_")


def time_of_all(segments: Sequence[Segment]) -> TimeColumns:
    """How the times of one log are read: as stamps where its files print them in different ways."""
    first = segments[0].time
    if all((one.time.kind, one.time.epoch) == (first.kind, first.epoch) for one in segments):
        return first
    return next((one.time for one in segments if one.time.kind != "epoch"), replace(first, kind="stamp", epoch=""))


def _stack(group: list[Segment]) -> Table:
    order: dict[Key, Header] = {}
    for segment in group:
        headers = [header for index, header in enumerate(segment.headers or ()) if index not in segment.time.indexes]
        for key, header in zip(column_keys(segment), headers, strict=True):
            order.setdefault(key, header)
    sources: list[str] = []
    source_rows: list[int] = []
    row, last = 0, -1
    for segment in group:
        if segment.source_index != last:
            last = segment.source_index
            sources.append(segment.source)
            source_rows.append(row)
        row += segment.n_rows
    keys = list(order)
    places = [key_indexes(segment) for segment in group]
    first = group[0]
    return Table(
        layout=first.layout, sources=tuple(sources), source_rows=tuple(source_rows), n_rows=row,
        headers=tuple(order.values()), columns=tuple(_stack_column(group, places, key) for key in keys),
        units=tuple(_stack_units(group, places, key) for key in keys), time=time_of_all(group), time_cells=_stack_time(group),
        times_ns=_stack_instants(group), is_absolute=first.is_absolute, delimiter=first.delimiter,
        n_cut_short=sum(segment.n_cut_short for segment in group), n_not_rows=sum(segment.n_not_rows for segment in group),
        n_without_time=sum(segment.n_without_time for segment in group),
        has_header=not first.headers or first.headers[0].name != "column 1", part=first.part,
        findings=tuple(finding for segment in group for finding in segment.findings),
    )  # fmt: skip


def find_key(segment: Segment, key: Key) -> int | None:
    """Index of a key among all columns of a segment, the time included."""
    return key_indexes(segment).get(key)


def key_indexes(segment: Segment) -> Mapping[Key, int]:
    """Index of each key among all columns of a segment. Whoever asks for one of ten thousand after the other gets the same."""
    return _indexes_of(_Headers(segment.headers or ()), tuple(segment.time.indexes))


class _Headers:
    """Headers that are the same where they are one object, as those of a file's blocks are: comparing all would take long."""

    def __init__(self, headers: tuple[Header, ...]) -> None:
        self.headers = headers

    def __hash__(self) -> int:
        return id(self.headers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Headers) and other.headers is self.headers


@lru_cache(64)
def _indexes_of(of: _Headers, time_indexes: tuple[int, ...]) -> Mapping[Key, int]:
    seen: dict[str, int] = {}
    found = {}
    for index, header in enumerate(of.headers):
        if index not in time_indexes:
            seen[header.name] = seen.get(header.name, 0) + 1
            found[header.name, seen[header.name]] = index
    return found


def _stack_column(group: list[Segment], places: list[Mapping[Key, int]], key: Key) -> Cells | NumberCells:
    found = [(segment, place.get(key)) for segment, place in zip(group, places, strict=True)]
    columns = [segment.columns[index] if index is not None else None for segment, index in found]
    if all(isinstance(column, NumberCells) or column is None for column in columns):
        empty = [np.full(segment.n_rows, np.nan) for segment in group]
        return NumberCells(
            np.concatenate(
                [column.values if isinstance(column, NumberCells) else gap for column, gap in zip(columns, empty, strict=True)]
            )
        )
    return concat_cells([_as_cells(column, segment.n_rows) for (segment, _), column in zip(found, columns, strict=True)])


def _as_cells(column: Cells | NumberCells | None, n_rows: int) -> Cells:
    if column is None:
        return absent_cells(n_rows)
    if isinstance(column, Cells):
        return column
    return Cells.of("" if np.isnan(value) else without_mark(repr(value)) for value in column.values.tolist())


def _stack_units(group: list[Segment], places: list[Mapping[Key, int]], key: Key) -> UnitRows:
    names: list[str] = []
    codes = []
    for segment, place in zip(group, places, strict=True):
        index = place.get(key)
        unit = segment.headers[index].unit if index is not None and segment.headers else None
        if unit and unit not in names:
            names.append(unit)
        codes.append(np.full(segment.n_rows, names.index(unit) if unit else -1, np.int16))
    return UnitRows(codes=np.concatenate(codes), names=tuple(names))


def _stack_time(group: list[Segment]) -> Cells | None:
    parts = [time_cells(segment) for segment in group]
    found = [part for part in parts if part is not None]
    return concat_cells(found) if found and len(found) == len(parts) else None


def time_cells(segment: Segment) -> Cells | None:
    """The printed time of each row; date and time of day of two columns are put together."""
    columns = [segment.columns[index] for index in segment.time.indexes]
    texts = [column for column in columns if isinstance(column, Cells)]
    if not texts or len(texts) != len(columns):
        return None
    joined = texts[0]
    for number, part in enumerate(texts[1:], 1):
        if segment.time.parts:
            joined = _side_by_side(joined, _map(part, padded), MARKS[segment.time.parts[number]])
            continue
        n_fraction = segment.time.n_fraction if number == len(texts) - 1 else 0
        joined = _side_by_side(joined, _padded(part, n_fraction), "." if n_fraction else " ")
        joined = _map(joined, lambda text: _HALF_BEFORE.sub(r"\2 \1", text)) if n_fraction else joined
    return joined


def _map(cells: Cells, change: Callable[[str], str]) -> Cells:
    return Cells(tuple(map(change, cells.texts)), cells.codes)


def _padded(cells: Cells, n_digits: int) -> Cells:
    return _map(cells, lambda text: text.strip().zfill(n_digits)) if n_digits else cells


def _side_by_side(left: Cells, right: Cells, mark: str) -> Cells:
    width = len(right.texts) + 1
    pairs = left.codes.astype(np.int64) * width + right.codes
    distinct, codes = np.unique(pairs, return_inverse=True)
    texts = tuple(f"{left.texts[pair // width].strip()}{mark}{right.texts[pair % width].strip()}" for pair in distinct.tolist())
    return Cells(texts, codes.astype(np.int32))


def _stack_instants(group: list[Segment]) -> NDArray[np.int64] | None:
    parts = [segment.times_ns for segment in group if segment.times_ns is not None]
    return np.concatenate(parts) if len(parts) == len(group) else None
