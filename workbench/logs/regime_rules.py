"""The rules that tell one operating state from another. Each marks rows of `states` [n] and leaves the others.

Duty is told from flow where there is one. Without it, from head against load: along a radial pump's curve the head rises to
about 1.1 to 1.3 of its usual at no flow while the power falls to about half (Gülich 2014, Centrifugal Pumps, ch. 4); a pump
that runs dry loses both; a change of density moves both alike. Speeds are taken out by the affinity laws. Must not import
anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.logs.regime import REGIME_NAMES
from workbench.logs.regime_signals import Bools, Floats64, Signals, below, runs_of, usual_of
from workbench.logs.time_axis import Int64s

(
    STOPPED, STANDBY, START_UP, COAST_DOWN, STEADY, THROTTLED, MINIMUM_FLOW, DEAD_HEAD, DRY_RUN, REVERSE, PARALLEL, DENSITY,
) = range(len(REGIME_NAMES))  # fmt: skip

_MINUTE_NS = 60 * 1_000_000_000
_LONGEST_START_NS = 10 * _MINUTE_NS
_SETTLED_SHARE = 0.1
_FLOW_LIMITS = ((THROTTLED, 0.6, 0.63), (MINIMUM_FLOW, 0.3, 0.33), (DEAD_HEAD, 0.05, 0.07))
"""Share of the usual flow at which a state begins, and at which it ends."""
_CURVE_LIMITS = ((THROTTLED, 1.03, 0.90), (MINIMUM_FLOW, 1.06, 0.78), (DEAD_HEAD, 1.08, 0.70))
"""Least head and most load of a state, as shares of the usual."""
_DRY_HEAD, _DRY_LOAD, _DRY_FLOW = 0.25, 0.75, 0.3
_DENSITY_HEAD, _DENSITY_FLOW, _DENSITY_ALIKE = 0.06, 0.05, (0.5, 1.4)
_DENSITY_NS = 10 * _MINUTE_NS
_TURNS, _TURNS_BACK = 0.05, -0.03
_FLOWS_BACK = -0.05
_PRESSURISED, _FALLS = 0.5, 0.97
_HOT_AFTER_NS = 120 * _MINUTE_NS
_HOT_SHARE, _HOT_SPAN = 0.75, 10.0
_MIN_REFERENCE = 10


def mark_duty(states: Int64s, signals: Signals) -> None:
    """Throttled, minimum flow, dead-head, dry run, density change: how far the running pump is from its usual duty."""
    is_running = signals.is_running
    if np.count_nonzero(is_running) < _MIN_REFERENCE:
        return
    speed = _ratio(signals.speed, is_running)
    load = None if signals.load is None else _ratio(signals.load, is_running) / np.maximum(speed, 0.1)
    head = None if signals.rise is None else _ratio(signals.rise, is_running) / np.maximum(speed, 0.1) ** 2
    if signals.flow is not None:
        flow = _ratio(signals.flow, is_running) / np.maximum(speed, 0.1)
        for state, enter, leave in _FLOW_LIMITS:
            states[is_running & below(flow, enter, leave)] = state
        _mark_density(states, signals, head, load, flow)
        if head is not None:
            states[is_running & (head < _DRY_HEAD) & (flow < _DRY_FLOW)] = DRY_RUN
    elif head is not None and load is not None:
        for state, most_head, least_load in _CURVE_LIMITS:
            states[is_running & (head > most_head) & below(load, least_load, least_load + 0.02)] = state
    if head is not None and load is not None:
        states[is_running & (head < _DRY_HEAD) & (load < _DRY_LOAD)] = DRY_RUN


def _ratio(values: Floats64 | None, is_running: Bools) -> Floats64:
    """A signal over its median while the pump runs; ones where there is none, or where it says nothing."""
    if values is None:
        return np.ones(len(is_running))
    usual = usual_of(np.abs(values[is_running]))
    return np.asarray(np.abs(values) / usual) if usual > 0 else np.ones(len(values))


def _mark_density(states: Int64s, signals: Signals, head: Floats64 | None, load: Floats64 | None, flow: Floats64) -> None:
    """Head and load both move alike while flow and speed stay, for ten minutes or more."""
    if head is None or load is None or signals.speed is None:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        rise, work = np.log(np.maximum(head, 1e-6)), np.log(np.maximum(load, 1e-6))
        alike = work / rise
    is_other = (np.abs(rise) > _DENSITY_HEAD) & (alike > _DENSITY_ALIKE[0]) & (alike < _DENSITY_ALIKE[1])
    is_other &= (np.abs(np.log(np.maximum(flow, 1e-6))) < _DENSITY_FLOW) & signals.is_running & (states == STEADY)
    for first, end in runs_of(is_other):
        if signals.times_ns[end - 1] - signals.times_ns[first] >= _DENSITY_NS:
            states[first:end] = DENSITY


def mark_start_up(states: Int64s, signals: Signals) -> None:
    """From each start until the drive signal stays within a tenth of the run's median, at most ten minutes."""
    for first, end in runs_of(signals.is_running):
        if first == 0:
            continue
        limit = min(end, int(np.searchsorted(signals.times_ns, signals.times_ns[first] + _LONGEST_START_NS)))
        level = float(np.median(signals.drive[first:end]))
        far = np.flatnonzero(np.abs(signals.drive[first:limit] - level) > _SETTLED_SHARE * abs(level))
        settled = first + int(far[-1]) + 1 if len(far) else first + 1
        states[first : max(settled, first + 1)] = START_UP


def mark_rest(states: Int64s, signals: Signals) -> None:
    """Coast-down, reverse rotation and standby among the rows in which the pump is off."""
    turning = _still_turning(signals)
    for first, end in runs_of(~signals.is_running):
        down = first
        if first > 0 and turning is not None:
            limit = min(end, int(np.searchsorted(signals.times_ns, signals.times_ns[first] + _LONGEST_START_NS)))
            stands = np.flatnonzero(~turning[first:limit])
            down = first + (int(stands[0]) if len(stands) else limit - first)
            states[first:down] = COAST_DOWN
        if down < end and _is_standby(signals, down, end):
            states[down:end] = STANDBY
    states[_turns_back(signals)] = REVERSE


def _still_turning(signals: Signals) -> Bools | None:
    """By the speed, else by a flow that is still there."""
    for values, share in ((signals.speed, _TURNS), (signals.flow, 2 * _TURNS)):
        if values is not None and values is not signals.drive:
            usual = usual_of(np.abs(values[signals.is_running])) if signals.is_running.any() else 0.0
            return np.asarray(values > share * usual) if usual > 0 else None
    return None


def _turns_back(signals: Signals) -> Bools:
    found = np.zeros(len(signals.times_ns), np.bool_)
    for values, share in ((signals.speed, _TURNS_BACK), (signals.flow, _FLOWS_BACK)):
        if values is not None:
            usual = usual_of(np.abs(values[signals.is_running])) if signals.is_running.any() else 0.0
            found |= (values < share * usual) & ~signals.is_running if usual > 0 else found
    calm = found.copy()
    calm[1:-1] = found[:-2] & found[1:-1] | found[1:-1] & found[2:]
    return calm


def _is_standby(signals: Signals, first: int, end: int) -> bool:
    """Pressurised (a line that is held at pressure), or kept hot for hours."""
    discharge, is_running = signals.discharge, signals.is_running
    if discharge is not None and is_running.any() and discharge is not signals.drive:
        usual, rest = float(np.median(discharge[is_running])), float(np.median(discharge[first:end]))
        # A pressure that doesn't fall at all when the pump stops is not this pump's.
        if usual > 0 and _PRESSURISED * usual < rest < _FALLS * usual:
            return True
    if signals.times_ns[end - 1] - signals.times_ns[first] < _HOT_AFTER_NS or not is_running.any():
        return False
    hot = [_stays_hot(values, is_running, first, end) for values in signals.temperatures]
    return len(hot) > 0 and all(hot)


def _stays_hot(values: Floats64, is_running: Bools, first: int, end: int) -> bool:
    usual, coldest = float(np.median(values[is_running])), float(np.quantile(values, 0.001))
    last = float(np.median(values[end - max((end - first) // 4, 1) : end]))
    return usual - coldest > _HOT_SPAN and last > coldest + _HOT_SHARE * (usual - coldest)


def mark_parallel(states: Int64s, times_ns: Int64s, beside: Sequence[tuple[int, int]]) -> None:
    """What runs steadily, or throttled by the other one, while a pump beside it runs."""
    for start_ns, end_ns in beside:
        rows = slice(int(np.searchsorted(times_ns, start_ns)), int(np.searchsorted(times_ns, end_ns, side="right")))
        together = states[rows]
        together[(together == STEADY) | (together == THROTTLED)] = PARALLEL
