"""SQLite databases: tables and views, wide and long, and files that mean harm."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
import pytest

from workbench.core.errors import JobCancelled, LogFormatError
from workbench.logs.parse import ParseOptions, parse_logs
from workbench.logs.readers.registry import opened_content
from workbench.logs.readers.sources import Source
from workbench.logs.readers.sqlite import uri_of

OPTIONS = ParseOptions(zone="UTC")
N = 60


def make(path: Path, *statements: str, rows: Callable[[sqlite3.Connection], object] | None = None) -> Path:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        if rows:
            rows(database)
        database.commit()
    return path


def wide_rows(database: sqlite3.Connection) -> None:
    database.executemany("INSERT INTO log VALUES (?, ?, ?)", [(1772409600 + k, k / 10, None if k == 7 else k) for k in range(N)])


def test_unix_seconds_and_nulls_are_read_as_such(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "CREATE TABLE log (ts INTEGER, p REAL, speed INTEGER)", rows=wide_rows)
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert recording.times_ns[0] == 1772409600 * 10**9
    assert recording.columns["p"].tolist() == [k / 10 for k in range(N)]
    assert np.flatnonzero(np.isnan(recording.columns["speed"])).tolist() == [7]


def test_a_long_table_becomes_a_channel_for_each_tag(tmp_path: Path) -> None:
    def rows(database: sqlite3.Connection) -> None:
        for k in range(N):
            at = f"2026-03-02 00:{k // 60:02d}:{k % 60:02d}"
            database.executemany("INSERT INTO samples VALUES (?, ?, ?)", [(at, "PI-1", k), (at, "TI-1", 40.5)])

    path = make(tmp_path / "a.db", "CREATE TABLE samples (timestamp TEXT, tag TEXT, value REAL)", rows=rows)
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert sorted(recording.columns) == ["PI-1", "TI-1"]
    assert recording.columns["PI-1"].tolist() == list(range(N))


def test_several_tables_are_several_recordings_and_settings_are_none(tmp_path: Path) -> None:
    def rows(database: sqlite3.Connection) -> None:
        for table, step in (("pump_a", 1), ("pump_b", 5)):
            database.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(1772409600 + step * k, k) for k in range(N)])
        database.execute("INSERT INTO settings VALUES ('a', '1')")

    tables = ("CREATE TABLE pump_a (ts INT, p REAL)", "CREATE TABLE pump_b (ts INT, q REAL)", "CREATE TABLE settings (k, v)")
    path = make(tmp_path / "a.db", *tables, rows=rows)
    recordings = parse_logs([path], OPTIONS).recordings
    assert [(one.facts.source, one.facts.sample_period_s) for one in recordings] == [("a.db: pump_a", 1.0), ("a.db: pump_b", 5.0)]


def test_a_view_is_read_like_a_table(tmp_path: Path) -> None:
    statements = ("CREATE TABLE log (a INTEGER, b REAL, c INTEGER)", "CREATE VIEW v AS SELECT a AS time, b*2 AS doubled FROM log")
    path = make(tmp_path / "a.db", *statements, rows=wide_rows)
    sources = {one.facts.source: one for one in parse_logs([path], OPTIONS).recordings}
    view = next(one for name, one in sources.items() if name.endswith("v"))
    assert view.columns["doubled"].tolist() == [k / 5 for k in range(N)]


def test_a_view_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.logs.readers import sqlite as reader

    monkeypatch.setattr(reader, "_MAX_OPS", 20_000_000)
    numbers = "WITH RECURSIVE n(time) AS (SELECT 1 UNION ALL SELECT time + 1 FROM n)"
    endless = f"{numbers} SELECT max(time) AS time, 1.5 AS x FROM n"
    path = make(tmp_path / "a.db", f"CREATE VIEW v AS {endless}")
    with pytest.raises(LogFormatError, match=r"a\.db can't be read as SQLite: interrupted"):
        parse_logs([path], OPTIONS)


def test_a_view_can_t_load_an_extension_or_read_other_files(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "CREATE VIEW v AS SELECT load_extension('x') AS time, 1 AS p")
    with pytest.raises(LogFormatError, match=r"a\.db can't be read as SQLite"):
        parse_logs([path], OPTIONS)


def test_the_file_is_not_written_and_nothing_appears_beside_it(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db", "PRAGMA journal_mode = WAL", "CREATE TABLE log (ts INTEGER, p REAL, speed INTEGER)", rows=wide_rows
    )
    before = path.read_bytes()
    assert before[18:20] == b"\x02\x02"  # it is marked as one with a write-ahead log
    parse_logs([path], OPTIONS)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.db"]


def test_a_database_whose_newest_rows_lie_beside_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE log (ts INTEGER, p REAL, speed INTEGER)")
        wide_rows(database)
        database.commit()
        with pytest.raises(LogFormatError, match=r"a\.db is in use: what was written last is still in a\.db-wal"):
            parse_logs([path], OPTIONS)


def test_without_a_time_the_tables_are_named(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "CREATE TABLE people (name TEXT, age INTEGER)")
    with pytest.raises(LogFormatError, match="Its tables: people"):
        parse_logs([path], OPTIONS)


def test_a_name_with_quotes_does_no_harm(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db", 'CREATE TABLE "x""; DROP TABLE y; --" (ts INTEGER, "p""q" REAL, n INTEGER)',
        rows=lambda database: database.executemany(
            'INSERT INTO "x""; DROP TABLE y; --" VALUES (?, ?, ?)', [(1772409600 + k, k, k) for k in range(N)]
        ),
    )  # fmt: skip
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert 'p"q' in recording.columns


def numbered(database: sqlite3.Connection) -> None:
    for k in range(N):
        database.executemany("INSERT INTO samples VALUES (?, ?, ?)", [(1772409600 + k, 17, k), (1772409600 + k, 4, 40.5)])


SAMPLES = "CREATE TABLE samples (ts INTEGER, tag_id INTEGER REFERENCES tags(id), value REAL)"


def test_numbers_of_tags_get_the_names_and_units_that_another_table_knows(tmp_path: Path) -> None:
    def rows(database: sqlite3.Connection) -> None:
        numbered(database)
        database.executemany("INSERT INTO tags VALUES (?, ?, ?)", [(17, "PI-1", "bar"), (4, "TI-1", "°C"), (5, "FI-1", "m3/h")])

    path = make(tmp_path / "a.db", "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT, unit TEXT)", SAMPLES, rows=rows)
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert {(channel.name, channel.unit) for channel in recording.facts.channels} == {("PI-1", "bar"), ("TI-1", "degC")}
    assert recording.columns["PI-1"].tolist() == list(range(N))


def test_numbers_of_tags_that_nobody_knows_are_channels_all_the_same(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", SAMPLES.replace(" REFERENCES tags(id)", ""), rows=numbered)
    (recording,) = parse_logs([path], OPTIONS).recordings
    assert sorted(recording.columns) == ["tag_id 17", "tag_id 4"]
    assert recording.facts.rows == N


@pytest.mark.parametrize("made", ["hex(zeroblob(4000000))", "zeroblob(8000000)"])
def test_a_view_that_makes_much_of_few_bytes_takes_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    from workbench.logs.readers import sqlite as reader

    monkeypatch.setattr(reader, "_MAX_TEXT_BYTES", 1 << 26)
    statements = ("CREATE TABLE log (ts INTEGER, p REAL, n INTEGER)", f"CREATE VIEW v AS SELECT ts, p, {made} AS t FROM log")
    path = make(tmp_path / "a.db", *statements, rows=wide_rows)
    tracemalloc.start()
    try:
        with suppress(LogFormatError):
            parse_logs([path], OPTIONS)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 << 20  # one cell is 8 MB, sixty are 480 MB


def test_texts_without_end_are_refused_with_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.logs.readers import sqlite as reader

    monkeypatch.setattr(reader, "_MAX_TEXT_BYTES", 1 << 20)
    path = make(tmp_path / "a.db", "CREATE TABLE log (ts INTEGER, p REAL, n INTEGER)", rows=wide_rows)
    make(path, f"ALTER TABLE log ADD COLUMN note TEXT DEFAULT '{'x' * 100_000}'")
    with pytest.raises(LogFormatError, match="more than 1 MB of text"):
        parse_logs([path], OPTIONS)


def test_a_view_that_gives_other_rows_each_time_is_refused_by_name(tmp_path: Path) -> None:
    changing = "CREATE VIEW v AS SELECT ts, p, CASE WHEN abs(random()) % 60 THEN 1 END AS speed FROM log WHERE speed IS NOT NULL"
    path = make(tmp_path / "a.db", "CREATE TABLE log (ts INTEGER, p REAL, speed INTEGER)", changing, rows=wide_rows)
    refused = 0
    for _ in range(30):  # whether speed has a gap differs from one look to the next
        try:
            parse_logs([path], OPTIONS)
        except LogFormatError as error:
            refused += 1
            assert "a.db can't be read as SQLite" in error.message
    assert refused


def test_a_database_on_a_share_is_opened_by_its_machine_s_name() -> None:
    """SQLite refuses a URI with a machine's name where others have it (SQLite, URI filenames, 3)."""
    assert uri_of(PureWindowsPath(r"\\plant\logs\pump 1.db")) == "file:////plant/logs/pump%201.db"
    assert uri_of(PureWindowsPath(r"C:\logs\a?b.db")) == "file:///C:/logs/a%3Fb.db"
    assert uri_of(PurePosixPath("/logs/a#b.db")) == "file:///logs/a%23b.db"


def test_a_database_whose_writer_broke_off_is_refused_and_not_read_half_changed(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", "CREATE TABLE log (ts INTEGER, p REAL, speed INTEGER)", rows=wide_rows)
    journal = tmp_path / "a.db-journal"
    journal.write_bytes(bytes(512))  # of journal_mode PERSIST, after a commit
    assert parse_logs([path], OPTIONS).recordings
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    with pytest.raises(LogFormatError, match=r"its program broke off: a\.db-journal"):
        parse_logs([path], OPTIONS)


def test_a_cancel_is_heard_while_a_long_table_is_gone_through_for_the_first_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.logs.readers import sqlite as reader

    monkeypatch.setattr(reader, "_OPS_A_CALL", 1000)
    path = make(tmp_path / "a.db", "CREATE TABLE log (time REAL, flow REAL, power REAL)", rows=wide_rows)
    heard = 0

    def cancel() -> None:
        nonlocal heard
        heard += 1
        if heard == 3:
            raise JobCancelled

    source = Source(name="a.db", kind="sqlite", path=path, file=path, pulse=cancel)
    with pytest.raises(JobCancelled), opened_content(source):
        pass
    assert heard == 3
