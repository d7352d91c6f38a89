"""The host's SMP client: one request and its reply, or a window of uploads in flight; errors become ours here and only here.

Speaks the standard OS and image groups and our group 64. Must not decide anything: what an answer means for an update is
`devices.deployment`'s business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from workbench.core.codec import Record
from workbench.core.errors import DeviceRefused, ProtocolError, ReplyTimeout
from workbench.core.smp_codec import (
    FRAME_OVERHEAD_BYTES,
    IMAGE_GROUP,
    OS_GROUP,
    ImageCommand,
    Operation,
    OsCommand,
    SmpMessage,
    decode_message,
    encode_message,
)
from workbench.core.smp_raw import FrameDecoder, encode_frame
from workbench.core.wire import (
    PUMP_GROUP,
    LiveState,
    LogInfo,
    Passport,
    PumpCommand,
    PumpStatus,
    ScoreReply,
    SelfTestReport,
    SlotsReply,
    TrustReply,
)
from workbench.devices.protocols.refusals import refusal_of
from workbench.devices.transports.ports import ByteTransport

REPLY_TIMEOUT_S = 2.5
FIRST_WAIT_S = 1.0
SLOW_REPLY_TIMEOUT_S = 20.0
"""For commands behind which a device hashes, verifies or scores."""
N_TRIES = 3
MAX_LOGS = 10_000
"""A device that lists more is not believed."""
RAW_PROBE = "\x00\x03\x04\x0a\x0d\x11\x13\x1a\x1b\x7f é€𝄞"
RAW_PROBE_TIMEOUT_S = 1.0
DEFAULT_BUFFER_BYTES = 384
T = TypeVar("T", bound=Record)


class Parameters(Record, frozen=True, kw_only=True):
    """The device's SMP buffers."""

    buf_size: int
    buf_count: int


class SmpClient:
    """A conversation over one open transport. Belongs to one thread."""

    def __init__(self, transport: ByteTransport, *, n_tries: int = N_TRIES, clock: Callable[[], float] = time.monotonic) -> None:
        self.transport = transport
        self.n_damaged = 0
        self.parameters = Parameters(buf_size=DEFAULT_BUFFER_BYTES, buf_count=1)
        self._n_tries = n_tries
        self._clock = clock
        self._decoder = FrameDecoder()
        self._n_damaged_seen = 0
        self.is_raw = False
        self._replies: list[SmpMessage] = []
        self._sequence = 0

    def close(self) -> None:
        """Give the port back."""
        self.transport.close()

    # Conversation

    def send(self, operation: Operation, group: int, command: int, payload: Mapping[str, object]) -> int:
        """Send one request; returns its sequence number."""
        self._sequence = (self._sequence + 1) % 256
        message = SmpMessage(operation=operation, group=group, command=command, sequence=self._sequence, payload=payload)
        self.transport.write(encode_frame(encode_message(message), is_raw=self.is_raw))
        return self._sequence

    def receive(self, timeout_s: float) -> SmpMessage | None:
        """The next reply, None if none came in time. Damaged frames are counted and dropped."""
        deadline_s = self._clock() + timeout_s
        while not self._replies:
            remaining_s = deadline_s - self._clock()
            if remaining_s <= 0:
                return None
            self._take(self.transport.read(min(remaining_s, 0.1)))
        return self._replies.pop(0)

    def request(
        self, operation: Operation, group: int, command: int, payload: Mapping[str, object], *, timeout_s: float = REPLY_TIMEOUT_S
    ) -> Mapping[str, object]:
        """Send, wait for the reply, send again if it is lost. Raises ReplyTimeout, DeviceRefused.

        The first wait is short whatever `timeout_s`: a lost frame is more likely than a slow device, and every request
        that is sent in this way may come twice. A late answer to an earlier sending is an answer too.
        """
        sent: set[int] = set()
        for attempt in range(self._n_tries):
            sent.add(self.send(operation, group, command, payload))
            deadline_s = self._clock() + min(timeout_s, FIRST_WAIT_S * 3**attempt) + self.pace_s
            while (reply := self.receive(deadline_s - self._clock())) is not None:
                if reply.sequence in sent and (reply.group, reply.command) == (group, command):
                    return checked(reply)
        raise ReplyTimeout(
            f"The device at {self.transport.name} did not answer; it was asked {self._n_tries} times.",
            "Check the cable and the device's power, then go on.",
        )

    @property
    def pace_s(self) -> float:
        """Time that a full buffer needs on this line."""
        rate = self.transport.rate_bytes_per_s
        return 0.0 if rate is None else 1.4 * self.parameters.buf_size / rate

    @property
    def max_message_bytes(self) -> int:
        """Largest message that fits the device's buffer."""
        return self.parameters.buf_size - FRAME_OVERHEAD_BYTES

    def _take(self, data: bytes) -> None:
        for message, _is_raw in self._decoder.feed(data):
            try:
                self._replies.append(decode_message(message))
            except ProtocolError:
                self.n_damaged += 1
        self.n_damaged += self._decoder.n_damaged - self._n_damaged_seen
        self._n_damaged_seen = self._decoder.n_damaged

    def greet(self) -> Passport:
        """Learn the device's buffers and name, and use the raw framing where the device and the line both carry it."""
        self.read_parameters()
        passport = self.passport()
        if "raw" in passport.framings:
            self.is_raw = self._carries_raw()
        return passport

    def _carries_raw(self) -> bool:
        """One echo of the bytes that lines are known to swallow; a line that fails stays with SMP's own framing."""
        self.is_raw = True
        sequence = self.send(Operation.WRITE, OS_GROUP, OsCommand.ECHO, {"d": RAW_PROBE})
        reply = self.receive(RAW_PROBE_TIMEOUT_S + self.pace_s)
        return reply is not None and reply.sequence == sequence and reply.payload.get("r") == RAW_PROBE

    # Standard groups

    def read_parameters(self) -> Parameters:
        """Ask for the buffers, and use them from now on."""
        self.parameters = self._read(OS_GROUP, OsCommand.PARAMETERS, Parameters)
        return self.parameters

    def echo(self, text: str) -> str:
        """What comes back."""
        reply = self.request(Operation.WRITE, OS_GROUP, OsCommand.ECHO, {"d": text})
        return str(reply.get("r", ""))

    def reset(self) -> None:
        """Restart the device. Sent once: a second reset would undo the test boot that the first one began."""
        self.send(Operation.WRITE, OS_GROUP, OsCommand.RESET, {})
        self.receive(REPLY_TIMEOUT_S)

    def set_test(self, image_sha256: str) -> None:
        """Ask for a test boot of this image at the next start."""
        self._write_state({"hash": bytes.fromhex(image_sha256), "confirm": False})

    def confirm(self, image_sha256: str) -> None:
        """Make the running image permanent; the device refuses if it is another one."""
        self._write_state({"hash": bytes.fromhex(image_sha256), "confirm": True})

    # Our group

    def passport(self) -> Passport:
        """Who the device is."""
        return self._read(PUMP_GROUP, PumpCommand.PASSPORT, Passport)

    def slots(self) -> SlotsReply:
        """Slots, upload under way, last refusal."""
        return self._read(PUMP_GROUP, PumpCommand.SLOTS, SlotsReply)

    def live(self) -> LiveState:
        """What the running model says."""
        return self._read(PUMP_GROUP, PumpCommand.LIVE, LiveState)

    def self_test(self) -> SelfTestReport | None:
        """Run the golden vectors on the device; None if no model runs."""
        try:
            return self._read(PUMP_GROUP, PumpCommand.SELF_TEST, SelfTestReport, timeout_s=SLOW_REPLY_TIMEOUT_S)
        except DeviceRefused as error:
            if error.reason == PumpStatus.NOT_FOUND.name.lower():
                return None
            raise

    def score_samples(self, blob: bytes) -> ScoreReply:
        """Score samples on the device: int64 instants [n], then float32 values [n, c], little-endian."""
        step = self.max_message_bytes - 64
        reply = ScoreReply(offset_bytes=0)
        while reply.offset_bytes < len(blob):
            start = reply.offset_bytes
            payload = {"off": start, "len": len(blob), "data": blob[start : start + step]}
            found = self.request(Operation.WRITE, PUMP_GROUP, PumpCommand.SCORE_WINDOW, payload, timeout_s=SLOW_REPLY_TIMEOUT_S)
            reply = to_record(found, ScoreReply)
            if reply.offset_bytes <= start:
                raise ProtocolError(f"The device stays at byte {start} of a window.", "Try again.")
        return reply

    def logs(self) -> tuple[LogInfo, ...]:
        """The device's logs, in the order of use."""
        found: list[LogInfo] = []
        while True:
            reply = self.request(Operation.READ, PUMP_GROUP, PumpCommand.LOG_LIST, {"start": len(found)})
            page, total = reply.get("logs"), reply.get("n")
            if not isinstance(page, list) or not isinstance(total, int):
                raise ProtocolError("The list of logs can't be read.", "Update the device's agent.")
            found += [to_record(item, LogInfo) for item in page]
            if len(found) >= min(total, MAX_LOGS) or not page:
                return tuple(found)

    def nonce(self) -> str:
        """A fresh number for a signed command."""
        return str(self.request(Operation.READ, PUMP_GROUP, PumpCommand.NONCE, {}).get("nonce", ""))

    def roll_back(self, envelope: bytes) -> None:
        """Send the signed command, once, for its nonce serves once; the device restarts with its former model.

        Raises DeviceRefused. No answer is not an error here: read the slots back.
        """
        self.send(Operation.WRITE, PUMP_GROUP, PumpCommand.ROLL_BACK, {"envelope": envelope})
        reply = self.receive(REPLY_TIMEOUT_S)
        if reply is not None:
            checked(reply)

    def hand_trust(self, chain: bytes) -> int:
        """Send a chain of trust roots; returns the version of the device's root afterwards. Raises DeviceRefused."""
        step = self.max_message_bytes - 64
        reply = TrustReply(offset_bytes=0, version=0)
        while reply.offset_bytes < len(chain):
            start = reply.offset_bytes
            payload = {"off": start, "len": len(chain), "data": chain[start : start + step]}
            found = self.request(Operation.WRITE, PUMP_GROUP, PumpCommand.TRUST, payload, timeout_s=SLOW_REPLY_TIMEOUT_S)
            reply = to_record(found, TrustReply)
            if reply.offset_bytes <= start:
                raise ProtocolError(f"The device stays at byte {start} of the chain.", "Try again.")
        return reply.version

    def _write_state(self, payload: Mapping[str, object]) -> None:
        self.request(Operation.WRITE, IMAGE_GROUP, ImageCommand.STATE, payload, timeout_s=SLOW_REPLY_TIMEOUT_S)

    def _read(self, group: int, command: int, kind: type[T], *, timeout_s: float = REPLY_TIMEOUT_S) -> T:
        return to_record(self.request(Operation.READ, group, command, {}, timeout_s=timeout_s), kind)


def checked(reply: SmpMessage) -> Mapping[str, object]:
    """The payload of a reply that is not an error; raises DeviceRefused with the device's own word."""
    refusal = refusal_of(reply)
    if refusal is not None:
        raise DeviceRefused(f"The device said no: {refusal.text}.", refusal.hint, reason=refusal.word)
    return reply.payload


def to_record(value: object, kind: type[T]) -> T:
    """A CBOR map as one of our records. Raises ProtocolError."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        text = f"The device's answer can't be read as {kind.__name__}: {error}."
        raise ProtocolError(text, "Update the program, or the device's agent.") from error
