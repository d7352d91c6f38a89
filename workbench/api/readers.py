"""What a plugin that reads a file format may import: the readers' contract and what tables and signals are made of.

`tests/contracts/test_readers.py` is the contract in deeds. Loads numpy.
"""

from __future__ import annotations

from workbench.core.errors import EncodingError, LogFormatError
from workbench.logs.readers.arrays import ArrayGroup, NamedArray, content_of
from workbench.logs.readers.reader import Content, Reader, cant_read
from workbench.logs.readers.signals import Signal, Signals
from workbench.logs.readers.sources import HEAD_BYTES, Source
from workbench.logs.readers.table import Header, NumberCells, Segment, TimeColumns
from workbench.logs.tables.cells import Cells

__all__ = [
    "HEAD_BYTES",
    "ArrayGroup",
    "Cells",
    "Content",
    "EncodingError",
    "Header",
    "LogFormatError",
    "NamedArray",
    "NumberCells",
    "Reader",
    "Segment",
    "Signal",
    "Signals",
    "Source",
    "TimeColumns",
    "cant_read",
    "content_of",
]
