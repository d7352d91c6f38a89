"""Writing ONNX by hand: a few helpers so that a family reads like its formula.

All fragments: ir_version 10, opset 20, ai.onnx.ml 3; names start with `model_` so that joining never clashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.core.scoring_spec import CLASS_OUTPUT, RAW_OUTPUT, RUL_OUTPUT
from workbench.features.builder import IR_VERSION, OPSET

if TYPE_CHECKING:
    import onnx

ML_OPSET = 3
ML_DOMAIN = "ai.onnx.ml"
FEATURES_INPUT = "features"


class FragmentBuilder:
    """Collects nodes and constants; each method returns the name of its output."""

    def __init__(self, n_features: int) -> None:
        self._n_features = n_features
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._n_names = 0

    def constant(self, value: NDArray[np.generic]) -> str:
        """An initializer."""
        from onnx import numpy_helper

        name = self._name("constant")
        self._constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """One operator with one output."""
        from onnx import helper

        output = self._name(kind.lower())
        self._nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def ml_node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """One operator of ai.onnx.ml with one output."""
        return self.node(kind, *inputs, domain=ML_DOMAIN, **attributes)

    def cast(self, value: str, dtype: type[np.floating]) -> str:
        """Cast to float32 or float64."""
        from onnx import TensorProto

        return self.node("Cast", value, to=TensorProto.DOUBLE if dtype is np.float64 else TensorProto.FLOAT)

    def standardised(self, centre: NDArray[np.float64], gain: NDArray[np.float64]) -> str:
        """(features − centre) × gain in float64: in float32 a channel far from zero would lose its last digits."""
        wide = self.cast(FEATURES_INPUT, np.float64)
        return self.node("Mul", self.node("Sub", wide, self.constant(centre)), self.constant(gain))

    def row_sum(self, value: str, *, is_mean: bool = False) -> str:
        """Sum or mean over the columns: [n, k] → [n]."""
        return self.node("ReduceMean" if is_mean else "ReduceSum", value, self.constant(np.array([1], np.int64)), keepdims=0)

    def column(self, value: str, index: int) -> str:
        """One column: [n, k] → [n]."""
        return self.node("Gather", value, self.constant(np.array(index, np.int64)), axis=1)

    def log1p(self, value: str) -> str:
        """ln(1 + x) in float64."""
        return self.node("Log", self.node("Add", value, self.constant(np.array(1.0))))

    def build(self, *, raw: str, class_probabilities: str = "", rul_h: str = "", n_classes: int = 0) -> onnx.ModelProto:
        """The checked model; outputs are cast to float32 and given their contract names."""
        import onnx
        from onnx import TensorProto, helper

        outputs = [self._output(raw, RAW_OUTPUT, ["n"])]
        if class_probabilities:
            outputs.append(self._output(class_probabilities, CLASS_OUTPUT, ["n", n_classes]))
        if rul_h:
            outputs.append(self._output(rul_h, RUL_OUTPUT, ["n"]))
        entry = helper.make_tensor_value_info(FEATURES_INPUT, TensorProto.FLOAT, ["n", self._n_features])
        graph = helper.make_graph(self._nodes, "model", [entry], outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML_DOMAIN, ML_OPSET)]
        model = helper.make_model(graph, ir_version=IR_VERSION, opset_imports=opsets, producer_name="pump-workbench")
        onnx.checker.check_model(model)
        return model

    def _output(self, value: str, name: str, shape: list[str | int]) -> onnx.ValueInfoProto:
        from onnx import TensorProto, helper

        self._nodes.append(helper.make_node("Cast", [value], [name], name=f"model_{name}", to=TensorProto.FLOAT))
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def _name(self, kind: str) -> str:
        self._n_names += 1
        return f"model_{kind}_{self._n_names}"
