"""Features of the pump: their roles, their figures by hand, and what happens at standstill."""

import numpy as np
import pytest

from workbench.bundle.inspect_onnx import ALLOWED_OPERATORS
from workbench.core.errors import ModelError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.features.graph import build_feature_graph, extract, feature_columns, left_out_features, suitable_features
from workbench.features.pump import PUMP_FEATURE_NAMES, PUMP_FEATURES, find_roles

TRAIN = (("SI-1", "rpm"), ("PI-0", "bar"), ("PI-1", "bar"), ("FI-1", "m³/h"), ("II-1", "A"), ("JI-1", "kW"))
# 1480 rpm, 1 bar to 10 bar, 200 m³/h, 120 A, 66 kW
DUTY = (1480.0, 1.0, 10.0, 200.0, 120.0, 66.0)


def make_spec(channels=TRAIN):
    return ScoringSpec(
        task="anomaly", channels=tuple(ChannelSpec(name=name, unit=unit) for name, unit in channels), sample_period_s=1,
        window_samples=8, stride_samples=8, hold_limit_s=0,
    )  # fmt: skip


def compute(values, names=PUMP_FEATURE_NAMES, channels=TRAIN):
    windows = np.tile(np.array(values, np.float32), (1, 8, 1))
    return dict(zip(names, extract(build_feature_graph(make_spec(channels), names), windows)[0].tolist(), strict=True))


def test_the_figures_of_a_duty_point_are_those_by_hand():
    found = compute(DUTY)
    head = 9e5 / (1000 * 9.80665)  # 91.8 m
    expected = {
        "head": head, "hydraulic_power": 9e5 * 200 / 3600 / 1000, "efficiency": 9e5 * 200 / 3600 / 66000,
        "energy_per_volume": 0.33, "current_per_flow": 0.6, "head_at_1000_rpm": head / 1.48**2,
        "flow_at_1000_rpm": 200 / 1.48, "power_at_1000_rpm": 66 / 1.48**3,
    }  # fmt: skip
    assert found == pytest.approx(expected, rel=1e-5)


def test_by_the_affinity_laws_another_speed_changes_nothing():
    k = 0.8
    slower = (1480 * k, 1.0, 1 + 9 * k**2, 200 * k, 90.0, 66 * k**3)
    names = ("head_at_1000_rpm", "flow_at_1000_rpm", "power_at_1000_rpm")
    assert compute(slower, names) == pytest.approx(compute(DUTY, names), rel=1e-5)


def test_a_pump_that_stands_still_has_ratios_of_zero():
    found = compute((0.0, 1.0, 1.2, 0.0, 0.0, 0.0))
    assert all(np.isfinite(value) for value in found.values())
    assert {name: found[name] for name in found if name != "head"} == dict.fromkeys(PUMP_FEATURE_NAMES[1:], 0.0)


def test_other_units_give_the_same_figures():
    channels = (("Speed", "1/min"), ("Suction pressure", "kPa"), ("Discharge pressure", "psi"), ("Flow", "l/s"))
    values = (1480.0, 100.0, 10 / 0.0689476, 200 / 3.6)
    names = ("head", "hydraulic_power", "flow_at_1000_rpm")
    assert compute(values, names, channels) == pytest.approx(compute(DUTY, names), rel=1e-5)


def test_words_tell_suction_from_discharge_among_more_pressures():
    channels = (("Filter pressure", "bar"), ("Discharge pressure", "bar"), ("Inlet pressure", "bar"))
    assert {role: index for role, (index, _) in find_roles(make_spec(channels).channels).items()} == {
        "discharge": 1,
        "suction": 2,
    }


def test_a_role_that_two_channels_could_play_is_left_out():
    channels = (("FI-1", "m³/h"), ("FI-2", "m³/h"), ("JI-1", "kW"))
    assert "flow" not in find_roles(make_spec(channels).channels)
    with pytest.raises(ModelError, match="flow is not there, or not told apart"):
        build_feature_graph(make_spec(channels), ("energy_per_volume",))


def test_what_the_channels_cannot_give_is_said_and_not_suitable():
    spec = make_spec((("PI-0", "bar"), ("PI-1", "bar")))
    assert suitable_features(spec, PUMP_FEATURE_NAMES) == ("head",)
    assert [(item.feature, item.channel) for item in left_out_features(spec, ("mean", "efficiency"))] == [("efficiency", "pump")]


def test_pump_columns_follow_those_of_the_channels():
    spec = make_spec((("PI-0", "bar"), ("PI-1", "bar")))
    assert feature_columns(spec, ("head", "mean")) == ("mean(PI-0)", "mean(PI-1)", "head(pump)")
    windows = np.tile(np.array([1.0, 10.0], np.float32), (3, 8, 1))
    found = extract(build_feature_graph(spec, ("head", "mean")), windows)
    np.testing.assert_allclose(found[0], [1, 10, 9e5 / 9806.65], rtol=1e-6)


def test_every_pump_feature_says_its_formula_and_source_and_uses_allowed_operators():
    assert all(feature.formula and feature.source and feature.unit for feature in PUMP_FEATURES)
    model = build_feature_graph(make_spec(), PUMP_FEATURE_NAMES)
    assert {node.op_type for node in model.graph.node} <= ALLOWED_OPERATORS[""]
