"""The formats that the program reads. To add one: a file beside this one, and a line in `READERS`.

Order matters only for the last: text takes what nobody knows. Must not import a format's library: readers do when they read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from workbench.logs.readers.arrow import ArrowReader
from workbench.logs.readers.excel import ExcelReader
from workbench.logs.readers.hdf5 import Hdf5Reader
from workbench.logs.readers.lvm import LvmReader
from workbench.logs.readers.matlab import MatlabReader
from workbench.logs.readers.mdf import MdfReader
from workbench.logs.readers.name_stamps import start_in_name
from workbench.logs.readers.parquet import ParquetReader
from workbench.logs.readers.reader import Content, Reader, Streaming, check_installed
from workbench.logs.readers.signals import Signals
from workbench.logs.readers.sources import HEAD_BYTES, Source
from workbench.logs.readers.sqlite import SqliteReader
from workbench.logs.readers.tdms import TdmsReader
from workbench.logs.readers.text_reader import JsonReader, TextReader
from workbench.logs.readers.wav import WavReader
from workbench.logs.readers.wave_text import WaveTextReader

READERS: tuple[Reader, ...] = (
    ParquetReader(),
    ArrowReader(),
    ExcelReader(),
    SqliteReader(),
    WavReader(),
    MatlabReader(),
    Hdf5Reader(),
    TdmsReader(),
    MdfReader(),
    LvmReader(),
    WaveTextReader(),
    JsonReader(),
    TextReader(),
)
_N_LAST = 2
"""JSON and text take what nobody knows; whoever is added stands in front of them."""
_added: ContextVar[tuple[Reader, ...]] = ContextVar("added_readers", default=())
ARCHIVE_SUFFIXES = (".zip", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".zst")


def known_readers() -> tuple[Reader, ...]:
    """The program's own readers, and those that are added at this moment."""
    return (*READERS[:-_N_LAST], *_added.get(), *READERS[-_N_LAST:])


@contextmanager
def added_readers(readers: Sequence[Reader]) -> Iterator[None]:
    """Read with these readers too, for the length of a call; a format of the program's own stays its own."""
    token = _added.set(tuple(readers))
    try:
        yield
    finally:
        _added.reset(token)


def find_reader(head: bytes) -> Reader:
    """The reader of files that begin with `head`; text where none knows it."""
    return next(reader for reader in known_readers() if reader.recognises(head[:HEAD_BYTES]))


def reader_of(kind: str) -> Reader:
    """The reader of a kind that `find_reader` gave."""
    return next(reader for reader in known_readers() if reader.kind == kind)


def streams(kind: str) -> bool:
    """Whether files of a kind are read in blocks, so that they may be larger than memory."""
    return any(reader.kind == kind and isinstance(reader, Streaming) for reader in known_readers())


@contextmanager
def opened_content(source: Source) -> Iterator[Content]:
    """Open one file by what it is; what its reader can't leave in the file is read. Raises as `read_content`."""
    reader = reader_of(source.kind)
    check_installed(reader, source)
    if isinstance(reader, Streaming):
        with reader.opened(source) as content:
            yield _of_file(content, source)
    else:
        yield _of_file(reader.read(source), source)


def _of_file(content: Content, source: Source) -> Content:
    """The content with its file; what says no start began when the file's own name (not that of its archive) says so."""
    named = start_in_name(source.name)
    file = (source.name, str(source.path))
    return replace(content, signals=tuple(_named_start(replace(one, file=file), named) for one in content.signals))


def _named_start(signals: Signals, named: tuple[int, bool] | None) -> Signals:
    if named is None or signals.is_begun:
        return signals
    return replace(signals, start_ns=named[0], is_absolute=named[1], is_named_start=True)


def read_content(source: Source) -> Content:
    """Read one file by what it is. Raises LogFormatError or EncodingError naming the file."""
    with opened_content(source) as content:
        return content.loaded(source)


def all_suffixes() -> tuple[str, ...]:
    """File name endings that logs usually have, archives included; for file dialogs."""
    return tuple(dict.fromkeys([*(suffix for reader in known_readers() for suffix in reader.suffixes), *ARCHIVE_SUFFIXES]))
