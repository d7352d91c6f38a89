"""Channels that say too little or the same thing twice: plugged impulse lines, doubled sensors.

A plugged impulse line damps what the process does: the noise of the signal collapses while its mean may look healthy
(Hashemian 2006, Maintenance of Process Instrumentation in Nuclear Power Plants, on noise analysis of sensing lines). Here the
noise is compared with the channel's own, while the pump runs and its neighbours' noise is as ever. Must not import anything but
numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.logs.checks.conversions import Conversion, conversions_of
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import Bools, Floats64, Survey
from workbench.logs.summary import Finding, Remedy

_LINES = ("pressure", "flow", "level")
_COLLAPSED = 0.25
_LEAST_STIR = 0.02
_AS_EVER = (0.5, 2.0)
_TOLD_STEPS = 2.0
"""The usual noise must be this many steps of the resolution, or its loss can't be seen."""
_SMOOTH_STRETCHES = 5
_MIN_STRETCHES, _MIN_SHARE = 8, 0.02
_WANDERS = 4
"""Levels that a line which is not quite shut still takes."""
_SAME_SHARE = 0.98
_LIKE = 0.98
_THIN = 37
"""Not a divisor of 64, so that all places of a stretch are seen."""
_MIN_PAIRS = 200
_MIN_LEVELS = 20


def find_plugged_lines(survey: Survey) -> list[Finding]:
    """Pressures, flows and levels whose noise collapses for a while."""
    usual = {name: survey.usual_noise(name) for name in survey.channels}
    told = [name for name, noise in usual.items() if noise > _TOLD_STEPS * survey.channels[name].resolution > 0]
    if len(told) < 2:
        return []
    ratios = _noise_ratios({name: usual[name] for name in told}, survey)
    ordered = np.sort(ratios, axis=0)
    findings = []
    for name, ratio in zip(told, ratios, strict=True):
        is_low = survey.is_running & (ratio < _COLLAPSED)
        if survey.roles.quantities[name] not in _LINES or not is_low.any():
            continue
        as_ever = _median_of_others(ordered, ratio)
        is_low &= (as_ever > _AS_EVER[0]) & (as_ever < _AS_EVER[1])
        found = _longest(is_low | ~survey.is_running, is_low)
        if found is not None and _is_no_flat_line(name, is_low, found, survey):
            findings.append(_plugged(name, found, usual[name], survey))
    return findings


def _median_of_others(ordered: Floats64, own: Floats64) -> Floats64:
    """Medians of the columns of `ordered` [k, n], each sorted, without the row `own` [n] that is among them."""
    place = np.count_nonzero(ordered < own, axis=0)
    n_others = len(ordered) - 1
    low, high = (
        np.take_along_axis(ordered, (at + (place <= at))[None], axis=0)[0] for at in ((n_others - 1) // 2, n_others // 2)
    )
    return np.asarray(0.5 * (low + high))


def _noise_ratios(usual: Mapping[str, float], survey: Survey) -> Floats64:
    """Noise of channels over their usual one [k, n], median of those of five stretches in which the pump runs.

    1 where it can't be told.
    """
    noise = np.stack([survey.channels[name].noise for name in usual])
    expected = np.stack([one * _stir(name, survey) for name, one in usual.items()])
    ratio = np.where(np.isnan(noise), 1.0, noise / expected)
    half = _SMOOTH_STRETCHES // 2
    running = np.where(survey.is_running, ratio, np.nan)  # a pump at rest makes no noise
    padded = np.pad(running, ((0, 0), (half, half)), mode="edge")
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH_STRETCHES, axis=1), axis=2)
    n_told = np.count_nonzero(~np.isnan(ordered), axis=2)[..., None]
    low, high = (np.take_along_axis(ordered, np.maximum(at, 0), axis=2)[..., 0] for at in ((n_told - 1) // 2, n_told // 2))
    return np.asarray(np.where(n_told[..., 0] > 0, 0.5 * (low + high), 1.0))


def _stir(name: str, survey: Survey) -> Floats64:
    """How much the flow stirs a line in each stretch, a share of the usual [n]: the noise of what is throttled falls with it."""
    flow = name if survey.roles.quantities[name] == "flow" else survey.roles.flow
    usual = survey.usual_level(flow) if flow is not None and survey.roles.quantities[name] in _LINES else float("nan")
    if flow is None or not usual > 0:
        return np.ones(len(survey.is_running))
    return np.clip(np.nan_to_num(survey.channels[flow].level / usual, nan=1.0), _LEAST_STIR, 1.0)


def _longest(is_kept: Bools, is_counted: Bools) -> tuple[int, int] | None:
    """(first, end) of the longest run of kept stretches by how many in it count; None where too few do."""
    edges = np.flatnonzero(np.diff(is_kept, prepend=False, append=False))
    spans = [(first, end) for first, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True)]
    counts = [int(np.count_nonzero(is_counted[first:end])) for first, end in spans]
    if not counts or max(counts) < max(_MIN_STRETCHES, _MIN_SHARE * len(is_kept)):
        return None
    first, end = spans[int(np.argmax(counts))]
    inside = first + np.flatnonzero(is_counted[first:end])
    return int(inside[0]), int(inside[-1]) + 1


def _is_no_flat_line(name: str, is_low: Bools, found: tuple[int, int], survey: Survey) -> bool:
    """It still moves, be it by less than a digit a sample: a signal that stands entirely still is said as a flat line."""
    level = survey.channels[name].level[found[0] : found[1]][is_low[found[0] : found[1]]]
    steps = survey.channels[name].steps[found[0] : found[1]]
    return bool(len(np.unique(level[np.isfinite(level)])) >= _WANDERS and np.mean(steps == 0) < 0.98)


def _plugged(name: str, found: tuple[int, int], usual: float, survey: Survey) -> Finding:
    noise, unit = survey.channels[name].noise[found[0] : found[1]], survey.units.get(name)
    start_ns = survey.instant(int(survey.first_rows[found[0]]))
    end_ns = survey.instant(int(survey.end_rows[found[1] - 1]) - 1)
    now = float(np.nanmedian(noise))
    digit = format_value(float(f"{survey.channels[name].resolution:.2g}"), unit)
    left = f"to {format_value(float(f'{now:.2g}'), unit)}" if now > 0 else f"below its last digit ({digit})"
    text = (
        f"Its noise falls from {format_value(float(f'{usual:.2g}'), unit)} {left} from "
        f"{format_instant(start_ns)} UTC while the pump runs as ever: a plugged impulse line, or more damping"
    )
    return Finding(
        code="PLUGGED_LINE", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="maintenance_required",
        remedy=Remedy(action="exclude"),
    )  # fmt: skip


def find_redundant(survey: Survey) -> list[Finding]:
    """Pairs of channels that say the same in every sample, if need be in another unit: one sensor, logged twice."""
    findings: list[Finding] = []
    if len(survey.times_ns) < _MIN_PAIRS:
        return findings
    quantities = survey.roles.quantities
    names = [name for name in survey.channels if quantities[name]]
    for first, second in np.argwhere(np.triu(_are_alike(names, survey), 1)).tolist():
        one, other = names[first], names[second]
        words = _same(one, other, survey) if quantities[one] == quantities[other] else ""
        if words:
            findings.append(
                Finding(
                    code="REDUNDANT", text=f"Says the same as {one}{words}: one sensor, logged twice", channel=other,
                    severity="not_checked", start_ns=survey.instant(0), end_ns=survey.instant(len(survey.times_ns) - 1),
                )
            )  # fmt: skip
    return findings


def _are_alike(names: Sequence[str], survey: Survey) -> Bools:
    """A quick look at some samples, all pairs at once [k, k]: what is not even correlated can't be the same."""
    if not names:
        return np.zeros((0, 0), np.bool_)
    thin = np.stack([survey.channels[name].rows.ravel()[::_THIN] for name in names])
    is_told = np.isfinite(thin)
    told, thin = is_told.astype(np.float64), np.where(is_told, thin, 0.0)
    with np.errstate(all="ignore"):  # values of 1e300 have no correlation that a double can tell
        thin = np.where(is_told, thin - thin.sum(axis=1, keepdims=True) / told.sum(axis=1, keepdims=True), 0.0)
        thin /= np.abs(thin).max(axis=1, keepdims=True)
        thin = np.nan_to_num(thin)
        n_both, total, squares = told @ told.T, thin @ told.T, (thin * thin) @ told.T  # of one where the other is told too
        spread = squares - total * total / n_both
        together = thin @ thin.T - total * total.T / n_both
        return np.asarray(np.abs(together) > _LIKE * np.sqrt(spread * spread.T))


def _left(x: Floats64, y: Floats64, one: Conversion) -> float:
    """What the conversion leaves unexplained, but for the odd fiftieth."""
    return float(np.quantile(np.abs(y - one.factor * x - one.offset), _SAME_SHARE))


def _same(one: str, other: str, survey: Survey) -> str:
    """How the second is made of the first, said after the first one's name; '' where it is not."""
    a, b = survey.channels[one], survey.channels[other]
    is_told = np.isfinite(a.rows) & np.isfinite(b.rows)
    x, y = a.rows[is_told], b.rows[is_told]
    if len(x) < _MIN_PAIRS or len(np.unique(x[:4096])) < _MIN_LEVELS:
        return ""
    if np.mean(x == y) > _SAME_SHARE:
        return " in every sample"
    for conversion in conversions_of(None, survey.roles.quantities[one]):
        digits = b.resolution + abs(conversion.factor) * a.resolution
        if _left(x[::_THIN], y[::_THIN], conversion) > 2 * digits:
            continue  # a few samples tell that it is another one
        left = _left(x, y, conversion)
        if left <= 0.6 * digits and np.ptp(y) > _MIN_LEVELS * digits:
            return f" times {conversion.factor:.5g}" + (f" + {conversion.offset:.5g}" if conversion.offset else "")
    return ""
