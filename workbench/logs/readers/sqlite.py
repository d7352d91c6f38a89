"""SQLite databases, read row by row and never written: each table or view with a time and numbers, wide or long.

The file is hostile until proven otherwise: it is opened as one that nobody changes, only reading is authorised, a view may not
run on for ever, and no extension, attachment, journal or trigger of it does anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import translate_os_error
from workbench.core.errors import JobCancelled, LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.lazy import Guard, Together
from workbench.logs.readers.reader import Content, ReadGuard, Streaming, cant_read
from workbench.logs.readers.sources import Source
from workbench.logs.readers.sqlite_tags import name_tags, quoted
from workbench.logs.readers.typed_rows import is_number_column
from workbench.logs.tables.cells import without_mark
from workbench.logs.tables.sniff import find_time
from workbench.logs.text.decode import clean_text

MAX_TABLES = 500
_MAX_COLUMNS = 2000
_HEAD_ROWS = 200
_MAX_OPS, _LEAST_OPS, _OPS_A_BYTE, _MOST_OPS_A_BYTE = 2_000_000_000, 100_000_000, 200, 40
_LEAST_CELLS, _CELLS_A_BYTE = 200_000, 4
"""What a view may take and give, next to the size of its file: a cell that is stored takes a byte at least."""
_READINGS = 8
"""How often a text may be read, and then some."""
_AT_ONCE = 300
_SKIP_ROWS = 10_000
_OPS_A_CALL = 1_000_000
_MAX_TEXT_BYTES = 1 << 30
_MAX_CELL_BYTES = 4000
_MAX_EXACT = 1 << 53
"""Whole numbers beyond this lose digits as float64."""
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_RECURSIVE}
)
_PRAGMAS = frozenset({"table_info", "table_xinfo", "trusted_schema", "cell_size_check", "query_only", "foreign_key_list"})
_HOT = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
"""How a rollback journal begins while it is needed (SQLite file format, 3)."""
Row = tuple[object, ...]


class SqliteReader(Streaming):
    """SQLite version 3."""

    kind, name, suffixes, extra, needs = "sqlite", "SQLite", (".db", ".sqlite", ".sqlite3", ".db3"), "", ("sqlite3",)

    def recognises(self, head: bytes) -> bool:
        """The file's magic."""
        return head.startswith(b"SQLite format 3\x00")

    @contextmanager
    def opened(self, source: Source) -> Iterator[Content]:
        """Every table with a time and numbers. Raises LogFormatError where there is none."""
        _check_log(source)
        _check_whole(source)
        # A view may give other rows each time that it is asked.
        trouble = (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError, MemoryError)
        guard = _Watch(ReadGuard(source, self.name, trouble, "Copy it again while no program writes into it."))
        with ExitStack() as stack:
            with guard():
                database = stack.enter_context(closing(_connect(source)))
                _restrict(database, source.size_bytes, guard)
                groups = list(_tables_of(source, database, guard))
            yield content_of(source, groups)


def _connect(source: Source) -> sqlite3.Connection:
    """In memory where its bytes are; else the file itself, which is only read and neither locked nor mended."""
    if source.file is not None:
        return sqlite3.connect(f"{uri_of(source.file.absolute())}?mode=ro&immutable=1", uri=True)
    database = sqlite3.connect(":memory:")
    database.deserialize(_without_wal(source.data))
    return database


def uri_of(path: PurePath) -> str:
    """An absolute path for SQLite, which takes no machine's name where a URI has it: a share's goes into the path."""
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else f"file://{uri.removeprefix('file:')}"


def _check_log(source: Source) -> None:
    """What was written last may lie in a file beside it; without it the database would be silently old, or half new."""
    if source.path.name != source.name:
        return
    journal = Path(f"{source.path}-journal")
    if journal.is_file() and _head_of(journal) == _HOT:
        raise LogFormatError(
            f"{source.name} is being written, or its program broke off: {journal.name} still holds what it was before.",
            "Close the program that writes it (or open and close it there once more), and import it again.",
            path=str(source.path),
        )
    beside = Path(f"{source.path}-wal")
    if beside.is_file() and beside.stat().st_size:
        raise LogFormatError(
            f"{source.name} is in use: what was written last is still in {beside.name}.",
            "Close the program that writes it, or export it (sqlite3 log.db 'VACUUM INTO copy.db').",
            path=str(source.path),
        )


def _head_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_HOT))
    except OSError as error:
        raise translate_os_error(error, path) from error


def _check_whole(source: Source) -> None:
    """The header counts the pages (bytes 16 and 28; valid where 24 and 92 agree; SQLite file format, 1.3): all must be there."""
    data, n_bytes = source.head(100), source.size_bytes
    if n_bytes < 100:
        raise cant_read(source, "SQLite", "it is cut short", "Copy it again.")
    size = int.from_bytes(data[16:18], "big")
    due = (65536 if size == 1 else size) * int.from_bytes(data[28:32], "big")
    if data[24:28] == data[92:96] and due > n_bytes:
        raise cant_read(source, "SQLite", f"it is cut short: {n_bytes} of {due} bytes are there", "Copy it again.")


def _without_wal(data: bytes) -> bytes:
    """Without the header's mark for a write-ahead log (bytes 18 and 19; SQLite file format, 1.3.3): in memory there is none."""
    return data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data


class _Watch:
    """Counts what SQLite does and hears of a cancel meanwhile; `with watch():` makes its errors the refusal of the file."""

    def __init__(self, guard: ReadGuard) -> None:
        self._guard = guard
        self._stop: JobCancelled | None = None
        n_bytes = guard.source.size_bytes
        most = max(_MAX_OPS, _MOST_OPS_A_BYTE * n_bytes)
        self._n_left = min(most, _LEAST_OPS + _OPS_A_BYTE * n_bytes) // _OPS_A_CALL

    def count(self) -> int:
        """Called by SQLite now and then; 1 stops it: no exception gets through its C."""
        try:
            self._guard.source.pulse()
        except JobCancelled as stop:
            self._stop = stop
        self._n_left -= 1
        return int(self._n_left <= 0 or self._stop is not None)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Raises LogFormatError naming the file, JobCancelled."""
        with self._guard():
            try:
                yield
            except sqlite3.Error:
                if self._stop is not None:
                    raise self._stop from None
                raise


def _restrict(database: sqlite3.Connection, n_bytes: int, watch: _Watch) -> None:
    """Only reading, within limits that a database of so many bytes keeps to."""
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 24)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.set_authorizer(_authorise)
    database.set_progress_handler(watch.count, _OPS_A_CALL)
    database.text_factory = _TextCount(max(_MAX_TEXT_BYTES, _READINGS * n_bytes))


def _authorise(action: int, first: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_PRAGMA and first not in _PRAGMAS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


class _TextCount:
    """Makes texts of cells, and no more of them than a file can hold: a view or a default makes many of few bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._n_bytes = 0

    def __call__(self, data: bytes) -> str:
        self._n_bytes += len(data)
        if self._n_bytes > self._most:
            raise ValueError(f"its tables and views give more than {self._most >> 20} MB of text")
        return data[:_MAX_CELL_BYTES].decode("utf-8", "replace")


def _tables_of(source: Source, database: sqlite3.Connection, guard: Guard) -> Iterator[ArrayGroup]:
    listed = database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type, name").fetchall()
    tables = [str(name) for (name,) in listed if not str(name).startswith("sqlite_")][:MAX_TABLES]
    layouts = {table: _columns_of(database, table) for table in tables}
    found = [(table, columns) for table, columns in layouts.items() if columns and _is_log(database, table, columns)]
    if not found:
        known = clean_text(", ".join(tables[:12])) or "none"
        raise LogFormatError(
            f"{source.name} has no table with a time and numbers. Its tables: {known}.", "Give a log.", path=str(source.path)
        )
    n_cells, most = 0, _LEAST_CELLS + _CELLS_A_BYTE * source.size_bytes
    for table, columns in found:
        most_rows = most // len(columns) + 1
        rows = _Rows(database, table, columns, min(most_rows, source.head_rows or most_rows))
        arrays = tuple(_arrays_of(rows, guard))
        n_cells += rows.n_rows * len(columns)
        if n_cells > most:
            raise LogFormatError(
                f"'{clean_text(table)}' of {source.name} gives more cells than can be read with care.", "Export less at a time.",
                path=str(source.path),
            )  # fmt: skip
        yield ArrayGroup(arrays=name_tags(database, table, arrays, layouts, guard), title=table if len(found) > 1 else "")


def _columns_of(database: sqlite3.Connection, table: str) -> list[str]:
    rows = database.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    return [str(row[1]) for row in rows][:_MAX_COLUMNS]


def _select(table: str, columns: list[str]) -> str:
    # What is binary is no measurement, and may be large.
    cells = (f"IIF(typeof({name}) = 'blob', NULL, {name}) AS {name}" for name in map(quoted, columns))
    return f"SELECT {', '.join(cells)} FROM {quoted(table)}"  # noqa: S608 - names are quoted


def _is_log(database: sqlite3.Connection, table: str, columns: list[str]) -> bool:
    rows: list[Row] = database.execute(f"{_select(table, columns)} LIMIT {_HEAD_ROWS}").fetchall()
    texts = [[_printed(cell) for cell in row] for row in rows]
    time = find_time(texts, columns)
    numeric = [index for index in range(len(columns)) if is_number_column(row[index] for row in rows)]
    return len(rows) > 1 and time.kind != "none" and any(index not in time.indexes for index in numeric)


class _Rows:
    """The rows of a table, read by a cursor that goes on where it stopped: it begins again only for rows that lie before."""

    def __init__(self, database: sqlite3.Connection, table: str, columns: list[str], most: int) -> None:
        self._database = database
        self._query = f"{_select(table, columns)} LIMIT {most}"
        self._cursor: sqlite3.Cursor | None = None
        self._at = 0
        self.columns = columns
        self.kinds = [
            kind for first in range(0, len(columns), _AT_ONCE) for kind in self._kinds(columns[first : first + _AT_ONCE])
        ]

    def _kinds(self, columns: list[str]) -> list[str]:
        """What each column holds in all of its rows: int64, float64 or text."""
        told = []
        for name in map(quoted, columns):
            number = f"CASE WHEN typeof({name}) IN ('integer', 'real') THEN {name} END"
            told += [
                f"SUM(typeof({name}) = 'integer')", f"SUM(typeof({name}) = 'text')", f"COUNT({number})", f"MIN({number})",
                f"MAX({number})",
            ]  # fmt: skip
        found = self._database.execute(f"SELECT COUNT(*), {', '.join(told)} FROM ({self._query})").fetchone()  # noqa: S608
        self.n_rows = int(found[0])
        return [_kind_of(self.n_rows, *found[1 + 5 * k : 6 + 5 * k]) for k in range(len(columns))]

    def read(self, first: int, end: int) -> list[Row]:
        """Rows `first` up to before `end`."""
        if self._cursor is None or self._at > first:
            self._cursor, self._at = self._database.execute(self._query), 0
        while self._at < first:
            skipped = len(self._cursor.fetchmany(min(first - self._at, _SKIP_ROWS)))
            if not skipped:
                return []
            self._at += skipped
        rows: list[Row] = self._cursor.fetchmany(end - first)
        self._at += len(rows)
        return rows


def _kind_of(n_rows: int, n_whole: int, n_text: int, n_numbers: int, low: float | None, high: float | None) -> str:
    """Numbers where there is nothing else but NULL, else texts."""
    largest = max(abs(low or 0), abs(high or 0))
    if n_whole == n_rows and largest < 1 << 62:
        return "int64"
    return "float64" if n_numbers and not n_text and largest <= _MAX_EXACT else "text"


def _arrays_of(rows: _Rows, guard: Guard) -> Iterator[NamedArray]:
    together = Together(rows.n_rows, rows.read, guard)
    for index, (name, kind) in enumerate(zip(rows.columns, rows.kinds, strict=True)):
        if kind == "text":
            yield NamedArray(name=name, values=together.texts(_Texts(index)))
        else:
            dtype: np.dtype[np.generic] = np.dtype(kind)
            yield NamedArray(name=name, values=together.column(dtype, _Numbers(index, dtype)))


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Takes a column out of rows; NULL is NaN."""

    index: int
    dtype: np.dtype[np.generic]

    def __call__(self, rows: list[Row]) -> NDArray[np.generic]:
        return np.array([row[self.index] for row in rows], self.dtype)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Takes a column out of rows as it is printed."""

    index: int

    def __call__(self, rows: list[Row]) -> list[str]:
        return [_printed(row[self.index]) for row in rows]


def _printed(value: object) -> str:
    """A cell as text; what is binary is no measurement. A number among texts has no part in what their decimal mark is."""
    if isinstance(value, float):
        return without_mark(repr(value))
    return "" if value is None or isinstance(value, bytes) else str(value)
