"""What people do to a pair of pumps: duty swaps, parallel running at peaks, trips and restarts, repairs, late work orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DAY_S = 86400.0
HOUR_S = 3600.0
Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """When each pump of a pair runs: sorted spans in s since the log's start; a run from before the log starts below 0."""

    runs: tuple[tuple[Span, ...], ...]
    trips: tuple[tuple[float, ...], ...]

    def merged(self, pump: int, gap_s: float) -> tuple[Span, ...]:
        """Runs of a pump with stops shorter than `gap_s` bridged."""
        return _union(self.runs[pump], gap_s)

    def with_repair(self, pump: int, span: Span) -> Duty:
        """The pump is out over `span`, and its sister (if there is one) carries the load a little longer at both ends."""
        runs = list(self.runs)
        runs[pump] = _cut(runs[pump], span)
        other = 1 - pump
        if other < len(runs):
            runs[other] = _union([*runs[other], (span[0] - 400.0, span[1] + 600.0)], 0.0)
        return Duty(runs=tuple(runs), trips=self.trips)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """What the maintenance system knows, days late and unsure of the time (s since the log's start)."""

    asset: str
    number: int
    text: str
    earliest_s: float
    latest_s: float
    reported_s: float


def plan_duty(span_s: float, rng: np.random.Generator) -> Duty:
    """Duty and standby of a pair over the whole log: swaps, daily peaks in parallel, trips with the standby's automatic start."""
    swap_s = float(np.clip(span_s / 8.0, 0.1 * DAY_S, 4.0 * DAY_S))
    edges = _swap_times(span_s, swap_s, rng)
    runs: list[list[Span]] = [[], []]
    for i, (start, stop) in enumerate(pairwise(edges)):
        both_s = float(rng.uniform(150.0, 700.0))
        runs[i % 2].append((start, stop + both_s))
    for span in _peaks(span_s, swap_s, rng):
        for own in runs:
            own.append(span)
    merged = [list(_union(own, 0.0)) for own in runs]
    return _with_trips(merged, span_s, rng)


def running_mask(runs: Iterable[Span], t_s: Array) -> NDArray[np.bool_]:
    """Whether the motor is switched on at each instant; [n]."""
    mask = np.zeros(t_s.size, dtype=bool)
    for start, stop in runs:
        mask[np.searchsorted(t_s, start) : np.searchsorted(t_s, stop)] = True
    return mask


def since_edge_s(runs: Iterable[Span], t_s: Array) -> tuple[Array, Array]:
    """Seconds since the last start and since the last stop, +inf where there was none; [n] each."""
    spans = list(runs)
    starts = np.array([-np.inf, *(span[0] for span in spans)])
    stops = np.array([-np.inf, *(span[1] for span in spans)])
    return t_s - starts[np.searchsorted(starts[1:], t_s, "right")], t_s - stops[np.searchsorted(stops[1:], t_s, "right")]


def _swap_times(span_s: float, swap_s: float, rng: np.random.Generator) -> list[float]:
    edges = [-2.0 * DAY_S]
    at = swap_s * float(rng.uniform(0.5, 0.9))
    while at < span_s:
        edges.append(at)
        at += swap_s * float(rng.uniform(0.8, 1.2))
    return [*edges, span_s + DAY_S]


def _peaks(span_s: float, swap_s: float, rng: np.random.Generator) -> list[Span]:
    scale = min(1.0, swap_s / DAY_S)
    peaks = []
    for day in range(int(span_s / (DAY_S * scale)) + 1):
        if rng.random() < 0.55:
            start = (day + rng.uniform(0.3, 0.7)) * DAY_S * scale
            peaks.append((float(start), float(start + rng.uniform(2.0, 5.0) * HOUR_S * scale)))
    return peaks


def _with_trips(runs: list[list[Span]], span_s: float, rng: np.random.Generator) -> Duty:
    """About one trip a week and pair: the running pump stops dead, the standby starts on low pressure some seconds later."""
    trips: tuple[list[float], list[float]] = ([], [])
    for _ in range(int(rng.poisson(span_s / DAY_S / 7.0))):
        at = float(rng.uniform(0.05, 0.98) * span_s)
        pump = next((i for i in (0, 1) if any(a < at < b for a, b in runs[i])), None)
        if pump is None:
            continue
        out_s = float(rng.uniform(0.3, 1.6) * HOUR_S)
        runs[pump] = list(_cut(runs[pump], (at, at + out_s)))
        delay_s = float(rng.uniform(4.0, 15.0))
        runs[1 - pump] = list(_union([*runs[1 - pump], (at + delay_s, at + out_s + rng.uniform(200.0, 900.0))], 0.0))
        trips[pump].append(at)
    return Duty(runs=(tuple(runs[0]), tuple(runs[1])), trips=(tuple(trips[0]), tuple(trips[1])))


def _union(spans: Iterable[Span], gap_s: float) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1] + gap_s:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def _cut(spans: Iterable[Span], hole: Span) -> tuple[Span, ...]:
    left = [(a, min(b, hole[0])) for a, b in spans if a < hole[0]]
    right = [(max(a, hole[1]), b) for a, b in spans if b > hole[1]]
    return tuple(sorted([*left, *right]))


def late_order(asset: str, number: int, text: str, seen_s: float, rng: np.random.Generator) -> WorkOrder:
    """A work order as it is written: reported hours to days after somebody noticed, its date rounded to a shift or a day."""
    reported_s = seen_s + float(rng.gamma(2.0, 9.0)) * HOUR_S
    unsure_s = float(rng.choice([8.0, 24.0, 48.0])) * HOUR_S
    guess_s = seen_s + float(rng.normal(0.0, 0.35)) * unsure_s
    earliest_s = np.floor((guess_s - 0.5 * unsure_s) / (8.0 * HOUR_S)) * 8.0 * HOUR_S
    latest_s = float(earliest_s + unsure_s)
    return WorkOrder(
        asset=asset, number=number, text=text, earliest_s=float(earliest_s), latest_s=latest_s, reported_s=reported_s
    )
