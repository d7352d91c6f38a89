"""A block of samples that comes again later: what a historian, a buffer or a person filled a hole with.

No measured signal repeats itself to the last digit over dozens of samples. The peaks of a channel (of its buckets' extremes) are
held against each other by value: where three in a row are equal, equally far apart several times, a block gives itself away, and
its samples are then compared one by one. Must not import anything but numpy and this domain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.logs.checks.flat_runs import BUCKET_ROWS, Samples
from workbench.logs.checks.phrases import format_instant, format_span
from workbench.logs.checks.survey import Floats64, Survey
from workbench.logs.recordings.pyramid import Floats
from workbench.logs.recordings.time_axis import Int64s
from workbench.logs.summary import Finding, Remedy

_GOVERNED = frozenset({"speed", "frequency"})
"""A schedule of set points may well come again."""
_MOST_PEAKS = 16384
_MOST_ALIKE = 8
_LEAST_VOTES = 2
_MOST_OFFSETS = 12
_LEAST_ROWS = 80
_LEAST_LEVELS = 24
_LEAST_MOVES = 0.5
_MAX_ROWS = 1 << 17
_HASH = np.uint64(0x9E3779B97F4A7C15)


def find_repeats(name: str, survey: Survey, extremes: Floats) -> list[Finding]:
    """The longest block of a channel that is there twice; `extremes` as `flat_runs.bucket_extremes` gives them."""
    if survey.roles.quantities[name] in _GOVERNED or len(extremes) < _LEAST_ROWS // BUCKET_ROWS:
        return []
    best = (0, 0, 0)
    for first, second in _alike(*_peaks(np.asarray(extremes[:, 1], np.float64))):
        best = max(best, _block(survey.columns[name], first, second))
    n_rows, first, shift = best
    if not n_rows:
        return []
    start_ns, end_ns = survey.instant(first + shift), survey.instant(first + shift + n_rows - 1)
    text = (
        f"{n_rows} samples from {format_instant(start_ns)} UTC, {format_span(end_ns - start_ns)}, are those from "
        f"{format_instant(survey.instant(first))} again: a hole that was filled with a copy"
    )
    return [
        Finding(
            code="REPEATED_BLOCK", text=text, channel=name, start_ns=start_ns, end_ns=end_ns, severity="failure",
            remedy=Remedy(action="exclude"),
        )
    ]  # fmt: skip


def _peaks(high: Floats64) -> tuple[Int64s, NDArray[np.uint64]]:
    """Buckets that reach higher than those beside them, and a hash of how high they and the next two do.

    Of many those with the lowest hash: chosen by value, so that both copies of a block keep the same ones.
    """
    padded = np.pad(np.where(np.isnan(high), -np.inf, high), 1, constant_values=-np.inf)
    at = np.flatnonzero(high > np.maximum(padded[:-2], padded[2:]))
    bits = high[at].view(np.uint64)
    code = np.zeros(max(len(at) - 2, 0), np.uint64)
    for step in range(3):
        code = (code ^ bits[step : step + len(code)]) * _HASH
        code ^= code >> np.uint64(29)
    at = at[: len(code)]
    if len(at) > _MOST_PEAKS:
        chosen = np.sort(np.argpartition(code, _MOST_PEAKS)[:_MOST_PEAKS])
        at, code = at[chosen], code[chosen]
    return at, code


def _alike(peaks: Int64s, values: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Buckets of equal peaks (one pair for each distance) at the distances that many pairs share."""
    order = np.argsort(values, kind="stable")
    peaks, values = peaks[order], values[order]
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    sizes = np.diff(np.append(starts, len(values)))
    firsts: list[Int64s] = []
    seconds: list[Int64s] = []
    for lag in range(1, _MOST_ALIKE):
        at = np.flatnonzero(np.repeat(sizes <= _MOST_ALIKE, sizes)[: max(len(values) - lag, 0)])
        at = at[values[at] == values[at + lag]]
        firsts.append(np.minimum(peaks[at], peaks[at + lag]))
        seconds.append(np.maximum(peaks[at], peaks[at + lag]))
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    if len(first) < _LEAST_VOTES:
        return []
    distance, counts = np.unique(second - first, return_counts=True)
    # A shift that is no whole number of buckets shows as two distances beside each other.
    beside = np.append(np.where(np.diff(distance) == 1, counts[1:], 0), 0)
    votes = counts + beside
    chosen = np.argsort(-votes, kind="stable")[:_MOST_OFFSETS]
    pairs = []
    for one in distance[chosen[votes[chosen] >= _LEAST_VOTES]].tolist():
        at = np.flatnonzero((second - first == one) | (second - first == one + 1))
        middle = at[np.argsort(first[at], kind="stable")[len(at) // 2]]
        pairs.append((int(first[middle]), int(second[middle])))
    return pairs


def _block(values: Samples, first: int, second: int) -> tuple[int, int, int]:
    """(rows, first row, shift) of the block about a peak that two buckets share; (0, 0, 0) where it is no copy."""
    one, other = (np.asarray(values[at * BUCKET_ROWS : (at + 1) * BUCKET_ROWS], np.float64) for at in (first, second))
    row = first * BUCKET_ROWS + int(np.nanargmax(one))
    shift = second * BUCKET_ROWS + int(np.nanargmax(other)) - row
    ahead = _equal(values, row, shift, 1)
    back = _equal(values, row - 1, shift, -1)
    start, n_rows = row - back, min(ahead + back, shift)
    if n_rows < _LEAST_ROWS:
        return 0, 0, 0
    block = np.asarray(values[start : start + min(n_rows, _MAX_ROWS)], np.float64)
    block = block[np.isfinite(block)]
    is_told = len(np.unique(block)) >= _LEAST_LEVELS and np.mean(np.diff(block) != 0) >= _LEAST_MOVES
    return (n_rows, start, shift) if is_told else (0, 0, 0)


def _equal(values: Samples, row: int, shift: int, step: int) -> int:
    """How many samples from a row on (or back) are those `shift` rows later again."""
    found, size = 0, 256
    while found < _MAX_ROWS:
        if step > 0:
            low, high = row + found, min(row + found + size, len(values) - shift)
        else:
            low, high = max(row - found - size + 1, 0), row - found + 1
        if high <= low:
            return found
        a, b = np.asarray(values[low:high]), np.asarray(values[low + shift : high + shift])
        same: NDArray[np.bool_] = (a == b) | (np.isnan(a) & np.isnan(b))
        other = np.flatnonzero(~(same if step > 0 else same[::-1]))
        if len(other):
            return found + int(other[0])
        found, size = found + (high - low), size * 2
    return found
