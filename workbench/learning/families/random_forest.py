"""Random forest: many deep trees on random parts of the data, averaged (Breiman, Machine Learning 45, 2001)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_classes, check_features, check_training, configured, whole
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.trees import TreeTable, join_trees, restore_trees, sklearn_tree, tree_node

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRandomForest:
    """Raw score = 1 − P(normal), the trees' mean.

    Summed from the other classes: a pump is normal nearly always, and 1 − P(normal) in float32 would lose the small rest that
    the score is about.
    """

    n_features: int
    trees: TreeTable

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """1 − P(normal) [n] in 0..1."""
        check_features(features, self.n_features)
        return np.asarray(self.trees.sums(features)[:, 1:].sum(axis=1))

    def onnx_fragment(self) -> onnx.ModelProto:
        """One tree node that sums the leaves' class shares."""
        builder = FragmentBuilder(self.n_features)
        probabilities = tree_node(builder, self.trees, np.zeros(self.trees.n_outputs))
        others = builder.constant(np.arange(1, self.trees.n_outputs, dtype=np.int64))
        raw = builder.row_sum(builder.node("Gather", probabilities, others, axis=1))
        return builder.build(raw=raw, class_probabilities=probabilities, n_classes=self.trees.n_outputs)

    def parameters(self) -> dict[str, object]:
        """All trees."""
        return {"n_features": self.n_features, **self.trees.parameters()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    n_trees: int = 80
    max_depth: int = 10
    samples_a_leaf: int = 5
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedRandomForest:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import RandomForestClassifier

        check_training(features, targets, needs_targets=True)
        classes = check_classes(targets)
        forest = RandomForestClassifier(
            n_estimators=self.n_trees,
            max_depth=self.max_depth,
            min_samples_leaf=self.samples_a_leaf,
            class_weight="balanced_subsample",
            random_state=self.random_state,
        ).fit(features, classes)
        trees = [_class_shares(tree.tree_, self.n_trees) for tree in forest.estimators_]
        return FittedRandomForest(n_features=features.shape[1], trees=join_trees(trees))


def _class_shares(tree: Any, n_trees: int) -> TreeTable:
    """One tree whose leaves hold P(class) / number of trees."""
    shares = tree.value[:, 0, :]
    return sklearn_tree(tree, shares / shares.sum(axis=1, keepdims=True) / n_trees)


class RandomForest:
    """See the module."""

    name = "random_forest"
    title = "Random forest"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = False
    needs_targets = True
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:
        """Settings: n_trees, max_depth, samples_a_leaf."""
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedRandomForest:
        """From `parameters()`."""
        return FittedRandomForest(n_features=whole(parameters, "n_features"), trees=restore_trees(parameters))
