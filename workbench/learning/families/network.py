"""A small fully connected network as arrays: what sklearn's MLPs fitted, in numpy and as ONNX Gemm and Relu.

Scaling is done in float64 and outside what may be quantized; weights are float32, as they run on the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.learning.families.base import Json, encode_array, floats
from workbench.learning.families.onnx_fragment import FragmentBuilder

LARGEST_INPUT = 30.0
"""Standard deviations: beyond them a network only extrapolates."""
_LARGEST_FITTED = 10.0
"""Standard deviations: a single wild window must not steer the weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """x → clip((x − centre) × gain) → Relu layers → last layer without activation."""

    centre: NDArray[np.float64]
    gain: NDArray[np.float64]
    weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]

    def inputs(self, table: NDArray[np.float64]) -> NDArray[np.float32]:
        """Standardised and clipped [n, k] float32."""
        return np.clip((table - self.centre) * self.gain, -LARGEST_INPUT, LARGEST_INPUT).astype(np.float32)

    def outputs(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        """The last layer [n, o] for standardised inputs."""
        value = inputs.astype(np.float64)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            value = value @ weight.astype(np.float64) + bias.astype(np.float64)
            value = np.maximum(value, 0) if layer < len(self.weights) - 1 else value
        return value

    def write(self, builder: FragmentBuilder) -> tuple[str, str]:
        """Add the nodes; names of the standardised inputs and of the last layer's outputs, both float32."""
        wide = builder.standardised(self.centre, self.gain)
        limit = builder.constant(np.array(LARGEST_INPUT))
        clipped = builder.node("Clip", wide, builder.constant(np.array(-LARGEST_INPUT)), limit)
        inputs = builder.cast(clipped, np.float32)
        value = inputs
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            value = builder.node("Gemm", value, builder.constant(weight), builder.constant(bias))
            value = builder.node("Relu", value) if layer < len(self.weights) - 1 else value
        return inputs, value

    def parameters(self) -> dict[str, object]:
        """Scaling and layers."""
        layers = [
            {"weight": encode_array(weight), "bias": encode_array(bias)}
            for weight, bias in zip(self.weights, self.biases, strict=True)
        ]
        return {"centre": encode_array(self.centre), "gain": encode_array(self.gain), "layers": layers}


def fitting_inputs(table: NDArray[np.float64], centre: NDArray[np.float64], gain: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a network is fitted on: `table` [n, k] standardised, held closer than what it is asked about."""
    return np.clip((table - centre) * gain, -_LARGEST_FITTED, _LARGEST_FITTED)


def network_of(centre: NDArray[np.float64], gain: NDArray[np.float64], fitted: Any) -> Network:
    """The network of a fitted MLPRegressor or MLPClassifier."""
    return Network(
        centre=centre,
        gain=gain,
        weights=tuple(weight.astype(np.float32) for weight in fitted.coefs_),
        biases=tuple(bias.astype(np.float32) for bias in fitted.intercepts_),
    )


def restore_network(parameters: Json) -> Network:
    """From `parameters()`."""
    layers = parameters.get("layers")
    found: Sequence[Json] = layers if isinstance(layers, list) else ()
    return Network(
        centre=floats(parameters, "centre"),
        gain=floats(parameters, "gain"),
        weights=tuple(floats(layer, "weight").astype(np.float32) for layer in found),
        biases=tuple(floats(layer, "bias").astype(np.float32) for layer in found),
    )
