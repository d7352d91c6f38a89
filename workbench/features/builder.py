"""Write an ONNX graph as if it were arithmetic: equal expressions become one node, so features share their parts.

Must not know any feature. The order of calls decides the order of nodes, so one catalogue gives one file, byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

Attribute = int | float | str | tuple[int, ...]
IR_VERSION = 10
OPSET = 20


class GraphBuilder:
    """Collects nodes and constants; tensors are known by name."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._known: dict[object, str] = {}

    def op(self, kind: str, *inputs: str, **attributes: Attribute) -> str:
        """The output of `kind(inputs)`; the same call a second time gives the same tensor."""
        from onnx import helper

        key = (kind, inputs, tuple(sorted(attributes.items())))
        if key not in self._known:
            name = f"{self._prefix}{kind}_{len(self._nodes)}"
            node = helper.make_node(kind, list(inputs), [name], name, **attributes)  # type: ignore[arg-type]
            self._nodes.append(node)
            self._known[key] = name
        return self._known[key]

    def rename(self, tensor: str, name: str) -> str:
        """Give a tensor a name of its own, as graph outputs need."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [tensor], [name], name=f"{self._prefix}{name}"))
        return name

    def constant(self, values: NDArray[np.generic] | np.generic) -> str:
        """A stored tensor; equal ones are stored once."""
        from onnx import numpy_helper

        array = np.asarray(values)
        key = ("constant", array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            name = f"{self._prefix}constant_{len(self._constants)}"
            self._constants.append(numpy_helper.from_array(array, name))
            self._known[key] = name
        return self._known[key]

    def number(self, value: float) -> str:
        """A float64 scalar."""
        return self.constant(np.float64(value))

    def integers(self, *values: int) -> str:
        """An int64 vector, such as axes or a shape."""
        return self.constant(np.array(values, np.int64))

    def integer(self, value: int) -> str:
        """An int64 scalar."""
        return self.constant(np.int64(value))

    def count(self, start: int, stop: int) -> str:
        """int64 start, start + 1, …, stop - 1, made when the session loads."""
        return self.op("Range", *map(self.integer, (start, stop, 1)))

    def to_double(self, tensor: str) -> str:
        """Cast to float64."""
        from onnx import TensorProto

        return self.op("Cast", tensor, to=int(TensorProto.DOUBLE))

    def to_float(self, tensor: str) -> str:
        """Cast to float32."""
        from onnx import TensorProto

        return self.op("Cast", tensor, to=int(TensorProto.FLOAT))

    def finish(self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> onnx.ModelProto:
        """The checked model."""
        import onnx
        from onnx import helper

        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "pump-workbench"
        onnx.checker.check_model(model)
        return model
