"""Hours left as targets: known only from what had happened when training ended."""

from __future__ import annotations

import numpy as np

from workbench.core.clock import NS_PER_S
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning.dataset import EventSpan
from workbench.learning.recipe import Recipe
from workbench.learning.train import Prepared, make_plan, prepare
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
