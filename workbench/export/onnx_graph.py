"""Join features, model and score map into the one graph that a device runs: raw window in, score out.

Only joins: features come from `features.graph`, the fragment from the family. Input "trend" float32 [n, time, channel];
outputs "score" float32 [n] (0.5 = threshold), "raw" float32 [n], and class_probabilities or rul_h where the fragment
has them. The metadata carries the ScoringSpec, and a variant's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from workbench.core.codec import encode_canonical
from workbench.core.errors import ConversionError
from workbench.core.scoring_spec import (
    CLASS_OUTPUT,
    INPUT_NAME,
    RAW_OUTPUT,
    RUL_OUTPUT,
    SCORE_OUTPUT,
    SCORE_THRESHOLD,
    SPEC_KEY,
    ScoringSpec,
)
from workbench.features.builder import IR_VERSION, OPSET
from workbench.features.graph import DERIVED_KEY
from workbench.scoring.score_map import JUST_BELOW, RAW_LIMIT, check_map

if TYPE_CHECKING:
    import onnx

FEATURES_NAME = "features"
VARIANT_KEY = "variant"
_OPTIONAL_OUTPUTS = (CLASS_OUTPUT, RUL_OUTPUT)
_INNER_RAW = "model_raw_unlimited"
_PREFIX = "map_"


def join(
    feature_model: onnx.ModelProto, fragment: onnx.ModelProto, spec: ScoringSpec, threshold_raw: float, scale: float
) -> onnx.ModelProto:
    """The checked model. Raises ConversionError when the parts don't fit, ModelError for an unusable threshold or scale."""
    import onnx
    from onnx import TensorProto, helper

    _check_parts(feature_model, fragment)
    model_nodes, model_constants = _renamed_parts(fragment)
    map_nodes, map_constants = _score_map(threshold_raw, scale)
    shapes = {output.name: output for output in fragment.graph.output}
    extra = [shapes[name] for name in _OPTIONAL_OUTPUTS if name in shapes]
    rows = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in (SCORE_OUTPUT, RAW_OUTPUT)]
    if any(entry.key == DERIVED_KEY for entry in feature_model.metadata_props):
        map_nodes += _no_score_where_missing([*model_nodes, *map_nodes], {item.name: item for item in (*rows, *extra)})
        map_constants.append(_axis_1())
    graph = helper.make_graph(
        [*feature_model.graph.node, *model_nodes, *map_nodes], "score", list(feature_model.graph.input), [*rows, *extra],
        [*feature_model.graph.initializer, *model_constants, *map_constants],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=_join_opsets(feature_model, fragment), ir_version=IR_VERSION)
    model.producer_name = "pump-workbench"
    set_metadata(model, {SPEC_KEY: encode_canonical(spec).decode("utf-8")})
    onnx.checker.check_model(model, full_check=True)
    return model


def set_metadata(model: onnx.ModelProto, entries: dict[str, str]) -> None:
    """Put entries into the model's metadata, in sorted order; known keys are replaced."""
    merged = {entry.key: entry.value for entry in model.metadata_props} | entries
    del model.metadata_props[:]
    for key in sorted(merged):
        model.metadata_props.add(key=key, value=merged[key])


def to_bytes(model: onnx.ModelProto) -> bytes:
    """The file's bytes: the same model gives the same bytes."""
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _check_parts(feature_model: onnx.ModelProto, fragment: onnx.ModelProto) -> None:
    given = {item.name: _width(item) for item in feature_model.graph.output}
    taken = {item.name: _width(item) for item in fragment.graph.input}
    if set(given) != {FEATURES_NAME} or set(taken) != {FEATURES_NAME}:
        raise ConversionError(
            f"The parts don't meet in '{FEATURES_NAME}': {sorted(given)} and {sorted(taken)}.", "This is a fault in a family."
        )
    if given[FEATURES_NAME] != taken[FEATURES_NAME]:
        raise ConversionError(
            f"The graph gives {given[FEATURES_NAME]} features and the model takes {taken[FEATURES_NAME]}.", "Train the run again."
        )
    if RAW_OUTPUT not in {item.name for item in fragment.graph.output}:
        raise ConversionError(f"The model has no output '{RAW_OUTPUT}'.", "This is a fault in a family.")
    if [item.name for item in feature_model.graph.input] != [INPUT_NAME]:
        raise ConversionError(f"The feature graph does not read '{INPUT_NAME}'.", "Train the run again.")


def _width(item: onnx.ValueInfoProto) -> int:
    return int(item.type.tensor_type.shape.dim[1].dim_value) if len(item.type.tensor_type.shape.dim) > 1 else 0


def _renamed_parts(fragment: onnx.ModelProto) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes and constants with inner names out of the way of the other parts; raw is limited later, so it moves too."""
    import onnx

    kept = {FEATURES_NAME, *_OPTIONAL_OUTPUTS, ""}

    def rename(names: Iterable[str]) -> list[str]:
        return [
            name if name in kept else _INNER_RAW if name == RAW_OUTPUT else f"m_{name.removeprefix('model_')}" for name in names
        ]

    nodes = []
    for node in fragment.graph.node:
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.input[:] = rename(node.input)
        copy.output[:] = rename(node.output)
        nodes.append(copy)
    constants = []
    for constant in fragment.graph.initializer:
        tensor = onnx.TensorProto()
        tensor.CopyFrom(constant)
        tensor.name = rename([constant.name])[0]
        constants.append(tensor)
    return nodes, constants


def _score_map(threshold_raw: float, scale: float) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """`scoring.score_map.score_of_raw` as nodes, operation by operation."""
    from onnx import helper, numpy_helper

    outer = {_INNER_RAW, RAW_OUTPUT, SCORE_OUTPUT}

    def full(name: str) -> str:
        return name if name in outer else f"{_PREFIX}{name}"

    values = _map_constants(threshold_raw, scale)
    constants = [numpy_helper.from_array(np.asarray(value), full(name)) for name, value in values.items()]
    nodes = []
    for kind, inputs, output in _map_steps():
        name = kind.removesuffix("32").removesuffix("64")
        node = helper.make_node(name, [full(item) for item in inputs], [full(output)], full(output))
        if kind in _CASTS:
            node.attribute.append(helper.make_attribute("to", _CASTS[kind]))
        nodes.append(node)
    return nodes, constants


def _no_score_where_missing(nodes: list[onnx.NodeProto], outputs: dict[str, onnx.ValueInfoProto]) -> list[onnx.NodeProto]:
    """A derived channel may have no value where its raw samples have (a division by zero): its features are NaN, and trees
    would score them all the same. So each output becomes NaN there; the nodes that give it are renamed in place."""
    from onnx import helper

    plain = {name: f"{_PREFIX}plain_{name}" for name in outputs}
    for node in nodes:
        for names in (node.input, node.output):
            names[:] = [plain.get(name, name) for name in names]
    zero, mark, marks = (f"{_PREFIX}{name}" for name in ("no_difference", "missing", "missing_column"))
    added = [
        helper.make_node("Sub", [FEATURES_NAME, FEATURES_NAME], [zero], zero),
        helper.make_node("ReduceSum", [zero, _AXIS_NAME], [mark], mark, keepdims=0),
        helper.make_node("ReduceSum", [zero, _AXIS_NAME], [marks], marks, keepdims=1),
    ]
    for name, info in outputs.items():
        own = marks if len(info.type.tensor_type.shape.dim) > 1 else mark
        added.append(helper.make_node("Add", [plain[name], own], [name], f"{_PREFIX}known_{name}"))
    return added


_AXIS_NAME = f"{_PREFIX}axis_1"


def _axis_1() -> onnx.TensorProto:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.array([1], np.int64), _AXIS_NAME)


_CASTS = {"Cast32": 1, "Cast64": 11}  # TensorProto.FLOAT and DOUBLE


def _map_constants(threshold_raw: float, scale: float) -> dict[str, np.floating]:
    threshold, scale = check_map(threshold_raw, scale)
    return {
        "low": np.float64(-RAW_LIMIT), "high": np.float64(RAW_LIMIT), "threshold": threshold,
        "threshold_wide": np.float64(threshold), "scale": np.float64(scale), "one": np.float64(1), "half": np.float64(0.5),
        "at": np.float32(SCORE_THRESHOLD), "below": JUST_BELOW,
    }  # fmt: skip


def _map_steps() -> tuple[tuple[str, list[str], str], ...]:
    return (
        ("Cast64", [_INNER_RAW], "unlimited"),
        ("Clip", ["unlimited", "low", "high"], "limited"),
        ("Cast32", ["limited"], RAW_OUTPUT),
        ("Cast64", [RAW_OUTPUT], "wide"),
        ("Sub", ["wide", "threshold_wide"], "above"),
        ("Div", ["above", "scale"], "distance"),
        ("Abs", ["distance"], "size"),
        ("Add", ["one", "size"], "bound"),
        ("Div", ["distance", "bound"], "share"),
        ("Mul", ["half", "share"], "halved"),
        ("Add", ["half", "halved"], "smooth_wide"),
        ("Cast32", ["smooth_wide"], "smooth"),
        ("GreaterOrEqual", [RAW_OUTPUT, "threshold"], "is_alarm"),
        ("Max", ["smooth", "at"], "if_alarm"),
        ("Min", ["smooth", "below"], "if_not"),
        ("Where", ["is_alarm", "if_alarm", "if_not"], SCORE_OUTPUT),
    )


def _join_opsets(*models: onnx.ModelProto) -> list[onnx.OperatorSetIdProto]:
    from onnx import helper

    versions: dict[str, int] = {}
    for model in models:
        for opset in model.opset_import:
            if versions.setdefault(opset.domain, opset.version) != opset.version:
                raise ConversionError(
                    f"The parts use versions {versions[opset.domain]} and {opset.version} of '{opset.domain or 'ai.onnx'}'.",
                    f"Write every part with opset {OPSET}.",
                )
    return [helper.make_opsetid(domain, version) for domain, version in sorted(versions.items())]
