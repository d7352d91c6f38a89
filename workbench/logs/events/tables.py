"""Tables of text in which people and programs write down what happened: CSV and its kin, workbooks, JSON.

The first row with names is found below whatever stands above it; what is nested is flattened with dots. Text is hostile:
sizes are capped, control characters stripped. Must not import anything heavy at the top.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from workbench.core.errors import LogFormatError
from workbench.logs.readers.sources import Source
from workbench.logs.readers.workbook import check_workbook
from workbench.logs.text.decode import clean_text, decode_bytes
from workbench.logs.times.instants import parse_clock, parse_stamp

MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_CELL = 4000
_HEAD_LINES = 60
_KEYS = frozenset(("type", "name", "key", "attribute"))
_DELIMITERS = ";\t,|"
_EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """Names of the columns, and rows as long as the names; `line` is the file's row number of the first row."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int

    def column(self, place: int) -> list[str]:
        """The cells of one column."""
        return [row[place] for row in self.rows]


def read_event_table(data: bytes, path: Path) -> EventTable:
    """The table in a file. Raises LogFormatError or EncodingError naming it."""
    name = path.name
    if data.startswith(_EXCEL):
        rows = _best_sheet(Source(name=name, path=path, data=data, kind="excel"))
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        rows = _json_rows(decode_bytes(data, name).text, name)
    else:
        rows = _text_rows(decode_bytes(data, name).text, name)
    return _table_of(rows, path)


def _table_of(rows: list[list[str]], path: Path) -> EventTable:
    """The table below its header: the first row that is filled as widely as most rows, and whose cells are all different."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widths = Counter(width for width in filled if width > 1)
    if not widths:
        raise LogFormatError(
            f"{path.name} has no table.", "Give a file with one row an event, below a row of names.", path=str(path)
        )
    usual = max(widths, key=lambda width: (widths[width] * width, width))
    head = next(number for number, width in enumerate(filled) if width >= max(2, round(0.7 * usual)))
    names = [clean_text(cell) or f"column {place + 1}" for place, cell in enumerate(_trimmed(rows[head]))]
    if len(names) > MAX_COLUMNS:
        raise LogFormatError(f"{path.name} has {len(names)} columns.", f"Keep at most {MAX_COLUMNS}.", path=str(path))
    below = [row for row in rows[head + 1 :] if any(cell.strip() for cell in row)]
    if len(below) > MAX_ROWS:
        raise LogFormatError(f"{path.name} has {len(below)} rows.", f"Split it: {MAX_ROWS} are read at most.", path=str(path))
    padded = tuple(
        tuple(clean_text(cell, MAX_CELL) for cell in [*row[: len(names)], *[""] * (len(names) - len(row))]) for row in below
    )
    return _with_whole_times(EventTable(name=path.name, columns=tuple(_distinct(names)), rows=padded, line=head + 2))


def _with_whole_times(table: EventTable) -> EventTable:
    """A column of times of day right of one of dates is put into it: '09/03/2026' and '06:10:11' are one instant."""
    columns, rows = list(table.columns), [list(row) for row in table.rows]
    for place in range(len(columns) - 1, 0, -1):
        left, right = ([row[at] for row in rows[:200] if row[at]] for at in (place - 1, place))
        if left and right and all(map(_is_day, left)) and all(parse_clock(cell) is not None for cell in right):
            for row in rows:
                row[place - 1] = f"{row[place - 1]} {row[place]}".strip() if row[place - 1] else ""
                del row[place]
            del columns[place]
    return replace(table, columns=tuple(columns), rows=tuple(map(tuple, rows)))


def _is_day(cell: str) -> bool:
    stamp = parse_stamp(cell)
    return stamp is not None and not stamp.has_clock


def _text_rows(text: str, name: str) -> list[list[str]]:
    lines = text.splitlines()[:_HEAD_LINES]
    if lines and lines[0].casefold().startswith("sep=") and len(lines[0]) <= 6:
        delimiter, text = lines[0][4:5] or ",", "\n".join(text.splitlines()[1:])
    else:
        delimiter = max(_DELIMITERS, key=lambda mark: _regularity(lines, mark))
    try:
        return [
            row
            for row, _ in zip(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), range(MAX_ROWS + 100), strict=False)
        ]
    except csv.Error as error:
        raise LogFormatError(f"{name} can't be split into cells: {error}.", "Save it as CSV or Excel.") from error


def _regularity(lines: list[str], delimiter: str) -> float:
    counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
    return max((number * min(width, 30) ** 0.5 for width, number in counts.items()), default=0.0)


def _best_sheet(source: Source) -> list[list[str]]:
    """The sheet with the most filled cells."""
    from python_calamine import CalamineError, CalamineWorkbook

    check_workbook(source)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in workbook.sheet_names[:50]]
    except (CalamineError, OSError, ValueError) as error:
        raise LogFormatError(
            f"{source.name} can't be read as a workbook: {error}.", "Save it again as .xlsx or as CSV."
        ) from error
    rows = [[_text_of(cell) for cell in row] for row in max(sheets, key=_n_filled, default=[])[: MAX_ROWS + 100]]
    return [row for row in rows if any(row)]


def _n_filled(rows: Iterable[Iterable[object]]) -> int:
    return sum(cell not in (None, "") for row in rows for cell in row)


def _json_rows(text: str, name: str) -> list[list[str]]:
    """Records of a list, of the longest list within an object, or of one record a line."""
    try:
        tree = _load(text)
    except (ValueError, RecursionError) as error:
        raise LogFormatError(f"{name} begins like JSON, but is none: {error}.", "Export it again, or as CSV.") from error
    records = max(_lists_in(tree, 0), key=len, default=[])
    flat = [_flat(record) for record in records if isinstance(record, dict)]
    names = list(dict.fromkeys(key for record in flat for key in record))
    if not names:
        raise LogFormatError(f"{name} holds no list of records.", "It should have one record an event.")
    return [names, *([record.get(key, "") for key in names] for record in flat)]


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _lists_in(tree: object, depth: int) -> list[list[object]]:
    """Lists of records, also some levels down (d.results, value, data.items …)."""
    if isinstance(tree, list):
        return [tree] if any(isinstance(item, dict) for item in tree) else []
    if isinstance(tree, dict) and depth < 4:
        return [found for value in tree.values() for found in _lists_in(value, depth + 1)]
    return []


def _flat(record: dict[str, object], prefix: str = "", depth: int = 0) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and depth < 3:
            flat.update(_flat(value, f"{name}.", depth + 1))
        elif isinstance(value, list) and (pairs := _attributes(value)):
            flat.update({f"{name}.{key}": text for key, text in pairs.items()})
        elif isinstance(value, list):
            flat[name] = ", ".join(_text_of(item) for item in value if not isinstance(item, (dict, list)))
        else:
            flat[name] = _text_of(value)
    return flat


def _attributes(items: list[object]) -> dict[str, str]:
    """[{"type": "CAUSE", "code": "WEAR"}, …] → {"CAUSE": "WEAR"}; empty for a list of anything else."""
    pairs: dict[str, str] = {}
    for item in items[:MAX_COLUMNS]:
        named = [key for key in item if str(key).casefold() in _KEYS] if isinstance(item, dict) else []
        rest = (
            [key for key in item if key not in named and not isinstance(item[key], (dict, list))]
            if isinstance(item, dict)
            else []
        )
        if not isinstance(item, dict) or len(named) != 1 or len(rest) != 1:
            return {}
        pairs[_text_of(item[named[0]])] = _text_of(item[rest[0]])
    return pairs


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if (value.hour, value.minute, value.second) != (0, 0, 0) else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _trimmed(row: list[str]) -> list[str]:
    last = max((place for place, cell in enumerate(row) if cell.strip()), default=-1)
    return row[: last + 1]


def _distinct(names: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
