"""A second framing for devices of our own: the message as it is, between a short head and a checksum.

SMP's serial lines cost a third of the wire for base64. Frame: A5 5A, uint16 length, CRC16 of these four bytes, message,
CRC-32 of the message (all big-endian). A5 never occurs in SMP's own lines, so a receiver takes both framings mixed, and
answers each request in the framing it came in. Needs a line that carries all 8 bits.
"""

from __future__ import annotations

import binascii
import struct
import zlib

from workbench.core.errors import ProtocolError
from workbench.core.smp_codec import MAX_MESSAGE_BYTES, LineDecoder, encode_lines

RAW_MARK = b"\xa5\x5a"
_HEAD = struct.Struct("!2sHH")
_TAIL = struct.Struct("!I")


def encode_raw(message: bytes) -> bytes:
    """A message in the raw framing."""
    if len(message) > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"An SMP message of {len(message)} bytes is longer than a frame can carry.")
    head = RAW_MARK + len(message).to_bytes(2, "big")
    return _HEAD.pack(RAW_MARK, len(message), binascii.crc_hqx(head, 0)) + message + _TAIL.pack(zlib.crc32(message))


def encode_frame(message: bytes, *, is_raw: bool) -> bytes:
    """A message in one of the two framings."""
    return encode_raw(message) if is_raw else encode_lines(message)


class FrameDecoder:
    """Bytes in, messages out, each with whether its frame was raw. Damaged frames are dropped and counted in `n_damaged`."""

    def __init__(self) -> None:
        self._lines = LineDecoder()
        self._buffer = bytearray()
        self._n_damaged = 0

    @property
    def n_damaged(self) -> int:
        """Frames that were dropped, of either kind."""
        return self._n_damaged + self._lines.n_damaged

    def feed(self, data: bytes) -> list[tuple[bytes, bool]]:
        """Take what arrived, return the messages that became complete."""
        self._buffer += data
        found: list[tuple[bytes, bool]] = []
        while self._buffer:
            start = self._buffer.find(RAW_MARK[:1])
            n_text = len(self._buffer) if start < 0 else start
            if n_text:
                text = bytes(self._buffer[:n_text])
                del self._buffer[:n_text]
                found += [(message, False) for message in self._lines.feed(text)]
            elif not self._take_raw(found):
                break
        return found

    def _take_raw(self, found: list[tuple[bytes, bool]]) -> bool:
        """Whether the frame at the buffer's start could be settled; False while more bytes are needed."""
        if len(self._buffer) < _HEAD.size:
            return False
        mark, length, check = _HEAD.unpack_from(self._buffer)
        if mark != RAW_MARK or check != binascii.crc_hqx(bytes(self._buffer[:4]), 0):
            self._skip(1)
            return True
        end = _HEAD.size + length
        if len(self._buffer) < end + _TAIL.size:
            return False
        message = bytes(self._buffer[_HEAD.size : end])
        if _TAIL.unpack_from(self._buffer, end)[0] != zlib.crc32(message):
            # The length is certain, so what follows the frame is not lost with it.
            self._skip(end + _TAIL.size)
            return True
        del self._buffer[: end + _TAIL.size]
        found.append((message, True))
        return True

    def _skip(self, n_bytes: int) -> None:
        del self._buffer[:n_bytes]
        self._n_damaged += 1
