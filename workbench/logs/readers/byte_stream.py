"""Log files as streams of bytes: plain, in gzip or in a zip, never held whole, read to the end they had when they were found.

A file that a logger still writes to is read up to there; one that gets shorter, or whose disk is pulled out, is refused with
its name and the place. Raises LogFormatError, InputError.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from workbench.core.codec import translate_os_error
from workbench.core.errors import InputError, LogFormatError
from workbench.logs.readers.registry import streams
from workbench.logs.readers.sources import HEAD_BYTES, MAX_MEMBERS, check_ratio, find_kind
from workbench.logs.summary import Finding
from workbench.logs.text.decode import clean_text

CHUNK_BYTES = 1 << 20
_TAIL_BYTES = 1 << 20
UNPACKED = 6
"""How many times larger a packed log is, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSource:
    """One log that can be streamed: `size_bytes` are those on the disk, packed or not, when it was found."""

    name: str
    path: Path
    packing: Literal["none", "gzip", "zip", "archive"]
    """An `archive` has to be unpacked onto the disk before anything of it is read."""
    size_bytes: int
    member: str = ""
    is_optional: bool = False
    kind: str = "text"
    """Its format, by its reader's word; of what is not packed."""


class FixedEndFile(io.RawIOBase):
    """A file that ends where it ended when it was opened (or at `size_bytes`), whatever is written to it meanwhile.

    With `whole_lines` a last line that was cut by growing on is not read: half a number would be a wrong one.
    """

    def __init__(self, path: Path, size_bytes: int | None = None, *, whole_lines: bool = False) -> None:
        super().__init__()
        self._path = path
        self._whole_lines = whole_lines
        try:
            self._stream = path.open("rb", buffering=0)
            self.size_bytes = path.stat().st_size if size_bytes is None else size_bytes
        except OSError as error:
            raise translate_os_error(error, path) from error
        self._end = self.size_bytes
        self.n_read = 0
        self.is_growing = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: a zip is read from its end."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """As files do; the end is the fixed one."""
        target = offset if whence == 0 else self.tell() + offset if whence == 1 else self.size_bytes + offset
        return self._stream.seek(target)

    def tell(self) -> int:
        """Where reading goes on."""
        return self._stream.tell()

    def readinto(self, buffer: object) -> int:
        """Read up to the fixed end. Raises InputError where the file got shorter or its disk went away."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type] # any writable buffer
        try:
            at = self._stream.tell()
            if self._whole_lines and at + len(view) >= self._end:
                self._check_tail(at)
            wanted = min(len(view), self._end - at)
            if wanted <= 0:
                return 0
            n_read = self._stream.readinto(view[:wanted]) or 0
        except OSError as error:
            raise self._gone(error.strerror or str(error)) from error
        if n_read == 0:
            raise self._gone(f"it is shorter now than the {self.size_bytes:,} bytes it had")
        self.n_read = max(self.n_read, at + n_read)
        return n_read

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()

    def _check_tail(self, at: int) -> None:
        """Just before the last bytes: is the file growing, and does our end cut a line?"""
        self._whole_lines = False
        self.is_growing = self._path.stat().st_size > self.size_bytes
        if not self.is_growing:
            return
        first = max(at, self.size_bytes - _TAIL_BYTES)
        self._stream.seek(first)
        tail = self._stream.read(self.size_bytes - first) or b""
        self._stream.seek(at)
        cut = tail.rfind(b"\n")
        if cut >= 0:
            self._end = first + cut + 1

    def _gone(self, reason: str) -> InputError:
        return InputError(
            f"{self._path.name} could not be read on after {self.n_read:,} bytes: {reason}.",
            "Plug its disk in again, or copy the file to this one, and import it once more. Nothing of it was stored.",
        )


def find_stream_sources(path: Path, *, is_optional: bool = False) -> list[StreamSource] | None:
    """The logs in a file: text, and what is read in blocks; None where it can't be streamed (a workbook, a plugin's format)."""
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        raise translate_os_error(error, path) from error
    name = clean_text(path.name.encode("utf-8", "replace").decode("utf-8"))
    kind = find_kind(name, head) if head else "text"
    whole = StreamSource(name=name, path=path, packing="none", size_bytes=size_bytes, is_optional=is_optional, kind=kind)
    if kind == "gzip":
        inner = replace(whole, name=name.removesuffix(".gz"), packing="gzip", kind="text")
        return [inner] if _is_text(inner) else [replace(whole, packing="archive")]
    if kind in ("tar", "bzip2", "xz", "zstd"):
        return [replace(whole, packing="archive")]
    if kind == "zip":
        return None if is_workbook(name, path) else _in_zip(name, path) or [replace(whole, packing="archive")]
    return [whole] if kind in ("text", "json") or streams(kind) else None


def is_workbook(name: str, path: Path) -> bool:
    """Whether a zip is a workbook. Raises LogFormatError where it can't be unpacked."""
    with _errors_of(name, path), zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    return bool({"[Content_Types].xml"} & names) or {"content.xml", "mimetype"} <= names


def _in_zip(name: str, path: Path) -> list[StreamSource] | None:
    found = []
    with _errors_of(name, path), kept_archives(), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if member.filename and not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            return None
        check_ratio(name, sum(member.file_size for member in members), path.stat().st_size)  # they may share their bytes
        for member in sorted(members, key=lambda item: item.filename):
            inner_name = Path(member.filename.replace("\\", "/")).name
            if inner_name.startswith(".") or "__MACOSX" in member.filename:
                continue
            if member.flag_bits & 1:
                raise LogFormatError(f"{name} is protected by a password.", "Unpack it first.", path=str(path))
            source = StreamSource(
                name=clean_text(f"{name}: {inner_name}"), path=path, packing="zip", member=member.filename,
                size_bytes=member.compress_size, is_optional=True,
            )  # fmt: skip
            try:
                is_text = _is_text(source)
            except LogFormatError:
                continue  # a picture or a document that lies beside the logs
            if not is_text:
                return None
            found.append(source)
    return found or None


def _is_text(source: StreamSource) -> bool:
    with open_source(source) as opened:
        head = next(opened.chunks(), b"")
    return bool(head) and head[257:262] != b"ustar" and find_kind(source.name, head[:HEAD_BYTES]) == "text"


class OpenSource:
    """A source that is being read; `fraction` of it that was read, 0..1. `raw` is the file where its place tells that."""

    def __init__(self, source: StreamSource, stream: io.RawIOBase | io.BufferedIOBase, raw: FixedEndFile | None) -> None:
        self._source = source
        self._stream = stream
        self._raw = raw
        self._n_out = 0

    @property
    def fraction(self) -> float:
        """How much was read."""
        if self._raw is None:
            return min(self._n_out / max(4.0 * self._source.size_bytes, 1.0), 0.99)
        return min(self._raw.tell() / max(self._raw.size_bytes, 1), 1.0)

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises LogFormatError for what is damaged or swells up without measure."""
        with _errors_of(self._source.name, self._source.path):
            while chunk := self._stream.read(CHUNK_BYTES):
                self._n_out += len(chunk)
                self._check_ratio()
                yield chunk

    def _check_ratio(self) -> None:
        source = self._source
        if source.packing != "none":
            check_ratio(source.name, self._n_out, source.size_bytes)


@contextmanager
def open_source(source: StreamSource) -> Iterator[OpenSource]:
    """Open a source for one reading from its beginning."""
    with _errors_of(source.name, source.path), ExitStack() as stack:
        if source.packing == "zip":
            archive = (_kept.get() or _KeptArchive(stack)).archive_of(source.path)
            member = stack.enter_context(archive.open(source.member))
            yield OpenSource(source, member, None)  # type: ignore[arg-type] # ZipExtFile is a BufferedIOBase
            return
        raw = stack.enter_context(FixedEndFile(source.path, source.size_bytes))
        if source.packing == "gzip":
            yield OpenSource(source, stack.enter_context(gzip.GzipFile(fileobj=io.BufferedReader(raw, CHUNK_BYTES))), raw)
        else:
            yield OpenSource(source, raw, raw)


class _KeptArchive:
    """The zip that was opened last, left open until the stack is closed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._path: Path | None = None
        self._archive: zipfile.ZipFile | None = None

    def archive_of(self, path: Path) -> zipfile.ZipFile:
        """The zip at `path`."""
        if self._archive is None or self._path != path:
            self._stack.close()
            raw = self._stack.enter_context(FixedEndFile(path))
            self._archive = self._stack.enter_context(zipfile.ZipFile(io.BufferedReader(raw, CHUNK_BYTES)))
            self._path = path
        return self._archive


_kept: ContextVar[_KeptArchive | None] = ContextVar("kept_archive", default=None)


@contextmanager
def kept_archives() -> Iterator[None]:
    """While many members are read: the list of a zip's members is read once and not for each of thousands."""
    with ExitStack() as stack:
        token = _kept.set(_KeptArchive(stack))
        try:
            yield
        finally:
            _kept.reset(token)


@contextmanager
def _errors_of(name: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = clean_text(str(error) or type(error).__name__).rstrip(".")
        raise LogFormatError(
            f"{name} can't be unpacked: {reason}.", "It is damaged or still being written; copy it again.", path=str(path)
        ) from error


def growing_file(name: str) -> Finding:
    """What is said of a file that was being written while it was read."""
    text = f"{name} was still being written; it was read up to the last whole line that it had when the import began."
    return Finding(code="FILE_GROWING", text=text, severity="not_checked")


def is_growing(source: StreamSource) -> bool:
    """Whether more was written to an unpacked file since it was found."""
    try:
        return source.packing == "none" and source.path.stat().st_size > source.size_bytes
    except OSError as error:
        raise translate_os_error(error, source.path) from error
