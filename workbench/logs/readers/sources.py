"""From paths to the bytes of single log files: folders, archives, and what a file really is (never by its extension).

Archives are opened in memory under limits of size, ratio, depth and number of members; nothing is unpacked to disk, so
member names can do no harm. Raises LogFormatError naming the file for everything that is no log.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from workbench.core.codec import translate_os_error
from workbench.core.errors import InputError, LogFormatError
from workbench.logs.readers import packed
from workbench.logs.text.decode import clean_text

HEAD_BYTES = 16_384
"""What is looked at of a file to see what it is, where there is as much."""
MAX_FILE_BYTES = 1 << 29
MAX_UNPACKED_BYTES = 1 << 29
MAX_RATIO = 500
_RATIO_FROM_BYTES = 16 << 20
MAX_MEMBERS = 5_000
_MAX_DEPTH = 2
_CHUNK_BYTES = 1 << 20
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"TDSh", "the index of a TDMS file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"RIFF", "a sound or video file"),
)
_HINT = "Give a log in a format that the manual's page on logs lists, or a zip, tar, gzip, bzip2, xz or zstandard of them."


def _nothing() -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One log file. `name` is for people; `is_optional` when it came along in a folder or an archive.

    Its bytes are in `data`, or lie in `file`, from which only readers that stream read.
    """

    name: str
    kind: str
    """The reader's word for its format."""
    data: bytes = b""
    path: Path
    is_optional: bool = False
    file: Path | None = None
    scratch: Path | None = None
    """A folder for what a reader has to lay down meanwhile; None where everything fits into memory."""
    head_rows: int | None = None
    """Only so many rows are looked at: a reader that would have to go through all of them may stop there."""
    told_rate: Fraction | None = None
    """Samples a second that a person told for files that don't say."""
    pulse: Callable[[], None] = _nothing
    """Called now and then while a long file is opened; raises to cancel."""

    @property
    def size_bytes(self) -> int:
        """How long the file is."""
        return len(self.data) if self.file is None else self.file.stat().st_size

    def open(self) -> BinaryIO:
        """Its bytes from the beginning, to be closed by the caller. Raises InputError where it can't be read."""
        from workbench.logs.readers.byte_stream import CHUNK_BYTES, FixedEndFile

        return io.BytesIO(self.data) if self.file is None else io.BufferedReader(FixedEndFile(self.file), CHUNK_BYTES)

    def head(self, n_bytes: int) -> bytes:
        """Its first bytes."""
        with self.open() as stream:
            return stream.read(n_bytes)


def load_sources(paths: tuple[str, ...]) -> Iterator[Source]:
    """The single files behind paths, in the given order; folders by name."""
    for text in paths:
        path = Path(text)
        if path.is_dir():
            yield from _load_folder(path)
        else:
            yield from load_file(path)


def load_file(path: Path, *, is_optional: bool = False, name: str = "") -> Iterator[Source]:
    """One file, or what is packed in it; `name` where people know it by another one."""
    data = _read(path)
    yield from _unpack(name or path.name, data, path, depth=0, is_optional=is_optional)


def find_kind(name: str, head: bytes) -> str:
    """What a file is by its first bytes: an archive, or a reader's kind. Raises LogFormatError for what is known to be no log."""
    from workbench.logs.readers.registry import find_reader

    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if packing := packed.packing_of(head):
        return packing
    if head[257:262] == b"ustar":
        return "tar"
    kind = find_reader(head).kind
    if kind != "text":
        return kind
    for magic, what in _FOREIGN:
        if head.startswith(magic) and not (magic == b"MZ" and b"\x00" not in head[:64]):
            raise LogFormatError(f"{name} is {what}, not a log.", _HINT, path=name)
    return kind


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and those below it that may be logs, by name: no links, nothing hidden."""
    files = (
        path
        for path in folder.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and path.is_file() and not path.is_symlink()
    )
    return sorted(files)[:MAX_MEMBERS]


def _load_folder(folder: Path) -> Iterator[Source]:
    found = False
    for path in files_in(folder):
        for source in _tolerant(path):
            found = True
            yield source
    if not found:
        raise LogFormatError(f"The folder {folder.name or folder} holds no log files.", _HINT, path=str(folder))


def _tolerant(path: Path) -> Iterator[Source]:
    """What a folder holds besides logs is passed over, as it was not named by anyone."""
    try:
        yield from load_file(path, is_optional=True)
    except InputError:
        return


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise LogFormatError(
                f"{path.name} has {size} bytes; at most {MAX_FILE_BYTES} can be read with care.",
                "Split it, or export it as a plain CSV with ISO times.",
                path=str(path),
            )
        if not path.is_file():
            raise LogFormatError(f"{path.name} is not a file.", _HINT, path=str(path))
        return path.read_bytes()
    except OSError as error:
        raise translate_os_error(error, path) from error


def _unpack(name: str, data: bytes, path: Path, *, depth: int, is_optional: bool) -> Iterator[Source]:
    name = clean_text(name.encode("utf-8", "replace").decode("utf-8"))  # a name on the disk need not be text
    if not data.strip(b"\x00\r\n\t \xff\xfe\xef\xbb\xbf"):
        raise LogFormatError(f"{name} is empty.", "Export it again, or leave it out.", path=str(path))
    kind = find_kind(name, data[:HEAD_BYTES])
    if kind == "zip":
        yield from _unpack_zip(name, data, path, depth=depth, is_optional=is_optional)
    elif kind == "tar":
        yield from _unpack_tar(name, data, path, depth=depth)
    elif kind in packed.SUFFIXES:
        check_depth(name, depth)
        inner = _inflate(name, data, kind)
        # what is packed as one file is no level of its own: a tar in it may hold zips as a zip may
        is_tar = inner[257:262] == b"ustar"
        yield from _unpack(inner_name(name, kind), inner, path, depth=depth + (not is_tar), is_optional=is_optional)
    else:
        yield Source(name=name, kind=kind, data=data, path=path, is_optional=is_optional)


def check_depth(name: str, depth: int) -> None:
    """Raise LogFormatError for archives in archives in archives."""
    if depth >= _MAX_DEPTH:
        raise LogFormatError(f"{name} holds archives in archives in archives.", "Unpack it first.", path=name)


def is_too_deep(error: LogFormatError) -> bool:
    """Whether `check_depth` raised it: then nothing of the archive can be passed over."""
    return "archives in archives" in error.message


def is_hidden(inner_path: str) -> bool:
    """Whether a member of an archive is one that nobody sees."""
    return Path(inner_path.replace("\\", "/")).name.startswith(".") or "__MACOSX" in inner_path


def nothing_inside(name: str, path: Path) -> LogFormatError:
    """The refusal of an archive without logs."""
    return LogFormatError(f"{name} holds no log files.", _HINT, path=str(path))


def inner_name(name: str, kind: str) -> str:
    """What is packed in a file, by the file's name."""
    suffix = next((suffix for suffix in packed.SUFFIXES[kind] if name.lower().endswith(suffix)), "")
    return name[: -len(suffix)] if suffix else name


def _unpack_tar(name: str, data: bytes, path: Path, *, depth: int) -> Iterator[Source]:
    import tarfile

    from workbench.logs.readers.tar_members import plain_files

    check_depth(name, depth)
    found = False
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            members = plain_files(archive, name)
            _check_total(name, len(members), sum(member.size for member in members))
            for member in members:
                stream = archive.extractfile(member)
                inner = b"" if stream is None else _read_limited(stream, len(data), f"{name}: {clean_text(member.name)}")
                for source in _inner(name, member.name, inner, path, depth):
                    found = True
                    yield source
    except (tarfile.TarError, EOFError, ValueError, OSError, RecursionError) as error:
        what = f"{name} can't be unpacked: {_reason(error)}."
        raise LogFormatError(what, "It is damaged; copy it again.", path=name) from error
    if not found:
        raise nothing_inside(name, path)


def _unpack_zip(name: str, data: bytes, path: Path, *, depth: int, is_optional: bool) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if member.filename and not member.is_dir()]
            names = {member.filename for member in members}
            if {"[Content_Types].xml"} & names or {"content.xml", "mimetype"} <= names:
                _check_total(name, len(members), sum(member.file_size for member in members))
                yield Source(name=name, kind="excel", data=data, path=path, is_optional=is_optional)
                return
            check_depth(name, depth)
            _check_total(name, len(members), sum(member.file_size for member in members))
            found = False
            for member in sorted(members, key=lambda item: item.filename):
                for source in _unpack_member(archive, member, name, path, depth):
                    found = True
                    yield source
            if not found:
                raise nothing_inside(name, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError, OSError) as error:
        raise LogFormatError(
            f"{name} can't be unpacked: {_reason(error)}.", "Pack it again without a password.", path=str(path)
        ) from error


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, path: Path, depth: int) -> Iterator[Source]:
    if member.flag_bits & 1:
        raise LogFormatError(f"{name} is protected by a password.", "Unpack it first.", path=str(path))
    with archive.open(member) as stream:
        inner = _read_limited(stream, member.compress_size, f"{name}: {clean_text(Path(member.filename).name)}")
    yield from _inner(name, member.filename, inner, path, depth)


def _inner(name: str, inner_path: str, inner: bytes, path: Path, depth: int) -> Iterator[Source]:
    """A member of an archive; what is hidden or no log is passed over, as nobody named it."""
    if is_hidden(inner_path):
        return
    try:
        yield from _unpack(
            f"{name}: {Path(inner_path.replace(chr(92), '/')).name}", inner, path, depth=depth + 1, is_optional=True
        )
    except LogFormatError as error:
        if is_too_deep(error):
            raise


def _check_total(name: str, n_members: int, total: int) -> None:
    if n_members > MAX_MEMBERS or total > MAX_UNPACKED_BYTES:
        raise LogFormatError(
            f"{name} would unpack to {n_members} files of {total} bytes in all.",
            f"At most {MAX_MEMBERS} files of {MAX_UNPACKED_BYTES} bytes are unpacked; unpack it yourself if you trust it.",
            path=name,
        )


def _read_limited(stream: object, packed_bytes: int, name: str) -> bytes:
    chunks: list[bytes] = []
    total = 0
    while chunk := stream.read(_CHUNK_BYTES):  # type: ignore[attr-defined] # any readable
        total += len(chunk)
        _check_memory(name, total, packed_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


def _check_memory(name: str, total: int, packed_bytes: int) -> None:
    if total > MAX_UNPACKED_BYTES:
        raise LogFormatError(
            f"{name} unpacks to more than {total} bytes from {packed_bytes}: too many to be read at once.",
            "Unpack it yourself if you trust it.", path=name,
        )  # fmt: skip
    check_ratio(name, total, packed_bytes)


def check_ratio(name: str, total: int, packed_bytes: int) -> None:
    """Raise LogFormatError for what swells up without measure when it is unpacked."""
    if total > _RATIO_FROM_BYTES and total > MAX_RATIO * max(packed_bytes, 1):
        raise LogFormatError(
            f"{name} unpacks to more than {total} bytes from {packed_bytes}: that is no log.",
            "Unpack it yourself if you trust it.",
            path=name,
        )


def _inflate(name: str, data: bytes, kind: str) -> bytes:
    try:
        return _read_limited(packed.open_packed(kind, io.BytesIO(data)), len(data), name)
    except packed.ERRORS as error:
        raise LogFormatError(
            f"{name} can't be unpacked: {_reason(error)}.", "It is damaged; copy it again.", path=name
        ) from error


def _reason(error: Exception) -> str:
    return clean_text(str(error) or type(error).__name__).rstrip(".")
