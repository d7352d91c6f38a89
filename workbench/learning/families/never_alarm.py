"""Baseline: never an alarm. What a model must beat to be worth anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured, whole
from workbench.learning.families.onnx_fragment import FEATURES_INPUT, FragmentBuilder

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedNeverAlarm:
    """Raw score 0, whatever comes."""

    n_features: int

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Zeros [n]."""
        return np.zeros(len(check_features(features, self.n_features)))

    def onnx_fragment(self) -> onnx.ModelProto:
        """The features times nothing."""
        builder = FragmentBuilder(self.n_features)
        weights = builder.constant(np.zeros((self.n_features, 1), np.float32))
        return builder.build(raw=builder.column(builder.node("MatMul", FEATURES_INPUT, weights), 0))

    def parameters(self) -> dict[str, object]:
        """The width alone."""
        return {"n_features": self.n_features}


@dataclass(frozen=True, slots=True)
class _Estimator:
    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedNeverAlarm:  # noqa: ARG002 - the protocol's
        return FittedNeverAlarm(n_features=check_training(features, targets).shape[1])


class NeverAlarm:
    """See the module."""

    name = "never_alarm"
    title = "Never alarm"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = True
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """No settings."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedNeverAlarm:
        """From `parameters()`."""
        return FittedNeverAlarm(n_features=whole(parameters, "n_features"))
