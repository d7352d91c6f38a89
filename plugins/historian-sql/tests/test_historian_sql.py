"""The plugin by itself and through the program: against SQLite, and against a PostgreSQL of its own where there is one."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the plugin needs SQLAlchemy")
PLUGIN = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PLUGIN))

from historian_sql import plugin  # noqa: E402 - it lies beside
from historian_sql.config import load_config  # noqa: E402

from workbench.api import DeviceError, InputError, SourceAsk  # noqa: E402
from workbench.core.jobs import Job  # noqa: E402 - the program's own services, as a person uses the plugin
from workbench.services.log_fetch import FetchRequest, check_near, fetch_logs  # noqa: E402
from workbench.services.plugins import PluginAllowRequest, allow_plugin  # noqa: E402

SOURCE = plugin.sources[0]
HOUR_NS = 3_600_000_000_000
START_NS = 1_772_323_200 * 1_000_000_000  # 2026-03-01T00:00:00Z
PASSWORD = "only for this test"
LONG = """
name = "Havsule historian"
url = "{url}"
table = "{table}"
time = "ts"
tag = "tagname"
value = "value"
quality = "quality"
tags = ["PI-2041A", "FI-2041"]
{more}
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))


def config_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "historian.toml"
    path.write_text(text, encoding="utf-8")
    return path


def cells_of(config: Path, **changes: object) -> list[list[str]]:
    values: dict[str, object] = {"config": config, "start_ns": START_NS, "end_ns": START_NS + HOUR_NS, **changes}
    return [list(row) for piece in SOURCE.read(SourceAsk(**values)) for row in piece.rows]  # type: ignore[arg-type]


# A description


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('url = "postgresql+psycopg://u:secret@db/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "holds a password"),
        ('url = "postgresql+psycopg://u@a,b/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "not the name of one machine"),
        ('url = "postgresql+psycopg://u@db/x?host=evil"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "options"),
        ('url = "postgresql+psycopg:///x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "not the name of one machine"),
        ('url = "http://db/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "none of"),
        ('url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"', "needs the names of its columns"),
        ('url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"\npassword = "x"', "there is no 'password'"),
        ('table = "t"\ntime = "ts"', "'url' is missing"),
    ],
)
def test_a_description_that_can_not_be_is_refused_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        load_config(config_file(tmp_path, text))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mysql+pymysql://10.0.0.5#@evil.example/db", "signs that are not allowed"),
        ("mysql+pymysql://10.0.0.5:3306#x@evil.example/db", "signs that are not allowed"),
        ("mysql+pymysql://10.0.0.5?driver=@evil.example/db", "signs that are not allowed"),
        ("mssql+pyodbc://reader@10.0.0.5/db?driver=/tmp/evil.so", "signs that are not allowed"),
        ("mssql+pyodbc://reader@10.0.0.5/db?driver=%2Ftmp%2Fevil.so", "its driver is '/tmp/evil.so'"),
        ("mssql+pyodbc://reader@10.0.0.5?driver=FreeTDS", "names no database"),
        ("oracle+oracledb://reader@10.0.0.5/?service_name=a)(b=c)", "its service_name is"),
        ("sqlite:////" + "/evil/share/x.db", "lies on another machine"),
        ("postgresql+psycopg://[::1/x", "can't be read"),
    ],
)
def test_an_address_that_leads_elsewhere_than_it_says_is_refused(tmp_path: Path, url: str, fault: str) -> None:
    text = f'url = "{url}"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"'
    with pytest.raises(InputError, match=re.escape(fault)):
        SOURCE.describe(config_file(tmp_path, text))


@pytest.mark.parametrize(
    "url",
    [
        "mssql+pyodbc://PLANT%5Creader@10.0.0.5:1433/history?driver=ODBC+Driver+18+for+SQL+Server",
        "oracle+oracledb://reader@10.0.0.5:1521/?service_name=HIST.plant.local",
        "postgresql+psycopg://reader@historian-1.plant.local/plant_history?sslmode=verify-full",
    ],
)
def test_addresses_as_they_are_written_are_taken(tmp_path: Path, url: str) -> None:
    text = f'url = "{url}"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"'
    assert SOURCE.describe(config_file(tmp_path, text)).host == sqlalchemy.make_url(url).host


@pytest.mark.parametrize("more", ["zone = 3", "columns = 3", "tags = [1]", 'units = ["bar"]', "name = []"])
def test_a_value_of_another_kind_is_refused_with_its_name(tmp_path: Path, more: str) -> None:
    text = f'url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"\n{more}'
    with pytest.raises(InputError, match=f"{more.split()[0]} is not of its kind"):
        SOURCE.describe(config_file(tmp_path, text))


def test_a_description_that_names_another_machine_after_it_was_agreed_to_is_not_followed(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader@127.0.0.2/plant"
    config = config_file(tmp_path, LONG.format(url=url, table="history", more=""))
    ask = SourceAsk(config=config, start_ns=0, end_ns=1, host="127.0.0.1", address="127.0.0.1")
    with pytest.raises(InputError, match=r"is now at 127\.0\.0\.2; it was agreed to 127\.0\.0\.1"):
        list(SOURCE.read(ask))


def test_a_file_name_with_options_of_a_url_is_a_file_name(tmp_path: Path) -> None:
    config = config_file(tmp_path, LONG.format(url=f"sqlite:///{tmp_path.as_posix()}/made.db?mode=rwc&x=", table="h", more=""))
    with pytest.raises(InputError):
        list(SOURCE.read(SourceAsk(config=config, start_ns=0, end_ns=1)))
    assert [one.name for one in tmp_path.iterdir()] == ["historian.toml"]


def test_describing_a_source_opens_nothing_and_names_the_machine(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader@historian.havsule.local:5432/plant"
    facts = SOURCE.describe(config_file(tmp_path, LONG.format(url=url, table="history", more="")))
    assert (facts.host, facts.opens) == ("historian.havsule.local", "opens a read-only connection to a database")


# SQLite


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


# Consent


def test_nothing_is_connected_to_before_the_person_names_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was attempted")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    allow_plugin(PluginAllowRequest(folder=str(PLUGIN)), Job())
    url = "postgresql+psycopg://reader@historian.havsule.local/plant"
    config = config_file(tmp_path, LONG.format(url=url, table="history", more=""))
    request = FetchRequest(
        source="historian-sql", config=str(config), project=str(tmp_path / "p"), start="2026-03-01", end="2026-03-02"
    )
    with pytest.raises(InputError, match=r"connects to historian\.havsule\.local and to nothing else") as caught:
        fetch_logs(request, Job())
    assert caught.value.hint == "Agree to it: --connect historian.havsule.local."


def test_a_machine_on_the_internet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.114.7", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(InputError, match="not on this site's own network"):
        check_near("historian.example")


# PostgreSQL


@dataclass(frozen=True)
class Server:
    """A PostgreSQL on this machine for the length of the tests."""

    port: int
    user: str

    @property
    def url(self) -> str:
        """Without a password."""
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/postgres"


def find_program(name: str) -> str | None:
    places = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", "")]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    initdb, postgres = find_program("initdb"), find_program("postgres")
    if sys.platform == "win32" or initdb is None or postgres is None:
        pytest.skip("no PostgreSQL here; on Debian: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    import pwd
    import tempfile

    name = "nobody" if os.geteuid() == 0 else getpass.getuser()  # it refuses to run as root
    account = pwd.getpwnam(name)
    folder = Path(tempfile.mkdtemp(prefix="historian-", dir="/tmp"))  # a path that the other user can enter
    os.chown(folder, account.pw_uid, account.pw_gid)
    as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    os.chown(secret, account.pw_uid, account.pw_gid)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [initdb, "-D", str(folder / "data"), "-A", "scram-sha-256", f"--pwfile={secret}", "-U", "reader", "--locale=C"]
    subprocess.run(words, check=True, capture_output=True, cwd=folder, **as_user)  # type: ignore[call-overload]
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    process = subprocess.Popen(  # type: ignore[call-overload]
        [postgres, "-D", str(folder / "data"), *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, **as_user
    )
    assert process.stderr is not None
    for line in process.stderr:
        if b"ready to accept connections" in line:
            break
    try:
        fill(Server(port=port, user="reader"))
        yield Server(port=port, user="reader")
    finally:
        process.terminate()
        process.communicate(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def connect(server: Server) -> psycopg.Connection:
    import psycopg

    return psycopg.connect(host="127.0.0.1", port=server.port, user="reader", password=PASSWORD, dbname="postgres")


def fill(server: Server) -> None:
    with connect(server) as connection:
        connection.execute("CREATE SCHEMA plant")
        connection.execute("CREATE TABLE plant.history (ts timestamptz, tagname text, value double precision, quality smallint)")
        connection.execute(
            "INSERT INTO plant.history"
            " SELECT timestamptz '2026-03-01 00:00:00+00' + k * interval '1 s', tag, 100 + k / 1000.0,"
            " CASE WHEN k % 100 = 7 THEN 0 ELSE 192 END"
            " FROM generate_series(0, 14999) k, unnest(ARRAY['PI-2041A', 'FI-2041']) tag"
        )
        connection.execute("CREATE TABLE naive (ts timestamp, pi numeric(8,3))")
        connection.execute("INSERT INTO naive VALUES ('2026-03-01 01:30:00', 148.125)")


def test_a_real_postgresql_is_read_in_pieces_and_becomes_a_recording(tmp_path: Path, server: Server) -> None:
    allow_plugin(PluginAllowRequest(folder=str(PLUGIN)), Job())
    config = config_file(tmp_path, LONG.format(url=server.url, table="plant.history", more=""))
    request = FetchRequest(
        source="historian-sql", config=str(config), project=str(tmp_path / "p"), start="2026-03-01T00:00:00Z",
        end="2026-03-01T04:00:00Z", connect="127.0.0.1", asset="P-2041A",
    )  # fmt: skip
    asked: list[str] = []

    def type_password(question: str) -> str:
        asked.append(question)
        return PASSWORD

    result = fetch_logs(request, Job(), type_password)
    recording = result.recordings[0]
    # 4 h of 1 s samples of two tags; one in a hundred has OPC quality 0 = bad
    assert (result.rows, recording.rows, recording.first_utc) == (28_800, 14_400, "2026-03-01T00:00:00Z")
    assert {channel.n_good for channel in recording.channels} == {14_400 - 144}
    assert asked == ["Password of reader at 127.0.0.1"]


def test_the_transaction_can_not_write(tmp_path: Path, server: Server) -> None:
    from historian_sql.query import begin_read_only, make_engine

    config = load_config(config_file(tmp_path, LONG.format(url=server.url, table="plant.history", more="")))
    ask = SourceAsk(config=tmp_path, start_ns=0, end_ns=1, secret=lambda _: PASSWORD, address="127.0.0.1")
    engine = make_engine(config, ask)
    with engine.connect() as connection:
        begin_read_only(connection)
        with pytest.raises(sqlalchemy.exc.InternalError, match="read-only transaction"):
            connection.execute(sqlalchemy.text("DELETE FROM plant.history"))
    engine.dispose()


def test_naive_times_are_taken_in_the_zone_of_the_description(tmp_path: Path, server: Server) -> None:
    text = f'url = "{server.url}"\ntable = "naive"\nlayout = "wide"\ntime = "ts"\ncolumns = ["pi"]\nzone = "Europe/Oslo"\n'
    config = config_file(tmp_path, text)
    # 01:30 in Oslo is 00:30 UTC: inside this window
    found = cells_of(config, secret=lambda _: PASSWORD)
    assert found == [["2026-03-01 01:30:00", "148.125"]]


def test_a_reading_that_is_broken_off_leaves_no_connection(tmp_path: Path, server: Server) -> None:
    config = config_file(tmp_path, LONG.format(url=server.url, table="plant.history", more=""))
    ask = SourceAsk(config=config, start_ns=START_NS, end_ns=START_NS + 4 * HOUR_NS, secret=lambda _: PASSWORD)
    pieces = iter(SOURCE.read(ask))
    assert len(next(pieces).rows) == 10_000
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%history%' AND state <> 'idle'"
    with connect(server) as connection:
        found = connection.execute(asked).fetchone()
    assert found == (1,)  # this very query


def test_a_wrong_password_is_said_without_it(tmp_path: Path, server: Server) -> None:
    config = config_file(tmp_path, LONG.format(url=server.url, table="plant.history", more=""))
    with pytest.raises(DeviceError, match="password authentication failed") as caught:
        cells_of(config, secret=lambda _: "a wrong secret")
    assert "a wrong secret" not in str(caught.value)
