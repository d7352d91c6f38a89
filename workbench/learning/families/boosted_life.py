"""Boosted trees for remaining useful life: hours left until the next labelled event begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_training, configured
from workbench.learning.families.boosting import BoostedEstimator, FittedBoosting
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.trees import tree_node

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBoostedLife(FittedBoosting):
    """Raw score = minus the hours left, so that higher is worse as everywhere."""

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """−hours left [n] ≤ 0."""
        return np.asarray(-np.maximum(self.margins(features)[:, 0], 0))

    def onnx_fragment(self) -> onnx.ModelProto:
        """One tree node, not below 0; outputs the hours and their negative."""
        builder = FragmentBuilder(self.n_features)
        hours = builder.node("Relu", builder.column(tree_node(builder, self.trees, self.base), 0))
        return builder.build(raw=builder.node("Neg", hours), rul_h=hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator(BoostedEstimator):
    rounds: int = 120
    learning_rate: float = 0.06

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedBoostedLife:  # noqa: ARG002 - the protocol's
        from sklearn.ensemble import HistGradientBoostingRegressor

        check_training(features, targets, needs_targets=True)
        if targets is None or not np.isfinite(targets).all() or (targets < 0).any():
            raise ModelError("Hours left must be known and not negative for each training window.", "Label the end of life.")
        if np.ptp(targets) == 0:
            raise ModelError(f"All training windows have {targets[0]:g} hours left.", "Take recordings that run up to an event.")
        trees, base = self.fit_trees(HistGradientBoostingRegressor, features, targets)
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
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedBoostedLife:
        """From `parameters()`."""
        return FittedBoostedLife.restored(parameters)
