"""One contract for all model families: deterministic, the same in numpy and ONNX, whole in JSON, clear when refused."""

from __future__ import annotations

import functools
import json

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.learning.families.base import FittedFamily, ModelFamily
from workbench.learning.families.good_windows import level_columns
from workbench.learning.families.registry import FAMILIES, families_for, find_family

N_FEATURES = 12
NAMES = tuple(f"mean(c{index})" for index in range(6)) + tuple(f"sd(c{index})" for index in range(6))
EACH = pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])


def make_features(seed: int, n: int = 600) -> NDArray[np.float32]:
    """Correlated features with offsets far from zero, one of them constant, and some odd rows."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(0).normal(size=(4, N_FEATURES))
    table = rng.normal(size=(n, 4)) @ mixing + 0.3 * rng.normal(size=(n, N_FEATURES))
    table = table * np.geomspace(0.01, 100, N_FEATURES) + np.geomspace(1000, 0.1, N_FEATURES)
    table[:, 5] = 7.0
    table[::17] += 3 * table.std(axis=0)
    return table.astype(np.float32)


def make_targets(family: ModelFamily, features: NDArray[np.float32], n_classes: int = 2) -> NDArray[np.float64] | None:
    if not family.needs_targets:
        return None
    order = np.argsort(np.argsort(features[:, 0] + features[:, 8] / 50))
    if family.tasks == ("rul",):
        return order / 10.0
    return np.floor(order * n_classes / len(order))


@functools.cache
def fit(family: ModelFamily, seed: int = 3, n_classes: int = 2) -> FittedFamily:
    features = make_features(1)
    return family.build({}, seed).fit(features, make_targets(family, features, n_classes), NAMES)


def area_under_roc(raw: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    ranks = np.argsort(np.argsort(raw))
    return float((ranks[positive].mean() - (positive.sum() - 1) / 2) / (~positive).sum())


def run_fragment(fitted: FittedFamily, features: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(fitted.onnx_fragment().SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {"features": features}), strict=True))


@EACH
def test_the_fragment_agrees_with_the_reference(family: ModelFamily) -> None:
    fitted = fit(family)
    unseen = make_features(2, 2000)
    raw = run_fragment(fitted, unseen)["raw"]
    reference = fitted.raw_score(unseen)
    assert raw.shape == (2000,)
    assert raw.dtype == np.float32
    close = np.abs(raw - reference) <= 1e-5 * np.maximum(1, np.abs(reference))
    assert close.mean() >= 0.999


@EACH
def test_the_same_seed_gives_the_same_model(family: ModelFamily) -> None:
    again = fit.__wrapped__(family)
    assert fit(family).onnx_fragment().SerializeToString() == again.onnx_fragment().SerializeToString()


@EACH
def test_parameters_survive_json_and_give_the_same_scores(family: ModelFamily) -> None:
    fitted = fit(family)
    restored = family.restore(json.loads(json.dumps(fitted.parameters())))
    unseen = make_features(4, 50)
    np.testing.assert_array_equal(restored.raw_score(unseen), fitted.raw_score(unseen))
    assert restored.parameters() == fitted.parameters()


@EACH
def test_fragments_keep_to_the_agreed_versions(family: ModelFamily) -> None:
    model = fit(family).onnx_fragment()
    assert model.ir_version == 10
    assert {entry.domain: entry.version for entry in model.opset_import} == {"": 20, "ai.onnx.ml": 3}
    assert [entry.name for entry in model.graph.input] == ["features"]


@EACH
def test_one_window_is_scored_as_it_is_among_others(family: ModelFamily) -> None:
    fitted = fit(family)
    unseen = make_features(5, 40)
    alone = np.concatenate([run_fragment(fitted, unseen[row : row + 1])["raw"] for row in range(40)])
    np.testing.assert_allclose(alone, run_fragment(fitted, unseen)["raw"], rtol=1e-5, atol=1e-5)


@EACH
def test_a_missing_value_is_refused_with_its_place(family: ModelFamily) -> None:
    features = make_features(1)
    features[7, 3] = np.nan
    with pytest.raises(ModelError, match="Feature 3 of window 7"):
        family.build({}, 0).fit(features, make_targets(family, make_features(1)), NAMES)
    with pytest.raises(ModelError, match="Feature 3 of window 7"):
        fit(family).raw_score(features)


@EACH
def test_no_windows_are_refused(family: ModelFamily) -> None:
    with pytest.raises(ModelError, match="too few"):
        family.build({}, 0).fit(np.zeros((0, N_FEATURES), np.float32), np.zeros(0), NAMES)


@EACH
def test_another_width_is_refused(family: ModelFamily) -> None:
    with pytest.raises(ModelError, match="takes 12 features, not 5"):
        fit(family).raw_score(np.zeros((3, 5), np.float32))


@EACH
def test_unknown_settings_are_refused(family: ModelFamily) -> None:
    with pytest.raises(ModelError, match="no setting 'no_such'"):
        family.build({"no_such": 1}, 0)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f.needs_targets and not f.is_baseline], ids=lambda family: family.name)
def test_labelled_windows_of_one_kind_only_are_refused(family: ModelFamily) -> None:
    with pytest.raises(ModelError, match="All"):
        family.build({}, 0).fit(make_features(1), np.zeros(600), NAMES)
    with pytest.raises(ModelError, match="labelled windows, and there are none"):
        family.build({}, 0).fit(make_features(1), None, NAMES)


@pytest.mark.parametrize("family", [f for f in families_for("classify") if f.needs_targets], ids=lambda family: family.name)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_class_probabilities_add_up_and_order_as_the_raw_score(family: ModelFamily, n_classes: int) -> None:
    fitted = fit(family, n_classes=n_classes)
    unseen = make_features(6, 300)
    outputs = run_fragment(fitted, unseen)
    probabilities = outputs["class_probabilities"]
    assert probabilities.shape == (300, n_classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    order = np.argsort(outputs["raw"])
    assert np.all(np.diff(probabilities[order, 0]) <= 1e-5)
    close = np.abs(outputs["raw"] - fitted.raw_score(unseen)) <= 1e-5 * np.maximum(1, np.abs(outputs["raw"]))
    assert close.mean() >= 0.999


@pytest.mark.parametrize("name", ["boosted_trees", "random_forest", "logistic", "mlp"])
def test_classifiers_learn_what_is_there_to_learn(name: str) -> None:
    family = find_family(name)
    unseen = make_features(8)
    targets = make_targets(family, unseen)
    assert targets is not None
    assert area_under_roc(fit(family).raw_score(unseen), targets > 0) > 0.9


@pytest.mark.parametrize("name", ["mahalanobis", "pca", "isolation_forest", "autoencoder", "fixed_limit"])
def test_anomaly_families_rank_strange_windows_above_usual_ones(name: str) -> None:
    usual, strange = make_features(9), make_features(9)
    strange[:, 2] += 8 * usual[:, 2].std()
    strange[:, 4] -= 8 * usual[:, 4].std()
    fitted = find_family(name).build({}, 1).fit(usual, None, NAMES)
    raw = np.concatenate([fitted.raw_score(usual), fitted.raw_score(strange)])
    assert area_under_roc(raw, np.arange(len(raw)) >= len(usual)) > 0.9


def test_hours_left_are_never_negative_and_told_beside_the_raw_score() -> None:
    outputs = run_fragment(fit(find_family("boosted_life")), make_features(6))
    assert (outputs["rul_h"] >= 0).all()
    np.testing.assert_array_equal(outputs["raw"], -outputs["rul_h"])


def test_trees_agree_with_the_library_they_come_from() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest

    from workbench.learning.families.boosting import boosted_trees_of

    features = make_features(1)
    classes = make_targets(find_family("boosted_trees"), features)
    boosted = HistGradientBoostingClassifier(max_iter=30, early_stopping=False, random_state=0).fit(features, classes)
    trees, base = boosted_trees_of(boosted)
    np.testing.assert_allclose(trees.sums(features)[:, 0] + base[0], boosted.decision_function(features), atol=1e-5)
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=3).fit(features)
    ours = fit(find_family("isolation_forest")).raw_score(features)
    np.testing.assert_allclose(ours, -forest.score_samples(features), atol=1e-5)


def test_a_forest_keeps_its_digits_where_nearly_every_window_is_normal() -> None:
    features, unseen = make_features(1), make_features(3)
    targets = (features[:, 0] >= np.sort(features[:, 0])[-25]).astype(np.float64)
    fitted = find_family("random_forest").build({}, 3).fit(features, targets, NAMES)
    raw, reference = run_fragment(fitted, unseen)["raw"], fitted.raw_score(unseen)
    small = (reference > 0) & (reference < 0.05)
    assert small.sum() > 50
    np.testing.assert_allclose(raw[small], reference[small], rtol=1e-6)


def test_an_unknown_family_is_refused_with_the_known_names() -> None:
    with pytest.raises(ModelError, match="no model family 'deep_magic'"):
        find_family("deep_magic")


def test_families_of_good_windows_can_read_levels_of_steady_windows_only() -> None:
    features = make_features(1)
    limit = float(np.quantile(features[:, 7], 0.8))
    settings = {"levels_only": 1.0, "steady_column": 7, "steady_limit": limit}
    fitted = find_family("mahalanobis").build(settings, 1).fit(features, None, NAMES)
    unseen = make_features(3)
    raw, reference = run_fragment(fitted, unseen)["raw"], fitted.raw_score(unseen)
    np.testing.assert_allclose(raw, reference, atol=1e-5)
    is_unsteady = unseen[:, 7] > np.float32(limit)
    assert len(set(raw[is_unsteady])) == 1
    assert len(set(raw[~is_unsteady])) > 100
    restored = find_family("mahalanobis").restore(json.loads(json.dumps(fitted.parameters())))
    np.testing.assert_array_equal(restored.raw_score(unseen), reference)
    other_spreads = unseen.copy()
    other_spreads[:, 8:] *= 3
    np.testing.assert_array_equal(fitted.raw_score(other_spreads), reference)


def test_the_level_of_a_channel_that_swings_around_nothing_is_its_spread() -> None:
    rng = np.random.default_rng(0)
    table = np.column_stack(
        [rng.normal(0, 0.01, 100), rng.normal(5, 1, 100), rng.uniform(0.9, 1.1, 100), rng.uniform(0, 0.1, 100)]
    )
    assert level_columns(table, ("mean(vibration)", "mean(pressure)", "std(vibration)", "std(pressure)")).tolist() == [2, 1]
