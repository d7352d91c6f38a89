"""What training works on: windows of all logs in one table, with whose they are and what happened in them.

Nothing is fitted here. A window belongs to one asset; its span reaches from its first sample to its last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.codec import Record
from workbench.core.scoring_spec import ScoringSpec
from workbench.logs.recordings.time_axis import GAP_FACTOR
from workbench.scoring.windower import windows_of

STOPPED_SHARE = 0.1
"""A driver that draws less than this share of its usual current, power or speed stands still."""
_SEAM_ROWS, _SAME_RATE = 1000, 0.1
DRIVER_QUANTITIES = ("speed", "power", "current", "flow")


class EventSpan(Record, frozen=True, kw_only=True):
    """A labelled interval of one asset; `is_real` False: somebody is unsure (it is neither learnt nor counted as false)."""

    id: str
    asset: str
    name: str
    start_ns: int
    end_ns: int
    is_real: bool = True
    sure_ns: int | None = None
    """From when on it was certainly there, where its onset is an interval: earlier windows are learnt neither way."""
    is_renewal: bool = False
    """The machine was renewed (a preventive replacement): the life of windows before it is censored, not known."""
    work_ns: tuple[int, int] | None = None
    """When something on the machine was replaced or set anew: it ends a reference period. None for any other event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetLog:
    """One recording of one asset: `times_ns` int64 [n], `values` float64 [n, c] in the order of the specification."""

    asset: str
    recording: str
    times_ns: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTable:
    """Complete windows of all logs, in order of asset and time. `asset` indexes `assets`."""

    assets: tuple[str, ...]
    values: NDArray[np.float32]
    """[n, time, channel]"""
    start_ns: NDArray[np.int64]
    end_ns: NDArray[np.int64]
    asset: NDArray[np.int32]
    is_running: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.end_ns)

    def kept(self, rows: NDArray[np.bool_]) -> WindowTable:
        """Only these windows [n]."""
        return WindowTable(
            assets=self.assets, values=self.values[rows], start_ns=self.start_ns[rows], end_ns=self.end_ns[rows],
            asset=self.asset[rows], is_running=self.is_running[rows],
        )  # fmt: skip


def collect_windows(logs: Sequence[AssetLog], spec: ScoringSpec) -> WindowTable:
    """All complete windows, across the seam of two recordings that continue each other as within one.

    Where two recordings of an asset overlap, the earlier recording's windows count once.
    """
    logs = join_continued(logs)
    assets = tuple(sorted({log.asset for log in logs}))
    length_ns = round((spec.window_samples - 1) * spec.sample_period_s * NS_PER_S)
    values, ends, owners, running = [], [], [], []
    for number, asset in enumerate(assets):
        own = [windows_of(log.times_ns, log.values, spec) for log in logs if log.asset == asset]
        parts = [(part.values[part.is_complete], part.end_ns[part.is_complete]) for part in own]
        end_ns, first = np.unique(np.concatenate([end for _, end in parts]), return_index=True)
        windows = np.concatenate([window for window, _ in parts])[first]
        values.append(windows)
        ends.append(end_ns)
        owners.append(np.full(len(end_ns), number, np.int32))
        running.append(find_running(windows, spec))
    end_ns = np.concatenate(ends) if ends else np.empty(0, np.int64)
    shape = (0, spec.window_samples, len(spec.channels))
    return WindowTable(
        assets=assets,
        values=np.concatenate(values) if values else np.empty(shape, np.float32),
        start_ns=end_ns - length_ns,
        end_ns=end_ns,
        asset=np.concatenate(owners) if owners else np.empty(0, np.int32),
        is_running=np.concatenate(running) if running else np.empty(0, np.bool_),
    )


def join_continued(logs: Sequence[AssetLog]) -> list[AssetLog]:
    """The same logs, with those of one asset that go on where the one before ended (the next day's file) as one.

    A log goes on when it has the same step (within a tenth) and begins after the other's last row, less than a gap later.
    """
    found: list[AssetLog] = []
    for log in sorted(logs, key=_by_asset_and_start):
        last = found[-1] if found else None
        if last is not None and last.asset == log.asset and continues(last.times_ns, log.times_ns):
            found[-1] = AssetLog(
                asset=log.asset, recording=last.recording, times_ns=np.concatenate((last.times_ns, log.times_ns)),
                values=np.concatenate((last.values, log.values)),
            )  # fmt: skip
        else:
            found.append(log)
    return found


def continues(before_ns: NDArray[np.int64], times_ns: NDArray[np.int64]) -> bool:
    """Whether instants [n], increasing, go on where others [m] ended: at the same rate, and without a gap between."""
    if len(before_ns) < 2 or len(times_ns) < 2:
        return False
    # The ends that meet tell their rate; a long log need not be read whole for it.
    steps = [float(np.median(np.diff(part))) for part in (before_ns[-_SEAM_ROWS:], times_ns[:_SEAM_ROWS])]
    seam_ns = int(times_ns[0]) - int(before_ns[-1])
    return abs(steps[0] - steps[1]) <= _SAME_RATE * max(steps) and 0 < seam_ns <= GAP_FACTOR * max(steps)


def _by_asset_and_start(log: AssetLog) -> tuple[str, int]:
    return log.asset, int(log.times_ns[0]) if len(log.times_ns) else 0


def find_running(windows: NDArray[np.float32], spec: ScoringSpec) -> NDArray[np.bool_]:
    """Whether the pump runs in each window [n]: by speed, power, current or flow, the first there is; else always."""
    column = driver_channel(spec)
    if column is None or not len(windows):
        return np.ones(len(windows), np.bool_)
    level = np.abs(windows[:, :, column]).mean(axis=1)
    is_running: NDArray[np.bool_] = level >= STOPPED_SHARE * np.quantile(level, 0.9)
    return is_running


def driver_channel(spec: ScoringSpec) -> int | None:
    """Index of the channel that tells whether the pump runs: speed, else power, current, flow; None without any."""
    by_quantity = {channel.quantity: index for index, channel in reversed(list(enumerate(spec.channels)))}
    return next((by_quantity[name] for name in DRIVER_QUANTITIES if name in by_quantity), None)


def overlaps_events(table: WindowTable, events: Sequence[EventSpan], *, margin_ns: int = 0) -> NDArray[np.bool_]:
    """Which windows share time with any of the events of their asset, widened by `margin_ns` on both sides; bool [n]."""
    found = np.zeros(len(table), np.bool_)
    for event in events:
        if event.asset in table.assets:
            own = table.asset == table.assets.index(event.asset)
            found |= own & (table.end_ns >= event.start_ns - margin_ns) & (table.start_ns <= event.end_ns + margin_ns)
    return found


def ends_in_events(table: WindowTable, events: Sequence[EventSpan]) -> NDArray[np.int64]:
    """Index of the event in which each window ends, or -1; int64 [n]. Where events overlap, the first in order counts."""
    found = np.full(len(table), -1, np.int64)
    for index in reversed(range(len(events))):
        event = events[index]
        if event.asset in table.assets:
            own = table.asset == table.assets.index(event.asset)
            found[own & (table.end_ns >= event.start_ns) & (table.end_ns <= event.end_ns)] = index
    return found
