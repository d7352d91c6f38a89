"""What to do where a sample is missing: hold the last good one for a stated time, then say so.

A sample is good when it is finite as float32. It stands for its channel for less than one sample period; after that it
is held, at most up to `hold_limit_s`; after that the channel is missing until the next good sample. Never interpolates:
a device can't see the next sample, and laptop and device must agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEVER_NS = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """Newest good sample a channel: `values` float32 [c] (NaN if never), `times_ns` int64 [c] (NEVER_NS if never)."""

    values: NDArray[np.float32]
    times_ns: NDArray[np.int64]


def nothing_seen(n_channels: int) -> LastGood:
    """The state before the first sample."""
    return LastGood(values=np.full(n_channels, np.nan, np.float32), times_ns=np.full(n_channels, NEVER_NS, np.int64))


def hold_last(
    times_ns: NDArray[np.int64], samples: NDArray[np.float32], grid_ns: NDArray[np.int64], before: LastGood
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Last good value of each channel at each grid instant, and its own time.

    `times_ns` int64 [n] strictly increasing, `samples` float32 [n, c] (not finite = bad), `grid_ns` int64 [m];
    `before` is what was known before the first of `times_ns`. Returns float32 [m, c] and int64 [m, c].
    """
    row = np.searchsorted(times_ns, grid_ns, side="right") - 1
    values = np.empty((len(grid_ns), samples.shape[1]), np.float32)
    stamps = np.empty(values.shape, np.int64)
    position = np.arange(len(times_ns))
    for channel in range(samples.shape[1]):
        # One entry in front stands for `before`, so that an index of -1 finds it.
        newest = np.concatenate(([-1], np.maximum.accumulate(np.where(np.isfinite(samples[:, channel]), position, -1))))
        found = newest[row + 1] + 1
        values[:, channel] = np.concatenate((before.values[channel : channel + 1], samples[:, channel]))[found]
        stamps[:, channel] = np.concatenate((before.times_ns[channel : channel + 1], times_ns))[found]
    return values, stamps


def last_good_after(times_ns: NDArray[np.int64], samples: NDArray[np.float32], before: LastGood) -> LastGood:
    """The state after these samples; arguments as in `hold_last`."""
    values, stamps = hold_last(times_ns, samples, times_ns[-1:], before)
    return LastGood(values=values[0], times_ns=stamps[0]) if len(times_ns) else before


def find_missing(grid_ns: NDArray[np.int64], stamps: NDArray[np.int64], period_ns: int, hold_limit_ns: int) -> NDArray[np.bool_]:
    """Where a channel has no value at a grid instant: never seen, or older than a period and than the hold limit.

    `grid_ns` int64 [m], `stamps` int64 [m, c] as returned by `hold_last`; returns bool [m, c].
    """
    is_seen = stamps != NEVER_NS
    age_ns = grid_ns[:, np.newaxis] - np.where(is_seen, stamps, grid_ns[:, np.newaxis])
    is_missing: NDArray[np.bool_] = ~(is_seen & ((age_ns < period_ns) | (age_ns <= hold_limit_ns)))
    return is_missing


def to_float32(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Samples as the model reads them; what float32 can't hold becomes infinite, and so counts as missing."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float32, copy=False)
