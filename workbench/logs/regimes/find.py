"""Finds in which operating state a pump was, from what there is: down to motor current and discharge pressure alone.

The motor's current (else power, speed, a status, flow, at last a discharge pressure with two levels) tells whether the pump
runs. Beside it `rules` tell starts, run-downs, a pressurised or hot standby, and from flow, or from head against load, how far
from its usual duty the pump works. Must not import anything but numpy, core and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.flat_runs import Samples
from workbench.logs.recordings.time_axis import Instants, Int64s
from workbench.logs.regimes import rules
from workbench.logs.regimes.pump_roles import PumpRoles, find_roles
from workbench.logs.regimes.regime import REGIME_NAMES, Regime, RegimeName
from workbench.logs.regimes.signals import Bools, Floats64, Signals, calm, held, usual_of, without_blips

__all__ = ["REGIME_NAMES", "Regime", "RegimeName", "find_regimes"]

_MAX_ROWS = 1 << 20
_FEWEST_ROWS = 3
_SHORTEST_NS = 60 * 1_000_000_000
_SLOW_NS = 300 * 1_000_000_000
_TWO_LEVELS = 0.4
_LEAKS, _RUNS_DOWN = 0.25, 0.2
_STOPPED_SHARE = 0.1
_BAND_SHARE = 0.03
_BAND_WIDTH = 0.1
_LEAST_BAND = 0.003
_ROUND_RPM = 10.0
_CONFIDENCE_STEPS = 20


_AT_REST = (rules.STOPPED, rules.STANDBY, rules.COAST_DOWN, rules.REVERSE)
_TOLD_AT_ONCE = (*_AT_REST, rules.STEADY)


def find_regimes(
    times_ns: Instants, columns: Mapping[str, Samples], units: Mapping[str, str | None], beside: Sequence[tuple[int, int]] = ()
) -> tuple[Regime, ...]:
    """Stretches without overlap in order of time; empty where no channel tells whether the pump runs.

    Parameters
    ----------
    times_ns : int64 [n]
    columns : name → float [n], NaN = bad or not written
        A log of over a million rows is looked at in every k-th row.
    units : name → unit as printed
    beside : (start, end) ns
        When a pump beside this one ran: what both do together is parallel operation.
    """
    if len(times_ns) < _FEWEST_ROWS:
        return ()
    stride = -(-len(times_ns) // _MAX_ROWS)
    signals = _signals(times_ns[::stride], columns, units, stride)
    if signals is None:
        return ()
    told = rules.nothing_told(signals.is_running)
    rules.mark_duty(told, signals)
    rules.mark_start_up(told, signals)
    rules.mark_rest(told, signals)
    _join_short(told, signals.times_ns)
    rules.mark_parallel(told, signals.times_ns, beside)
    return _stretches(signals, told)


def _signals(times_ns: Int64s, columns: Mapping[str, Samples], units: Mapping[str, str | None], stride: int) -> Signals | None:
    roles = find_roles(columns, units)
    status = roles.status if _is_of_this_pump(roles, columns, stride) else None
    names = [name for name in (roles.current, roles.power, roles.speed, status, roles.flow) if name is not None]
    drive_name = next(iter(names), None)
    if drive_name is None and roles.discharge is None:
        return None
    drive = held(columns[drive_name or roles.discharge or ""][::stride])
    is_running = _running(drive) if drive_name else _running_by_pressure(drive)
    if is_running is None:
        return None
    is_running = is_running if _is_slow(times_ns) else without_blips(is_running)

    def signal(name: str | None) -> Floats64 | None:
        return None if name is None else held(columns[name][::stride])

    suction, discharge = signal(roles.suction), signal(roles.discharge)
    rise = None if discharge is None else discharge - (suction if suction is not None and _are_alike(roles, units) else 0.0)
    others = roles.of("temperature")
    return Signals(
        times_ns=times_ns, drive=drive, is_running=is_running, load=signal(roles.current or roles.power),
        speed=signal(roles.speed), flow=None if roles.flow == drive_name else signal(roles.flow), rise=rise, discharge=discharge,
        temperatures=tuple(held(columns[name][::stride]) for name in others),
    )  # fmt: skip


def _is_of_this_pump(roles: PumpRoles, columns: Mapping[str, Samples], stride: int) -> bool:
    """Whether nothing flows while the status is zero (one row of a run-down and a leak aside)."""
    if roles.status is None or roles.flow is None:
        return roles.status is not None
    is_off, flow = held(columns[roles.status][::stride]) == 0, np.abs(held(columns[roles.flow][::stride]))
    usual = usual_of(flow)
    return not is_off.any() or not usual > 0 or float(np.mean(flow[is_off] > _LEAKS * usual)) < _RUNS_DOWN


def _are_alike(roles: PumpRoles, units: Mapping[str, str | None]) -> bool:
    return units.get(roles.suction or "") == units.get(roles.discharge or "")


def _running(drive: Floats64) -> Bools:
    size = np.abs(drive)
    return np.asarray(size > _STOPPED_SHARE * usual_of(size))


def _running_by_pressure(pressure: Floats64) -> Bools | None:
    """Two levels far apart are a pump that runs and stands; anything else tells nothing."""
    low, high = np.quantile(pressure, [0.05, 0.95]).tolist()
    if high <= 0 or low > _TWO_LEVELS * high:
        return None
    return np.asarray(pressure > (low + high) / 2)


def _is_slow(times_ns: Int64s) -> bool:
    """Whether a single sample stands for so long that it is no blip, but a stop or a run."""
    return float(np.median(np.diff(times_ns))) >= _SLOW_NS


def _join_short(told: rules.Told, times_ns: Int64s) -> None:
    """Stretches of one or two rows or of less than a minute, but for starts and run-downs, join the stretch before them.

    In a slow log a stop and a run of one row stay, and a duty of one or two rows is no stop's.
    """
    codes, is_slow = told.codes, _is_slow(times_ns)
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], len(codes))
    lasting = (rules.STOPPED, rules.STEADY)
    for first, end, code in zip(starts.tolist(), ends.tolist(), codes[starts].tolist(), strict=True):
        is_short = end - first < _FEWEST_ROWS and not (is_slow and code in _TOLD_AT_ONCE)
        is_short |= times_ns[end - 1] - times_ns[first] < _SHORTEST_NS and code not in lasting
        # Between two duties the chances of both are mixed for as long as they are smoothed over.
        is_short |= code == rules.UNTOLD and end - first <= rules.SMOOTH_ROWS
        if not first or not is_short or code in (rules.START_UP, rules.COAST_DOWN):
            continue
        if codes[first - 1] == rules.START_UP or (is_slow and codes[first - 1] in _AT_REST):
            codes[first:end] = rules.STEADY  # what is left of a run after a start is no shorter for it
        else:  # a brief dip belongs to what was before
            codes[first:end], told.could_be[first:end] = codes[first - 1], told.could_be[first - 1]
            told.confidence[first:end] = told.confidence[first - 1]


def _stretches(signals: Signals, told: rules.Told) -> tuple[Regime, ...]:
    bands = _bands(signals, told.codes)
    codes = told.codes * (int(bands.max(initial=0)) + 2) + bands
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1))
    ends = np.append(starts[1:], len(codes))
    found = []
    for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
        is_steady = told.codes[first] == rules.STEADY and signals.speed is not None
        speed = float(np.median(np.abs(signals.speed[first:end]))) if is_steady and signals.speed is not None else None
        start_ns, end_ns = signals.times_ns[[first, end - 1]].tolist()
        found.append(
            Regime(
                name=REGIME_NAMES[int(told.codes[first])], start_ns=start_ns, end_ns=end_ns,
                speed_rpm=None if speed is None else float(round(speed / _ROUND_RPM) * _ROUND_RPM),
                confidence=round(float(np.median(told.confidence[first:end])) * _CONFIDENCE_STEPS) / _CONFIDENCE_STEPS,
                could_be=_could_be(told.could_be[first:end]),
            )
        )  # fmt: skip
    return tuple(found)


def _could_be(bits: Int64s) -> tuple[RegimeName, ...]:
    """States that would fit in at least a third of the rows."""
    return tuple(name for code, name in enumerate(REGIME_NAMES) if np.mean((bits >> code) & 1) > 1 / 3)


def _bands(signals: Signals, states: Int64s) -> NDArray[np.int64]:
    """Number of the speed band of each steady row, 0 elsewhere: speeds between which the pump hardly ever runs part them."""
    bands = np.zeros(len(states), np.int64)
    is_steady = states == rules.STEADY
    if signals.speed is None or not is_steady.any():
        return bands
    speed = np.abs(signals.speed)
    rated = float(np.quantile(speed[is_steady], 0.95))
    if rated <= 0:
        return bands
    share = calm(speed) / rated
    edges = _band_edges(share[is_steady])
    bands[is_steady] = 1 + np.searchsorted(edges, share[is_steady])
    return _without_short_bands(bands, signals.times_ns)


def _band_edges(share: Floats64) -> Floats64:
    """Where speeds are (nearly) never seen over three per cent; a wide range without such a hole is cut every tenth."""
    counts, ends = np.histogram(share, bins=np.arange(0, max(float(share.max()), 1.0) + 0.02, 0.01))
    is_used = counts > _LEAST_BAND * len(share)
    used = np.flatnonzero(is_used)
    if not len(used):
        return np.zeros(0)
    edges: list[float] = []
    start = used[0]
    for before, after in zip(used[:-1].tolist(), used[1:].tolist(), strict=True):
        if after - before > round(_BAND_SHARE / 0.01):
            edges += _cut(float(ends[start]), float(ends[before + 1]))
            edges.append(float(ends[before + 1] + ends[after]) / 2)
            start = after
    return np.array([*edges, *_cut(float(ends[start]), float(ends[used[-1] + 1]))])


def _cut(low: float, high: float) -> list[float]:
    n_parts = max(round((high - low) / _BAND_WIDTH), 1)
    return [low + (high - low) * part / n_parts for part in range(1, n_parts)]


def _without_short_bands(bands: NDArray[np.int64], times_ns: Int64s) -> NDArray[np.int64]:
    """Less than five minutes in a band, between two others, is passing through."""
    starts = np.flatnonzero(np.diff(bands, prepend=-1))
    ends = np.append(starts[1:], len(bands))
    for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
        is_inside = first > 0 and bands[first] > 0 and bands[first - 1] > 0
        if is_inside and times_ns[end - 1] - times_ns[first] < 5 * _SHORTEST_NS:
            bands[first:end] = bands[first - 1]
    return bands
