"""Against a MariaDB of its own, where there is one (Debian: mariadb-server-core) and the driver PyMySQL is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the plugin needs SQLAlchemy")
pymysql = pytest.importorskip("pymysql", reason="the driver PyMySQL is not installed")

from historian_cases import HOUR_NS, LONG, PASSWORD, PLUGIN, SOURCE, START_NS, cells_of, config_file  # noqa: E402
from historian_sql.config import load_config  # noqa: E402

from workbench.api import DeviceError, SourceAsk  # noqa: E402
from workbench.core.jobs import Job  # noqa: E402
from workbench.services.log_fetch import FetchRequest, fetch_logs  # noqa: E402
from workbench.services.plugins import PluginAllowRequest, allow_plugin  # noqa: E402

SCRIPTS = Path("/usr/share/mysql")
WAIT_S = 60.0


@dataclass(frozen=True)
class Server:
    """A MariaDB on this machine for the length of the tests."""

    port: int
    socket: Path

    @property
    def url(self) -> str:
        """Without a password."""
        return f"mysql+pymysql://reader@127.0.0.1:{self.port}/plant"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if sys.platform == "win32" or program is None or not (SCRIPTS / "mysql_system_tables.sql").is_file():
        pytest.skip("no MariaDB here; on Debian: apt-get install mariadb-server-core")
    folder = Path(tempfile.mkdtemp(prefix="historian-", dir="/tmp"))
    (folder / "data").mkdir()
    common = [program, "--no-defaults", f"--datadir={folder / 'data'}", "--user=root"]
    start = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket=NULL;"]
    start += [
        (SCRIPTS / name).read_text(encoding="utf-8") for name in ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    ]
    subprocess.run([*common, "--bootstrap"], input="\n".join(start).encode(), check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    found = Server(port=port, socket=folder / "s")
    process = subprocess.Popen(
        [*common, f"--socket={found.socket}", f"--port={port}", "--bind-address=127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        fill(found)
        yield found
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def is_listening(server: Server) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(server.socket)) == 0


def fill(server: Server) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not is_listening(server):
        assert time.monotonic() < deadline_s, "MariaDB did not start"
        time.sleep(0.1)
    connection = pymysql.connect(unix_socket=str(server.socket), user="root")
    rows = ",".join(
        f"('2026-03-01 01:{second // 60:02d}:{second % 60:02d}.5', '{tag}', {second}e-12, 'Good')"
        for second in range(600) for tag in ("PI-2041A", "XX-1")
    )  # fmt: skip
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE plant")
        for host in ("localhost", "127.0.0.1"):
            cursor.execute(f"CREATE USER 'reader'@'{host}' IDENTIFIED BY '{PASSWORD}'")
            cursor.execute(f"GRANT ALL ON plant.* TO 'reader'@'{host}'")
        cursor.execute("USE plant")
        cursor.execute("CREATE TABLE history (ts datetime(3), tagname varchar(40), value double, quality varchar(10))")
        cursor.execute(f"INSERT INTO history VALUES {rows}")
        connection.commit()


def description(tmp_path: Path, server: Server) -> Path:
    return config_file(tmp_path, LONG.format(url=server.url, table="history", more='zone = "Europe/Oslo"'))


def test_a_small_number_is_the_number_and_no_decimal_of_ten_places(tmp_path: Path, server: Server) -> None:
    cells = cells_of(description(tmp_path, server), secret=lambda _: PASSWORD)
    # 01:00 in Oslo is the first instant of the window; only the tags of the description
    assert [cell[:3] for cell in cells[:2]] == [
        ["2026-03-01 01:00:00.500000", "PI-2041A", "0.0"], ["2026-03-01 01:00:01.500000", "PI-2041A", "1e-12"]
    ]  # fmt: skip
    assert len(cells) == 600


def test_through_the_program_it_becomes_a_recording(tmp_path: Path, server: Server) -> None:
    allow_plugin(PluginAllowRequest(folder=str(PLUGIN)), Job())
    request = FetchRequest(
        source="historian-sql", config=str(description(tmp_path, server)), project=str(tmp_path / "p"),
        start="2026-03-01T00:00:00Z", end="2026-03-01T01:00:00Z", connect="127.0.0.1", asset="P-2041A",
    )  # fmt: skip
    result = fetch_logs(request, Job(), lambda _: PASSWORD)
    recording = result.recordings[0]
    assert (result.rows, recording.rows, recording.first_utc) == (600, 600, "2026-03-01T00:00:00.5Z")


@pytest.mark.parametrize("statement", ["DELETE FROM history", "CREATE TABLE more (a int)", "DROP TABLE history"])
def test_the_session_can_not_write_nor_make_tables(tmp_path: Path, server: Server, statement: str) -> None:
    """CREATE and DROP end a transaction that is only read-only by itself, and would be done."""
    from historian_sql.query import begin_read_only, make_engine

    ask = SourceAsk(config=tmp_path, start_ns=0, end_ns=1, secret=lambda _: PASSWORD, host="127.0.0.1", address="127.0.0.1")
    engine = make_engine(load_config(description(tmp_path, server)), ask)
    with engine.connect() as connection:
        begin_read_only(connection)
        with pytest.raises(sqlalchemy.exc.OperationalError, match="READ ONLY"):
            connection.execute(sqlalchemy.text(statement))
    engine.dispose()


def test_a_reading_that_is_broken_off_leaves_no_connection(tmp_path: Path, server: Server) -> None:
    ask = SourceAsk(
        config=description(tmp_path, server), start_ns=START_NS, end_ns=START_NS + HOUR_NS, secret=lambda _: PASSWORD
    )  # fmt: skip
    pieces = iter(SOURCE.read(ask))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    with pymysql.connect(unix_socket=str(server.socket), user="root") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.processlist WHERE user = 'reader'")
        assert cursor.fetchone() == (0,)


def test_a_wrong_password_is_said_without_it(tmp_path: Path, server: Server) -> None:
    with pytest.raises(DeviceError, match="Access denied") as caught:
        cells_of(description(tmp_path, server), secret=lambda _: "a wrong secret")
    assert "a wrong secret" not in str(caught.value)
