"""Which windows show pumps in health: without events, and of the stretch since the last work on each pump.

A work (impeller, seal, bearing, alignment, sensor) makes another machine of a pump: its normal figures of before are no
reference for after. So of each pump the latest stretch between works that is long enough serves, unless a recipe asks for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.learning.dataset import overlaps_events
from workbench.logs.reference_cut import Span, cut_at_works

if TYPE_CHECKING:
    from workbench.learning.train import Plan

LEAST_WINDOWS = 100
"""Fewer healthy windows after a work are no reference of their own; with none that has more, the longest serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of a training pump between works: instants ns, the work that ended it ('' for the last), healthy windows."""

    asset: str
    start_ns: int
    end_ns: int
    ended_by: str
    n_windows: int
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Training windows [m] that are known to be good, and where they come from, by pump and time."""

    rows: NDArray[np.int64]
    periods: tuple[Period, ...]


def find_reference(plan: Plan) -> Reference:
    """All training windows without events where a pump has labelled ones, else those of the beginning of its periods."""
    rows, table = plan.rows("train"), plan.table
    window_ns = round(plan.spec.window_samples * plan.spec.sample_period_s * NS_PER_S)
    is_well = ~overlaps_events(table, plan.events, margin_ns=window_ns)[rows]
    labelled = {event.asset for event in plan.events if event.is_real}
    kept = np.zeros(len(rows), np.bool_)
    periods: list[Period] = []
    for index, asset in enumerate(table.assets):
        own = table.asset[rows] == index
        if not own.any():
            continue
        found = []
        for span_ns, ended_by in _cut(plan, asset):
            inside = own & is_well & (table.start_ns[rows] >= span_ns[0]) & (table.end_ns[rows] <= span_ns[1])
            if asset not in labelled:
                inside &= table.end_ns[rows] <= _good_until(plan, index, span_ns)
            found.append((span_ns, ended_by, inside))
        used = _used(plan, [int(inside.sum()) for _, _, inside in found])
        for number, (span_ns, ended_by, inside) in enumerate(found):
            kept |= inside & (number in used)
            periods.append(
                Period(
                    asset=asset, start_ns=span_ns[0], end_ns=span_ns[1], ended_by=ended_by, n_windows=int(inside.sum()),
                    is_used=number in used,
                )
            )  # fmt: skip
    return Reference(rows=rows[kept], periods=tuple(periods))


def works_between(plan: Plan) -> list[tuple[str, str]]:
    """(pump, work) where a work lies between the reference of a pump and its hold-out: that measures another machine's health."""
    found = []
    for period in find_reference(plan).periods:
        own = [span for span in plan.split.spans if span.part == "holdout" and span.asset == period.asset]
        if period.is_used and period.ended_by and any(span.end_ns > period.end_ns for span in own):
            found.append((period.asset, period.ended_by))
    return found


def _cut(plan: Plan, asset: str) -> list[tuple[Span, str]]:
    """A pump's whole time cut at its works, with their names."""
    own = plan.table.asset == plan.table.assets.index(asset)
    whole = int(plan.table.start_ns[own].min()), int(plan.table.end_ns[own].max())
    works = [event for event in plan.events if event.asset == asset and event.work_ns is not None]
    spans = [event.work_ns for event in works if event.work_ns is not None]
    return [(span, works[index].name if index is not None else "") for span, index in cut_at_works(whole, spans)]


def _good_until(plan: Plan, asset: int, span_ns: Span) -> float:
    """Nobody labelled this pump: the beginning of a period is taken for good, counted from its first window's end."""
    own = (plan.table.asset == asset) & (plan.table.start_ns >= span_ns[0]) & (plan.table.end_ns <= span_ns[1])
    if not own.any():
        return float(span_ns[0])
    first_ns, last_ns = int(plan.table.end_ns[own].min()), int(plan.table.end_ns[own].max())
    return first_ns + plan.recipe.reference_fraction * (last_ns - first_ns)


def _used(plan: Plan, n_windows: list[int]) -> set[int]:
    """Which of a pump's periods serve."""
    if plan.recipe.reference_periods == "all" or not n_windows:
        return set(range(len(n_windows)))
    enough = [number for number, n in enumerate(n_windows) if n >= LEAST_WINDOWS]
    return {enough[-1] if enough else max(range(len(n_windows)), key=n_windows.__getitem__)}
