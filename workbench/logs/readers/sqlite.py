"""SQLite databases, read in memory and never written: each table or view with a time and numbers, wide or long.

The file is hostile until proven otherwise: nothing of it is opened by path, only reading is authorised, a view may not run on for
ever, and no extension, attachment or trigger of it does anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.reader import Content, cant_read
from workbench.logs.readers.sources import Source
from workbench.logs.readers.sqlite_tags import name_tags
from workbench.logs.sniff import find_time
from workbench.logs.text import clean_text

MAX_TABLES = 500
MAX_CELLS = 30_000_000
_MAX_COLUMNS = 2000
_HEAD_ROWS = 200
_MAX_OPS, _LEAST_OPS, _OPS_A_BYTE = 2_000_000_000, 100_000_000, 200
_LEAST_CELLS, _CELLS_A_BYTE = 200_000, 4
"""What a view may take and give, next to the size of its file: a cell that is stored takes a byte at least."""
_OPS_A_CALL = 1_000_000
_MAX_TEXT_BYTES = 1 << 30
_MAX_CELL_BYTES = 4000
_MAX_EXACT = 1 << 53
"""Whole numbers beyond this lose digits as float64."""
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_RECURSIVE}
)
_PRAGMAS = frozenset({"table_info", "table_xinfo", "trusted_schema", "cell_size_check", "query_only", "foreign_key_list"})
Row = tuple[object, ...]


class SqliteReader:
    """SQLite version 3."""

    kind, name, suffixes, extra, needs = "sqlite", "SQLite", (".db", ".sqlite", ".sqlite3", ".db3"), "", ("sqlite3",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic."""
        return head.startswith(b"SQLite format 3\x00")

    def read(self, source: Source) -> Content:
        """Every table with a time and numbers. Raises LogFormatError where there is none."""
        _check_log(source)
        _check_whole(source)
        try:
            with closing(sqlite3.connect(":memory:")) as database:
                database.deserialize(_without_wal(source.data))
                _restrict(database, len(source.data))
                groups = list(_tables_of(source, database))
        except (sqlite3.Error, ValueError, OverflowError, MemoryError) as error:
            raise cant_read(source, self.name, error, "Copy it again while no program writes into it.") from error
        return content_of(source, groups)


def _check_log(source: Source) -> None:
    """What was written last may lie in a file beside it; without it the database would be silently old."""
    if source.path.name != source.name:
        return
    beside = Path(f"{source.path}-wal")
    if beside.is_file() and beside.stat().st_size:
        raise LogFormatError(
            f"{source.name} is in use: what was written last is still in {beside.name}.",
            "Close the program that writes it, or export it (sqlite3 log.db 'VACUUM INTO copy.db').",
            path=str(source.path),
        )


def _check_whole(source: Source) -> None:
    """The header counts the pages (bytes 16 and 28; valid where 24 and 92 agree; SQLite file format, 1.3): all must be there."""
    data = source.data
    if len(data) < 100:
        raise cant_read(source, "SQLite", "it is cut short", "Copy it again.")
    size = int.from_bytes(data[16:18], "big")
    due = (65536 if size == 1 else size) * int.from_bytes(data[28:32], "big")
    if data[24:28] == data[92:96] and due > len(data):
        raise cant_read(source, "SQLite", f"it is cut short: {len(data)} of {due} bytes are there", "Copy it again.")


def _without_wal(data: bytes) -> bytes:
    """Without the header's mark for a write-ahead log (bytes 18 and 19; SQLite file format, 1.3.3): in memory there is none."""
    return data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data


def _restrict(database: sqlite3.Connection, size_bytes: int) -> None:
    """Only reading, within limits."""
    n_left = min(_MAX_OPS, _LEAST_OPS + _OPS_A_BYTE * size_bytes) // _OPS_A_CALL

    def count() -> int:
        nonlocal n_left
        n_left -= 1
        return int(n_left <= 0)

    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 24)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.set_authorizer(_authorise)
    database.set_progress_handler(count, _OPS_A_CALL)
    database.text_factory = _TextCount()


def _authorise(action: int, first: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_PRAGMA and first not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


class _TextCount:
    """Makes texts of cells, and no more of them than a file can hold: a view or a default makes many of few bytes."""

    def __init__(self) -> None:
        self._n_bytes = 0

    def __call__(self, data: bytes) -> str:
        self._n_bytes += len(data)
        if self._n_bytes > _MAX_TEXT_BYTES:
            raise ValueError(f"its tables and views give more than {_MAX_TEXT_BYTES >> 20} MB of text")
        return data[:_MAX_CELL_BYTES].decode("utf-8", "replace")


def _tables_of(source: Source, database: sqlite3.Connection) -> Iterator[ArrayGroup]:
    listed = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type, name").fetchall()
    tables = [str(name) for (name,) in listed if not str(name).startswith("sqlite_")][:MAX_TABLES]
    layouts = {table: _columns_of(database, table) for table in tables}
    found = [(table, columns) for table, columns in layouts.items() if columns and _is_log(database, table, columns)]
    if not found:
        known = clean_text(", ".join(tables[:12])) or "none"
        raise LogFormatError(
            f"{source.name} has no table with a time and numbers. Its tables: {known}.", "Give a log.", path=str(source.path)
        )
    n_cells, most = 0, min(MAX_CELLS, _LEAST_CELLS + _CELLS_A_BYTE * len(source.data))
    for table, columns in found:
        arrays = _read_table(source, database, table, columns, most - n_cells)
        arrays = name_tags(database, table, arrays, layouts)
        n_cells += sum(len(array.values) for array in arrays)
        yield ArrayGroup(arrays=arrays, title=table if len(found) > 1 else "")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns_of(database: sqlite3.Connection, table: str) -> list[str]:
    rows = database.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
    return [str(row[1]) for row in rows][:_MAX_COLUMNS]


def _select(table: str, columns: list[str]) -> str:
    # What is binary is no measurement, and may be large.
    cells = (f"IIF(typeof({name}) = 'blob', NULL, {name})" for name in map(_quoted, columns))
    return f"SELECT {', '.join(cells)} FROM {_quoted(table)}"  # noqa: S608 - names are quoted


def _is_log(database: sqlite3.Connection, table: str, columns: list[str]) -> bool:
    rows: list[Row] = database.execute(f"{_select(table, columns)} LIMIT {_HEAD_ROWS}").fetchall()
    texts = [[_printed(cell) for cell in row] for row in rows]
    time = find_time(texts, columns)
    numeric = [index for index in range(len(columns)) if any(isinstance(row[index], (int, float)) for row in rows)]
    return len(rows) > 1 and time.kind != "none" and any(index not in time.indexes for index in numeric)


def _read_table(
    source: Source, database: sqlite3.Connection, table: str, columns: list[str], most: int
) -> tuple[NamedArray, ...]:
    cursor = database.execute(_select(table, columns))
    kept: list[list[object]] = [[] for _ in columns]
    while rows := cursor.fetchmany(10_000):
        for values, column in zip(kept, zip(*rows, strict=True), strict=True):
            values.extend(column)
        if len(kept[0]) * len(columns) > most:
            raise LogFormatError(
                f"'{clean_text(table)}' of {source.name} gives more cells than can be read with care.",
                "Export less at a time.",
                path=str(source.path),
            )
    return tuple(NamedArray(name=name, values=_array_of(values)) for name, values in zip(columns, kept, strict=True))


def _array_of(values: list[object]) -> NDArray[np.float64] | NDArray[np.int64] | list[str]:
    """Numbers where there is nothing else but NULL, else texts."""
    if all(type(value) is int and abs(value) < 1 << 62 for value in values):
        return np.array(values, np.int64)
    numbers = [value for value in values if value is not None]
    is_numeric = bool(numbers) and all(isinstance(value, (int, float)) and abs(value) <= _MAX_EXACT for value in numbers)
    if is_numeric:
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return [_printed(value) for value in values]


def _printed(value: object) -> str:
    """A cell as text; what is binary is no measurement."""
    return "" if value is None or isinstance(value, bytes) else str(value)
