"""Windows that the host draws at the moment of the test: a device can echo golden vectors that it has read, but not these.

Drawn from the bundle's own golden windows by mixing and shaking, so that they look like the pump; some with gaps, some with
so much missing that there must be no score, and both sides of the threshold where the model has two sides within reach.
The host scores them with the same code that the device uses, from raw samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.bundle.golden import read_golden
from workbench.bundle.manifest import MODEL_NAME, Manifest
from workbench.core.clock import NS_PER_S
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.scoring_spec import SCORE_THRESHOLD, ScoringSpec
from workbench.devices.protocols.smp import SmpClient
from workbench.scoring.session import ScoringSession
from workbench.scoring.windower import period_of, windows_of

N_CANDIDATES = 128
N_SCORED = 8
N_WITHOUT_SCORE = 1


class HostTest(Record, frozen=True, kw_only=True):
    """How the device answered windows drawn now."""

    n_windows: int
    n_passed: int
    n_below: int
    n_above: int
    n_without_score: int
    largest_error: float
    allowed_error: float

    @property
    def is_passed(self) -> bool:
        """Whether every answer was the host's own."""
        return self.n_passed == self.n_windows


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWindow:
    """`times_ns` int64 [n], `values` float32 [n, c] (NaN = missing), and the host's own score (None = no score)."""

    times_ns: NDArray[np.int64]
    values: NDArray[np.float32]
    expected: float | None

    def blob(self) -> bytes:
        """As it travels."""
        return self.times_ns.astype("<i8").tobytes() + self.values.astype("<f4").tobytes()


def draw_windows(
    manifest: Manifest, members: Mapping[str, bytes], generator: np.random.Generator, *, at_ns: int
) -> tuple[DrawnWindow, ...]:
    """Windows to ask, with the host's scores. `at_ns` is the present instant."""
    spec = manifest.spec
    session = ScoringSession(members[MODEL_NAME])
    golden = read_golden(members, manifest).windows
    times_ns = _instants(spec, at_ns)
    candidates = _mix(golden, generator)
    scores = session.score(candidates).score
    chosen = _choose(scores, manifest.golden_tolerance, generator)
    drawn = [_with_gap(candidates[index], number, spec, generator) for number, index in enumerate(chosen)]
    drawn += [_without_score(candidates[0]) for _ in range(N_WITHOUT_SCORE)]
    return tuple(
        DrawnWindow(times_ns=times_ns, values=values, expected=_host_score(session, times_ns, values, spec)) for values in drawn
    )


def ask_device(client: SmpClient, windows: tuple[DrawnWindow, ...], allowed_error: float) -> HostTest:
    """Let the device score the windows, and compare. Raises what the client raises."""
    errors = []
    for window in windows:
        reply = client.score_samples(window.blob())
        answer = reply.score if reply.is_scored else None
        errors.append(_difference(answer, window.expected))
    scored = [window.expected for window in windows if window.expected is not None]
    return HostTest(
        n_windows=len(windows), n_passed=sum(error <= allowed_error for error in errors),
        n_below=sum(score < SCORE_THRESHOLD for score in scored), n_above=sum(score >= SCORE_THRESHOLD for score in scored),
        n_without_score=len(windows) - len(scored), largest_error=max(errors, default=0.0), allowed_error=allowed_error,
    )  # fmt: skip


def _instants(spec: ScoringSpec, at_ns: int) -> NDArray[np.int64]:
    """Grid instants of one window, its end on the stride."""
    period_ns = period_of(spec)
    end = at_ns // period_ns // spec.stride_samples * spec.stride_samples
    return (np.arange(end - spec.window_samples + 1, end + 1, dtype=np.int64)) * period_ns


def _mix(golden: NDArray[np.float32], generator: np.random.Generator) -> NDArray[np.float32]:
    """Candidates float32 [N_CANDIDATES, window, c]: blends of two golden windows, some stretched beyond them."""
    first = golden[generator.integers(len(golden), size=N_CANDIDATES)]
    second = golden[generator.integers(len(golden), size=N_CANDIDATES)]
    share = generator.uniform(-0.5, 1.5, (N_CANDIDATES, 1, 1))
    spread = golden.std(axis=(0, 1), keepdims=True)
    noise = generator.normal(0.0, 0.02, first.shape) * spread
    mixed = first * share + second * (1 - share) + noise
    return np.ascontiguousarray(mixed, dtype=np.float32)


def _choose(scores: NDArray[np.float32], tolerance: float, generator: np.random.Generator) -> list[int]:
    """Half from each side of the threshold where both were reached, none so close that rounding decides."""
    is_clear = np.abs(scores - SCORE_THRESHOLD) > 2 * tolerance
    order = generator.permutation(np.flatnonzero(np.isfinite(scores) & is_clear))
    above = [int(index) for index in order if scores[index] >= SCORE_THRESHOLD]
    below = [int(index) for index in order if scores[index] < SCORE_THRESHOLD]
    half = N_SCORED // 2
    n_above = max(half, N_SCORED - len(below))
    return above[:n_above] + below[: N_SCORED - min(n_above, len(above))]


def _with_gap(values: NDArray[np.float32], number: int, spec: ScoringSpec, generator: np.random.Generator) -> NDArray[np.float32]:
    """Every second window has samples missing in one channel, as few as may be held."""
    n_held = int(spec.hold_limit_s / spec.sample_period_s)
    if number % 2 == 0 or n_held < 1 or spec.window_samples < 4:
        return values
    n_missing = min(n_held, spec.window_samples // 4)
    start = int(generator.integers(1, spec.window_samples - n_missing))
    gapped = values.copy()
    gapped[start : start + n_missing, int(generator.integers(values.shape[1]))] = np.nan
    return gapped


def _without_score(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A window whose first channel never was there: no score, whatever the rest says."""
    blind = values.copy()
    blind[:, 0] = np.nan
    return blind


def _host_score(
    session: ScoringSession, times_ns: NDArray[np.int64], values: NDArray[np.float32], spec: ScoringSpec
) -> float | None:
    windows = windows_of(times_ns, values, spec)
    if not len(windows):
        raise InputError(f"A window of {spec.window_samples} × {NS_PER_S} ns can't be cut.", "Build the bundle again.")
    score = float(session.score(windows.values[-1:]).score[0])
    return None if np.isnan(score) else score


def _difference(answer: float | None, expected: float | None) -> float:
    """1 where one has a score and the other has none."""
    if answer is None or expected is None:
        return 0.0 if answer is expected else 1.0
    return abs(answer - expected)
