"""Tables in an SQLite file, by the plugin itself and through the program."""

from __future__ import annotations

from pathlib import Path

import pytest

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the plugin needs SQLAlchemy")

from historian_cases import HOUR_NS, LONG, PLUGIN, SOURCE, START_NS, cells_of, config_file  # noqa: E402

from workbench.api import InputError, SourceAsk  # noqa: E402
from workbench.core.jobs import Job  # noqa: E402 - the program's own services, as a person uses the plugin
from workbench.services.log_fetch import FetchRequest, fetch_logs  # noqa: E402
from workbench.services.plugins import PluginAllowRequest, allow_plugin  # noqa: E402


def sqlite_of(tmp_path: Path, statements: list[str]) -> Path:
    import sqlite3

    path = tmp_path / "plant.db"
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    rows = []
    for minute in range(60):
        for tag, value in (("PI-2041A", 148 + minute / 10), ("XX-1", 0), ("FI-2041", 300 + minute)):
            rows.append(f"('2026-03-01 00:{minute:02d}:00', '{tag}', {value}, 'Good')")
    made = [
        "CREATE TABLE history (ts TEXT, tagname TEXT, value REAL, quality TEXT)",
        f"INSERT INTO history VALUES {','.join(rows)}",
    ]
    return sqlite_of(tmp_path, made)


def test_only_the_tags_and_the_time_asked_for_are_read(tmp_path: Path, long_file: Path) -> None:
    config = config_file(tmp_path, LONG.format(url=f"sqlite:///{long_file}", table="history", more=""))
    found = cells_of(config, start_ns=START_NS + HOUR_NS // 60, end_ns=START_NS + 3 * HOUR_NS // 60)
    assert [row[:3] for row in found] == [
        ["2026-03-01 00:01:00", "PI-2041A", "148.1"], ["2026-03-01 00:01:00", "FI-2041", "301.0"],
        ["2026-03-01 00:02:00", "PI-2041A", "148.2"], ["2026-03-01 00:02:00", "FI-2041", "302.0"],
    ]  # fmt: skip


def test_a_wide_table_with_counted_times_keeps_its_units(tmp_path: Path) -> None:
    path = sqlite_of(
        tmp_path,
        ["CREATE TABLE wide (t INTEGER, pi REAL, fi REAL)", f"INSERT INTO wide VALUES ({START_NS // 10**6 + 500}, 148.25, NULL)"],
    )
    text = f'url = "sqlite:///{path}"\ntable = "wide"\nlayout = "wide"\ntime = "t"\nepoch = "ms"\ncolumns = ["pi", "fi"]\n'
    config = config_file(tmp_path, text + 'units = { pi = "bar" }\n')
    piece = next(iter(SOURCE.read(SourceAsk(config=config, start_ns=START_NS, end_ns=START_NS + HOUR_NS))))
    assert (piece.columns, [list(row) for row in piece.rows]) == (
        ("time", "pi [bar]", "fi"), [["2026-03-01T00:00:00.500000Z", "148.25", ""]],
    )  # fmt: skip


def test_a_file_is_never_written_and_never_made(tmp_path: Path, long_file: Path) -> None:
    before = long_file.read_bytes()
    cells_of(config_file(tmp_path, LONG.format(url=f"sqlite:///{long_file}", table="history", more="")))
    assert long_file.read_bytes() == before
    with pytest.raises(InputError):
        cells_of(config_file(tmp_path, LONG.format(url=f"sqlite:///{tmp_path}/none.db", table="history", more="")))
    assert not (tmp_path / "none.db").exists()


def test_names_of_the_description_are_never_sql(tmp_path: Path, long_file: Path) -> None:
    config = config_file(
        tmp_path, LONG.format(url=f"sqlite:///{long_file}", table="history", more="").replace('"ts"', '"ts; DROP"')
    )
    with pytest.raises(InputError, match="no column 'ts; DROP'"):
        cells_of(config)


def test_units_that_the_table_does_not_hold_come_from_the_description(tmp_path: Path, long_file: Path) -> None:
    more = '[units]\n"PI-2041A" = "bar"'
    config = config_file(tmp_path, LONG.format(url=f"sqlite:///{long_file}", table="history", more=more))
    assert [row[3:] for row in cells_of(config)][:2] == [["Good", "bar"], ["Good", ""]]


def test_through_the_program_a_table_becomes_a_recording(tmp_path: Path, long_file: Path) -> None:
    allow_plugin(PluginAllowRequest(folder=str(PLUGIN)), Job())
    config = config_file(tmp_path, LONG.format(url=f"sqlite:///{long_file}", table="history", more='zone = "UTC"'))
    request = FetchRequest(
        source="historian-sql",
        config=str(config),
        project=str(tmp_path / "p"),
        start="2026-03-01",
        end="2026-03-02",
        asset="P-2041A",
    )
    result = fetch_logs(request, Job())
    recording = result.recordings[0]
    assert (result.rows, recording.rows, recording.sample_period_s, recording.asset) == (120, 60, 60.0, "P-2041A")
    assert {channel.name: channel.max for channel in recording.channels} == {"PI-2041A": 153.9, "FI-2041": 359.0}
