"""Finds waveforms among instants: bursts (or one stream) of an even step below 0.1 s, and their rate from printed stamps.

A stamp is rounded to ns, µs or ms, a rate is not: 25.6 kHz is a step of 39062.5 ns. The rate is therefore taken over whole
bursts, and is the roundest number that the stamps allow. What is fast but uneven stays a trend: no spectrum can be had of it.
Must not import anything but numpy and this domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from workbench.logs.recordings.time_axis import BLOCK_ROWS, Instants, Int64s, RunsAxis, median_step_ns

NS = 1_000_000_000
SLOWEST_STEP_NS = 100_000_000
"""Steps from 0.1 s on are trends."""
MIN_BURST_ROWS = 16
_MIN_ROWS = 32
_NEW_BURST = 1.5
_TOLERANCE = 0.1
_SAMPLE_ROWS = 4096
_ROUND_HZ = (1000, 100, 10, 1)
_SURE = 0.1
_MAX_PARTS = 1_000_000_000
_POWERS_NS = (1_000_000, 100_000, 10_000, 1000, 100, 10, 1)
MAX_RATE_HZ = 100_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """Bursts of one rate: burst k begins at row `first_rows[k]` and instant `first_ns[k]`."""

    rate: Fraction
    n_rows: int
    first_rows: Int64s
    first_ns: Int64s

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return float(self.rate)

    @property
    def lengths(self) -> Int64s:
        """Samples of each burst."""
        return np.diff(np.append(self.first_rows, self.n_rows))

    def axis(self) -> RunsAxis:
        """The even time axis of the bursts."""
        whole, rest, parts = step_of(self.rate)
        return RunsAxis(
            n_rows=self.n_rows,
            step_ns=whole,
            step_rest=rest,
            step_parts=parts,
            first_rows=self.first_rows,
            first_ns=self.first_ns,
        )


def exact_rate(rate_hz: float) -> Fraction:
    """A rate given as a float as the fraction it most likely stands for (17066.666… is 51200/3, 0.000555… one in 1800 s)."""
    if 0 < rate_hz < 1:
        return 1 / Fraction(1 / rate_hz).limit_denominator(1000)
    return Fraction(rate_hz).limit_denominator(max(1, min(1000, int(_MAX_PARTS / max(rate_hz, 1.0)))))


def step_of(rate: Fraction) -> tuple[int, int, int]:
    """Step of a rate as (whole ns, rest, parts): whole + rest / parts."""
    step = Fraction(NS) / rate
    whole = step.numerator // step.denominator
    return whole, step.numerator - whole * step.denominator, step.denominator


def find_waveform(times_ns: Instants, rate: Fraction | None = None) -> Waveform | None:
    """The bursts of sorted instants, int64 ns [n], read in blocks; None where they are a trend or uneven.

    Parameters
    ----------
    times_ns : int64 [n]
    rate : Fraction, optional
        Samples a second where that is known; else found from the stamps.
    """
    n_rows = len(times_ns)
    step_ns = float(Fraction(NS) / rate) if rate else median_step_ns(times_ns) if n_rows >= _MIN_ROWS else None
    if step_ns is None or not 0 < step_ns < SLOWEST_STEP_NS:
        return None
    resolution_ns = _resolution_ns(times_ns)
    longest_ns = max(_NEW_BURST * step_ns, step_ns + 2 * resolution_ns * (resolution_ns < step_ns))
    found = _try(times_ns, rate, resolution_ns, (0.0, longest_ns), step_ns)
    if found is None and rate is not None:  # bursts may begin less than half a step late or early
        slack_ns = _TOLERANCE * step_ns + 1
        found = _try(times_ns, rate, resolution_ns, (step_ns - slack_ns, step_ns + slack_ns), step_ns)
    return found


def _try(
    times_ns: Instants, rate: Fraction | None, resolution_ns: int, steps_ns: tuple[float, float], step_ns: float
) -> Waveform | None:  # fmt: skip
    """The bursts if a new one begins wherever a step is not within `steps_ns`."""
    n_rows = len(times_ns)
    first_rows = _burst_starts(times_ns, steps_ns, n_rows if rate else n_rows // MIN_BURST_ROWS)
    if first_rows is None:
        return None
    first_ns = np.asarray(times_ns[first_rows])
    last_ns = np.asarray(times_ns[np.append(first_rows[1:], n_rows) - 1])
    lengths = np.diff(np.append(first_rows, n_rows))
    found = rate or _rate_of(lengths, last_ns - first_ns, resolution_ns)
    if found is None:
        return None
    waveform = Waveform(rate=found, n_rows=n_rows, first_rows=first_rows, first_ns=first_ns)
    return waveform if _fits(times_ns, waveform.axis(), _TOLERANCE * step_ns + resolution_ns) else None


def _blocks(times_ns: Instants) -> Iterator[tuple[int, Int64s]]:
    """(first row, instants) with one row of overlap."""
    for first in range(0, max(len(times_ns) - 1, 0), BLOCK_ROWS):
        yield first, np.asarray(times_ns[first : first + BLOCK_ROWS + 1])


def _resolution_ns(times_ns: Instants) -> int:
    """The largest power of ten (up to 1 ms) that all stamps at the beginning are multiples of, seen from the first."""
    head = np.asarray(times_ns[: min(len(times_ns), _SAMPLE_ROWS)])
    since = head - head[0]
    return next(power for power in _POWERS_NS if not np.any(since % power))


def _burst_starts(times_ns: Instants, steps_ns: tuple[float, float], most: int) -> Int64s | None:
    """First rows of bursts; None where there are more than `most` of them."""
    starts = [np.zeros(1, np.int64)]
    n_bursts = 1
    for first, block in _blocks(times_ns):
        steps = np.diff(block)
        breaks = np.flatnonzero((steps < steps_ns[0]) | (steps > steps_ns[1])) + first + 1
        n_bursts += len(breaks)
        if n_bursts > most:
            return None
        starts.append(breaks.astype(np.int64))
    return np.concatenate(starts)


def _rate_of(lengths: Int64s, spans_ns: Int64s, resolution_ns: int) -> Fraction | None:
    """The roundest rate within what the stamps allow: n - 1 steps lie between the first and the last stamp of a burst."""
    n_steps, total_ns = int(np.sum(lengths - 1)), int(np.sum(spans_ns))
    longest_ns = int(np.max(spans_ns))
    if n_steps < 1 or longest_ns <= resolution_ns:
        return None
    middle = Fraction(n_steps * NS, total_ns)
    width = middle * Fraction(resolution_ns, longest_ns)
    for grid in _ROUND_HZ:
        near = grid * round(middle / grid)
        if near and abs(near - middle) <= width and width < _SURE * grid:
            return Fraction(near)
    simple = middle.limit_denominator(16)
    if abs(simple - middle) <= width:
        return simple
    return exact_rate(float(middle))


def _fits(times_ns: Instants, axis: RunsAxis, tolerance_ns: float) -> bool:
    """Whether every stamp lies within the tolerance of the even axis."""
    for first, block in _blocks(times_ns):
        even = axis.take(np.arange(first, first + len(block), dtype=np.int64))
        if np.abs(block - even).max() > tolerance_ns:
            return False
    return True
