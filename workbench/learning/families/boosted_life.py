"""Boosted trees for remaining useful life: hours left until the next labelled event begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import Task
from workbench.learning.families.base import (
    Features,
    Json,
    check_features,
    check_training,
    encode_array,
    floats,
    number,
    settings,
)
from workbench.learning.families.boosting import MAX_BINS, boosted_trees_of
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.threads import one_thread
from workbench.learning.families.trees import TreeTable, restore_trees, tree_node

if TYPE_CHECKING:
    import onnx

DEFAULTS: Json = {"rounds": 120, "leaves": 12, "learning_rate": 0.06, "samples_a_leaf": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBoostedLife:
    """Raw score = minus the hours left, so that higher is worse as everywhere."""

    n_features: int
    trees: TreeTable
    base: NDArray[np.float64]

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """−hours left [n] ≤ 0."""
        check_features(features, self.n_features)
        return np.asarray(-np.maximum(self.trees.sums(features)[:, 0] + self.base[0], 0))

    def onnx_fragment(self) -> onnx.ModelProto:
        """One tree node, not below 0; outputs the hours and their negative."""
        builder = FragmentBuilder(self.n_features)
        hours = builder.node("Relu", builder.column(tree_node(builder, self.trees, self.base), 0))
        return builder.build(raw=builder.node("Neg", hours), rul_h=hours)

    def parameters(self) -> dict[str, object]:
        """All trees and the base value."""
        return {"n_features": self.n_features, "base": encode_array(self.base), **self.trees.parameters()}


@dataclass(frozen=True, slots=True)
class _Estimator:
    rounds: int
    leaves: int
    learning_rate: float
    samples_a_leaf: int
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedBoostedLife:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import HistGradientBoostingRegressor

        check_training(features, targets, needs_targets=True)
        if targets is None or not np.isfinite(targets).all() or (targets < 0).any():
            raise ModelError("Hours left must be known and not negative for each training window.", "Label the end of life.")
        if np.ptp(targets) == 0:
            raise ModelError(f"All training windows have {targets[0]:g} hours left.", "Take recordings that run up to an event.")
        estimator = HistGradientBoostingRegressor(
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            learning_rate=self.learning_rate,
            min_samples_leaf=self.samples_a_leaf,
            early_stopping=False,
            max_bins=MAX_BINS,
            random_state=self.random_state,
        )
        with one_thread():
            estimator.fit(features, targets)
        trees, base = boosted_trees_of(estimator)
        return FittedBoostedLife(n_features=features.shape[1], trees=trees, base=base)


class BoostedLife:
    """See the module."""

    name = "boosted_life"
    title = "Boosted trees (hours left)"
    tasks: tuple[Task, ...] = ("rul",)
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

    def restore(self, parameters: Json) -> FittedBoostedLife:
        """From `parameters()`."""
        return FittedBoostedLife(
            n_features=int(number(parameters, "n_features")), trees=restore_trees(parameters), base=floats(parameters, "base")
        )
