"""The one statement that is ever sent: SELECT of named columns in a window of time, in a read-only transaction, in pieces.

Names are quoted and values bound by SQLAlchemy; nothing of the description becomes SQL by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbench.api import DeviceError, InputError, SourceAsk, SourceRows

from .config import Config

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.sql import ColumnElement, Select

PIECE_ROWS = 10_000
CONNECT_TIMEOUT_S = 10
_UNITS_A_SECOND = {"s": 1, "ms": 1000, "us": 1_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_rows(config: Config, ask: SourceAsk) -> Iterator[SourceRows]:
    """Pieces of the table in the window, oldest first. Closing it ends statement, transaction and connection."""
    from sqlalchemy.exc import SQLAlchemyError

    engine = make_engine(config, ask)
    try:
        with engine.connect() as connection:
            begin_read_only(connection)
            yield from _pieces(config, ask, connection)
    except SQLAlchemyError as error:
        raise _translate(error, config) from error
    finally:
        engine.dispose()


def make_engine(config: Config, ask: SourceAsk) -> Engine:
    """The engine; no connection yet. Asks for the password of a server."""
    from sqlalchemy import URL, create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        if config.file:
            # A database that is not there must not be made, and one that is must not be changed.
            file = URL.create("sqlite", database=f"file:{quote(config.file, safe='/:')}", query={"mode": "ro", "uri": "true"})
            return create_engine(file, poolclass=NullPool)
        url = make_url(config.url)
        if (url.host or "").lower() != config.host or url.password is not None:
            raise InputError(f"The url of {config.name} can be read in two ways.", "See the plugin's README.")
        if ask.host and ask.host != config.host:
            raise InputError(f"{config.name} is now at {config.host}; it was agreed to {ask.host}.", "Fetch again.")
        secret = ask.secret(f"Password of {url.username or 'the reader'} at {config.host}") if ask.secret is not None else ""
        options: dict[str, Any] = {}
        if url.drivername == "postgresql+psycopg":
            # The address that was looked at is the one that is connected to, whatever the environment says.
            # Databases without an encoding of their own (SQL_ASCII) would give bytes.
            options = {"connect_timeout": CONNECT_TIMEOUT_S, "client_encoding": "utf8"}
            if ask.address:
                options["hostaddr"] = ask.address
        if url.drivername == "mysql+pymysql":
            options = {"connect_timeout": CONNECT_TIMEOUT_S, **({"host": ask.address} if ask.address else {})}
        return create_engine(url.set(password=secret or None), connect_args=options, poolclass=NullPool)
    except (ImportError, NoSuchModuleError) as error:
        driver = config.url.partition(":")[0].partition("+")[2]
        raise InputError(
            f"The driver {driver} is not installed.", f"Install it beside the program: pip install {driver}."
        ) from error
    except (ArgumentError, ValueError) as error:
        raise InputError(f"The url of {config.name} can't be used: {error}.", "See the plugin's README.") from error


def begin_read_only(connection: Connection) -> None:
    """A transaction in which the server itself refuses every change, where it knows such a thing."""
    from sqlalchemy import text

    dialect = "mysql" if connection.dialect.name == "mariadb" else connection.dialect.name
    # MariaDB and MySQL end a transaction before CREATE or DROP: the session must be read-only too.
    statements = {
        "postgresql": ("SET TRANSACTION READ ONLY",), "oracle": ("SET TRANSACTION READ ONLY",),
        "mysql": ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY"),
    }  # fmt: skip
    for statement in statements.get(dialect, ()):
        connection.execute(text(statement))


def _pieces(config: Config, ask: SourceAsk, connection: Connection) -> Iterator[SourceRows]:
    from sqlalchemy import Float, MetaData, Table

    schema, _, name = config.table.rpartition(".")
    table = Table(name, MetaData(), schema=schema or None, autoload_with=connection)
    names = column_names(config)
    missing = [one for one in names if one not in table.c]
    if missing:
        raise InputError(f"{config.table} has no column {missing[0]!r}.", f"It has: {', '.join(table.c.keys()[:40])}.")
    for column in table.c:
        if isinstance(column.type, Float):
            column.type.asdecimal = False  # MySQL's DOUBLE would come as a decimal of ten places: 1e-12 would be 0
    statement = build_select(config, ask, [table.c[one] for one in names])
    zone = zone_of(config)
    streamed = connection.execution_options(stream_results=True, max_row_buffer=PIECE_ROWS)
    with closing(streamed.execute(statement)) as found:  # a reading that is broken off leaves no cursor open
        while rows := found.fetchmany(PIECE_ROWS):
            cells = [[_instant(row[0], config), *(_cell(value) for value in row[1:])] for row in rows]
            if config.layout == "long" and config.units and not config.unit:
                cells = [[*row, config.units.get(row[1], "")] for row in cells]
            yield SourceRows(columns=headers(config), rows=cells, at_ns=_at_ns(rows[-1][0], config, zone))


def build_select(config: Config, ask: SourceAsk, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """SELECT time, … WHERE time in the window (and the tag among those asked for) ORDER BY time."""
    from sqlalchemy import select

    time = columns[0]
    statement = select(*columns).where(time >= _bound(ask.start_ns, config, time), time < _bound(ask.end_ns, config, time))
    tags = ask.tags or config.tags
    if config.layout == "long" and tags:
        statement = statement.where(columns[1].in_(list(tags)))
    return statement.order_by(time)


def column_names(config: Config) -> list[str]:
    """The columns that are read, the time first."""
    if config.layout == "wide":
        return [config.time, *config.columns]
    return [config.time, config.tag, config.value, *(name for name in (config.quality, config.unit) if name)]


def headers(config: Config) -> tuple[str, ...]:
    """The table's header as an importer reads it."""
    if config.layout == "wide":
        units = config.units
        return ("time", *(f"{name} [{units[name]}]" if name in units else name for name in config.columns))
    has_units = bool(config.unit or config.units)
    extra = [word for word, is_there in (("quality", config.quality), ("unit", has_units)) if is_there]
    return ("time", "tag", "value", *extra)


def zone_of(config: Config) -> ZoneInfo:
    """The zone of times without one; UTC where none is given. Raises InputError."""
    try:
        return ZoneInfo(config.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"There is no zone {config.zone!r}.", "Write one such as Europe/Oslo.") from error


def _bound(instant_ns: int, config: Config, time: ColumnElement[Any]) -> object:
    """An end of the window in the kind of the time column."""
    from sqlalchemy import DateTime, Numeric, String

    instant = _EPOCH + timedelta(microseconds=instant_ns // 1000)
    if config.epoch or isinstance(time.type, Numeric):
        return instant_ns * _UNITS_A_SECOND[config.epoch or "s"] // 1_000_000_000
    if isinstance(time.type, String) or config.text_format:
        return instant.astimezone(zone_of(config)).strftime(config.text_format or "%Y-%m-%d %H:%M:%S")
    is_aware = isinstance(time.type, DateTime) and time.type.timezone
    return instant if is_aware else instant.astimezone(zone_of(config)).replace(tzinfo=None)


def _instant(value: object, config: Config) -> str:
    """A time as the importer reads it: ISO 8601, with Z where the database knows the instant."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return value.isoformat(sep=" ")
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        micros = round(value * 1_000_000 / _UNITS_A_SECOND[config.epoch or "s"])
        return (_EPOCH + timedelta(microseconds=int(micros))).isoformat().replace("+00:00", "Z")
    return _cell(value)


def _at_ns(value: object, config: Config, zone: ZoneInfo) -> int | None:
    """How far the reading is."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
        return round((aware - _EPOCH).total_seconds() * 1e9)
    if isinstance(value, (int, float, Decimal)):
        return round(float(value) / _UNITS_A_SECOND[config.epoch or "s"] * 1e9)
    return None


def _cell(value: object) -> str:
    """A value as text that loses nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return repr(value) if isinstance(value, float) else str(value)


def _translate(error: Exception, config: Config) -> Exception:
    """The database's own reason in one line; never the password, which SQLAlchemy hides in its urls."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0][:200] if str(error) else type(error).__name__
    text = f"{config.name} can't be read: {reason.rstrip('.')}."
    if config.host:
        return DeviceError(text, f"Check that {config.host} is up, the user's rights, and the description.")
    return InputError(text, "Check the description.")
