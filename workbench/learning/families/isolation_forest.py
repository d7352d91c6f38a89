"""Isolation forest: odd windows are cut off from the others by few random splits.

Liu, Ting and Zhou, "Isolation forest", ICDM 2008: score = 2^(−E(h)/c(n)), h the depth of the leaf plus c(size of the
leaf), c(n) = 2 H(n − 1) − 2 (n − 1)/n (eq. 1 and 2). The forest is one ONNX tree node that sums path lengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured, number, whole
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.trees import TreeTable, join_trees, restore_trees, sklearn_tree, tree_node

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedIsolationForest:
    """Raw score = 2^(−path length / usual path length), 0..1."""

    n_features: int
    trees: TreeTable
    usual_length: float
    """Number of trees × c(samples a tree)."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Anomaly score [n] in 0..1; about 0.5 is usual."""
        check_features(features, self.n_features)
        return np.asarray(np.exp2(-self.trees.sums(features)[:, 0] / self.usual_length))

    def onnx_fragment(self) -> onnx.ModelProto:
        """One tree node that sums path lengths, then 2^(−x)."""
        builder = FragmentBuilder(self.n_features)
        length = builder.column(tree_node(builder, self.trees, np.zeros(1)), 0)
        share = builder.node("Div", length, builder.constant(np.array(-self.usual_length, np.float32)))
        return builder.build(raw=builder.node("Pow", builder.constant(np.array(2, np.float32)), share))

    def parameters(self) -> dict[str, object]:
        """All trees."""
        return {"n_features": self.n_features, "usual_length": self.usual_length, **self.trees.parameters()}


def usual_path_length(n_samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """c(n) of the paper: mean depth of an unsuccessful search in a binary tree of n samples; 0 for 1, 1 for 2."""
    n = np.maximum(n_samples, 3)
    length = 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n
    return np.where(n_samples >= 3, length, np.where(n_samples == 2, 1.0, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    n_trees: int = 100
    samples_a_tree: int = 256
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedIsolationForest:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import IsolationForest as Forest

        n_rows = len(check_training(features, targets))
        n_samples = min(self.samples_a_tree, n_rows)
        forest = Forest(n_estimators=self.n_trees, max_samples=n_samples, random_state=self.random_state).fit(features)
        trees = join_trees([_path_lengths(tree.tree_) for tree in forest.estimators_])
        usual = self.n_trees * float(usual_path_length(np.array([float(n_samples)]))[0])
        return FittedIsolationForest(n_features=features.shape[1], trees=trees, usual_length=usual)


def _path_lengths(tree: Any) -> TreeTable:
    """One tree whose leaves hold depth + c(samples in the leaf)."""
    left, right = tree.children_left, tree.children_right
    depth = np.zeros(tree.node_count)
    for node in np.flatnonzero(left >= 0):  # parents come before their children
        depth[left[node]] = depth[right[node]] = depth[node] + 1
    length = depth + usual_path_length(tree.n_node_samples.astype(np.float64))
    return sklearn_tree(tree, length[:, None])


class IsolationForest:
    """See the module."""

    name = "isolation_forest"
    title = "Isolation forest"
    tasks: tuple[Task, ...] = ("anomaly",)
    is_baseline = False
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:
        """Settings: n_trees, samples_a_tree."""
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedIsolationForest:
        """From `parameters()`."""
        return FittedIsolationForest(
            n_features=whole(parameters, "n_features"),
            trees=restore_trees(parameters),
            usual_length=number(parameters, "usual_length"),
        )
