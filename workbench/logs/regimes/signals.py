"""The signals that tell a pump's operating state, on one time axis. Must not import anything but numpy and this domain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.logs.recordings.time_axis import Int64s

Bools = NDArray[np.bool_]
Floats64 = NDArray[np.float64]
_HARDLY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """All [n]; None where the log has no such channel. `drive` is what told whether the pump runs."""

    times_ns: Int64s
    drive: Floats64
    is_running: Bools
    load: Floats64 | None
    """Current, else power."""
    speed: Floats64 | None
    flow: Floats64 | None
    rise: Floats64 | None
    """Discharge less suction pressure, or the discharge pressure alone."""
    discharge: Floats64 | None
    temperatures: tuple[Floats64, ...] = ()


def held(values: NDArray[np.floating]) -> Floats64:
    """Bad samples take the last good value (the first good one at the beginning)."""
    wide = np.asarray(values, np.float64)
    is_good = np.isfinite(wide)
    if is_good.all():
        return wide
    if not is_good.any():
        return np.zeros(len(wide))
    last = np.maximum.accumulate(np.where(is_good, np.arange(len(wide)), -1))
    return np.asarray(wide[np.where(last < 0, int(np.argmax(is_good)), last)])


def usual_of(size: Floats64) -> float:
    """Median of what is clearly more than nothing, whatever share of the time that is; 0 where nothing is."""
    top = float(np.quantile(size, 0.999)) if len(size) else 0.0
    there = size[size > _HARDLY * top]
    return float(np.median(there)) if len(there) and top > 0 else 0.0


def without_blips(is_on: Bools) -> Bools:
    """A state of a single row between two equal ones is taken for noise."""
    steady = is_on.copy()
    steady[1:-1] = np.where(is_on[:-2] == is_on[2:], is_on[:-2], is_on[1:-1])
    return steady


def calm(values: Floats64) -> Floats64:
    """Median of five rows: a state is left by the pump, not by a sample."""
    padded = np.pad(values, 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1))


def below(values: Floats64, enter: float, leave: float) -> Bools:
    """Whether values are below `enter`, and stay so until they are above `leave`: no chatter at a limit."""
    said = np.where(values < enter, 1, np.where(values > leave, 0, -1))
    last = np.maximum.accumulate(np.where(said >= 0, np.arange(len(said)), -1))
    return np.asarray((last >= 0) & (said[np.maximum(last, 0)] == 1))


def runs_of(is_on: Bools) -> list[tuple[int, int]]:
    """(first, end) rows of each stretch that is on."""
    edges = np.flatnonzero(np.diff(is_on, prepend=False, append=False))
    return list(zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True))
