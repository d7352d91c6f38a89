"""The last known value of a channel at any instants, missing where it is older than the channel's own steps allow.

Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.logs.recordings.precision import as_printed
from workbench.logs.recordings.recording import Recording

LATE_STEPS = 3.5
"""A value older than this many steps is no longer the curve's value."""
_DENSE_SHARE = 0.7
"""A channel written in fewer rows than this has steps of its own: rows without a value of it are other channels' instants."""
_BLANK = "empty"


def held_in(recording: Recording, name: str, times_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Values [n] of one recording at rising instants `times_ns` [n], NaN where there is none or it is too old.

    A bad cell of a channel that is written in every row is missing, not the good value before it.
    """
    step_ns, is_sparse = _own_step(recording, name)
    axis, late_ns = recording.axis, LATE_STEPS * step_ns
    back_ns = int(late_ns) if is_sparse else 0
    first = max(axis.index_at(int(times_ns[0]) - back_ns, after=True) - 1, 0)
    rows = np.arange(first, axis.index_at(int(times_ns[-1]), after=True), dtype=np.int64)
    if not len(rows):
        return np.full(len(times_ns), np.nan)
    instants = axis.take(rows)
    values = as_printed(np.asarray(recording.values(name)[first : int(rows[-1]) + 1]))
    if is_sparse:
        is_good = np.isfinite(values)
        before = recording.last_known(name, int(instants[0]) - 1) if recording.is_on_change and not is_good[0] else None
        instants, values = instants[is_good], values[is_good]
        if before is not None:
            instants, values = np.append(np.int64(before[1]), instants), np.append(before[0], values)
    place = np.searchsorted(instants, times_ns, side="right") - 1
    is_there = place >= 0
    if not recording.is_on_change and len(instants):
        is_there &= times_ns - instants[np.maximum(place, 0)] <= late_ns
    return np.where(is_there, np.append(values, np.nan)[place], np.nan)


def has_own_instants(recording: Recording, name: str) -> bool:
    """Whether the channel is written in part of the rows only: the others are instants of other channels."""
    return _own_step(recording, name)[1]


def _own_step(recording: Recording, name: str) -> tuple[float, bool]:
    """Time between two cells of the channel, ns, and whether that is longer than the recording's own."""
    facts = recording.summary
    step_ns = (facts.sample_period_s or 0.0) * NS_PER_S
    channel = next((one for one in facts.channels if one.name == name), None)
    if channel is None or not facts.rows or facts.first_ns is None or facts.last_ns is None:
        return step_ns, False
    n_written = facts.rows - channel.n_absent - channel.bad.get(_BLANK, 0)
    if n_written >= _DENSE_SHARE * facts.rows:
        return step_ns, False
    return max(step_ns, (facts.last_ns - facts.first_ns) / max(n_written, 1)), True
