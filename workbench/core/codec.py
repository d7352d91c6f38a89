"""Strict reading and canonical writing of everything that crosses a file or a wire.

Must not import anything heavier than msgspec. Sizes are capped, unknown fields refused (the Structs declare it), and
for signed material duplicates and stray white space are refused by comparing with the canonical re-encoding.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from workbench.core.errors import DiskFull, InputError

T = TypeVar("T")
Positive = Annotated[float, msgspec.Meta(gt=0)]
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
_SYNC_THREADS = 8
_DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """Base of every value that is stored or sent: frozen, keyword-only, unknown fields refused."""


def encode_canonical(value: object) -> bytes:
    """JSON with sorted keys and no white space: one value, one sequence of bytes."""
    return msgspec.json.encode(value, order="sorted")


def encode_pretty(value: object) -> bytes:
    """JSON for people: sorted keys, two spaces, final newline."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def read_bounded(path: Path, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
    """A file's bytes; raises InputError when it can't be read or has more than `max_bytes`, before they are in memory."""
    try:
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise translate_os_error(error, path) from error
    if len(data) > max_bytes:
        raise InputError(f"{path} has more than {max_bytes} bytes.", "Take a smaller file.")
    return data


def decode_strict(data: bytes, kind: type[T], *, what: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> T:
    """Decode JSON into `kind`; raises InputError naming `what`, with the reason."""
    if len(data) > max_bytes:
        raise InputError(f"{what} has {len(data)} bytes, more than the {max_bytes} allowed.", "Take a smaller file.")
    try:
        return msgspec.json.decode(data, type=kind, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{what} can't be read: {error}.", "The file is damaged or of another kind.") from error


def decode_canonical(data: bytes, kind: type[T], *, what: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> T:
    """As `decode_strict`, and the bytes must be exactly the canonical encoding (no duplicate keys, no variants)."""
    value = decode_strict(data, kind, what=what, max_bytes=max_bytes)
    if encode_canonical(value) != data:
        raise InputError(f"{what} is not in canonical form.", "It was altered after it was written, or made elsewhere.")
    return value


def sha256_hex(data: bytes | memoryview) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_out_file(path: Path) -> None:
    """Before work whose result a person wants in a file: raises InputError where its folder is not there, or it is a folder."""
    if path.is_dir():
        raise translate_os_error(IsADirectoryError(), path)
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent} for {path.name}.", "Make it, or choose another.")


def write_atomic(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write beside, fsync, rename, fsync the folder: after a crash the old or the new bytes, never a mixture.

    What is too large for memory comes in blocks.
    """
    # Two threads of one program may write the same file too.
    partial = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.writelines([data] if isinstance(data, bytes) else data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):  # where the folder is no folder, there is nothing to take away either
            partial.unlink(missing_ok=True)
        raise translate_os_error(error, path) from error


def sync_files(paths: Sequence[Path]) -> None:
    """Wait until the bytes of files are on the disk. Raises OSError.

    The system is asked for several at a time: it writes them together, thirty times as fast as one after the other.
    """
    try:
        with ThreadPoolExecutor(max(1, min(_SYNC_THREADS, len(paths))), "sync") as pool:  # none outlives the call
            deque(pool.map(_sync_file, paths), maxlen=0)
    except RuntimeError:  # no room for another thread, or the program is about to end
        for path in paths:
            _sync_file(path)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_of(place: Path, work: Path) -> Iterator[None]:
    """Around writing below `work`, whose name says nothing to a person: a full disk is said to be that of `place`."""
    try:
        yield
    except DiskFull as error:
        if error.path is None or work not in error.path.parents:
            raise
        raise DiskFull(
            f"The disk with {place} is full.",
            "Free some space there, or choose a place on another disk, and do it again: what was half written is taken away. "
            "Reading a log takes about twice its size while it lasts.",
            path=place,
        ) from error


def translate_os_error(error: OSError, path: Path) -> Exception:
    """A full disk becomes DiskFull and the rest an InputError that names the path and the system's reason."""
    if error.errno in _DISK_FULL_ERRNOS or getattr(error, "winerror", None) == 112:
        what = f"The disk with {path.parent} is full; {path.name} was not written."
        return DiskFull(what, "Free some space and try again.", path=path)
    if isinstance(error, FileNotFoundError):
        return InputError(f"There is no {path}.", "Check how its name is spelled, and whether its disk is plugged in.")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path} is a folder; a file is needed here.", "Name a file in it.")
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return InputError(f"{path} can't be made: a file is where a folder is needed.", "Choose another folder.")
    return InputError(f"{path} can't be written or read: {error.strerror or error}.", "Check the folder and its permissions.")
