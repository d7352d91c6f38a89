"""Score steady windows only: while the driver starts, stops or ramps, an anomaly score says nothing about the pump's health.

Wraps a family that learns good windows. A window counts as unsteady when one feature (the spread of speed, power, current
or flow within the window) is over a limit; it gets the usual score of the reference, inside the exported graph too.
Without the settings `steady_column` and `steady_limit` the wrapper does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import RAW_OUTPUT, Task
from workbench.learning.families.base import (
    MINIMUM_ROWS,
    Estimator,
    Features,
    FittedFamily,
    Json,
    ModelFamily,
    check_features,
    number,
)
from workbench.learning.families.onnx_fragment import FEATURES_INPUT

if TYPE_CHECKING:
    import onnx

COLUMN, LIMIT = "steady_column", "steady_limit"
_GATE = "steady_gate"
_INNER_RAW = "model_any_raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedSteady:
    """The inner model's raw score where feature `column` is at most `limit`, else `usual`."""

    inner: FittedFamily
    column: int
    limit: float
    usual: float

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Raw score [n] of the inner model, `usual` for unsteady windows."""
        raw = self.inner.raw_score(features)
        return np.where(features[:, self.column] > np.float32(self.limit), self.usual, raw)

    def onnx_fragment(self) -> onnx.ModelProto:
        """The inner fragment, and one Where behind it."""
        import onnx
        from onnx import helper, numpy_helper

        model = self.inner.onnx_fragment()
        for node in model.graph.node:
            node.output[:] = [_INNER_RAW if name == RAW_OUTPUT else name for name in node.output]
        constants: dict[str, NDArray[np.generic]] = {
            "model_steady_column": np.array(self.column, np.int64),
            "model_steady_limit": np.array(self.limit, np.float32),
            "model_steady_usual": np.array(self.usual, np.float32),
        }
        model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
        model.graph.node.extend(
            [
                helper.make_node("Gather", [FEATURES_INPUT, "model_steady_column"], ["model_steady_spread"], axis=1),
                helper.make_node("Greater", ["model_steady_spread", "model_steady_limit"], ["model_is_unsteady"]),
                helper.make_node("Where", ["model_is_unsteady", "model_steady_usual", _INNER_RAW], [RAW_OUTPUT]),
            ]
        )
        onnx.checker.check_model(model)
        return model

    def parameters(self) -> dict[str, object]:
        """The inner model's, and the gate."""
        gate = {"column": self.column, "limit": self.limit, "usual": self.usual}
        return {**self.inner.parameters(), _GATE: gate}


@dataclass(frozen=True, slots=True)
class _Estimator:
    inner: Estimator
    column: int
    limit: float

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedFamily:
        check_features(features)
        is_steady = features[:, self.column] <= np.float32(self.limit)
        if is_steady.sum() < MINIMUM_ROWS:
            # A pump that never stands still is scored as it is.
            return self.inner.fit(features, targets, names)
        fitted = self.inner.fit(features[is_steady], None if targets is None else targets[is_steady], names)
        usual = float(np.float32(np.median(fitted.raw_score(features[is_steady]))))
        return FittedSteady(inner=fitted, column=self.column, limit=float(np.float32(self.limit)), usual=usual)


class SteadyOnly:
    """A family with the gate before it; everything else is the inner family's."""

    def __init__(self, inner: ModelFamily) -> None:
        self.inner = inner
        self.name = inner.name
        self.title = inner.title
        self.tasks: tuple[Task, ...] = inner.tasks
        self.is_baseline = inner.is_baseline
        self.needs_targets = inner.needs_targets
        self.is_network = inner.is_network

    def build(self, params: Json, random_state: int) -> Estimator:
        """The inner family's settings, and steady_column (index of a feature), steady_limit (in its unit)."""
        own = {name: value for name, value in params.items() if name in (COLUMN, LIMIT)}
        estimator = self.inner.build({name: value for name, value in params.items() if name not in own}, random_state)
        if set(own) != {COLUMN, LIMIT}:
            return estimator
        return _Estimator(estimator, int(number(own, COLUMN)), number(own, LIMIT))

    def restore(self, parameters: Json) -> FittedFamily:
        """From `parameters()`, with or without a gate."""
        gate = parameters.get(_GATE)
        inner = self.inner.restore({name: value for name, value in parameters.items() if name != _GATE})
        if not isinstance(gate, dict):
            return inner
        return FittedSteady(
            inner=inner, column=int(number(gate, "column")), limit=number(gate, "limit"), usual=number(gate, "usual")
        )
