"""Takes bytes from a port as fast as they come, whatever the rest of the program is doing.

A serial driver keeps 4 KiB, which is 44 ms at 921 600 Bd: a thread of its own empties it, so that a slow disk costs no byte.
Reads only; nothing is ever sent from here.
"""

from __future__ import annotations

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from workbench.core.errors import DeviceError
from workbench.devices.transports.ports import ByteTransport
from workbench.logs.live.rows import Rows

POLL_S = 0.05
STOP_WAIT_S = 2.0
MAX_BACKLOG_BYTES = 128 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Bytes with the instant at which they were taken from the port; `rows` where the port speaks in whole readings."""

    data: bytes
    received_ns: int
    rows: Rows | None = None
    bad: tuple[tuple[str, str], ...] = ()
    """(channel, reason) of values in `rows` that are missing."""
    n_dropped: int = 0
    """Blocks in front of this one that were dropped because the rest of the program was too slow."""


class Feed(Protocol):
    """What a capture takes from."""

    name: str
    rate_bytes_per_s: float | None

    def take(self, timeout_s: float) -> Arrived | None:
        """The next that arrived, None if nothing did within the time. Raises DeviceError once, after all before it."""

    def close(self) -> None:
        """Let go of the port."""


class ThreadFeed(ABC):
    """What feeds share: a thread of their own that takes from the port, and a queue to the rest of the program.

    Parameters
    ----------
    transport : ByteTransport
        Open; closed by `close`.
    now_ns : callable
        The clock of arrival.
    stop_wait_s : float
        How long `close` waits for the thread, at most.
    """

    def __init__(self, transport: ByteTransport, now_ns: Callable[[], int], *, stop_wait_s: float = STOP_WAIT_S) -> None:
        self.name = transport.name
        self.rate_bytes_per_s = transport.rate_bytes_per_s
        self._transport = transport
        self._now_ns = now_ns
        self._stop_wait_s = stop_wait_s
        self._arrived: queue.SimpleQueue[Arrived | DeviceError] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {self.name}", daemon=True)

    def take(self, timeout_s: float) -> Arrived | None:
        """See Feed."""
        try:
            found = self._arrived.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(found, DeviceError):
            raise found
        return found

    def close(self) -> None:
        """See Feed."""
        self._stop.set()
        self._thread.join(self._stop_wait_s)
        self._transport.close()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._step()
        except DeviceError as error:
            self._arrived.put(error)

    @abstractmethod
    def _step(self) -> None:
        """Take once from the port, and put what arrived into the queue. Raises DeviceError."""


class ByteFeed(ThreadFeed):
    """A stream of bytes from a port; see ThreadFeed."""

    def __init__(self, transport: ByteTransport, now_ns: Callable[[], int]) -> None:
        super().__init__(transport, now_ns)
        self._backlog_bytes = self._n_dropped = 0
        self._thread.start()

    def take(self, timeout_s: float) -> Arrived | None:
        """See Feed."""
        found = super().take(timeout_s)
        if found is not None:
            self._backlog_bytes -= len(found.data)
        return found

    def _step(self) -> None:
        data = self._transport.read(POLL_S)
        if not data:
            return
        if self._backlog_bytes > MAX_BACKLOG_BYTES:
            self._n_dropped += 1
            return
        self._backlog_bytes += len(data)
        self._arrived.put(Arrived(data=data, received_ns=self._now_ns(), n_dropped=self._n_dropped))
        self._n_dropped = 0
