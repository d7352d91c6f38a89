"""What a plugin hands over, and what a source of logs is that is no file. Must not import anything heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workbench.logs.readers.reader import Reader

API_VERSION = 1
Ask = Callable[[str], str]
"""Asks a person for a secret, which goes nowhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What a source's description says before anything is opened.

    `host` is the machine that reading connects to ('' for none: a file), `opens` says it in words for a person to agree to,
    `secret_name` names the secret in the key store ('' where none is needed), `zone` is the IANA zone of its naive times.
    """

    name: str
    opens: str
    host: str = ""
    secret_name: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAsk:
    """What to read: the description, [start, end) in ns since 1970 UTC, tags (none = all), and how the secret is had."""

    config: Path
    start_ns: int
    end_ns: int
    tags: tuple[str, ...] = ()
    secret: Ask | None = None
    host: str = ""
    """The host that was agreed to; the description may say another by now."""
    address: str = ""
    """The address of the host that was looked at and found to be near: the one to connect to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRows:
    """A piece of a table: `rows` are cells as text, '' where there is none; instants as ISO 8601. `at_ns`: how far it is."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    at_ns: int | None = None


class LogSource(Protocol):
    """A source of logs that is no file, such as a historian's database. What it gives is read as a table in a file would be."""

    @property
    def kind(self) -> str:
        """Short word for it: `logs fetch --source KIND`."""

    @property
    def name(self) -> str:
        """What people call it."""

    def describe(self, config: Path) -> SourceFacts:
        """Read its description; opens nothing. Raises InputError naming the fault."""

    def read(self, ask: SourceAsk) -> Iterator[SourceRows]:
        """Pieces of one table, oldest first; may be closed at any piece. Raises InputError or DeviceError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """What a plugin brings; its entry in pyproject.toml names one of these."""

    readers: tuple[Reader, ...] = ()
    sources: tuple[LogSource, ...] = ()
