"""Boosted trees for faults: each tree corrects what those before it got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import (
    Features,
    Json,
    check_classes,
    check_features,
    check_training,
    encode_array,
    floats,
    number,
    settings,
)
from workbench.learning.families.boosting import MAX_BINS, boosted_trees_of
from workbench.learning.families.classifying import build_from_logits, log_odds
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.threads import one_thread
from workbench.learning.families.trees import TreeTable, restore_trees, tree_node

if TYPE_CHECKING:
    import onnx

DEFAULTS: Json = {"rounds": 100, "leaves": 12, "learning_rate": 0.08, "samples_a_leaf": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBoostedTrees:
    """Raw score = log odds of not being normal."""

    n_features: int
    trees: TreeTable
    base: NDArray[np.float64]
    """[o]: what the trees' sum starts from; one output for two classes, else one a class."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Log odds [n] of not being normal."""
        check_features(features, self.n_features)
        margins = self.trees.sums(features) + self.base
        return margins[:, 0] if margins.shape[1] == 1 else log_odds(margins)

    def onnx_fragment(self) -> onnx.ModelProto:
        """One tree node, then log odds and softmax."""
        builder = FragmentBuilder(self.n_features)
        logits = tree_node(builder, self.trees, self.base)
        if len(self.base) > 1:
            return build_from_logits(builder, logits, len(self.base))
        # Two classes have one margin m; (0, m) are their logits.
        pair = builder.node("Mul", logits, builder.constant(np.array([[0, 1]], np.float32)))
        return build_from_logits(builder, pair, 2)

    def parameters(self) -> dict[str, object]:
        """All trees and the base score."""
        return {"n_features": self.n_features, "base": encode_array(self.base), **self.trees.parameters()}


@dataclass(frozen=True, slots=True)
class _Estimator:
    rounds: int
    leaves: int
    learning_rate: float
    samples_a_leaf: int
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedBoostedTrees:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import HistGradientBoostingClassifier

        check_training(features, targets, needs_targets=True)
        classes = check_classes(targets)
        estimator = HistGradientBoostingClassifier(
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            learning_rate=self.learning_rate,
            min_samples_leaf=self.samples_a_leaf,
            l2_regularization=1.0,
            early_stopping=False,
            max_bins=MAX_BINS,
            class_weight="balanced",
            random_state=self.random_state,
        )
        with one_thread():
            estimator.fit(features, classes)
        trees, base = boosted_trees_of(estimator)
        return FittedBoostedTrees(n_features=features.shape[1], trees=trees, base=base)


class BoostedTrees:
    """See the module."""

    name = "boosted_trees"
    title = "Boosted trees"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = False
    needs_targets = True
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:
        """Settings: rounds, leaves, learning_rate, samples_a_leaf."""
        chosen = settings(DEFAULTS, params)
        return _Estimator(
            int(number(chosen, "rounds")),
            int(number(chosen, "leaves")),
            number(chosen, "learning_rate"),
            int(number(chosen, "samples_a_leaf")),
            random_state,
        )

    def restore(self, parameters: Json) -> FittedBoostedTrees:
        """From `parameters()`."""
        return FittedBoostedTrees(
            n_features=int(number(parameters, "n_features")), trees=restore_trees(parameters), base=floats(parameters, "base")
        )
