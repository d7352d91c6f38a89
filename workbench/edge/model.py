"""The model that runs: a verified bundle, opened for scoring, with its golden vectors as power-up self-test.

Scores with `workbench.scoring` alone, the same code as on the laptop.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from workbench.bundle.golden import check_golden, read_golden
from workbench.bundle.manifest import MODEL_NAME, Manifest
from workbench.bundle.reference import decode_reference
from workbench.core.scoring_spec import ScoringSpec
from workbench.core.wire import SelfTestReport
from workbench.scoring.session import ScoringSession
from workbench.scoring.sketch import SketchWriter, empty_sketch
from workbench.scoring.windower import longest_gap_ns, period_of, windows_of


class RunningModel:
    """A bundle's model in memory."""

    def __init__(self, manifest: Manifest, members: Mapping[str, bytes]) -> None:
        self.manifest = manifest
        self.spec = manifest.spec
        self._golden = read_golden(members, manifest)
        self._session = ScoringSession(members[MODEL_NAME])
        self._reference = decode_reference(members)

    def sketches(self) -> dict[str, SketchWriter]:
        """Empty counters a channel, with the bins of the bundle's drift reference; none where it carries no reference."""
        if self._reference is None:
            return {}
        channels = (*self._reference.channels, self._reference.score)
        return {item.channel: SketchWriter(empty_sketch(item.channel, item.edges)) for item in channels}

    def self_test(self, slot: int) -> SelfTestReport:
        """Score the bundle's golden vectors here and compare."""
        started_s = time.perf_counter()
        report = check_golden(self.score_windows, self._golden, self.manifest.golden_tolerance)
        return SelfTestReport(
            slot=slot, n_vectors=report.n_vectors, n_passed=report.n_passed, largest_error=report.largest_error,
            allowed_error=report.allowed_error, seconds=time.perf_counter() - started_s,
        )  # fmt: skip

    def score_samples(self, times_ns: NDArray[np.int64], values: NDArray[np.float32]) -> tuple[float | None, float | None]:
        """Score and raw score of the last window of these samples, int64 [n] and float32 [n, c]; None = no score."""
        newest = _that_matter(times_ns, self.spec)
        windows = windows_of(times_ns[newest], values[newest], self.spec)
        if not len(windows):
            return None, None
        scores = self._session.score(windows.values[-1:])
        return finite_or_none(scores.score[-1]), finite_or_none(scores.raw[-1])

    def score_windows(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores float32 [n] of windows float32 [n, window, c]; NaN = no score."""
        return self._session.score(windows).score


def _that_matter(times_ns: NDArray[np.int64], spec: ScoringSpec) -> slice:
    """The samples that the last window can depend on: rows far apart would else be filled up to a grid without end."""
    if not len(times_ns):
        return slice(None)
    reach_ns = (spec.stride_samples + 1) * period_of(spec) + longest_gap_ns(spec)
    is_old = times_ns < int(times_ns[-1]) - reach_ns
    # Time that does not rise is refused by the windower, which must see it.
    return slice(int(is_old.sum()) if (np.diff(times_ns) > 0).all() else 0, None)


def finite_or_none(value: np.float32) -> float | None:
    """A float for the wire; NaN, which means no score, becomes None."""
    return float(value) if np.isfinite(value) else None
