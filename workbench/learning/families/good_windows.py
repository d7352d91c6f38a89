"""What all families that learn good windows share: they read levels, and score steady windows only.

Levels: of a log sampled in seconds, spreads and slopes have heavy tails after each start, and drown a fault that shifts
levels (sample pumps, 9 events on two unseen pumps: Mahalanobis catches 0 with all features, 6 with levels). A channel that
swings around nothing has its level in its spread. Steady: while the driver starts, stops or ramps, a score says nothing
about the pump's health; such a window gets the usual score of the reference. Both are inside the exported graph.
Without the settings `levels_only`, `steady_column` and `steady_limit` the wrapper does nothing.
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
    decode_array,
    encode_array,
    number,
    whole,
)
from workbench.learning.families.onnx_fragment import FEATURES_INPUT

if TYPE_CHECKING:
    import onnx

LEVELS_ONLY, STEADY_COLUMN, STEADY_LIMIT = "levels_only", "steady_column", "steady_limit"
_SELECTION = "good_windows"
_INNER_FEATURES, _INNER_RAW = "model_levels", "model_any_raw"
_SWING_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedGoodWindows:
    """The inner model on some columns, where feature `gate` is at most `limit`; `usual` elsewhere. `gate` -1: everywhere."""

    inner: FittedFamily
    n_features: int
    columns: NDArray[np.int64]
    gate: int
    limit: float
    usual: float

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Raw score [n] of the inner model, `usual` for unsteady windows."""
        check_features(features, self.n_features)
        raw = self.inner.raw_score(np.ascontiguousarray(features[:, self.columns]))
        return raw if self.gate < 0 else np.where(features[:, self.gate] > np.float32(self.limit), self.usual, raw)

    def onnx_fragment(self) -> onnx.ModelProto:
        """The inner fragment with a Gather before and a Where behind it."""
        import onnx
        from onnx import helper, numpy_helper

        model = self.inner.onnx_fragment()
        inner = list(model.graph.node)
        for node in inner:
            node.input[:] = [_INNER_FEATURES if name == FEATURES_INPUT else name for name in node.input]
            node.output[:] = [_INNER_RAW if name == RAW_OUTPUT else name for name in node.output]
        constants: dict[str, NDArray[np.generic]] = {
            "model_columns": self.columns,
            "model_gate": np.array(max(self.gate, 0), np.int64),
            "model_limit": np.array(self.limit if self.gate >= 0 else np.finfo(np.float32).max, np.float32),
            "model_usual": np.array(self.usual, np.float32),
        }
        del model.graph.node[:]
        model.graph.node.extend(
            [
                helper.make_node("Gather", [FEATURES_INPUT, "model_columns"], [_INNER_FEATURES], axis=1),
                *inner,
                helper.make_node("Gather", [FEATURES_INPUT, "model_gate"], ["model_spread"], axis=1),
                helper.make_node("Greater", ["model_spread", "model_limit"], ["model_is_unsteady"]),
                helper.make_node("Where", ["model_is_unsteady", "model_usual", _INNER_RAW], [RAW_OUTPUT]),
            ]
        )
        model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
        model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = self.n_features
        onnx.checker.check_model(model)
        return model

    def parameters(self) -> dict[str, object]:
        """The inner model's, and what is selected."""
        selection = {
            "n_features": self.n_features, "columns": encode_array(self.columns), "gate": self.gate, "limit": self.limit,
            "usual": self.usual,
        }  # fmt: skip
        return {**self.inner.parameters(), _SELECTION: selection}


@dataclass(frozen=True, slots=True)
class _Estimator:
    inner: Estimator
    levels_only: bool
    gate: int
    limit: float

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedFamily:
        table = check_features(features)
        columns = level_columns(table, names) if self.levels_only else np.arange(table.shape[1])
        is_steady = np.ones(len(table), np.bool_)
        if self.gate >= 0:
            is_steady = features[:, self.gate] <= np.float32(self.limit)
        # A pump that never stands still is scored as it is.
        gate = self.gate if is_steady.sum() >= MINIMUM_ROWS else -1
        rows = features[is_steady] if gate >= 0 else features
        chosen = np.ascontiguousarray(rows[:, columns])
        fitted = self.inner.fit(chosen, targets, [names[column] for column in columns] if len(names) else ())
        usual = float(np.float32(np.median(fitted.raw_score(chosen))))
        return FittedGoodWindows(
            inner=fitted, n_features=table.shape[1], columns=columns, gate=gate, limit=float(np.float32(self.limit)), usual=usual
        )


def level_columns(table: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.int64]:
    """Columns of `table` [n, k] that are levels: each channel's mean, or its std where it swings around nothing; by `names`.

    All columns where no name says mean(…).
    """
    places = {name: index for index, name in enumerate(names)}
    chosen = []
    for name, column in places.items():
        if not name.startswith("mean("):
            continue
        spread = places.get(f"std({name[5:]}")
        swings = spread is not None and np.std(table[:, column]) < _SWING_SHARE * np.median(table[:, spread])
        chosen.append(spread if spread is not None and swings else column)
    return np.array(chosen or range(table.shape[1]), np.int64)


class GoodWindows:
    """A family with the selection around it; everything else is the inner family's."""

    def __init__(self, inner: ModelFamily) -> None:
        self.inner = inner
        self.name = inner.name
        self.title = inner.title
        self.tasks: tuple[Task, ...] = inner.tasks
        self.is_baseline = inner.is_baseline
        self.needs_targets = inner.needs_targets
        self.is_network = inner.is_network

    def build(self, params: Json, random_state: int) -> Estimator:
        """The inner family's settings; levels_only (0, 1), steady_column (index of a feature), steady_limit (in its unit)."""
        own = {name: value for name, value in params.items() if name in (LEVELS_ONLY, STEADY_COLUMN, STEADY_LIMIT)}
        estimator = self.inner.build({name: value for name, value in params.items() if name not in own}, random_state)
        if not own:
            return estimator
        chosen = {LEVELS_ONLY: 0.0, STEADY_COLUMN: -1.0, STEADY_LIMIT: 0.0, **own}
        return _Estimator(estimator, number(chosen, LEVELS_ONLY) > 0, whole(chosen, STEADY_COLUMN), number(chosen, STEADY_LIMIT))

    def restore(self, parameters: Json) -> FittedFamily:
        """From `parameters()`, with or without a selection."""
        selection = parameters.get(_SELECTION)
        inner = self.inner.restore({name: value for name, value in parameters.items() if name != _SELECTION})
        if not isinstance(selection, dict):
            return inner
        return FittedGoodWindows(
            inner=inner,
            n_features=whole(selection, "n_features"),
            columns=decode_array(selection, "columns").astype(np.int64),
            gate=whole(selection, "gate"),
            limit=number(selection, "limit"),
            usual=number(selection, "usual"),
        )
