"""Bursts of acceleration whose baseline runs away: an overloaded sensor, a knock on it or its cable, a thermal transient.

What recovers slowly from an overload is a large signal at a few hertz; integrated to velocity (divided by 2πf) it becomes the
"ski slope" that rises towards 0 Hz and hides the machine (Taylor 1994, The Vibration Analysis Handbook). Each burst is held
against its own vibration: a machine shakes around its mean, and over a twentieth of a second its mean hardly moves. Must not
import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.clipping import find_clipping
from workbench.logs.checks.flat_runs import Samples
from workbench.logs.checks.loose_bursts import find_loose
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.recordings.time_axis import RunsAxis
from workbench.logs.summary import Finding, Remedy

_ACCELERATIONS = frozenset({"g", "m/s2"})
_BLOCK_S = 0.05
_PIECE_S = 2.0
_MOST_PIECES = 1024
"""Of a stream of hours so many pieces are looked at, evenly placed."""
_LEAST_BLOCKS = 6
_RUNS_AWAY = 3.0
"""The baseline moves by so many times the vibration's standard deviation."""
_MOST_TURNS = 4
"""A shaft of a few turns a second moves the mean too, but to and fro, and all the time."""
_GOES_ON = 0.25
_LEAST_RATE_HZ = 1000.0
_MOST_SINGLE = 8
_WHY = "an overloaded sensor, a knock or a bad cable; integrated to velocity it is a ski slope"


def find_in_waveform(axis: RunsAxis, columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> tuple[Finding, ...]:
    """All findings about a waveform: cut off by its converter, overloaded, or of a sensor that came loose.

    Parameters are those of `find_overloads`.
    """
    clipped = [one for name, values in columns.items() for one in find_clipping(name, units.get(name), values, axis)]
    return (*clipped, *find_overloads(axis, columns, units), *_find_loose(axis, columns, units))


def find_overloads(axis: RunsAxis, columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> tuple[Finding, ...]:
    """Findings on channels of acceleration; a burst at a time is read.

    Parameters
    ----------
    axis : RunsAxis
        Where bursts begin, and their rate.
    columns : name → float [n]
        NaN = missing; may lie on disk.
    units : name → unit as printed
    """
    rate_hz = 1e9 / axis.step
    pieces = _pieces(axis, rate_hz)
    if rate_hz < _LEAST_RATE_HZ or not len(pieces):
        return ()
    found: list[Finding] = []
    for name, values in columns.items():
        if units.get(name) in _ACCELERATIONS:
            told = np.array([_runaway(np.asarray(values[first:end], np.float64), rate_hz) for first, end in pieces.tolist()])
            found += _said(name, units.get(name), axis, pieces[told > 0], told[told > 0], len(pieces))
    return tuple(found)


def _find_loose(axis: RunsAxis, columns: Mapping[str, Samples], units: Mapping[str, str | None]) -> list[Finding]:
    """By unit: what is told in g is not held against what is told in m/s²."""
    rate_hz = 1e9 / axis.step
    pieces = _pieces(axis, rate_hz)
    if rate_hz < _LEAST_RATE_HZ or not len(pieces):
        return []
    found: list[Finding] = []
    for unit in sorted(_ACCELERATIONS):
        names = [name for name in columns if units.get(name) == unit]
        if len(names) > 1:
            levels = [[_shaking(columns[name][first:end]) for first, end in pieces.tolist()] for name in names]
            found += find_loose(names, unit, np.array(levels), pieces, axis)
    return found


def _shaking(values: NDArray[np.floating]) -> float:
    """The standard deviation of a burst; 0 where most of it is missing."""
    good = values[np.isfinite(values)]
    return float(np.std(good, dtype=np.float64)) if 2 * len(good) > len(values) else 0.0


def _pieces(axis: RunsAxis, rate_hz: float) -> NDArray[np.int64]:
    """(first, end) rows of bursts [k, 2], of longer streams of pieces of two seconds."""
    ends = np.append(axis.first_rows[1:], axis.n_rows)
    most, least = round(_PIECE_S * rate_hz), round(_LEAST_BLOCKS * _BLOCK_S * rate_hz)
    pieces = [
        (first, min(first + most, end))
        for start, end in zip(axis.first_rows.tolist(), ends.tolist(), strict=True)
        for first in range(start, end, most)
        if min(first + most, end) - first >= least
    ]
    table = np.array(pieces, np.int64).reshape(-1, 2)
    return table[np.unique(np.linspace(0, len(table) - 1, min(len(table), _MOST_PIECES)).astype(np.int64))] if pieces else table


def _runaway(values: NDArray[np.float64], rate_hz: float) -> float:
    """How far the baseline moves, in the channel's unit; 0 where it stays within the vibration."""
    length = round(_BLOCK_S * rate_hz)
    table = values[: len(values) // length * length].reshape(-1, length)
    is_told = np.isfinite(table).all(axis=1)
    table = table[is_told]
    if len(table) < _LEAST_BLOCKS:
        return 0.0
    means = table.mean(axis=1)
    moved = float(np.ptp(means))
    shaking = MAD_TO_SIGMA * float(np.median(np.abs((table - means[:, None])[:, ::4])))
    if not moved > _RUNS_AWAY * shaking > 0:
        return 0.0
    is_above = means > 0.5 * (means.max() + means.min())
    is_to_and_fro = np.count_nonzero(np.diff(is_above)) > _MOST_TURNS
    goes_on = min(float(np.ptp(third)) for third in np.array_split(means, 3)) > _GOES_ON * moved
    return 0.0 if is_to_and_fro and goes_on else moved


def _said(
    name: str, unit: str | None, axis: RunsAxis, pieces: NDArray[np.int64], moved: NDArray[np.float64], n_all: int
) -> list[Finding]:  # fmt: skip
    """One finding a burst, so that each can be left out; many are one finding about the channel."""
    if not len(pieces):
        return []
    spans = axis.take(np.stack([pieces[:, 0], pieces[:, 1] - 1], axis=1).ravel()).reshape(-1, 2).tolist()
    if len(pieces) > _MOST_SINGLE:
        worst = int(np.argmax(moved))
        said = format_value(float(f"{moved[worst]:.2g}"), unit)
        at = format_instant(spans[worst][0])
        text = f"In {len(pieces)} of {n_all} bursts the baseline runs away, by {said} at {at} UTC: {_WHY}"
        return [_finding(name, text, spans[0][0], spans[-1][1])]
    return [
        _of_burst(name, start, end, format_value(float(f"{by:.2g}"), unit))
        for (start, end), by in zip(spans, moved.tolist(), strict=True)
    ]


def _of_burst(name: str, start_ns: int, end_ns: int, said: str) -> Finding:
    text = f"The baseline of the burst at {format_instant(start_ns)} UTC runs away by {said}: {_WHY}"
    return _finding(name, text, start_ns, end_ns)


def _finding(name: str, text: str, start_ns: int, end_ns: int) -> Finding:
    return Finding(
        code="SENSOR_OVERLOAD", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="function_check",
        remedy=Remedy(action="exclude"),
    )  # fmt: skip
