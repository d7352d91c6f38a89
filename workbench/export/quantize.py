"""Smaller networks: int8 and float16 forms of a family fragment's layers; never the scaler, never the features.

int8 is dynamic and by row: each window's inputs to a layer are scaled by their own largest value, so that a window's score
does not depend on which others are scored with it (the usual per-tensor form does, and golden vectors would not hold).
Weights are scaled by column (Jacob et al. 2018, "Quantization and training of neural networks", eq. 1, with zero point
128 for both sides: unsigned × unsigned sums are exact on every processor, signed ones saturate on AVX2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ConversionError

if TYPE_CHECKING:
    import onnx

_LEVELS = 127.0
_ZERO_POINT = 128
_TINY = 1e-30
_LAYER_KINDS = ("Gemm", "MatMul")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A layer of a network: input [n, i] → weight [i, o] float32, bias [o] or ''."""

    node: onnx.NodeProto
    weight: NDArray[np.float32]
    bias: str


def to_int8(fragment: onnx.ModelProto) -> onnx.ModelProto:
    """The fragment with int8 layers; raises ConversionError when it has none."""
    return _rewrite(fragment, _int8_nodes)


def to_float16(fragment: onnx.ModelProto) -> onnx.ModelProto:
    """The fragment with weights stored as float16 and summed in float32; raises ConversionError when it has no layers."""
    return _rewrite(fragment, _float16_nodes)


def _rewrite(fragment: onnx.ModelProto, replace: Callable[[_Writer, _Layer], None]) -> onnx.ModelProto:
    import onnx
    from onnx import helper

    layers = _layers_of(fragment)
    if not layers:
        raise ConversionError("The model has no network layers to quantize.", "Only networks have int8 and float16 forms.")
    write = _Writer()
    for node in fragment.graph.node:
        layer = layers.get(node.output[0])
        if layer is None:
            write.nodes.append(node)
        else:
            replace(write, layer)
    used = {name for node in write.nodes for name in node.input}
    constants = [*write.constants.values(), *(item for item in fragment.graph.initializer if item.name in used)]
    graph = helper.make_graph(
        write.nodes, fragment.graph.name, list(fragment.graph.input), list(fragment.graph.output), constants
    )
    model = helper.make_model(graph, opset_imports=list(fragment.opset_import), ir_version=fragment.ir_version)
    onnx.checker.check_model(model, full_check=True)
    return model


def _layers_of(fragment: onnx.ModelProto) -> dict[str, _Layer]:
    """The layers by the name of their output."""
    from onnx import TensorProto, numpy_helper

    stored = {item.name: item for item in fragment.graph.initializer}
    layers: dict[str, _Layer] = {}
    for node in fragment.graph.node:
        tensor = stored.get(node.input[1]) if node.op_type in _LAYER_KINDS and len(node.input) > 1 else None
        if tensor is None or tensor.data_type != TensorProto.FLOAT or len(tensor.dims) != 2:
            continue
        attributes = {item.name: item.f if item.name in ("alpha", "beta") else item.i for item in node.attribute}
        if attributes.get("transA", 0) or attributes.get("alpha", 1.0) != 1.0 or attributes.get("beta", 1.0) != 1.0:
            continue
        weight = numpy_helper.to_array(tensor)
        weight = weight.T if attributes.get("transB", 0) else weight
        bias = node.input[2] if len(node.input) > 2 else ""
        layers[node.output[0]] = _Layer(node=node, weight=np.ascontiguousarray(weight), bias=bias)
    return layers


def _int8_nodes(write: _Writer, layer: _Layer) -> None:
    """x → per-row scale s and q = round(x / s) + 128; (q − 128)·(w − 128) summed as int32; × s × column scale; + bias."""
    from onnx import TensorProto

    column = np.maximum(np.abs(layer.weight).max(axis=0), np.float32(_TINY)) / np.float32(_LEVELS)
    weight = (np.rint(layer.weight / column) + _ZERO_POINT).astype(np.uint8)
    zero = write.constant(np.uint8(_ZERO_POINT))
    x = layer.node.input[0]
    largest = write.node("ReduceMax", write.node("Abs", x), write.constant(np.array([1], np.int64)), keepdims=1)
    guarded = write.node("Max", largest, write.constant(np.float32(_TINY)))
    scale = write.node("Div", guarded, write.constant(np.float32(_LEVELS)))
    steps = write.node("Round", write.node("Div", x, scale))
    quantized = write.node("Cast", write.node("Add", steps, write.constant(np.float32(_ZERO_POINT))), to=TensorProto.UINT8)
    product = write.node("MatMulInteger", quantized, write.constant(weight), zero, zero)
    real = write.node("Mul", write.node("Cast", product, to=TensorProto.FLOAT), scale)
    write.last("Mul", real, write.constant(column), layer)


def _float16_nodes(write: _Writer, layer: _Layer) -> None:
    from onnx import TensorProto

    if np.abs(layer.weight).max(initial=0) > float(np.finfo(np.float16).max):
        raise ConversionError(f"A weight of {np.abs(layer.weight).max():g} does not fit float16.", "Keep float32.")
    wide = write.node("Cast", write.constant(layer.weight.astype(np.float16)), to=TensorProto.FLOAT)
    write.last("MatMul", layer.node.input[0], wide, layer)


class _Writer:
    """Nodes and constants of the new fragment; names are short and equal constants stored once, as small networks count bytes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[bytes, onnx.TensorProto] = {}

    def constant(self, value: NDArray[np.generic] | np.generic) -> str:
        from onnx import numpy_helper

        array = np.asarray(value)
        key = f"{array.dtype}{array.shape}".encode() + array.tobytes()
        if key not in self.constants:
            self.constants[key] = numpy_helper.from_array(array, f"model_k{len(self.constants)}")
        return self.constants[key].name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: int) -> str:
        from onnx import helper

        name = output or f"model_q{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))  # type: ignore[arg-type]
        return name

    def last(self, kind: str, first: str, second: str, layer: _Layer) -> None:
        """The layer's last product, and its bias if it has one; the output keeps the layer's name."""
        output = layer.node.output[0]
        product = self.node(kind, first, second, output="" if layer.bias else output)
        if layer.bias:
            self.node("Add", product, layer.bias, output=output)
