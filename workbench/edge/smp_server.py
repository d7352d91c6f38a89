"""The device's SMP (MCUmgr) server: bytes of a serial line in, bytes out. Standard SMP tools can talk to it.

Knows messages, framing and errors; what the commands do is in `edge.groups`. Only known commands are answered, everything
else gets the standard error. Must not block, and must not raise for anything that comes over the line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

from workbench.core.errors import ProtocolError, WorkbenchError
from workbench.core.smp_codec import (
    FRAME_OVERHEAD_BYTES,
    Operation,
    SmpMessage,
    decode_message,
    encode_message,
)
from workbench.core.smp_raw import FrameDecoder, encode_frame

BUFFER_BYTES = 4096
BUFFER_COUNT = 8
MAX_PAYLOAD_BYTES = BUFFER_BYTES - FRAME_OVERHEAD_BYTES
Handler = Callable[[Mapping[str, object]], Mapping[str, object]]
HandlerKey = tuple[int, int, Operation]


class Mgmt(IntEnum):
    """General SMP error codes (Zephyr Project, "MCUmgr SMP protocol specification", error codes)."""

    UNKNOWN = 1
    NO_MEMORY = 2
    INVALID = 3
    NOT_FOUND = 5
    BAD_STATE = 6
    TOO_LARGE = 7
    NOT_SUPPORTED = 8
    BUSY = 10
    DENIED = 11


class ImageFault(IntEnum):
    """Error codes of the image group that we use (Zephyr Project, image management group)."""

    NO_IMAGE = 3
    NO_FREE_SLOT = 9
    WRITE_FAILED = 12
    INVALID_SLOT = 14
    INVALID_OFFSET = 20
    INVALID_LENGTH = 21
    INVALID_HEADER = 22
    INVALID_HASH = 24
    TOO_LARGE = 30
    CONFIRM_DENIED = 32
    TEST_ACTIVE_DENIED = 33


class SmpFault(Exception):  # noqa: N818 - the protocol's own word for an answer that is an error
    """A handler says no: `group` None for a general code, else the group that the code belongs to."""

    def __init__(self, code: IntEnum, *, group: int | None = None) -> None:
        super().__init__(f"{group}:{code.name}")
        self.code = code
        self.group = group


class SmpServer:
    """Feeds the line's bytes to handlers. One per connection: a new connection starts with clean framing."""

    def __init__(self, handlers: Mapping[HandlerKey, Handler]) -> None:
        self._handlers = handlers
        self._decoder = FrameDecoder()

    @property
    def n_damaged(self) -> int:
        """Frames that were dropped because they arrived damaged."""
        return self._decoder.n_damaged

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the line, return the bytes of all answers, each in the framing of its request."""
        answers = ((self._answer(message), is_raw) for message, is_raw in self._decoder.feed(data))
        return b"".join(encode_frame(answer, is_raw=is_raw) for answer, is_raw in answers if answer)

    def _answer(self, data: bytes) -> bytes:
        try:
            request = decode_message(data)
        except ProtocolError:
            return b""
        if request.operation not in (Operation.READ, Operation.WRITE):
            return b""
        handler = self._handlers.get((request.group, request.command, request.operation))
        payload = _error_payload(request, SmpFault(Mgmt.NOT_SUPPORTED)) if handler is None else _call(handler, request)
        answer = encode_message(request.reply(payload))
        if len(answer) > MAX_PAYLOAD_BYTES:
            answer = encode_message(request.reply(_error_payload(request, SmpFault(Mgmt.TOO_LARGE))))
        return answer


def _call(handler: Handler, request: SmpMessage) -> Mapping[str, object]:
    try:
        return handler(request.payload)
    except SmpFault as fault:
        return _error_payload(request, fault)
    except (WorkbenchError, OSError, MemoryError):
        # The disk is full or went away, or there is no memory: the device says so and goes on guarding its pump.
        return _error_payload(request, SmpFault(Mgmt.NO_MEMORY))


def _error_payload(request: SmpMessage, fault: SmpFault) -> dict[str, object]:
    if fault.group is None:
        return {"rc": int(fault.code)}
    if request.version == 0:
        return {"rc": int(Mgmt.UNKNOWN)}
    return {"err": {"group": fault.group, "rc": int(fault.code)}}
