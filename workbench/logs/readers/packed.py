"""Unpacks gzip, bzip2, xz and zstandard as a stream: bounded memory, whatever the size of what is packed.

What is damaged raises one of `ERRORS`; the caller names the file.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from typing import BinaryIO, Protocol

CHUNK_BYTES = 1 << 20
SUFFIXES = {
    "gzip": (".gz", ".tgz"),
    "bzip2": (".bz2", ".tbz2"),
    "xz": (".xz", ".txz"),
    "zstd": (".zst", ".tzst"),
}
"""Each packing, and how names of its files end."""
XZ_MEMORY_BYTES = 256 << 20
ERRORS = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


class Readable(Protocol):
    """What bytes are read from; b'' at the end."""

    def read(self, n_bytes: int = ..., /) -> bytes:
        """The next bytes."""


def packing_of(head: bytes) -> str:
    """The packing of a file that begins with `head`; '' for none of these."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    return "zstd" if head.startswith(b"(\xb5/\xfd") else ""


def inner_name(name: str, packing: str) -> str:
    """The name without the ending of its packing."""
    suffix = next((suffix for suffix in SUFFIXES[packing] if name.lower().endswith(suffix)), "")
    return name[: -len(suffix)] if suffix else name


def open_packed(packing: str, raw: BinaryIO) -> Readable:
    """What is packed in `raw`, which the caller closes."""
    if packing == "zstd":
        import pyarrow as pa

        return _ZstdStream(pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd"))
    if packing == "xz":
        return XzStream(raw)
    return bz2.BZ2File(raw) if packing == "bzip2" else gzip.GzipFile(fileobj=raw)


class _ZstdStream:
    """Arrow's stream, whose bytes are this program's own."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, n_bytes: int = -1, /) -> bytes:
        """The next bytes."""
        return bytes(self._stream.read(n_bytes if n_bytes >= 0 else CHUNK_BYTES))


class XzStream:
    """Streams of xz one after the other, with a limit on the memory that they may ask for."""

    def __init__(self, packed: Readable) -> None:
        self._packed = packed
        self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)

    def read(self, n_bytes: int = -1, /) -> bytes:
        """The next bytes. Raises EOFError where the end mark is missing."""
        limit = n_bytes if n_bytes >= 0 else CHUNK_BYTES
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data.lstrip(b"\x00") or self._packed.read(CHUNK_BYTES).lstrip(b"\x00")
                if not rest:
                    return b""
                self._unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)
                found = self._unpacker.decompress(rest, limit)
            else:
                packed = self._packed.read(CHUNK_BYTES) if self._unpacker.needs_input else b""
                if not packed and self._unpacker.needs_input:
                    raise EOFError("it ends before its end mark")
                found = self._unpacker.decompress(packed, limit)
            if found:
                return found
