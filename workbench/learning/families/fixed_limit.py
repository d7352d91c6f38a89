"""Baseline: a fixed limit on each channel's level, as a control system has it.

The level is the channel's mean over the window. Its distance from the reference median, in robust standard
deviations, is compared with one limit for all channels; the largest counts.
"""

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
    check_features,
    check_training,
    configured,
    decode_array,
    encode_array,
    floats,
    whole,
)
from workbench.learning.families.onnx_fragment import FEATURES_INPUT, FragmentBuilder
from workbench.learning.families.scaling import robust_scaling

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedFixedLimit:
    """Raw score = largest |level − median| × gain over the columns that are levels."""

    n_features: int
    columns: NDArray[np.int64]
    centre: NDArray[np.float64]
    gain: NDArray[np.float64]

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Largest distance [n] ≥ 0, in robust standard deviations."""
        levels = check_features(features, self.n_features)[:, self.columns]
        return np.asarray(np.abs((levels - self.centre) * self.gain).max(axis=1))

    def onnx_fragment(self) -> onnx.ModelProto:
        """Gather, standardise, largest."""
        builder = FragmentBuilder(self.n_features)
        levels = builder.cast(builder.node("Gather", FEATURES_INPUT, builder.constant(self.columns), axis=1), np.float64)
        distance = builder.node("Mul", builder.node("Sub", levels, builder.constant(self.centre)), builder.constant(self.gain))
        largest = builder.node("ReduceMax", builder.node("Abs", distance), builder.constant(np.array([1], np.int64)), keepdims=0)
        return builder.build(raw=largest)

    def parameters(self) -> dict[str, object]:
        """Columns and limits."""
        arrays = {name: encode_array(getattr(self, name)) for name in ("columns", "centre", "gain")}
        return {"n_features": self.n_features, **arrays}


@dataclass(frozen=True, slots=True)
class _Estimator:
    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedFixedLimit:
        table = check_training(features, targets)
        levels = [index for index, name in enumerate(names) if name.startswith("mean(")]
        columns = np.array(levels or range(table.shape[1]), dtype=np.int64)
        centre, gain = robust_scaling(table[:, columns])
        return FittedFixedLimit(n_features=table.shape[1], columns=columns, centre=centre, gain=gain)


class FixedLimit:
    """See the module."""

    name = "fixed_limit"
    title = "Fixed limit"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = True
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """No settings."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedFixedLimit:
        """From `parameters()`."""
        return FittedFixedLimit(
            n_features=whole(parameters, "n_features"),
            columns=decode_array(parameters, "columns").astype(np.int64),
            centre=floats(parameters, "centre"),
            gain=floats(parameters, "gain"),
        )
