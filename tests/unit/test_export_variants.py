"""Smaller forms: networks in int8 and float16, forests with fewer trees; what must not be touched; what they cost."""

import numpy as np
import pytest
from onnx import numpy_helper

from workbench.core.errors import ConversionError, ParityError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.compact import count_trees, keep_trees
from workbench.export.onnx_graph import join, to_bytes
from workbench.export.parity import Agreement, HoldOut, check_parity, compare_scores
from workbench.export.profile import profile_model
from workbench.export.quantize import to_float16, to_int8
from workbench.features.graph import build_feature_graph, extract
from workbench.learning.families.registry import find_family
from workbench.scoring.session import ScoringSession

SPEC = ScoringSpec(
    task="anomaly", channels=(ChannelSpec(name="PI-1", unit="Pa"), ChannelSpec(name="FI-2")), sample_period_s=1,
    window_samples=32, stride_samples=8, hold_limit_s=2,
)  # fmt: skip
FEATURES = ("mean", "std", "min", "max", "slope", "skewness", "mean_abs_diff", "band_1", "band_2", "band_3")


@pytest.fixture(scope="module")
def windows():
    """A pressure far from zero and a flow; the last 100 of 500 windows drift away: float32 [500, 32, 2]."""
    rng = np.random.default_rng(2)
    values = rng.normal(size=(500, 32, 2)) * [200.0, 1.0] + [4e5, 30.0]
    values[400:, :, 0] += np.linspace(0, 1500, 100)[:, np.newaxis]
    return values.astype(np.float32)


@pytest.fixture(scope="module")
def feature_model():
    return build_feature_graph(SPEC, FEATURES)


@pytest.fixture(scope="module")
def features(feature_model, windows):
    return extract(feature_model, windows)


@pytest.fixture(scope="module")
def network(features):
    """An autoencoder's fragment with its threshold."""
    fitted = find_family("autoencoder").build({}, 0).fit(features[:400], None)
    return fitted.onnx_fragment(), float(np.quantile(fitted.raw_score(features[:400]), 0.995))


@pytest.fixture(scope="module")
def forest(features):
    fitted = find_family("isolation_forest").build({}, 0).fit(features[:400], None)
    return fitted.onnx_fragment(), float(np.quantile(fitted.raw_score(features[:400]), 0.995))


def score(feature_model, fragment, threshold, windows):
    return ScoringSession(to_bytes(join(feature_model, fragment, SPEC, threshold, 0.5))).score(windows).score


def hold_out(scores):
    n = len(scores)
    return HoldOut(score=scores, end_ns=np.arange(n) * 8_000_000_000, asset=np.zeros(n, int))


@pytest.mark.parametrize("convert", [to_int8, to_float16])
def test_a_smaller_network_keeps_the_alarms(convert, feature_model, network, windows):
    fragment, threshold = network
    small = convert(fragment)
    agreement = compare_scores(
        hold_out(score(feature_model, fragment, threshold, windows)), score(feature_model, small, threshold, windows), SPEC
    )
    assert agreement.n_alarms > 20
    assert agreement.alarms_changed_fraction < 0.01
    assert agreement.largest_error > 0


@pytest.mark.parametrize(("convert", "at_most"), [(to_int8, 0.3), (to_float16, 0.55)])
def test_the_weights_take_less_room(convert, at_most, network):
    fragment, _ = network

    def weight_bytes(model):
        return sum(numpy_helper.to_array(item).nbytes for item in model.graph.initializer if len(item.dims) == 2)

    assert weight_bytes(convert(fragment)) <= at_most * weight_bytes(fragment)


@pytest.mark.parametrize("convert", [to_int8, to_float16])
def test_the_scaler_stays_as_it_is(convert, network):
    fragment, _ = network

    def wide_constants(model):
        return {item.name: item.raw_data for item in model.graph.initializer if item.data_type == 11}

    assert len(wide_constants(fragment)) >= 2
    assert wide_constants(convert(fragment)) == wide_constants(fragment)


def test_an_int8_score_does_not_depend_on_the_other_windows(feature_model, network, windows):
    fragment, threshold = network
    session = ScoringSession(to_bytes(join(feature_model, to_int8(fragment), SPEC, threshold, 0.5)))
    together = session.score(windows).score
    alone = np.concatenate([session.score(windows[at : at + 1]).score for at in range(0, 500, 50)])
    np.testing.assert_allclose(alone, together[::50], atol=1e-7)


def test_a_forest_has_no_layers_to_quantize(forest):
    with pytest.raises(ConversionError, match="no network layers"):
        to_int8(forest[0])


def test_half_a_forest_still_finds_the_drift(feature_model, forest, windows):
    fragment, threshold = forest
    half = keep_trees(fragment, count_trees(fragment) // 2, is_forest=True)
    assert count_trees(half) == count_trees(fragment) // 2
    whole, part = (score(feature_model, model, threshold, windows) for model in (fragment, half))
    assert np.abs(whole - part).max() < 0.1
    assert len(to_bytes(half)) < 0.6 * len(to_bytes(fragment))


@pytest.mark.parametrize("n_trees", [0, 100, 200])
def test_a_senseless_number_of_trees_is_refused(n_trees, forest):
    with pytest.raises(ConversionError, match="of 100 trees"):
        keep_trees(forest[0], n_trees, is_forest=True)


def test_the_gate_passes_what_agrees():
    scores = np.linspace(0, 1, 2000)
    check_parity(compare_scores(hold_out(scores), scores + 1e-6 * (scores < 0.4), SPEC))


def test_the_gate_refuses_one_changed_alarm():
    scores = np.linspace(0, 1, 2000)
    changed = scores.copy()
    changed[999] = 0.5
    agreement = compare_scores(hold_out(scores), changed, SPEC)
    assert agreement.n_alarms_changed == 1
    with pytest.raises(ParityError, match="1 alarms changed"):
        check_parity(agreement)


def test_the_gate_refuses_scores_that_are_off():
    scores = np.linspace(0, 0.4, 2000)
    with pytest.raises(ParityError, match=r"99\.50% of 2000 scores"):
        check_parity(compare_scores(hold_out(scores), scores + 1e-3 * (np.arange(2000) % 200 == 0), SPEC))


def test_alarms_are_compared_for_each_pump_by_itself():
    spec = ScoringSpec(
        task="anomaly",
        channels=SPEC.channels,
        sample_period_s=1,
        window_samples=2,
        stride_samples=1,
        hold_limit_s=0,
        on_delay_s=1,
    )
    reference = HoldOut(score=np.full(4, 0.9), end_ns=np.array([0, 10**9, 0, 10**9]), asset=np.array([0, 0, 1, 1]))
    assert compare_scores(reference, reference.score, spec).n_alarms == 2


def test_a_score_in_one_form_only_is_a_disagreement():
    agreement = compare_scores(hold_out(np.array([0.1, np.nan])), np.array([np.nan, np.nan]), SPEC)
    assert agreement == Agreement(n_windows=1, n_within_tolerance=0, largest_error=1.0, n_alarms=0, n_alarms_changed=0)


def test_the_profile_counts_size_memory_and_time(feature_model, network, windows):
    fragment, threshold = network
    data = to_bytes(join(feature_model, fragment, SPEC, threshold, 0.5))
    profile = profile_model(data, windows[0])
    # at least the weights and the folded cosine and sine, 16 × 16 float64 each
    assert profile.ram_bytes > 2 * 16 * 16 * 8 + 4 * (20 * 32 + 32 * 6 + 6 * 32 + 32 * 20)
    assert profile.ram_bytes < 1_000_000
    assert profile.size_bytes == len(data)
    assert 0 < profile.latency_ms < 50
