"""What a reader is: one small class in one file for one format, told by a file's first bytes, held to one contract.

    class TdmsReader:
        kind, name, suffixes, extra, needs = "tdms", "TDMS", (".tdms",), "tdms", ("nptdms",)

        def recognises(self, head): return head.startswith(b"TDSm")

        def read(self, source): return Content(segments=…)

It gets bytes that were checked for size, gives tables (`Segment`) or even signals (`Signals`), and raises LogFormatError naming
the file for everything else. It imports its library when it reads, not before. `tests/contracts/test_readers.py` is the contract.

A reader that can read a file of any size in blocks is `Streaming`: `opened` gives the same content with columns that stay
in the file (`StoredTable`, and `Signals` of `LazyArray`), as long as the file is open.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from workbench.core.errors import LogFormatError, WorkbenchError
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.signals import Signals, check_samples
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Segment, StoredTable

MAX_PRINTED = 10_000_000
"""Times as text that are read into memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds: tables, signals at an even rate, or events instead of measurements."""

    segments: tuple[Segment, ...] = ()
    signals: tuple[Signals, ...] = ()
    events: EventFile | None = None
    tables: tuple[StoredTable, ...] = ()
    """Tables whose rows are still in the file."""

    @property
    def n_cells(self) -> int:
        """Cells that are still in the file."""
        cells = (table.n_rows * table.n_columns for table in self.tables)
        return sum(cells) + sum(signals.n_rows * len(signals.channels) for signals in self.signals)

    def loaded(self, source: Source) -> Content:
        """All of it in memory. Raises LogFormatError where that is too much."""
        check_samples(source.name, self.n_cells, str(source.path))
        n_printed = sum(table.n_printed for table in self.tables)
        if n_printed > MAX_PRINTED:
            raise LogFormatError(
                f"{source.name} has {n_printed} printed times; at most {MAX_PRINTED} are read.",
                "Split it.",
                path=str(source.path),
            )
        segments = [segment for table in self.tables for segment in table.pieces(max(table.n_rows, 1))]
        return Content(
            segments=(*self.segments, *segments), signals=tuple(one.loaded() for one in self.signals), events=self.events
        )

    def head(self, n_rows: int) -> Content:
        """The first rows of each table and signal, in memory."""
        segments = (next(iter(table.pieces(n_rows)), None) for table in self.tables)
        return Content(
            segments=(*self.segments, *(one for one in segments if one is not None)),
            signals=tuple(one.head(n_rows) for one in self.signals), events=self.events,
        )  # fmt: skip


class Reader(Protocol):
    """One file format."""

    @property
    def kind(self) -> str:
        """Short word for it, as in `Source.kind`."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Usual file name endings: for file dialogs only, content decides."""

    @property
    def extra(self) -> str:
        """The optional dependency group that brings its library, '' where the program has it."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Modules that reading imports."""

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins with `head` (at most `HEAD_BYTES`) is of this format."""

    def read(self, source: Source) -> Content:
        """Read it all. Raises LogFormatError or EncodingError naming the file."""


class Streaming(ABC):
    """Base of a reader of a format that is read in blocks: reading all of it is opening it and loading it."""

    @abstractmethod
    def opened(self, source: Source) -> AbstractContextManager[Content]:
        """The file, open: nothing but its description is read yet. Raises as `read` does, also while rows are read."""

    def read(self, source: Source) -> Content:
        """All of it in memory. Raises LogFormatError naming the file."""
        with self.opened(source) as content:
            return content.loaded(source)


def is_installed(reader: Reader) -> bool:
    """Whether the libraries that a reader needs are there; none is imported."""
    return all(find_spec(module) is not None for module in reader.needs)


def check_installed(reader: Reader, source: Source) -> None:
    """Raise LogFormatError that names the format and what to install."""
    if not is_installed(reader):
        raise LogFormatError(
            f"{source.name} is a {reader.name} file, and the library that reads them is not installed.",
            f"Install it with pip install 'pump-workbench[{reader.extra}]'; without a network from a folder of wheels: "
            f"pip install --no-index --find-links WHEELS 'pump-workbench[{reader.extra}]'.",
            path=str(source.path),
        )


def cant_read(source: Source, name: str, error: BaseException | str, hint: str = "Copy or export it again.") -> LogFormatError:
    """The refusal of a file that its library can't read, with the library's reason in one line."""
    from workbench.logs.text.decode import clean_text

    reason = error if isinstance(error, str) else str(error) or type(error).__name__
    text = clean_text(" ".join(reason.split())).rstrip(".")[:200]
    return LogFormatError(f"{source.name} can't be read as {name}: {text}.", hint, path=str(source.path))


@dataclass(frozen=True, slots=True)
class ReadGuard:
    """Around whatever a library does with a file: `with guard():` makes its errors the refusal of the file."""

    source: Source
    name: str
    trouble: tuple[type[BaseException], ...]
    hint: str = "Copy it again."

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Raises LogFormatError naming the file; the program's own errors go through."""
        try:
            yield
        except WorkbenchError:
            raise
        except self.trouble as error:
            raise cant_read(self.source, self.name, error, self.hint) from error
