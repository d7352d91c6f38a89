"""From a list of feature names to the one graph that training evaluates and the device carries.

Input "trend" float32 [n, time, channel], output "features" float32 [n, k] in the order of `columns.plan_columns`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.core.codec import encode_canonical
from workbench.core.derived_spec import DerivedSpec
from workbench.core.onnx_session import block_size, open_session
from workbench.core.scoring_spec import INPUT_NAME, ChannelSpec, ScoringSpec
from workbench.features.builder import GraphBuilder
from workbench.features.catalogue import Feature, Sampling
from workbench.features.columns import (
    Column,
    LeftOutFeature,
    feature_columns,
    find_features,
    left_out_features,
    plan_columns,
    suitable_features,
)
from workbench.features.derived import add_derived, mark_missing
from workbench.features.pump import PumpFeature, build_pump_feature

if TYPE_CHECKING:
    import onnx

__all__ = [
    "Column", "LeftOutFeature", "build_feature_graph", "extract", "feature_columns", "left_out_features", "plan_columns",
    "suitable_features",
]  # fmt: skip
DERIVED_KEY = "derived_channels"
"""Metadata by which the joining knows that windows may have no score though no sample is missing."""
FEATURES_OUTPUT = "features"
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def with_derived(spec: ScoringSpec, derived: Sequence[DerivedSpec]) -> ScoringSpec:
    """The specification as features see it: derived channels behind the raw ones. No quantity: a pump feature must not take one
    of them for a measured pressure."""
    return msgspec.structs.replace(spec, channels=(*spec.channels, *(ChannelSpec(name=d.name, unit=d.unit) for d in derived)))


def build_feature_graph(
    spec: ScoringSpec, feature_names: tuple[str, ...], derived: Sequence[DerivedSpec] = ()
) -> onnx.ModelProto:
    """The checked model; raises as `plan_columns`. With derived channels, features of these too."""
    from onnx import TensorProto, helper

    wide = with_derived(spec, derived)
    columns = plan_columns(wide, feature_names)
    features, pump_features = find_features(wide, feature_names)
    builder = GraphBuilder("f_")
    raw = add_derived(builder, INPUT_NAME, len(spec.channels), derived)
    # Time last, then float64: each window of a channel lies in one piece of memory.
    x = builder.to_double(builder.op("Transpose", raw, perm=(0, 2, 1)))
    parts = [_channel_part(builder, x, wide, features, (columns, raw))] if features else []
    parts += [_pump_part(builder, x, wide, feature) for feature in pump_features]
    flat = parts[0] if len(parts) == 1 else builder.op("Concat", *parts, axis=1)
    limits = (builder.number(-_FLOAT32_MAX), builder.number(_FLOAT32_MAX))
    found = builder.to_float(builder.op("Clip", flat, *limits))
    builder.rename(builder.op("Add", found, mark_missing(builder, raw)) if derived else found, FEATURES_OUTPUT)
    shape: list[str | int | None] = ["n", spec.window_samples, len(spec.channels)]
    model = builder.finish(
        "features",
        [helper.make_tensor_value_info(INPUT_NAME, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(FEATURES_OUTPUT, TensorProto.FLOAT, ["n", len(columns)])],
    )
    if derived:
        model.metadata_props.add(key=DERIVED_KEY, value=encode_canonical(derived).decode("utf-8"))
    return model


def extract(model: onnx.ModelProto | bytes, windows: NDArray[np.float32], *, n_threads: int = 0) -> NDArray[np.float32]:
    """Features float32 [n, k] of windows float32 [n, time, channel], block by block; NaN where a window has NaN.

    `n_threads` 0 takes all processors. The result does not depend on it.
    """
    data = model if isinstance(model, bytes) else model.SerializeToString()
    session = open_session(data)
    n_columns = session.get_outputs()[0].shape[1]
    features = np.empty((len(windows), n_columns), np.float32)
    size = block_size(*windows.shape[1:])

    def run(start: int) -> None:
        block = np.ascontiguousarray(windows[start : start + size], np.float32)
        features[start : start + size] = session.run([FEATURES_OUTPUT], {INPUT_NAME: block})[0]
        features[start : start + size][np.isnan(block).any(axis=(1, 2))] = np.nan

    # onnxruntime lets go of the GIL: whole blocks in parallel scale better than its own threads inside small operators.
    with ThreadPoolExecutor(n_threads or os.cpu_count() or 1) as pool:
        for _ in pool.map(run, range(0, len(windows), size)):
            pass
    return features


def _channel_part(
    builder: GraphBuilder, x: str, spec: ScoringSpec, features: tuple[Feature, ...], wanted_of: tuple[tuple[Column, ...], str]
) -> str:
    """float64 [n, columns of channels]: all features of all channels, then those that are wanted (and the raw samples' name)."""
    columns, raw = wanted_of
    sampling = Sampling(window_samples=spec.window_samples, sample_period_s=spec.sample_period_s, raw=raw)
    parts = [feature.build(builder, x, sampling) for feature in features]
    stacked = builder.op("Concat", *parts, axis=2)
    flat = builder.op("Reshape", stacked, builder.integers(-1, len(parts) * len(spec.channels)))
    every = [f"{feature.name}({channel.name})" for channel in spec.channels for feature in features]
    wanted = {column.name for column in columns}
    places = [place for place, name in enumerate(every) if name in wanted]
    return flat if len(places) == len(every) else builder.op("Gather", flat, builder.integers(*places), axis=1)


def _pump_part(builder: GraphBuilder, x: str, spec: ScoringSpec, feature: PumpFeature) -> str:
    means = builder.op("ReduceMean", x, builder.integers(2), keepdims=1)
    return build_pump_feature(builder, feature, means, spec.channels)
