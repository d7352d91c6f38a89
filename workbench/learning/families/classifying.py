"""What all classifiers share: from logits or probabilities of the classes to one raw score.

Class 0 is normal. With logits l the raw score is ln(P(not normal) / P(normal)) = logsumexp(l₁…) − l₀.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.learning.families.base import Features, check_features
from workbench.learning.families.network import Network
from workbench.learning.families.onnx_fragment import FragmentBuilder

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedNetworkClassifier:
    """A network whose last layer gives one logit a class."""

    network: Network

    def raw_score(self, features: Features) -> NDArray[np.float64]:
        """Log odds [n] of not being normal."""
        inputs = self.network.inputs(check_features(features, len(self.network.centre)))
        return log_odds(self.network.outputs(inputs))

    def onnx_fragment(self) -> onnx.ModelProto:
        """Gemm and Relu, then log odds and softmax."""
        builder = FragmentBuilder(len(self.network.centre))
        _, logits = self.network.write(builder)
        return build_from_logits(builder, logits, self.network.weights[-1].shape[1])

    def parameters(self) -> dict[str, object]:
        """Scaling and layers."""
        return self.network.parameters()


def log_odds(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(P(not normal)/P(normal)) [n] of logits [n, c]."""
    others = logits[:, 1:]
    largest = others.max(axis=1)
    return np.asarray(largest + np.log(np.exp(others - largest[:, None]).sum(axis=1)) - logits[:, 0])


def build_from_logits(builder: FragmentBuilder, logits: str, n_classes: int) -> onnx.ModelProto:
    """The fragment that ends in log odds and class probabilities, from the value `logits` [n, c]."""
    others = builder.constant(np.arange(1, n_classes, dtype=np.int64))
    one = builder.constant(np.array([1], np.int64))
    together = builder.node("ReduceLogSumExp", builder.node("Gather", logits, others, axis=1), one, keepdims=0)
    raw = builder.node("Sub", together, builder.column(logits, 0))
    return builder.build(raw=raw, class_probabilities=builder.node("Softmax", logits, axis=1), n_classes=n_classes)


def with_normal_logit(network: Network) -> Network:
    """sklearn's binary classifiers have one output, the logit of class 1: put logit 0 for class 0 before it."""
    if network.weights[-1].shape[1] > 1:
        return network
    last = np.concatenate([np.zeros_like(network.weights[-1]), network.weights[-1]], axis=1)
    bias = np.concatenate([np.zeros_like(network.biases[-1]), network.biases[-1]])
    return Network(
        centre=network.centre, gain=network.gain, weights=(*network.weights[:-1], last), biases=(*network.biases[:-1], bias)
    )
