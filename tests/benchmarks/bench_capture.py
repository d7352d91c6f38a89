"""Live capture: what a second of eight binary channels at 10 kHz and of text at 921 600 Bd costs, and that no row is lost."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row
from workbench.core.jobs import Job
from workbench.logs.live.checksums import compute
from workbench.services.capture import CaptureRequest, capture

NAME = "capture"
_SECONDS = 20
_RATE_HZ = 10_000
_CHANNELS = 8
_BAUD_BYTES = 92_160
_LIMIT = 0.2
"""CPU seconds a second of signal: a fifth of one core, so that the window has the rest."""
_LAYOUT = (
    f'sync = "AA 55"\nchecksum = "crc16-modbus"\nrate_hz = {_RATE_HZ}\n[[fields]]\nname = "seq"\ntype = "u16"\nuse = "counter"\n'
)


def run(size: float) -> list[Row]:
    """`size` scales the length of the stream. It is sent as fast as it is taken: only its cost is measured."""
    seconds = max(2, round(_SECONDS * size))
    n = _RATE_HZ * seconds
    lines = [f"{3.2 + k % 7 / 10:.3f},{120.5 + k % 9:.2f},{k % 100 / 10:.2f}\n" for k in range(_BAUD_BYTES * seconds // 18)]
    with tempfile.TemporaryDirectory() as folder:
        layout = Path(folder) / "layout.toml"
        layout.write_text(_LAYOUT + "".join(f'[[fields]]\nname = "V{k}"\ntype = "i16"\nunit = "g"\n' for k in range(_CHANNELS)))
        cases = (
            (f"{_CHANNELS} binary channels at {_RATE_HZ} Hz", _frames(n), n, {"format": "binary", "layout": str(layout)}),
            ("text at 921600 Bd", ("P,F,V\n" + "".join(lines)).encode(), len(lines), {"format": "csv"}),
        )
        return [_measure(Path(folder), what, data, rows, seconds, more) for what, data, rows, more in cases]


def _measure(folder: Path, what: str, data: bytes, rows: int, seconds: int, more: dict[str, str]) -> Row:
    request = CaptureRequest(port=_serve(data), project=str(folder / what.split()[0]), asset="P-1", **more)  # type: ignore[arg-type]
    before_s = time.process_time()
    result = capture(request, Job())
    each = (time.process_time() - before_s) / seconds
    is_whole = result.recording.rows == rows
    return Row(
        name=f"capture: {what}, {result.recording.rows} of {rows} rows", ours=f"{each * 1000:.0f} ms CPU a second",
        peer=f"limit {_LIMIT * 1000:.0f} ms", ratio=each / _LIMIT, goal="<= 1, all rows", held=is_whole and each <= _LIMIT,
    )  # fmt: skip


def _frames(n: int) -> bytes:
    numbers = np.arange(n)
    body = np.zeros((n, 4 + 2 * _CHANNELS), np.uint8)
    body[:, :2] = 0xAA, 0x55
    body[:, 2:4] = (numbers % 65536).astype("<u2")[:, None].view(np.uint8).reshape(n, 2)
    values = (1000 * np.sin(2 * np.pi * numbers[:, None] * np.arange(1, _CHANNELS + 1) / 200)).astype("<i2")
    body[:, 4:] = values.view(np.uint8).reshape(n, 2 * _CHANNELS)
    sums = compute("crc16-modbus", body).astype("<u2")[:, None].view(np.uint8).reshape(n, 2)
    return np.hstack([body, sums]).tobytes()


def _serve(data: bytes) -> str:
    server = socket.create_server(("127.0.0.1", 0))

    def send() -> None:
        with server:
            line, _ = server.accept()
        with line:
            line.sendall(data)

    threading.Thread(target=send, daemon=True).start()
    return f"socket://127.0.0.1:{server.getsockname()[1]}"
