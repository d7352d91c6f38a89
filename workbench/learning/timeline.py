"""Alarms of a stored run against the events of its hold-out, at any threshold: what the Compare page draws.

Nothing is fitted, and only the stored scores are read, so that a slider can call it at each move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.learning.evaluate import (
    Alarm,
    Marks,
    Metrics,
    Scored,
    count_false_alarms,
    event_metrics,
    find_alarms,
    mark_windows,
)
from workbench.learning.evaluate import slice_metrics as slices_of
from workbench.learning.run import Holdout, RunRecord
from workbench.scoring.alerts import alarms_of

N_CURVE_POINTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One run's hold-out at one threshold."""

    scored: Scored
    marks: Marks
    alarms: list[Alarm]
    metrics: Metrics
    curve: list[tuple[float, float, int]]
    """(threshold on the score scale, false alarms a week, events caught), by rising threshold."""
    slices: list[dict[str, object]]


def make_timeline(record: RunRecord, holdout: Holdout, threshold: float) -> Timeline:
    """Alarms, metrics, curve and slices; `threshold` 0..1 on the score scale, 0.5 = as calibrated."""
    scored = scored_of(record, holdout)
    marks = mark_windows(scored)
    is_alarm = alarms_at(record, holdout, threshold)
    return Timeline(
        scored=scored,
        marks=marks,
        alarms=find_alarms(is_alarm, scored, marks),
        metrics=event_metrics(is_alarm, scored, marks),
        curve=_curve(holdout.score, scored, marks),
        slices=slices_of(is_alarm, scored, marks),
    )


def scored_of(record: RunRecord, holdout: Holdout) -> Scored:
    """The hold-out as evaluation sees it."""
    period_ns = record.spec.sample_period_s * NS_PER_S
    return Scored(
        assets=holdout.assets,
        asset=holdout.asset,
        end_ns=holdout.end_ns,
        is_running=holdout.is_running,
        events=record.events,
        window_ns=round(record.spec.window_samples * period_ns),
        stride_ns=round(record.spec.stride_samples * period_ns),
        states=holdout.states,
        state=holdout.state,
    )


def alarms_at(record: RunRecord, holdout: Holdout, threshold: float) -> NDArray[np.bool_]:
    """Alarms [n] at a threshold, with the run's delays, each pump by itself."""
    if threshold == SCORE_THRESHOLD:
        shifted = holdout.score
    else:
        # Only the order matters to alerts: move the threshold to where they expect it, exactly.
        over = holdout.score >= threshold
        shifted = np.where(
            over, np.float32(1), np.minimum(holdout.score - np.float32(threshold - SCORE_THRESHOLD), np.float32(0.499))
        )
    is_alarm = np.zeros(len(shifted), np.bool_)
    for index in np.unique(holdout.asset):
        own = holdout.asset == index
        is_alarm[own] = alarms_of(shifted[own], holdout.end_ns[own], record.spec)
    return is_alarm


def _curve(score: NDArray[np.float32], scored: Scored, marks: Marks) -> list[tuple[float, float, int]]:
    """Without delays: the curve shows what the score can tell apart."""
    if not len(score):
        return []
    levels = np.unique(np.append(np.quantile(score, 1 - np.geomspace(1 / len(score), 0.5, N_CURVE_POINTS)), SCORE_THRESHOLD))
    weeks = scored.running_weeks or 1.0
    points = []
    for level in levels.tolist():
        is_alarm = score >= level
        caught = np.unique(marks.event[is_alarm & (marks.event >= 0)])
        points.append((level, count_false_alarms(is_alarm, scored, marks) / weeks, len(caught)))
    return points
