"""What the device answers to each SMP command: OS, image and our own group. The surface is small on purpose.

No shell, no file system, no settings. SMP authenticates nobody, so whatever could do harm needs more than a message: an
image its signatures, a confirm the passed golden vectors, a roll back a signed command with the device's fresh nonce.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TypeVar

import msgspec
import numpy as np

from workbench.bundle.chain import MAX_MESSAGE_BYTES, decode_chain
from workbench.bundle.signing import PAYLOAD_COMMAND, decode_base64, decode_envelope, valid_signers
from workbench.core.codec import decode_canonical
from workbench.core.errors import BundleError, BundleRejected, InputError
from workbench.core.smp_codec import IMAGE_GROUP, OS_GROUP, ImageCommand, Operation, OsCommand
from workbench.core.wire import (
    PUMP_GROUP,
    DeviceCommand,
    PumpCommand,
    PumpStatus,
    ScoreReply,
    SlotsReply,
    TrustReply,
    UploadProgress,
)
from workbench.edge.agent import Agent
from workbench.edge.smp_server import BUFFER_BYTES, BUFFER_COUNT, Handler, HandlerKey, ImageFault, Mgmt, SmpFault
from workbench.edge.uploads import DeviceFull

MAX_WINDOW_BYTES = 4 * 1024 * 1024
MAX_LOG_PIECE_BYTES = BUFFER_BYTES - 256
MAX_ECHO_CHARS = BUFFER_BYTES - 256
T = TypeVar("T")
_READ, _WRITE = Operation.READ, Operation.WRITE
Payload = Mapping[str, object]


def handlers_of(agent: Agent) -> dict[HandlerKey, Handler]:
    """All commands that this device answers."""
    return {**_os_handlers(agent), **ImageHandlers(agent).table(), **PumpHandlers(agent).table()}


def _os_handlers(agent: Agent) -> dict[HandlerKey, Handler]:
    def echo(payload: Payload) -> Payload:
        return {"r": take(payload, "d", str)[:MAX_ECHO_CHARS]}

    def parameters(_payload: Payload) -> Payload:
        return {"buf_size": BUFFER_BYTES, "buf_count": BUFFER_COUNT}

    def bootloader(payload: Payload) -> Payload:
        return {"response": {"mode": 5}} if payload.get("query") == "mode" else {"bootloader": "pump-edge"}

    def reset(_payload: Payload) -> Payload:
        agent.is_reset_wanted = True
        return {}

    return {
        (OS_GROUP, OsCommand.ECHO, _WRITE): echo,
        (OS_GROUP, OsCommand.ECHO, _READ): echo,
        (OS_GROUP, OsCommand.PARAMETERS, _READ): parameters,
        (OS_GROUP, OsCommand.BOOTLOADER, _READ): bootloader,
        (OS_GROUP, OsCommand.RESET, _WRITE): reset,
    }


class ImageHandlers:
    """Group 1: the standard way to update a device."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def table(self) -> dict[HandlerKey, Handler]:
        """Commands and what answers them."""
        return {
            (IMAGE_GROUP, ImageCommand.STATE, _READ): self._read_states,
            (IMAGE_GROUP, ImageCommand.STATE, _WRITE): self._write_state,
            (IMAGE_GROUP, ImageCommand.UPLOAD, _WRITE): self._upload,
            (IMAGE_GROUP, ImageCommand.ERASE, _WRITE): self._erase,
        }

    def _read_states(self, _payload: Payload) -> Payload:
        images = [
            {
                "image": 0, "slot": state.slot, "version": f"{state.release}.0.0", "hash": bytes.fromhex(state.image_sha256),
                "bootable": state.bootable, "pending": state.pending, "confirmed": state.confirmed,
                "active": state.active, "permanent": False,
            }
            for state in self._agent.slots.states()
            if state.image_sha256
        ]  # fmt: skip
        return {"images": images, "splitStatus": 0}

    def _write_state(self, payload: Payload) -> Payload:
        wanted = payload.get("hash")
        if payload.get("confirm"):
            self._confirm(wanted)
        else:
            self._test(wanted)
        return self._read_states({})

    def _test(self, wanted: object) -> None:
        record = self._agent.slots.record
        slot = self._slot_of(wanted)
        if slot == record.active:
            raise SmpFault(ImageFault.TEST_ACTIVE_DENIED, group=IMAGE_GROUP)
        if not self._agent.slots.may_boot(slot):
            raise SmpFault(ImageFault.NO_IMAGE, group=IMAGE_GROUP)
        self._agent.slots.set_pending(slot)

    def _confirm(self, wanted: object) -> None:
        record = self._agent.slots.record
        # An image that has not run here yet is never confirmed: that is how devices are bricked.
        if wanted is not None and self._slot_of(wanted) != record.active:
            raise SmpFault(ImageFault.CONFIRM_DENIED, group=IMAGE_GROUP)
        try:
            self._agent.confirm()
        except InputError as error:
            raise SmpFault(ImageFault.CONFIRM_DENIED, group=IMAGE_GROUP) from error

    def _slot_of(self, wanted: object) -> int:
        if not isinstance(wanted, bytes) or len(wanted) != 32:
            raise SmpFault(ImageFault.INVALID_HASH, group=IMAGE_GROUP)
        for slot, content in enumerate(self._agent.slots.record.slots):
            if content.image_sha256 == wanted.hex():
                return slot
        raise SmpFault(ImageFault.NO_IMAGE, group=IMAGE_GROUP)

    def _upload(self, payload: Payload) -> Payload:
        uploads = self._agent.uploads
        offset, data = take(payload, "off", int), take(payload, "data", bytes)
        try:
            if offset == 0:
                wanted = self._begin(payload)
                if wanted:
                    return {"off": wanted, "match": True} if uploads.session is None else {"off": wanted}
            wanted = uploads.take(offset, data, self._agent.gate)
            session = uploads.session
            if session is None or wanted < session.size_bytes:
                return {"off": wanted}
            return {"off": wanted, "match": self._finish()}
        except BundleRejected as error:
            self._agent.note("upload_refused", error.reason)
            raise _fault_of(error) from error
        except DeviceFull as error:
            raise SmpFault(ImageFault.WRITE_FAILED, group=IMAGE_GROUP) from error
        except InputError as error:
            raise SmpFault(ImageFault.INVALID_OFFSET, group=IMAGE_GROUP) from error

    def _begin(self, payload: Payload) -> int:
        size_bytes, digest = payload.get("len"), payload.get("sha")
        if not isinstance(size_bytes, int) or size_bytes <= 0:
            raise SmpFault(ImageFault.INVALID_LENGTH, group=IMAGE_GROUP)
        if not isinstance(digest, bytes) or len(digest) != 32:
            raise SmpFault(ImageFault.INVALID_HASH, group=IMAGE_GROUP)
        return self._agent.uploads.begin(digest.hex(), size_bytes, self._agent.gate)

    def _finish(self) -> bool:
        is_match = self._agent.uploads.finish(self._agent.gate)
        self._agent.note("upload_complete" if is_match else "upload_damaged")
        return is_match

    def _erase(self, payload: Payload) -> Payload:
        record = self._agent.slots.record
        slot = payload.get("slot", record.spare)
        if not isinstance(slot, int) or slot not in range(len(record.slots)) or slot in (record.active, record.confirmed):
            raise SmpFault(ImageFault.INVALID_SLOT, group=IMAGE_GROUP)
        self._agent.uploads.abandon()
        self._agent.slots.clear(slot)
        return {}


class PumpHandlers:
    """Group 64: passport, slots, self-test, host-drawn windows, logs, drift, roll back."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._window = bytearray()
        self._chain = bytearray()
        self._nonce = ""

    def table(self) -> dict[HandlerKey, Handler]:
        """Commands and what answers them."""
        reads = {
            PumpCommand.PASSPORT: self._passport,
            PumpCommand.SLOTS: self._slots,
            PumpCommand.SELF_TEST: self._self_test,
            PumpCommand.LOG_LIST: self._log_list,
            PumpCommand.LOG_READ: self._log_read,
            PumpCommand.DRIFT: self._drift,
            PumpCommand.NONCE: self._give_nonce,
            PumpCommand.LIVE: self._live,
        }
        writes = {
            PumpCommand.SCORE_WINDOW: self._score_window,
            PumpCommand.ROLL_BACK: self._roll_back,
            PumpCommand.TRUST: self._take_trust,
        }
        return {
            **{(PUMP_GROUP, int(command), _READ): handler for command, handler in reads.items()},
            **{(PUMP_GROUP, int(command), _WRITE): handler for command, handler in writes.items()},
        }

    def _passport(self, _payload: Payload) -> Payload:
        return to_map(self._agent.passport())

    def _slots(self, _payload: Payload) -> Payload:
        agent, session = self._agent, self._agent.uploads.session
        upload = UploadProgress()
        if session is not None:
            upload = UploadProgress(
                image_sha256=session.image_sha256, size_bytes=session.size_bytes, offset_bytes=agent.uploads.offset
            )
        return to_map(
            SlotsReply(
                slots=agent.slots.states(),
                upload=upload,
                refusal=agent.uploads.refusal,
                refused_at_bytes=agent.uploads.refused_at_bytes,
                last_boot=agent.slots.record.last_boot,
                slot_bytes=agent.gate.slot_bytes,
            )
        )

    def _self_test(self, _payload: Payload) -> Payload:
        report = self._agent.run_self_test()
        if report is None:
            raise _pump_fault(PumpStatus.NOT_FOUND)
        return to_map(report)

    def _live(self, _payload: Payload) -> Payload:
        return to_map(self._agent.live)

    def _score_window(self, payload: Payload) -> Payload:
        """Samples in pieces: int64 instants [n], then float32 values [n, c], little-endian, as one blob."""
        model = self._agent.model
        if model is None:
            raise _pump_fault(PumpStatus.NOT_FOUND)
        row_bytes = 8 + 4 * len(model.spec.channels)
        length = _gather(self._window, payload, MAX_WINDOW_BYTES)
        if length % row_bytes:
            raise _pump_fault(PumpStatus.BAD_REQUEST)
        if len(self._window) < length:
            return to_map(ScoreReply(offset_bytes=len(self._window)))
        score, raw = self._score_blob(bytes(self._window), length // row_bytes)
        return to_map(ScoreReply(offset_bytes=length, is_scored=True, score=score, raw=raw))

    def _score_blob(self, blob: bytes, n_rows: int) -> tuple[float | None, float | None]:
        assert self._agent.model is not None
        times_ns = np.frombuffer(blob, "<i8", n_rows).astype(np.int64)
        values = np.frombuffer(blob, "<f4", offset=8 * n_rows).astype(np.float32).reshape(n_rows, -1)
        try:
            return self._agent.model.score_samples(times_ns, values)
        except InputError as error:
            raise _pump_fault(PumpStatus.BAD_REQUEST) from error

    def _take_trust(self, payload: Payload) -> Payload:
        """A chain of trust roots in pieces. It proves itself; whoever carries it needs no trust."""
        agent, length = self._agent, _gather(self._chain, payload, MAX_MESSAGE_BYTES)
        if len(self._chain) == length:
            try:
                agent.take_trust(decode_chain(bytes(self._chain), what="The chain"))
            except InputError as error:
                raise _pump_fault(PumpStatus.BAD_REQUEST) from error
            except BundleError as error:
                agent.note("trust_root_refused", error.message)
                raise _pump_fault(PumpStatus.NOT_TRUSTED) from error
        return to_map(TrustReply(offset_bytes=len(self._chain), version=agent.trust.version))

    def _log_list(self, payload: Payload) -> Payload:
        start = take(payload, "start", int) if "start" in payload else 0
        infos = self._agent.logs.infos()
        return {"logs": [to_map(info) for info in infos[start : start + 8]], "n": len(infos)}

    def _log_read(self, payload: Payload) -> Payload:
        offset, log_id = take(payload, "off", int), take(payload, "id", int)
        n_bytes = min(take(payload, "len", int), MAX_LOG_PIECE_BYTES)
        data = self._agent.logs.read(log_id, offset, n_bytes)
        if data is None:
            raise _pump_fault(PumpStatus.NOT_FOUND)
        return {"off": offset, "data": data}

    def _drift(self, payload: Payload) -> Payload:
        start = take(payload, "start", int) if "start" in payload else 0
        sketches = self._agent.sketches
        return {"channels": [to_map(sketch) for sketch in sketches[start : start + 1]], "n": len(sketches)}

    def _give_nonce(self, _payload: Payload) -> Payload:
        self._nonce = secrets.token_hex(16)
        return {"nonce": self._nonce}

    def _roll_back(self, payload: Payload) -> Payload:
        command = self._open_command(take(payload, "envelope", bytes))
        nonce, self._nonce = self._nonce, ""
        agent = self._agent
        if not nonce or (command.command, command.serial, command.nonce) != ("roll_back", agent.provisioning.serial, nonce):
            raise _pump_fault(PumpStatus.NOT_TRUSTED)
        for slot, content in enumerate(agent.slots.record.slots):
            if content.identity and content.identity == command.identity and slot != agent.slots.record.active:
                return self._go_back(slot)
        raise _pump_fault(PumpStatus.NOT_FOUND)

    def _go_back(self, slot: int) -> Payload:
        try:
            self._agent.slots.go_back(slot)
        except InputError as error:
            raise _pump_fault(PumpStatus.REFUSED) from error
        self._agent.note("rolled_back", f"slot {slot}")
        self._agent.is_reset_wanted = True
        return {}

    def _open_command(self, data: bytes) -> DeviceCommand:
        trust = self._agent.trust
        keys = tuple(key.raw for key in trust.active("command"))
        try:
            envelope = decode_envelope(data, what="The command")
            signers = valid_signers(envelope, PAYLOAD_COMMAND, keys)
            if len(signers) < trust.command_threshold:
                raise _pump_fault(PumpStatus.NOT_TRUSTED)
            return decode_canonical(decode_base64(envelope.payload), DeviceCommand, what="The command", max_bytes=4096)
        except InputError as error:
            raise _pump_fault(PumpStatus.BAD_REQUEST) from error


def _gather(pieces: bytearray, payload: Payload, max_bytes: int) -> int:
    """Take one piece (off, len, data) of something that is sent in pieces; returns how long the whole is to be."""
    offset, length, data = take(payload, "off", int), take(payload, "len", int), take(payload, "data", bytes)
    if not 0 < length <= max_bytes or not 0 <= offset <= length - len(data):
        raise _pump_fault(PumpStatus.BAD_REQUEST)
    if offset == 0 or len(pieces) > length:
        # Another one than was begun: what is there of that one doesn't belong to it.
        pieces.clear()
    if offset == len(pieces):
        pieces += data
    return length


def take(payload: Payload, name: str, kind: type[T]) -> T:
    """A field of a request; the general error 'invalid' if it is missing or of another type."""
    value = payload.get(name)
    if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
        raise SmpFault(Mgmt.INVALID)
    return value


def to_map(record: msgspec.Struct) -> dict[str, object]:
    """A record as a CBOR map."""
    value: dict[str, object] = msgspec.to_builtins(record)
    return value


def _fault_of(error: BundleRejected) -> SmpFault:
    codes = {"too_large": ImageFault.TOO_LARGE, "no_free_slot": ImageFault.NO_FREE_SLOT}
    return SmpFault(codes.get(error.reason, ImageFault.INVALID_HEADER), group=IMAGE_GROUP)


def _pump_fault(status: PumpStatus) -> SmpFault:
    return SmpFault(status, group=PUMP_GROUP)
