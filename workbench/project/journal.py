"""One append-only file a writer, each line carrying the hash of the one before and the writer's signature.

A line is acknowledged when it is on the disk. A torn last line (a kill or a power cut during the write) was never
acknowledged: it is set aside at the next append and is not tampering.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from workbench.bundle.signing import (
    PAYLOAD_JOURNAL,
    SigningKey,
    decode_base64,
    encode_base64,
    is_signature_valid,
    key_id_of,
    pre_authentication_encoding,
)
from workbench.core.codec import decode_strict, encode_canonical, sha256_hex, sync_folder, translate_os_error, write_atomic
from workbench.core.errors import InputError
from workbench.project.acts import Line, SignedLine

SUFFIX = ".jsonl"
_TAIL_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest line of a writer."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What verifying one writer's file found; `head` is how far the chain is whole."""

    writer: str
    head: Head
    problems: tuple[str, ...] = field(default=())


NO_HEAD = Head(number=0, hash="")


def append_line(folder: Path, line: Line, key: SigningKey) -> SignedLine:
    """Append one line and wait until it is on the disk. The caller holds the project's lock and chained `line`."""
    data = encode_canonical(line)
    signature = key.sign(pre_authentication_encoding(PAYLOAD_JOURNAL, data))
    signed = SignedLine(line=line, hash=sha256_hex(data), sig=encode_base64(signature))
    path = folder / f"{line.writer}{SUFFIX}"
    _ensure_public_key(folder, key)
    _append_durably(path, encode_canonical(signed) + b"\n")
    return signed


def head_of(path: Path) -> Head:
    """The newest whole line of a writer's file, read from its end; a torn last line is set aside first."""
    if not path.is_file():
        return NO_HEAD
    _set_aside_torn_tail(path)
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _TAIL_BYTES))
        lines = stream.read().splitlines()
    if not lines:
        return NO_HEAD
    last = decode_strict(lines[-1], SignedLine, what=f"the last line of {path.name}")
    return Head(number=last.line.number, hash=last.hash)


def read_lines(path: Path, offset: int = 0) -> Iterator[tuple[SignedLine | None, int]]:
    """Whole lines from a byte offset with the offset behind each; None for a line that can't be read."""
    with path.open("rb") as stream:
        stream.seek(offset)
        for data in stream:
            if not data.endswith(b"\n"):
                return
            offset += len(data)
            yield _parse(data), offset


def verify_chain(folder: Path, writer: str, witnessed: Head = NO_HEAD, *, project: str = "") -> ChainReport:
    """Check numbers, hashes, signatures and the witnessed head of one writer's file; with `project`, whose lines they are."""
    problems: list[str] = []
    head = NO_HEAD
    public_key = _public_key(folder, writer)
    if public_key is None:
        problems.append(f"The public key of writer {writer} is missing or is another's.")
    seen: dict[int, str] = {}
    for signed, _offset in read_lines(folder / f"{writer}{SUFFIX}"):
        problem = _problem_of(signed, head, writer, public_key)
        if problem is None and signed is not None and project not in ("", signed.line.project):
            problem = f"Line {signed.line.number} of writer {writer} was written into another project."
        if problem is not None:
            problems.append(problem)
        if signed is None:
            head = Head(number=head.number + 1, hash="?")
            continue
        seen[signed.line.number] = signed.hash
        head = Head(number=signed.line.number, hash=signed.hash)
    if seen.get(witnessed.number, "" if witnessed.number else witnessed.hash) != witnessed.hash:
        problems.append(f"Line {witnessed.number} of writer {writer} was seen before and is no longer there, or is another one.")
    return ChainReport(writer=writer, head=head, problems=tuple(problems))


def writers_in(folder: Path) -> list[str]:
    """The writers that have a file here, sorted."""
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}"))


def _problem_of(signed: SignedLine | None, before: Head, writer: str, public_key: bytes | None) -> str | None:
    expected = before.number + 1
    if signed is None:
        return f"Line {expected} of writer {writer} can't be read."
    line = signed.line
    data = encode_canonical(line)
    if sha256_hex(data) != signed.hash or line.writer != writer:
        return f"Line {line.number} of writer {writer} was edited: its text doesn't match its hash."
    if line.number != expected or line.previous != before.hash:
        return f"Line {line.number} of writer {writer} doesn't follow line {before.number}: lines were removed or reordered."
    try:
        signature = decode_base64(signed.sig)
    except InputError:
        signature = b""
    if public_key and not is_signature_valid(public_key, signature, pre_authentication_encoding(PAYLOAD_JOURNAL, data)):
        return f"Line {line.number} of writer {writer} isn't signed by its writer."
    return None


def _parse(data: bytes) -> SignedLine | None:
    try:
        return msgspec.json.decode(data, type=SignedLine, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _public_key(folder: Path, writer: str) -> bytes | None:
    path = folder / f"{writer}.pub"
    if not path.is_file():
        return None
    try:
        key = decode_base64(path.read_text(encoding="ascii", errors="replace").strip())
    except InputError:
        return None
    return key if key_id_of(key) == writer else None


def _ensure_public_key(folder: Path, key: SigningKey) -> None:
    path = folder / f"{key.key_id}.pub"
    if not path.is_file():
        write_atomic(path, encode_base64(key.public_key).encode() + b"\n")


def _set_aside_torn_tail(path: Path) -> None:
    if _ends_with_newline(path):
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    with path.with_suffix(".torn").open("ab") as stream:
        stream.write(data[whole:] + b"\n")
    with path.open("rb+") as stream:
        stream.truncate(whole)
        os.fsync(stream.fileno())


def _ends_with_newline(path: Path) -> bool:
    if path.stat().st_size == 0:
        return True
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def _append_durably(path: Path, data: bytes) -> None:
    is_new = not path.exists()
    size = 0 if is_new else path.stat().st_size
    try:
        with path.open("ab") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        if path.exists():
            os.truncate(path, size)
        raise translate_os_error(error, path) from error
