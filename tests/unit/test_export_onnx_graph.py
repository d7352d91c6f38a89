"""The joined graph: what it answers to, that the threshold is exactly 0.5, and that it says what the parts say."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from workbench.core.errors import ConversionError, InputError, ModelError
from workbench.core.scoring_spec import ChannelSpec, ScoringSpec
from workbench.export.onnx_graph import IR_VERSION, join, to_bytes
from workbench.features.graph import build_feature_graph, extract, feature_columns
from workbench.learning.families.registry import FAMILIES, families_for
from workbench.scoring.score_map import score_of_raw
from workbench.scoring.session import ScoringSession
from workbench.scoring.windower import Windows

FEATURES = ("mean", "std", "slope", "kurtosis", "band_1", "band_5")


def make_spec(task="anomaly", n_channels=2, window=32):
    channels = tuple(ChannelSpec(name=f"PI-{index}", unit="bar") for index in range(n_channels))
    return ScoringSpec(
        task=task, channels=channels, sample_period_s=1, window_samples=window, stride_samples=8, hold_limit_s=2,
        rul_alert_h=24.0 if task == "rul" else None, classes=("normal", "seal leak") if task == "classify" else (),
    )  # fmt: skip


def passthrough_fragment(width=1):
    """raw = the first feature."""
    node = helper.make_node("Gather", ["features", "model_zero"], ["raw"], axis=1)
    zero = onnx.numpy_helper.from_array(np.array(0, np.int64), "model_zero")
    entry = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", width])
    leave = helper.make_tensor_value_info("raw", TensorProto.FLOAT, ["n"])
    graph = helper.make_graph([node], "model", [entry], [leave], [zero])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def mean_scorer(threshold_raw, scale):
    """Score of one-channel windows of two equal samples: the mean is the raw score, exactly."""
    spec = make_spec(n_channels=1, window=2)
    model = join(build_feature_graph(spec, ("mean",)), passthrough_fragment(), spec, threshold_raw, scale)
    return ScoringSession(to_bytes(model))


def repeat_twice(values):
    return np.repeat(np.asarray(values, np.float32)[:, np.newaxis, np.newaxis], 2, axis=1)


@pytest.fixture(scope="module")
def windows():
    rng = np.random.default_rng(1)
    steady = rng.normal(size=(400, 32, 2)) + 5
    steady[300:, :, 0] += np.linspace(0, 4, 100)[:, np.newaxis]
    return steady.astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e6, 1e6, width=32), st.sampled_from([1e-6, 0.37, 1.0, 1e5]), st.integers(0, 10_000))
def test_the_threshold_is_one_half_to_the_last_bit(threshold, scale, seed):
    near = [np.float32(threshold)]
    for direction in (-np.inf, np.inf):
        near.append(np.nextafter(near[0], np.float32(direction)))
    others = np.random.default_rng(seed).normal(threshold, abs(threshold) + scale, 50).astype(np.float32)
    raw = np.concatenate((np.array(near, np.float32), others))
    scores = mean_scorer(threshold, scale).score(repeat_twice(raw))
    assert scores.score[0] == 0.5
    np.testing.assert_array_equal(scores.score >= 0.5, raw >= np.float32(threshold))
    np.testing.assert_array_equal(scores.score, score_of_raw(raw, threshold, scale))
    np.testing.assert_array_equal(scores.raw, raw)


def test_the_score_rises_with_the_raw_score_and_stays_within_its_range():
    raw = np.sort(np.concatenate((np.random.default_rng(0).normal(size=500) * 100, [-3e38, 3e38, 0.0]))).astype(np.float32)
    score = mean_scorer(1.5, 2.0).score(repeat_twice(raw)).score
    assert (np.diff(score) >= 0).all()
    assert score.min() >= 0
    assert score.max() <= 1


@pytest.mark.parametrize(("threshold", "scale"), [(np.nan, 1), (np.inf, 1), (1e39, 1), (0, 0), (0, -1), (0, np.nan)])
def test_an_unusable_threshold_or_scale_is_refused(threshold, scale):
    with pytest.raises(ModelError):
        mean_scorer(threshold, scale)


@pytest.mark.parametrize("family", families_for("anomaly"), ids=lambda family: family.name)
def test_every_anomaly_family_scores_in_one_graph_as_in_its_parts(family, windows):
    spec = make_spec()
    graph = build_feature_graph(spec, FEATURES)
    features = extract(graph, windows)
    targets = (np.arange(400) >= 300).astype(float) if family.needs_targets else None
    fitted = family.build({}, 0).fit(features, targets, feature_columns(spec, FEATURES))
    raw = fitted.raw_score(features)
    threshold, scale = float(np.quantile(raw, 0.7)) + 1e-3, float(np.std(raw)) + 1.0
    scores = ScoringSession(to_bytes(join(graph, fitted.onnx_fragment(), spec, threshold, scale))).score(windows)
    np.testing.assert_allclose(scores.score, score_of_raw(raw, threshold, scale), atol=1e-5)


@pytest.mark.parametrize("task", ["classify", "rul"])
def test_a_task_with_more_to_say_has_its_own_output(task, windows):
    spec = make_spec(task)
    graph = build_feature_graph(spec, FEATURES)
    features = extract(graph, windows)
    targets = (np.arange(len(windows)) >= 300).astype(float) if task == "classify" else np.linspace(500, 0, len(windows))
    family = next(item for item in FAMILIES if task in item.tasks and item.needs_targets)
    fitted = family.build({}, 0).fit(features, targets, feature_columns(spec, FEATURES))
    scores = ScoringSession(to_bytes(join(graph, fitted.onnx_fragment(), spec, 0.0, 1.0))).score(windows)
    if task == "classify":
        np.testing.assert_allclose(scores.class_probabilities.sum(axis=1), 1, atol=1e-5)
    else:
        assert scores.rul_h.shape == (len(windows),)


def test_one_window_scores_as_it_does_among_others(windows):
    spec = make_spec()
    graph = build_feature_graph(spec, FEATURES)
    fitted = next(item for item in FAMILIES if item.name == "autoencoder").build({}, 0).fit(extract(graph, windows), None)
    session = ScoringSession(to_bytes(join(graph, fitted.onnx_fragment(), spec, 0.1, 1.0)))
    together = session.score(windows).score
    alone = np.concatenate([session.score(windows[at : at + 1]).score for at in range(0, 400, 25)])
    np.testing.assert_allclose(alone, together[::25], atol=1e-6)


def test_the_model_carries_its_specification_and_versions():
    spec = make_spec()
    model = join(build_feature_graph(spec, ("mean",)), passthrough_fragment(2), spec, 0.0, 1.0)
    assert (model.ir_version, IR_VERSION) == (10, 10)
    assert ScoringSession(to_bytes(model)).spec == spec


def test_a_window_with_a_missing_sample_has_no_score_and_the_others_have(windows):
    spec = make_spec()
    session = ScoringSession(to_bytes(join(build_feature_graph(spec, ("mean",)), passthrough_fragment(2), spec, 0.0, 1.0)))
    some = windows[:5].copy()
    some[2, 31, 1] = np.nan
    complete = ~np.isnan(some).any(axis=(1, 2))
    scores = session.score(Windows(values=some, end_ns=np.arange(5), is_complete=complete))
    assert np.isnan(scores.score).tolist() == np.isnan(scores.raw).tolist() == [False, False, True, False, False]


def test_no_windows_give_no_scores():
    assert mean_scorer(0, 1).score(np.empty((0, 2, 1), np.float32)).score.shape == (0,)


def test_windows_of_another_shape_are_refused_with_both_shapes():
    with pytest.raises(InputError, match=r"\(3, 2, 2\).*\[n, 2, 1\]"):
        mean_scorer(0, 1).score(np.zeros((3, 2, 2), np.float32))


def test_a_model_of_another_width_is_not_joined():
    spec = make_spec()
    with pytest.raises(ConversionError, match="2 features and the model takes 7"):
        join(build_feature_graph(spec, ("mean",)), passthrough_fragment(7), spec, 0.0, 1.0)


def test_a_damaged_model_is_a_model_error():
    with pytest.raises(ModelError, match="can't be loaded"):
        ScoringSession(b"not a model")
