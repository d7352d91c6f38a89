"""Boosted trees for faults: each tree corrects what those before it got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_classes, check_training, configured
from workbench.learning.families.boosting import BoostedEstimator, FittedBoosting
from workbench.learning.families.classifying import build_from_logits, log_odds
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.trees import tree_node

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBoostedTrees(FittedBoosting):
    """Raw score = log odds of not being normal."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Log odds [n] of not being normal."""
        margins = self.margins(features)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator(BoostedEstimator):
    rounds: int = 100
    learning_rate: float = 0.08

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedBoostedTrees:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import HistGradientBoostingClassifier

        check_training(features, targets, needs_targets=True)
        trees, base = self.fit_trees(
            HistGradientBoostingClassifier, features, check_classes(targets), l2_regularization=1.0, class_weight="balanced"
        )
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
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedBoostedTrees:
        """From `parameters()`."""
        return FittedBoostedTrees.restored(parameters)
