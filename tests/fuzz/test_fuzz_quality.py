"""Odd logs: whatever a column holds, the checks and the finder of states say something sensible or nothing, and never stumble."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.logs.checks.quality import RULE_CODES, find_quality
from workbench.logs.regimes.find import find_regimes
from workbench.logs.regimes.regime import REGIME_NAMES

SECOND = 1_000_000_000
CHANNELS = {
    "PI-1": "bar", "II-1": "A", "SI-1": "rpm", "FI-1": "m3/h", "TI-1": "degC", "LI-1": "%", "PT-2": "mA", "VI-1-DE": "mm/s",
    "JI-1": "kW", "VI-1-HF": "g", "X": None,
}  # fmt: skip


def column(kind: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Noise, constants, nothing, rare values, steps, on and off, huge and tiny, drift, rare outliers."""
    noise = rng.normal(0, 1, n)
    return [
        5 + noise, np.full(n, float(rng.integers(-2, 3))), np.full(n, np.nan), np.where(rng.random(n) < 0.9, np.nan, noise),
        np.round(2 * noise), (np.arange(n) // max(n // 3, 1) % 2) * 50.0 + 0.1 * noise,
        noise * 10.0 ** int(rng.integers(-300, 300)), np.cumsum(noise), np.where(rng.random(n) < 0.01, 1e30, 0.0),
    ][kind]  # fmt: skip


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1),
    n_rows=st.sampled_from([2, 3, 10, 31, 64, 100, 300, 1000, 5000]),
    kinds=st.lists(st.tuples(st.sampled_from(sorted(CHANNELS)), st.integers(0, 8)), min_size=1, max_size=5),
    is_uneven=st.booleans(),
)
def test_no_log_however_odd_makes_a_check_stumble(seed: int, n_rows: int, kinds: list[tuple[str, int]], is_uneven: bool) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.choice([1, 1, 1, 1, 2, 100], n_rows) if is_uneven else np.full(n_rows, int(rng.integers(1, 600)))
    times = np.cumsum(steps * SECOND).astype(np.int64)
    columns = {name: column(kind, n_rows, rng) for name, kind in kinds}
    findings = find_quality(times, columns, CHANNELS)
    assert {found.code for found in findings} <= RULE_CODES
    for found in findings:
        assert found.start_ns is not None and found.end_ns is not None and times[0] <= found.start_ns <= found.end_ns <= times[-1]
    regimes = find_regimes(times, columns, CHANNELS)
    assert {one.name for one in regimes} <= set(REGIME_NAMES)
    assert all(before.end_ns < after.start_ns for before, after in pairwise(regimes))
