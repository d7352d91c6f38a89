"""Logistic regression: the plainest classifier, and the one that is easiest to explain."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import Task
from workbench.learning.families.base import Features, Json, check_classes, check_training, configured
from workbench.learning.families.classifying import FittedNetworkClassifier, with_normal_logit
from workbench.learning.families.network import Network, restore_network
from workbench.learning.families.scaling import plain_scaling
from workbench.learning.families.threads import one_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimator:
    inverse_penalty: float = 0.1

    def fit(self, features: Features, targets: NDArray[np.float64] | None, names: Sequence[str] = ()) -> FittedNetworkClassifier:  # noqa: ARG002 - the protocol's
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        table = check_training(features, targets, needs_targets=True)
        classes = check_classes(targets)
        centre, gain = plain_scaling(table)
        estimator = LogisticRegression(C=self.inverse_penalty, class_weight="balanced", max_iter=300)
        with one_thread(), warnings.catch_warnings():
            # The penalty keeps the weights bounded; the last digits of the optimum don't change a decision.
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit((table - centre) * gain, classes)
        network = Network(
            centre=centre,
            gain=gain,
            weights=(estimator.coef_.T.astype(np.float32),),
            biases=(estimator.intercept_.astype(np.float32),),
        )
        return FittedNetworkClassifier(network=with_normal_logit(network))


class Logistic:
    """See the module."""

    name = "logistic"
    title = "Logistic regression"
    tasks: tuple[Task, ...] = ("anomaly", "classify")
    is_baseline = False
    needs_targets = True
    is_network = True

    def build(self, params: Json, random_state: int) -> _Estimator:  # noqa: ARG002 - nothing is random
        """Settings: inverse_penalty (C)."""
        return configured(_Estimator, params)

    def restore(self, parameters: Json) -> FittedNetworkClassifier:
        """From `parameters()`."""
        return FittedNetworkClassifier(network=restore_network(parameters))
