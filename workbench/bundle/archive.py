"""The canonical ZIP: any tool can open it, and only one sequence of bytes is right for a given content.

Everything is stored (method 0), dated 1980-01-01, without extra fields, comments, flags or attributes; first the manifest,
then the signatures, then the members in the manifest's order. A verifier rebuilds each header from the manifest and
compares, so no bit of the file is free to change. Layout: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

Must not parse what it has not been told the size of, and must not import anything but the standard library and `core`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.bundle.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, SIGNATURES_NAME, Manifest, Member
from workbench.core.errors import InputError

MAX_SIGNATURES_BYTES = 64 * 1024
MAX_BUNDLE_BYTES = 512 * 1024 * 1024
_VERSION = 20
_DOS_DATE = 0x0021  # 1980-01-01, the first day that the format knows
_MARK = b"PK\x03\x04"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stored file as its headers describe it."""

    name: str
    size_bytes: int
    crc32: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first two files, cut out of the archive by bounded sizes; nothing in them has been believed yet."""

    manifest: bytes
    signatures: bytes
    n_bytes: int


def member_of(name: str, data: bytes) -> Member:
    """The manifest's entry for a member with these bytes."""
    from workbench.core.codec import sha256_hex

    return Member(name=name, size_bytes=len(data), sha256=sha256_hex(data), crc32=zlib.crc32(data))


def build_archive(manifest: bytes, signatures: bytes, members: Mapping[str, bytes]) -> bytes:
    """The archive's only right bytes. `members` are written sorted by name, as the manifest lists them."""
    blobs = [(MANIFEST_NAME, manifest), (SIGNATURES_NAME, signatures), *sorted(members.items())]
    parts = [Part(name=name, size_bytes=len(data), crc32=zlib.crc32(data)) for name, data in blobs]
    bodies = [piece for part, (_, data) in zip(parts, blobs, strict=True) for piece in (local_header(part), data)]
    archive = b"".join([*bodies, build_tail(parts)])
    if len(archive) > MAX_BUNDLE_BYTES:
        raise InputError(
            f"The bundle would have {len(archive)} bytes, more than the {MAX_BUNDLE_BYTES} allowed.", "Take a smaller model."
        )
    return archive


def read_head(data: bytes) -> Head:
    """Cut out manifest and signatures, believing nothing but bounded sizes. Raises InputError with the offset."""
    if len(data) > MAX_BUNDLE_BYTES:
        raise InputError(f"The file has {len(data)} bytes, more than the {MAX_BUNDLE_BYTES} allowed.", "This is not a bundle.")
    if not data.startswith(_MARK[: len(data)]):
        raise InputError("The file does not begin as a bundle does; it is something else.", "Give a .pwb file.")
    manifest, offset = _read_first(data, 0, MANIFEST_NAME, MAX_MANIFEST_BYTES)
    signatures, offset = _read_first(data, offset, SIGNATURES_NAME, MAX_SIGNATURES_BYTES)
    return Head(manifest=manifest, signatures=signatures, n_bytes=offset)


def read_archive(data: bytes, head: Head, manifest: Manifest) -> dict[str, memoryview]:
    """Views of the members, after every header byte was found equal to the rebuilt one. Raises InputError with the offset.

    The members' own bytes are not checked here: compare their hashes before use.
    """
    first = [_part_of(MANIFEST_NAME, head.manifest), _part_of(SIGNATURES_NAME, head.signatures)]
    members = [Part(name=member.name, size_bytes=member.size_bytes, crc32=member.crc32) for member in manifest.members]
    views: dict[str, memoryview] = {}
    whole = memoryview(data)
    offset = _check_frames(data, first)
    for part in members:
        offset = _expect(data, offset, local_header(part))
        views[part.name] = whole[offset : offset + part.size_bytes]
        offset += part.size_bytes
    end = _expect(data, offset, build_tail([*first, *members]))
    if end != len(data):
        raise InputError(f"{len(data) - end} bytes follow the end of the bundle.", "The file was altered; take a fresh copy.")
    return views


def local_header(part: Part) -> bytes:
    """The 30 bytes and the name before a file's data."""
    name = part.name.encode("ascii")
    fixed = _LOCAL.pack(
        _MARK, _VERSION, 0, 0, 0, _DOS_DATE, part.crc32, part.size_bytes, part.size_bytes, len(name), 0
    )  # fmt: skip
    return fixed + name


def build_tail(parts: list[Part]) -> bytes:
    """The central directory and the end record for files that lie one after the other from offset 0."""
    offset = 0
    entries: list[bytes] = []
    for part in parts:
        entries.append(_central_header(part, offset))
        offset += _LOCAL.size + len(part.name) + part.size_bytes
    directory = b"".join(entries)
    return directory + _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(directory), offset, 0)


def _central_header(part: Part, offset: int) -> bytes:
    name = part.name.encode("ascii")
    fixed = _CENTRAL.pack(
        b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DOS_DATE, part.crc32, part.size_bytes, part.size_bytes,
        len(name), 0, 0, 0, 0, 0, offset,
    )  # fmt: skip
    return fixed + name


def _read_first(data: bytes, offset: int, name: str, max_bytes: int) -> tuple[bytes, int]:
    start = offset + _LOCAL.size + len(name)
    if len(data) < start:
        raise InputError(f"The file ends at byte {len(data)}, inside the header of {name}.", "Take a fresh copy of the bundle.")
    size_bytes = _LOCAL.unpack_from(data, offset)[7]
    if size_bytes > max_bytes:
        raise InputError(f"{name} claims {size_bytes} bytes, more than the {max_bytes} allowed.", "This is not a bundle.")
    frame = local_header(Part(name=name, size_bytes=size_bytes, crc32=0))
    found = data[offset:start]
    # The checksum (bytes 14 to 18) is compared later, when the manifest has been found to be signed.
    if found[:14] != frame[:14] or found[18:] != frame[18:]:
        raise InputError(f"There is no canonical header of {name} at byte {offset}.", "This is not a bundle, or it was altered.")
    if len(data) < start + size_bytes:
        raise InputError(f"The file ends at byte {len(data)}, inside {name}.", "Take a fresh copy of the bundle.")
    return data[start : start + size_bytes], start + size_bytes


def _check_frames(data: bytes, parts: list[Part]) -> int:
    offset = 0
    for part in parts:
        offset = _expect(data, offset, local_header(part)) + part.size_bytes
    return offset


def _expect(data: bytes, offset: int, expected: bytes) -> int:
    end = offset + len(expected)
    if data[offset:end] != expected:
        text = f"The archive's structure at byte {offset} is not what the manifest says."
        raise InputError(text, "The file was altered or cut off; take a fresh copy.")
    return end


def _part_of(name: str, data: bytes) -> Part:
    return Part(name=name, size_bytes=len(data), crc32=zlib.crc32(data))
