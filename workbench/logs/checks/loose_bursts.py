"""An accelerometer that came loose, from bursts: it shakes less from one burst to the next, while the others shake on.

Each channel's level is held against those of the other channels in the same burst, so that load and speed, which move all of
them, cancel. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.recordings.time_axis import RunsAxis
from workbench.logs.summary import Finding, Remedy

_LOOSE_SHARE = 0.4
_OTHERS_STAY = (0.67, 1.5)
_LEAST_BURSTS = 4
"""On either side of the place."""
_CLEAR = 4.0
_AT_ONCE = 0.3

Levels = NDArray[np.float64]


def find_loose(
    names: Sequence[str], unit: str | None, levels: Levels, pieces: NDArray[np.int64], axis: RunsAxis
) -> list[Finding]:  # fmt: skip
    """Findings from the standard deviation [channels, bursts] of each burst [first, end) of `pieces`, channels of one unit."""
    is_told = (levels > 0).all(axis=0)
    logs, told = np.log(levels[:, is_told]), pieces[is_told]
    if len(names) < 2 or logs.shape[1] < 2 * _LEAST_BURSTS:
        return []
    findings = []
    for number, name in enumerate(names):
        others = np.median(np.delete(logs, number, axis=0), axis=0)
        place = _place(logs[number] - others)
        if place and _falls_alone(logs[number], others, place):
            before, after = (float(np.exp(np.median(part))) for part in (logs[number][:place], logs[number][place:]))
            findings.append(_finding(name, unit, (before, after), axis.take(np.array([told[place][0], told[-1][1] - 1]))))
    return findings


def _place(apart: Levels) -> int:
    """The burst from which a channel stands apart from the others, 0 where none does at once and clearly."""
    n = len(apart)
    total = np.cumsum(apart)
    at = np.arange(_LEAST_BURSTS, n - _LEAST_BURSTS + 1)
    falls = total[at - 1] / at - (total[-1] - total[at - 1]) / (n - at)
    place = int(at[np.argmax(falls * np.sqrt(at * (n - at)))])
    before, after = apart[:place], apart[place:]
    fall = float(np.median(before) - np.median(after))
    spread = max(float(np.median(np.abs(part - np.median(part)))) for part in (before, after))
    is_clear = fall > max(-np.log(_LOOSE_SHARE), _CLEAR * spread)
    is_at_once = max(abs(before[-1] - np.median(before)), abs(after[0] - np.median(after))) < _AT_ONCE * fall
    return place if is_clear and is_at_once else 0


def _falls_alone(own: Levels, others: Levels, place: int) -> bool:
    """Not the others that rise, and no pump that stops."""
    moved = [float(np.exp(np.median(part[place:]) - np.median(part[:place]))) for part in (own, others)]
    return moved[0] < _LOOSE_SHARE and _OTHERS_STAY[0] < moved[1] < _OTHERS_STAY[1]


def _finding(name: str, unit: str | None, levels: tuple[float, float], span_ns: NDArray[np.int64]) -> Finding:
    before, after = (format_value(float(f"{value:.3g}"), unit) for value in levels)
    start_ns, end_ns = span_ns.tolist()
    text = (
        f"Its bursts fall from about {before} RMS to {after} at {format_instant(start_ns)} UTC while the other channels shake "
        "on: a sensor that came loose"
    )
    return Finding(
        code="LOOSE_SENSOR", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="maintenance_required",
        remedy=Remedy(action="exclude"),
    )  # fmt: skip
