"""Archives larger than memory: what is in one (tar, zip, gzip, bzip2, xz, zstd) is laid down in a folder and read from there.

The names in an archive are for people only: files are numbered on the disk. Limits are those of archives in memory (ratio, depth,
number of members), and the room on the disk instead of the memory. Raises LogFormatError naming the archive, DiskFull.
"""

from __future__ import annotations

import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workbench.core.codec import translate_os_error
from workbench.core.errors import DiskFull, LogFormatError
from workbench.logs.readers.byte_stream import CHUNK_BYTES, StreamSource, is_workbook
from workbench.logs.readers.packed import SUFFIXES, Readable, open_packed
from workbench.logs.readers.sources import (
    HEAD_BYTES,
    MAX_MEMBERS,
    check_depth,
    check_ratio,
    inner_name,
    is_hidden,
    is_too_deep,
    nothing_inside,
)
from workbench.logs.readers.sources import find_kind as kind_of
from workbench.logs.readers.tar_members import plain_files
from workbench.logs.text.decode import clean_text

_FREE_SHARE = 0.9
"""Of the room on the disk, what unpacking may take."""
_TROUBLE = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError, ValueError, NotImplementedError,
    RuntimeError, MemoryError,
)  # fmt: skip
Say = Callable[[float, str], None]


@dataclass(slots=True)
class _Unpacker:
    """Where members go, and how much was laid down."""

    folder: Path
    say: Say
    most_bytes: int
    n_packed: int
    """Bytes of all archives, those in archives too as they are met."""
    n_files: int = 0
    n_bytes: int = 0
    n_done: int = 0
    """Packed bytes of members that lie there."""
    said: float = 0.0

    def new_path(self) -> Path:
        self.n_files += 1
        return self.folder / f"{self.n_files:05d}"

    def progress(self, n_packed: float, name: str) -> None:
        """So many packed bytes of the member at hand were read; what is said never goes back."""
        self.said = max(self.said, min((self.n_done + n_packed) / max(self.n_packed, 1), 1.0))
        self.say(self.said, f"unpacking {name}")


def unpack(sources: Sequence[StreamSource], folder: Path, say: Say) -> list[StreamSource]:
    """The sources, archives among them replaced by what is in them; that lies in `folder` now, which the caller removes."""
    n_packed = sum(source.size_bytes for source in sources if source.packing == "archive")
    unpacker = _Unpacker(folder, say, int(_FREE_SHARE * shutil.disk_usage(folder).free), n_packed)
    found: list[StreamSource] = []
    for source in sources:
        if source.packing == "archive":
            found.extend(_members(unpacker, source.name, source.path, 0))
        else:
            found.append(source)
    return found


def _members(unpacker: _Unpacker, name: str, path: Path, depth: int) -> list[StreamSource]:
    """What is in an archive. Raises LogFormatError where that is no log."""
    with path.open("rb") as stream:
        kind = kind_of(name, stream.read(HEAD_BYTES))
    check_depth(name, depth)
    with _errors_of(name, path):
        found = list(_OPENERS[kind](unpacker, name, path, depth))
    if not found:
        raise nothing_inside(name, path)
    return found


def _of_packed(unpacker: _Unpacker, name: str, path: Path, depth: int) -> Iterator[StreamSource]:
    """One file that is packed by itself: that is no level of its own for a tar."""
    with path.open("rb") as raw:
        kind = kind_of(name, raw.read(HEAD_BYTES))
        raw.seek(0)
        inner = _lay_down(unpacker, _chunks(open_packed(kind, raw), raw), path.stat().st_size, name)
    yield from _look(unpacker, inner_name(name, kind), inner, depth - 1, is_named=True)


def _of_tar(unpacker: _Unpacker, name: str, path: Path, depth: int) -> Iterator[StreamSource]:
    with tarfile.open(path, mode="r:") as archive:
        for member in plain_files(archive, name):
            stream = archive.extractfile(member)
            if stream is not None and not is_hidden(member.name):
                title = clean_text(f"{name}: {Path(member.name).name}")
                inner = _lay_down(unpacker, _shares(stream, 1.0), path.stat().st_size, title)
                yield from _look(unpacker, title, inner, depth)


def _of_zip(unpacker: _Unpacker, name: str, path: Path, depth: int) -> Iterator[StreamSource]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename and not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise LogFormatError(
                f"{name} would unpack to {len(members)} files.",
                f"At most {MAX_MEMBERS} files are unpacked; unpack it yourself.",
                path=name,
            )
        check_ratio(name, sum(member.file_size for member in members), path.stat().st_size)  # they may share their bytes
        for member in sorted(members, key=_name_in_zip):
            if is_hidden(member.filename):
                continue
            if member.flag_bits & 1:
                raise LogFormatError(f"{name} is protected by a password.", "Unpack it first.", path=str(path))
            title = clean_text(f"{name}: {Path(member.filename.replace(chr(92), '/')).name}")
            with archive.open(member) as stream:
                chunks = _shares(stream, member.compress_size / max(member.file_size, 1))
                inner = _lay_down(unpacker, chunks, member.compress_size, title)
            yield from _look(unpacker, title, inner, depth)


def _name_in_zip(member: zipfile.ZipInfo) -> str:
    return member.filename


_OPENERS = {"tar": _of_tar, "zip": _of_zip, **dict.fromkeys(SUFFIXES, _of_packed)}


def _chunks(stream: Readable, packed: BinaryIO) -> Iterator[tuple[bytes, float]]:
    """Unpacked bytes, and how far their file was read for them."""
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk, packed.tell()


def _shares(stream: Readable, packed_a_byte: float) -> Iterator[tuple[bytes, float]]:
    """A member's bytes, and how many packed ones were read for them."""
    n_bytes = 0
    while chunk := stream.read(CHUNK_BYTES):
        n_bytes += len(chunk)
        yield chunk, packed_a_byte * n_bytes


def _lay_down(unpacker: _Unpacker, chunks: Iterator[tuple[bytes, float]], packed_bytes: int, name: str) -> Path:
    """Write a member. Raises LogFormatError where it swells up without measure, DiskFull."""
    path = unpacker.new_path()
    n_mine, n_packed = 0, 0.0
    try:
        with path.open("wb") as out:
            for chunk, n_packed in chunks:
                n_mine += len(chunk)
                unpacker.n_bytes += len(chunk)
                check_ratio(name, n_mine, packed_bytes)
                if unpacker.n_bytes > unpacker.most_bytes:
                    raise DiskFull(
                        f"{name} unpacks to more than the project's disk has room for ({unpacker.n_bytes / 1e9:.1f} GB so far).",
                        "Free some space, or unpack it elsewhere and import its parts.",
                    )
                out.write(chunk)
                unpacker.progress(n_packed, name)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) or error.errno is None:
            raise
        raise translate_os_error(error, path) from error
    unpacker.n_done += int(n_packed)
    return path


def _look(unpacker: _Unpacker, name: str, path: Path, depth: int, *, is_named: bool = False) -> Iterator[StreamSource]:
    """A member that was laid down: a log, or an archive again; what is no log is passed over, as nobody named it."""
    size_bytes = path.stat().st_size
    try:
        with path.open("rb") as stream:
            kind = kind_of(name, stream.read(HEAD_BYTES)) if size_bytes else ""
        if kind in _OPENERS and not (kind == "zip" and is_workbook(name, path)):
            unpacker.n_packed += size_bytes
            yield from _members(unpacker, name, path, depth + 1 + (is_named and kind != "tar"))
            path.unlink()
            return
    except LogFormatError as error:
        if is_named or is_too_deep(error):
            raise
        kind = ""
    if kind:
        kind = "excel" if kind == "zip" else kind
        yield StreamSource(name=name, path=path, packing="none", size_bytes=size_bytes, is_optional=True, kind=kind)
    else:
        path.unlink()


@contextmanager
def _errors_of(name: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (*_TROUBLE, OSError) as error:
        reason = clean_text(str(error) or type(error).__name__).rstrip(".")
        raise LogFormatError(
            f"{name} can't be unpacked: {reason}.", "It is damaged or still being written; copy it again.", path=str(path)
        ) from error
