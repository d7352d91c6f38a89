"""Local clock times to UTC, the doubled autumn hour told apart by the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import EPOCH, NS_PER_DAY, NS_PER_S
from workbench.core.errors import RequestError

_MIN_NS, _MAX_NS = -2_000_000_000 * NS_PER_S, 7_000_000_000 * NS_PER_S


def load_zone(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises RequestError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, ModuleNotFoundError) as error:
        message = f"'{name}' is no zone that is known here."
        raise RequestError(message, "Write it as Europe/Oslo, America/Chicago or UTC.") from error


def local_to_utc(local_ns: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """UTC instants of clock times, both ns, [n], in the order in which they were written.

    A clock time that occurs twice is the first one until the clock steps back (or stands still) within that hour; a time that
    the spring change leaves out is read with the offset before it.
    """
    if local_ns.size == 0:
        return local_ns.copy()
    table = zone_table(int(local_ns.min()), int(local_ns.max()), zone)
    if table is None:
        return local_ns.copy()
    utc = table.shift(local_ns)
    doubled = table.doubled()
    step = typical_step(local_ns) if doubled else 0
    for hour in doubled:
        tell_doubled(local_ns, utc, hour, step)
    return utc


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubledHour:
    """Clock times from `start_ns` on for `length_ns` that occur twice, and the offset of the second pass."""

    start_ns: int
    length_ns: int
    later_offset_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneTable:
    """The offsets of a zone over a stretch of time: `wall_ns` the clock time at which each begins, read with the one before."""

    offsets_ns: NDArray[np.int64]
    wall_ns: NDArray[np.int64]

    def shift(self, local_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """UTC instants of clock times, each by itself: a doubled one is the first, a left-out one has the offset before."""
        index = np.searchsorted(self.wall_ns, local_ns, side="right") - 1
        utc = local_ns - self.offsets_ns[np.clip(index, 0, None)]
        for change in range(1, self.wall_ns.size):
            shrink = int(self.offsets_ns[change - 1] - self.offsets_ns[change])
            if shrink < 0:
                missing = (local_ns >= self.wall_ns[change]) & (local_ns < self.wall_ns[change] - shrink)
                utc[missing] = local_ns[missing] - self.offsets_ns[change - 1]
        return utc

    def doubled(self) -> list[DoubledHour]:
        """The hours that occur twice."""
        shrinks = self.offsets_ns[:-1] - self.offsets_ns[1:]
        return [
            DoubledHour(
                start_ns=int(self.wall_ns[change + 1] - shrinks[change]), length_ns=int(shrinks[change]),
                later_offset_ns=int(self.offsets_ns[change + 1]),
            )
            for change in np.flatnonzero(shrinks > 0).tolist()
        ]  # fmt: skip


def zone_table(low_ns: int, high_ns: int, zone: ZoneInfo) -> ZoneTable | None:
    """The offsets between two clock times; None where they lie beyond what zones know."""
    if low_ns < _MIN_NS or high_ns > _MAX_NS:
        return None
    starts, offsets = _offsets(low_ns - 2 * NS_PER_DAY, high_ns + 2 * NS_PER_DAY, zone)
    wall = starts.copy()
    wall[1:] += offsets[:-1]
    return ZoneTable(offsets_ns=offsets, wall_ns=wall)


def tell_doubled(local: NDArray[np.int64], utc: NDArray[np.int64], hour: DoubledHour, step: int) -> None:
    """Rows with a clock time that occurs twice get their offset by the order of rows, in place; `step` is the usual one, ns."""
    rows = np.flatnonzero((local >= hour.start_ns) & (local < hour.start_ns + hour.length_ns))
    if rows.size == 0:
        return
    around = np.diff(local[max(int(rows[0]) - 1, 0) : int(rows[-1]) + 2])
    if np.count_nonzero(around < 0) > np.count_nonzero(around > 0):  # newest first
        local, utc, rows = local[::-1], utc[::-1], local.size - 1 - rows[::-1]
    for block in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        later = block[_second_pass(local, block, step) :]
        utc[later] = local[later] - hour.later_offset_ns


def typical_step(local: NDArray[np.int64]) -> int:
    """The median step forward (back, where the newest comes first), ns; 0 where there is none."""
    return usual_step(np.diff(local))


def usual_step(steps: NDArray[np.int64]) -> int:
    """The median of those steps that go the way most of them go, ns; 0 where there is none."""
    forward, back = steps[steps > 0], -steps[steps < 0]
    there = back if back.size > forward.size else forward
    return int(np.median(there)) if there.size else 0


def _second_pass(local: NDArray[np.int64], block: NDArray[np.intp], step: int) -> int:
    """Index in `block` from which rows belong to the second pass (len(block): none do)."""
    inside = np.diff(local[block])
    back = np.flatnonzero(inside < 0)
    if back.size:
        return int(back[np.argmin(inside[back])]) + 1
    if step >= 1800 * NS_PER_S and (inside == 0).any():
        return int(np.flatnonzero(inside == 0)[0]) + 1
    before, after = int(block[0]) - 1, int(block[-1]) + 1
    joins_before = before >= 0 and 0 <= local[block[0]] - local[before] <= 2 * step
    came_back = before >= 0 and local[block[0]] < local[before]
    joins_after = after < local.size and 0 <= local[after] - local[block[-1]] <= 2 * step
    if came_back or (joins_after and not joins_before):
        return 0
    return int(block.size)


def _offsets(low_ns: int, high_ns: int, zone: ZoneInfo) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """UTC instants at which an offset begins, and the offsets, both ns; the first begins before `low_ns`."""
    starts, offsets = [low_ns - NS_PER_DAY], [_offset_ns(low_ns - NS_PER_DAY, zone)]
    at = starts[0]
    while at < high_ns:
        upcoming = min(at + 7 * NS_PER_DAY, high_ns)
        if _offset_ns(upcoming, zone) != offsets[-1]:
            change = _bisect_change(at, upcoming, offsets[-1], zone)
            starts.append(change)
            offsets.append(_offset_ns(change, zone))
            at = change
        else:
            at = upcoming
    return np.array(starts, np.int64), np.array(offsets, np.int64)


def _bisect_change(low_ns: int, high_ns: int, offset_ns: int, zone: ZoneInfo) -> int:
    low, high = low_ns // NS_PER_S, -(-high_ns // NS_PER_S)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_ns(middle * NS_PER_S, zone) == offset_ns:
            low = middle
        else:
            high = middle
    return high * NS_PER_S


def _offset_ns(utc_ns: int, zone: ZoneInfo) -> int:
    offset = (EPOCH + timedelta(seconds=utc_ns // NS_PER_S)).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * NS_PER_S
