"""The first bytes of what an archive of any size holds, and the first records of JSON: nothing is read further, or held whole."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import LogFormatError
from workbench.logs.readers import packed
from workbench.logs.readers.byte_stream import CHUNK_BYTES, FixedEndFile
from workbench.logs.readers.json_stream import find_list
from workbench.logs.readers.sources import inner_name, is_hidden
from workbench.logs.text.decode import clean_text

_MAX_HEADS = 20
"""Members that are looked at: what begins with so many others is told by its name."""
_RECORD_ENDS = 20
_TROUBLE = (*packed.ERRORS, tarfile.TarError, zipfile.BadZipFile, NotImplementedError, RuntimeError, OverflowError)


def packed_heads(path: Path, kind: str, n_bytes: int) -> Iterator[tuple[str, bytes]]:
    """(name, at most `n_bytes` of it) of the first members of an archive; of a zip in the order of their names.

    Raises LogFormatError where it is damaged.
    """
    try:
        with FixedEndFile(path) as file:
            found = _in_zip(file, path.name, n_bytes) if kind == "zip" else _in_stream(file, path.name, kind, n_bytes)
            for _, (name, head) in zip(range(_MAX_HEADS), found, strict=False):
                yield clean_text(name), head
    except _TROUBLE as error:
        reason = clean_text(str(error) or type(error).__name__).rstrip(".")
        raise LogFormatError(
            f"{path.name} can't be unpacked: {reason}.", "It is damaged or still being written; copy it again.", path=str(path)
        ) from error


def _in_zip(file: FixedEndFile, name: str, n_bytes: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BufferedReader(file, CHUNK_BYTES)) as archive:
        for member in sorted(archive.infolist(), key=_name_in_zip):
            if not member.is_dir() and not is_hidden(member.filename):
                with archive.open(member) as stream:
                    yield f"{name}: {Path(member.filename.replace(chr(92), '/')).name}", stream.read(n_bytes)


def _name_in_zip(member: zipfile.ZipInfo) -> str:
    return member.filename


def _in_stream(file: FixedEndFile, name: str, kind: str, n_bytes: int) -> Iterator[tuple[str, bytes]]:
    """A tar, packed or not, or one file that is packed by itself."""
    raw = io.BufferedReader(file, CHUNK_BYTES)
    head = raw.read(n_bytes) if kind == "tar" else _read(packed.open_packed(kind, raw), n_bytes)
    if head[257:262] != b"ustar":
        yield inner_name(name, kind), head
        return
    raw.seek(0)
    stream = raw if kind == "tar" else packed.open_packed(kind, raw)
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload] # it only reads
        for member in archive:
            inner = archive.extractfile(member) if member.isreg() and not is_hidden(member.name) else None
            if inner is not None:
                yield f"{name}: {Path(member.name).name}", inner.read(n_bytes)


def _read(stream: packed.Readable, n_bytes: int) -> bytes:
    found = b""
    while len(found) < n_bytes and (chunk := stream.read(n_bytes - len(found))):
        found += chunk
    return found


def first_records(head: bytes) -> bytes:
    """The records of a large JSON file that its head holds whole, one a line or in a list; b'' for any other JSON."""
    text = head.decode("utf-8-sig", errors="ignore").lstrip()
    text = text[max(find_list(text), 0) :]
    if text.startswith("{"):
        lines = text.splitlines()[:-1]
        return "\n".join(lines).encode() if lines and _is_json(lines[0]) else b""
    end = text.rfind("}")
    for _ in range(_RECORD_ENDS if text.startswith("[") else 0):
        records = text[: end + 1] + "]"
        if _is_json(records):
            return records.encode()
        end = text.rfind("}", 0, max(end, 0))  # a brace within a record or a text: the one before it may be a record's end
    return b""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
