"""What a reader is: one small class in one file for one format, told by a file's first bytes, held to one contract.

    class TdmsReader:
        kind, name, suffixes, extra, needs = "tdms", "TDMS", (".tdms",), "tdms", ("nptdms",)

        def recognises(self, head): return head.startswith(b"TDSm")

        def read(self, source): return Content(segments=…)

It gets bytes that were checked for size, gives tables (`Segment`) or even signals (`Signals`), and raises LogFormatError naming
the file for everything else. It imports its library when it reads, not before. `tests/contracts/test_readers.py` is the contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from workbench.core.errors import LogFormatError
from workbench.logs.readers.events import EventFile
from workbench.logs.readers.signals import Signals
from workbench.logs.readers.sources import Source
from workbench.logs.readers.table import Segment

HEAD_BYTES = 512
"""What `recognises` is given of a file, where there is as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a file holds: tables, signals at an even rate, or events instead of measurements."""

    segments: tuple[Segment, ...] = ()
    signals: tuple[Signals, ...] = ()
    events: EventFile | None = None


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
    from workbench.logs.text import clean_text

    reason = error if isinstance(error, str) else str(error) or type(error).__name__
    text = clean_text(" ".join(reason.split())).rstrip(".")[:200]
    return LogFormatError(f"{source.name} can't be read as {name}: {text}.", hint, path=str(source.path))
