"""When a row was: this computer's clock at its last byte, the device's own clock, or an even step.

The computer's clock is read once and carried on by the monotonic counter, so that no correction of the clock in the middle
moves a sample; how far the two drifted apart is a finding at the end. Bytes that arrive together were on the line one after
the other: a row in the middle of a block is dated back by the bytes behind it, at the line's own rate.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S, Clock, now_ns
from workbench.logs.live.rows import Rows
from workbench.logs.recordings.time_axis import Int64s

LEAST_STEP_NS = 1000
"""Two rows of one block are at least this far apart."""
SOCKET_BYTES_PER_S = 100_000.0
"""What a line without a rate of its own (a socket) is taken to carry at least."""
TICKS_ASTRAY_NS = 60 * NS_PER_S
"""A count that has gone this far from its arrival is laid anew."""
EVEN_ASTRAY_NS = 2 * NS_PER_S
"""The same for even steps: a crystal 100 ppm off takes five hours to get there."""


def steady_ns() -> int:
    """A counter that is never set, and goes on while a laptop sleeps, where the system has such a one.

    Linux stops its monotonic counter in sleep and has another that goes on; Windows' own goes on.
    """
    going_on: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if going_on is None else time.clock_gettime_ns(going_on)


class HostClock:
    """This computer's clock, disciplined by its monotonic counter."""

    def __init__(self, wall: Clock = now_ns, monotonic: Callable[[], int] = steady_ns) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._zero_ns = wall() - monotonic()

    def now_ns(self) -> int:
        """The present instant, ns UTC."""
        return self._zero_ns + self._monotonic()

    def drift_ns(self) -> int:
        """How far the computer's own clock has moved against it since the start."""
        return self._wall() - self.now_ns()


class ArrivalTimes:
    """Places in the stream to instants: `saw` each block as it arrives, then ask `at`."""

    def __init__(self, rate_bytes_per_s: float | None) -> None:
        self._byte_ns = NS_PER_S / (rate_bytes_per_s or SOCKET_BYTES_PER_S)
        self._end = 0
        self._length = 0
        self._received_ns = 0
        self._before_ns: int | None = None

    def saw(self, n_bytes: int, received_ns: int) -> None:
        """A block has arrived."""
        self._before_ns = self._received_ns or None
        self._end += n_bytes
        self._length, self._received_ns = n_bytes, received_ns

    def at(self, ends: Int64s) -> Int64s:
        """Instants [n] of places in the latest block (places before it are taken as its beginning)."""
        behind = np.minimum(self._end - ends, self._length)
        byte_ns = self._byte_ns
        if self._before_ns is not None and self._length:
            byte_ns = min(byte_ns, (self._received_ns - self._before_ns) / self._length)
        return np.asarray(self._received_ns - np.round(behind * byte_ns), np.int64)


class RisingTimes:
    """Makes instants strictly increasing by moving later ones a little; remembers the last."""

    def __init__(self) -> None:
        self._last_ns: int | None = None

    def take(self, times_ns: Int64s) -> Int64s:
        """The instants [n], each at least LEAST_STEP_NS after the one before it."""
        if not len(times_ns):
            return times_ns
        steps = np.arange(len(times_ns), dtype=np.int64) * LEAST_STEP_NS
        first = int(times_ns[0]) if self._last_ns is None else max(int(times_ns[0]), self._last_ns + LEAST_STEP_NS)
        lifted = times_ns - steps
        lifted[0] = first
        result: Int64s = np.maximum.accumulate(lifted) + steps
        self._last_ns = int(result[-1])
        return result


class Stamper:
    """Gives rows their instants by the chosen clock.

    Parameters
    ----------
    source : 'host' or 'device'
    is_tick : bool
        The device's time is a count since it started: it is laid on the host's clock at the first row, and again where it
        falls back or leaps (the device has restarted).
    rate_bytes_per_s : float, optional
        The line's own limit.
    """

    def __init__(
        self, source: str, *, is_tick: bool = False, rate_bytes_per_s: float | None = None, astray_ns: int = TICKS_ASTRAY_NS
    ) -> None:
        self._arrivals = ArrivalTimes(rate_bytes_per_s)
        self._rising = RisingTimes()
        self._source, self._is_tick, self._astray_ns = source, is_tick, astray_ns
        self._zero_ns: int | None = None
        self._last_tick_ns = 0
        self.n_restarts = 0
        self.offset_ns: int | None = None
        """Device's clock less this computer's at the latest row, where it prints whole instants."""

    def saw(self, n_bytes: int, received_ns: int) -> None:
        """A block has arrived."""
        self._arrivals.saw(n_bytes, received_ns)

    def stamp(self, rows: Rows) -> Int64s:
        """Instants of the rows [n], ns UTC."""
        host_ns = self._arrivals.at(rows.ends)
        if rows.device_ns is None or not rows.n_rows:
            return self._rising.take(host_ns)
        if self._is_tick:
            return self._lay_ticks(rows.device_ns, host_ns)
        self.offset_ns = int(rows.device_ns[-1] - host_ns[-1])
        return rows.device_ns if self._source == "device" else self._rising.take(host_ns)

    def _lay_ticks(self, ticks_ns: Int64s, host_ns: Int64s) -> Int64s:
        if self._source != "device":
            return self._rising.take(host_ns)
        times_ns: NDArray[np.int64] = np.empty_like(ticks_ns)
        first = 0
        while first < len(ticks_ns):
            first += self._lay_run(ticks_ns[first:], host_ns[first:], times_ns[first:])
        return self._rising.take(times_ns)

    def _lay_run(self, ticks_ns: Int64s, host_ns: Int64s, out: NDArray[np.int64]) -> int:
        """Lay ticks on the host's clock up to the next that falls back or has gone astray; returns how many."""
        if self._zero_ns is None or ticks_ns[0] <= self._last_tick_ns or self._is_astray(ticks_ns[:1], host_ns[:1])[0]:
            self.n_restarts += self._zero_ns is not None
            self._zero_ns = int(host_ns[0] - ticks_ns[0])
        is_break = self._is_astray(ticks_ns, host_ns)
        is_break[1:] |= np.diff(ticks_ns) <= 0
        is_break[0] = False
        n = int(np.argmax(is_break)) if is_break.any() else len(ticks_ns)
        out[:n] = self._zero_ns + ticks_ns[:n]
        self._last_tick_ns = int(ticks_ns[n - 1])
        return n

    def _is_astray(self, ticks_ns: Int64s, host_ns: Int64s) -> NDArray[np.bool_]:
        return np.asarray(np.abs((self._zero_ns or 0) + ticks_ns - host_ns) > self._astray_ns)
