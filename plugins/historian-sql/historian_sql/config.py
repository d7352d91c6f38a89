"""The description of a historian's database: where it is, how its table is laid out. It never holds a password.

    name = "Havsule historian"
    url = "postgresql+psycopg://reader@historian.havsule.local:5432/plant"
    table = "public.history"
    layout = "long"               # a row a tag and instant; or "wide": a column a tag
    time = "ts"
    tag = "tagname"
    value = "value"
    quality = "quality"           # optional
    unit = "unit"                 # optional
    zone = "Europe/Oslo"          # of times without a zone
    tags = ["PI-2041A", "FI-2041"]

For a wide table: `columns = ["pi_2041a", "fi_2041"]`. Units that the table does not hold: `units = { "PI-2041A" = "bar" }`.
Times that are numbers: `epoch = "s"`, "ms" or "us". Times that are text: `text_format = "%Y-%m-%dT%H:%M:%SZ"`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from workbench.api import InputError

MAX_BYTES = 1 << 20
DRIVERS = ("postgresql+psycopg", "mssql+pyodbc", "mysql+pymysql", "oracle+oracledb")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:]+\]")
_HELP = "See the README of the plugin historian-sql."
_OPTIONS = {
    "driver": re.compile(r"[\w .()-]{1,80}"),  # a registered name: a path would have the driver manager load that file
    "sslmode": re.compile(r"[a-z-]{1,20}"),
    "service_name": re.compile(r"[\w.$-]{1,128}"),
}
_PLAIN = re.compile(r"[A-Za-z0-9+]+://[\w.%+$@:\[\]-]+(/[\w.+$ -]*)?(\?[\w.%+$ ()=&-]*)?", re.ASCII)
"""Nothing that one reader of urls takes for a part of the machine's name, and another does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """See the top of this file."""

    url: str
    table: str
    time: str
    name: str = "historian"
    layout: str = "long"
    tag: str = ""
    value: str = ""
    quality: str = ""
    unit: str = ""
    zone: str | None = None
    tags: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    epoch: str = ""
    text_format: str = ""

    @property
    def host(self) -> str:
        """The machine that it connects to; '' for a file."""
        return (urlsplit(self.url).hostname or "") if not self.file else ""

    @property
    def file(self) -> str:
        """The file of an SQLite database, '' for a server."""
        return self.url.removeprefix("sqlite:///") if self.url.startswith("sqlite:///") else ""


def load_config(path: Path) -> Config:
    """Read a description. Raises InputError naming file and fault."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES)
        found = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.", "Check its name.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path.name} can't be read: {error}.", _HELP) from error
    known = {item.name for item in fields(Config)}
    unknown = sorted(set(found) - known)
    missing = [name for name in ("url", "table", "time") if not isinstance(found.get(name), str)]
    if unknown or missing:
        told = f"there is no {unknown[0]!r}" if unknown else f"{missing[0]!r} is missing"
        raise InputError(f"{path.name}: {told}.", _HELP)
    _check_kinds(path, found)
    for name in ("tags", "columns"):
        found[name] = tuple(found.get(name, ()))
    config = Config(**found)
    fault = fault_of(config)
    if fault:
        raise InputError(f"{path.name}: {fault}.", _HELP)
    return config


def _check_kinds(path: Path, found: dict[str, object]) -> None:
    """Raises InputError where a value is not of its kind: texts, two lists of texts, and a table of texts."""
    for name, value in found.items():
        kind, items = (list, value) if name in ("tags", "columns") else (str, [value])
        if name == "units":
            kind, items = dict, value.values() if isinstance(value, dict) else ()
        if not isinstance(value, kind) or not all(isinstance(item, str) for item in items):  # type: ignore[union-attr]
            raise InputError(f"{path.name}: {name} is not of its kind.", _HELP)


def fault_of(config: Config) -> str:
    """What is wrong with it, '' when nothing is."""
    if config.layout not in ("long", "wide"):
        return f"layout is {config.layout!r}; it is long or wide"
    if config.layout == "long" and not (config.tag and config.value):
        return "a long table needs the names of its columns tag and value"
    if config.layout == "wide" and not config.columns:
        return "a wide table needs columns"
    if config.epoch not in ("", "s", "ms", "us"):
        return f"epoch is {config.epoch!r}; it is s, ms or us"
    if config.file.replace("\\", "/").startswith("//"):
        return f"{config.file} lies on another machine; copy it to this one"
    return "" if config.file else _fault_of_url(config.url)


def _fault_of_url(url: str) -> str:
    """Only a driver that is known, one machine, no password, and nothing that could point elsewhere."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return f"its url can't be read: {error}"
    if parts.scheme not in DRIVERS:
        return f"{parts.scheme or 'its url'} is none of {', '.join(DRIVERS)}, sqlite"
    if parts.password is not None:
        return "its url holds a password; take it out, it is asked for and can be kept in the key store"
    host = parts.netloc.rpartition("@")[2].rpartition(":")[0] or parts.netloc.rpartition("@")[2]
    if not _HOST.fullmatch(host):
        return f"'{host}' is not the name of one machine"
    if not _PLAIN.fullmatch(url):
        return "its url has signs that are not allowed (in a user's name others are written with %)"
    options = parse_qsl(parts.query, keep_blank_values=True)
    if any(name not in _OPTIONS for name, _ in options):
        return "its url has options that are not allowed; driver, sslmode and service_name are"
    wrong = next(((name, value) for name, value in options if not _OPTIONS[name].fullmatch(value)), None)
    if wrong:
        return f"its {wrong[0]} is {wrong[1]!r}, which is no plain name"
    if parts.scheme == "mssql+pyodbc" and not parts.path.strip("/"):
        return "its url names no database; without one it would be the name of a data source, which may be anywhere"
    return ""
