"""Local clock times to UTC, the doubled autumn hour told apart by the order of the rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import RequestError

_DAY_NS = 86_400 * NS_PER_S
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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
    low, high = int(local_ns.min()), int(local_ns.max())
    if low < _MIN_NS or high > _MAX_NS:
        return local_ns.copy()
    utc = local_ns.copy()
    starts, offsets = _offsets(low - 2 * _DAY_NS, high + 2 * _DAY_NS, zone)
    # the wall time at which each offset begins, read with the offset before it
    wall = starts.copy()
    wall[1:] += offsets[:-1]
    index = np.searchsorted(wall, local_ns, side="right") - 1
    utc -= offsets[np.clip(index, 0, None)]
    for change in range(1, starts.size):
        shrink = int(offsets[change - 1] - offsets[change])
        if shrink > 0:
            _tell_doubled(local_ns, utc, int(wall[change]) - shrink, shrink, int(offsets[change]))
        elif shrink < 0:
            missing = (local_ns >= wall[change]) & (local_ns < wall[change] - shrink)
            utc[missing] = local_ns[missing] - offsets[change - 1]
    return utc


def _tell_doubled(local: NDArray[np.int64], utc: NDArray[np.int64], start: int, length: int, later_offset: int) -> None:
    """Rows with a clock time in [start, start + length) occur twice; give each its offset, in place."""
    rows = np.flatnonzero((local >= start) & (local < start + length))
    if rows.size == 0:
        return
    step = _typical_step(local)
    for block in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        later = block[_second_pass(local, block, step) :]
        utc[later] = local[later] - later_offset


def _typical_step(local: NDArray[np.int64]) -> int:
    steps = np.diff(local)
    steps = steps[steps > 0]
    return int(np.median(steps)) if steps.size else 0


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
    starts, offsets = [low_ns - _DAY_NS], [_offset_ns(low_ns - _DAY_NS, zone)]
    at = starts[0]
    while at < high_ns:
        upcoming = min(at + 7 * _DAY_NS, high_ns)
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
    offset = (_EPOCH + timedelta(seconds=utc_ns // NS_PER_S)).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds()) * NS_PER_S
