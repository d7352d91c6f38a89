"""Baseline: alarms at random. The score is a hash of the window's features, so it is the same each time and knows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured, encode_array, floats
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.scaling import plain_scaling

if TYPE_CHECKING:
    import onnx

# One standard deviation of a feature turns the score round this many times.
_TURNS = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedRandomAlarm:
    """Raw score = fractional part of a weighted sum of the standardised features: uniform in 0..1."""

    centre: NDArray[np.float64]
    gain: NDArray[np.float64]
    weights: NDArray[np.float64]

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Uniform [n] in 0..1."""
        standardised = (check_features(features, len(self.centre)) - self.centre) * self.gain
        turns = standardised @ self.weights
        return np.asarray(turns - np.floor(turns))

    def onnx_fragment(self) -> onnx.ModelProto:
        """The same in float64."""
        builder = FragmentBuilder(len(self.centre))
        weights = builder.constant(self.weights[:, None])
        turns = builder.node("MatMul", builder.standardised(self.centre, self.gain), weights)
        return builder.build(raw=builder.column(builder.node("Sub", turns, builder.node("Floor", turns)), 0))

    def parameters(self) -> dict[str, object]:
        """Scaling and weights."""
        return {name: encode_array(getattr(self, name)) for name in ("centre", "gain", "weights")}


@dataclass(frozen=True, slots=True)
class _Estimator:
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedRandomAlarm:  # noqa: ARG002 - the protocol's
        table = check_training(features, targets)
        centre, gain = plain_scaling(table)
        weights = np.asarray(np.random.default_rng(self.random_state).uniform(_TURNS, 2 * _TURNS, table.shape[1]))
        return FittedRandomAlarm(centre=centre, gain=gain, weights=weights)


class RandomAlarm:
    """See the module."""

    name = "random_alarm"
    title = "Random"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = True
    needs_targets = False
    is_network = False

    def build(self, params: Json, random_state: int) -> _Estimator:
        """No settings."""
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedRandomAlarm:
        """From `parameters()`."""
        return FittedRandomAlarm(
            centre=floats(parameters, "centre"), gain=floats(parameters, "gain"), weights=floats(parameters, "weights")
        )
