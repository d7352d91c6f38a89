"""Readings that can't be: below a vacuum or the absolute zero, more power out than in, flow and current at a standstill.

Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.flat_runs import rows_of_buckets
from workbench.logs.checks.phrases import NO_PRESSURE, format_instant, format_value
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.summary import Finding, Remedy
from workbench.logs.units import can_convert, conversion

_VACUUM_BAR = -1.05
"""Gauge pressure can't be below minus one atmosphere; 5 % for a low-lying site and the instrument's own error."""
_COLDEST_C = -273.15
_EFFICIENCY = 1.05
_MIN_STRETCHES = 5
_OFFSET_SHARE = 0.04
_OFFSET_SPREAD = 0.5
_RESTING = ("flow", "mass flow", "current", "power", "speed")
"""What reads zero when the pump stands still."""
_FLOWS_ON = 0.25
_LOAD_SHARE, _NOTHING_SHARE = 0.8, 0.02


def find_below_possible(name: str, survey: Survey, extremes: Floats) -> list[Finding]:
    """Samples of a channel below a vacuum or the absolute zero."""
    limit = _lowest_possible(survey.units.get(name))
    if limit is None or not len(extremes):
        return []
    values = survey.columns[name]
    n_below, first, last, lowest = 0, -1, -1, float("inf")
    for rows in rows_of_buckets(extremes[:, 0] < limit, len(values)):
        found = np.asarray(values[rows], np.float64)
        at = np.flatnonzero(found < limit)
        if at.size:
            first = int(rows[at[0]]) if first < 0 else first
            last, n_below, lowest = int(rows[at[-1]]), n_below + at.size, min(lowest, float(found[at].min()))
    return [_below(name, (first, last, n_below), lowest, limit, survey)] if n_below else []


def find_impossible(survey: Survey) -> list[Finding]:
    """What channels say together that can't be."""
    return [*_no_pressure_under_load(survey), *_too_efficient(survey), *_at_rest(survey)]


def _lowest_possible(unit: str | None) -> float | None:
    """In the channel's own unit; None where anything is possible."""
    for base, lowest in (("bar", _VACUUM_BAR), ("degC", _COLDEST_C)):
        if unit is not None and can_convert(base, unit):
            factor, offset = conversion(base, unit)
            return factor * lowest + offset
    return None


def _below(name: str, rows: tuple[int, int, int], lowest: float, limit: float, survey: Survey) -> Finding:
    """`rows` are the first and the last of them, and how many there are."""
    unit, (first, last, n_below) = survey.units.get(name), rows
    n_rows = f"{n_below} samples are" if n_below > 1 else "A sample is"
    what = "a vacuum" if can_convert("bar", unit or "") else "the absolute zero"
    text = f"{n_rows} below {what} ({format_value(float(f'{limit:.4g}'), unit)}), down to {format_value(lowest, unit)}"
    return Finding(
        code="IMPOSSIBLE", text=text, channel=name, start_ns=survey.instant(first), end_ns=survey.instant(last),
        severity="failure", remedy=Remedy(action="exclude"),
    )  # fmt: skip


def _no_pressure_under_load(survey: Survey) -> list[Finding]:
    """The discharge reads nothing in stretches in which current and flow are what they usually are."""
    name, roles = survey.roles.discharge, survey.roles
    drives = [drive for drive in (roles.current or roles.power, roles.flow) if drive is not None]
    if name is None or not drives:
        return []
    usual = survey.usual_level(name)
    level = survey.channels[name].level
    is_loaded = survey.is_running & np.isfinite(level)
    for drive in drives:
        is_loaded &= survey.channels[drive].level > _LOAD_SHARE * survey.usual_level(drive)
    is_nothing = is_loaded & (np.abs(level) < _NOTHING_SHARE * abs(usual))
    n_nothing, n_loaded = int(np.count_nonzero(is_nothing)), int(np.count_nonzero(is_loaded))
    if not n_nothing or n_nothing > 0.5 * n_loaded:
        return []
    at = np.flatnonzero(is_nothing)
    start_ns = survey.instant(int(survey.first_rows[at[0]]))
    end_ns = survey.instant(int(survey.end_rows[at[-1]]) - 1)
    said = format_value(float(f"{level[at[0]]:.3g}"), survey.units.get(name))
    text = f"{NO_PRESSURE} ({said}) with the motor at load from {format_instant(start_ns)} UTC"
    return [
        Finding(
            code="IMPOSSIBLE", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="failure",
            remedy=Remedy(action="exclude"),
        )
    ]  # fmt: skip


def _too_efficient(survey: Survey) -> list[Finding]:
    """Hydraulic power Q × Δp over the motor's electrical power is above one most of the time."""
    roles = survey.roles
    if roles.flow is None or roles.discharge is None or roles.power is None:
        return []
    flow, rise = _in(roles.flow, "m3/s", survey), _in(roles.discharge, "Pa", survey)
    power = _in(roles.power, "W", survey)
    if flow is None or rise is None or power is None:
        return []
    if roles.suction is not None:
        suction = _in(roles.suction, "Pa", survey)
        rise = rise - (suction if suction is not None else 0.0)
    is_told = survey.is_running & np.isfinite(flow) & np.isfinite(rise) & (power > 0)
    if np.count_nonzero(is_told) < _MIN_STRETCHES:
        return []
    efficiency = float(np.median((flow * rise)[is_told] / power[is_told]))
    if efficiency <= _EFFICIENCY:
        return []
    text = (
        f"Flow times pressure rise is {efficiency:.3g} times the motor's power: one of {roles.flow}, {roles.discharge} and "
        f"{roles.power} is in another unit or scale than it says"
    )
    return [Finding(code="IMPOSSIBLE", text=text, start_ns=survey.instant(0), end_ns=survey.instant(len(survey.times_ns) - 1))]


def _in(name: str, unit: str, survey: Survey) -> Floats64 | None:
    own = survey.units.get(name)
    if own is None or not can_convert(own, unit):
        return None
    factor, offset = conversion(own, unit)
    return np.asarray(survey.channels[name].level * factor + offset)


def _at_rest(survey: Survey) -> list[Finding]:
    """Flow, current, power or speed that isn't zero while the pump stands still."""
    if np.count_nonzero(survey.is_at_rest) < _MIN_STRETCHES or np.count_nonzero(survey.is_running) < _MIN_STRETCHES:
        return []
    findings = []
    for name, quantity in survey.roles.quantities.items():
        rest = survey.channels[name].level[survey.is_at_rest]
        rest, usual = rest[np.isfinite(rest)], survey.usual_level(name)
        if quantity not in _RESTING or survey.units.get(name) == "mA" or len(rest) < _MIN_STRETCHES or not abs(usual) > 0:
            continue
        found = _offset(name, rest, usual, survey)
        if found is not None:
            findings.append(found)
    return findings


def _offset(name: str, rest: Floats64, usual: float, survey: Survey) -> Finding | None:
    middle, unit = float(np.median(rest)), survey.units.get(name)
    spread = MAD_TO_SIGMA * float(np.median(np.abs(rest - middle)))
    at = np.flatnonzero(survey.is_at_rest & np.isfinite(survey.channels[name].level))
    start_ns, end_ns = survey.instant(int(survey.first_rows[at[0]])), survey.instant(int(survey.end_rows[at[-1]]) - 1)
    said = format_value(float(f"{middle:.3g}"), unit)
    if (
        abs(middle) > _OFFSET_SHARE * abs(usual)
        and spread < _OFFSET_SPREAD * abs(middle)
        and abs(middle) < _FLOWS_ON * abs(usual)
    ):
        text = f"Reads {said} while the pump stands still: its zero is off"
        remedy = Remedy(action="scale", offset=-float(f"{middle:.4g}"))
        start_ns, end_ns = survey.instant(0), survey.instant(len(survey.times_ns) - 1)
        return Finding(
            code="ZERO_OFFSET", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="maintenance_required",
            remedy=remedy,
        )  # fmt: skip
    if abs(middle) >= _FLOWS_ON * abs(usual):
        text = f"Reads {said} while the pump stands still: a leaking check valve, another pump on the same line, or a wrong tag"
        return Finding(code="FLOW_AT_REST", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="function_check")
    return None
