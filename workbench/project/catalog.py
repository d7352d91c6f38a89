"""The index of a project: an SQLite file made from the journals, which can be deleted and is made anew.

It follows the journals from the byte offset it last saw. Writers are read one after the other, so each row keeps the time of
its line: whichever order two laptops' files come in, the later act holds. When the index is damaged, or the folder can't be
written, an index in memory takes its place: the truth is in the files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from workbench.core.errors import WorkbenchError
from workbench.project.acts import Item, SignedLine
from workbench.project.journal import SUFFIX, read_lines, writers_in
from workbench.project.lock import write_lock

SCHEMA = 3
LOCK_WAIT_S = 10.0
_TABLES = """
create table if not exists meta (key text primary key, value text) without rowid;
create table if not exists offsets (writer text primary key, offset integer) without rowid;
create table if not exists items (kind text, id text, asset text, at_ns integer, json blob, primary key (kind, id)) without rowid;
create table if not exists removed (kind text, id text, at_ns integer, primary key (kind, id)) without rowid;
create table if not exists facts (key text primary key, value text, at_ns integer) without rowid;
create table if not exists lines (writer text, number integer, at_ns integer, hash text, json blob, primary key (writer, number));
create index if not exists lines_by_time on lines (at_ns);
"""


class Catalog:
    """Opened per call and closed with the project; not shared between threads."""

    def __init__(self, path: Path, journal_folder: Path) -> None:
        self._path = path
        self._journal_folder = journal_folder
        self._database = self._open()
        self._listed: dict[tuple[str | None, str | None], list[Item]] = {}
        self._listed_version = 0
        self._decoded: dict[tuple[str, str], tuple[bytes, Item]] = {}

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def follow(self) -> None:
        """Take in whatever the journals have that the index hasn't."""
        try:
            self._follow()
        except sqlite3.Error:
            self._use_memory()

    def rebuild(self) -> None:
        """Forget everything and read the journals from their beginning."""
        self._listed.clear()
        try:
            _make_tables(self._database)
        except sqlite3.Error:
            self._database.close()
            with suppress(OSError):  # whoever rebuilds holds the project's lock, so that nobody else replaces it now
                self._path.unlink(missing_ok=True)
            self._database = self._open()
        self.follow()

    def items(self, kind: str | None = None, asset: str | None = None) -> list[Item]:
        """Items, newest first. An import of thousands of logs asks again and again: what is listed or decoded is kept."""
        version = int(self._read("pragma data_version")[0][0])
        if version != self._listed_version:  # another program wrote
            self._listed.clear()
            self._listed_version = version
        if (kind, asset) not in self._listed:
            rows = self._read(
                "select kind, id, json from items where (?1 is null or kind = ?1) and (?2 is null or asset = ?2)"
                " order by at_ns desc, id",
                (kind, asset),
            )
            self._listed[kind, asset] = [self._item_of(*row) for row in rows]
        return list(self._listed[kind, asset])

    def _item_of(self, kind: str, name: str, data: bytes) -> Item:
        known = self._decoded.get((kind, name))
        if known is None or known[0] != data:
            known = self._decoded[kind, name] = data, msgspec.json.decode(data, type=Item)
        return known[1]

    def find(self, kind: str, prefix: str) -> list[Item]:
        """Items whose id begins with `prefix`; an exact match is the only one returned."""
        rows = self._read("select json, id from items where kind = ? and substr(id, 1, ?) = ?", (kind, len(prefix), prefix))
        exact = [row for row in rows if row[1] == prefix]
        return [msgspec.json.decode(row[0], type=Item) for row in exact or rows]

    def value(self, key: str) -> str | None:
        """A small project-wide value such as the champion."""
        rows = self._read("select value from facts where key = ?", (key,))
        return str(rows[0][0]) if rows and rows[0][0] else None

    def lines(self, limit: int) -> list[SignedLine]:
        """Journal lines of all writers, newest first."""
        rows = self._read("select json from lines order by at_ns desc, number desc limit ?", (limit,))
        return [msgspec.json.decode(row[0], type=SignedLine) for row in rows]

    def n_lines(self) -> int:
        """How many lines the journals hold."""
        return int(self._read("select count(*) from lines")[0][0])

    def newest_ns(self) -> int:
        """The time of the latest line of any writer."""
        return int(self._read("select coalesce(max(at_ns), 0) from lines")[0][0])

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error:
            self._use_memory()
            return self._database.execute(query, values).fetchall()

    def _use_memory(self) -> None:
        """Damaged, locked for too long, or no room: an index in memory serves as well, only slower to open."""
        self._database.close()
        self._database = _create(":memory:")
        self._listed.clear()
        self._follow()

    def _open(self) -> sqlite3.Connection:
        try:
            return _create(str(self._path))
        except sqlite3.OperationalError:
            return _create(":memory:")  # locked, or no room: there is nothing wrong with the file
        except sqlite3.Error:
            return self._replace()

    def _replace(self) -> sqlite3.Connection:
        """A file that is no database is replaced, by one program at a time: SQLite can't bear that under its feet."""
        try:
            with write_lock(self._path.parent):
                try:
                    return _create(str(self._path))  # another program may have done it meanwhile
                except sqlite3.DatabaseError:
                    self._path.unlink(missing_ok=True)
                    return _create(str(self._path))
        except (sqlite3.Error, OSError, WorkbenchError):
            return _create(":memory:")

    def _follow(self) -> None:
        known = dict(self._database.execute("select writer, offset from offsets").fetchall())
        for writer in writers_in(self._journal_folder):
            path = self._journal_folder / f"{writer}{SUFFIX}"
            offset = int(known.get(writer, 0))
            size = path.stat().st_size
            if size < offset:
                self._reset()
                return self._follow()
            if size > offset:
                self._take_in(writer, read_lines(path, offset), offset)
        return None

    def _take_in(self, writer: str, lines: Iterable[tuple[SignedLine | None, int]], offset: int) -> None:
        with self._database:
            for signed, after in lines:
                offset = after
                if signed is not None:
                    self._apply(signed)
            self._database.execute("insert or replace into offsets values (?, ?)", (writer, offset))

    def _apply(self, signed: SignedLine) -> None:
        self._listed.clear()
        line = signed.line
        row = (line.writer, line.number, line.at_ns, signed.hash, msgspec.json.encode(signed))
        self._database.execute("insert or replace into lines values (?, ?, ?, ?, ?)", row)
        if line.act.removed is not None:
            gone = (line.act.removed.kind, line.act.removed.id, line.at_ns)
            self._database.execute("delete from items where kind = ?1 and id = ?2 and at_ns <= ?3", gone)
            self._database.execute(
                "insert into removed values (?1, ?2, ?3) on conflict (kind, id) do update set at_ns = max(at_ns, ?3)", gone
            )
        if line.act.item is not None:
            item = line.act.item
            self._database.execute(
                "insert into items select ?1, ?2, ?3, ?4, ?5 where not exists"
                " (select 1 from removed where kind = ?1 and id = ?2 and at_ns > ?4)"
                " on conflict (kind, id) do update set asset = ?3, at_ns = ?4, json = ?5 where at_ns <= ?4",
                (item.kind, item.id, item.asset, line.at_ns, msgspec.json.encode(item)),
            )
        for key, value in line.act.values.items():
            self._database.execute(
                "insert into facts values (?1, ?2, ?3) on conflict (key) do update set value = ?2, at_ns = ?3 where at_ns <= ?3",
                (key, value, line.at_ns),
            )

    def _reset(self) -> None:
        self._listed.clear()
        with self._database:
            for table in ("offsets", "items", "removed", "facts", "lines"):
                self._database.execute(f"delete from {table}")  # noqa: S608 - fixed names


def _create(path: str) -> sqlite3.Connection:
    """Open the index; its tables are made, or made anew for another schema, all at once: others see them whole or not at all."""
    database = sqlite3.connect(path, timeout=LOCK_WAIT_S)
    try:
        database.execute("pragma synchronous = off")  # a cache: what a power cut takes is read from the journals again
        if not _is_current(database):
            _make_tables(database, unless_current=True)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _is_current(database: sqlite3.Connection) -> bool:
    if not database.execute("select 1 from sqlite_master where name = 'meta'").fetchone():
        return False
    row = database.execute("select value from meta where key = 'schema'").fetchone()
    return bool(row and row[0] == str(SCHEMA))


def _make_tables(database: sqlite3.Connection, *, unless_current: bool = False) -> None:
    database.execute("begin immediate")
    with database:
        if unless_current and _is_current(database):
            return
        for (name,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            database.execute(f'drop table "{name}"')
        for statement in _TABLES.split(";"):
            database.execute(statement)
        database.execute("insert into meta values ('schema', ?)", (str(SCHEMA),))
