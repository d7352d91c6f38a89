"""Two sensors of one quantity at one place whose difference changes: one of them drifts, and only a third could say which.

Sensors are twins where what changes from sample to sample is the same in both (they see one process, not only one level) and
their levels lie within a tenth of each other. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.summary import Finding

_ALIKE = 0.6
_MOST_BESIDE = 4
_NEAR = 0.1
_MIN_STRETCHES = 24
_MIN_STEPS = 500
_MOST_STRETCHES = 200
_SIGMAS = 8.0
_LEAST_SHARE = 0.015
_STEADY_SHARE = 0.35
"""Of the change: how far the difference may wander within its first and its last quarter."""


def find_twin_bias(survey: Survey) -> list[Finding]:
    """A finding on the later one of each pair of twins that come apart."""
    findings = []
    for one, other in _near_each_other(survey):
        if _are_twins(one, other, survey):
            found = _bias(one, other, survey)
            findings += [found] if found is not None else []
    return findings


def _near_each_other(survey: Survey) -> list[tuple[str, str]]:
    """Pairs of one quantity and unit whose usual levels are near; of many columns only those that follow each other."""
    like: dict[tuple[str, str | None], list[tuple[str, float]]] = {}
    for name in survey.channels:
        quantity, level = survey.roles.quantities[name], survey.usual_level(name)
        if quantity and abs(level) > 0:
            like.setdefault((quantity, survey.units.get(name)), []).append((name, level))
    return [
        (one, other)
        for same in like.values()
        for at, (one, level) in enumerate(same)
        for other, beside in same[at + 1 : at + 1 + _MOST_BESIDE]
        if abs(level - beside) <= _NEAR * abs(level)
    ]


def _are_twins(one: str, other: str, survey: Survey) -> bool:
    a, b = survey.channels[one], survey.channels[other]
    thin = max(np.count_nonzero(survey.is_running) // _MOST_STRETCHES, 1)
    x, y = a.steps[survey.is_running][::thin].ravel(), b.steps[survey.is_running][::thin].ravel()
    is_told = np.isfinite(x) & np.isfinite(y)
    x, y = x[is_told], y[is_told]
    if len(x) < _MIN_STEPS or not np.std(x) > 0 or not np.std(y) > 0 or np.mean(x == y) > 1 - _NEAR:
        return False
    # Ranks of the middle steps: a start of the pump moves everything alike, and is no sign of a twin.
    limit = (3 * np.median(np.abs(x)) + 1e-12, 3 * np.median(np.abs(y)) + 1e-12)
    middle = (np.abs(x) <= limit[0]) & (np.abs(y) <= limit[1])
    with np.errstate(all="ignore"):
        return bool(np.corrcoef(x[middle], y[middle])[0, 1] > _ALIKE)


def _bias(one: str, other: str, survey: Survey) -> Finding | None:
    at = np.flatnonzero(survey.is_running)
    difference = survey.channels[other].level[at] - survey.channels[one].level[at]
    at, difference = at[np.isfinite(difference)], difference[np.isfinite(difference)]
    if len(difference) < _MIN_STRETCHES:
        return None
    quarter = len(difference) // 4
    early, late = difference[:quarter], difference[-quarter:]
    change = float(np.median(late) - np.median(early))
    noise = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(difference)))) / np.sqrt(2.0)
    digits = survey.channels[one].resolution + survey.channels[other].resolution
    if abs(change) < max(_SIGMAS * noise, _LEAST_SHARE * abs(survey.usual_level(one)), 3 * digits):
        return None
    if _spread(early) > _STEADY_SHARE * abs(change):
        return None
    return _said(one, other, survey, at, difference, float(np.median(early)), change)


def _spread(values: Floats64) -> float:
    return float(np.quantile(values, 0.9) - np.quantile(values, 0.1))


def _said(
    one: str, other: str, survey: Survey, at: np.ndarray, difference: Floats64, early: float, change: float
) -> Finding:  # fmt: skip
    moved = (difference - early) / change
    half = int(np.flatnonzero(moved > 0.5)[0])
    is_step = bool(np.median(moved[max(half - 4, 0) : half]) < 0.2 and np.median(moved[half : half + 4]) > 0.8)
    begins = half if is_step else int(np.flatnonzero(moved[: half + 1] < 0.15)[-1]) if (moved[: half + 1] < 0.15).any() else 0
    start_ns = survey.instant(int(survey.first_rows[at[begins]]))
    said = format_value(float(f"{abs(change):.3g}"), survey.units.get(other))
    how = "steps by" if is_step else "drifts by"
    text = (
        f"Its difference to {one} {how} {said} from about {format_instant(start_ns)} UTC: one of the two is wrong, and they "
        "don't tell which"
    )
    return Finding(
        code="TWIN_BIAS", text=text, channel=other, start_ns=start_ns, end_ns=survey.instant(len(survey.times_ns) - 1),
        severity="function_check",
    )  # fmt: skip
