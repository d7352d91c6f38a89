"""Sending an image with several pieces in flight, and going on after lost, damaged or repeated ones.

Each reply says which byte the device wants next. A reply that wants an earlier byte than expected means that a piece was
lost: everything after it is sent again (go-back-n). MCUmgr's own `buf_count` says how many pieces may be in flight.
`upgrade` is never set: an image is confirmed only after it ran.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.core.errors import DeviceRefused, ProtocolError, ReplyTimeout
from workbench.core.smp_codec import IMAGE_GROUP, ImageCommand, Operation, SmpMessage
from workbench.devices.protocols.smp import REPLY_TIMEOUT_S, SmpClient, checked

FIRST_TIMEOUT_S = 20.0
"""The first piece makes a device check the signature and erase a slot."""
LAST_TIMEOUT_S = 20.0
"""The last one makes it verify the whole bundle."""
PIECE_OVERHEAD_BYTES = 48
FIRST_OVERHEAD_BYTES = 112
MAX_SETBACKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What is sent: the bytes and their SHA-256 in hex."""

    data: bytes
    sha256: str


class Upload:
    """One upload. Iterate `offsets()`: each value is the number of bytes that the device has. `first_offset`: where it began.

    `is_fresh`: the device said that it holds nothing of this image, so the first piece needs no answer before the second.
    """

    def __init__(self, client: SmpClient, image: Image, *, is_fresh: bool = False) -> None:
        self._is_fresh = is_fresh
        self.first_offset: int | None = None
        self.is_match: bool | None = None
        self._client = client
        self._image = image
        self._in_flight: deque[tuple[int, int]] = deque()
        self._acked = 0
        self._sent = 0
        self._setbacks = 0

    def offsets(self) -> Iterator[int]:
        """Send everything that the device has not; raises DeviceRefused, ReplyTimeout, ProtocolError, Disconnected."""
        if self._is_fresh:
            self.first_offset = 0
        else:
            self._begin()
            yield self._acked
        while self._acked < len(self._image.data):
            self._fill_window()
            reply = self._client.receive(self._timeout_s())
            if reply is None:
                self._set_back(self._acked, "no answer")
            elif self._take(reply):
                yield self._acked

    def _begin(self) -> None:
        """The first piece, alone: its answer says where to go on."""
        reply = self._client.request(Operation.WRITE, IMAGE_GROUP, ImageCommand.UPLOAD, self._piece(0), timeout_s=FIRST_TIMEOUT_S)
        self._note_match(reply)
        self._acked = self._sent = _offset_of(reply, len(self._image.data))
        if self.first_offset is None:
            self.first_offset = 0 if self._acked == len(self._data_of(0)) else self._acked

    def _piece(self, offset: int) -> dict[str, object]:
        if offset:
            return {"off": offset, "data": self._data_of(offset)}
        return {
            "image": 0, "off": 0, "len": len(self._image.data), "sha": bytes.fromhex(self._image.sha256),
            "data": self._data_of(0), "upgrade": False,
        }  # fmt: skip

    def _data_of(self, offset: int) -> bytes:
        room = self._client.max_message_bytes - (PIECE_OVERHEAD_BYTES if offset else FIRST_OVERHEAD_BYTES)
        return self._image.data[offset : offset + room]

    def _fill_window(self) -> None:
        window = max(1, self._client.parameters.buf_count - 1)
        while len(self._in_flight) < window and self._sent < len(self._image.data):
            piece = self._piece(self._sent)
            sequence = self._client.send(Operation.WRITE, IMAGE_GROUP, ImageCommand.UPLOAD, piece)
            self._sent += len(self._data_of(self._sent))
            self._in_flight.append((sequence, self._sent))

    def _take(self, reply: SmpMessage) -> bool:
        """Whether the reply brought the upload forward."""
        expected = next((end for sequence, end in self._in_flight if sequence == reply.sequence), None)
        if expected is None or (reply.group, reply.command) != (IMAGE_GROUP, ImageCommand.UPLOAD):
            return False
        wanted = self._wanted(reply)
        if wanted != expected:
            self._set_back(wanted, f"it wants byte {wanted}")
            return False
        while self._in_flight and self._in_flight[0][1] <= expected:
            self._in_flight.popleft()
        self._acked = wanted
        self._setbacks = 0
        return True

    def _wanted(self, reply: SmpMessage) -> int:
        try:
            payload = checked(reply)
        except DeviceRefused as error:
            if error.reason != "invalid_offset" or self._setbacks >= MAX_SETBACKS:
                raise
            return 0  # the device lost the upload, for instance with its power: begin again
        self._note_match(payload)
        return _offset_of(payload, len(self._image.data))

    def _set_back(self, wanted: int, why: str) -> None:
        self._setbacks += 1
        if self._setbacks > MAX_SETBACKS:
            text = f"The transfer stays at byte {self._acked} of {len(self._image.data)}: {why}."
            raise ReplyTimeout(text, "Check the cable, then go on: what was sent is kept.")
        self._in_flight.clear()
        if wanted == 0 or why == "no answer":
            self._begin()
        else:
            self._acked = self._sent = wanted

    def _timeout_s(self) -> float:
        is_last = self._sent >= len(self._image.data)
        return (LAST_TIMEOUT_S if is_last and len(self._in_flight) == 1 else REPLY_TIMEOUT_S) + 2 * self._client.pace_s

    def _note_match(self, payload: Mapping[str, object]) -> None:
        match = payload.get("match")
        if isinstance(match, bool):
            self.is_match = match


def _offset_of(payload: Mapping[str, object], size_bytes: int) -> int:
    offset = payload.get("off")
    if not isinstance(offset, int) or not 0 <= offset <= size_bytes:
        raise ProtocolError(f"The device wants byte {offset!r} of {size_bytes}.", "Update the device's agent.")
    return offset
