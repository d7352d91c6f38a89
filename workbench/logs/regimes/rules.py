"""The rules that tell one operating state from another. Each says something of some rows and leaves the others.

Duty is told from flow where there is one; without it from head against load (`duty`); from a load alone only that it is
another than usual. A pump that runs dry loses head and load; a change of density moves both alike. Speeds are taken out by the
affinity laws. Where the channels don't tell states apart, that is said. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.regimes import duty
from workbench.logs.regimes.regime import REGIME_NAMES
from workbench.logs.regimes.signals import Bools, Floats64, Signals, below, calm, runs_of, usual_of, without_blips

(
    STOPPED, STANDBY, START_UP, COAST_DOWN, STEADY, THROTTLED, MINIMUM_FLOW, DEAD_HEAD, DRY_RUN, REVERSE, PARALLEL, DENSITY,
    UNTOLD,
) = range(len(REGIME_NAMES))  # fmt: skip

_MINUTE_NS = 60 * 1_000_000_000
_LONGEST_START_NS = 10 * _MINUTE_NS
_SETTLED_SHARE = 0.1
_FEWEST_SETTLED = 8
_FLOW_LIMITS = ((THROTTLED, 0.6, 0.63), (MINIMUM_FLOW, 0.3, 0.33), (DEAD_HEAD, 0.05, 0.07))
"""Share of the usual flow at which a state begins, and at which it ends."""
_DRY_HEAD, _DRY_LOAD, _DRY_FLOW = 0.25, 0.75, 0.3
_IDLES = 0.45
"""Of a radial pump against a shut valve the load is hardly below this."""
_DENSITY_HEAD, _DENSITY_FLOW, _DENSITY_ALIKE = 0.04, 0.08, (0.4, 1.6)
_DENSITY_NS = 10 * _MINUTE_NS
_TURNS, _TURNS_BACK = 0.05, -0.03
_FLOWS_BACK = -0.05
_PRESSURISED, _FALLS = 0.5, 0.97
_HOT_AFTER_NS = 120 * _MINUTE_NS
_HOT_SHARE, _HOT_SPAN = 0.75, 10.0
_MIN_REFERENCE = 10
_VARIES, _EXPONENTS = 0.03, (0.5, 3.2)
SMOOTH_ROWS = 9
_SMOOTH_NS = 30 * 1_000_000_000
"""Rows over which chances are averaged: as many as half a minute has, nine at least."""
_SURE, _MAY_BE = 0.7, 0.06
"""A chance that is enough to say a state, and one that is enough to name it beside another."""
_LOAD_FALLS, _LOAD_RISES, _LOAD_SIGMAS = 0.85, 1.18, 5.0
_BY_FLOW, _BY_LOAD, _BY_PRESSURE = 0.95, 0.8, 0.7
"""Shares of the running time that were told right on other pumps than these (help/quality.md)."""
_BUT_FOR_HEAD = (THROTTLED, MINIMUM_FLOW, DEAD_HEAD, DRY_RUN, DENSITY)


@dataclass(slots=True, kw_only=True)
class Told:
    """What is said of each row, all [n]."""

    codes: Int64s
    confidence: Floats64
    could_be: Int64s
    """Bit k: state k would fit as well."""

    def say(self, where: Bools | slice | Int64s, code: int, confidence: float, could_be: Sequence[int] = ()) -> None:
        """Say one state of some rows."""
        self.codes[where], self.confidence[where] = code, confidence
        self.could_be[where] = sum(1 << other for other in could_be)


def nothing_told(is_running: Bools) -> Told:
    """Runs or stands, and no more."""
    n = len(is_running)
    return Told(codes=np.where(is_running, STEADY, STOPPED), confidence=np.ones(n), could_be=np.zeros(n, np.int64))


def mark_duty(told: Told, signals: Signals) -> None:
    """Throttled, minimum flow, dead-head, dry run, density change: how far the running pump is from its usual duty."""
    is_running = signals.is_running
    if np.count_nonzero(is_running) < _MIN_REFERENCE:
        return
    speed = _ratio(signals.speed, is_running)
    flow = None if signals.flow is None else _ratio(signals.flow, is_running) / np.maximum(speed, 0.1)
    head = None if signals.rise is None else _ratio(signals.rise, is_running) / np.maximum(speed, 0.1) ** 2
    load = None if signals.load is None else _without_speed(_ratio(signals.load, is_running), speed, is_running, flow)
    if flow is not None:
        told.say(is_running, STEADY, _BY_FLOW)
        # A flow alone falls with the speed as well as with a valve.
        is_alone = signals.speed is None and head is None and load is None
        surely, or_else = (_BY_PRESSURE, (STEADY,)) if is_alone else (_BY_FLOW, ())
        for state, enter, leave in _FLOW_LIMITS:
            told.say(is_running & below(flow, enter, leave), state, surely, or_else)
        _mark_density(told, signals, head, load, flow)
        if head is not None:
            told.say(is_running & (head < _DRY_HEAD) & (flow < _DRY_FLOW), DRY_RUN, _BY_FLOW)
    elif head is not None and load is not None:
        _mark_by_curve(told, signals, head, load)
    elif load is not None:
        _mark_by_load(told, is_running, load)
    else:
        told.say(is_running, STEADY, _BY_PRESSURE, (THROTTLED, MINIMUM_FLOW))
    if head is not None and load is not None:
        is_dry = is_running & (head < _DRY_HEAD) & (load < _DRY_LOAD)
        told.say(is_dry, DRY_RUN, _BY_FLOW)
        if flow is None:
            # A gauge behind the valve that was shut loses its pressure too, and the motor idles at no less.
            told.say(is_dry & (load > _IDLES), DRY_RUN, _BY_LOAD, (DEAD_HEAD,))


def _without_speed(load: Floats64, speed: Floats64, is_running: Bools, flow: Floats64 | None) -> Floats64:
    """Load at the usual speed: a power goes with its cube, a current behind a drive with about its square."""
    x = np.log(np.maximum(speed, 0.1))
    if not np.std(x[is_running]) > _VARIES:
        return load
    y = np.log(np.maximum(load, 1e-3))
    # The fit must not take a throttled stretch at a low speed for the speed's doing.
    at = is_running & ((np.abs(flow - 1) < 0.2) if flow is not None else np.abs(y - 2 * x) < 0.3)
    if np.count_nonzero(at) < _MIN_REFERENCE or not np.var(x[at]) > 0:
        return np.asarray(load / np.maximum(speed, 0.1) ** 2)
    slope = float(np.cov(x[at], y[at])[0, 1] / np.var(x[at], ddof=1))
    return np.asarray(load / np.maximum(speed, 0.1) ** min(max(slope, _EXPONENTS[0]), _EXPONENTS[1]))


def _mark_by_curve(told: Told, signals: Signals, head: Floats64, load: Floats64) -> None:
    """The state with the greatest chance, where it is great enough; else those that are left."""
    is_running, is_speed_known = signals.is_running, signals.speed is not None
    step_ns = float(np.median(np.diff(signals.times_ns)))
    chances = duty.chances_of_duty(
        calm(head), calm(load), is_running, rows_an_hour=max(round(60 * _MINUTE_NS / step_ns), 1), is_speed_known=is_speed_known
    )
    chances = _smooth(chances, is_running, max(SMOOTH_ROWS, round(_SMOOTH_NS / step_ns)))
    alike = (DENSITY,) if is_speed_known else (DENSITY, STEADY)
    meant = np.array([STEADY, THROTTLED, MINIMUM_FLOW, DEAD_HEAD, DENSITY if is_speed_known else UNTOLD, UNTOLD])
    best = np.argmax(chances, axis=1)
    height = np.take_along_axis(chances, best[:, None], axis=1)[:, 0]
    is_sure = height >= _SURE
    told.codes[is_running] = np.where(is_sure, meant[best], UNTOLD)[is_running]
    told.confidence[is_running] = height[is_running]
    bits = np.zeros(len(head), np.int64)
    for column, states in enumerate(((STEADY,), (THROTTLED,), (MINIMUM_FLOW,), (DEAD_HEAD,), alike, _BUT_FOR_HEAD[3:])):
        bits |= np.where(chances[:, column] > _MAY_BE, sum(1 << state for state in states), 0)
    own = np.where(told.codes == UNTOLD, 0, 1 << told.codes)
    told.could_be[is_running] = (bits & ~own)[is_running]


def _smooth(chances: Floats64, is_running: Bools, n_rows: int) -> Floats64:
    """Means of rows of the same run: a state lasts for minutes, noise doesn't."""
    out = chances.copy()
    for first, end in runs_of(is_running):
        sums = np.cumsum(np.concatenate([np.zeros((1, chances.shape[1])), chances[first:end]]), axis=0)
        at = np.arange(end - first)
        half = n_rows // 2
        low, high = np.maximum(at - half, 0), np.minimum(at + half + 1, end - first)
        out[first:end] = (sums[high] - sums[low]) / (high - low)[:, None]
    return out


def _mark_by_load(told: Told, is_running: Bools, load: Floats64) -> None:
    """A load alone tells that something changed, but not what."""
    told.say(is_running, STEADY, _BY_LOAD, (THROTTLED, MINIMUM_FLOW, DENSITY))
    size = np.log(np.maximum(calm(load), 1e-3))
    middle = size[is_running]
    spread = _LOAD_SIGMAS * MAD_TO_SIGMA * float(np.median(np.abs(middle - np.median(middle))))
    fallen = below(size, min(np.log(_LOAD_FALLS), -spread), min(np.log(_LOAD_FALLS), -spread) * 0.8)
    risen = below(-size, min(-np.log(_LOAD_RISES), -spread), min(-np.log(_LOAD_RISES), -spread) * 0.8)
    told.say(is_running & fallen, UNTOLD, _BY_LOAD, _BUT_FOR_HEAD)
    told.say(is_running & risen, UNTOLD, _BY_LOAD, (STEADY, THROTTLED, DENSITY))


def _ratio(values: Floats64 | None, is_running: Bools) -> Floats64:
    """A signal over its median while the pump runs; ones where there is none, or where it says nothing."""
    if values is None:
        return np.ones(len(is_running))
    usual = usual_of(np.abs(values[is_running]))
    return np.asarray(np.abs(values) / usual) if usual > 0 else np.ones(len(values))


def _mark_density(told: Told, signals: Signals, head: Floats64 | None, load: Floats64 | None, flow: Floats64) -> None:
    """Head and load both move alike while flow and speed stay, for ten minutes or more."""
    if head is None or load is None or signals.speed is None:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        rise, work = (np.log(np.maximum(calm(values), 1e-6)) for values in (head, load))
        alike = work / rise
    is_other = (np.abs(rise) > _DENSITY_HEAD) & (alike > _DENSITY_ALIKE[0]) & (alike < _DENSITY_ALIKE[1])
    is_other &= (np.abs(np.log(np.maximum(calm(flow), 1e-6))) < _DENSITY_FLOW) & signals.is_running & (told.codes == STEADY)
    for first, end in runs_of(without_blips(is_other)):
        if signals.times_ns[end - 1] - signals.times_ns[first] >= _DENSITY_NS:
            told.say(slice(first, end), DENSITY, _BY_LOAD)


def mark_start_up(told: Told, signals: Signals) -> None:
    """From each start until the drive signal stays within a tenth of where it settles, at most ten minutes.

    A log of a sample every ten minutes or fewer shows no start; where one stands for over a minute, an unsettled one does.
    """
    step_ns = float(np.median(np.diff(signals.times_ns)))
    if step_ns >= _LONGEST_START_NS:
        return
    least = 0 if step_ns > 1.5 * _MINUTE_NS else 1
    for first, end in runs_of(signals.is_running):
        if first == 0:
            continue
        limit = min(end, int(np.searchsorted(signals.times_ns, signals.times_ns[first] + _LONGEST_START_NS)))
        settled = first + max(_settled(np.abs(signals.drive[first:limit])), least)
        told.say(slice(first, settled), START_UP, 1.0)


def _settled(size: Floats64) -> int:
    """Rows until it stays within a tenth of the level that the shortest beginning with a calm second half has there.

    The whole run's level would not do: a pump on a drive changes its load all day, one that empties a pit ends dry.
    """
    rows = _FEWEST_SETTLED
    while rows < len(size) and np.ptp(np.quantile(size[rows // 2 : rows], [0.1, 0.9])) > _SETTLED_SHARE * np.median(size[:rows]):
        rows *= 2
    rows = min(rows, len(size))
    level = float(np.median(size[rows // 2 : rows]))
    far = np.flatnonzero(np.abs(size[:rows] - level) > _SETTLED_SHARE * level)
    return int(far[-1]) + 1 if len(far) else 0


def mark_rest(told: Told, signals: Signals) -> None:
    """Coast-down, reverse rotation and standby among the rows in which the pump is off."""
    turning = _still_turning(signals)
    is_pressure_told = signals.discharge is not None and signals.discharge is not signals.drive
    for first, end in runs_of(~signals.is_running):
        down = first
        if first > 0 and turning is not None:
            limit = min(end, int(np.searchsorted(signals.times_ns, signals.times_ns[first] + _LONGEST_START_NS)))
            stands = np.flatnonzero(~turning[first:limit])
            down = first + (int(stands[0]) if len(stands) else limit - first)
            told.say(slice(first, down), COAST_DOWN, 1.0)
        if down < end and _is_standby(signals, down, end):
            told.say(slice(down, end), STANDBY, _BY_FLOW)
        elif down < end:
            hidden = () if is_pressure_told else (STANDBY,)
            told.say(slice(down, end), STOPPED, 1.0 if is_pressure_told else _BY_FLOW, hidden)
    told.say(_turns_back(signals), REVERSE, _BY_FLOW)


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
    twice = found.copy()
    twice[1:-1] = found[:-2] & found[1:-1] | found[1:-1] & found[2:]
    return twice


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


def mark_parallel(told: Told, times_ns: Int64s, beside: Sequence[tuple[int, int]]) -> None:
    """What runs steadily, or throttled by the other one, while a pump beside it runs."""
    for start_ns, end_ns in beside:
        rows = np.arange(np.searchsorted(times_ns, start_ns), np.searchsorted(times_ns, end_ns, side="right"))
        together = rows[np.isin(told.codes[rows], (STEADY, THROTTLED, UNTOLD))]
        told.say(together, PARALLEL, _BY_FLOW)
