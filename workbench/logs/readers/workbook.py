"""The inside of an .xlsx: what calamine does not tell, and what must be known before it is let loose on a file.

A sheet of one cell in the last corner, or a part that unpacks to more than it declares, would take all memory. Must not
import anything heavy.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

from workbench.core.errors import LogFormatError
from workbench.logs.readers.compound import string_counts
from workbench.logs.readers.sources import Source

MAX_CELLS = 4_000_000
"""A sheet is read at once, at some 180 bytes a cell."""
MAX_XML_BYTES = 64 << 20
_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 64
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ROW = re.compile(rb'<row\b[^<>]{0,40}?\br="(\d{1,9})"')
_DATE_1904 = re.compile(rb"<workbookPr[^<>]{0,300}\bdate1904\s{0,3}=\s{0,3}[\"'](?:1|true)[\"']", re.IGNORECASE)
_SHEET = re.compile(rb'<sheet\b[^<>]{0,300}?\bname="([^"<>]{1,200})"[^<>]{0,300}?\br:id="([^"<>]{1,60})"')
_RELATION = re.compile(rb'<Relationship\b[^<>]{0,400}?\bId="([^"<>]{1,60})"[^<>]{0,400}?\bTarget="([^"<>]{1,200})"')
_RELATION_TURNED = re.compile(rb'<Relationship\b[^<>]{0,400}?\bTarget="([^"<>]{1,200})"[^<>]{0,400}?\bId="([^"<>]{1,60})"')
_ERROR = re.compile(
    rb'<c\b[^<>]{0,80}?\br="([A-Z]{1,3})(\d{1,7})"[^<>]{0,80}?\bt="e"[^<>]{0,80}>(?:<f[^<>]{0,80}>[^<]{0,400}</f>)?<v>([^<]{1,40})</v>'
)
_ZIP_TROUBLE = (
    zipfile.BadZipFile,
    KeyError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
    EOFError,
    struct.error,
)
_COUNT = re.compile(rb"\b(?:uniqueCount|count)\s{0,3}=\s{0,3}[\"'](\d{1,20})[\"']")
_HEAD_BYTES = 8192
_HINT = "Save it again as .xlsx or as CSV."


def check_workbook(source: Source) -> None:
    """Raise LogFormatError for an .xlsx whose parts lie about their size, or whose sheets span too many cells."""
    if not source.data.startswith(b"PK"):
        _check_strings(source, string_counts(source.data), len(source.data))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise LogFormatError(f"{source.name} is a document of another kind than .xlsx.", _HINT, path=str(source.path))
            for member in archive.infolist():
                _check_size(source, member)
                if member.filename.startswith("xl/worksheets/"):
                    _check_extent(source, archive, member)
                if member.filename.lower() == "xl/sharedstrings.xml":
                    with archive.open(member) as stream:
                        _check_strings(source, _COUNT.findall(stream.read(_HEAD_BYTES)), member.file_size)
    except _ZIP_TROUBLE as error:
        raise LogFormatError(f"{source.name} can't be read as a workbook: {error}.", _HINT, path=str(source.path)) from error


def _check_strings(source: Source, counts: Sequence[bytes | int], size_bytes: int) -> None:
    """Its reader takes memory for as many texts as a workbook says it has: there can't be more of them than bytes."""
    for count in map(int, counts):
        if count > size_bytes:
            raise LogFormatError(
                f"{source.name} says that it holds {count} texts in {size_bytes} bytes: that is no workbook.", _HINT,
                path=str(source.path),
            )  # fmt: skip


def _check_size(source: Source, member: zipfile.ZipInfo) -> None:
    """Unpack a part to its declared size and not a byte more."""
    if member.compress_type != zipfile.ZIP_DEFLATED:
        return
    start = member.header_offset + 30 + sum(struct.unpack_from("<HH", source.data, member.header_offset + 26))
    packed = memoryview(source.data)[start : start + member.compress_size]
    inflater = zlib.decompressobj(-15)
    total = 0
    while packed and not inflater.eof:
        total += len(inflater.decompress(packed, _CHUNK_BYTES))
        packed = memoryview(inflater.unconsumed_tail)
        if total > member.file_size:
            raise LogFormatError(
                f"{source.name} unpacks to more than it declares: that is no workbook.", _HINT, path=str(source.path)
            )


def _check_extent(source: Source, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    last_row = last_column = 0
    held = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            held += chunk
            rows = [int(row) for row in _ROW.findall(held)]
            cells = _CELL.findall(held)
            last_row = max(last_row, max(rows, default=0), max((int(row) for _, row in cells), default=0))
            last_column = max(last_column, max((_column_number(letters) + 1 for letters in {one for one, _ in cells}), default=0))
            held = held[-_OVERLAP_BYTES:]
    if last_row * max(last_column, 1) > MAX_CELLS:
        raise LogFormatError(
            f"A sheet of {source.name} spans {last_row} rows and {last_column} columns; at most {MAX_CELLS:,} cells are read.",
            "Delete what lies far outside the table, or save the sheet as CSV, which can have any size.",
            path=str(source.path),
        )


def is_epoch_1904(data: bytes) -> bool:
    """Whether the workbook counts its dates from 1904."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(_DATE_1904.search(_member(archive, "xl/workbook.xml")))
    except _ZIP_TROUBLE:
        return False


def find_errors(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """Cells such as #N/A by sheet, row and column: calamine hands them out as empty, but why a value is missing matters."""
    found: dict[str, dict[tuple[int, int], str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            relations = _member(archive, "xl/_rels/workbook.xml.rels")
            targets = dict(_RELATION.findall(relations))
            targets.update({name: target for target, name in _RELATION_TURNED.findall(relations)})
            for name, relation in _SHEET.findall(_member(archive, "xl/workbook.xml")):
                path = _text(targets.get(relation, b"")).lstrip("/")
                xml = _member(archive, path if path.startswith("xl/") else f"xl/{path}")
                found[html.unescape(_text(name))] = {
                    (int(row) - 1, _column_number(letters)): _text(text) for letters, row, text in _ERROR.findall(xml)
                }
    except _ZIP_TROUBLE:
        return found
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _member(archive: zipfile.ZipFile, path: str) -> bytes:
    """A part of the workbook; nothing where it is larger than what is worth looking through."""
    if archive.getinfo(path).file_size > MAX_XML_BYTES:
        return b""
    with archive.open(path) as stream:
        return stream.read(MAX_XML_BYTES)


def _column_number(letters: bytes) -> int:
    """A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
