"""The feature graph: order of columns, what is refused, and that blocks and threads change nothing."""

import numpy as np
import onnx
import pytest

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.features.catalogue import FEATURE_NAMES
from workbench.features.graph import (
    build_feature_graph,
    extract,
    feature_columns,
    left_out_features,
    plan_columns,
    suitable_features,
)  # fmt: skip


def make_spec(*names, window=32, period_s=1.0):
    channels = tuple(ChannelSpec(name=name, unit="bar") for name in names or ("PI-1", "FI-2"))
    return ScoringSpec(
        task="anomaly", channels=channels, sample_period_s=period_s, window_samples=window, stride_samples=8, hold_limit_s=0
    )


@pytest.fixture
def windows():
    return np.random.default_rng(0).normal(size=(700, 32, 2)).astype(np.float32)


def test_columns_are_named_and_run_through_channels_then_features(windows):
    names = ("mean", "max")
    assert feature_columns(make_spec(), names) == ("mean(PI-1)", "max(PI-1)", "mean(FI-2)", "max(FI-2)")
    found = extract(build_feature_graph(make_spec(), names), windows)
    np.testing.assert_array_equal(found[:, 3], windows[:, :, 1].max(axis=1))
    np.testing.assert_allclose(found[:, 2], windows[:, :, 1].mean(axis=1, dtype=float), atol=1e-7)


def test_blocks_and_threads_change_no_bit(windows):
    model = build_feature_graph(make_spec(), FEATURE_NAMES)
    whole = extract(model, windows, n_threads=3)
    single = np.concatenate([extract(model, windows[at : at + 1], n_threads=1) for at in range(0, 700, 50)])
    np.testing.assert_array_equal(single, whole[::50])


def test_the_same_recipe_gives_the_same_bytes():
    first, second = (build_feature_graph(make_spec(), FEATURE_NAMES).SerializeToString(deterministic=True) for _ in range(2))
    assert first == second


def test_the_graph_states_its_versions_and_stays_small():
    model = build_feature_graph(make_spec(window=256), FEATURE_NAMES)
    assert (model.ir_version, model.opset_import[0].version) == (10, 20)
    assert len(model.SerializeToString()) < 16_000


def test_a_window_with_a_missing_sample_has_no_features(windows):
    windows[3, 5, 1] = np.nan
    found = extract(build_feature_graph(make_spec(), ("mean", "band_2")), windows)
    assert np.flatnonzero(np.isnan(found).any(axis=1)).tolist() == [3]
    assert np.isnan(found[3]).all()


def test_no_windows_give_no_features():
    assert extract(build_feature_graph(make_spec(), ("mean",)), np.empty((0, 32, 2), np.float32)).shape == (0, 2)


def test_a_spectrum_of_an_rms_value_is_refused_with_the_reason():
    with pytest.raises(ModelError, match="Accelerometer1RMS is a detected or averaged value, one every 1 s"):
        build_feature_graph(make_spec("Accelerometer1RMS"), ("band_1",))


def test_a_feature_is_left_out_only_where_it_means_nothing(windows):
    spec = make_spec("PI-1", "VI-2 RMS")
    assert feature_columns(spec, ("mean", "band_1")) == ("mean(PI-1)", "band_1(PI-1)", "mean(VI-2 RMS)")
    assert [(item.feature, item.channel) for item in left_out_features(spec, ("mean", "band_1"))] == [("band_1", "VI-2 RMS")]
    found = extract(build_feature_graph(spec, ("mean", "band_1")), windows)
    np.testing.assert_array_equal(found[:, 2], extract(build_feature_graph(spec, ("mean",)), windows)[:, 1])


def test_a_window_too_short_for_a_spectrum_is_refused_with_its_length():
    with pytest.raises(ModelError, match="at least 16 samples, not 10"):
        plan_columns(make_spec(window=10), ("mean", "band_3"))
    assert "band_3" not in suitable_features(make_spec(window=10))
    assert suitable_features(make_spec(window=16), FEATURE_NAMES) == FEATURE_NAMES


def test_an_unknown_feature_is_refused_with_the_known_ones():
    with pytest.raises(ModelError, match=r"no feature 'entropy'.*mean, std"):
        feature_columns(make_spec(), ("entropy",))


def test_vibration_sampled_slowly_is_a_detected_value_and_fast_is_not():
    slow, fast = make_spec("Vibration DE"), make_spec("Vibration DE", period_s=1 / 2000)
    assert "band_1" not in suitable_features(slow)
    assert "band_1" in suitable_features(fast)


def test_the_graph_uses_standard_operators_only():
    model = build_feature_graph(make_spec(window=512), FEATURE_NAMES)
    assert {node.domain for node in model.graph.node} == {""}
    onnx.checker.check_model(model, full_check=True)
