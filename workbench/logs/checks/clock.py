"""The logger's clock: an hour lost on a changeover night, a period that drifts or changes.

What went backwards was put in order when the file was read, and is counted there. Must not import anything but numpy and this
domain.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.recordings.time_axis import Instants
from workbench.logs.summary import Finding, Remedy

_S = 1_000_000_000
_HOUR_NS = 3600 * _S
_N_PARTS = 64
_MIN_PART_STEPS = 24
_CHANGE = 0.02
_DRIFT = 0.002
_MARCH, _NOVEMBER = 3, 11


def find_clock_faults(times_ns: Instants, step_ns: float | None, gaps: np.ndarray) -> list[Finding]:
    """`gaps` int64 [n, 2] as `find_gaps` gives them."""
    if step_ns is None or step_ns <= 0:
        return []
    return [*_lost_hours(step_ns, gaps), *_periods(times_ns, step_ns)]


def _lost_hours(step_ns: float, gaps: np.ndarray) -> list[Finding]:
    """Gaps of exactly an hour in a changeover night: the clock is in local time and lost the hour."""
    findings = []
    for start_ns, end_ns in gaps.tolist():
        missing_ns = end_ns - start_ns - step_ns
        is_hour = abs(missing_ns - _HOUR_NS) <= max(step_ns // 20, _S // 10)
        if step_ns <= _HOUR_NS // 4 and is_hour and _is_spring_night(start_ns):
            text = (
                f"Exactly one hour is missing after {format_instant(start_ns)}, in the night of the change to summer time: "
                "the clock shows local time"
            )
            findings.append(
                Finding(
                    code="CLOCK_FORWARD", text=text, start_ns=start_ns, end_ns=end_ns, severity="function_check",
                    remedy=Remedy(action="clock", shift_s=-3600.0),
                )
            )  # fmt: skip
    return findings


def _is_spring_night(instant_ns: int) -> bool:
    """Within a day of the last Sunday of March (Europe) or the second one (North America)."""
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant_ns // _S)).date()
    last = date(day.year, _MARCH, 31)
    last -= timedelta(days=(last.weekday() + 1) % 7)
    first = date(day.year, _MARCH, 1)
    second = first + timedelta(days=(6 - first.weekday()) % 7 + 7)
    return min(abs((day - last).days), abs((day - second).days)) <= 1


def _periods(times_ns: Instants, step_ns: float) -> list[Finding]:
    """Median step of each 64th of the log, and of those that differ from the whole's."""
    n_parts = min(_N_PARTS, len(times_ns) // _MIN_PART_STEPS)
    if n_parts < 4:
        return []
    bounds = np.linspace(0, len(times_ns), n_parts + 1).astype(np.int64)
    firsts, ends = bounds[:-1], np.minimum(bounds[1:], bounds[:-1] + 4096)
    steps = np.array([float(np.median(np.diff(times_ns[a:b]))) for a, b in zip(firsts.tolist(), ends.tolist(), strict=True)])
    ratio = steps / step_ns
    is_other = np.abs(ratio - 1) > _CHANGE
    if is_other.any() and np.count_nonzero(is_other) >= 2:
        return _changed(times_ns, firsts, steps, step_ns, is_other)
    return _drifted(times_ns, steps, step_ns)


def _changed(times_ns: Instants, firsts: np.ndarray, steps: np.ndarray, step_ns: float, is_other: np.ndarray) -> list[Finding]:
    place = int(np.flatnonzero(is_other)[0])
    inside = steps[is_other]
    if np.ptp(inside) > _CHANGE * 10 * float(np.median(inside)):
        return []  # no other period, but none at all: a log on change
    at = int(np.flatnonzero(np.diff(is_other))[0] + 1) if place == 0 and (~is_other).any() else place
    start_ns = int(times_ns[firsts[at : at + 1]][0])
    first, second = (steps[is_other][0], float(step_ns)) if place == 0 else (float(step_ns), steps[place])
    text = f"The period changes from {_said(first)} to {_said(second)} about {format_instant(start_ns)} UTC"
    end_ns = int(times_ns[np.array([len(times_ns) - 1])][0])
    return [Finding(code="PERIOD_CHANGE", text=text, start_ns=start_ns, end_ns=end_ns, severity="not_checked")]


def _drifted(times_ns: Instants, steps: np.ndarray, step_ns: float) -> list[Finding]:
    """Slowly and in one direction, far beyond the steps' own scatter."""
    quarter = max(len(steps) // 4, 1)
    early, late = float(np.median(steps[:quarter])), float(np.median(steps[-quarter:]))
    change = (late - early) / step_ns
    scatter = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(steps)))) / step_ns
    one_way = np.mean(np.sign(np.diff(steps)) == np.sign(change))
    if abs(change) < max(_DRIFT, 10 * scatter) or one_way < 0.6:
        return []
    text = f"The period drifts from {_said(early)} to {_said(late)}: the clock that samples and the one that stamps differ"
    start_ns, end_ns = int(times_ns[np.array([0])][0]), int(times_ns[np.array([len(times_ns) - 1])][0])
    return [Finding(code="CLOCK_DRIFT", text=text, start_ns=start_ns, end_ns=end_ns, severity="maintenance_required")]


def _said(step_ns: float) -> str:
    return format_value(float(f"{step_ns / 1e9:.5g}"), "s")
