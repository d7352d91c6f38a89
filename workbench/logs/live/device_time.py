"""The device's own time in text lines: printed stamps, counts since 1970, counts since it started.

Stamps without a zone are read with the offset that the zone has when they arrive: a device that prints local time jumps in
spring and autumn, and this computer knows when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from workbench.core.clock import NS_PER_S, Clock, now_ns
from workbench.logs.live.plan import TimePlan
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.times.counts import exact_count
from workbench.logs.times.instants import read_stamps
from workbench.logs.times.zones import load_zone

NO_TIME = np.iinfo(np.int64).min
_MAX_NS = 2**62


class DeviceTime:
    """`read` the time cells of lines into ns; NO_TIME where a cell is none."""

    def __init__(self, plan: TimePlan, *, zone: str | None = None, clock: Clock = now_ns) -> None:
        self._plan = plan
        self._zone = load_zone(zone) if zone else None
        self._clock = clock

    def read(self, cells: Sequence[Sequence[str]]) -> Int64s:
        """Instants (or, for ticks, ns since the device's own zero) of lines [n], from the time cells of each."""
        if self._plan.kind == "stamp":
            return self._stamps([" ".join(parts).strip() for parts in cells])
        return np.array([self._count(parts[0]) for parts in cells], np.int64)

    def _stamps(self, texts: list[str]) -> Int64s:
        found = read_stamps(texts, self._plan.day_order)
        times_ns = np.where(found.is_absolute, found.ns, found.ns - self._offset_ns())
        return np.where(found.is_good, times_ns, NO_TIME)

    def _offset_ns(self) -> int:
        if self._zone is None:
            return 0
        offset = datetime.fromtimestamp(self._clock() // NS_PER_S, UTC).astimezone(self._zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds()) * NS_PER_S

    def _count(self, text: str) -> int:
        count = exact_count(text)
        found = NO_TIME if count is None else round(count * self._plan.scale_ns)
        return found if abs(found) < _MAX_NS else NO_TIME
