"""The formats that the program reads. To add one: a file beside this one, and a line in `READERS`.

Order matters only for the last: text takes what nobody knows. Must not import a format's library: readers do when they read.
"""

from __future__ import annotations

from workbench.logs.readers.arrow import ArrowReader
from workbench.logs.readers.excel import ExcelReader
from workbench.logs.readers.hdf5 import Hdf5Reader
from workbench.logs.readers.matlab import MatlabReader
from workbench.logs.readers.mdf import MdfReader
from workbench.logs.readers.parquet import ParquetReader
from workbench.logs.readers.reader import HEAD_BYTES, Content, Reader, check_installed
from workbench.logs.readers.sources import Source
from workbench.logs.readers.sqlite import SqliteReader
from workbench.logs.readers.tdms import TdmsReader
from workbench.logs.readers.text_reader import JsonReader, TextReader
from workbench.logs.readers.wav import WavReader

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
    JsonReader(),
    TextReader(),
)
ARCHIVE_SUFFIXES = (".zip", ".gz", ".tar", ".tgz", ".bz2", ".xz")


def find_reader(head: bytes) -> Reader:
    """The reader of files that begin with `head`; text where none knows it."""
    return next(reader for reader in READERS if reader.recognises(head[:HEAD_BYTES]))


def reader_of(kind: str) -> Reader:
    """The reader of a kind that `find_reader` gave."""
    return next(reader for reader in READERS if reader.kind == kind)


def read_content(source: Source) -> Content:
    """Read one file by what it is. Raises LogFormatError or EncodingError naming the file."""
    reader = reader_of(source.kind)
    check_installed(reader, source)
    return reader.read(source)


def all_suffixes() -> tuple[str, ...]:
    """File name endings that logs usually have, archives included; for file dialogs."""
    return tuple(dict.fromkeys([*(suffix for reader in READERS for suffix in reader.suffixes), *ARCHIVE_SUFFIXES]))
