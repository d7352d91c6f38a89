"""Modbus RTU against a device of bytes: what is asked, what is read, what is missing and why; nothing is ever written."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.services.live_device import Watcher
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.devices.capture.modbus import value_of
from workbench.devices.capture.registers import Register, RegisterMap, blocks_of, load_registers
from workbench.logs.live.checksums import compute
from workbench.services.capture import CapturePreviewRequest, CaptureRequest, CaptureResult, capture, preview_capture
from workbench.services.capture_live import LiveUpdate

Answer = Callable[[bytes], bytes]
MAP = """
period_s = 0.05
timeout_s = 0.15
[[registers]]
name = "PI-2041A"
address = 107
type = "i16"
scale = 0.01
unit = "bar"
[[registers]]
name = "FI-2041"
address = 108
type = "f32"
unit = "m3/h"
[[registers]]
name = "RUN"
address = 3
table = "coil"
"""


def crc(data: bytes) -> bytes:
    return struct.pack("<H", int(compute("crc16-modbus", np.frombuffer(data, np.uint8).reshape(1, -1))[0]))


def reply(request: bytes) -> bytes:
    """A well device: -12.34 bar as hundredths, 305.5 m3/h, the pump runs."""
    device, code, address, count = struct.unpack(">BBHH", request[:6])
    if code == 1:
        body = struct.pack(">BBBB", device, code, 1, 1)
    else:
        words = struct.pack(">h", -1234) + struct.pack(">f", 305.5)
        body = struct.pack(">BBB", device, code, 2 * count) + words[2 * (address - 107) :][: 2 * count]
    return body + crc(body)


class Slave:
    """Answers requests of eight bytes; keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self.asked: list[bytes] = []
        self._answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Slave:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            caller, _ = self._server.accept()
            with caller:
                while request := caller.recv(8):
                    assert request[-2:] == crc(request[:-2])
                    self.asked.append(request)
                    caller.sendall(self._answer(request))


def run(tmp_path: Path, answer: Answer, n_rows: int = 4) -> tuple[CaptureResult, list[bytes]]:
    layout = tmp_path / "registers.toml"
    layout.write_text(MAP, encoding="utf-8")
    watcher = Watcher()

    def stop(update: LiveUpdate) -> None:
        if update.rows >= n_rows:
            watcher.job.cancel()

    watcher.react = stop
    with Slave(answer) as slave:
        request = CaptureRequest(
            port=slave.port, project=str(tmp_path / "p"), asset="P-1", format="modbus-rtu", layout=str(layout)
        )  # fmt: skip
        return capture(request, watcher.job), slave.asked


def bad_of(result: CaptureResult) -> dict[str, set[str]]:
    return {channel.name: set(channel.bad) for channel in result.recording.channels}


def test_registers_become_channels_in_their_units(tmp_path: Path) -> None:
    result, _ = run(tmp_path, reply)
    means = {channel.name: (channel.unit, channel.mean) for channel in result.recording.channels}
    assert means == {"PI-2041A": ("bar", pytest.approx(-12.34)), "FI-2041": ("m3/h", 305.5), "RUN": (None, 1.0)}


def test_only_reading_function_codes_are_ever_sent(tmp_path: Path) -> None:
    _, asked = run(tmp_path, reply)
    assert {request[1] for request in asked} == {1, 3}


def test_neighbours_are_read_with_one_request(tmp_path: Path) -> None:
    _, asked = run(tmp_path, reply)
    # 107 and the two words of 108 together: address 0x006B, three registers
    assert bytes.fromhex("01 03 00 6B 00 03") in {request[:6] for request in asked}


def test_an_exception_leaves_its_values_missing_with_its_word(tmp_path: Path) -> None:
    def answer(request: bytes) -> bytes:
        body = struct.pack(">BBB", 1, 0x83, 2)
        return reply(request) if request[1] == 1 else body + crc(body)

    result, _ = run(tmp_path, answer)
    assert bad_of(result) == {"PI-2041A": {"illegal data address"}, "FI-2041": {"illegal data address"}, "RUN": set()}


def test_a_device_that_is_silent_leaves_values_missing_and_others_are_read_on(tmp_path: Path) -> None:
    result, _ = run(tmp_path, lambda request: reply(request) if request[1] == 1 else b"")
    assert bad_of(result) == {"PI-2041A": {"no reply"}, "FI-2041": {"no reply"}, "RUN": set()}


def test_a_spoiled_reply_is_not_believed(tmp_path: Path) -> None:
    def answer(request: bytes) -> bytes:
        whole = bytearray(reply(request))
        whole[3] ^= 0x01
        return bytes(whole)

    result, _ = run(tmp_path, lambda request: reply(request) if request[1] == 1 else answer(request))
    assert bad_of(result)["PI-2041A"] == {"wrong checksum"}


def test_an_adapter_that_hears_itself_does_no_harm(tmp_path: Path) -> None:
    result, _ = run(tmp_path, lambda request: request + reply(request))
    assert bad_of(result) == {"PI-2041A": set(), "FI-2041": set(), "RUN": set()}


def test_a_reply_of_another_device_is_passed_over(tmp_path: Path) -> None:
    def answer(request: bytes) -> bytes:
        other = reply(b"\x02" + request[1:])
        return other + reply(request)

    result, _ = run(tmp_path, answer)
    assert result.recording.channels[0].n_good == 0 or result.recording.channels[0].mean == pytest.approx(-12.34)


def test_the_unplugged_cable_ends_it_with_all_that_was_read(tmp_path: Path) -> None:
    n_asked = 0

    def answer(request: bytes) -> bytes:
        nonlocal n_asked
        n_asked += 1
        if n_asked > 6:
            raise OSError("the cable is out")
        return reply(request)

    result, _ = run(tmp_path, answer, n_rows=1000)
    # two requests a row: three whole rows
    assert (result.ended_by, result.rows) == ("unplugged", 3)


def test_a_preview_says_why_no_value_can_be_read(tmp_path: Path) -> None:
    layout = tmp_path / "registers.toml"
    layout.write_text(MAP, encoding="utf-8")
    with Slave(lambda _request: b"") as slave:
        request = CapturePreviewRequest(port=slave.port, format="modbus-rtu", layout=str(layout), seconds=1)
        result = preview_capture(request, Job())
    assert result.advice == "No value can be read: no reply. Check address, registers and line."


@pytest.mark.parametrize(
    ("register", "words", "value"),
    [
        # IEEE 754: 305.5 = 0x4398C000
        (Register(name="x", address=0, type="f32"), (0x4398, 0xC000), 305.5),
        (Register(name="x", address=0, type="f32", word_order="little"), (0xC000, 0x4398), 305.5),
        (Register(name="x", address=0, type="i32"), (0xFFFF, 0xFFFE), -2.0),
        (Register(name="x", address=0, type="u16", scale=0.1, offset=-40), (650,), 25.0),
        (Register(name="x", address=0, type="bit", bit=3), (0b1000,), 1.0),
    ],
)
def test_words_are_read_as_they_are_described(register: Register, words: tuple[int, ...], value: float) -> None:
    assert value_of(register, words) == (pytest.approx(value), "")


def test_a_request_is_never_longer_than_the_protocol_allows() -> None:
    registers = tuple(Register(name=f"r{k}", address=k) for k in range(300))
    assert [block.count for block in blocks_of(RegisterMap(registers=registers))] == [125, 125, 50]


def test_numbers_of_the_old_kind_name_their_table(tmp_path: Path) -> None:
    path = tmp_path / "registers.toml"
    rows = [("a", 40108), ("b", 30001)]
    text = "".join(f'[[registers]]\nname = "{name}"\naddress = {address}\n' for name, address in rows)
    path.write_text(f'numbering = "modicon"\n{text}', encoding="utf-8")
    assert [(one.table, one.address) for one in load_registers(path).registers] == [("holding", 107), ("input", 0)]


def test_a_table_in_csv_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "registers.csv"
    path.write_text("name, address, table, type, scale, unit\nP, 10, input, i16, 0.1, bar\nRUN, 3, coil,,,\n", encoding="utf-8")
    found = load_registers(path).registers
    assert [(one.name, one.address, one.table, one.type, one.scale, one.unit) for one in found] == [
        ("P", 10, "input", "i16", 0.1, "bar"), ("RUN", 3, "coil", "bit", 1.0, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "[[registers]]\nname='a'\naddress=70000", "[[registers]]\nname='a'\naddress=1\nwrite=true", "x"]
)
def test_a_description_that_can_not_be_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"registers\.toml"):
        load_registers(path)


class RealServer:
    """A server of pymodbus that speaks RTU, in a thread with its own loop: it encodes values and frames by itself."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.number = probe.getsockname()[1]

    def __enter__(self) -> str:
        self._thread.start()
        assert self._ready.wait(20)
        return f"socket://127.0.0.1:{self.number}"

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        from pymodbus import FramerType
        from pymodbus.server import ModbusTcpServer
        from pymodbus.simulator import DataType, SimData, SimDevice

        registers = [
            SimData(107, values=-1234, datatype=DataType.INT16), SimData(108, values=305.5, datatype=DataType.FLOAT32),
            SimData(200, values=12_345_678, datatype=DataType.UINT32),
        ]  # fmt: skip
        self._server = ModbusTcpServer(
            SimDevice(1, simdata=registers), framer=FramerType.RTU, address=("127.0.0.1", self.number)
        )  # fmt: skip
        await self._server.serve_forever(background=True)


def test_a_real_server_is_read_as_it_encodes(tmp_path: Path) -> None:
    layout = tmp_path / "registers.toml"
    counter = '[[registers]]\nname = "HOURS"\naddress = 200\ntype = "u32"\nunit = "h"\n'
    beyond = '[[registers]]\nname = "BEYOND"\naddress = 900\n'
    layout.write_text(MAP.split('[[registers]]\nname = "RUN"')[0] + counter + beyond, encoding="utf-8")
    watcher = Watcher()

    def stop(update: LiveUpdate) -> None:
        if update.rows >= 3:
            watcher.job.cancel()

    watcher.react = stop
    with RealServer() as port:
        request = CaptureRequest(
            port=port, project=str(tmp_path / "p"), asset="P-1", format="modbus-rtu", layout=str(layout)
        )  # fmt: skip
        result = capture(request, watcher.job)
    means = {channel.name: channel.mean for channel in result.recording.channels}
    assert means == {"PI-2041A": pytest.approx(-12.34), "FI-2041": 305.5, "HOURS": 12_345_678.0, "BEYOND": None}
    assert bad_of(result)["BEYOND"] == {"illegal data address"}
