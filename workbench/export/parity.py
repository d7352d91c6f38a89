"""The gate: an exported model must say what the trained one said, on scores and on alarms.

≥ 99.9 % of the scores within 1e-5, and no alarm changed, on the run's own hold-out windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ParityError
from workbench.core.scoring_spec import ScoringSpec
from workbench.scoring.alerts import alarms_of

SCORE_TOLERANCE = 1e-5
LEAST_WITHIN = 0.999
_PUSHES = (1, 2, 4, 8, 16, 32)
_N_PUSHED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two forms of one model agree on the same windows; windows without a score in both are left out."""

    n_windows: int
    n_within_tolerance: int
    largest_error: float
    n_alarms: int
    """Windows in alarm by the reference."""
    n_alarms_changed: int
    """Windows in alarm by one form and not by the other."""

    @property
    def is_passed(self) -> bool:
        """Whether the gate lets it through."""
        return self.n_alarms_changed == 0 and self.n_within_tolerance >= LEAST_WITHIN * self.n_windows

    @property
    def alarms_changed_fraction(self) -> float:
        """Changed alarms as a share of the reference's alarms: of all windows it would pass a form that lost a rare alarm."""
        return self.n_alarms_changed / max(1, self.n_alarms)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut:
    """Windows with what the trained model said: `score` float [n], `end_ns` int64 [n], `asset` int [n] (index of the pump)."""

    score: NDArray[np.floating]
    end_ns: NDArray[np.int64]
    asset: NDArray[np.integer]


def compare_scores(reference: HoldOut, score: NDArray[np.floating], spec: ScoringSpec) -> Agreement:
    """Compare scores [n] with the reference; alarms with the spec's delays, each pump by itself."""
    expected = np.asarray(reference.score, np.float64)
    found = np.asarray(score, np.float64)
    is_scored = ~(np.isnan(expected) & np.isnan(found))
    # Where only one of the two has a score they disagree wholly.
    error = np.where(np.isnan(expected) | np.isnan(found), 1.0, np.abs(expected - found))[is_scored]
    before, after = (alarms_by_asset(reference, values, spec) for values in (reference.score, score))
    return Agreement(
        n_windows=int(is_scored.sum()),
        n_within_tolerance=int((error <= SCORE_TOLERANCE).sum()),
        largest_error=float(error.max(initial=0.0)),
        n_alarms=int(before.sum()),
        n_alarms_changed=int((before != after).sum()),
    )


def alarms_by_asset(reference: HoldOut, score: NDArray[np.floating], spec: ScoringSpec) -> NDArray[np.bool_]:
    """Alarm states bool [n]: each pump's windows in order of time."""
    is_on = np.zeros(len(score), np.bool_)
    for asset in np.unique(reference.asset):
        rows = np.flatnonzero(reference.asset == asset)
        rows = rows[np.argsort(reference.end_ns[rows], kind="stable")]
        is_on[rows] = alarms_of(np.asarray(score)[rows], reference.end_ns[rows], spec)
    return is_on


def push_away(windows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Windows pushed away from where they are, further and further, so that a quiet hold-out shows alarms too.

    Of float32 [n, time, channel] up to 32 windows are moved by ±1 … ±32 standard deviations of each channel, every second one
    in one channel only. Returns float32 [m, time, channel] and the number of the push, int64 [m], in 0..11. No randomness.
    """
    few = windows[np.unique(np.linspace(0, len(windows) - 1, min(_N_PUSHED, len(windows))).astype(np.int64))]
    n_channels = few.shape[2]
    spread = np.maximum(windows.std(axis=(0, 1), dtype=np.float64), 1e-6)
    moves = np.ones((len(few), 1, n_channels))
    for row in range(1, len(few), 2):
        moves[row, 0] = np.arange(n_channels) == (row // 2) % n_channels
    pushes = [sign * size for size in _PUSHES for sign in (1, -1)]
    moved = [(few + push * spread * moves).astype(np.float32) for push in pushes]
    return np.concatenate(moved), np.repeat(np.arange(len(pushes)), len(few))


def check_parity(agreement: Agreement) -> None:
    """Raises ParityError with the figures when the gate is not passed."""
    if agreement.is_passed:
        return
    share = agreement.n_within_tolerance / max(1, agreement.n_windows)
    raise ParityError(
        f"The exported model differs from the trained one: {share:.2%} of {agreement.n_windows} scores within "
        f"{SCORE_TOLERANCE:g} (largest difference {agreement.largest_error:.2g}), {agreement.n_alarms_changed} alarms changed.",
        "Nothing was written. Train the run again; if it persists, choose another family and report this.",
    )
