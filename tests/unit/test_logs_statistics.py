"""Statistics over blocks are those of all samples at once."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.logs.recordings import statistics
from workbench.logs.recordings.statistics import Block, Blocks, channel_statistics


def in_blocks(times: np.ndarray, values: np.ndarray, size: int) -> Blocks:
    def blocks() -> Iterable[Block]:
        for first in range(0, len(values), size):
            yield times[first : first + size], values[first : first + size]

    return blocks


@given(
    seed=st.integers(0, 2**32 - 1), n=st.integers(2, 3000), size=st.integers(1, 700), level=st.sampled_from([0.0, 1e6, -1e9]),
    missing=st.sampled_from([0.0, 0.4]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_blocks_give_what_all_samples_at_once_give(seed: int, n: int, size: int, level: float, missing: float) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.integers(1, 9, n)) * 1_000_000_000 + 1_700_000_000_000_000_000
    values = level + rng.normal(size=n)
    values[rng.random(n) < missing] = np.nan
    good = values[np.isfinite(values)]
    found = channel_statistics(in_blocks(times, values, size))
    assert (found.n, found.n_missing) == (len(good), n - len(good))
    if len(good) < 2:
        return
    assert (found.minimum, found.maximum, found.median) == (good.min(), good.max(), np.median(good))
    assert found.mean == pytest.approx(good.mean(), rel=1e-12)
    assert found.sd == pytest.approx(good.std(ddof=1), rel=1e-6)
    assert found.rms == pytest.approx(math.sqrt(np.mean(good**2)), rel=1e-12)


def test_the_slope_of_a_ramp_is_its_rise() -> None:
    times = np.arange(1000, dtype=np.int64) * 60_000_000_000
    values = 5 + 0.002 * np.arange(1000) * 60
    found = channel_statistics(in_blocks(times, values, 64))
    assert found.slope_per_s == pytest.approx(0.002)
    assert found.duration_s == 999 * 60


@pytest.mark.parametrize("n", [10_001, 10_000])
def test_the_median_of_more_samples_than_are_sorted_is_exact(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    monkeypatch.setattr(statistics, "SORT_AT_MOST", 20)
    values = np.random.default_rng(4).lognormal(size=n) ** 6
    values[:300] = values[17]
    found = channel_statistics(in_blocks(np.arange(n), values, 999))
    assert found.median == np.median(values)


def test_nothing_but_missing_values_has_no_statistics() -> None:
    found = channel_statistics(in_blocks(np.arange(5), np.full(5, np.nan), 2))
    assert (found.n, found.n_missing) == (0, 5)
    assert math.isnan(found.mean)
