"""Is this pump well? One default without training by hand: learn the beginning of a log, score the rest.

Channel means and mean absolute differences over a few samples; robust scaling; Mahalanobis distance with Ledoit-Wolf
shrinkage, refitted without the strangest tenth of the reference (after Rousseeuw and Van Driessen's concentration steps,
Technometrics 41, 1999); the distance smoothed. Threshold = median + 3 × (largest − median) of the smoothed reference, where
"largest" is usual for a stretch of 400 rows. A pump whose reference shows it standing still is scored while it runs.
Everything is fixed here and fitted from the log's own reference; nothing knows a file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning.channels import THERMAL_SETTLING_S, LeftOutInput, is_label_like, is_thermal, quantity_of
from workbench.learning.dataset import DRIVER_QUANTITIES, STOPPED_SHARE
from workbench.learning.families.mahalanobis import FittedMahalanobis, fit_mahalanobis

MINIMUM_REFERENCE_ROWS = 30
FEATURE_ROWS, FEATURE_S = 5, 5.0
SMOOTH_ROWS, SMOOTH_S = 30, 30.0
THRESHOLD_FACTOR = 3.0
_KEPT_SHARE = 0.9
_MAX_REFITS = 10
_HOLD_PERIODS = 10
_MOST_MISSING = 0.2
_MAX_FIT_ROWS = 50_000
_PEAK_BLOCK_ROWS = 400
_PEAK_QUANTILE = 0.85
"""Of a long reference, not its single largest score counts, but the one that 85 of 100 stretches of 400 rows stay under."""
_LEAST_STOPPED = 0.01
_BLOCK_ROWS = 1 << 16

_SLOW_BLOCK_ROWS = 20
_SLOW_DRIFT = 3.0
_SLOW_MEMORY = 0.4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """One log's outcome. `score` float64 [n] (NaN = no score), one for each row, the reference rows included."""

    channels: tuple[str, ...]
    left_out: tuple[LeftOutInput, ...]
    score: Floats
    threshold: float


def screen_log(
    times_ns: NDArray[np.int64], channels: Sequence[ChannelSpec], values: Floats, n_reference: int, ignored: Sequence[str] = (),
    keep: NDArray[np.bool_] | None = None, *, may_overwrite: bool = False,
) -> Screened:  # fmt: skip
    """Fit on the first `n_reference` rows of `values` [n, c] and score all rows; `times_ns` int64 [n] increasing.

    Rows that are not to be kept (bool [n]) are neither learnt nor scored: the pump was in another operating state. Besides the
    log it takes some columns of its length; a copy of the log as well, where its `values` may not be written over.
    Raises InputError when the reference is too short or no channel is left.
    """
    if n_reference < MINIMUM_REFERENCE_ROWS or len(times_ns) < n_reference:
        raise InputError(
            f"The reference part has {min(n_reference, len(times_ns))} rows; at least {MINIMUM_REFERENCE_ROWS} are needed.",
            "Choose a longer reference, or a longer log.",
        )
    if keep is not None and keep[:n_reference].sum() < MINIMUM_REFERENCE_ROWS:
        raise InputError(
            f"Only {int(keep[:n_reference].sum())} rows of the reference are in the operating state; "
            f"at least {MINIMUM_REFERENCE_ROWS} are needed.",
            "Choose a longer reference, or another state.",
        )
    period_s = max(float(np.median(np.diff(times_ns))) / NS_PER_S, 1e-9)
    held = hold_values(times_ns, values, _HOLD_PERIODS * period_s, out=values if may_overwrite else None)
    smooth_rows = _rows_of(SMOOTH_ROWS, SMOOTH_S, period_s)
    is_running = find_running_rows(channels, held, n_reference, smooth_rows)
    if keep is not None:
        is_running &= keep
    held[~is_running] = np.nan
    good = np.flatnonzero(is_running[:n_reference])
    reference = (held[good, index] for index in range(len(channels)))
    used, left_out = choose_channels(times_ns[good], channels, reference, ignored)
    block = _segments(times_ns, held, used, _HOLD_PERIODS * period_s)
    features = _Features(held, used, block, _rows_of(FEATURE_ROWS, FEATURE_S, period_s))
    model = _fit(features, n_reference)
    score = np.empty(len(held))
    for first, table in zip(_firsts(len(held)), features.blocks(len(held)), strict=True):
        score[first : first + _BLOCK_ROWS] = model.distance(table)
    mean, starts = _RollingMean(_middle(score), smooth_rows), _starts(block, smooth_rows)
    for first in _firsts(len(held)):
        rows = slice(first, first + _BLOCK_ROWS)
        score[rows] = mean.of(score[rows], starts[rows])
    return Screened(
        channels=tuple(channels[index].name for index in used),
        left_out=left_out,
        score=score,
        threshold=_threshold(score[:n_reference], smooth_rows),
    )


def choose_channels(
    times_ns: NDArray[np.int64], channels: Sequence[ChannelSpec], reference: Iterable[Floats], ignored: Sequence[str] = ()
) -> tuple[list[int], tuple[LeftOutInput, ...]]:
    """Indices of the channels to use, and why the others are left out, from their values [n] in the reference part alone."""
    span_s = (int(times_ns[-1]) - int(times_ns[0])) / NS_PER_S
    whys = [_why_left_out(channel, column, span_s, ignored) for channel, column in zip(channels, reference, strict=True)]
    if not any(why == "" for why in whys):
        # With temperatures alone they are all there is to go by.
        whys = ["" if why.startswith("temperature") else why for why in whys]
    left_out = tuple(LeftOutInput(channel=channel.name, why=why) for channel, why in zip(channels, whys, strict=True) if why)
    used = [index for index, why in enumerate(whys) if not why]
    if not used:
        reasons = "; ".join(f"{item.channel}: {item.why}" for item in left_out[:5]) or "the log has none"
        raise InputError(f"No channel can be used: {reasons}.", "Choose another reference part.")
    return used, left_out


def find_running_rows(channels: Sequence[ChannelSpec], held: Floats, n_reference: int, settling_rows: int) -> NDArray[np.bool_]:
    """Rows [n] in which the pump has been running for some time; all rows where the reference never shows it standing still.

    Told by speed, else power, current or flow: under a tenth of its usual level it stands still.
    """
    everywhere = np.ones(len(held), np.bool_)
    quantities = [quantity_of(channel) for channel in channels]
    driver = next((quantities.index(name) for name in DRIVER_QUANTITIES if name in quantities), None)
    if driver is None or not np.isfinite(held[:n_reference, driver]).any():
        return everywhere
    level = np.abs(held[:, driver])
    # A single row at nothing is a glitch, not a stop.
    is_low = level < STOPPED_SHARE * np.nanquantile(level[:n_reference], 0.9)
    is_stopped = is_low & np.concatenate(([False], is_low[:-1])) & np.concatenate(([False, False], is_low[:-2]))
    if is_stopped[:n_reference].mean() < _LEAST_STOPPED:
        return everywhere
    rows = np.arange(len(held))
    last_stop = np.maximum.accumulate(np.where(is_low, rows, -settling_rows - 1))
    is_running: NDArray[np.bool_] = rows - last_stop > settling_rows
    return is_running if is_running[:n_reference].sum() >= MINIMUM_REFERENCE_ROWS else everywhere


def is_slow(values: Floats) -> bool:
    """Whether a channel moves like a thermal mass: its level wanders far more than its noise allows, without jumping.

    Means of blocks of 20 samples move from one to the next by over three times what the sample-to-sample noise explains
    (in the median, so that a single step doesn't count), and resemble their neighbours.
    """
    good = values[np.isfinite(values)]
    means = good[: len(good) // _SLOW_BLOCK_ROWS * _SLOW_BLOCK_ROWS].reshape(-1, _SLOW_BLOCK_ROWS).mean(axis=1)
    if len(means) < 6 or means.std() == 0:
        return False
    noise = float(np.sqrt(np.mean(np.diff(good) ** 2) / 2))
    # Of normal noise, the median absolute difference of two means of n samples is 0.6745 σ √(2/n).
    expected = 0.6745 * noise * np.sqrt(2 / _SLOW_BLOCK_ROWS)
    memory = float(np.corrcoef(means[:-1], means[1:])[0, 1]) if means[:-1].std() and means[1:].std() else 0.0
    return bool(np.median(np.abs(np.diff(means))) > _SLOW_DRIFT * expected and memory > _SLOW_MEMORY)


def hold_values(times_ns: NDArray[np.int64], values: Floats, limit_s: float, *, out: Floats | None = None) -> Floats:
    """The values [n, c] with missing ones held from the last good one for at most `limit_s`; `out` may be `values` itself."""
    rows = np.arange(len(values))
    held = np.empty_like(values) if out is None else out
    for index in range(values.shape[1]):  # one after the other: what is made on the way takes several times a column
        last = np.maximum.accumulate(np.where(np.isfinite(values[:, index]), rows, -1))
        is_fresh = (last >= 0) & (times_ns - times_ns[np.maximum(last, 0)] <= limit_s * NS_PER_S)
        held[:, index] = np.where(is_fresh, values[np.maximum(last, 0), index], np.nan)
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class _Distance:
    model: FittedMahalanobis

    def distance(self, table: Floats) -> Floats:
        return np.concatenate([self._of_block(table[first : first + _BLOCK_ROWS]) for first in range(0, len(table), _BLOCK_ROWS)])

    def _of_block(self, table: Floats) -> Floats:
        standardised = (table - self.model.centre) * self.model.gain
        return np.asarray(np.sqrt(((standardised @ self.model.whitening) ** 2).sum(axis=1)))


def _why_left_out(channel: ChannelSpec, values: Floats, span_s: float, ignored: Sequence[str]) -> str:
    good = values[np.isfinite(values)]
    if channel.name in ignored:
        return "ignored by request"
    if is_label_like(channel.name):
        return "looks like a label"
    if len(good) < (1 - _MOST_MISSING) * len(values):
        return "missing in much of the reference"
    if not len(good) or np.ptp(good) == 0:
        return "never changes in the reference"
    if span_s >= THERMAL_SETTLING_S:
        return ""
    if is_thermal(channel):
        return "temperature: the reference is too short to show its level"
    if not quantity_of(channel) and is_slow(values):
        return "temperature-like: drifts slowly through the reference"
    return ""


def _fit(features: _Features, n_reference: int) -> _Distance:
    n_complete = sum(int(np.count_nonzero(np.isfinite(part).all(axis=1))) for part in features.blocks(n_reference))
    every, n_before, chosen = max(1, n_complete // _MAX_FIT_ROWS), 0, []
    for part in features.blocks(n_reference):
        complete = part[np.isfinite(part).all(axis=1)]
        chosen.append(complete[-n_before % every :: every].copy())
        n_before += len(complete)
    table = np.concatenate(chosen)
    if len(table) < MINIMUM_REFERENCE_ROWS // 2:
        raise InputError(f"Only {len(table)} rows of the reference are complete.", "Choose a longer reference part.")
    model = fit_mahalanobis(table)
    kept = np.ones(len(table), np.bool_)
    for _ in range(_MAX_REFITS):
        distance = _Distance(model=model).distance(table)
        now = distance <= np.quantile(distance, _KEPT_SHARE)
        if (now == kept).all():
            break
        kept = now
        model = fit_mahalanobis(table[kept])
    return _Distance(model=model)


def _threshold(score: Floats, smooth_rows: int) -> float:
    """Median + factor × (usual peak − median) of the smoothed reference, without its first rows, which are not yet smooth."""
    settled = score[min(smooth_rows, len(score) // 4) :]
    settled = settled[np.isfinite(settled)]
    if not len(settled):
        raise InputError("No row of the reference has a score.", "Choose another reference part.")
    median = float(np.median(settled))
    peaks = [float(part.max()) for part in np.array_split(settled, max(1, len(settled) // _PEAK_BLOCK_ROWS))]
    return median + THRESHOLD_FACTOR * (float(np.quantile(peaks, _PEAK_QUANTILE)) - median)


def _rows_of(rows: int, seconds: float, period_s: float) -> int:
    return max(rows, round(seconds / period_s))


def _segments(times_ns: NDArray[np.int64], values: Floats, used: Sequence[int], limit_s: float) -> NDArray[np.int64]:
    """Number of the unbroken stretch that each row belongs to; a gap or a row without all used values starts a new one."""
    is_bad = np.zeros(len(values), np.bool_)
    for first in _firsts(len(values)):
        is_bad[first : first + _BLOCK_ROWS] = ~np.isfinite(values[first : first + _BLOCK_ROWS, used].sum(axis=1))
    starts = is_bad.copy()
    starts[1:] |= (np.diff(times_ns) > limit_s * NS_PER_S) | is_bad[:-1]
    return np.cumsum(starts)


def _firsts(n_rows: int) -> range:
    """Where blocks begin."""
    return range(0, n_rows, _BLOCK_ROWS)


class _Features:
    """Means and mean absolute differences over the last rows of the same stretch, [b, 2c] for one block of rows after the other.

    For all rows at once they would take twice the room of the log. Of `values` [n, c'] the channels `used` [c] count.
    """

    def __init__(self, values: Floats, used: Sequence[int], block: NDArray[np.int64], n_rows: int) -> None:
        self._values, self._used, self._n_rows = values, used, n_rows
        self._is_first = np.concatenate(([True], np.diff(block) != 0))
        self._starts = _starts(block, n_rows)
        everything = slice(0, len(values))
        self._middles = [_middle(column) for column in self._columns(everything)]

    def blocks(self, end: int) -> Iterator[Floats]:
        """The rows up to `end`, `_BLOCK_ROWS` at a time."""
        means = [_RollingMean(middle, self._n_rows) for middle in self._middles]
        for first in _firsts(end):
            rows = slice(first, min(first + _BLOCK_ROWS, end))
            table = np.empty((rows.stop - rows.start, len(means)))
            for number, (column, mean) in enumerate(zip(self._columns(rows), means, strict=True)):
                table[:, number] = mean.of(column, self._starts[rows])
            yield table

    def _columns(self, rows: slice) -> Iterator[Floats]:
        """The levels of each channel in these rows, then the steps of each."""
        for index in self._used:
            yield self._values[rows, index]
        for index in self._used:
            before = max(rows.start - 1, 0)
            steps = np.abs(np.diff(self._values[rows, index], prepend=self._values[before, index]))
            steps[self._is_first[rows]] = 0
            yield steps


def _middle(values: Floats) -> float:
    return float(np.median(np.where(np.isfinite(values), values, 0.0)))


class _RollingMean:
    """Means of a column whose rows come in blocks, each over at most the last `n_rows` of its stretch."""

    def __init__(self, middle: float, n_rows: int) -> None:
        # Sums of offsets from the column's middle keep their digits over long logs.
        self._middle, self._n_rows = middle, n_rows
        self._totals = np.zeros(1)
        """Of the rows before this one, as far back as a mean reaches; the last one is that of all rows so far."""
        self._n_before = 0

    def of(self, values: Floats, start: NDArray[np.int64]) -> Floats:
        """Mean from the row `start` [b] to each row of the next block, NaN where the row itself has none; [b]."""
        is_good = np.isfinite(values)
        offsets = np.where(is_good, values, 0.0) - self._middle
        totals = np.concatenate([self._totals[:-1], np.cumsum(np.concatenate([self._totals[-1:], offsets]))])
        rows = np.arange(1, len(values) + 1) + self._n_before
        oldest = self._n_before + 1 - len(self._totals)
        mean = (totals[rows - oldest] - totals[start - oldest]) / (rows - start) + self._middle
        self._n_before += len(values)
        self._totals = totals[-self._n_rows - 1 :]
        return np.where(is_good, mean, np.nan)


def _starts(block: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """The first of the last `n_rows` rows of the same stretch, for each row [n]."""
    rows = np.arange(1, len(block) + 1)
    first = np.concatenate(([0], np.flatnonzero(np.diff(block)) + 1))
    return np.asarray(np.maximum(rows - n_rows, first[np.searchsorted(first, rows - 1, side="right") - 1]))
