"""Baseline for remaining useful life: always the hours that were usual in training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ModelError
from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured, number, whole
from workbench.learning.families.onnx_fragment import FEATURES_INPUT, FragmentBuilder

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedConstantLife:
    """Raw score = minus one number of hours."""

    n_features: int
    hours: float

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """−hours [n]."""
        return np.full(len(check_features(features, self.n_features)), -self.hours)

    def onnx_fragment(self) -> onnx.ModelProto:
        """The features times nothing, plus the hours."""
        builder = FragmentBuilder(self.n_features)
        nothing = builder.node("MatMul", FEATURES_INPUT, builder.constant(np.zeros((self.n_features, 1), np.float32)))
        hours = builder.column(builder.node("Add", nothing, builder.constant(np.array(self.hours, np.float32))), 0)
        return builder.build(raw=builder.node("Neg", hours), rul_h=hours)

    def parameters(self) -> dict[str, object]:
        """Width and hours."""
        return {"n_features": self.n_features, "hours": self.hours}


@dataclass(frozen=True, slots=True)
class _Estimator:
    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedConstantLife:  # noqa: ARG002 - the protocol's
        table = check_training(features, targets, needs_targets=True)
        if targets is None or not np.isfinite(targets).all():
            raise ModelError("Hours left must be known for each training window.", "Label the end of life.")
        return FittedConstantLife(n_features=table.shape[1], hours=float(np.float32(np.median(targets))))


class ConstantLife:
    """See the module."""

    name = "constant_life"
    title = "Usual hours"
    tasks: tuple[Task, ...] = ("rul",)
    is_baseline = True
    needs_targets = True
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """No settings."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedConstantLife:
        """From `parameters()`."""
        return FittedConstantLife(n_features=whole(parameters, "n_features"), hours=number(parameters, "hours"))
