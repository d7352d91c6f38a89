"""Windows across the seam of two recordings: as within one where the second goes on, never else."""

from __future__ import annotations

import numpy as np

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.learning.dataset import AssetLog, collect_windows, continues, join_continued
from workbench.learning.recipe import Recipe
from workbench.learning.split import assign_windows, count_leaks, plan_split

SPEC = ScoringSpec(
    task="anomaly", channels=(ChannelSpec(name="PI"), ChannelSpec(name="FI")), sample_period_s=1.0, window_samples=20,
    stride_samples=5, hold_limit_s=3.0,
)  # fmt: skip
T0 = 1_772_409_600 * NS_PER_S


def make_log(first: int, end: int, *, asset: str = "P-1", step: float = 1.0) -> AssetLog:
    times_ns = T0 + (np.arange(first, end) * step * NS_PER_S).astype(np.int64)
    rows = np.arange(first, end, dtype=np.float64)
    return AssetLog(asset=asset, recording=f"{asset}-{first}", times_ns=times_ns, values=np.column_stack((rows, np.sin(rows))))


def test_two_files_that_continue_each_other_give_the_windows_of_one() -> None:
    whole = collect_windows([make_log(0, 1000)], SPEC)
    parts = collect_windows([make_log(407, 1000), make_log(0, 407)], SPEC)
    np.testing.assert_array_equal(parts.end_ns, whole.end_ns)
    np.testing.assert_array_equal(parts.values, whole.values)
    seam_ns = T0 + 407 * NS_PER_S
    assert ((parts.start_ns < seam_ns) & (parts.end_ns >= seam_ns)).sum() == 4


def test_no_window_crosses_a_gap_another_rate_or_another_pump() -> None:
    first = make_log(0, 400)
    assert len(join_continued([first, make_log(400, 800)])) == 1
    assert len(join_continued([first, make_log(404, 800)])) == 2
    assert len(join_continued([first, make_log(400, 800, asset="P-2")])) == 2
    assert len(join_continued([first, make_log(200, 400, step=2.0)])) == 2
    assert len(join_continued([first, make_log(390, 800)])) == 2
    assert not continues(first.times_ns, first.times_ns[:0])


def test_windows_over_a_seam_are_in_one_part_of_a_split_or_in_none() -> None:
    table = collect_windows([make_log(0, 500), make_log(500, 1000)], SPEC)
    # the hold-out begins at 700 of 1000 s less the gaps: put a seam into each boundary in turn
    for seam in (450, 500, 690, 700, 710):
        table = collect_windows([make_log(0, seam), make_log(seam, 1000)], SPEC)
        split = plan_split(table, (), Recipe())
        part = assign_windows(table, split)
        assert count_leaks(table, part, split, ("PI", "FI"), ()).n_straddling == 0
        for span in split.spans:
            own = part == ("train", "validate", "holdout").index(span.part)
            assert (table.start_ns[own] >= span.start_ns).all()
            assert (table.end_ns[own] <= span.end_ns).all()
