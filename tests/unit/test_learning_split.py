"""Who is trained on and who only measures; what the leakage guard finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError, LeakageError
from workbench.learning.dataset import EventSpan, WindowTable
from workbench.learning.recipe import Recipe
from workbench.learning.split import PARTS, Guard, Span, Split, assign_windows, check_leaks, count_leaks, plan_split

WINDOW_S = 10


def make_table(n_assets: int, n: int = 200) -> WindowTable:
    end_ns = np.tile(np.arange(1, n + 1) * 5 * NS_PER_S, n_assets).astype(np.int64)
    return WindowTable(
        assets=tuple(f"P-{index}" for index in range(n_assets)),
        values=np.zeros((n * n_assets, WINDOW_S, 1), np.float32),
        start_ns=end_ns - (WINDOW_S - 1) * NS_PER_S,
        end_ns=end_ns,
        asset=np.repeat(np.arange(n_assets), n).astype(np.int32),
        is_running=np.ones(n * n_assets, np.bool_),
    )


def event(asset: str, name: str) -> EventSpan:
    return EventSpan(id=f"{asset}-{name}", asset=asset, name=name, start_ns=100 * NS_PER_S, end_ns=200 * NS_PER_S)


def test_three_pumps_are_split_by_pump_and_each_is_on_one_side() -> None:
    table = make_table(3)
    split = plan_split(table, (), Recipe())
    assert split.by == "asset"
    assert set(PARTS) == {span.part for span in split.spans}
    part = assign_windows(table, split)
    assert all(len(np.unique(part[table.asset == index])) == 1 for index in range(3))
    assert Guard(n_straddling=0, n_assets_on_two_sides=0, n_label_inputs=0) == count_leaks(
        table, part, split, ("PI",), ("anomaly",)
    )


def test_two_pumps_are_split_by_time_with_a_gap_between_the_parts() -> None:
    table = make_table(2)
    split = plan_split(table, (), Recipe(gap_windows=2))
    assert split.by == "time"
    own = sorted((span.start_ns, span.end_ns) for span in split.spans if span.asset == "P-0")
    window_ns = (WINDOW_S - 1) * NS_PER_S
    assert all(later[0] - earlier[1] > 2 * window_ns for earlier, later in pairwise(own))


def test_no_window_straddles_two_parts() -> None:
    table = make_table(1)
    split = plan_split(table, (), Recipe())
    part = assign_windows(table, split)
    for span in split.spans:
        inside = part == PARTS.index(span.part)
        assert (table.start_ns[inside] >= span.start_ns).all()
        assert (table.end_ns[inside] <= span.end_ns).all()
    assert -1 in part


def test_the_split_can_be_chosen() -> None:
    assert plan_split(make_table(4), (), Recipe(split_by="time")).by == "time"
    with pytest.raises(InputError, match="needs 3 pumps, and there are 2"):
        plan_split(make_table(2), (), Recipe(split_by="asset"))


def test_the_same_seed_gives_the_same_split() -> None:
    table = make_table(8)
    assert plan_split(table, (), Recipe(seed=5)).id == plan_split(table, (), Recipe(seed=5)).id
    assert len({plan_split(table, (), Recipe(seed=seed)).id for seed in range(6)}) > 1


def test_kinds_of_event_are_in_training_and_hold_out_both_where_possible() -> None:
    table = make_table(6)
    events = (event("P-1", "leak"), event("P-4", "leak"))
    for seed in range(5):
        parts = {span.asset: span.part for span in plan_split(table, events, Recipe(seed=seed)).spans}
        assert {"train", "holdout"} == {parts["P-1"], parts["P-4"]}


def test_a_former_split_is_kept_and_new_pumps_are_trained_on() -> None:
    former = plan_split(make_table(4), (), Recipe(seed=3))
    later = plan_split(make_table(5), (), Recipe(seed=9), keep=former)
    parts = {span.asset: span.part for span in later.spans}
    assert all(parts[span.asset] == span.part for span in former.spans)
    assert parts["P-4"] == "train"


def test_too_short_a_log_is_refused_with_its_length() -> None:
    with pytest.raises(InputError, match="P-0 has 34 s of log"):
        plan_split(make_table(1, n=6), (), Recipe())
    with pytest.raises(InputError, match="no complete windows"):
        plan_split(make_table(1, n=0), (), Recipe())


def test_the_guard_counts_what_must_not_be() -> None:
    table = make_table(3)
    whole = int(table.end_ns.max())
    split = Split(by="asset", spans=tuple(Span(asset=f"P-{i}", part=PARTS[i], start_ns=0, end_ns=whole) for i in range(3)))
    part = assign_windows(table, split)
    part[5] = 1
    guard = count_leaks(table, part, split, ("PI", "anomaly"), ("anomaly",))
    assert Guard(n_straddling=1, n_assets_on_two_sides=1, n_label_inputs=1) == guard


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 2, 0), (0, 0, 3)])
def test_training_stops_at_any_leak(counts: tuple[int, int, int]) -> None:
    guard = Guard(n_straddling=counts[0], n_assets_on_two_sides=counts[1], n_label_inputs=counts[2])
    with pytest.raises(LeakageError, match=str(max(counts))):
        check_leaks(guard)
    check_leaks(Guard(n_straddling=0, n_assets_on_two_sides=0, n_label_inputs=0))


def test_pumps_that_are_held_out_have_a_sister_in_training_where_possible() -> None:
    table = make_table(6)
    named = replace(table, assets=("P-1A", "P-1B", "P-2A", "P-2B", "P-3A", "P-3B"))
    for seed in range(5):
        spans = plan_split(named, (), Recipe(seed=seed)).spans
        trained = {span.asset[:3] for span in spans if span.part == "train"}
        assert {"P-1", "P-2", "P-3"} == trained
