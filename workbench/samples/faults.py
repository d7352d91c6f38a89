"""What goes wrong and when: kinds, schedule, and how bad each is over time (0..1). The physics decides where it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.samples.people import HOUR_S, Duty, Span
from workbench.samples.wander import ornstein_uhlenbeck

Array = NDArray[np.float64]
FaultKind = Literal["cavitation", "bearing growth", "unbalance", "misalignment", "seal leak", "blockage"]
KINDS: tuple[FaultKind, ...] = ("cavitation", "bearing growth", "unbalance", "blockage", "seal leak", "misalignment")
HOURS: dict[FaultKind, tuple[float, float]] = {
    "cavitation": (3.0, 8.0), "bearing growth": (20.0, 38.0), "unbalance": (8.0, 20.0),
    "blockage": (5.0, 14.0), "seal leak": (10.0, 26.0), "misalignment": (9.0, 22.0),
}  # fmt: skip
NEEDS_REPAIR: frozenset[FaultKind] = frozenset({"bearing growth", "unbalance", "misalignment", "seal leak"})
HEALTHY_SHARE = 0.3
"""The beginning of each log in which nothing is wrong: a reference period exists."""
_LABEL_FROM = 0.03
_MAX_SHARE_OF_STRATUM = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong with one pump of a pair, in s since the log's start."""

    kind: FaultKind
    start_s: float
    end_s: float
    severity: float
    """Worst value reached, 0..1."""
    variant: float
    """0..1, chooses between forms (which race of a bearing, which side of a blockage, sudden or slow)."""


def plan_faults(duty: Duty, pump: int, span_s: float, kinds: Sequence[FaultKind], rng: np.random.Generator) -> list[Fault]:
    """One fault in each of as many equal strata of the time after the healthy beginning as `kinds` has, while the pump runs."""
    begin = HEALTHY_SHARE * span_s
    edges = np.linspace(begin, 0.985 * span_s, len(kinds) + 1)
    found = (_place(duty, pump, (a, b), kind, rng) for kind, a, b in zip(kinds, edges[:-1], edges[1:], strict=True))
    return [fault for fault in found if fault is not None]


def fault_count(span_s: float, rng: np.random.Generator) -> int:
    """Three or so in four days, four or five in a fortnight, then about one a week."""
    days = span_s / 86400.0
    if days < 0.2:
        return 0
    return int(np.floor(min(1.0 + days / 2.0, 3.0 + (days - 4.0) * 0.15) + rng.random()))


def _place(duty: Duty, pump: int, stratum: Span, kind: FaultKind, rng: np.random.Generator) -> Fault | None:
    spans = [(max(a, stratum[0]), min(b, stratum[1])) for a, b in duty.merged(pump, 2.0 * HOUR_S)]
    spans = [(a, b) for a, b in spans if b - a > 0.05 * (stratum[1] - stratum[0])]
    if not spans:
        return None
    a, b = max(spans, key=_length)
    low, high = HOURS[kind]
    wanted_s = float(rng.uniform(low, high)) * HOUR_S
    length_s = min(wanted_s, _MAX_SHARE_OF_STRATUM * (stratum[1] - stratum[0]), 0.8 * (b - a))
    start_s = a + float(rng.uniform(0.05, 0.95)) * (b - a - length_s)
    # Half a cavitation is none: the margin is there or gone.
    severity = float(rng.uniform(0.88 if kind == "cavitation" else 0.55, 1.0))
    return Fault(kind=kind, start_s=start_s, end_s=start_s + length_s, severity=severity, variant=float(rng.random()))


def _length(span: Span) -> float:
    return span[1] - span[0]


def severity_over_time(fault: Fault, t_s: Array, is_running: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Severity at each instant, 0 outside; grows only while the pump runs, in fits and starts, never as a straight line; [n]."""
    inside = (t_s >= fault.start_s) & (t_s < fault.end_s)
    severity = np.zeros(t_s.size)
    n = int(inside.sum())
    if n < 4:
        return severity
    step_s = float(np.median(np.diff(t_s)))
    pace = np.exp(1.2 * ornstein_uhlenbeck(n, step_s, 0.12 * (fault.end_s - fault.start_s), rng)) * is_running[inside]
    progress = np.cumsum(pace) / max(float(pace.sum()), 1e-9)
    severity[inside] = fault.severity * _shape(fault, progress)
    return severity


def _shape(fault: Fault, progress: Array) -> Array:
    if fault.kind in ("cavitation", "blockage"):
        # Comes, stays with ups and downs, and is cleared by an operator within minutes.
        level = 1.0 - np.exp(-6.0 * progress)
        return np.asarray(level * np.minimum(1.0, (1.0 - progress) / 0.06))
    if fault.kind == "bearing growth":
        # Stages: slow at first, then faster than exponential (ISO 13373-3; Harris & Kotzalas 2006).
        return np.asarray((np.exp(3.2 * progress) - 1.0) / (np.exp(3.2) - 1.0))
    if fault.variant < 0.5:
        # Sudden: a piece of a vane or a coupling bolt is gone.
        return np.asarray(0.75 + 0.25 * progress)
    return np.asarray(np.sqrt(np.clip(progress, 0.0, 1.0)))


def labelled_span(severity: Array, t_s: Array) -> Span | None:
    """From where the fault is at 3 % of full severity to its end; None if it never gets there."""
    over = np.flatnonzero(severity >= _LABEL_FROM)
    return (float(t_s[over[0]]), float(t_s[over[-1]])) if over.size else None
