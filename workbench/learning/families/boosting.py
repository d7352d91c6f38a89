"""What both boosted families share: sklearn's histogram gradient boosting as a tree table.

Ke et al., "LightGBM: a highly efficient gradient boosting decision tree", NIPS 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from workbench.learning.families.base import Features, Json, check_features, encode_array, floats, whole
from workbench.learning.families.threads import one_thread
from workbench.learning.families.trees import TreeTable, join_trees, one_tree, restore_trees

MAX_BINS = 63
"""A quarter of sklearn's default: four times as fast, and no worse on the windows of a few pumps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostedEstimator:
    """The settings of both families; each says its own number of rounds and learning rate."""

    rounds: int
    learning_rate: float
    leaves: int = 12
    samples_a_leaf: int = 20
    random_state: int

    def fit_trees(
        self, kind: Callable[..., Any], features: Features, targets: NDArray[np.generic], **more: object
    ) -> tuple[TreeTable, NDArray[np.float64]]:
        """Fit sklearn's estimator of this kind on [n, k] features and [n] targets; its trees and base score [c]."""
        estimator = kind(
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            learning_rate=self.learning_rate,
            min_samples_leaf=self.samples_a_leaf,
            early_stopping=False,
            max_bins=MAX_BINS,
            random_state=self.random_state,
            **more,
        )
        with one_thread():
            estimator.fit(features, targets)
        return boosted_trees_of(estimator)


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBoosting:
    """The sum of all trees over a base score."""

    n_features: int
    trees: TreeTable
    base: NDArray[np.float64]
    """[c]: what the trees' sum starts from."""

    @classmethod
    def restored(cls, parameters: Json) -> Self:
        """From `parameters()`."""
        return cls(n_features=whole(parameters, "n_features"), trees=restore_trees(parameters), base=floats(parameters, "base"))

    def margins(self, features: Features) -> NDArray[np.float64]:
        """The sums [n, c]. Raises ModelError on NaN or another width."""
        check_features(features, self.n_features)
        return self.trees.sums(features) + self.base

    def parameters(self) -> dict[str, object]:
        """All trees and the base score."""
        return {"n_features": self.n_features, "base": encode_array(self.base), **self.trees.parameters()}


def boosted_trees_of(fitted: Any) -> tuple[TreeTable, NDArray[np.float64]]:
    """All trees of a fitted HistGradientBoosting estimator, and its base score [c] float32-exact.

    The internals of sklearn are read here and nowhere else (`_predictors`, `_baseline_prediction`, sklearn 1.9).
    """
    base = np.asarray(fitted._baseline_prediction, dtype=np.float64).reshape(-1)
    parts = [
        _tree(predictor.nodes, output, len(base)) for round_ in fitted._predictors for output, predictor in enumerate(round_)
    ]
    return join_trees(parts), base.astype(np.float32).astype(np.float64)


def _tree(nodes: Any, output: int, n_outputs: int) -> TreeTable:
    values = np.zeros((len(nodes), n_outputs), np.float32)
    values[:, output] = nodes["value"]
    return one_tree(
        is_leaf=nodes["is_leaf"].astype(bool), feature=nodes["feature_idx"], threshold=nodes["num_threshold"],
        left=nodes["left"], right=nodes["right"], values=values,
    )  # fmt: skip
