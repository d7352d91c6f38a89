"""Reads Modbus registers over a serial line (RTU), again and again. pymodbus frames and decodes; the line is our transport.

Only the four reading function codes (1 to 4) can be sent from here: nothing on the device is ever changed. A device that does
not answer, or answers with an exception, leaves its values missing with the reason, and the others are read on.
(Modbus Application Protocol V1.1b3, sections 6.1 to 6.4 and 7; Modbus over Serial Line V1.02, section 2.5.1.)
"""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.devices.capture.feed import STOP_WAIT_S, Arrived, ThreadFeed
from workbench.devices.capture.registers import Block, Register, RegisterMap, Table, blocks_of
from workbench.devices.transports.ports import ByteTransport
from workbench.logs.live.rows import LiveChannel, Rows
from workbench.logs.units import find_quantity, find_unit

if TYPE_CHECKING:
    from pymodbus.pdu import ModbusPDU

NO_REPLY, WRONG_CHECKSUM, WRONG_REPLY, NO_VALUE_CODE = "no reply", "wrong checksum", "wrong reply", "no-value code"
EXCEPTIONS = {
    1: "illegal function", 2: "illegal data address", 3: "illegal data value", 4: "device failure", 5: "acknowledge",
    6: "device busy", 8: "memory parity error", 10: "gateway path unavailable", 11: "gateway target failed to respond",
}  # fmt: skip
READ_CODES: dict[Table, int] = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
_LEAST_GAP_S = 0.00175
_CHARS_BETWEEN = 3.5
_READ_S = 0.02
_LEAST_FRAME_BYTES = 5
_CRC_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a request got: registers or bits, or the reason why there are none."""

    values: tuple[int, ...] = ()
    reason: str = ""


class ModbusLine:
    """Asks for blocks of registers, one at a time."""

    def __init__(self, transport: ByteTransport, timeout_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        from pymodbus.framer import FramerRTU
        from pymodbus.pdu import DecodePDU

        self._transport, self._timeout_s, self._clock = transport, timeout_s, clock
        self._decoder = DecodePDU(False)
        self._framer = FramerRTU(self._decoder)
        rate = transport.rate_bytes_per_s
        self._gap_s = max(_LEAST_GAP_S, _CHARS_BETWEEN / rate if rate else 0.0)
        self.heard = bytearray()
        """Every byte that came since it was last emptied."""

    def ask(self, block: Block) -> Reply:
        """Read a block. Raises Disconnected."""
        request = self._framer.buildFrame(_request_of(block))
        time.sleep(self._gap_s)
        self._transport.write(request)
        deadline_s = self._clock() + self._timeout_s
        data = b""
        while (left_s := deadline_s - self._clock()) > 0:
            got = self._transport.read(min(left_s, _READ_S))
            self.heard += got
            data += got
            reply = self._read(data.removeprefix(request), block)  # an adapter of two wires hears itself
            if reply is not None:
                return reply
        return Reply(reason=WRONG_CHECKSUM if len(data.removeprefix(request)) >= _LEAST_FRAME_BYTES else NO_REPLY)

    def _read(self, data: bytes, block: Block) -> Reply | None:
        """The reply in the bytes so far; None while it is not whole."""
        used, device, _, payload = self._framer.decode(data)
        if not used or not payload:
            return None  # not whole yet, or noise: the time decides
        if device != block.device:  # another one's reply: ours may stand behind it
            behind = data[data.find(payload) + len(payload) + _CRC_BYTES :]
            return self._read(behind, block) if behind else None
        pdu = self._decoder.decode(payload)
        if pdu is None:
            return Reply(reason=WRONG_REPLY)
        if pdu.isError():
            code = int(getattr(pdu, "exception_code", 0))
            return Reply(reason=EXCEPTIONS.get(code, f"exception {code}"))
        is_bits = block.table in ("coil", "discrete")
        values = tuple(int(value) for value in (pdu.bits if is_bits else pdu.registers))
        if pdu.function_code != READ_CODES[block.table] or len(values) < block.count:
            return Reply(reason=WRONG_REPLY)
        return Reply(values=values[: block.count])


def _request_of(block: Block) -> ModbusPDU:
    from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
    from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

    kinds = {
        "coil": ReadCoilsRequest, "discrete": ReadDiscreteInputsRequest, "holding": ReadHoldingRegistersRequest,
        "input": ReadInputRegistersRequest,
    }  # fmt: skip
    made: ModbusPDU = kinds[block.table](dev_id=block.device, address=block.address, count=block.count)
    return made


def value_of(register: Register, words: Sequence[int]) -> tuple[float, str]:
    """A register's value from its 16-bit words as they were sent; NaN and a reason where they mean none."""
    if register.type == "bit":
        return float((words[0] >> (register.bit or 0)) & 1), ""
    ordered = list(words) if register.word_order == "big" else list(reversed(words))
    data = struct.pack(f">{len(ordered)}H", *ordered)
    kind, size = register.type[0], len(data)
    letters = {("u", 2): "H", ("i", 2): "h", ("u", 4): "I", ("i", 4): "i", ("u", 8): "Q", ("i", 8): "q", ("f", 4): "f"}
    raw = struct.unpack(f">{letters.get((kind, size), 'd')}", data)[0]
    if raw in register.invalid or (kind == "f" and not math.isfinite(raw)):
        return math.nan, NO_VALUE_CODE
    return raw * register.scale + register.offset, ""


class ModbusFeed(ThreadFeed):
    """See `feed.Feed`: one row each period, with what could be read."""

    def __init__(self, transport: ByteTransport, described: RegisterMap, now_ns: Callable[[], int]) -> None:
        self._blocks = blocks_of(described)
        super().__init__(transport, now_ns, stop_wait_s=STOP_WAIT_S + described.timeout_s * len(self._blocks))
        self._described = described
        self._line = ModbusLine(transport, described.timeout_s)
        self._channels = tuple(_channel_of(register) for register in described.registers)
        self._n_bytes = 0
        self._due_s = time.monotonic()
        self._thread.start()

    def _step(self) -> None:
        found = self._poll()
        if found is not None:
            self._arrived.put(found)
        self._due_s += self._described.period_s
        late_s = time.monotonic() - self._due_s
        if late_s > 0:  # the line is slower than the period: go on from now, and let no polls pile up
            self._due_s += late_s
        self._stop.wait(max(0.0, self._due_s - time.monotonic()))

    def _poll(self) -> Arrived | None:
        """Ask for all blocks once; a row in the middle of the time that it took. None where it was stopped on the way."""
        values: dict[str, float] = {}
        bad: list[tuple[str, str]] = []
        start_ns = self._now_ns()
        for block in self._blocks:
            if self._stop.is_set():
                return None
            reply = self._line.ask(block)
            for register in block.registers:
                words = reply.values[register.address - block.address :][: register.n_words]
                value, reason = (math.nan, reply.reason) if reply.reason else value_of(register, words)
                values[register.name] = value
                if reason:
                    bad.append((register.name, reason))
        data = bytes(self._line.heard)
        self._line.heard.clear()
        self._n_bytes += len(data)
        table = np.array([[values[channel.name] for channel in self._channels]])
        rows = Rows(channels=self._channels, ends=np.array([self._n_bytes], np.int64), values=table)
        return Arrived(data=data, received_ns=(start_ns + self._now_ns()) // 2, rows=rows, bad=tuple(bad))


def _channel_of(register: Register) -> LiveChannel:
    unit = find_unit(register.unit) or register.unit or None
    return LiveChannel(name=register.name, unit=unit, quantity=find_quantity(unit, register.name))
