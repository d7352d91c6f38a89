"""Against a PostgreSQL of its own, where there is one."""

from __future__ import annotations

import getpass
import os
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

from historian_cases import HOUR_NS, LONG, PASSWORD, PLUGIN, SOURCE, START_NS, cells_of, config_file  # noqa: E402
from historian_sql.config import load_config  # noqa: E402

from workbench.api import DeviceError, SourceAsk  # noqa: E402
from workbench.core.jobs import Job  # noqa: E402 - the program's own services, as a person uses the plugin
from workbench.services.log_fetch import FetchRequest, fetch_logs  # noqa: E402
from workbench.services.plugins import PluginAllowRequest, allow_plugin  # noqa: E402


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
