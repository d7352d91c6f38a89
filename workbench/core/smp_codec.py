"""SMP (MCUmgr) messages and their serial framing, shared by the host (`devices`) and the agent (`edge`).

Message: 8-byte header (operation and version, flags, length, group, sequence, command) and a CBOR map. On a serial line:
uint16 length, message, CRC16-XMODEM, as base64 in lines that begin with 06 09 (first) or 04 14 (further) and end with a
line feed. Source: Zephyr Project, "MCUmgr SMP protocol specification" and "SMP transport". Must not import anything
heavier than cbor2.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import cbor2

from workbench.core.errors import ProtocolError

FIRST_LINE = b"\x06\x09"
NEXT_LINE = b"\x04\x14"
LINE_LENGTH = 127
MAX_LINE_BYTES = 8192
MAX_MESSAGE_BYTES = 0xFFFF - 2
FRAME_OVERHEAD_BYTES = 4
"""Frame length and CRC share the peer's buffer: the largest message is its buffer less these."""
OS_GROUP = 0
IMAGE_GROUP = 1
VERSION_2 = 1
_HEADER = struct.Struct("!BBHHBB")
_UINT16 = struct.Struct("!H")


class Operation(IntEnum):
    """What a message does."""

    READ = 0
    READ_REPLY = 1
    WRITE = 2
    WRITE_REPLY = 3


class OsCommand(IntEnum):
    """Commands of group 0 that we speak."""

    ECHO = 0
    RESET = 5
    PARAMETERS = 6
    BOOTLOADER = 8


class ImageCommand(IntEnum):
    """Commands of group 1 that we speak."""

    STATE = 0
    UPLOAD = 1
    ERASE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SmpMessage:
    """One request or reply. `version` is the header's: 0 for SMP 1, 1 for SMP 2."""

    operation: Operation
    group: int
    command: int
    sequence: int
    version: int = VERSION_2
    payload: Mapping[str, object] = field(default_factory=dict)

    def reply(self, payload: Mapping[str, object]) -> SmpMessage:
        """The answer to this request: same group, command, sequence and version."""
        operation = Operation.READ_REPLY if self.operation is Operation.READ else Operation.WRITE_REPLY
        return SmpMessage(
            operation=operation, group=self.group, command=self.command,
            sequence=self.sequence, version=self.version, payload=payload,
        )  # fmt: skip


def encode_message(message: SmpMessage) -> bytes:
    """Header and canonical CBOR."""
    body = cbor2.dumps(dict(message.payload), canonical=True)
    first = (message.version << 3) | message.operation
    return _HEADER.pack(first, 0, len(body), message.group, message.sequence, message.command) + body


def decode_message(data: bytes) -> SmpMessage:
    """Parse one message; raises ProtocolError saying what is wrong with it."""
    if len(data) < _HEADER.size:
        raise ProtocolError(f"An SMP message of {len(data)} bytes is shorter than its header.")
    first, _flags, length, group, sequence, command = _HEADER.unpack_from(data)
    if length != len(data) - _HEADER.size:
        raise ProtocolError(f"An SMP message says {length} bytes and carries {len(data) - _HEADER.size}.")
    if first & 0b111 not in Operation.__members__.values():
        raise ProtocolError(f"An SMP message has the unknown operation {first & 0b111}.")
    return SmpMessage(
        operation=Operation(first & 0b111), group=group, command=command, sequence=sequence,
        version=(first >> 3) & 0b11, payload=_decode_map(data[_HEADER.size :]),
    )  # fmt: skip


def _decode_map(body: bytes) -> dict[str, object]:
    try:
        value = cbor2.loads(body) if body else {}
    except (ValueError, EOFError, TypeError, OverflowError, RecursionError, cbor2.CBORError) as error:
        raise ProtocolError(f"An SMP message carries malformed CBOR: {error}.") from error
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ProtocolError("An SMP message carries something other than a CBOR map.")
    return value


def encode_lines(message: bytes, *, line_length: int = LINE_LENGTH) -> bytes:
    """A message as the lines of one serial frame; `line_length` includes marker and line feed."""
    if len(message) > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"An SMP message of {len(message)} bytes is longer than a frame can carry.")
    framed = _UINT16.pack(len(message) + 2) + message + _UINT16.pack(binascii.crc_hqx(message, 0))
    text = base64.b64encode(framed)
    step = (line_length - 3) // 4 * 4
    parts = [text[start : start + step] for start in range(0, len(text), step)]
    return b"".join((FIRST_LINE if number == 0 else NEXT_LINE) + part + b"\n" for number, part in enumerate(parts))


class LineDecoder:
    """Bytes of a serial line in, whole messages out; damaged frames are dropped and counted in `n_damaged`."""

    def __init__(self) -> None:
        self.n_damaged = 0
        self._line = bytearray()
        self._frame: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived, return the messages that became complete."""
        self._line += data
        messages = []
        while (end := self._line.find(b"\n")) >= 0:
            line = bytes(self._line[:end])
            del self._line[: end + 1]
            message = self._take_line(line)
            if message is not None:
                messages.append(message)
        if len(self._line) > MAX_LINE_BYTES:
            self._line.clear()
            self._drop()
        return messages

    def _take_line(self, line: bytes) -> bytes | None:
        first, following = line.find(FIRST_LINE), line.find(NEXT_LINE)
        starts = [position for position in (first, following) if position >= 0]
        if not starts:
            return None
        start = min(starts)
        if start == first:
            if self._frame is not None:
                self._drop()
            self._frame = bytearray()
        elif self._frame is None:
            return None
        return self._extend(line[start + 2 :].rstrip(b"\r"))

    def _extend(self, text: bytes) -> bytes | None:
        assert self._frame is not None
        try:
            self._frame += base64.b64decode(text, validate=True)
        except ValueError:
            self._drop()
            return None
        if len(self._frame) < 2:
            self._drop()
            return None
        (length,) = _UINT16.unpack_from(self._frame)
        if len(self._frame) - 2 < length:
            return None
        message, mark = bytes(self._frame[2:length]), bytes(self._frame[length:])
        if length < 2 or mark != _UINT16.pack(binascii.crc_hqx(message, 0)):
            self._drop()
            return None
        self._frame = None
        return message

    def _drop(self) -> None:
        self._frame = None
        self.n_damaged += 1
