"""Derived channels in a model's graph: the same numbers as the formula engine, on windows the device never saw."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from workbench.bundle.inspect_onnx import check_model
from workbench.core.derived_spec import DerivedSpec
from workbench.core.errors import InputError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.onnx_graph import join, to_bytes
from workbench.features.graph import build_feature_graph, extract, feature_columns, with_derived
from workbench.learning.channels import InputPlan
from workbench.learning.derived import evaluate, is_complete, plan_derived, raw_names
from workbench.learning.families.registry import find_family
from workbench.learning.views import TableView
from workbench.logs.formulas.derived_channel import DerivedChannel
from workbench.logs.formulas.formula import FUNCTIONS, read_formula
from workbench.logs.formulas.run import FormulaRun, Rows
from workbench.scoring.session import ScoringSession

CHANNELS = (
    ChannelSpec(name="PI-2", unit="bar"), ChannelSpec(name="PI-1", unit="kPa"), ChannelSpec(name="FI", unit="m3/h"),
    ChannelSpec(name="JI", unit="kW"), ChannelSpec(name="TI", unit="degC"),
)  # fmt: skip
SPEC = ScoringSpec(
    task="anomaly", channels=CHANNELS, sample_period_s=1.0, window_samples=20, stride_samples=10, hold_limit_s=3.0,
)  # fmt: skip
FORMULAS = (
    '"PI-2" - "PI-1"', '("PI-2" - "PI-1") * FI / JI', 'to("PI-1", "psi")', "abs(FI - 120) + 0.5", "sqrt(abs(JI))", "min(FI, 118)",
    "max(JI, 30) ** 2", "where(FI > 120, JI, -JI)", "clip(FI, 100, 125) / 3", "mean(FI, 120)", "log10(exp(FI / mean(FI, 120)))",
    'to(TI, "K") - 273.15', "round(JI) * sign(FI - 120)", "(FI > 119) and not (JI < 30) or (FI == 3)", "FI ** -1",
    "missing(FI) + 2 * sign(FI)", "TI - 20", "1000 * (FI != 120)",
)  # fmt: skip


def plan_of(*texts: str, columns: tuple[str, ...] = ()) -> tuple[DerivedSpec, ...]:
    names = columns or tuple(channel.name for channel in CHANNELS)
    inputs = InputPlan(channels=CHANNELS, columns={0: names}, left_out=())
    log = TableView(asset="P-1", channels=CHANNELS, times_ns=np.arange(3), columns={})
    made = {"P-1": [DerivedChannel(name=f"d{number}", formula=text) for number, text in enumerate(texts)]}
    return plan_derived(inputs, [log], made, tuple(one.name for one in made["P-1"]), has_choice=True).derived


def windows(n: int = 64, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, 20, 5)) * [0.3, 20, 2, 1, 3] + [12, 300, 120, 40, 65]).astype(np.float32)


@pytest.mark.parametrize("text", FORMULAS)
def test_the_graph_computes_what_the_formula_engine_computes(text: str) -> None:
    (spec,) = plan_of(text)
    values = windows()
    formula = read_formula(text, {channel.name: channel.unit for channel in CHANNELS})
    flat = values.reshape(-1, 5).astype(np.float64)
    columns = {channel.name: flat[:, place] for place, channel in enumerate(CHANNELS)}
    times_ns = np.arange(len(flat), dtype=np.int64) * 10**9
    expected = FormulaRun(formula).values(Rows(times_ns, columns, 1e9)).reshape(values.shape[:2])
    np.testing.assert_allclose(evaluate(spec, values), expected, rtol=1e-12)
    assert spec.unit == formula.unit
    names = feature_columns(with_derived(SPEC, (spec,)), ("mean", "min", "max"))
    found = extract(build_feature_graph(SPEC, ("mean", "min", "max"), (spec,)), values)
    own = {name: found[:, place] for place, name in enumerate(names) if name.endswith("(d0)")}
    rounded = expected.astype(np.float32)
    np.testing.assert_allclose(own["mean(d0)"], rounded.mean(axis=1, dtype=np.float64), rtol=1e-6)
    np.testing.assert_allclose(own["min(d0)"], rounded.min(axis=1), rtol=1e-6)
    np.testing.assert_allclose(own["max(d0)"], rounded.max(axis=1), rtol=1e-6)


def test_raw_features_and_graphs_without_derived_channels_stay_as_they_were() -> None:
    derived = plan_of(FORMULAS[0])
    plain = extract(build_feature_graph(SPEC, ("mean", "std")), windows())
    wide = extract(build_feature_graph(SPEC, ("mean", "std"), derived), windows())
    np.testing.assert_array_equal(wide[:, : plain.shape[1]], plain)
    assert build_feature_graph(SPEC, ("mean",)) == build_feature_graph(SPEC, ("mean",), ())


@pytest.mark.parametrize("family", ["mahalanobis", "isolation_forest", "boosted_trees"])
def test_a_window_whose_formula_has_no_value_gets_no_score_whatever_the_family(family: str) -> None:
    derived = plan_of("JI / (FI - 120)", 'sqrt("PI-2")')
    values = windows(400)
    features = build_feature_graph(SPEC, ("mean", "std"), derived)
    names = feature_columns(with_derived(SPEC, derived), ("mean", "std"))
    table = extract(features, values)
    targets = (np.arange(len(table)) % 2).astype(np.float64)
    maker = find_family(family)
    fitted = maker.build({}, 1).fit(table, targets if maker.needs_targets else None, names)
    data = to_bytes(join(features, fitted.onnx_fragment(), SPEC, 0.5, 1.0))
    check_model(data)
    fresh = windows(40, seed=7)
    fresh[3, 5, 2] = 120.0  # a division by zero
    fresh[8, 1, 0] = -1.0  # the root of a negative number
    bad = np.isin(np.arange(40), (3, 8))
    np.testing.assert_array_equal(is_complete(derived, fresh), ~bad)
    scores = ScoringSession(data).score(fresh)
    np.testing.assert_array_equal(np.isnan(scores.score), bad)
    np.testing.assert_array_equal(np.isnan(scores.raw), bad)
    clean = ScoringSession(data).score(fresh[~bad])
    np.testing.assert_array_equal(scores.score[~bad], clean.score)


@pytest.mark.parametrize("text", [
    'rolling_mean(FI, "1 min")', 'rolling_sd(FI, "1 min")', "derivative(FI)", "integral(FI)", 'delay(FI, "1 s")',
    'hold(FI, "1 s")', 'FI - resample(FI, "1 min")',
])  # fmt: skip
def test_what_looks_back_over_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match="looks back over time"):
        plan_of(text)


def test_every_function_either_travels_or_is_refused() -> None:
    texts = {
        "value": "FI", "duration": '"1 min"', "unit": '"h"', "number": "1",
    }  # fmt: skip
    for name, kinds in FUNCTIONS.items():
        text = f"{name}({', '.join(texts[kind] for kind in kinds)})".replace('to(FI, "h")', 'to(FI, "L/s")')
        text = "omega(JI)" if name == "omega" else text
        try:
            (spec,) = plan_of(text)
        except InputError as error:
            assert "looks back over time" in error.message or "can't be read" in error.message
            continue
        extract(build_feature_graph(SPEC, ("mean",), (spec,)), windows(4))


def test_pumps_with_tags_of_their_own_have_one_arithmetic_or_none() -> None:
    inputs = InputPlan(
        channels=CHANNELS[:2], columns={0: ("PI-12", "PI-11"), 1: ("PI-22", "PI-21")}, left_out=()
    )  # fmt: skip
    logs = [TableView(asset=name, channels=CHANNELS[:2], times_ns=np.arange(3), columns={}) for name in ("P-1", "P-2")]
    made = {
        "P-1": [DerivedChannel(name="rise", formula='"PI-12" - "PI-11"', asset="P-1")],
        "P-2": [DerivedChannel(name="rise", formula='("PI-22" - "PI-21")', asset="P-2")],
    }  # fmt: skip
    plan = plan_derived(inputs, logs, made, (), has_choice=False)
    assert [(one.name, one.unit) for one in plan.derived] == [("rise", "bar")]
    made["P-2"] = [DerivedChannel(name="rise", formula='"PI-21" - "PI-22"', asset="P-2")]
    plan = plan_derived(inputs, logs, made, (), has_choice=False)
    assert [(one.channel, one.why) for one in plan.left_out] == [("rise", "it is not the same arithmetic on all pumps")]
    plan = plan_derived(inputs, logs, {"P-1": made["P-1"]}, (), has_choice=False)
    assert [(one.channel, one.why) for one in plan.left_out] == [("rise", "P-2 has none")]


def test_a_formula_on_a_formula_travels_and_needs_the_raw_channels_of_both() -> None:
    made = {"P-1": [DerivedChannel(name="rise", formula='"PI-2" - "PI-1"'), DerivedChannel(name="power", formula="rise * FI")]}
    assert raw_names(("power",), made, {channel.name for channel in CHANNELS}) == (("FI", "PI-2", "PI-1"), ("power",))
    inputs = InputPlan(channels=CHANNELS, columns={0: tuple(c.name for c in CHANNELS)}, left_out=())
    log = TableView(asset="P-1", channels=CHANNELS, times_ns=np.arange(3), columns={})
    (spec,) = plan_derived(inputs, [log], made, ("power",), has_choice=True).derived
    values = windows()
    expected = (values[..., 0] - values[..., 1].astype(np.float64) / 100) * values[..., 2]
    np.testing.assert_allclose(evaluate(spec, values), expected, rtol=1e-6)
    assert spec.unit == "bar · m3/h"
