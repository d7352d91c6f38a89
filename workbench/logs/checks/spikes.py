"""Single samples far from their neighbours: a Hampel identifier (Hampel 1974, JASA 69) on the places that stand out.

Every sample counts: the extremes of small buckets are made of the whole channel, and only where a bucket stands out against the
buckets beside it are its samples read. A start, a stop or a pressure wave moves several channels or leaves another level behind:
that is the process, and no spike. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np

from workbench.core.constants import MAD_TO_SIGMA
from workbench.logs.checks.flat_runs import BUCKET_ROWS
from workbench.logs.checks.phrases import format_instant, format_value
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.summary import Finding

_STANDS_OUT = 2.0
"""Ranges of the buckets beside it: sixteen normal samples span 3.5 standard deviations."""
_SIGMAS = 10.0
_ALONE_SIGMAS = 5.0
_SIDE_ROWS = 7
_MAX_PLACES = 400
_MAX_SHARE = 1 / 400
"""More of them than this are how the signal is."""
_MIN_ROWS = 200
_LEAST_OF_RANGE = 0.04
_MOVES = 10.0
"""A spike is this many times what the channel moves when it moves."""


def find_spikes(name: str, survey: Survey, extremes: Floats) -> list[Finding]:
    """A finding about the largest spike of a channel; how many there are is said."""
    found = _in_channel(name, survey, extremes) if len(survey.times_ns) >= _MIN_ROWS else None
    return [] if found is None else [found]


def _in_channel(name: str, survey: Survey, extremes: Floats) -> Finding | None:
    values, known = survey.columns[name], survey.channels[name]
    good = known.rows[np.isfinite(known.rows)]
    if len(good) < _MIN_ROWS or len(np.unique(good[:4096])) < _SIDE_ROWS:
        return None
    spread = float(np.quantile(good, 0.95) - np.quantile(good, 0.05))
    moves = np.abs(known.steps)
    moves = moves[moves > 0]
    if not len(moves):
        return None
    floor = max(_LEAST_OF_RANGE * spread, 6 * known.resolution, _MOVES * float(np.median(moves)))
    if survey.roles.quantities[name] == "vibration":
        floor = max(floor, float(np.median(np.abs(good))))  # a knock shakes for less than a sample, and is no fault of the sensor
    places = _places(extremes, floor)
    if survey.is_gathered:
        # A pump that starts every few minutes: what stands out is a start, unless it is beyond all that is usual.
        low, high = np.quantile(good, [0.002, 0.998]).tolist()
        places = np.flatnonzero((extremes[:, 1] > high + floor) | (extremes[:, 0] < low - floor)) * BUCKET_ROWS
    if len(places) == 0 or len(places) > max(_MAX_SHARE * len(values), 3) or len(places) > _MAX_PLACES:
        return None
    spikes = [spike for row in places.tolist() if (spike := _judge(row, name, survey, floor)) is not None]
    if not spikes:
        return None
    _, row, value, around = max(spikes)
    unit = survey.units.get(name)
    at = f"{format_instant(survey.instant(row))} UTC"
    text = f"A single sample of {format_value(value, unit)} at {at}, where it reads about {format_value(around, unit)}"
    text += f"; {len(spikes) - 1} more like it" if len(spikes) > 1 else ""
    at_ns = survey.instant(row)
    return Finding(code="SPIKE", text=text, channel=name, start_ns=at_ns, end_ns=at_ns, severity="function_check")


def _places(extremes: Floats, floor: float) -> Int64s:
    """First rows of buckets that reach beyond those beside them by twice their range."""
    if len(extremes) < _SIDE_ROWS:
        return np.zeros(0, np.int64)
    low, high = extremes[:, 0], extremes[:, 1]
    beside = np.fmax(_beside(high - low, np.fmin), 0.0)
    beyond = np.fmax(high - _beside(high, np.fmax), _beside(low, np.fmin) - low)
    is_out = (beyond > _STANDS_OUT * beside) & (beyond > floor)
    return np.flatnonzero(is_out) * BUCKET_ROWS


def _beside(values: Floats, choose: np.ufunc) -> Floats:
    """The chosen of the neighbours on both sides; at the ends there is one."""
    padded = np.concatenate([values[1:2], values, values[-2:-1]])
    return np.asarray(choose(padded[:-2], padded[2:]))


def _judge(first: int, name: str, survey: Survey, floor: float) -> tuple[float, int, float, float] | None:
    """(height, row, value, level beside it) of a spike in the bucket, or None."""
    values = survey.columns[name]
    start = max(first - _SIDE_ROWS - 1, 0)
    piece = np.asarray(values[start : first + BUCKET_ROWS + _SIDE_ROWS + 1], np.float64)
    if np.count_nonzero(np.isfinite(piece)) < _SIDE_ROWS:
        return None
    inside = piece[first - start : first - start + BUCKET_ROWS]
    at = first - start + int(np.nanargmax(np.abs(inside - np.nanmedian(piece))))
    judged = _height(piece, at)
    if judged is None:
        return None
    height, around, sigma = judged
    if height < floor or height < _SIGMAS * max(sigma, survey.channels[name].resolution):
        return None
    if _others_move(start + at, name, survey):
        return None
    return height, start + at, float(piece[at]), around


def _height(piece: Floats64, at: int) -> tuple[float, float, float] | None:
    """Height of a sample over what is on both sides, that level, and its spread; None where the two sides differ."""
    left, right = piece[max(at - _SIDE_ROWS, 0) : at], piece[at + 1 : at + 1 + _SIDE_ROWS]
    left, right = left[np.isfinite(left)], right[np.isfinite(right)]
    if min(len(left), len(right)) < 4:
        return None
    both = np.concatenate([left, right])
    around = float(np.median(both))
    height = abs(float(piece[at]) - around)
    sigma = MAD_TO_SIGMA * max(float(np.median(np.abs(side - np.median(side)))) for side in (left, right))
    sides = abs(float(np.median(left)) - float(np.median(right)))
    if sides > max(4 * sigma, 0.05 * height) or float(np.ptp(both)) > 0.5 * height:
        return None
    return height, around, sigma


def _others_move(row: int, name: str, survey: Survey) -> bool:
    """Whether another channel leaves its level in the same moment: then it is the process."""
    start = max(row - _SIDE_ROWS, 0)
    for other, values in survey.columns.items():
        if other == name:
            continue
        piece = np.asarray(values[start : row + _SIDE_ROWS + 1], np.float64)
        at = row - start
        near = piece[max(at - 1, 0) : at + 2]
        rest = np.concatenate([piece[: max(at - 1, 0)], piece[at + 2 :]])
        rest = rest[np.isfinite(rest)]
        if len(rest) < 4 or not np.isfinite(near).any():
            continue
        median = float(np.median(rest))
        sigma = max(MAD_TO_SIGMA * float(np.median(np.abs(rest - median))), survey.channels[other].resolution)
        reach = float(np.nanmax(np.abs(near - median)))
        if sigma > 0 and reach > _ALONE_SIGMAS * sigma and reach > 2 * float(np.max(np.abs(rest - median))):
            return True
    return False
