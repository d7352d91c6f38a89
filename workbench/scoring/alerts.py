"""From scores to alerts: on-delay, off-delay and deadband as in ISA-18.2, step by step and in one go.

A window without a score ends an alert and any waiting: what can't be seen is not alerted, and is a state of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import SCORE_THRESHOLD, ScoringSpec


class AlertState:
    """One pump's alert, fed in time order."""

    def __init__(self, spec: ScoringSpec) -> None:
        self._on_delay_ns = round(spec.on_delay_s * NS_PER_S)
        self._off_delay_ns = round(spec.off_delay_s * NS_PER_S)
        self._clear_below = SCORE_THRESHOLD - spec.deadband
        self._changing_since_ns: int | None = None
        self.is_active = False

    def step(self, score: float | None, at_ns: int) -> bool:
        """Take the score of the window that ended at `at_ns` (None or NaN: no score); returns whether the alert is on."""
        if score is None or np.isnan(score):
            self.is_active = False
            self._changing_since_ns = None
            return False
        wants_change = score < self._clear_below if self.is_active else score >= SCORE_THRESHOLD
        if not wants_change:
            self._changing_since_ns = None
            return self.is_active
        if self._changing_since_ns is None:
            self._changing_since_ns = at_ns
        delay_ns = self._off_delay_ns if self.is_active else self._on_delay_ns
        if at_ns - self._changing_since_ns >= delay_ns:
            self.is_active = not self.is_active
            self._changing_since_ns = None
        return self.is_active


def alarms_of(score: NDArray[np.floating], end_ns: NDArray[np.int64], spec: ScoringSpec) -> NDArray[np.bool_]:
    """Whether the alert is on after each window: `score` float [n] (NaN = no score), `end_ns` int64 [n] increasing.

    With all delays and the deadband at 0 this is `score >= 0.5`, exactly.
    """
    if not (spec.on_delay_s or spec.off_delay_s or spec.deadband):
        is_on: NDArray[np.bool_] = np.asarray(score) >= SCORE_THRESHOLD
        return is_on
    state = AlertState(spec)
    steps = (state.step(value, at_ns) for value, at_ns in zip(np.asarray(score).tolist(), end_ns.tolist(), strict=True))
    return np.fromiter(steps, np.bool_, len(end_ns))
