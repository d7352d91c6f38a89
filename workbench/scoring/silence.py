"""Sensors that fall silent: since when, and from which instant on the model has no data.

A channel is silent from the first grid instant at which its newest good sample is older than a window and than the hold
limit. That instant depends on the samples alone, not on when somebody looks, so a gateway that notices it as time passes and a
laptop that reads the log afterwards name the same one. Must not import anything beyond numpy and core.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import ScoringSpec
from workbench.scoring.missing import NEVER_NS, to_float32
from workbench.scoring.windower import longest_gap_ns, period_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceChange:
    """A channel fell silent, or speaks again, at `at_ns`; `last_good_ns` is its sample before (NEVER_NS if there was none)."""

    at_ns: int
    channel: int
    is_silent: bool
    last_good_ns: int


def silent_after_ns(spec: ScoringSpec) -> int:
    """A channel that is older than this is silent: a whole window holds no sample of it, and none is held any more."""
    return max(round(spec.hold_limit_s * NS_PER_S), spec.window_samples * period_of(spec))


def silences_of(
    times_ns: NDArray[np.int64], values: NDArray[np.floating], spec: ScoringSpec, *, until_ns: int | None = None
) -> list[SilenceChange]:
    """All changes in a log, in order of time, up to its last row or to `until_ns`; arguments as in `windower.windows_of`."""
    if not len(times_ns):
        return []
    return SilenceState(spec).step(times_ns, values, int(times_ns[-1]) if until_ns is None else until_ns)


class SilenceState:
    """The same changes as `silences_of`, handed out as time passes. Belongs to one thread."""

    def __init__(self, spec: ScoringSpec) -> None:
        self._spec = spec
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        n_channels = len(self._spec.channels)
        self._until_ns: int | None = None
        self._start_ns = 0
        self.last_good_ns = np.full(n_channels, NEVER_NS, np.int64)
        self.is_silent = np.zeros(n_channels, np.bool_)

    def step(self, times_ns: NDArray[np.int64], values: NDArray[np.floating], until_ns: int) -> list[SilenceChange]:
        """Take rows, int64 [n] increasing and float [n, c], and let time pass to `until_ns`; what changed, in order of time.

        A channel that never had a good sample counts from the first row, or from the first instant that was told.
        """
        first_ns = int(times_ns[0]) if len(times_ns) else until_ns
        if self._until_ns is not None and first_ns < self._until_ns - longest_gap_ns(self._spec):
            self.reset()  # the clock was put back
        if self._until_ns is None:
            self._start_ns = first_ns
        self._until_ns = until_ns if self._until_ns is None else max(until_ns, self._until_ns)
        if not len(times_ns) and not self._is_any_due(until_ns):
            return []
        is_good = np.isfinite(to_float32(values)) if len(times_ns) else np.empty((0, len(self.is_silent)), np.bool_)
        changes = [
            change
            for channel in range(len(self.is_silent))
            for change in self._step_channel(channel, times_ns[is_good[:, channel]], until_ns)
        ]
        return sorted(changes, key=lambda change: (change.at_ns, change.channel))

    def _is_any_due(self, until_ns: int) -> bool:
        return bool((~self.is_silent & (self._told_at(self._heard_ns()) <= until_ns)).any())

    def _heard_ns(self) -> NDArray[np.int64]:
        return np.where(self.last_good_ns == NEVER_NS, self._start_ns, self.last_good_ns)

    def _told_at(self, heard_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The grid instant from which on a channel with its newest sample at `heard_ns` is silent."""
        period_ns = period_of(self._spec)
        told: NDArray[np.int64] = ((heard_ns + silent_after_ns(self._spec)) // period_ns + 1) * period_ns
        return told

    def _step_channel(self, channel: int, good_ns: NDArray[np.int64], until_ns: int) -> list[SilenceChange]:
        heard_ns = np.concatenate((self._heard_ns()[channel : channel + 1], good_ns))
        next_ns = np.concatenate((good_ns, [until_ns + 1]))
        told_ns = self._told_at(heard_ns)
        is_gap = told_ns < next_ns
        is_gap[0] |= self.is_silent[channel]
        changes = []
        for index in np.flatnonzero(is_gap).tolist():
            last_ns = int(self.last_good_ns[channel] if index == 0 else heard_ns[index])
            if index or not self.is_silent[channel]:
                begun = SilenceChange(at_ns=int(told_ns[index]), channel=channel, is_silent=True, last_good_ns=last_ns)
                changes.append(begun)
            if index < len(good_ns):
                ended = SilenceChange(at_ns=int(next_ns[index]), channel=channel, is_silent=False, last_good_ns=last_ns)
                changes.append(ended)
        self.is_silent[channel] = is_gap[-1]
        if len(good_ns):
            self.last_good_ns[channel] = good_ns[-1]
        return changes
