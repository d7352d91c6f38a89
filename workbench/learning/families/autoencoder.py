"""Autoencoder: a network that learns to repeat good windows through a narrow middle; what it can't repeat is odd."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_features, check_training, configured
from workbench.learning.families.network import Network, fitting_inputs, network_of, restore_network
from workbench.learning.families.onnx_fragment import FragmentBuilder
from workbench.learning.families.scaling import robust_scaling
from workbench.learning.families.threads import one_thread

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedAutoencoder:
    """Raw score = ln(1 + mean squared error of the repetition)."""

    network: Network

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """ln(1 + mean squared error) [n] ≥ 0, of the standardised features."""
        inputs = self.network.inputs(check_features(features, len(self.network.centre)))
        return np.asarray(np.log1p(((self.network.outputs(inputs) - inputs) ** 2).mean(axis=1)))

    def onnx_fragment(self) -> onnx.ModelProto:
        """Gemm and Relu in float32, the error in float64."""
        builder = FragmentBuilder(len(self.network.centre))
        inputs, outputs = self.network.write(builder)
        error = builder.node("Sub", builder.cast(outputs, np.float64), builder.cast(inputs, np.float64))
        return builder.build(raw=builder.log1p(builder.row_sum(builder.node("Mul", error, error), is_mean=True)))

    def parameters(self) -> dict[str, object]:
        """Scaling and layers."""
        return self.network.parameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    hidden: int = 32
    middle: int = 6
    max_epochs: int = 60
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedAutoencoder:  # noqa: ARG002 - the protocol's
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPRegressor

        table = check_training(features, targets)
        centre, gain = robust_scaling(table)
        inputs = fitting_inputs(table, centre, gain)
        estimator = MLPRegressor(
            hidden_layer_sizes=(self.hidden, self.middle, self.hidden),
            max_iter=self.max_epochs,
            learning_rate_init=2e-3,
            random_state=self.random_state,
        )
        with one_thread(), warnings.catch_warnings():
            # Stopping at the last epoch is the plan, not a fault.
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(inputs, inputs if inputs.shape[1] > 1 else inputs[:, 0])
        return FittedAutoencoder(network=network_of(centre, gain, estimator))


class Autoencoder:
    """See the module."""

    name = "autoencoder"
    title = "Autoencoder"
    tasks: tuple[Task, ...] = ("anomaly",)
    is_baseline = False
    needs_targets = False
    is_network = True

    def build(self, params: Json, random_state: int) -> _Estimator:
        """Settings: hidden, middle (units of the layers), max_epochs."""
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedAutoencoder:
        """From `parameters()`."""
        return FittedAutoencoder(network=restore_network(parameters))
