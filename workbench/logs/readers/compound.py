"""How many shared texts an old workbook says it has, read from its compound file before another reader believes it.

[MS-CFB] 2.2 to 2.6 for the sectors of a stream, [MS-XLS] 2.4.265 for the SST record. Must not import anything heavy.
"""

from __future__ import annotations

import struct

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks."""
_STREAMS = ("Workbook", "Book")
_SST = 0x00FC
_ENTRY_BYTES = 128


def string_counts(data: bytes) -> list[int]:
    """The counts of texts in each SST record of the workbook's stream; none where it is no such file."""
    if not data.startswith(_MAGIC) or len(data) < 512:
        return []
    try:
        return [count for stream in _streams(data) for count in _counts(stream)]
    except (struct.error, IndexError):
        return []


def _streams(data: bytes) -> list[bytes]:
    shift = struct.unpack_from("<H", data, 30)[0]
    if not 7 <= shift <= 16:
        return []
    size = 1 << shift
    n_fat, first_directory = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    first_difat = struct.unpack_from("<I", data, 68)[0]
    fat_sectors = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _END]
    for sector in _chain_of_difat(data, first_difat, size):
        fat_sectors.extend(entry for entry in struct.unpack_from(f"<{size // 4 - 1}I", data, (sector + 1) * size) if entry < _END)
    fat: list[int] = []
    for sector in fat_sectors[: min(n_fat, len(data) // size + 1)]:
        part = data[(sector + 1) * size : (sector + 2) * size]
        fat.extend(struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4]))
    directory = _joined(data, fat, first_directory, size)
    streams = []
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        n_name = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(n_name, 64) - 2)].decode("utf-16-le", "replace")
        if name in _STREAMS:
            streams.append(_joined(data, fat, struct.unpack_from("<I", directory, at + 116)[0], size))
    return streams


def _chain_of_difat(data: bytes, first: int, size: int) -> list[int]:
    sectors: list[int] = []
    sector = first
    while sector < _END and len(sectors) <= len(data) // size:
        sectors.append(sector)
        sector = struct.unpack_from("<I", data, (sector + 2) * size - 4)[0]
    return sectors


def _joined(data: bytes, fat: list[int], first: int, size: int) -> bytes:
    parts: list[bytes] = []
    sector = first
    while sector < _END and len(parts) <= len(data) // size:
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = fat[sector] if sector < len(fat) else _END
    return b"".join(parts)


def _counts(stream: bytes) -> list[int]:
    found: list[int] = []
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _SST and at + 12 <= len(stream):
            found.append(struct.unpack_from("<I", stream, at + 8)[0])
        at += 4 + length
    return found
