"""A rehearsal of live capture: a device that speaks real bytes on this machine, from a pump's own log or an invented pump.

For training, for trying a description, and for tests of a set-up before the cable is there. Everything it says is marked as a
rehearsal by its port: it is never a serial port's name.
"""

from __future__ import annotations

import binascii
import math
import os
import random
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from workbench.core.codec import write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.paths import user_home
from workbench.core.requests import Request, Result, parameter

if TYPE_CHECKING:
    from workbench.edge.endpoints import Endpoint

Ready = Callable[[dict[str, object]], None]
WAIT_S = 0.02
MOST_ROWS = 200_000
MAX_AT_ONCE = 20_000
_DECIMALS = 4
_SYNC = b"\xaa\x55"
_INVENTED = (
    ("PI-2040A", "bar", 3.1, 0.02), ("PI-2041A", "bar", 148.0, 0.3), ("FI-2041", "m3/h", 305.0, 1.5),
    ("VI-2041A-DE", "mm/s", 2.3, 0.12), ("TI-2041A-DE", "degC", 59.0, 0.05), ("II-2041A", "A", 184.0, 0.8),
)  # fmt: skip


class CaptureRehearsalRequest(Request, frozen=True, kw_only=True):
    """Speak like a device, for rehearsing a live capture: from a pump's log, or an invented pump."""

    listen: Annotated[str, parameter("Where to listen; port 0 takes a free one.")] = "socket://127.0.0.1:0"
    format: Annotated[Literal["csv", "keyvalue", "binary", "modbus-rtu"], parameter("How to speak.", label="Format")] = "csv"
    rate_hz: Annotated[float, parameter("Rows a second.", unit="Hz", ge=0.1, le=20_000, label="Rate")] = 20.0
    project: Annotated[str | None, parameter("Project with the pump's log.", path=True)] = None
    asset: Annotated[str, parameter("Equipment tag of the pump; '' takes the first one.")] = ""
    noise: Annotated[float, parameter("Share of rows that noise spoils, 0 to 0.5.", ge=0, le=0.5)] = 0.0
    seed: Annotated[int, parameter("Seed of noise and invented values.", ge=0)] = 1


class CaptureRehearsalResult(Result, frozen=True, kw_only=True):
    """How it ended."""

    rows_sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalReady:
    """Where it listens, and the description of its frames or registers ('' where none is needed)."""

    port: str
    layout: str


@dataclass(frozen=True, slots=True)
class _Table:
    """What is said: names, units, and rows again and again."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    rows: Sequence[Sequence[float]]


def rehearse_capture(request: CaptureRehearsalRequest, job: Job) -> CaptureRehearsalResult:
    """Serve until the job is cancelled; publishes RehearsalReady once. Raises InputError, PortBusy."""

    def ready(value: dict[str, object]) -> None:
        job.publish(RehearsalReady(port=str(value["port"]), layout=str(value["layout"])))

    return _serve(request, ready, lambda: job.is_cancelled)


def serve_rehearsal(request: CaptureRehearsalRequest, ready: Ready) -> None:
    """Serve until this process is asked to stop; the ready line says port and description."""
    import threading

    from workbench.edge.serve import stop_at_signals

    stop = threading.Event()
    stop_at_signals(stop)
    _serve(request, ready, stop.is_set)


def _serve(request: CaptureRehearsalRequest, ready: Ready, is_over: Callable[[], bool]) -> CaptureRehearsalResult:
    from workbench.edge.endpoints import open_endpoint

    table = _read_table(request)
    layout = _write_layout(request, table)
    endpoint = open_endpoint(request.listen)
    try:
        ready({"ready": True, "port": endpoint.name, "pid": os.getpid(), "layout": layout})
        speak = _answer if request.format == "modbus-rtu" else _talk
        return CaptureRehearsalResult(rows_sent=speak(endpoint, request, table, is_over))
    finally:
        endpoint.close()


def _talk(endpoint: Endpoint, request: CaptureRehearsalRequest, table: _Table, is_over: Callable[[], bool]) -> int:
    """Say rows at their rate to whoever listens."""
    chance = random.Random(request.seed)
    rows = _encoded(request, table, chance)
    n_sent, started_s = 0, time.monotonic()
    while not is_over():
        endpoint.read(WAIT_S)
        now_s = time.monotonic()
        if endpoint.take_new_caller():
            n_sent, started_s = 0, now_s
            endpoint.write(_header(request, table))
        n_due = min(int((now_s - started_s) * request.rate_hz) - n_sent, MAX_AT_ONCE)
        if n_due > 0:
            endpoint.write(b"".join(next(rows) for _ in range(n_due)))
            n_sent += n_due
    return n_sent


def _header(request: CaptureRehearsalRequest, table: _Table) -> bytes:
    if request.format != "csv":
        return b""
    named = zip(table.names, table.units, strict=True)
    return (",".join(f"{name} [{unit}]" if unit else name for name, unit in named) + "\r\n").encode()


def _encoded(request: CaptureRehearsalRequest, table: _Table, chance: random.Random) -> Iterator[bytes]:
    number = 0
    while True:
        for row in table.rows:
            data = _encode(request, table, row, number)
            number += 1
            yield _spoil(data, chance) if chance.random() < request.noise else data


def _encode(request: CaptureRehearsalRequest, table: _Table, row: Sequence[float], number: int) -> bytes:
    texts = ["" if math.isnan(value) else f"{value:.{_DECIMALS}f}" for value in row]
    if request.format == "csv":
        return (",".join(texts) + "\r\n").encode()
    if request.format == "keyvalue":
        parts = zip(table.names, texts, table.units, strict=True)
        return (", ".join(f"{name}={text} {unit}".strip() for name, text, unit in parts if text) + "\r\n").encode()
    body = _SYNC + struct.pack(f"<H{len(row)}f", number % 65_536, *row)
    return body + struct.pack("<H", binascii.crc_hqx(body, 0xFFFF))


def _spoil(data: bytes, chance: random.Random) -> bytes:
    """What a bad line does: bits flipped, bytes lost."""
    spoiled = bytearray(data)
    for _ in range(3):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    del spoiled[chance.randrange(len(spoiled))]
    return bytes(spoiled)


def _answer(endpoint: Endpoint, request: CaptureRehearsalRequest, table: _Table, is_over: Callable[[], bool]) -> int:
    """Answer readings of holding registers: two a channel, float32, the high word first. Everything else is refused."""
    started_s, waiting, n_read = time.monotonic(), b"", 0
    while not is_over():
        waiting += endpoint.read(WAIT_S)
        while len(waiting) >= 8:
            asked, waiting = waiting[:8], waiting[8:]
            row = table.rows[int((time.monotonic() - started_s) * request.rate_hz) % len(table.rows)]
            endpoint.write(_reply(asked, struct.pack(f">{len(row)}f", *row)))
            n_read += 1
    return n_read


def _reply(asked: bytes, registers: bytes) -> bytes:
    device, code, address, count = struct.unpack(">BBHH", asked[:6])
    data = registers[2 * address : 2 * (address + count)]
    if code != 3:
        body = struct.pack(">BBB", device, code | 0x80, 1)  # illegal function
    elif len(data) < 2 * count or not count:
        body = struct.pack(">BBB", device, code | 0x80, 2)  # illegal data address
    else:
        body = struct.pack(">BBB", device, code, len(data)) + data
    return body + _crc(body)


def _crc(body: bytes) -> bytes:
    import numpy as np

    from workbench.logs.live.checksums import compute

    return struct.pack("<H", int(compute("crc16-modbus", np.frombuffer(body, np.uint8).reshape(1, -1))[0]))


def _write_layout(request: CaptureRehearsalRequest, table: _Table) -> str:
    """The description that a capture needs, in the per-user folder; '' for text."""
    import tomli_w

    named = list(zip(table.names, table.units, strict=True))
    if request.format == "binary":
        counter: dict[str, object] = {"type": "u16", "name": "number", "use": "counter"}
        fields = [counter, *({"type": "f32", "name": name, "unit": unit} for name, unit in named)]
        found: dict[str, object] = {
            "name": "Rehearsal", "sync": _SYNC.hex(), "checksum": "crc16-ccitt", "rate_hz": request.rate_hz, "fields": fields,
        }  # fmt: skip
    elif request.format == "modbus-rtu":
        registers = [{"name": name, "address": 2 * k, "type": "f32", "unit": unit} for k, (name, unit) in enumerate(named)]
        found = {"period_s": max(0.05, 1 / request.rate_hz), "registers": registers}
    else:
        return ""
    path = user_home() / "rehearsal" / f"{request.format}.toml"
    write_atomic(path, tomli_w.dumps(found).encode())
    return str(path)


def _read_table(request: CaptureRehearsalRequest) -> _Table:
    """The end of a pump's log; without a project an invented pump that runs, throttles and shakes now and then."""
    if request.project is not None:
        return _of_project(Path(request.project), request.asset)
    chance = random.Random(request.seed)
    rows = []
    for k in range(6000):
        is_throttled, is_shaking = k % 900 > 700, k % 400 > 370
        lift = (0.0, 6.0 * is_throttled, -90.0 * is_throttled, 2.5 * is_shaking, k / 3000, -20.0 * is_throttled)
        rows.append([middle + up + chance.gauss(0, spread) for (_, _, middle, spread), up in zip(_INVENTED, lift, strict=True)])
    return _Table(tuple(item[0] for item in _INVENTED), tuple(item[1] for item in _INVENTED), rows)


def _of_project(root: Path, asset: str) -> _Table:
    import numpy as np

    from workbench.project.store import Project
    from workbench.services.recordings import open_project_recordings

    with Project.open_existing(root) as project:
        found = open_project_recordings(project, (asset,) if asset else ())
    trends = [recording for _, recording in found if recording.summary.group == "trend"]
    if not trends:
        raise InputError(f"There is no log of {asset or 'any pump'} in {root}.", "Import one, or leave out --project.")
    channels = trends[-1].summary.channels
    columns = [np.asarray(trends[-1].values(channel.name)[-MOST_ROWS:], np.float64) for channel in channels]
    return _Table(
        tuple(channel.name for channel in channels), tuple(channel.unit or "" for channel in channels),
        np.stack(columns, axis=1).tolist(),
    )  # fmt: skip
