"""Finds in which operating state a pump was: stopped, start-up, steady, throttled or dead-head.

A first, robust finder on levels alone. The motor's current (else power, speed, flow) tells whether the pump runs: below a
tenth of its usual running level it stands still. The first minutes of a run, until that signal has settled, are start-up.
Where a flow is measured, running with less than 60 % of the usual flow is throttled, with less than 5 % dead-head. Must not
import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import Record
from workbench.logs.flat_runs import Samples
from workbench.logs.time_axis import Instants, Int64s

RegimeName = Literal["stopped", "start-up", "steady", "throttled", "dead-head"]
_NAMES: tuple[RegimeName, ...] = ("stopped", "start-up", "steady", "throttled", "dead-head")
_STOPPED, _START_UP, _STEADY, _THROTTLED, _DEAD_HEAD = range(5)
_DRIVE_UNITS = (("A", "mA"), ("kW", "W"), ("rpm", "1/min", "Hz"), ("m3/h", "L/s", "L/min", "gpm", "m3/s"))
_FLOW_UNITS = frozenset(_DRIVE_UNITS[3])
_MAX_ROWS = 1 << 20
_STOPPED_SHARE = 0.1
_THROTTLED_SHARE, _DEAD_HEAD_SHARE = 0.6, 0.05
_SETTLED_SHARE = 0.1
_LONGEST_START_UP_NS = 600 * 1_000_000_000
_FEWEST_ROWS = 3

Bools = NDArray[np.bool_]
Floats64 = NDArray[np.float64]


class Regime(Record, frozen=True, kw_only=True):
    """One stretch of a log in one operating state; both ends are instants of samples, ns."""

    name: RegimeName
    start_ns: int
    end_ns: int


def find_regimes(times_ns: Instants, columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> tuple[Regime, ...]:
    """Stretches without overlap in order of time; empty where no channel tells whether the pump runs.

    Parameters
    ----------
    times_ns : int64 [n]
    columns : name → float [n], NaN = bad
    units : name → unit as printed
        Currents (A), powers (kW), speeds (rpm, Hz) and flows (m3/h, L/min …) are used; a log of over a million rows is
        looked at in every k-th row.
    """
    drive_name = _find_channel(columns, units, _DRIVE_UNITS)
    if drive_name is None or len(times_ns) < _FEWEST_ROWS:
        return ()
    stride = -(-len(times_ns) // _MAX_ROWS)
    instants = times_ns[::stride]
    drive = _held(columns[drive_name][::stride])
    is_running = _without_blips(np.abs(drive) > _STOPPED_SHARE * float(np.nanquantile(np.abs(drive), 0.95)))
    states = np.where(is_running, _STEADY, _STOPPED)
    flow_name = _find_channel(columns, units, (tuple(_FLOW_UNITS),))
    if flow_name is not None and flow_name != drive_name and is_running.any():
        _mark_flow(states, np.abs(_held(columns[flow_name][::stride])), is_running)
    _mark_start_up(states, instants, drive, is_running)
    return _stretches(instants, _without_short(states))


def _find_channel(
    columns: Mapping[str, Samples], units: Mapping[str, str | None], choices: tuple[tuple[str, ...], ...]
) -> str | None:
    """The first channel with a unit of the first kind there is, that is not bad throughout."""
    for kind in choices:
        for name, values in columns.items():
            probe = np.asarray(values[:: max(len(values) // 4096, 1)], np.float64)
            if units.get(name) in kind and np.isfinite(probe).any() and np.nanmax(np.abs(probe)) > 0:
                return name
    return None


def _held(values: NDArray[np.floating]) -> Floats64:
    """Bad samples take the last good value (the first good one at the beginning)."""
    wide = np.asarray(values, np.float64)
    is_good = np.isfinite(wide)
    last = np.maximum.accumulate(np.where(is_good, np.arange(len(wide)), -1))
    return np.asarray(wide[np.where(last < 0, int(np.argmax(is_good)), last)])


def _without_blips(is_on: Bools) -> Bools:
    """A state of a single row between two equal ones is taken for noise."""
    calm = is_on.copy()
    calm[1:-1] = np.where(is_on[:-2] == is_on[2:], is_on[:-2], is_on[1:-1])
    return calm


def _mark_flow(states: Int64s, flow: Floats64, is_running: Bools) -> None:
    usual = float(np.nanmedian(flow[is_running]))
    if usual > 0:
        states[is_running & (flow < _THROTTLED_SHARE * usual)] = _THROTTLED
        states[is_running & (flow < _DEAD_HEAD_SHARE * usual)] = _DEAD_HEAD


def _mark_start_up(states: Int64s, instants: Int64s, drive: Floats64, is_running: Bools) -> None:
    """From each start until the drive signal stays within a tenth of the run's median, at most ten minutes."""
    edges = np.flatnonzero(np.diff(is_running, prepend=False, append=False))
    for first, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        if first == 0:
            continue
        limit = min(end, int(np.searchsorted(instants, instants[first] + _LONGEST_START_UP_NS)))
        level = float(np.median(drive[first:end]))
        far = np.flatnonzero(np.abs(drive[first:limit] - level) > _SETTLED_SHARE * abs(level))
        settled = first + int(far[-1]) + 1 if len(far) else first + 1
        states[first : max(settled, first + 1)] = _START_UP


def _without_short(states: Int64s) -> Int64s:
    """Stretches of one or two rows, but for starts, join the stretch before them."""
    calm = states.copy()
    starts = np.flatnonzero(np.diff(states, prepend=-1))
    ends = np.append(starts[1:], len(states))
    for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if first and end - first < _FEWEST_ROWS and states[first] != _START_UP:
            calm[first:end] = calm[first - 1]
    return calm


def _stretches(instants: Int64s, states: Int64s) -> tuple[Regime, ...]:
    starts = np.flatnonzero(np.diff(states, prepend=-1))
    ends = np.append(starts[1:], len(states))
    return tuple(
        Regime(name=_NAMES[int(states[first])], start_ns=int(instants[first]), end_ns=int(instants[end - 1]))
        for first, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
