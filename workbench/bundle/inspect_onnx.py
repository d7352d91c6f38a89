"""Walk an ONNX file before any session sees it: only operators that our exports use, nothing hidden, nothing outside.

Uses no ONNX library: a gateway has none, and a parser that can run a model is not the one to ask whether it may. Field
numbers are those of onnx.proto; a field that is not listed here, or a single one that comes twice, is refused.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.bundle.protobuf import Field, read_fields, read_packed, to_signed
from workbench.core.errors import BundleRejected
from workbench.core.scoring_spec import INPUT_NAME, SCORE_OUTPUT

REASON = "model_not_allowed"
ML_DOMAIN = "ai.onnx.ml"
DEFAULT_MAX_BYTES = 256 * 1024 * 1024
MAX_NODES = 20_000
MAX_RANGE = 65_536
NEWEST_IR = 10
OPSETS = {"": (13, 20), ML_DOMAIN: (1, 4)}
_STANDARD = (
    "Abs Add And Cast Clip Concat Cos DFT Div Equal Exp Floor Gather Gemm Greater GreaterOrEqual Identity Less LessOrEqual "
    "Log MatMul MatMulInteger Max Min Mod Mul Neg Not Or Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax "
    "ReduceMean ReduceMin ReduceSum ReduceSumSquare Relu Reshape Round Sigmoid Sign Sin Slice Softmax Sqrt Squeeze Sub Tanh "
    "Transpose Unsqueeze Where"
)
ALLOWED_OPERATORS: Mapping[str, frozenset[str]] = {
    "": frozenset(_STANDARD.split()),
    ML_DOMAIN: frozenset(["TreeEnsembleRegressor"]),
}

_MODEL = {
    1: "ir_version", 2: "producer_name", 3: "producer_version", 4: "domain", 5: "model_version", 6: "doc_string", 7: "graph",
    8: "opset_import", 14: "metadata_props", 20: "training_info", 25: "functions",
}  # fmt: skip
_GRAPH = {
    1: "node", 2: "name", 5: "initializer", 10: "doc_string", 11: "input", 12: "output", 13: "value_info",
    15: "sparse_initializer",
}  # fmt: skip
_NODE = {1: "input", 2: "output", 3: "name", 4: "op_type", 5: "attribute", 6: "doc_string", 7: "domain"}
_ATTRIBUTE = {
    1: "name", 2: "f", 3: "i", 4: "s", 5: "t", 6: "g", 7: "floats", 8: "ints", 9: "strings", 10: "tensors", 11: "graphs",
    13: "doc_string", 20: "type",
}  # fmt: skip
_TENSOR = {
    1: "dims", 2: "data_type", 4: "float_data", 5: "int32_data", 7: "int64_data", 8: "name", 9: "raw_data", 10: "double_data",
    11: "uint64_data", 12: "doc_string", 13: "external_data", 14: "data_location",
}  # fmt: skip
_ENTRY = {1: "key", 2: "value"}
_OPSET = {1: "domain", 2: "version"}
_VALUE = {1: "name", 2: "type", 3: "doc_string"}
_REPEATED = (
    "attribute dims double_data external_data float_data floats functions graphs initializer input int32_data int64_data "
    "ints metadata_props node opset_import output sparse_initializer strings tensors training_info uint64_data value_info"
)
_ITEM_BYTES = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}  # float32, uint8, int8, int32, int64, bool, float16, float64


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What a model file holds: versions, operators with their counts, names of inputs and outputs, metadata."""

    size_bytes: int
    ir_version: int
    opsets: Mapping[str, int]
    operators: Mapping[str, int]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    n_nodes: int
    constant_bytes: int
    metadata: Mapping[str, str]


def check_model(data: bytes, max_bytes: int = DEFAULT_MAX_BYTES) -> ModelFacts:
    """Walk the file; raises BundleRejected(reason="model_not_allowed") for anything that our exports never contain.

    That is: more than `max_bytes`, unknown fields, custom domains, operators off the list, loops and branches (any
    sub-graph), functions, external or sparse data, a Range that is not small and fixed, or another interface.
    """
    if len(data) > max_bytes:
        raise refuse(f"The model has {len(data)} bytes, more than the {max_bytes} allowed.")
    try:
        return _Walk().model(data)
    except (ValueError, UnicodeDecodeError) as error:
        raise refuse(f"The model is not a readable ONNX file: {error}.") from error


def refuse(text: str) -> BundleRejected:
    """The one refusal of this module."""
    return BundleRejected(text, "Export the model again with this program; don't use this file.", reason=REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    inputs: tuple[str, ...]
    kind: str
    domain: str


class _Walk:
    """One pass over one file; collects what the final checks need."""

    def __init__(self) -> None:
        self._nodes: list[_Node] = []
        self._scalars: dict[str, int] = {}
        self._constant_bytes = 0
        self._inputs: list[str] = []
        self._outputs: list[str] = []

    def model(self, data: bytes) -> ModelFacts:
        ir_version = 0
        opsets: dict[str, int] = {}
        metadata: dict[str, str] = {}
        n_graphs = 0
        for field in _fields(memoryview(data), _MODEL, "the model"):
            name = _MODEL[field.number]
            if name in ("training_info", "functions"):
                raise refuse(f"The model carries {name.replace('_', ' ')}, which are not allowed.")
            if name == "ir_version":
                ir_version = field.integer
            elif name == "opset_import":
                domain, version = _opset(field)
                opsets[domain] = version
            elif name == "metadata_props":
                key, value = _entry(field)
                metadata[key] = value
            elif name == "graph":
                n_graphs += 1
                self._graph(field)
        if n_graphs != 1:
            raise refuse(f"The model has {n_graphs} graphs instead of one.")
        _check_versions(ir_version, opsets)
        self._check_nodes(opsets)
        self._check_interface()
        kinds = Counter(f"{node.domain}.{node.kind}".lstrip(".") for node in self._nodes)
        return ModelFacts(
            size_bytes=len(data), ir_version=ir_version, opsets=opsets, operators=dict(sorted(kinds.items())),
            inputs=tuple(self._inputs), outputs=tuple(self._outputs), n_nodes=len(self._nodes),
            constant_bytes=self._constant_bytes, metadata=metadata,
        )  # fmt: skip

    def _graph(self, field: Field) -> None:
        for item in _fields(field.data, _GRAPH, "the graph"):
            name = _GRAPH[item.number]
            if name == "node":
                self._node(item)
            elif name == "initializer":
                self._tensor(item)
            elif name == "sparse_initializer":
                raise refuse("The model carries sparse constants, which are not allowed.")
            elif name in ("input", "output"):
                (self._inputs if name == "input" else self._outputs).append(_value_name(item))

    def _node(self, field: Field) -> None:
        inputs = []
        kind = domain = ""
        for item in _fields(field.data, _NODE, "a node"):
            name = _NODE[item.number]
            if name == "input":
                inputs.append(item.text)
            elif name == "op_type":
                kind = item.text
            elif name == "domain":
                domain = item.text
            elif name == "attribute":
                self._attribute(item, kind)
        if len(self._nodes) >= MAX_NODES:
            raise refuse(f"The model has more than {MAX_NODES} nodes.")
        self._nodes.append(_Node(inputs=tuple(inputs), kind=kind, domain="" if domain == "ai.onnx" else domain))

    def _attribute(self, field: Field, kind: str) -> None:
        for item in _fields(field.data, _ATTRIBUTE, "an attribute"):
            name = _ATTRIBUTE[item.number]
            if name in ("g", "graphs"):
                raise refuse(f"Operator {kind or '?'} carries a graph of its own: loops and branches are not allowed.")
            if name in ("t", "tensors"):
                self._tensor(item)

    def _tensor(self, field: Field) -> None:
        dims: list[int] = []
        name = ""
        kind = 0
        raw: memoryview | None = None
        for item in _fields(field.data, _TENSOR, "a constant"):
            part = _TENSOR[item.number]
            if part == "external_data" or (part == "data_location" and item.integer):
                raise refuse("The model keeps constants in another file, which is not allowed.")
            if part == "dims":
                dims.extend(read_packed(item))
            elif part == "data_type":
                kind = item.integer
            elif part == "name":
                name = item.text
            elif part == "raw_data":
                raw = item.data
        self._constant_bytes += _check_size(name, dims, kind, raw, len(field.data))
        if raw is not None and kind == 7 and len(raw) == 8:
            self._scalars[name] = int.from_bytes(raw, "little", signed=True)

    def _check_nodes(self, opsets: Mapping[str, int]) -> None:
        for node in self._nodes:
            if node.domain not in ALLOWED_OPERATORS or node.domain not in opsets:
                raise refuse(f"Operator {node.kind} is of domain '{node.domain}', which is not allowed.")
            if node.kind not in ALLOWED_OPERATORS[node.domain]:
                raise refuse(f"Operator {node.kind} is not allowed.")
            if node.kind == "Range":
                self._check_range(node)

    def _check_range(self, node: _Node) -> None:
        """A counter may not be made at will: it could fill a device's memory."""
        values = [self._scalars.get(name) for name in node.inputs]
        if len(values) != 3 or any(value is None or abs(value) > MAX_RANGE for value in values):
            raise refuse(f"A Range in the model is not fixed, or longer than {MAX_RANGE}.")

    def _check_interface(self) -> None:
        if self._inputs != [INPUT_NAME] or SCORE_OUTPUT not in self._outputs:
            raise refuse(
                f"The model reads {', '.join(self._inputs) or 'nothing'} and gives {', '.join(self._outputs) or 'nothing'} "
                f"instead of '{INPUT_NAME}' and '{SCORE_OUTPUT}'."
            )


def _fields(data: memoryview, allowed: Mapping[int, str], what: str) -> Iterator[Field]:
    """As `read_fields`; two readers may disagree on which of two single fields counts, so the second one is refused."""
    seen: set[int] = set()
    repeated = set(_REPEATED.split())
    for field in read_fields(data, allowed, what):
        if field.number in seen and allowed[field.number] not in repeated:
            raise ValueError(f"{what} has two fields {allowed[field.number]}")
        seen.add(field.number)
        yield field


def _check_versions(ir_version: int, opsets: Mapping[str, int]) -> None:
    if not 1 <= ir_version <= NEWEST_IR:
        raise refuse(f"The model is written in IR version {ir_version}; up to {NEWEST_IR} is allowed.")
    for domain, version in opsets.items():
        if domain not in OPSETS:
            raise refuse(f"The model uses the domain '{domain}', which is not allowed.")
        low, high = OPSETS[domain]
        if not low <= version <= high:
            raise refuse(f"The model uses version {version} of '{domain or 'ai.onnx'}'; {low} to {high} are allowed.")


def _check_size(name: str, dims: list[int], kind: int, raw: memoryview | None, n_bytes: int) -> int:
    """Bytes of a constant; its shape must be what the file really holds."""
    if kind not in _ITEM_BYTES:
        raise refuse(f"The constant {name} is of type {kind}, which is not allowed.")
    if any(to_signed(dim) < 0 for dim in dims):
        raise refuse(f"The constant {name} has a negative size.")
    size = math.prod(dims) * _ITEM_BYTES[kind]
    if (raw is not None and len(raw) != size) or (raw is None and math.prod(dims) > n_bytes):
        raise refuse(f"The constant {name} says {size} bytes and holds others.")
    return size


def _entry(field: Field) -> tuple[str, str]:
    parts = {_ENTRY[item.number]: item.text for item in _fields(field.data, _ENTRY, "a metadata entry")}
    return parts.get("key", ""), parts.get("value", "")


def _opset(field: Field) -> tuple[str, int]:
    domain, version = "", 0
    for item in _fields(field.data, _OPSET, "an operator set"):
        if _OPSET[item.number] == "domain":
            domain = item.text
        else:
            version = item.integer
    return "" if domain == "ai.onnx" else domain, version


def _value_name(field: Field) -> str:
    names = [item.text for item in _fields(field.data, _VALUE, "an input or output") if _VALUE[item.number] == "name"]
    return names[-1] if names else ""
