"""Which columns become inputs, and what is said about the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec
from workbench.learning.channels import is_label_like, plan_inputs
from workbench.learning.views import TableView

N = 600


def make_log(asset: str, names: Sequence[str], *, period_s: float = 1.0, units: dict[str, str] | None = None) -> TableView:
    rng = np.random.default_rng(1)
    channels = tuple(ChannelSpec(name=name, unit=(units or {}).get(name, "")) for name in names)
    times_ns = (np.arange(N) * period_s * NS_PER_S).astype(np.int64)
    return TableView(asset=asset, channels=channels, times_ns=times_ns, columns={name: rng.normal(size=N) for name in names})


def why_of(plan_left_out: object, name: str) -> str:
    assert isinstance(plan_left_out, tuple)
    return next(item.why for item in plan_left_out if name in (item.channel, item.asset))


def test_pumps_with_tags_of_their_own_share_channels_by_key() -> None:
    logs = [make_log("P-1001A", ("PI-1000A", "PI-1001A", "FI-1001A")), make_log("P-2001B", ("PI-2000B", "PI-2001B", "FI-2001B"))]
    plan = plan_inputs(logs)
    assert [channel.name for channel in plan.channels] == ["PI-1", "PI", "FI"]
    assert plan.columns == {0: ("PI-1000A", "PI-1001A", "FI-1001A"), 1: ("PI-2000B", "PI-2001B", "FI-2001B")}


def test_one_pump_keeps_its_own_names_and_gets_quantities() -> None:
    plan = plan_inputs([make_log("P-1001A", ("PI-1001A", "SI-1001A"))])
    assert [(channel.name, channel.quantity) for channel in plan.channels] == [("PI-1001A", "pressure"), ("SI-1001A", "speed")]


def test_what_never_changes_or_is_missing_is_left_out_with_the_reason() -> None:
    log = make_log("P", ("flow", "flat", "dead"))
    log.columns["flat"][:] = 3.0
    log.columns["dead"][100:] = np.nan
    plan = plan_inputs([log])
    assert [channel.name for channel in plan.channels] == ["flow"]
    assert why_of(plan.left_out, "flat") == "never changes"
    assert why_of(plan.left_out, "dead") == "is missing most of the time"


def test_temperatures_of_short_logs_are_left_out_and_of_long_ones_kept() -> None:
    short, long = make_log("P", ("flow", "Thermocouple")), make_log("P", ("flow", "Thermocouple"), period_s=60)
    assert "10 min of log are too short" in why_of(plan_inputs([short]).left_out, "Thermocouple")
    assert len(plan_inputs([long]).channels) == 2


def test_a_label_that_slipped_through_is_still_no_input() -> None:
    assert why_of(plan_inputs([make_log("P", ("flow", "anomaly"))]).left_out, "anomaly") == "looks like a label"
    assert is_label_like("ATT_FLAG")
    assert not is_label_like("Volume Flow RateRMS")


def test_units_that_differ_between_pumps_are_said() -> None:
    logs = [
        make_log("P", ("flow", "pressure"), units={"pressure": "bar"}),
        make_log("Q", ("flow", "pressure"), units={"pressure": "psi"}),
    ]
    assert why_of(plan_inputs(logs).left_out, "pressure") == "has different units: bar, psi"


def test_a_pump_that_lacks_a_common_channel_is_left_out() -> None:
    logs = [make_log("P", ("flow", "pressure")), make_log("Q", ("flow", "pressure")), make_log("R", ("flow",))]
    plan = plan_inputs(logs)
    assert {0, 1} == set(plan.columns)
    assert why_of(plan.left_out, "R") == "has no pressure"


def test_wanted_channels_are_taken_as_they_are_and_must_exist() -> None:
    log = make_log("P", ("flow", "Temperature"))
    plan = plan_inputs([log], ("Temperature",))
    assert [channel.name for channel in plan.channels] == ["Temperature"]
    assert why_of(plan.left_out, "flow") == "not in the recipe"
    with pytest.raises(InputError, match="No log has a channel 'torque'"):
        plan_inputs([log], ("torque",))


def test_nothing_left_is_an_error_that_says_why() -> None:
    log = make_log("P", ("flat",))
    log.columns["flat"][:] = 0
    with pytest.raises(InputError, match="No channel is left") as caught:
        plan_inputs([log])
    assert "flat: never changes" in caught.value.hint
