"""A small fully connected network that tells faults apart."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_classes, check_training, configured
from workbench.learning.families.classifying import FittedNetworkClassifier, with_normal_logit
from workbench.learning.families.network import fitting_inputs, network_of, restore_network
from workbench.learning.families.scaling import plain_scaling
from workbench.learning.families.threads import one_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    hidden: int = 32
    penalty: float = 0.01
    max_epochs: int = 40
    random_state: int

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedNetworkClassifier:  # noqa: ARG002 - the protocol's
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        table = check_training(features, targets, needs_targets=True)
        classes = check_classes(targets)
        centre, gain = plain_scaling(table)
        estimator = MLPClassifier(
            hidden_layer_sizes=(self.hidden, self.hidden // 2),
            alpha=self.penalty,
            max_iter=self.max_epochs,
            random_state=self.random_state,
        )
        with one_thread(), warnings.catch_warnings():
            # Stopping at the last epoch is the plan, not a fault.
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(fitting_inputs(table, centre, gain), classes)
        return FittedNetworkClassifier(network=with_normal_logit(network_of(centre, gain, estimator)))


class Mlp:
    """See the module."""

    name = "mlp"
    title = "Neural network"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = False
    needs_targets = True
    is_network = True

    def build(self, params: Json, random_state: int) -> _Estimator:
        """Settings: hidden (units), penalty, max_epochs."""
        return configured(_Estimator, params, random_state=random_state)

    def restore(self, parameters: Json) -> FittedNetworkClassifier:
        """From `parameters()`."""
        return FittedNetworkClassifier(network=restore_network(parameters))
