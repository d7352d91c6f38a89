"""Hours left as targets: known only from what had happened when training ended."""

from __future__ import annotations

import numpy as np

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning.dataset import EventSpan
from workbench.learning.recipe import Recipe
from workbench.learning.train import Prepared, hours_left, make_plan, prepare
from workbench.learning.views import TableView

N_ROWS = 4000
STEP_S = 60


def prepared_with_event(share: float) -> Prepared:
    """One pump, split by time, with an event that begins at this share of its log."""
    times_ns = np.arange(N_ROWS, dtype=np.int64) * STEP_S * NS_PER_S
    columns = {"PI-1": np.random.default_rng(1).normal(10, 1, N_ROWS)}
    log = TableView(asset="P-1", channels=(ChannelSpec(name="PI-1", unit="bar"),), times_ns=times_ns, columns=columns)
    start_ns = int(times_ns[int(share * N_ROWS)])
    event = EventSpan(id="e", asset="P-1", name="seal leak", start_ns=start_ns, end_ns=start_ns + 3600 * NS_PER_S)
    return prepare(make_plan([log], ["r"], [event], Recipe(task="rul", split_by="time")))


def test_an_event_within_the_training_part_gives_its_windows_their_hours() -> None:
    prepared = prepared_with_event(0.3)
    assert len(prepared.target_rows) > 0
    # From the first window's end, after 30 samples of a minute or so, to 1200 minutes.
    assert 19 < prepared.targets.max() < 20


def test_an_event_of_the_hold_out_tells_the_training_windows_nothing() -> None:
    assert len(prepared_with_event(0.9).target_rows) == 0


def test_windows_before_a_preventive_replacement_have_no_known_life() -> None:
    hour_ns = 3600 * NS_PER_S
    plan = prepared_with_event(0.3).plan
    spans = [
        EventSpan(id="r", asset="P-1", name="PM", start_ns=10 * hour_ns, end_ns=11 * hour_ns, is_real=False, is_renewal=True),
        EventSpan(id="f", asset="P-1", name="leak", start_ns=20 * hour_ns, end_ns=21 * hour_ns),
    ]
    hours = hours_left(plan.table, spans, 100.0)
    ends_h = plan.table.end_ns / hour_ns
    assert np.isnan(hours[ends_h <= 11]).all()
    between = (ends_h > 11) & (ends_h <= 20)
    assert np.allclose(hours[between], 20 - ends_h[between])


def test_windows_within_an_onset_that_nobody_saw_are_learnt_neither_way() -> None:
    times_ns = np.arange(N_ROWS, dtype=np.int64) * STEP_S * NS_PER_S
    columns = {"PI-1": np.random.default_rng(1).normal(10, 1, N_ROWS)}
    log = TableView(asset="P-1", channels=(ChannelSpec(name="PI-1", unit="bar"),), times_ns=times_ns, columns=columns)
    good, found, fixed = (int(times_ns[row]) for row in (500, 1000, 1500))
    recipe = Recipe(task="anomaly", families=("logistic",), split_by="time")

    def n_positive(sure_ns: int | None) -> int:
        event = EventSpan(id="e", asset="P-1", name="leak", start_ns=good, end_ns=fixed, sure_ns=sure_ns)
        return int((prepare(make_plan([log], ["r"], [event], recipe)).targets > 0).sum())

    assert 0 < n_positive(found) < 0.6 * n_positive(None)
