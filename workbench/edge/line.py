"""A simulated cable between host and device: pace, latency, and the faults that people and cables bring.

Wraps an endpoint. Counts the bytes that passed, both ways together, so that a fault strikes at one exact byte. Must not
know what the bytes mean.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from workbench.core.errors import InputError
from workbench.edge.endpoints import Endpoint

BITS_A_BYTE = 10
"""One start bit, eight data bits, one stop bit."""
POLL_S = 0.0025
FLIPPED_BIT = 0x10
FAULT_KINDS = ("cut", "power", "corrupt", "full", "lie")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`kind` strikes when `at_bytes` bytes have passed; a cut cable stays out for `out_s` seconds."""

    kind: str
    at_bytes: int = 0
    out_s: float = 0.0


def parse_fault(text: str) -> Fault:
    """`cut@BYTES[/SECONDS]`, `power@BYTES`, `corrupt@BYTES`, `full` or `lie`. Raises InputError."""
    kind, _, rest = text.partition("@")
    at, _, seconds = rest.partition("/")
    needs_bytes = kind in ("cut", "power", "corrupt")
    try:
        fault = Fault(kind=kind, at_bytes=int(at) if needs_bytes else 0, out_s=float(seconds or 0))
    except ValueError as error:
        raise InputError(f"'{text}' is not a fault.", "Write cut@5000, power@5000, corrupt@5000, full or lie.") from error
    if kind not in FAULT_KINDS or (rest and not needs_bytes) or fault.at_bytes < 0 or fault.out_s < 0:
        raise InputError(f"'{text}' is not a fault.", "Write cut@5000, power@5000, corrupt@5000, full or lie.")
    return fault


class PowerLost(Exception):  # noqa: N818 - the event, as a person would say it
    """The device's power went away at this byte."""


class PacedQueue:
    """Bytes that come out at the line's pace, `latency_s` after they went in."""

    def __init__(self, rate_bytes_per_s: float, latency_s: float) -> None:
        self._rate = rate_bytes_per_s
        self._latency_s = latency_s
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._free_s = 0.0

    def push(self, data: bytes, now_s: float) -> None:
        """Put bytes on the line."""
        if not data:
            return
        start_s = max(now_s, self._free_s)
        self._free_s = start_s + (len(data) / self._rate if self._rate else 0.0)
        self._waiting.append((start_s, data))

    def pop(self, now_s: float) -> bytes:
        """What has arrived by now."""
        out = bytearray()
        while self._waiting:
            start_s, data = self._waiting[0]
            elapsed_s = now_s - self._latency_s - start_s
            n_due = len(data) if not self._rate and elapsed_s >= 0 else min(len(data), int(elapsed_s * self._rate))
            if n_due <= 0:
                break
            out += data[:n_due]
            self._waiting.popleft()
            if n_due < len(data):
                self._waiting.appendleft((start_s + n_due / self._rate, data[n_due:]))
                break
        return bytes(out)

    def clear(self) -> None:
        """Lose what is on the line."""
        self._waiting.clear()
        self._free_s = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on the line."""
        return not self._waiting


class Line:
    """An endpoint behind a cable of a given pace, with faults. Itself an Endpoint."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        baud_rate_bd: int = 0,
        latency_s: float = 0.0,
        faults: tuple[Fault, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = endpoint.name
        self.n_passed = 0
        self._endpoint = endpoint
        self._clock = clock
        rate = baud_rate_bd / BITS_A_BYTE
        self._to_device = PacedQueue(rate, latency_s)
        self._to_host = PacedQueue(rate, latency_s)
        self._is_direct = not rate and not latency_s
        self._faults = sorted((fault for fault in faults if fault.at_bytes), key=_position)
        self._is_new = False
        self._strikes: Fault | None = None
        self._out_until_s = 0.0

    def read(self, timeout_s: float) -> bytes:
        """See Endpoint. Raises PowerLost."""
        if self._strikes is not None:
            self._strike()
        if self._clock() < self._out_until_s:
            self._endpoint.hang_up()
        if self._is_direct:
            arrived = self._endpoint.read(timeout_s)
            self._plugged_in()
            return self._receive(arrived)
        deadline_s = self._clock() + timeout_s
        while True:
            self._flush()
            arrived = self._endpoint.read(0.0 if timeout_s == 0 else min(POLL_S, timeout_s))
            if self._plugged_in():
                return b""
            if arrived:
                self._to_device.push(arrived, self._clock())
            due = self._receive(self._to_device.pop(self._clock()))
            if due or self._clock() >= deadline_s:
                return due

    def write(self, data: bytes) -> None:
        """See Endpoint. Raises PowerLost."""
        if self._is_direct:
            self._send(data)
        else:
            self._to_host.push(data, self._clock())
            self._flush()

    def take_new_caller(self) -> bool:
        """See Endpoint."""
        was_new, self._is_new = self._is_new, False
        return was_new

    def hang_up(self) -> None:
        """See Endpoint."""
        self._lose()
        self._endpoint.hang_up()

    def close(self) -> None:
        """See Endpoint."""
        self._endpoint.close()

    def _plugged_in(self) -> bool:
        """A new caller finds nothing of the former one's on the line."""
        if not self._endpoint.take_new_caller():
            return False
        self._lose()
        self._is_new = True
        return True

    def _flush(self) -> None:
        due = self._to_host.pop(self._clock())
        if due:
            self._send(due)

    def _send(self, data: bytes) -> None:
        if self._strikes is not None:
            self._strike()
        self._endpoint.write(self._carry(data))
        if self._strikes is not None:
            self._strike()

    def _receive(self, data: bytes) -> bytes:
        arrived = self._carry(data)
        if self._strikes is not None and self._strikes.kind == "cut":
            self._strike()
        return arrived

    def _carry(self, data: bytes) -> bytes:
        """Let bytes pass up to the next fault's own byte; the fault then waits in `_strikes`."""
        if not self._faults or self.n_passed + len(data) < self._faults[0].at_bytes:
            self.n_passed += len(data)
            return data
        fault = self._faults.pop(0)
        n_before = max(0, fault.at_bytes - self.n_passed)
        before, after = data[:n_before], data[n_before:]
        self.n_passed += n_before
        if fault.kind == "corrupt":
            flipped = bytes([before[-1] ^ FLIPPED_BIT]) if before else b""
            return before[:-1] + flipped + self._carry(after)
        self._strikes = fault
        return before

    def _strike(self) -> None:
        fault, self._strikes = self._strikes, None
        assert fault is not None
        self._lose()
        if fault.kind == "power":
            raise PowerLost
        self._out_until_s = self._clock() + fault.out_s
        self._endpoint.hang_up()

    def _lose(self) -> None:
        self._to_device.clear()
        self._to_host.clear()


def _position(fault: Fault) -> int:
    return fault.at_bytes
